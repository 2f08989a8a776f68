"""A list's views in a browser: which columns, which rows for whom, in which order, and what a long list cannot show."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.emulator.state.views import View
from tests.support.list_pages import FIELDS, LIST, SITE, Desk, document

OVERDUE = "0b8f6f6a-6f0c-4a6e-9a61-6d2f8c1f0a01"
ROWS: list[dict[str, Any]] = [
    {"Title": "Library app", "Ref": "A", "Due": "2026-06-16", "State": "Open", "Lead": "ann@example.org", "Weight": 3},
    {"Title": "Town hall roof", "Ref": "B", "Due": "2026-06-17", "State": "Open", "Lead": "ben@example.org"},
    {"Title": "Street lights", "Ref": "C", "Due": "2026-05-03", "State": "Shut", "Lead": "ann@example.org"},
    {"Title": "School meals", "Ref": "D", "State": "Open", "Weight": 1, "Themes": ["Homes"]},
    {"Title": "Bus passes", "Ref": "E", "Due": "2026-06-20", "State": "Shut", "Weight": 2, "Programme": "Places"},
]


def desk(query: str = "", *columns: str, rows: list[dict[str, Any]] | None = None, **settings: Any) -> Desk:
    """A desk whose list has a view called Overdue beside the one it came with."""
    at = Desk(document(*(rows or ROWS)))
    settings = {"row_limit": 50, **settings}
    at.list.views.append(
        View(OVERDUE, "Overdue", "Overdue.aspx", list(columns or ("LinkTitle", "Ref")), query, **settings)
    )
    return at


def where(condition: str) -> str:
    return f"<Where>{condition}</Where>"


def clause(name: str, operator: str, value: str, kind: str = "Text") -> str:
    return f'<{operator}><FieldRef Name="{name}" /><Value Type="{kind}">{value}</Value></{operator}>'


TODAY = "<Today />"
A_AND_E = '<Value Type="Text">A</Value><Value Type="Text">E</Value>'
OPEN = where(clause("State", "Eq", "Open"))


@pytest.mark.parametrize(
    "address",
    [
        f"{LIST}/Overdue.aspx",
        f"{LIST}/overdue.aspx",
        f"{LIST}/AllItems.aspx?viewid={OVERDUE}",
        f"{LIST}?viewid={{{OVERDUE.upper()}}}",
        f"{LIST}?viewid=%7B{OVERDUE}%7D",
    ],
)
def test_a_view_is_found_by_its_address_and_by_its_number(address: str) -> None:
    page = desk("", "Ref", "LinkTitle", "State").visitor.get(address)
    assert page.rows[0] == ["Ref, sort", "Edit", "Title, sort", "State, sort"]
    assert page.rows[1] == ["A", "Edit Library app", "Library app", "Open"]
    assert "<title>Overdue, Everything" in page.text


@pytest.mark.parametrize("asked", ["0" * 8, "x", "%00"])
def test_a_view_that_is_not_there_is_a_404_in_words(asked: str) -> None:
    page = desk().visitor.get(f"{LIST}?viewid={asked}")
    assert (page.status, "This list has no such view." in page.words) == (404, True)


def test_the_views_for_everybody_are_offered_and_the_one_shown_is_marked() -> None:
    at = desk()
    at.list.views.append(View("1" * 8, "Hidden", "Hidden.aspx", ["LinkTitle"], hidden=True))
    at.list.views.append(View("2" * 8, "Mine alone", "Mine.aspx", ["LinkTitle"], personal=True))
    at.list.views.append(View("3" * 8, "Due soon & later", "Due soon & later.aspx", ["LinkTitle"]))
    page = at.visitor.get(f"{LIST}/Overdue.aspx")
    nav = page.text.partition('<nav class="views" aria-label="Views">')[2].partition("</nav>")[0]
    assert nav.count("<a ") == 3
    assert nav.count('aria-current="page"') == 1
    assert f'<a href="{LIST}/Overdue.aspx" aria-current="page">Overdue</a>' in nav
    assert page.links["All Items"] == f"{LIST}/AllItems.aspx"
    assert at.visitor.get(page.links["Due soon & later"]).status == 200
    assert at.visitor.get(f"{LIST}/Hidden.aspx").status == 200


def test_one_view_needs_no_switch() -> None:
    assert 'aria-label="Views"' not in Desk().visitor.get(LIST).text


def test_another_default_view_is_what_the_list_shows_first() -> None:
    at = desk("", "LinkTitle", "State")
    at.list.views[0].default, at.list.views[1].default = False, True
    assert [text.partition(",")[0] for text in at.visitor.get(LIST).rows[0]] == ["Title", "Edit", "State"]
    assert "Modified" in at.visitor.get(f"{LIST}/AllItems.aspx").words
    assert at.visitor.get(SITE).links["Everything"] == f"{LIST}/Overdue.aspx"


def test_a_view_whose_name_is_a_forms_is_told_by_its_number() -> None:
    at = desk()
    at.list.views[1].page = "EditForm.aspx"
    page = at.visitor.get(LIST)
    assert at.visitor.get(page.links["Overdue"]).rows[0] == ["Title, sort", "Edit", "Ref, sort"]
    assert at.visitor.get(f"{LIST}/EditForm.aspx?ID=1").form.control("Title")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (["LinkTitle", "Due"], ["Title", "Edit", "Due date"]),
        (["Due", "LinkTitleNoMenu"], ["Due date", "Edit", "Title"]),
        (["LinkTitle", "Title", "Secret", "Nothing", "Ref"], ["Title", "Edit", "Ref"]),
        (["ID", "Editor", "Modified"], ["ID", "Edit", "Modified By", "Modified"]),
        (["Nothing"], ["Title", "Edit"]),
    ],
)
def test_a_view_shows_exactly_its_columns(fields: list[str], shown: list[str]) -> None:
    page = desk("", *fields).visitor.get(f"{LIST}/Overdue.aspx")
    assert [text.partition(",")[0] for text in page.rows[0]] == shown
    assert len(page.rows) == 1 + len(ROWS)


def test_a_column_that_no_view_shows_is_in_none() -> None:
    at = Desk()
    at.list.default_view.fields.remove("Weight")
    assert "Weight" not in at.visitor.get(LIST).words


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", "ABCDE"),
        (where(clause("State", "Eq", "Open", "Choice")), "ABD"),
        (where(clause("State", "Neq", "Open", "Choice")), "CE"),
        (where(clause("Weight", "Gt", "1", "Number")), "AE"),
        (where(clause("Weight", "Leq", "2", "Number")), "DE"),
        (where(clause("Title", "BeginsWith", "S")), "CD"),
        (where(clause("Title", "Contains", "app")), "A"),
        (where('<IsNull><FieldRef Name="Due" /></IsNull>'), "D"),
        (where('<IsNotNull><FieldRef Name="Due" /></IsNotNull>'), "ABCE"),
        (where(f'<In><FieldRef Name="Ref" /><Values>{A_AND_E}</Values></In>'), "AE"),
        (where(clause("Due", "Lt", TODAY, "DateTime")), "AC"),
        (where(clause("Due", "Eq", TODAY, "DateTime")), "B"),
        (where(clause("Due", "Geq", TODAY, "DateTime")), "BE"),
        (where(clause("Due", "Leq", '<Today OffsetDays="3" />', "DateTime")), "ABCE"),
        (where(clause("Lead", "Eq", "<UserID />", "Integer")), "AC"),
        (where(f"<And>{clause('State', 'Eq', 'Open')}{clause('Due', 'Lt', TODAY, 'DateTime')}</And>"), "A"),
        (where(f"<Or>{clause('Ref', 'Eq', 'E')}{clause('Due', 'Lt', TODAY, 'DateTime')}</Or>"), "ACE"),
        (where(clause("Programme", "Eq", "Places", "Lookup")), "E"),
        ('<OrderBy><FieldRef Name="Due" /></OrderBy>', "DCABE"),
        ('<OrderBy><FieldRef Name="Title" Ascending="FALSE" /></OrderBy>', "BCDAE"),
        ('<OrderBy><FieldRef Name="State" /><FieldRef Name="Title" /></OrderBy>', "ADBEC"),
        (OPEN + '<OrderBy><FieldRef Name="Weight" Ascending="FALSE" /></OrderBy>', "ADB"),
        (OPEN + '<OrderBy><FieldRef Name="ID" Ascending="FALSE" /></OrderBy>', "DBA"),
    ],
)  # fmt: skip
def test_a_views_query_is_answered(query: str, refs: str) -> None:
    assert "".join(desk(query).visitor.get(f"{LIST}/Overdue.aspx").column("Ref")) == refs


def test_me_is_the_person_who_was_chosen_on_the_page_and_the_view_stays() -> None:
    at = desk(where(clause("Lead", "Eq", "<UserID />", "Integer")))
    page = at.visitor.get(f"{LIST}/Overdue.aspx")
    assert page.column("Ref") == ["A", "C"]
    page.forms[0].fill("You are", "Ben Ng")
    page = at.visitor.submit(page)
    assert page.address.endswith("/Overdue.aspx")
    assert page.column("Ref") == ["B"]
    page.forms[0].fill("You are", "Cem Öz")
    assert "This view shows no items." in at.visitor.submit(page).words


def test_today_is_the_sites_own_day() -> None:
    at = desk(where(clause("Due", "Lt", TODAY, "DateTime")))
    at.clock.advance(hours=13)  # 22:30 UTC is 23:30 there
    assert "".join(at.visitor.get(f"{LIST}/Overdue.aspx").column("Ref")) == "AC"
    at.clock.advance(hours=1)
    assert "".join(at.visitor.get(f"{LIST}/Overdue.aspx").column("Ref")) == "ABC"


def test_a_heading_sorts_within_its_view() -> None:
    at = desk(OPEN + '<OrderBy><FieldRef Name="Title" /></OrderBy>')
    page = at.visitor.get(f"{LIST}/Overdue.aspx")
    assert page.column("Ref") == ["A", "D", "B"]
    name = next(text for text in page.links if text.startswith("Ref"))
    page = at.visitor.get(at.visitor.get(page.links[name]).links["Ref ▲, sort the other way"])
    assert page.column("Ref") == ["D", "B", "A"]


def test_a_paged_view_turns_its_pages_and_another_ends() -> None:
    rows = [{"Title": f"Item {number}", "Ref": f"R{number:02}"} for number in range(40)]
    at = desk("", rows=rows, row_limit=15)
    first = at.visitor.get(f"{LIST}/Overdue.aspx")
    assert "Items 1 to 15 of 40" in first.words
    second = at.visitor.get(first.links["Next page"])
    assert (second.address.partition("?")[0][-13:], second.column("Ref")[0]) == ("/Overdue.aspx", "R15")
    assert len(at.visitor.get(first.links["30 items a page"]).column("Ref")) == 30
    at.list.views[1].paged = False
    whole = at.visitor.get(f"{LIST}/Overdue.aspx")
    assert "Items 1 to 15 of 15" in whole.words
    assert "This view shows 15 items at most." in whole.words
    assert "Next page" not in whole.links


# What cannot be shown

THRESHOLD = "This view cannot be displayed because it exceeds the list view threshold (3 items)"
BY_STATE, BY_DUE = where(clause("State", "Eq", "Shut")), '<OrderBy><FieldRef Name="Due" /></OrderBy>'


@pytest.mark.parametrize(
    ("query", "indexed", "shown"),
    [
        (BY_STATE, "", False),
        (BY_STATE, "State", True),
        (BY_STATE + BY_DUE, "State", True),
        (BY_DUE, "", False),
        (BY_DUE, "Due", True),
        ("", "", True),
        (where(f"<And>{clause('State', 'Eq', 'Shut')}{clause('Weight', 'Gt', '1', 'Number')}</And>"), "State", True),
        (where(f"<And>{clause('Weight', 'Gt', '1', 'Number')}{clause('State', 'Eq', 'Shut')}</And>"), "State", False),
        (where(f"<Or>{clause('State', 'Eq', 'Shut')}{clause('Weight', 'Gt', '1', 'Number')}</Or>"), "State", False),
        (where('<IsNotNull><FieldRef Name="Due" /></IsNotNull>'), "Due", False),  # four of them
    ],
)
def test_a_long_list_is_shown_by_an_indexed_condition_only(query: str, indexed: str, shown: bool) -> None:
    at = desk(query)
    at.service.world.limits = replace(at.service.world.limits, list_view_threshold=3)
    if indexed:
        column = at.list.field_named(indexed)
        at.list.change_field(column, replace(column, indexed=True))
    page = at.visitor.get(f"{LIST}/Overdue.aspx")
    assert page.status == 200
    assert (THRESHOLD in page.words) is not shown
    assert ("table" in page.tags) is shown
    assert "table" in at.visitor.get(LIST).tags, "all items are there whatever a view cannot show"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("<GroupBy><FieldRef Name='State' /></GroupBy>", "this server has no CAML GroupBy"),
        (where("<Membership><FieldRef Name='Lead' /></Membership>"), "This view cannot be displayed"),
        (where("<Eq><FieldRef Name='Gone' /><Value Type='Text'>x</Value></Eq>"), "One or more field types"),
        ("<Where>", "This view cannot be displayed. Cannot complete this action."),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_answered_is_told_in_words(query: str, said: str) -> None:
    page = desk(query).visitor.get(f"{LIST}/Overdue.aspx")
    assert page.status == 200
    assert said in page.words
    assert page.links["All Items"] == f"{LIST}/AllItems.aspx"


def test_a_view_joins_twelve_lookups_at_most() -> None:
    lookups = [{"name": f"L{number}", "type": "Lookup", "lookup_list": "Lists/Programmes"} for number in range(13)]
    at = Desk(document({"Title": "One", "Ref": "R"}, fields=[*FIELDS, *lookups]))
    at.list.views.append(View(OVERDUE, "Wide", "Wide.aspx", ["LinkTitle", *(each["name"] for each in lookups)]))
    assert "exceeds the lookup column threshold" in at.visitor.get(f"{LIST}/Wide.aspx").words
    assert at.visitor.get(LIST).rows[1][0] == "One"


# What columns say of themselves, and where they stand


def test_a_columns_description_is_its_headings_title_and_stands_by_its_control() -> None:
    at = Desk()
    assert '<th scope="col" title="What happened.">' in at.visitor.get(LIST).text
    for form in ("NewForm.aspx", "EditForm.aspx?ID=1"):
        page = at.visitor.get(f"{LIST}/{form}")
        assert '<p class="hint" id="f-Notes-hint">What happened.</p>' in page.text


def hiding(**settings: bool) -> Desk:
    fields = [{**each, **settings} if each["name"] in {"Weight", "Locked"} else each for each in FIELDS]
    return Desk(document(ROWS[0] | {"Locked": "Kept"}, fields=fields))


@pytest.mark.parametrize(
    ("settings", "new", "edit", "display"),
    [
        ({}, True, True, True),
        ({"show_in_new_form": False}, False, True, True),
        ({"show_in_edit_form": False}, True, False, True),
        ({"show_in_display_form": False}, True, True, False),
    ],
)
def test_a_column_stands_in_the_forms_it_is_to_stand_in(
    settings: dict[str, bool], new: bool, edit: bool, display: bool
) -> None:
    at = hiding(**settings)
    for form, there in (("NewForm.aspx", new), ("EditForm.aspx?ID=1", edit)):
        labels = [control.label for control in at.visitor.get(f"{LIST}/{form}").form.controls]
        assert ("Weight" in labels) is there, form
    assert ("Locked" in at.visitor.get(f"{LIST}/EditForm.aspx?ID=1").words) is edit
    assert ("Weight 3" in at.visitor.get(f"{LIST}/DispForm.aspx?ID=1").words) is display
    assert at.visitor.get(LIST).column("Weight") == ["3"], "the list shows it all the same"


def test_a_form_neither_loses_nor_takes_what_it_does_not_show() -> None:
    at = hiding(show_in_edit_form=False, show_in_new_form=False)
    page = at.visitor.get(f"{LIST}/EditForm.aspx?ID=1")
    page.form.fill("Title", "Library")
    body = page.form.body().replace(b"was=%7B", b"was=%7B%22Weight%22%3A+%5B%221%22%5D%2C") + b"&f-Weight=99"
    headers = {"Origin": at.origin, "Content-Type": "application/x-www-form-urlencoded"}
    answer = at.answer("POST", f"{LIST}/EditForm.aspx?ID=1", headers, body)
    assert answer is not None
    assert answer[0] == 303
    assert (at.item().values["Title"], at.item().values["Weight"]) == ("Library", 3)
    page = at.visitor.get(f"{LIST}/NewForm.aspx")
    page.form.fill("Title", "New").fill("Ref", "N")
    answer = at.answer("POST", f"{LIST}/NewForm.aspx", headers, page.form.body() + b"&f-Weight=99")
    assert answer is not None
    assert answer[0] == 303
    assert at.item(2).values.get("Weight") is None


def test_a_required_column_that_no_form_shows_keeps_nobody_from_saving() -> None:
    fields = [
        {**each, "required": True, "show_in_new_form": False} if each["name"] == "Weight" else each for each in FIELDS
    ]
    at = Desk(document(ROWS[0], fields=fields))
    page = at.visitor.get(f"{LIST}/NewForm.aspx")
    page.form.fill("Title", "New").fill("Ref", "N")
    assert at.visitor.submit(page).rows[0] == ["Version", "When", "By", "What it changed"]
