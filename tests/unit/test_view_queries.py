"""Views and columns said in CAML: escaped, nested as SharePoint wants it, and in a form that can be compared."""

import pytest
from defusedxml.ElementTree import fromstring

from connectors.sharepoint.admin.caml import canonical_query, named_columns, query, view_xml
from connectors.sharepoint.admin.field_xml import field_xml
from sync.core.columns import ColumnType
from sync.core.provisioning.shape import Ask as Asks
from sync.core.provisioning.shape import (
    Badge,
    ColumnShape,
    Condition,
    Icon,
    Order,
    Tone,
    ViewShape,
    Wrapped,
)
from sync.errors import DefectError


def view(
    *where: Condition, order: tuple[Order, ...] = (), columns: tuple[str, ...] = ("Title", "PSOverdue")
) -> ViewShape:
    return ViewShape(title="Overdue", columns=columns, where=where, order=order, rows=40)


IS = Condition("PSOverdue", Asks.IS, ("Over & <due>",))
FIRST, SECOND, THIRD = (Condition(name, Asks.IS_BLANK) for name in ("A", "B", "C"))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (view(), ""),
        (
            view(IS),
            '<Where><Eq><FieldRef Name="PSOverdue" /><Value Type="Text">Over &amp; &lt;due&gt;</Value></Eq></Where>',
        ),
        (
            view(Condition("A", Asks.IS, ("x", "y"))),
            (
                '<Where><In><FieldRef Name="A" /><Values><Value Type="Text">x</Value>'
                '<Value Type="Text">y</Value></Values></In></Where>'
            ),
        ),
        (
            view(Condition("A", Asks.IS_NOT, ("Closed",))),
            '<Where><Neq><FieldRef Name="A" /><Value Type="Text">Closed</Value></Neq></Where>',
        ),
        (view(Condition("A", Asks.IS_NOT_BLANK)), '<Where><IsNotNull><FieldRef Name="A" /></IsNotNull></Where>'),
        (
            view(Condition("Lead", Asks.IS_ME)),
            '<Where><Eq><FieldRef Name="Lead" /><Value Type="Integer"><UserID /></Value></Eq></Where>',
        ),
        (
            view(Condition("Due", Asks.IS_TODAY_OR_LATER)),
            '<Where><Geq><FieldRef Name="Due" /><Value Type="DateTime"><Today /></Value></Geq></Where>',
        ),
        (
            view(FIRST, SECOND, THIRD),
            (
                '<Where><And><IsNull><FieldRef Name="A" /></IsNull><And><IsNull><FieldRef Name="B" /></IsNull>'
                '<IsNull><FieldRef Name="C" /></IsNull></And></And></Where>'
            ),
        ),
        (
            view(order=(Order("Due", descending=True), Order("Title"))),
            '<OrderBy><FieldRef Name="Due" Ascending="FALSE" /><FieldRef Name="Title" /></OrderBy>',
        ),
    ],
)
def test_what_a_view_asks_for_is_said_in_caml(shape: ViewShape, expected: str) -> None:
    assert query(shape) == expected


WHOLE = view(IS, Condition("Lead", Asks.IS_ME), order=(Order("Due", descending=True), Order("Title")))


@pytest.mark.parametrize(
    "told",
    [
        query(WHOLE),
        query(WHOLE).replace('"', "'"),
        query(WHOLE).replace(" />", "/>").replace("><", ">\r\n  <"),
        query(WHOLE).replace("<UserID />", '<UserID Type="Integer" />'),
        query(WHOLE).replace('Name="Title" />', 'Name="Title" Ascending="True"></FieldRef>'),
        "<OrderBy>" + query(WHOLE).partition("<OrderBy>")[2] + query(WHOLE).partition("<OrderBy>")[0],
    ],
    ids=["as sent", "quotes", "space", "type", "what goes without saying", "order"],
)
def test_the_same_query_in_other_words_is_the_same(told: str) -> None:
    assert canonical_query(told) == canonical_query(query(WHOLE))


@pytest.mark.parametrize(
    "told",
    [
        query(WHOLE).replace("Over &amp; &lt;due&gt;", "Over &amp;  &lt;due&gt;"),
        query(WHOLE).replace('Ascending="FALSE"', ""),
        query(WHOLE).replace('Type="Text"', 'Type="Choice"'),
        "",
    ],
    ids=["words", "direction", "type", "nothing"],
)
def test_another_query_is_another(told: str) -> None:
    assert canonical_query(told) != canonical_query(query(WHOLE))


@pytest.mark.parametrize(
    ("told", "expected"), [(None, ""), ("  ", ""), ("<Where", "<Where"), ("<!DOCTYPE x><x/>", "<!DOCTYPE x><x/>")]
)
def test_what_is_no_query_stays_as_it_is(told: str | None, expected: str) -> None:
    assert canonical_query(told) == expected


