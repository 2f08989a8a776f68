"""What goes over the wire, byte for byte: a change here is a change that every council's SharePoint sees."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import unquote

import pytest
from defusedxml.ElementTree import fromstring

from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Unknown
from sync.engine.targets import ListAddress
from sync.errors import UnreadableError
from tests.support.project_list import FIELDS, GUID, SITE_ID, WEB_ID, description, source, web
from tests.support.wire import HOST, ScriptedWire, json_reply, scripted_store, status_reply

ITEMS = f"{HOST}/sites/pmo/_api/web/lists(guid'{GUID}')/items"


def row(number: int, **more: object) -> dict[str, object]:
    return {"odata.etag": f'"{number + 2}"', "Id": number, "Modified": "2026-06-01T08:00:00Z", "EditorId": 7, **more}


def test_a_list_is_described_in_one_request_after_the_zone_of_its_site() -> None:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), json_reply(description()))
    store = scripted_store(wire)
    assert store.describe(source()).zone == "Europe/London"
    store.describe(source())
    assert {request.method for request in wire.requests} == {"GET"}
    zone, *lists = [unquote(str(request.url)).removeprefix(f"{HOST}/sites/pmo/_api/") for request in wire.requests]
    assert zone == "web?$select=Id,Url,RegionalSettings/*&$expand=RegionalSettings,RegionalSettings/TimeZone"
    listed = (
        "web/lists/GetByTitle('Digital projects')"
        "?$select=Id,Title,ItemCount,CurrentChangeToken,EnableVersioning,EnableModeration,ForceCheckout,"
        "Fields/*&$expand=Fields"
    )
    assert lists == [listed, listed], "the zone is asked for once, the columns every time"


def test_every_request_is_decorated_signed_and_free_of_a_form_digest() -> None:
    wire = ScriptedWire(json_reply(web()), json_reply(description()))
    scripted_store(wire).describe(source())
    for request, options in zip(wire.requests, wire.options, strict=True):
        assert request.headers["User-Agent"] == f"NONISV|AnytownCouncil|PortfolioSync/{version('portfolio-sync')}"
        assert request.headers["Authorization"] == "Bearer emulator"
        assert request.headers["Accept"] == "application/json;odata=nometadata"
        assert "X-RequestDigest" not in request.headers
        assert request.headers["Content-Type"] == "application/json;odata=nometadata"
        assert options["timeout"] == (10.0, 60.0)


@pytest.mark.parametrize(
    ("address", "resource"),
    [
        (ListAddress(title="Bob's list & more #1"), "web/lists/GetByTitle('Bob%27%27s%20list%20%26%20more%20%231')"),
        (ListAddress(id=f"{{{GUID.upper()}}}"), f"web/lists(guid'{GUID.upper()}')"),
        (ListAddress(url="Lists/Digital projects"), "web/getList('/sites/pmo/Lists/Digital%20projects')"),
    ],
)
def test_a_list_is_found_by_title_guid_or_address(address: ListAddress, resource: str) -> None:
    wire = ScriptedWire(json_reply(web()), json_reply(description()))
    scripted_store(wire).describe(source(address=address))
    assert str(wire.requests[1].url).startswith(f"{HOST}/sites/pmo/_api/{resource}?")


def test_fields_that_come_without_what_their_types_add_are_asked_for_again() -> None:
    bare = [{key: value for key, value in each.items() if key != "LookupList"} for each in FIELDS]
    wire = ScriptedWire(json_reply(web()), json_reply(description(bare)), json_reply({"value": FIELDS}))
    store = scripted_store(wire)
    schema = store.describe(source())
    assert str(wire.requests[-1].url).endswith("/fields")
    assert store.usage().resource_units == 1 + 1 + 2, "a site, a list, and its fields, which are several"
    programme = schema.find("Programme")
    assert programme is not None
    assert programme.lookup_list == "aaaa0000-0000-0000-0000-00000000000a"


def test_items_are_read_by_pages_of_mapped_columns_only() -> None:
    following = f"{ITEMS}?%24skiptoken=Paged%3dTRUE%26p_ID%3d2&%24top=5000"
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description()),
        json_reply({"odata.metadata": "x", "value": [row(1), row(2)], "odata.nextLink": following}),
        json_reply({"value": [row(5)]}),
    )
    store = scripted_store(wire)
    schema = store.describe(source())
    columns = ["Title", "Target_x0020_date", "Lead", "Programme", "_Note", "Title"]
    pages = list(store.read(source(), schema, columns))
    assert [[item.item_id for item in page] for page in pages] == [[1, 2], [5]]
    first, second = wire.requests[2:]
    assert str(first.url) == (
        f"{ITEMS}?$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title,Target_x0020_date,OData__Note,"
        "Lead/Id,Lead/Title,Lead/Name,Programme/Id,Programme/Ref&$expand=Lead,Programme&$top=5000"
    )
    assert str(second.url) == following.replace("%3d", "%3D"), "requests writes hexadecimals in capitals"
    assert {request.headers["Accept"] for request in (first, second)} == {"application/json;odata=minimalmetadata"}


def test_the_next_page_is_on_its_way_before_this_one_is_decoded() -> None:
    following = f"{ITEMS}?%24skiptoken=Paged%3DTRUE%26p_ID%3D2&%24top=5000"
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description()),
        json_reply({"odata.nextLink": following, "value": ["no item"]}),
        json_reply({"value": [row(5)]}),
    )
    store = scripted_store(wire)
    with pytest.raises(UnreadableError):
        list(store.read(source(), store.describe(source()), ["Title"]))
    assert [str(request.url) for request in wire.requests[3:]] == [following]


def test_folders_are_no_items() -> None:
    folder = {**row(1), "FileSystemObjectType": 1}
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description()),
        json_reply({"value": [folder, {**row(2), "FileSystemObjectType": 0}]}),
    )
    store = scripted_store(wire)
    pages = list(store.read(source(), store.describe(source()), ["Title"]))
    assert [[item.item_id for item in page] for page in pages] == [[2]]


def test_a_quiet_write_is_one_process_query_of_typed_values_and_system_updates() -> None:
    done = [{"SchemaVersion": "15.0.0.0", "LibraryVersion": "16.0.0.0", "ErrorInfo": None, "TraceCorrelationId": "x"}]
    wire = ScriptedWire(json_reply(web()), json_reply(description()), json_reply({"Id": SITE_ID}), json_reply(done))
    store = scripted_store(wire)
    schema = store.describe(source())
    since = datetime(2026, 6, 30, 23, tzinfo=UTC)
    writes = [
        ItemWrite(4, '"1"', {"PSStatus": "At risk", "PSOverdue": True, "PSSince": since}),
        ItemWrite(9, '"8"', {"PSReason": 'R&D <"late">', "PSSince": None}),
    ]
    assert list(store.apply(source(), schema, writes)) == [Applied(), Applied()]
    request = wire.requests[-1]
    assert (request.method, request.url) == ("POST", f"{HOST}/sites/pmo/_vti_bin/client.svc/ProcessQuery")
    assert request.headers["Content-Type"] == "text/xml"
    place = (
        "121a659f-e03e-2000-4281-1212829d67dd|740c6a0b-85e2-48a0-a494-e0f1759d4aa7:"
        f"site:{SITE_ID}:web:{WEB_ID}:list:{GUID}:item"
    )
    name = '<Parameter Type="String">{}</Parameter>'.format
    set_value = '<Method Name="SetFieldValue" Id="{}" ObjectPathId="{}"><Parameters>{}{}</Parameters></Method>'.format
    assert (
        request.body
        == (
            '<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0"'
            ' ApplicationName="PortfolioSync" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>'
            + set_value(3, 1, name("PSStatus"), name("At risk"))
            + set_value(4, 1, name("PSOverdue"), '<Parameter Type="Boolean">true</Parameter>')
            + set_value(5, 1, name("PSSince"), '<Parameter Type="DateTime">2026-06-30T23:00:00.0000000Z</Parameter>')
            + '<Method Name="SystemUpdate" Id="6" ObjectPathId="1" />'
            + set_value(7, 2, name("PSReason"), name('R&amp;D &lt;"late"&gt;'))
            + set_value(8, 2, name("PSSince"), '<Parameter Type="Null" />')
            + '<Method Name="SystemUpdate" Id="9" ObjectPathId="2" /></Actions><ObjectPaths>'
            f'<Identity Id="1" Name="{place}:4,1" /><Identity Id="2" Name="{place}:9,1" /></ObjectPaths></Request>'
        ).encode()
    )


def test_a_versioned_write_is_a_merge_with_the_etag_that_was_read_in_a_changeset_of_its_own() -> None:
    answer = (
        b"--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        b'HTTP/1.1 204 No Content\r\nCONTENT-TYPE: application/json;odata=nometadata\r\nETAG: "9"\r\n\r\n\r\n'
        b"--batchresponse_1--\r\n"
    )
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description()),
        status_reply(200, {"Content-Type": "multipart/mixed; boundary=batchresponse_1"}, answer),
    )
    store = scripted_store(wire)
    versioned = source(WriteMode.VERSIONED)
    schema = store.describe(versioned)
    write = ItemWrite(4, '"8"', {"PSStatus": "At risk", "_PSCheck": "Größe", "PSSince": None})
    assert list(store.apply(versioned, schema, [write])) == [Applied('"9"')]
    request = wire.requests[-1]
    assert request.url == f"{HOST}/sites/pmo/_api/$batch"
    batch = str(request.headers["Content-Type"]).removeprefix("multipart/mixed; boundary=")
    body = bytes(request.body or b"").decode()
    changeset = body.split("boundary=")[1].split("\r\n")[0]
    assert body.splitlines(keepends=True) == [
        f"--{batch}\r\n",
        f"Content-Type: multipart/mixed; boundary={changeset}\r\n",
        "\r\n",
        f"--{changeset}\r\n",
        "Content-Type: application/http\r\n",
        "Content-Transfer-Encoding: binary\r\n",
        "\r\n",
        f"MERGE {ITEMS}(4) HTTP/1.1\r\n",
        'If-Match: "8"\r\n',
        "Accept: application/json;odata=nometadata\r\n",
        "Content-Type: application/json;odata=nometadata\r\n",
        "\r\n",
        '{"PSStatus":"At risk","OData__PSCheck":"Größe","PSSince":null}\r\n',
        f"--{changeset}--\r\n",
        "\r\n",
        f"--{batch}--\r\n",
    ]


def test_columns_that_need_too_many_joins_are_read_by_a_second_query_of_the_same_page() -> None:
    people = [{**field, "InternalName": f"P{n}", "EntityPropertyName": f"P{n}", "Title": f"P{n}"}
              for n in range(10) for field in description()["Fields"] if field["InternalName"] == "Lead"]  # fmt: skip
    fields = [*description()["Fields"], *people]
    person = {"Id": 3, "Title": "Ann", "Name": "i:0#.f|membership|ann@example.org"}
    next_link = f"{ITEMS}?%24skiptoken=Paged%3dTRUE%26p_ID%3d2"
    first = dict.fromkeys((f"P{n}" for n in range(8)), person)
    second = {"P8": person, "P9": None}
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description(fields)),
        json_reply(
            {"value": [row(1, Title="one", **first), row(2, Title="two", **first)], "odata.nextLink": next_link}
        ),
        json_reply({"value": [row(1, **second), row(2, **second)]}),
        json_reply({"value": [row(3, **first), row(4, **first)]}),
        json_reply({"value": [row(4, **second)]}),
    )
    store = scripted_store(wire)
    schema = store.describe(source())
    rows = [item for page in store.read(source(), schema, ["Title", *(f"P{n}" for n in range(10))]) for item in page]
    assert [item.item_id for item in rows] == [1, 2, 4], "item 3 was deleted between the two queries"
    assert all(getattr(item.cells["P8"], "name", "") == "Ann" and item.cells["P9"] is None for item in rows)
    built = [str(wire.requests[number].url) for number in (2, 3, 5)]
    assert [len(url.split("$expand=")[1].split("&")[0].split(",")) for url in built] == [8, 2, 2]
    plain = "Id,FileSystemObjectType,Created,Modified,EditorId"
    assert str(wire.requests[3].url).startswith(f"{ITEMS}?$select={plain},P8/Id")
    assert str(wire.requests[5].url).startswith(f"{ITEMS}?$skiptoken=Paged%3DTRUE%26p_ID%3D2&$select=")


def test_what_was_sent_is_counted_and_priced() -> None:
    wire = ScriptedWire(
        json_reply(web()), json_reply(description()), json_reply({"value": [row(1)]}), json_reply(row(1))
    )
    store = scripted_store(wire)
    schema = store.describe(source())
    list(store.read(source(), schema, ["Title"]))
    assert list(store.read_items(source(), schema, ["Title"], [1])) == [1]
    usage = store.usage()
    assert dict(usage.by_kind) == {"item": 1, "items": 1, "schema": 1, "zone": 1}
    assert usage.resource_units == 5


TO_THE_LETTER = [
    " On  track ",
    "On track\u00a0",
    "line\nline\r\nline\rend\t",
    "R&D <'\"> ]]>",
    "Größe 🚌 e\u0301",
    "_x000D_",
]


@pytest.mark.parametrize("text", TO_THE_LETTER)
@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_text_goes_over_the_wire_to_the_letter(mode: WriteMode, text: str) -> None:
    """A choice that differs from the list's own by a blank would be refused, or added to it."""
    wire = ScriptedWire(
        json_reply(web()), json_reply(description()), json_reply({"Id": SITE_ID}), otherwise=status_reply(500)
    )
    if mode is WriteMode.VERSIONED:
        del wire.steps[2]
    store = scripted_store(wire)
    schema = store.describe(source(mode))
    (outcome,) = store.apply(source(mode), schema, [ItemWrite(4, '"8"', {"PSStatus": text})])
    assert isinstance(outcome, Unknown)
    body = bytes(wire.requests[-1].body or b"")
    if mode is WriteMode.QUIET:
        namespace = "{http://schemas.microsoft.com/sharepoint/clientquery/2009}"
        sent = [each.text for each in fromstring(body).iter(f"{namespace}Parameter")]
        assert sent == ["PSStatus", text]
    else:
        (line,) = [line for line in body.split(b"\r\n") if line.startswith(b"{")]
        assert json.loads(line) == {"PSStatus": text}
