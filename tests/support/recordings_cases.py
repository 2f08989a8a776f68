"""One case for every recording: what the site held, and the request the recorded client sent.

Requests are the templates of the recording client's source; what they carry (titles, values, numbers, definitions of
columns) is read out of the recorded answers themselves.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import tostring

from defusedxml.ElementTree import fromstring

from connectors.emulator.state.lists import SpList
from connectors.emulator.wire.shapes import Level
from tests.support.recordings import recording
from tests.support.recordings_compare import Answer, batch_parts
from tests.support.recordings_stage import Part, Stage

PLAIN, VERBOSE = Level.NONE.value, Level.VERBOSE.value
BATCH = "multipart/mixed; boundary=batchresponse_00000000-0000-0000-0000-000000000000"
SCRIPT = "application/json; charset=utf-8"
SOME_GUID = "13326e70-58ba-4e0e-9b30-08189f21d555"
# What the service adds to a definition when it makes the column.
_SERVICE_MADE = ("SourceID", "StaticName", "ColName", "RowOrdinal", "ColName2", "RowOrdinal2", "Version", "ReadOnly")

Ask = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Case:
    """How one recording is repeated: its family, the content type it had, and the doing."""

    family: str
    content_type: str
    ask: Ask


def document(name: str) -> Any:
    """A recorded body as values."""
    return json.loads(recording(name).text)


def part_documents(name: str) -> list[Any]:
    """The bodies of a recorded batch as values; None for an empty one."""
    bodies = [part["body"] for part in batch_parts(recording(name).text)]
    return [json.loads(body) if body else None for body in bodies]


def definition(recorded: str) -> str:
    """A recorded definition of a column as a client wrote it, before the service added to it."""
    element = fromstring(recorded)
    for name in _SERVICE_MADE:
        element.attrib.pop(name, None)
    return str(tostring(element, encoding="unicode"))


# Errors


def missing_list(name: str) -> Answer:
    """A list asked for by a title that no list has."""
    message = document(name)["odata.error"]["message"]["value"]
    title = message.removeprefix("List '").partition("' does not exist")[0]
    return Stage().ask("GET", f"web/lists/getbytitle('{title}')")


def second_list(name: str) -> Answer:
    """A list made with the title of another."""
    stage = Stage()
    stage.add_list("Fail list", SOME_GUID)
    return stage.ask("POST", "web/lists", _list_body("Fail list"))


def missing_user(name: str) -> Answer:
    """A user asked for by a number nobody has."""
    return Stage().ask("GET", "web/getuserbyid(567)")


# Lists


def _list_body(title: str) -> dict[str, Any]:
    return {"__metadata": {"type": "SP.List"}, "BaseTemplate": 100, "Title": title}


def made_list(name: str) -> Answer:
    """A list made."""
    made = document(name)
    return Stage(at=made["Created"]).ask("POST", "web/lists", _list_body(made["Title"]))


def list_made_in_a_batch(name: str) -> Answer:
    """A list made by a part of a batch."""
    (made,) = part_documents(name)
    return Stage(at=made["Created"]).batch([Part("POST", "web/lists", _list_body(made["Title"]))])


def list_changed_in_a_batch(name: str) -> Answer:
    """A list changed by a part of a batch."""
    stage = Stage()
    owner = stage.add_list("Site Assets", SOME_GUID)
    body = {"__metadata": {"type": "SP.List"}, "Description": "changed"}
    return stage.batch([Part("PATCH", f"web/lists/getbyid(guid'{owner.id}')", body, {"IF-MATCH": "*"})])


def two_views_of_a_library(name: str) -> Answer:
    """Two reads of one list in a batch, as merged reads of properties and items."""
    first, second = part_documents(name)
    stage = Stage(at="2022-10-12T08:00:00Z")
    owner = stage.add_list(first["Title"], first["Id"], url="SiteAssets")
    stage.items(owner, second["Items"])
    path = f"web/lists(guid'{owner.id}')"
    parts = [f"{path}?$select=Id,NoCrawl,Title", f"{path}?$select=EnableVersioning,Id,Title&$expand=Items"]
    return stage.batch([Part("GET", part) for part in parts])


def columns_of_a_library(name: str) -> Answer:
    """A list by its title in other letters, with the names of its columns."""
    known = document(name)
    stage = Stage()
    stage.add_list(known["Title"], known["Id"], url="SitePages")
    path = f"web/lists/getbytitle('{known['Title'].lower()}')"
    return stage.ask("GET", f"{path}?$select=Id,Title,Fields/Id,Fields/InternalName&$expand=Fields")


# Columns


def _owner(stage: Stage, definition_text: str, scope: str) -> SpList:
    """The list a recorded column was made in: its identifier is in the definition, its address is the scope."""
    source = fromstring(definition_text).attrib["SourceID"].strip("{}")
    url = scope.removeprefix(f"{stage.site.path}/")
    return stage.add_list(url.rpartition("/")[2], source, url)


def _before(stage: Stage, owner: SpList, definition_text: str) -> None:
    """The columns that stood before: as many of each kind of storage as the recorded one's number tells."""
    found = re.fullmatch(r"([a-z_]+)(\d+)", fromstring(definition_text).attrib["ColName"])
    assert found is not None
    kind, first = _STORAGE[found[1]]
    for number in range(int(found[2]) - first):
        stage.columns(owner, [f'<Field Type="{kind}" Name="Before{number}" DisplayName="Before {number}" />'])