def test_a_view_keeps_everything_but_its_columns_query_and_rows() -> None:
    told = (
        '<View Name="{A1}" Type="HTML" Url="/sites/a/Lists/B &amp; C/Overdue.aspx"><Query><OrderBy>'
        '<FieldRef Name="ID" /></OrderBy></Query><ViewFields><FieldRef Name="Old" /></ViewFields>'
        '<RowLimit Paged="TRUE">30</RowLimit><JSLink>x.js</JSLink></View>'
    )
    text = view_xml(told, WHOLE)
    assert text is not None
    root = fromstring(text)
    assert dict(root.attrib) == {"Name": "{A1}", "Type": "HTML", "Url": "/sites/a/Lists/B & C/Overdue.aspx"}
    assert [part.tag for part in root] == ["Query", "ViewFields", "RowLimit", "JSLink"]
    assert [part.get("Name") for part in root.iterfind("ViewFields/FieldRef")] == ["LinkTitle", "PSOverdue"]
    assert (root.findtext("RowLimit"), root.findtext(".//Value")) == ("40", "Over & <due>")
    assert view_xml("<Other />", WHOLE) is None
    assert view_xml("<View", WHOLE) is None


def test_a_title_that_leads_to_its_item_is_the_title() -> None:
    assert named_columns(["LinkTitle", "Ref", "Title"]) == ("Title", "Ref", "Title")


def test_a_column_is_defined_with_everything_it_should_be() -> None:
    shape = ColumnShape(
        name="PSCheck",
        title='Please "check" & mend',
        description="What to put right; <see> the guide's page.",
        type=ColumnType.CHOICE,
        choices=("A & B", "<C>"),
        default="A & B",
        indexed=True,
        look=Wrapped(Badge(Tone.WARNING, Icon.MEND)),
    )
    field = fromstring(field_xml(shape))
    told = dict(field.attrib)
    assert told.pop("CustomFormatter").startswith('{"$schema":')
    assert told == {
        "Type": "Choice",
        "Name": "PSCheck",
        "StaticName": "PSCheck",
        "DisplayName": shape.title,
        "Description": shape.description,
        "Required": "FALSE",
        "Format": "Dropdown",
        "FillInChoice": "FALSE",
        "Indexed": "TRUE",
        "ShowInNewForm": "FALSE",
        "ShowInEditForm": "FALSE",
    }
    assert [choice.text for choice in field.iterfind("CHOICES/CHOICE")] == ["A & B", "<C>"]
    assert field.findtext("Default") == "A & B"


@pytest.mark.parametrize(
    ("of", "more", "expected"),
    [
        (ColumnType.TEXT, {}, {"Type": "Text", "MaxLength": "255"}),
        (ColumnType.NOTE, {"lines": 4}, {"Type": "Note", "RichText": "FALSE", "NumLines": "4"}),
        (ColumnType.DATE, {}, {"Type": "DateTime", "Format": "DateOnly"}),
        (ColumnType.DATE_TIME, {}, {"Type": "DateTime", "Format": "DateTime"}),
        (ColumnType.NUMBER, {"decimals": 0}, {"Type": "Number", "Decimals": "0"}),
        (ColumnType.PERSON_MULTI, {}, {"Type": "UserMulti", "Mult": "TRUE", "UserSelectionMode": "PeopleOnly"}),
        (ColumnType.LOOKUP, {}, {"Type": "Lookup", "List": "{abc}", "ShowField": "Title"}),
        (ColumnType.TEXT, {"unique": True}, {"EnforceUniqueValues": "TRUE", "Indexed": "TRUE"}),
        (ColumnType.TEXT, {"required": True}, {"Required": "TRUE"}),
    ],
)
def test_each_type_of_column_is_defined_as_sharepoint_calls_it(
    of: ColumnType, more: dict[str, object], expected: dict[str, str]
) -> None:
    shape = ColumnShape(name="A", title="A", description="A", type=of, in_forms=True, **more)  # type: ignore[arg-type]
    told = fromstring(field_xml(shape, "abc" if of is ColumnType.LOOKUP else None)).attrib
    assert {name: told.get(name) for name in expected} == expected
    assert "ShowInNewForm" not in told


@pytest.mark.parametrize("of", [ColumnType.CALCULATED, ColumnType.COUNTER, ColumnType.OTHER])
def test_a_column_that_nobody_makes_is_a_defect(of: ColumnType) -> None:
    with pytest.raises(DefectError):
        field_xml(ColumnShape(name="A", title="A", description="A", type=of))
