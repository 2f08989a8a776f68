"""ProcessQuery: three ways of saving, typed values, and the order of what is done and what is not."""

from typing import Any

import pytest

from tests.support.emulator import Direct
from tests.support.process_query import NAMESPACE, QueryClient, error, save, set_value, text

USER = "{c956ab54-16bd-4c18-89d2-996f57282a6f}"
LOOKUP = "{f1d34cc0-9b50-4a78-be78-d5facfcccfb7}"
URL = "{fa8b44af-7b43-43f2-904a-bd319497011e}"
SERVICE = "/sites/demo/_vti_bin/client.svc/ProcessQuery"


def document(count: int = 3) -> dict[str, Any]:
    fields = [
        {"name": "Status", "type": "Text"},
        {"name": "RAG", "type": "Choice", "choices": ["Red", "Green"]},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "Score", "type": "Number"},
        {"name": "Live", "type": "Boolean"},
        {"name": "Due", "type": "DateTime"},
        {"name": "Owner", "type": "User"},
        {"name": "Team", "type": "UserMulti"},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Others", "type": "LookupMulti", "lookup_list": "Projects"},
        {"name": "Link", "type": "URL"},
        {"name": "Half", "type": "Calculated"},
    ]
    users = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    row = {"created": "2026-01-05T10:00:00Z", "author": "ann@example.org", "version": 4}
    rows = [{"values": {"Title": f"Item {number}"}, **row} for number in range(1, count + 1)]
    return {
        "sites": [
            {"path": "/sites/demo", "users": users, "lists": [{"title": "Projects", "fields": fields, "items": rows}]}
        ]
    }


@pytest.fixture
def client() -> QueryClient:
    emulator = Direct(document())
    emulator.clock.advance(days=1)
    return QueryClient(emulator)


@pytest.mark.parametrize(
    ("mode", "label", "modified_moves", "change"),
    [("Update", "5.0", True, 2), ("SystemUpdate", "4.0", False, 15), ("UpdateOverwriteVersion", "4.0", True, 2)],
)
def test_each_way_of_saving_leaves_its_own_traces(
    client: QueryClient, mode: str, label: str, modified_moves: bool, change: int
) -> None:
    before = client.item().modified, client.item().editor
    user_modified = client.list.last_user_modified
    assert error(client.save(mode, text("Off track"))) is None

    item = client.item()
    assert (item.values["Status"], item.version_label, item.etag) == ("Off track", label, '"5"')
    assert ((item.modified, item.editor) != before) is modified_moves
    assert (client.list.last_user_modified != user_modified) is modified_moves
    assert client.list.last_modified == client.emulator.clock.now
    assert [entry.type for entry in client.list.log.entries] == [change]


def test_the_answer_is_a_list_of_one_with_no_error(client: QueryClient) -> None:
    answer = client.save("SystemUpdate", text("x"))
    (head,) = answer.json()
    assert list(head) == ["SchemaVersion", "LibraryVersion", "ErrorInfo", "TraceCorrelationId"]
    assert len(answer.content) == 147


@pytest.mark.parametrize(
    ("field", "parameter", "shown"),
    [
        ("Status", '<Parameter Type="Null" />', None),
        ("Status", text(""), None),
        ("Status", text("a < b & c"), "a < b & c"),
        ("Score", '<Parameter Type="Int32">6</Parameter>', 6.0),
        ("Score", '<Parameter Type="Double">1.5</Parameter>', 1.5),
        ("Score", '<Parameter Type="Number">2</Parameter>', 2.0),
        ("Live", '<Parameter Type="Boolean">true</Parameter>', True),
        ("Due", '<Parameter Type="DateTime">2026-06-30T23:00:00Z</Parameter>', "2026-06-30T23:00:00Z"),
        ("Due", '<Parameter Type="DateTime">2026-06-30T23:00:00.0000000Z</Parameter>', "2026-06-30T23:00:00Z"),
        ("RAG", text("Red"), "Red"),
        ("Themes", f'<Parameter Type="Array">{text("A").replace("Parameter", "Object")}</Parameter>', ["A"]),
        ("Themes", '<Parameter Type="Array" />', None),
        ("Owner", f'<Parameter TypeId="{USER}"><Property Name="LookupId" Type="Int32">7</Property></Parameter>', 7),
        ("Parent", f'<Parameter TypeId="{LOOKUP}"><Property Name="LookupId" Type="Int32">2</Property></Parameter>', 2),
        (
            "Team",
            (
                f'<Parameter Type="Array"><Object TypeId="{USER}"><Property Name="Email" Type="Null" />'
                '<Property Name="LookupId" Type="Int32">7</Property></Object></Parameter>'
            ),
            [7],
        ),
        (
            "Link",
            (
                f'<Parameter TypeId="{URL}"><Property Name="Url" Type="String">https://x.example</Property>'
                '<Property Name="Description" Type="String">X</Property></Parameter>'
            ),
            {"Description": "X", "Url": "https://x.example"},
        ),
    ],
)
def test_a_typed_value_is_read_back_over_rest(client: QueryClient, field: str, parameter: str, shown: Any) -> None:
    assert error(client.save("SystemUpdate", parameter, field=field)) is None
    row = client.emulator.get("web/lists/GetByTitle('Projects')/items(1)").json()
    column = client.list.field_named(field)
    assert column is not None
    assert row[column.write_property] == shown


