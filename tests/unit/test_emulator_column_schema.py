"""The definition of a column: what the client wrote stays, what was changed shows, and the service adds its own."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from tests.support.emulator import Direct

FIELDS = "web/lists/GetByTitle('Ways')/fields"
WORLD = {
    "sites": [
        {
            "path": "/sites/demo",
            "lists": [{"title": "Ways", "fields": [{"name": "Ref", "type": "Text"}, {"name": "Link", "type": "URL"}]}],
        }
    ]
}


@pytest.fixture
def emulator() -> Direct:
    return Direct(WORLD)


def made(emulator: Direct, definition: str) -> dict[str, Any]:
    answer = emulator.post(f"{FIELDS}/CreateFieldAsXml", {"parameters": {"SchemaXml": definition, "Options": 8}})
    assert answer.status_code == 200, answer.text
    column: dict[str, Any] = answer.json()
    return column


def schema(emulator: Direct, name: str) -> Element:
    column = emulator.get(f"{FIELDS}/getByInternalNameOrTitle('{name}')").json()
    found: Element = fromstring(column["SchemaXml"])
    return found


def changed(emulator: Direct, name: str, **settings: Any) -> Element:
    assert emulator.merge(f"{FIELDS}/getByInternalNameOrTitle('{name}')", settings).status_code == 204
    return schema(emulator, name)


def test_attributes_keep_the_order_and_the_values_the_client_gave(emulator: Direct) -> None:
    column = made(emulator, '<Field DisplayName="Way" Custom="kept" Type="Note" NumLines="12" Name="Way" />')
    attributes = fromstring(column["SchemaXml"]).attrib
    assert list(attributes)[:5] == ["DisplayName", "Custom", "Type", "NumLines", "Name"]
    assert (attributes["Custom"], attributes["NumLines"], column["NumberOfLines"]) == ("kept", "12", 12)
    assert list(attributes)[-4:] == ["SourceID", "StaticName", "ColName", "RowOrdinal"]
    assert not {"Group", "Required", "RichText"} & attributes.keys()
    assert attributes["ID"] == f"{{{column['Id']}}}"


def test_what_is_changed_later_shows(emulator: Direct) -> None:
    made(emulator, '<Field Type="Text" Name="Way" DisplayName="Way" Required="TRUE" Hidden="TRUE" />')
    attributes = changed(
        emulator, "Way", Title="The way", Required=False, Hidden=False, Indexed=True, MaxLength=40
    ).attrib
    assert (attributes["DisplayName"], attributes["Required"], attributes["Hidden"]) == ("The way", "FALSE", "FALSE")
    assert (attributes["Indexed"], attributes["MaxLength"]) == ("TRUE", "40")
    assert list(attributes)[:5] == ["Type", "Name", "DisplayName", "Required", "Hidden"]


def test_a_date_column_made_date_only_later_says_so(emulator: Direct) -> None:
    made(emulator, '<Field Type="DateTime" Name="Due" DisplayName="Due" />')
    assert "Format" not in schema(emulator, "Due").attrib
    assert changed(emulator, "Due", DisplayFormat=0).attrib["Format"] == "DateOnly"


def test_what_the_service_once_added_is_not_taken_back(emulator: Direct) -> None:
    given = '<Field Type="Text" Name="Way" DisplayName="Way" SourceID="{x}" ColName="nvarchar99" Version="7" />'
    attributes = fromstring(made(emulator, given)["SchemaXml"]).attrib
    assert attributes["SourceID"] != "{x}"
    assert attributes["ColName"] == "nvarchar7"
    assert "Version" not in attributes


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("Text", {"ColName": "nvarchar7"}),
        ("Choice", {"ColName": "nvarchar7"}),
        ("URL", {"ColName": "nvarchar7", "ColName2": "nvarchar8", "RowOrdinal2": "0"}),
        ("Note", {"ColName": "ntext2"}),
        ("MultiChoice", {"ColName": "ntext2"}),
        ("Number", {"ColName": "float1"}),
        ("Currency", {"ColName": "float1"}),
        ("Boolean", {"ColName": "bit1"}),
        ("DateTime", {"ColName": "datetime1"}),
        ("User", {"ColName": "int1"}),
        ("Calculated", {"ColName": "sql_variant1"}),
    ],
)
def test_every_type_takes_the_next_place_of_its_kind(emulator: Direct, kind: str, places: dict[str, str]) -> None:
    attributes = fromstring(made(emulator, f'<Field Type="{kind}" Name="New" DisplayName="New" />')["SchemaXml"]).attrib
    assert {
        name: value for name, value in attributes.items() if name.startswith("ColName") or name[-1] == "2"
    } == places
    assert attributes["RowOrdinal"] == "0"


def test_title_and_the_columns_of_the_service_have_places_too(emulator: Direct) -> None:
    assert schema(emulator, "Title").attrib["ColName"] == "nvarchar1"
    assert "ColName" not in schema(emulator, "Modified").attrib


@pytest.mark.parametrize(
    ("definition", "key", "value"),
    [
        ('<Field Type="Choice" DisplayName="New" Format="RadioButtons" />', "EditFormat", 1),
        ('<Field Type="Choice" DisplayName="New" Format="Dropdown" />', "EditFormat", 0),
        ('<Field Type="URL" DisplayName="New" Format="Image" />', "DisplayFormat", 1),
        ('<Field Type="URL" DisplayName="New" />', "DisplayFormat", 0),
        ('<Field Type="User" DisplayName="New" UserSelectionMode="PeopleOnly" />', "SelectionMode", 0),
        ('<Field Type="User" DisplayName="New" UserSelectionMode="1" />', "SelectionMode", 1),
        ('<Field Type="Note" DisplayName="New" NumLines="3" />', "NumberOfLines", 3),
    ],
)
def test_what_only_the_definition_says_is_kept_and_shown(
    emulator: Direct, definition: str, key: str, value: int
) -> None:
    column = made(emulator, definition)
    assert column[key] == value
    given = fromstring(definition).attrib
    assert {name: text for name, text in schema(emulator, "New").attrib.items() if name in given} == given


def test_a_description_shows_in_the_definition(emulator: Direct) -> None:
    assert "Description" not in schema(emulator, "Ref").attrib
    assert changed(emulator, "Ref", Description="what it is").attrib["Description"] == "what it is"
    made(emulator, '<Field Type="Text" DisplayName="Way" Description="old" />')
    assert changed(emulator, "Way", Description="new").attrib["Description"] == "new"


def test_numbers_say_their_bounds_places_and_share(emulator: Direct) -> None:
    text = '<Field Type="Number" Name="Part" DisplayName="Part" Min="0" Max="1" Decimals="2" Percentage="TRUE" />'
    column = made(emulator, text)
    wanted = {"MinimumValue": 0.0, "MaximumValue": 1.0, "DisplayFormat": 2, "ShowAsPercentage": True}
    assert {name: column[name] for name in wanted} == wanted
    odd = made(emulator, '<Field Type="Number" Name="Odd" DisplayName="Odd" Min="few" Decimals="some" />')
    assert (odd["MinimumValue"], odd["DisplayFormat"]) == (-1.7976931348623157e308, -1)


def test_money_is_in_the_locale_of_the_site_or_of_the_column(emulator: Direct) -> None:
    assert made(emulator, '<Field Type="Currency" Name="A" DisplayName="A" />')["CurrencyLocaleId"] == 2057
    assert made(emulator, '<Field Type="Currency" Name="B" DisplayName="B" LCID="1033" />')["CurrencyLocaleId"] == 1033


FORMS = ("New", "Edit", "Display")


def stands_in(emulator: Direct, name: str) -> list[str]:
    """The forms a column stands in, as its definition tells."""
    attributes = schema(emulator, name).attrib
    return [form for form in FORMS if attributes.get(f"ShowIn{form}Form", "TRUE") == "TRUE"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("how", "body"), [("(false)", None), ("(value=false)", None), ("(False)", None), ("", {"value": False})]
)
def test_a_column_leaves_a_form_and_comes_back(emulator: Direct, form: str, how: str, body: Any) -> None:
    address = f"{FIELDS}/getByInternalNameOrTitle('Ref')/setShowIn{form}Form"
    answer = emulator.post(address + how, body)
    assert (answer.status_code, answer.json()) == (200, {"odata.null": True})
    assert stands_in(emulator, "Ref") == [each for each in FORMS if each != form]
    assert emulator.post(f"{address}(true)").status_code == 200
    assert stands_in(emulator, "Ref") == list(FORMS)


@pytest.mark.parametrize(("how", "body"), [("", None), ("(maybe)", None), ("(false,true)", None), ("", {"value": 0})])
def test_what_does_not_say_whether_a_column_is_shown_is_refused(emulator: Direct, how: str, body: Any) -> None:
    assert emulator.post(f"{FIELDS}/getByTitle('Ref')/setShowInEditForm{how}", body).status_code == 400
    assert stands_in(emulator, "Ref") == list(FORMS)


FORMATTER = '{"elmType":"div","txtContent":"=if(@currentField == \'a\' && 1 < 2, \'x\', \'y\')"}'
OWNED = (
    '<Field Type="Note" Name="PSReason" StaticName="PSReason" DisplayName="Reason (Portfolio Sync)" '
    'Description="Written by Portfolio Sync &amp; nobody else" Group="Portfolio Sync" RichText="FALSE" NumLines="3" '
    'ShowInNewForm="FALSE" ShowInEditForm="FALSE" ShowInDisplayForm="TRUE" '
    "CustomFormatter='{FORMATTER}'/>"
)


def test_a_column_as_a_provisioning_client_makes_it(emulator: Direct) -> None:
    given = OWNED.replace("{FORMATTER}", FORMATTER.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;"))
    column = made(emulator, given)
    assert (column["InternalName"], column["Title"]) == ("PSReason", "Reason (Portfolio Sync)")
    assert (column["CustomFormatter"], column["NumberOfLines"], column["RichText"]) == (FORMATTER, 3, False)
    attributes = fromstring(column["SchemaXml"]).attrib
    assert attributes["CustomFormatter"] == FORMATTER
    assert attributes["Description"] == column["Description"] == "Written by Portfolio Sync & nobody else"
    assert stands_in(emulator, "PSReason") == ["Display"]
    path = "?$select=InternalName,Title,Description,Indexed,CustomFormatter,SchemaXml&$filter=Group eq 'Portfolio Sync'"
    (row,) = emulator.rows(FIELDS + path)
    assert row == {name: column[name] for name in row}
    assert "CustomFormatter" not in changed(emulator, "PSReason", CustomFormatter=None).attrib


def test_a_formatter_that_is_written_later_shows_in_the_definition(emulator: Direct) -> None:
    assert changed(emulator, "Ref", CustomFormatter=FORMATTER).attrib["CustomFormatter"] == FORMATTER
    assert "CustomFormatter" not in changed(emulator, "Ref", CustomFormatter="").attrib


@pytest.mark.parametrize(
    ("options", "definition", "name"),
    [
        (0, '<Field Type="Text" Name="PSStatus" DisplayName="Status (Portfolio Sync)" />',
         "Status_x0020__x0028_Portfolio_x0"),
        (0, '<Field Type="Text" StaticName="PSStatus" Name="PSStatus" DisplayName="Status" />', "Status"),
        (0, '<Field Type="Text" Name="PSStatus" />', "PSStatus"),
        (0, '<Field Type="Text" Name="PSStatus" DisplayName="Ref" />', "Ref0"),
        (8, '<Field Type="Text" Name="PSStatus" DisplayName="Status (Portfolio Sync)" />', "PSStatus"),
        (24, '<Field Type="Text" Name="PSStatus" DisplayName="Ref" />', "PSStatus"),
        (8, '<Field Type="Text" DisplayName="Status" />', "Status"),
        (8, '<Field Type="Text" StaticName="PSStatus" DisplayName="Status" />', "Status"),
        (8, '<Field Type="Text" Name="Ref" DisplayName="Status" />', None),
        (8, '<Field Type="Text" Name="REF" DisplayName="Status" />', None),
        (40, '<Field Type="Text" Name="PSStatus" DisplayName="Ref" />', None),
        (40, '<Field Type="Text" Name="PSStatus" DisplayName="Status" />', "PSStatus"),
    ],
)  # fmt: skip
def test_the_options_decide_what_names_a_column(
    emulator: Direct, options: int, definition: str, name: str | None
) -> None:
    given = {"parameters": {"SchemaXml": definition, "Options": options}}
    answer = emulator.post(f"{FIELDS}/CreateFieldAsXml", given)
    assert answer.status_code == (200 if name else 500)
    if name:
        assert answer.json()["InternalName"] == name
        shown = emulator.get("web/lists/GetByTitle('Ways')/defaultview/viewfields").json()["Items"]
        assert (name in shown) is bool(options & 16)
    else:
        assert "A duplicate field name" in answer.text


def test_a_definition_that_is_written_back_takes_the_place_of_the_old_one(emulator: Direct) -> None:
    made(emulator, '<Field Type="Choice" Name="Way" DisplayName="Way"><CHOICES><CHOICE>A</CHOICE></CHOICES></Field>')
    before = emulator.get(f"{FIELDS}/getByTitle('Way')").json()
    text = before["SchemaXml"].replace('Type="Choice"', 'Type="Choice" ShowInEditForm="FALSE" Description="Said"')
    changed(emulator, "Way", SchemaXml=text.replace("<CHOICE>A</CHOICE>", "<CHOICE>A</CHOICE><CHOICE>B</CHOICE>"))
    after = emulator.get(f"{FIELDS}/getByTitle('Way')").json()
    assert (after["Id"], after["InternalName"], after["Description"]) == (before["Id"], "Way", "Said")
    assert after["Choices"] == ["A", "B"]
    assert stands_in(emulator, "Way") == ["New", "Display"]
    changed(emulator, "Way", SchemaXml='<Field Name="Other" />', Description="Kept apart")
    last = emulator.get(f"{FIELDS}/getByTitle('Way')").json()
    assert (last["InternalName"], last["Choices"], last["Description"]) == ("Way", [], "Kept apart")
    assert stands_in(emulator, "Way") == list(FORMS)


@pytest.mark.parametrize(
    ("written", "status"), [('<Field Type="Number" />', 501), ("<Field", 400), (7, 400), ("<View />", 400)]
)
def test_a_definition_that_cannot_take_its_place_changes_nothing(emulator: Direct, written: Any, status: int) -> None:
    before = schema(emulator, "Ref").attrib
    assert emulator.merge(f"{FIELDS}/getByTitle('Ref')", {"SchemaXml": written}).status_code == status
    assert schema(emulator, "Ref").attrib == before


def test_a_world_document_says_in_which_forms_a_column_stands() -> None:
    column = {"name": "Own", "type": "Text", "show_in_new_form": False, "show_in_edit_form": False,
              "show_in_display_form": False, "custom_formatter": "{}"}  # fmt: skip
    emulator = Direct({"sites": [{"path": "/sites/demo", "lists": [{"title": "Ways", "fields": [column]}]}]})
    assert stands_in(emulator, "Own") == []
    assert emulator.get(f"{FIELDS}/getByTitle('Own')/CustomFormatter").json() == {"value": "{}"}


def test_removing_an_indexed_column_frees_its_index(emulator: Direct) -> None:
    for number in range(20):
        made(emulator, f'<Field Type="Text" Name="I{number}" DisplayName="I{number}" Indexed="TRUE" />')
    own = f"{FIELDS}/getByInternalNameOrTitle('Ref')"
    assert emulator.merge(own, {"Indexed": True}).status_code == 500
    assert emulator.send("DELETE", f"{FIELDS}/getByInternalNameOrTitle('I7')").status_code == 200
    assert emulator.merge(own, {"Indexed": True}).status_code == 204