_STORAGE = {
    "nvarchar": ("Text", 4), "ntext": ("Note", 2), "int": ("User", 1), "float": ("Number", 1), "bit": ("Boolean", 1),
    "datetime": ("DateTime", 1), "sql_variant": ("Calculated", 1),
}  # fmt: skip


def _column_body(recorded: str) -> dict[str, Any]:
    kind = {"type": "SP.XmlSchemaFieldCreationInformation"}
    return {"parameters": {"__metadata": kind, "SchemaXml": definition(recorded), "Options": 8}}


def _lookup_target(stage: Stage, recorded: str) -> None:
    target = fromstring(recorded).attrib.get("List")
    if target:
        stage.items(stage.add_list("Site Pages", target, "SitePages"), [{"Id": 1, "Title": "Home"}])


def made_column(name: str) -> Answer:
    """A column made from its definition."""
    made = document(name)
    stage = Stage()
    stage.site.web_id = made.get("LookupWebId", stage.site.web_id)
    owner = _owner(stage, made["SchemaXml"], made["Scope"])
    _lookup_target(stage, made["SchemaXml"])
    _before(stage, owner, made["SchemaXml"])
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/Fields/CreateFieldAsXml", _column_body(made["SchemaXml"]))


def removed_column(name: str) -> Answer:
    """A column removed."""
    stage = Stage()
    owner = stage.add_list("Documents", SOME_GUID)
    stage.columns(owner, ['<Field Type="Text" Name="ADDED" DisplayName="ADDED" />'])
    path = f"web/lists(guid'{owner.id}')/Fields('{owner.custom[0].id}')"
    return stage.ask("POST", path, headers={"X-HTTP-Method": "DELETE", "IF-MATCH": "*"})


def columns_made_in_a_batch(name: str) -> Answer:
    """Columns made by the parts of a batch."""
    made = part_documents(name)
    stage = Stage()
    owner = _owner(stage, made[0]["SchemaXml"], made[0]["Scope"])
    path = f"web/lists(guid'{owner.id}')/Fields/CreateFieldAsXml"
    return stage.batch([Part("POST", path, _column_body(one["SchemaXml"])) for one in made])


# Items

RECORDED_COLUMNS = {
    "RegularRestUpdateTest": (4, 6, 7, 8, 9, 10, 11, 12),
    "SpecialFieldRestUpdateTest": (7, 9, 10, 15, 16, 17, 18),
    "UpdateWithWrongValuesInteractive": (4,),
}
_UNRECORDED = {
    "RegularRestUpdateTest": (
        "MultilineText1",
        '<Field Type="Note" Name="MultilineText1" DisplayName="MultilineText1" NumLines="6" />',
    ),
    "SpecialFieldRestUpdateTest": (
        "URLField2",
        '<Field Type="URL" Name="URLField2" DisplayName="URLField2" Format="Hyperlink" />',
    ),
}