@pytest.mark.parametrize(
    ("field", "written", "shown"),
    [
        ("Status", "On track", "On track"),
        ("Score", "12.5", 12.5),
        ("Live", "1", True),
        ("Due", "2026-07-01", "2026-06-30T23:00:00Z"),
        ("Themes", ";#A;#B;#", ["A", "B"]),
        ("Owner", "ann@example.org", 7),
        ("Owner", "7;#Ann Field", 7),
        ("Others", "1;#Item 1;#2;#Item 2", [1, 2]),
        ("Link", "https://x.example, X", {"Description": "X", "Url": "https://x.example"}),
    ],
)
def test_text_is_parsed_for_the_column(client: QueryClient, field: str, written: str, shown: Any) -> None:
    action = set_value(field, text(written), method="ParseAndSetFieldValue") + save("SystemUpdate")
    assert error(client.send(action, {1: client.identity(1)})) is None
    row = client.emulator.get("web/lists/GetByTitle('Projects')/items(1)").json()
    column = client.list.field_named(field)
    assert column is not None
    assert row[column.write_property] == shown


@pytest.mark.parametrize(
    ("field", "parameter", "code", "kind"),
    [
        ("Nope", text("x"), -2147024809, "System.ArgumentException"),
        ("Half", text("x"), -2147352571, "Microsoft.SharePoint.SPException"),
        ("Modified", text("x"), -2147352571, "Microsoft.SharePoint.SPException"),
        ("RAG", text("Blue"), -1, "Microsoft.SharePoint.SPException"),
        ("Status", text("x" * 256), -1, "Microsoft.SharePoint.SPException"),
        ("Score", text("many"), -1, "Microsoft.SharePoint.Client.InvalidClientQueryException"),
        ("Owner", '<Parameter Type="Int32">99</Parameter>', -2146232832, "Microsoft.SharePoint.SPException"),
    ],
)
def test_a_value_that_is_refused_is_told_in_a_200(
    client: QueryClient, field: str, parameter: str, code: int, kind: str
) -> None:
    info = error(client.save("SystemUpdate", parameter, field=field))
    assert info is not None
    assert (info["ErrorCode"], info["ErrorTypeName"]) == (code, kind)
    assert set(info) == {"ErrorMessage", "ErrorValue", "TraceCorrelationId", "ErrorCode", "ErrorTypeName"}
    assert client.item().etag == '"4"'


def test_what_comes_before_a_failure_has_happened_and_what_comes_after_has_not(client: QueryClient) -> None:
    actions = "".join(set_value("Status", text("new"), path) + save("SystemUpdate", path) for path in (1, 2, 3))
    info = error(client.send(actions, {1: client.identity(1), 2: client.identity(99), 3: client.identity(3)}))
    assert info is not None
    assert (info["ErrorCode"], info["ErrorTypeName"]) == (-2130575338, "System.ArgumentException")
    assert info["ErrorMessage"] == "Item does not exist. It may have been deleted by another user."
    assert [client.item(number).values.get("Status") for number in (1, 2, 3)] == ["new", None, None]


def test_a_value_that_is_set_and_not_saved_is_lost(client: QueryClient) -> None:
    assert error(client.send(set_value("Status", text("x")), {1: client.identity(1)})) is None
    assert client.item().values.get("Status") is None


