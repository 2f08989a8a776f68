"""What PnPjs, CLI for Microsoft 365 and other clients send, as raw requests, because they cannot be run from here.

Every shape was seen on the wire with the client that is named. How each dialect of batches is parsed, and every way of
naming a thing on its own, is in tests/unit; here a shape has to be answered over HTTP as its sender expects. Batches
are in test_batch_shapes_of_other_clients.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.emulator import RunningEmulator
from tests.support.office import BEN
from tests.support.other_clients import API, LIST, VERBOSE, held, projects_site

PLAIN = "application/json;odata=nometadata"
JSON_TYPE = {"Content-Type": "application/json;odata=verbose;charset=utf-8"}
CHOICES, SHOWN = {"results": ["a"]}, {"results": ["Title", "Ref"]}
CSOM = (
    '<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0"'
    ' ApplicationName="CLI for Microsoft 365" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">'
    "<Actions>{actions}</Actions><ObjectPaths>{paths}</ObjectPaths></Request>"
)
WHICH_WEB = (
    '<Query Id="1" ObjectPathId="5"><Query SelectAllProperties="false"><Properties>'
    '<Property Name="ServerRelativeUrl" ScalarProperty="true" /></Properties></Query></Query>'
)
THIS_WEB = (
    '<Property Id="5" ParentId="3" Name="Web" />'
    '<StaticProperty Id="3" TypeId="{3747adcd-a3c3-41b9-bfab-4a64dd2f1e0a}" Name="Current" />'
)
SET_TITLE = (
    '<Method Name="ParseAndSetFieldValue" Id="1" ObjectPathId="147"><Parameters><Parameter Type="String">Title'
    '</Parameter><Parameter Type="String">Quiet</Parameter></Parameters></Method>'
    '<Method Name="SystemUpdate" Id="2" ObjectPathId="147" />'
)
PAGE = '<Field Type="URL" DisplayName="Page" />'
BY_ID = '<OrderBy><FieldRef Name="ID" /></OrderBy>'
TYPE = "SP.Data.ProjectsListItem"


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with projects_site() as running:
        yield running


def read(emulator: RunningEmulator, number: int) -> dict[str, Any]:
    row = emulator.get(f"{LIST}/items({number})").json()
    assert isinstance(row, dict)
    return row


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("contextInfo", {"Accept": VERBOSE}),
        (
            "contextinfo",
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json;odata=nometadata"},
        ),
        ("contextinfo", {"Content-Length": "0", "Accept": "application/json"}),
    ],
)
def test_a_form_digest_is_given_to_whoever_asks_in_whatever_way(
    emulator: RunningEmulator, path: str, headers: dict[str, str]
) -> None:
    answer = requests.post(f"{emulator.base_url}{API}/{path}", headers=headers, timeout=30)
    assert answer.status_code == 200
    info = answer.json().get("d", {}).get("GetContextWebInformation") or answer.json()
    assert info["FormDigestTimeoutSeconds"] == 1800
    assert info["WebFullUrl"] == f"{emulator.base_url}/sites/team"


@pytest.mark.parametrize(
    "path",
    [
        "web/lists('{id}')",
        "Web/Lists(guid'{id}')",
        "web/lists/GetById('{id}')",
        "Web/Lists/getByTitle('projects')",
        "web/getList('/sites/team/Lists/Projects')",
        "web/getList('%2Fsites%2Fteam%2FLists%2FProjects')",
        "web/getList(@listUrl)?@listUrl='%2fsites%2fteam%2flists%2fprojects'",
        "Web/GetListByTitle('Projects')",
        'Web/GetListUsingPath(@v)?@v={"DecodedUrl": "/sites/team/Lists/Projects"}',
        "Web/GetListUsingPath(DecodedUrl='/sites/team/Lists/Projects')",
        "Site/RootWeb/Lists/GetByTitle('Projects')",
        "lists/getbytitle('Projects')",
        "Lists(guid'{id}')",
    ],
)
def test_a_list_is_the_same_by_every_name_it_may_have(emulator: RunningEmulator, path: str) -> None:
    owner = held(emulator)
    address = path.replace("{id}", owner.id)
    answer = emulator.get(f"{API}/{address}")
    assert (answer.status_code, answer.json()["Id"]) == (200, owner.id)


@pytest.mark.parametrize(
    "step", ["items(3)", "items('3')", "Items/getById(3)", "items/GetItemById(3)", "getItemById(3)", "GetItemById('3')"]
)
def test_an_item_is_the_same_by_every_name_it_may_have(emulator: RunningEmulator, step: str) -> None:
    assert emulator.get(f"{LIST}/{step}?$select=Id,Title").json() == {"Id": 3, "ID": 3, "Title": "Item 3"}


@pytest.mark.parametrize(
    ("accept", "content_type", "error"),
    [
        (VERBOSE, "application/json;odata=verbose", "error"),
        ("application/json; odata=verbose", "application/json;odata=verbose", "error"),
        ("application/json;odata=nometadata", "application/json;odata=nometadata", "odata.error"),
        ("application/json;odata.metadata=none", "application/json;odata=nometadata", "odata.error"),
        ("application/json", "application/json;odata=minimalmetadata", "odata.error"),
        ("application/json;odata.metadata=minimal", "application/json;odata=minimalmetadata", "odata.error"),
        ("*/*", "application/json;odata=minimalmetadata", "odata.error"),
    ],
)
def test_each_accept_header_gets_its_own_form_of_an_item_and_of_an_error(
    emulator: RunningEmulator, accept: str, content_type: str, error: str
) -> None:
    one = emulator.get(f"{LIST}/items(1)?$select=Title", accept=accept)
    gone = emulator.get(f"{LIST}/items(99)", accept=accept)

    assert one.headers["Content-Type"].startswith(content_type)
    row = one.json().get("d", one.json())
    assert row["Title"] == "Item 1"
    etag = row.get("odata.etag") or row.get("__metadata", {}).get("etag")
    assert etag == (None if "nometadata" in content_type else '"1"')
    assert list(gone.json()) == [error]
    assert gone.json()[error]["message"]["value"] == "Item does not exist. It may have been deleted by another user."


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("$select=", {"Title", "Id", "ID", "Ref", "OwnerId", "GUID", "Modified"}),
        ("$select=Id,AttachmentFiles&$expand=AttachmentFiles&$top=2", {"Id", "ID", "AttachmentFiles"}),
        ("$select=Title&$expand=", {"Title"}),
        ("%24select=Id%2cTitle&%24top=2", {"Id", "ID", "Title"}),
    ],
)
def test_options_may_be_empty_or_encoded(emulator: RunningEmulator, query: str, keys: set[str]) -> None:
    rows = emulator.get(f"{LIST}/items?{query}").json()["value"]
    assert keys <= set(rows[0])
    assert len(rows) == (2 if "top" in query else 7)


def test_the_folder_of_a_list_comes_with_it_where_it_is_expanded(emulator: RunningEmulator) -> None:
    answer = emulator.get(f"{LIST}?$select=Id,RootFolder/ServerRelativeUrl&$expand=RootFolder")
    assert answer.json() == {
        "RootFolder": {"ServerRelativeUrl": "/sites/team/Lists/Projects"},
        "Id": held(emulator).id,
    }


@pytest.mark.parametrize("token", ["Paged=TRUE&p_ID=7", "Paged=TRUE&p_ID=2100", "Paged=TRUE%26p_ID=2100"])
def test_a_token_past_the_end_gives_an_empty_page_and_no_link(emulator: RunningEmulator, token: str) -> None:
    encoded = token.replace("&", "%26")
    answer = emulator.get(f"{LIST}/Items?$skiptoken={encoded}&$top=100")
    assert (answer.status_code, answer.json()) == (200, {"value": []})


@pytest.mark.parametrize("declared", [TYPE, "SP.ListItem", None])
@pytest.mark.parametrize("accept", [VERBOSE, "application/json", "application/json;odata=nometadata"])
def test_an_item_is_added_with_its_own_type_the_general_one_or_none_whatever_is_accepted(
    emulator: RunningEmulator, accept: str, declared: str | None
) -> None:
    body: dict[str, Any] = {"Title": "New"}
    if declared:
        body["__metadata"] = {"type": declared}
    answer = emulator.post(f"{LIST}/items", body, accept=accept, headers=JSON_TYPE)
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert held(emulator).item(8).values["Title"] == "New"


@pytest.mark.parametrize(
    "several",
    [
        [2, 3],
        {"results": [2, 3]},
        {"results": [2, 3], "__metadata": {"type": "Collection(Edm.Int32)"}},
        {"__metadata": {"type": "Collection(Edm.Int32)"}, "results": [2, 3]},
    ],
)
def test_several_values_may_come_plain_or_wrapped(emulator: RunningEmulator, several: Any) -> None:
    tags = ["a", "b"] if isinstance(several, list) else several | {"results": ["a", "b"]}
    answer = emulator.merge(f"{LIST}/items(1)", {"DepsId": several, "Tags": tags}, headers=JSON_TYPE)
    assert (answer.status_code, answer.headers["ETag"]) == (204, '"2"')
    assert held(emulator).item(1).values["Deps"] == (2, 3)
    assert held(emulator).item(1).values["Tags"] == ("a", "b")


def test_an_update_by_pnpjs_gets_its_etag_and_a_stale_one_is_refused(emulator: RunningEmulator) -> None:
    headers = {"X-HTTP-Method": "MERGE", "IF-MATCH": '"1"', "Content-Type": "application/json;charset=utf-8"}
    done = emulator.post(f"{LIST}/items(1)", {"Title": "x"}, accept="application/json", headers=headers)
    stale = emulator.post(f"{LIST}/items(1)", {"Title": "y"}, accept="application/json", headers=headers)

    assert (done.status_code, done.headers["ETag"], done.content) == (204, '"2"', b"")
    assert (stale.status_code, list(stale.json())) == (412, ["odata.error"])
    assert held(emulator).item(1).values["Title"] == "x"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("path", ["items(7)/recycle()", "items(7)/recycle", "getItemById(7)/Recycle"])
def test_an_item_is_recycled_however_it_is_said(emulator: RunningEmulator, path: str, method: str) -> None:
    headers = {"X-HTTP-Method": "DELETE", "If-Match": "*"} if method == "DELETE" else {}
    answer = emulator.post(f"{LIST}/{path}", headers=headers)
    assert answer.status_code == 200
    assert list(emulator.world.site("/sites/team").recycled) == [answer.json()["value"]]
    assert [item.id for item in held(emulator).ordered()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("path", ["items(7)", "items(7)/deleteObject()"])
def test_an_item_is_deleted_however_it_is_said(emulator: RunningEmulator, path: str) -> None:
    headers = {} if "Object" in path else {"X-HTTP-Method": "DELETE", "If-Match": "*"}
    assert emulator.post(f"{LIST}/{path}", headers=headers).status_code == 200
    assert 7 not in [item.id for item in held(emulator).ordered()]
    assert emulator.world.site("/sites/team").recycled == {}


def entity(type_name: str, **values: Any) -> dict[str, Any]:
    return {"__metadata": {"type": type_name}, **values}


@pytest.mark.parametrize(
    ("path", "body", "name", "kind"),
    [
        (
            "fields",
            entity("SP.FieldText", Title="Owner Team", FieldTypeKind=2, MaxLength=120),
            "Owner_x0020_Team",
            "Text",
        ),
        ("fields", {"FieldTypeKind": 9, "Title": "Score"}, "Score", "Number"),
        (
            "Fields/AddField",
            {
                "parameters": entity(
                    "SP.FieldCreationInformation", Title="Sorts", FieldTypeKind=15, Choices={"results": ["a"]}
                )
            },
            "Sorts",
            "MultiChoice",
        ),
        (
            "fields/createFieldAsXml",
            {"parameters": {"SchemaXml": "\n   <Field Type='Note' DisplayName='More' />\n"}},
            "More",
            "Note",
        ),
        (
            "Fields/CreateFieldAsXml",
            {
                "parameters": entity(
                    "SP.XmlSchemaFieldCreationInformation",
                    SchemaXml='<Field Type="URL" DisplayName="Page" />',
                    Options=8,
                )
            },
            "Page",
            "URL",
        ),
    ],
)
def test_a_column_is_made_from_each_form_of_body(
    emulator: RunningEmulator, path: str, body: dict[str, Any], name: str, kind: str
) -> None:
    answer = emulator.post(f"{LIST}/{path}", body, accept="application/json", headers=JSON_TYPE)
    assert answer.status_code in {200, 201}
    assert (answer.json()["InternalName"], answer.json()["TypeAsString"]) == (name, kind)
    made = held(emulator).field_named(name)
    assert made is not None
    assert made.type == kind


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "views",
            entity(
                "SP.View",
                Title="Mine",
                PersonalView=False,
                RowLimit=10,
                ViewQuery="<OrderBy><FieldRef Name='ID' /></OrderBy>",
            ),
        ),
        (
            "views/Add",
            {"parameters": {"Title": "Mine", "RowLimit": 10, "Query": BY_ID}},
        ),
        (
            "Views/add",
            {
                "parameters": entity(
                    "SP.ViewCreationInformation", Title="Mine", RowLimit=10, ViewFields={"results": ["Title", "Ref"]}
                )
            },
        ),
    ],
)
def test_a_view_is_made_and_its_columns_are_moved_about(
    emulator: RunningEmulator, path: str, body: dict[str, Any]
) -> None:
    made = emulator.post(f"{LIST}/{path}", body, accept="application/json", headers=JSON_TYPE)
    assert (made.status_code in {200, 201}, made.json()["Title"], made.json()["RowLimit"]) == (True, "Mine", 10)
    fields = f"{LIST}/views('{made.json()['Id']}')/ViewFields"
    steps = [
        ("removeAllViewFields", None),
        ("addViewField('Ref')", None),
        ("addviewfield('Budget')", None),
        ("AddViewField('RAG status')", None),
        ("moveViewFieldTo", {"field": "Budget", "index": 0}),
        ("removeviewfield('Ref')", None),
    ]
    for step, values in steps:
        assert emulator.post(f"{fields}/{step}", values).status_code == 200, step
    assert emulator.get(fields).json()["Items"] == ["Budget", "RAG_x0020_status"]
    assert emulator.get(fields, accept=VERBOSE).json()["d"]["Items"]["results"] == ["Budget", "RAG_x0020_status"]


def test_the_default_view_shows_its_query_and_its_columns(emulator: RunningEmulator) -> None:
    answer = emulator.get(f"{LIST}/DefaultView?$select=ViewQuery,ViewFields,Id&$expand=ViewFields", accept=VERBOSE)
    view = answer.json()["d"]
    shown = held(emulator).default_view
    assert (view["ViewQuery"], view["Id"]) == (BY_ID, shown.id)
    assert view["ViewFields"]["SchemaXml"].startswith('<FieldRef Name="LinkTitle" />')
    assert view["ViewFields"]["Items"]["results"] == shown.fields
    assert "LinkTitle" in shown.fields


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"ensureuser('{BEN}')", None),
        ("EnsureUser('i%3A0%23.f%7Cmembership%7Cben.ash%40example.org')", None),
        ("ensureuser", {"logonName": BEN}),
        ("ensureuser", {"logonName": f"i:0#.f|membership|{BEN}"}),
    ],
)
def test_somebody_is_ensured_by_address_or_by_body(
    emulator: RunningEmulator, path: str, body: dict[str, str] | None
) -> None:
    answer = emulator.post(f"{API}/web/{path}", body)
    assert (answer.status_code, answer.json()["Email"], answer.json()["Title"]) == (200, BEN, "Ben Ash")
    assert emulator.world.site("/sites/team").find_user(BEN) is not None


def test_the_cli_asks_which_web_this_is_and_updates_items_by_what_it_learns(emulator: RunningEmulator) -> None:
    service = "/sites/team/_vti_bin/client.svc/ProcessQuery"
    xml = {"Content-Type": "text/xml"}
    asked = emulator.post(service, CSOM.format(actions=WHICH_WEB, paths=THIS_WEB), headers=xml)
    head, _, web = asked.json()
    assert head["ErrorInfo"] is None

    item = f"{web['_ObjectIdentity_']}:list:{held(emulator).id}:item:2,1"
    saved = CSOM.format(actions=SET_TITLE, paths=f'<Identity Id="147" Name="{item}" />')
    assert emulator.post(service, saved, headers=xml).json()[0]["ErrorInfo"] is None
    assert read(emulator, 2)["Title"] == "Quiet"
    assert read(emulator, 2)["OData__UIVersionString"] == "1.0"


def test_the_cli_asks_for_the_content_types_before_it_adds(emulator: RunningEmulator) -> None:
    (one,) = emulator.get(f"{LIST}/contenttypes?$select=Name,Id").json()["value"]
    assert one == {"Name": "Item", "Id": {"StringValue": read(emulator, 1)["ContentTypeId"]}}


@pytest.mark.parametrize("flags", [("Add",), ("Update",), ("DeleteObject",), ("Add", "Update", "DeleteObject")])
def test_changes_are_those_of_the_kinds_that_are_asked_for(emulator: RunningEmulator, flags: tuple[str, ...]) -> None:
    token = emulator.get(f"{LIST}/CurrentChangeToken").json()
    emulator.post(f"{LIST}/items", {"Title": "New"})
    emulator.merge(f"{LIST}/items(1)", {"Title": "x"})
    emulator.post(f"{LIST}/items(2)", headers={"X-HTTP-Method": "DELETE", "If-Match": "*"})

    start = {"StringValue": token["StringValue"]}
    query = {"Item": True, "ChangeTokenStart": start} | dict.fromkeys(flags, True)
    changes = emulator.post(f"{LIST}/getchanges", {"query": query}).json()["value"]
    kinds = {"Add": 1, "Update": 2, "DeleteObject": 3}
    assert [each["ChangeType"] for each in changes] == [kinds[flag] for flag in flags]


def test_rows_are_walked_by_the_link_without_its_question_mark(emulator: RunningEmulator) -> None:
    walked: list[str] = []
    paging: str | None = None
    for _ in range(5):
        parameters = {"ViewXml": "<View><RowLimit Paged='TRUE'>3</RowLimit></View>"} | (
            {"Paging": paging} if paging else {}
        )
        page = emulator.post(
            f"{LIST}/renderListDataAsStream", {"parameters": parameters}, accept="application/json"
        ).json()
        walked += [row["ID"] for row in page["Row"]]
        if "NextHref" not in page:
            break
        assert page["NextHref"].startswith("?Paged=TRUE&p_ID=")
        paging = page["NextHref"].removeprefix("?")
    assert walked == [str(number) for number in range(1, 8)]