def definitions(test: str, columns: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    """The definitions of the columns that one recorded test made, in their order.

    One definition of each was not kept; its identifier is among `columns` where a recording shows it.
    """
    found = [definition(document(f"{test}-0-{number:05}")["SchemaXml"]) for number in RECORDED_COLUMNS[test]]
    if test in _UNRECORDED:
        name, text = _UNRECORDED[test]
        known = next((column["Id"] for column in columns if column["InternalName"] == name), None)
        found.insert(1, text.replace("<Field ", f'<Field ID="{{{known}}}" ') if known else text)
    return found


def text_columns(row: Mapping[str, Any], after: str = "ComplianceAssetId") -> list[str]:
    """Definitions of the text columns whose values a recorded item shows between its own and the service's."""
    names = list(row)
    own = [name.removeprefix("OData_") for name in names[names.index(after) + 1 : names.index("ID")]]
    return [f'<Field Type="Text" Name="{name}" DisplayName="{name}" />' for name in own]


def set_list(stage: Stage, test: str, guid: str = SOME_GUID, columns: Sequence[str] = ()) -> SpList:
    """The list one recorded test made, with columns, and the list its lookups lead to."""
    for one in columns:
        if fromstring(one).attrib.get("List"):
            _lookup_target(stage, one)
            break
    title = test if "Paging" in test else f"PNP_SDK_TEST_{test}"
    owner = stage.add_list(title, guid)
    stage.columns(owner, columns)
    return owner


def page(
    query: str,
    *,
    rows: Callable[[str], Sequence[Mapping[str, Any]]],
    columns: Callable[[], Sequence[str]] | None = None,
) -> Ask:
    """One page of items; `columns` are the list's own, else those the recorded items show as text."""

    def ask(name: str) -> Answer:
        stage = Stage()
        held = rows(name)
        own = (text_columns(held[0]) if _has_own(held[0]) else []) if columns is None else columns()
        owner = set_list(stage, test_of(name), list_guid(name), own)
        stage.items(owner, held)
        return stage.ask("GET", f"web/lists(guid'{owner.id}')/items{query}")

    return ask


def _has_own(row: Mapping[str, Any]) -> bool:
    names = list(row)
    return "ComplianceAssetId" in row and "ID" in row and names.index("ComplianceAssetId") < names.index("ID")


def test_of(name: str) -> str:
    """The recorded test a recording belongs to."""
    return name.rsplit("-", 2)[0]


def list_guid(name: str) -> str:
    """The identifier of the list in a recorded link to the next page."""
    match = re.search(r"lists\(guid%27([0-9a-f-]{36})", recording(name).text)
    return match[1] if match else SOME_GUID


def rows_of(name: str) -> list[dict[str, Any]]:
    """The items a recorded body shows."""
    known = document(name)
    return list(known.get("value") or known.get("Items") or [])


def with_more(name: str, count: int) -> list[dict[str, Any]]:
    """The items a recorded page shows, and others behind them."""
    rows = rows_of(name)
    last = rows[-1]["Id"]
    return rows + [{"Id": last + number, "Title": f"Item {last + number - 1}"} for number in range(1, count + 1)]


def second_page(name: str) -> Answer:
    """The page a link leads to."""
    stage = Stage()
    rows = rows_of(name)
    owner = set_list(stage, test_of(name))
    before = [{"Id": number, "Title": f"Item {number - 1}"} for number in range(1, rows[0]["Id"])]
    stage.items(owner, before + rows)
    first = stage.ask("GET", f"web/lists(guid'{owner.id}')/items?$select=Id,Title&$top=100")
    return stage.ask("GET", json.loads(first.text)["odata.nextLink"])


def list_with_items(name: str) -> Answer:
    """A list with its items."""
    known = document(name)
    stage = Stage()
    test = test_of(name)
    first = known["Items"][0]
    own = definitions(test) if test in RECORDED_COLUMNS else text_columns(first) if _has_own(first) else []
    owner = set_list(stage, test, known["Id"], own)
    stage.items(owner, known["Items"])
    return stage.ask("GET", f"web/lists/getbytitle('{owner.title}')?$select=Id&$expand=Items")


def list_with_columns_and_items(name: str) -> Answer:
    """A list with its columns and items."""
    known = document(name)
    stage = Stage()
    test = test_of(name)
    owner = set_list(stage, test, known["Id"], definitions(test, known["Fields"]))
    stage.items(owner, known["Items"])
    select = "Id,Title,Fields/Id,Fields/InternalName,Fields/Title,Fields/FieldTypeKind,Fields/TypeAsString"
    return stage.ask("GET", f"web/lists/getbytitle('{owner.title}')?$select={select}&$expand=Fields,Items")


def recycled_item(name: str) -> Answer:
    """An item moved to the recycle bin."""
    stage = Stage()
    owner = set_list(stage, test_of(name))
    stage.items(owner, [{"Id": 1, "Title": "Item"}])
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/items(1)/recycle")


def deleted_items(name: str) -> Answer:
    """Items removed by the parts of a batch; one that is not there where the recorded part is an error."""
    stage = Stage()
    owner = set_list(stage, test_of(name))
    wanted = part_documents(name)
    stage.items(owner, [{"Id": at, "Title": "x"} for at, body in enumerate(wanted, start=1) if body is None])
    path = f"web/lists(guid'{owner.id}')/items"
    numbers = range(1, len(wanted) + 1)
    return stage.batch([Part("DELETE", f"{path}({number})", None, {"IF-MATCH": "*"}) for number in numbers])


def versions(name: str) -> Answer:
    """The first version of an item that has two, with the columns of its list."""
    (first,) = rows_of(name)
    stage = Stage(at=first["Modified"])
    owner = stage.add_list("ListItemVersionsTest1", SOME_GUID)
    stage.items(owner, [{"Id": 1, "Title": first["Title"], "GUID": first["GUID"], "Created": first["Modified"]}])
    path = f"web/lists(guid'{owner.id}')/items(1)"
    stage.ask("POST", path, {"Title": "Item 1"}, headers={"X-HTTP-Method": "MERGE", "IF-MATCH": "*"} | _PLAIN_BODY)
    query = "$select=*,Fields/Id,Fields/InternalName&$expand=Fields&$filter=VersionLabel eq '1.0'"
    return stage.ask("GET", f"{path}/versions?{query}")


_PLAIN_BODY = {"Content-Type": "application/json;odata=nometadata"}