@pytest.mark.parametrize("part", ["site", "web", "list"])
def test_an_identity_of_another_place_is_refused(client: QueryClient, part: str) -> None:
    identity = client.identity(1, **{part: "00000000-0000-4000-8000-000000000000"})
    assert error(client.send(set_value("Status", text("x")) + save("SystemUpdate"), {1: identity})) is not None
    assert client.item().etag == '"4"'


def test_more_than_a_hundred_items_or_a_mebibyte_is_refused_whole() -> None:
    client = QueryClient(Direct(document(101)))
    every = range(1, 102)
    actions = "".join(set_value("Status", text("x"), number) + save("SystemUpdate", number) for number in every)
    paths = {number: client.identity(number) for number in every}
    info = error(client.send(actions, paths))
    assert info is not None
    assert info["ErrorMessage"] == "The request uses too many resources."
    info = error(client.save("SystemUpdate", text("x" * 1_048_576)))
    assert info is not None
    assert "too big" in info["ErrorMessage"]
    assert {item.etag for item in client.list.items.values()} == {'"4"'}
    within = "".join(
        set_value("Status", text("x"), number) + save("SystemUpdate", number) for number in every if number < 101
    )
    assert error(client.send(within, paths)) is None


@pytest.mark.parametrize(
    ("actions", "named"),
    [
        ('<Query Id="1" ObjectPathId="1" />', "ProcessQuery action Query"),
        ('<Method Name="DeleteObject" Id="1" ObjectPathId="1" />', "ProcessQuery method DeleteObject"),
    ],
)
def test_what_is_not_emulated_is_a_501_before_anything_is_done(client: QueryClient, actions: str, named: str) -> None:
    answer = client.send(set_value("Status", text("x")) + save("Update") + actions, {1: client.identity(1)})
    assert (answer.status_code, answer.headers["X-Emulator-Not-Emulated"]) == (501, named)
    assert client.item().etag == '"4"'


CURRENT = '<StaticProperty Id="3" TypeId="{3747adcd-a3c3-41b9-bfab-4a64dd2f1e0a}" Name="Current" />'
WEB = '<Property Id="5" ParentId="3" Name="Web" />'


def web_query(selected: str, paths: str = WEB + CURRENT, every: str = "false") -> str:
    query = f'<Query SelectAllProperties="{every}"><Properties>{selected}</Properties></Query>'
    action = f'<Query Id="1" ObjectPathId="5">{query}</Query>'
    return f'<Request xmlns="{NAMESPACE}"><Actions>{action}</Actions><ObjectPaths>{paths}</ObjectPaths></Request>'


def test_a_client_learns_the_identity_of_the_web_and_builds_those_of_items_from_it(client: QueryClient) -> None:
    answer = client.post(web_query('<Property Name="ServerRelativeUrl" ScalarProperty="true" />'))
    head, number, web = answer.json()

    assert (head["ErrorInfo"], number, web["_ObjectType_"]) == (None, 1, "SP.Web")
    assert web["ServerRelativeUrl"] == client.emulator.site.path
    assert '"ServerRelativeUrl":"\\u002fsites' in answer.text
    identity = f"{web['_ObjectIdentity_']}:list:{client.list.id}:item:1,1"
    assert error(client.send(set_value("Status", text("x")) + save("SystemUpdate"), {1: identity})) is None
    assert client.item().values["Status"] == "x"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (web_query('<Property Name="AllProperties" />'), "ProcessQuery property SP.Web.AllProperties"),
        (web_query("", every="true"), "ProcessQuery action Query of all properties"),
        (web_query("", paths=CURRENT + WEB.replace('"Web"', '"Site"')), "ProcessQuery object path Property Site"),
        (web_query("", paths=WEB), "ProcessQuery object path Property Web"),
        (web_query("", paths=CURRENT), "ProcessQuery action Query"),
    ],
)
def test_anything_else_about_a_web_is_not_emulated(client: QueryClient, body: str, named: str) -> None:
    answer = client.post(body)
    assert (answer.status_code, answer.headers["X-Emulator-Not-Emulated"]) == (501, named)


@pytest.mark.parametrize(
    "body",
    [
        "not xml",
        "<Request/>",
        f'<!DOCTYPE Request><Request xmlns="{NAMESPACE}"><Actions /></Request>',
        '<!DOCTYPE x [<!ENTITY a "b">]><Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">&a;</Request>',
    ],
)
def test_a_body_that_is_no_request_is_refused(client: QueryClient, body: str) -> None:
    assert error(client.emulator.post(SERVICE, body)) is not None
