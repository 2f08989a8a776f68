"""Columns and values as SharePoint writes them, and as we do."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from connectors.sharepoint.columns import decode, encode_json, instant, property_name, wire_columns, zulu
from connectors.sharepoint.context import user_agent
from connectors.sharepoint.csom import parameter
from sync.core.columns import Cell, ColumnType, LinkCell, LookupCell, PersonCell
from sync.errors import DefectError, SchemaError
from tests.support.project_list import FIELDS, field


def wire(type_: str, **more: Any) -> Any:
    return wire_columns([field("Col", type_, **more)])[0]


def test_hidden_and_computed_columns_are_not_offered() -> None:
    names = [each.column.name for each in wire_columns(FIELDS)]
    assert "Secret" not in names
    assert "LinkTitle" not in names
    assert [each.column.title for each in wire_columns(FIELDS)].count("Title") == 1


def test_the_useful_built_in_columns_are_offered_even_where_hidden() -> None:
    hidden = [field(name, "DateTime", Hidden=True, DisplayFormat=1) for name in ("Modified", "Created", "Other")]
    assert [each.column.name for each in wire_columns(hidden)] == ["Modified", "Created"]


@pytest.mark.parametrize(
    ("declared", "more", "expected"),
    [
        ("Text", {}, ColumnType.TEXT),
        ("Note", {"RichText": False}, ColumnType.NOTE),
        ("Note", {"RichText": True}, ColumnType.RICH_NOTE),
        ("DateTime", {"DisplayFormat": 0}, ColumnType.DATE),
        ("DateTime", {"DisplayFormat": 1}, ColumnType.DATE_TIME),
        ("Integer", {}, ColumnType.NUMBER),
        ("Currency", {}, ColumnType.CURRENCY),
        ("UserMulti", {}, ColumnType.PERSON_MULTI),
        ("LookupMulti", {}, ColumnType.LOOKUP_MULTI),
        ("TaxonomyFieldType", {}, ColumnType.OTHER),
    ],
)
def test_a_declared_type_is_one_of_ours(declared: str, more: dict[str, Any], expected: ColumnType) -> None:
    assert wire(declared, **more).column.type is expected


def test_a_column_carries_what_a_mapping_needs_to_know() -> None:
    choice = wire("Choice", Choices={"results": ["a", "b"]}, FillInChoice=True, DefaultValue="a", title="Shown").column
    assert (choice.title, choice.choices, choice.fill_in, choice.default) == ("Shown", ("a", "b"), True, "a")
    lookup = wire("Lookup", LookupList="{ABC}", LookupField="Other_x0020_name")
    assert lookup.column.lookup_list == "abc"
    assert lookup.selected == ("Col/Id", "Col/Other_x0020_name")
    assert wire("Text", MaxLength=80, ReadOnlyField=True).column.max_length == 80


@pytest.mark.parametrize(
    ("internal", "rest"), [("Status", "Status"), ("_Note", "OData__Note"), ("_x0031_st", "OData__x0031_st")]
)
def test_a_name_that_begins_with_no_letter_is_prefixed(internal: str, rest: str) -> None:
    assert property_name(internal) == rest


PERSON = {"Id": 4, "Title": "Ann Smith", "Name": "i:0#.f|membership|ann@example.org"}
ANN = PersonCell(4, "Ann Smith", "i:0#.f|membership|ann@example.org")


@pytest.mark.parametrize(
    ("declared", "value", "cell"),
    [
        ("Text", "x", "x"),
        ("Text", None, None),
        ("Number", 5, 5.0),
        ("Boolean", False, False),
        ("Calculated", "0.500000000000000", "0.500000000000000"),
        ("Calculated", 0.5, "0.5"),
        ("MultiChoice", ["a", "b"], ("a", "b")),
        ("MultiChoice", {"results": ["a"]}, ("a",)),
        ("MultiChoice", None, ()),
        ("User", PERSON, ANN),
        ("User", {"Id": 9, "Title": "Left", "Name": None}, PersonCell(9, "Left", None)),
        ("User", {"odata.null": True}, None),
        ("User", {"Title": None}, None),
        ("UserMulti", [PERSON], (ANN,)),
        ("UserMulti", None, ()),
        ("Lookup", {"Id": 2, "Title": 7}, LookupCell(2, "7")),
        ("Lookup", {"Id": 2, "Title": None}, LookupCell(2, "")),
        ("Lookup", {}, None),
        ("LookupMulti", [], ()),
        ("LookupMulti", [{"Id": 2, "Title": "x"}], (LookupCell(2, "x"),)),
        ("URL", {"Url": "https://x", "Description": None}, LinkCell("https://x", "")),
        ("TaxonomyFieldTypeMulti", [], None),
        ("Guid", "g", "g"),
    ],
)
def test_a_value_is_read_by_its_columns_type(declared: str, value: Any, cell: Cell) -> None:
    found = decode(wire(declared), {"Id": 1, "Col": value})
    assert found == cell
    assert type(found) is type(cell)


def test_an_instant_is_utc_whatever_its_offset() -> None:
    assert (
        instant("2026-07-01T01:00:00+02:00") == instant("2026-06-30T23:00:00Z") == datetime(2026, 6, 30, 23, tzinfo=UTC)
    )
    with pytest.raises(ValueError, match="2026"):
        instant("2026-07-01T01:00:00")


def test_a_kind_of_value_that_is_not_read_is_never_taken_for_blank() -> None:
    managed_metadata = wire("TaxonomyFieldType", title="Theme")
    with pytest.raises(SchemaError, match="Column 'Theme' holds values of a kind that this release does not read"):
        decode(managed_metadata, {"Id": 1, "Col": {"Label": "2", "TermGuid": "g", "WssId": 2}})


EAST = datetime(2026, 7, 1, 1, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("cell", "in_json", "in_xml"),
    [
        (None, None, '<Parameter Type="Null" />'),
        (True, True, '<Parameter Type="Boolean">true</Parameter>'),
        (3.5, 3.5, '<Parameter Type="Double">3.5</Parameter>'),
        (EAST, "2026-06-30T23:00:00Z", '<Parameter Type="DateTime">2026-06-30T23:00:00.0000000Z</Parameter>'),
        ("a<b>&\r\n", "a<b>&\r\n", '<Parameter Type="String">a&lt;b&gt;&amp;&#13;\n</Parameter>'),
    ],
)
def test_a_value_is_written_alike_in_both_modes(cell: Cell, in_json: Any, in_xml: str) -> None:
    assert encode_json(cell) == in_json
    assert parameter(cell) == in_xml


@pytest.mark.parametrize("cell", [LookupCell(1, "x"), ("a",), datetime(2026, 7, 1)])  # noqa: DTZ001 - the point of it
def test_what_no_owned_column_holds_is_never_written(cell: Any) -> None:
    for encode in (encode_json, parameter):
        with pytest.raises(DefectError):
            encode(cell)
    assert zulu(EAST).endswith("Z")


@pytest.mark.parametrize(
    ("company", "decorated"),
    [("Anytown Borough Council", "AnytownBoroughCouncil"), ("Größe|x\r\nEvil: 1", "GrexEvil1"), ("|||", "Council")],
)
def test_the_user_agent_names_the_council_in_plain_letters(company: str, decorated: str) -> None:
    assert user_agent(company).startswith(f"NONISV|{decorated}|PortfolioSync/")
