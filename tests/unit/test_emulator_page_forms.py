"""The forms of the pages: every column type there and back, what is refused and how, and what two people do at once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.emulator.state.lists import WriteMode
from connectors.emulator.state.retention import Label
from connectors.emulator.state.values import UrlValue
from tests.support.emulator import Direct
from tests.support.forms import Form, Page
from tests.support.list_pages import ANN, LIST, SITE, Desk, document

EDIT, NEW, SHOW, RECYCLE = (f"{LIST}/{form}.aspx" for form in ("EditForm", "NewForm", "DispForm", "Recycle"))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def edit(desk: Desk) -> Page:
    return desk.visitor.get(f"{EDIT}?ID=1")


def saved(page: Page) -> bool:
    return page.status == 200 and "Your change was saved." in page.words


# Every column type there and back

ROUND_TRIPS: list[tuple[str, Any, str, Any]] = [
    ("Title", "Library", "Title", "Library"),
    ("Ref", "P-2", "Ref", "P-2"),
    ("Notes", "One\nTwo <i>", "Notes", "One\nTwo <i>"),
    ("Notes", "", "Notes", None),
    ("News", "<p>Ten.</p>", "News", "<p>Ten.</p>"),
    ("Weight", "1.5", "Weight", 1.5),
    ("Weight", "-1e3", "Weight", -1000.0),
    ("Weight", "1,234.5", "Weight", 1234.5),
    ("Budget", "£12.50", "Budget", 12.5),
    ("Budget", "", "Budget", None),
    ("Due date", "2026-08-01", "Due", datetime(2026, 7, 31, 23, tzinfo=UTC)),
    ("Due date", "2026-12-01", "Due", datetime(2026, 12, 1, tzinfo=UTC)),
    ("Due date", "", "Due", None),
    ("Meeting", "2026-08-01T14:05", "Meeting", datetime(2026, 8, 1, 13, 5, tzinfo=UTC)),
    ("State", "Shut", "State", "Shut"),
    ("State", "Blank", "State", None),
    ("Another value for Colour, instead of one above", "Mauve", "Colour", "Mauve"),
    ("Lead", "Cem Öz", "Lead", 9),
    ("Lead", "Blank", "Lead", None),
    ("Programme", "Places", "Programme", 2),
    ("Other values for Tags, one a line", "Odd\nOdder", "Tags", ("New", "Odd", "Odder")),
    ("o-Paper", "Report", "Paper", UrlValue("https://example.org/paper", "Report")),
]


@pytest.mark.parametrize(("label", "entered", "column", "stored"), ROUND_TRIPS, ids=lambda each: repr(each)[:24])
def test_what_is_entered_is_what_is_stored_and_shown_again(
    desk: Desk, label: str, entered: str, column: str, stored: Any
) -> None:
    before = dict(desk.item().values)
    page = edit(desk)
    page.form.fill(label, entered)
    assert saved(desk.visitor.submit(page))
    assert desk.item().values == before | {column: stored}
    again = desk.visitor.submit(edit(desk))
    assert "Nothing was different, so nothing was saved." in again.words
    assert desk.item().values == before | {column: stored}


@pytest.mark.parametrize(
    ("label", "entered", "stored", "again"),
    [
        ("Weight", "1.234,5", 1234.5, "1234,5"),
        ("Weight", "0,25", 0.25, "0,25"),
        ("Budget", "640.000,50 €", 640000.5, "640000,5"),
    ],
)
def test_numbers_are_entered_as_the_site_writes_them(label: str, entered: str, stored: float, again: str) -> None:
    world = document()
    world["sites"][0]["locale"] = 1031
    desk = Desk(world)
    page = edit(desk)
    assert page.form.control("Weight").value == "0,25"
    page.form.fill("Weight", "7").fill("Budget", "7").fill(label, entered)
    assert saved(desk.visitor.submit(page))
    assert desk.item().values[label] == stored
    assert edit(desk).form.control(label).value == again
    page = edit(desk)
    page.form.fill("Weight", "heavy")
    assert "Weight must be a number, such as 12 or 3,5." in desk.visitor.submit(page).words


@pytest.mark.parametrize(
    ("legend", "ticked", "column", "stored"),
    [
        ("Public", ["No"], "Public", False),
        ("Themes", ["Homes", "Roads", "Parks"], "Themes", ("Roads", "Homes", "Parks")),
        ("Themes", ["Parks"], "Themes", ("Parks",)),
        ("Themes", [], "Themes", None),
        ("Team", ["Ann Lee", "Ben Ng"], "Team", (7, 8)),
        ("Team", [], "Team", None),
        ("Related", ["Places"], "Related", (2,)),
    ],
)
def test_what_is_ticked_is_what_is_stored(desk: Desk, legend: str, ticked: list[str], column: str, stored: Any) -> None:
    page = edit(desk)
    page.form.choose(legend, *ticked)
    assert saved(desk.visitor.submit(page))
    assert desk.item().values[column] == stored
    assert sorted(edit(desk).form.ticked(legend)) == sorted(ticked)


def test_a_link_that_is_emptied_is_blank(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("f-Paper", "").fill("o-Paper", "")
    assert saved(desk.visitor.submit(page))
    assert desk.item().values["Paper"] is None


def test_a_form_sent_as_it_came_saves_nothing_whatever_finer_things_are_stored() -> None:
    values = {
        "Title": "One",
        "Ref": "R",
        "Due": "2026-07-01T09:17:31Z",
        "Meeting": "2026-07-01T09:17:31Z",
        "Notes": "a\r\nb\r\n",
        "Weight": 0.1 + 0.2,
        "Paper": {"url": "/relative", "description": ""},
    }
    desk = Desk(document(values))
    before = dict(desk.item().values)
    answer = desk.visitor.submit(edit(desk))
    assert "Nothing was different, so nothing was saved." in answer.words
    assert (desk.item().values, desk.item().version) == (before, 1)


def test_only_what_was_changed_is_written(desk: Desk) -> None:
    """A choice that is none any more, and an instant with seconds, stay as they are beside a change."""
    desk.item().values |= {"State": "Retired", "Due": datetime(2026, 6, 30, 23, 0, 1, tzinfo=UTC)}
    page = edit(desk)
    assert ("Retired", "Retired (no longer a choice)") in page.form.control("State").options
    page.form.fill("Weight", "7")
    assert saved(desk.visitor.submit(page))
    held = desk.item().values
    assert (held["State"], held["Weight"], held["Due"].second) == ("Retired", 7.0, 1)


def test_an_unanswered_yes_or_no_stays_unanswered_until_somebody_answers() -> None:
    desk = Desk(document({"Title": "One", "Ref": "R"}))
    page = edit(desk)
    assert page.form.ticked("Public") == ["Not answered"]
    desk.visitor.submit(page)
    assert desk.item().values.get("Public") is None
    page.form.choose("Public", "No")
    assert saved(desk.visitor.submit(page))
    assert desk.item().values["Public"] is False
    assert [each.label for each in edit(desk).form.controls if each.legend == "Public"] == ["Yes", "No"]


def test_columns_that_cannot_be_written_have_no_control_and_cannot_be_forged(desk: Desk) -> None:
    page = edit(desk)
    assert {"f-Locked", "f-Score", "f-Secret"} & {each.name for each in page.form.controls} == set()
    assert "Columns that cannot be edited" in page.words
    form = page.form
    for name in ("Locked", "Secret", "Score", "Editor"):
        form.controls.append(form.control("Ref").__class__(f"f-{name}", "text", value="forged"))
    was = form.control("was")
    was.value = was.value.replace("{", '{"Locked": ["x"], "Secret": ["x"], "Score": ["1"], ', 1)
    form.fill("Weight", "3")
    assert saved(desk.visitor.submit(page))
    assert (desk.item().values["Locked"], desk.item().values["Secret"]) == ("Kept", "Not for eyes")
    assert desk.item().values["Score"] != "forged"


def test_a_list_too_long_to_choose_from_is_answered_by_number() -> None:
    world = document({"Title": "One", "Ref": "R", "Programme": "Digital", "Related": ["Places", "Digital"]})
    programmes = world["sites"][0]["lists"][0]["items"]
    programmes.extend({"values": {"Title": f"Programme {number}"}} for number in range(3, 600))
    desk = Desk(world)
    page = edit(desk)
    assert (page.form.control("Programme").value, page.form.control("Related").value) == ("1", "2, 1")
    page.form.fill("Programme", "599").fill("Related", "2, 7; 12")
    assert saved(desk.visitor.submit(page))
    assert (desk.item().values["Programme"], desk.item().values["Related"]) == (599, (2, 7, 12))
    page = edit(desk)
    page.form.fill("Programme", "600")
    assert "Programme: 600 is not there any more." in desk.visitor.submit(page).words


# What a save leaves behind


def test_a_save_is_an_ordinary_edit_of_the_person_who_was_chosen(desk: Desk) -> None:
    desk.clock.advance(hours=2)
    chooser = desk.visitor.get(LIST)
    assert "You are" in chooser.words
    back = desk.visitor.submit(chooser, chooser.forms[0].fill("You are", "Cem Öz"))
    assert back.address.startswith(f"{LIST}/AllItems.aspx")
    page = edit(desk)
    assert "recorded under the name of Cem Öz" in page.words
    page.form.fill("Due date", "2026-06-01")
    before = len(desk.list.log.entries)
    assert saved(desk.visitor.submit(page))
    item = desk.item()
    assert (item.etag, item.version_label, item.editor) == ('"2"', "2.0", 9)
    assert item.modified == desk.service.world.now()
    assert len(desk.list.log.entries) == before + 1
    (entry,) = desk.service.history.entries
    assert (entry.method, entry.operation, entry.item, entry.columns) == ("EDIT", "edit/change", 1, ("Due",))
    assert entry.caller == "i:0#.f|membership|cem@example.org"


def test_an_item_is_added_with_the_defaults_unless_they_are_taken_away() -> None:
    world = document()
    fields = {field["name"]: field for field in world["sites"][0]["lists"][1]["fields"]}
    fields["State"]["default"], fields["Public"]["default"], fields["Due"]["default"] = "Open", "1", "[today]"
    desk = Desk(world)
    page = desk.visitor.get(NEW)
    assert (page.form.control("State").value, page.form.control("Due date").value) == ("Open", "2026-06-17")
    assert page.form.ticked("Public") == ["Yes"]
    page.form.fill("Title", "New").fill("Ref", "P-9").fill("State", "Blank")
    shown = desk.visitor.submit(page)
    assert "The item was added." in shown.words
    values = desk.item(2).values
    assert (values["State"], values["Public"]) == (None, True)
    assert (desk.item(2).author, desk.item(2).version) == (7, 1)


def test_recycling_asks_first_and_keeps_the_item_in_the_bin(desk: Desk) -> None:
    question = desk.visitor.get(f"{RECYCLE}?ID=1")
    assert "Move “Library app” to the recycle bin?" in question.words
    assert 1 in desk.list.items
    after = desk.visitor.submit(question)
    assert "The item was moved to the recycle bin." in after.words
    assert desk.list.items == {}
    (kept,) = desk.site.recycled.values()
    assert (kept.item.values["Ref"], kept.deleted_by) == ("P-1", 7)
    (entry,) = Direct(desk.service, SITE).rows("web/RecycleBin")
    assert (entry["DeletedByName"], entry["DeletedByEmail"]) == ("Ann Lee", ANN)


# What is refused, and how


@pytest.mark.parametrize(
    ("label", "entered", "column", "said"),
    [
        ("Title", " ", "Title", "Enter Title; it is required."),
        ("Title", "x" * 256, "Title", "Title must be 255 characters or fewer; it has 256."),
        ("Ref", "x" * 21, "Ref", "Ref must be 20 characters or fewer; it has 21."),
        ("Title", "a\nb", "Title", "Title must be on one line."),
        ("Weight", "heavy", "Weight", "Weight must be a number, such as 12 or 3.5."),
        ("Weight", "1e999", "Weight", "Weight must be a number, such as 12 or 3.5."),
        ("Weight", "nan", "Weight", "Weight must be a number, such as 12 or 3.5."),
        ("Due date", "2026-02-30", "Due", "Due date must be a real date, such as 31 March 2027."),
        ("Due date", "1 June", "Due", "Due date must be a real date, such as 31 March 2027."),
        ("Due date", "0026-06-01", "Due", "Due date must be between 1900 and 8900."),
        ("Due date", "275760-09-13", "Due", "Due date must be a real date, such as 31 March 2027."),
        ("Meeting", "2027-03-28T01:30", "Meeting", "there is no 01:30 at this site."),
        ("Meeting", "2027-03-28T01:30Z", "Meeting", "must be a date and time by the site's own clock."),
        ("f-Paper", "javascript:alert(1)", "Paper", "must be an address that begins with https:// or http://."),
        ("f-Paper", "", "Paper", "Paper: enter the address that the text “The paper” leads to."),
        ("f-Paper", "https://example.org/" + "x" * 255, "Paper", "must be 255 characters or fewer each."),
    ],
)
def test_a_wrong_entry_is_named_at_the_top_with_a_way_to_it_and_kept(
    desk: Desk, label: str, entered: str, column: str, said: str
) -> None:
    before = dict(desk.item().values)
    page = edit(desk)
    page.form.fill(label, entered).fill("Budget", "77")
    back = desk.visitor.submit(page)
    assert back.status == 422
    assert "There is a problem: nothing was saved" in back.words
    link = next(text for text in back.links if said in text)
    assert back.links[link] == f"#f-{column}"
    assert back.text.count(f'id="f-{column}"') == 1
    assert "Error: " in back.text.partition("</title>")[0]
    assert (back.form.control(label).value, back.form.control("Budget").value) == (entered, "77")
    assert (desk.item().values, desk.item().version) == (before, 1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("f-State", "Ajar", "“Ajar” is not one of the choices"),
        ("f-Themes", "Sea", "“Sea” is not one of the choices"),
        ("f-Lead", "99", "99 is not there any more"),
        ("f-Lead", "x", "x is not there any more"),
        ("f-Team", "99", "99 is not there any more"),
        ("f-Programme", "99", "99 is not there any more"),
        ("f-Programme", "²", "² is not there any more"),
        ("f-Public", "maybe", "choose Yes or No"),
    ],
)
def test_what_no_form_offers_is_refused_all_the_same(desk: Desk, name: str, value: str, said: str) -> None:
    page = edit(desk)
    forged(page.form, name, value)
    back = desk.visitor.submit(page)
    assert back.status == 422
    assert said in back.words
    assert desk.item().version == 1


def forged(form: Form, name: str, value: str) -> None:
    first, *others = [each for each in form.controls if each.name == name]
    first.value, first.checked = value, True
    for other in others:
        other.checked = False


def test_every_mistake_is_told_at_once_in_the_order_of_the_form(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("Due date", "soon").fill("Title", "").fill("Weight", "x")
    back = desk.visitor.submit(page)
    told = [text for text, target in back.links.items() if target.startswith("#f-")]
    assert [text.partition(" ")[0] for text in told] == ["Enter", "Weight", "Due"]


def test_a_second_item_with_a_unique_value_is_told_at_its_column() -> None:
    desk = Desk(document({"Title": "One", "Ref": "A"}, {"Title": "Two", "Ref": "B"}))
    page = edit(desk)
    page.form.fill("Ref", "b")
    back = desk.visitor.submit(page)
    assert back.status == 422
    assert back.links["Ref: another item has this value already. Enter a different one."] == "#f-Ref"


def test_a_row_too_large_for_the_service_is_refused_in_its_own_words(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("Other values for Tags, one a line", "\n".join(f"{each}" + "x" * 200 for each in range(30)))
    back = desk.visitor.submit(page)
    assert back.status == 422
    assert any("exceeds the size limit of a list item" in text for text in back.links)
    assert desk.item().version == 1


# Two people at once


def test_an_item_that_moved_on_is_not_saved_blindly(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("Due date", "2026-09-01").fill("Weight", "5")
    desk.clock.advance(minutes=3)
    ben = desk.site.find_user("ben@example.org")
    desk.list.update(
        desk.item(),
        {"Due": datetime(2026, 7, 31, 23, tzinfo=UTC), "State": "Shut"},
        WriteMode.UPDATE,
        ben,
    )
    asked = desk.visitor.submit(page)
    assert asked.status == 409
    assert "This item changed while you were editing: nothing was saved yet" in asked.words
    assert (asked.links["Due date"], asked.links["State"]) == ("#f-Due", "#f-State")
    assert "Its last version is 2.0, of 17 June 2026, 10:33, by Ben Ng." in asked.words
    assert asked.rows == [
        ["Column", "When you opened it", "Now", "Yours"],
        ["Due date", "1 July 2026", "1 August 2026", "1 September 2026"],
        ["State", "Open", "Shut", "you did not change it"],
    ]
    assert desk.item().version == 2
    form = asked.form
    assert (form.control("Due date").value, form.control("Weight").value) == ("2026-09-01", "5")
    assert form.control("State").value == "Shut", "what the person did not touch is as it is now"
    assert saved(desk.visitor.submit(asked))
    held = desk.item().values
    assert (held["Due"], held["State"], held["Weight"]) == (datetime(2026, 8, 31, 23, tzinfo=UTC), "Shut", 5.0)


def test_a_quiet_write_meanwhile_is_noticed_too(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("Weight", "5")
    desk.list.update(desk.item(), {"Ref": "P-7"}, WriteMode.SYSTEM, desk.site.app)
    asked = desk.visitor.submit(page)
    assert asked.status == 409
    assert ["Ref", "P-1", "P-7", "you did not change it"] in asked.rows
    assert saved(desk.visitor.submit(asked))
    assert (desk.item().values["Ref"], desk.item().values["Weight"]) == ("P-7", 5.0)


def test_an_item_that_moved_on_twice_asks_twice(desk: Desk) -> None:
    page = edit(desk)
    page.form.fill("Weight", "5")
    for state in ("Shut", "Open"):
        desk.list.update(desk.item(), {"State": state}, WriteMode.UPDATE, desk.site.app)
        page = desk.visitor.submit(page)
        assert page.status == 409
    assert saved(desk.visitor.submit(page))


def test_an_item_that_moved_on_is_not_recycled_blindly_either(desk: Desk) -> None:
    question = desk.visitor.get(f"{RECYCLE}?ID=1")
    desk.list.update(desk.item(), {"State": "Shut"}, WriteMode.UPDATE, desk.site.app)
    again = desk.visitor.submit(question)
    assert again.status == 409
    assert "This item changed while you were looking at it." in again.words
    assert 1 in desk.list.items
    assert "moved to the recycle bin" in desk.visitor.submit(again).words


def test_a_record_is_neither_saved_nor_recycled_and_the_page_says_why(desk: Desk) -> None:
    forms = [edit(desk), desk.visitor.get(f"{RECYCLE}?ID=1")]
    forms[0].form.fill("Title", "Other")
    desk.list.settings = replace(desk.list.settings, label=Label("Kept", locks_items=True))
    for form in forms:
        assert "The label that's applied to this item prevents it" in desk.visitor.submit(form).words
    assert desk.item().values["Title"] == "Library app"
    assert not desk.site.recycled


def test_an_item_that_is_gone_meanwhile_is_told(desk: Desk) -> None:
    page = edit(desk)
    desk.list.delete(desk.item())
    back = desk.visitor.submit(page)
    assert back.status == 404
    assert "It may have been recycled." in back.words


def test_who_the_form_named_is_recorded_even_when_another_was_chosen_since(desk: Desk) -> None:
    page = edit(desk)
    chooser = desk.visitor.get(SITE)
    desk.visitor.submit(chooser, chooser.forms[0].fill("You are", "Ben Ng"))
    page.form.fill("Weight", "5")
    assert saved(desk.visitor.submit(page))
    assert desk.item().editor == 7
    assert "recorded under the name of Ben Ng" in edit(desk).words


# Lists with settings of their own


@pytest.mark.parametrize(("person", "status"), [("Ann Lee", "Approved"), ("Ben Ng", "Pending")])
def test_an_edit_waits_for_approval_unless_an_approver_made_it(person: str, status: str) -> None:
    desk = Desk(document(content_approval=True, approvers=["ann@example.org"]))
    assert desk.visitor.get(LIST).column("Approval Status") == ["Approved"]
    chooser = desk.visitor.get(LIST)
    desk.visitor.submit(chooser, chooser.forms[0].fill("You are", person))
    page = edit(desk)
    page.form.fill("Weight", "5")
    shown = desk.visitor.submit(page)
    assert saved(shown)
    assert f"Approval Status {status}" in shown.words
    assert desk.visitor.get(LIST).column("Approval Status") == [status]


def test_a_list_without_approval_has_no_such_column(desk: Desk) -> None:
    assert "Approval Status" not in desk.visitor.get(LIST).words


def test_an_item_that_somebody_has_checked_out_says_so_and_is_not_saved_by_others() -> None:
    world = document()
    world["sites"][0]["lists"][1]["items"][0]["checked_out_to"] = "ben@example.org"
    desk = Desk(world)
    assert "Checked out to Ben Ng." in desk.visitor.get(f"{SHOW}?ID=1").words
    page = edit(desk)
    assert "Checked out to Ben Ng." in page.words
    page.form.fill("Weight", "5")
    back = desk.visitor.submit(page)
    assert back.status == 422
    assert back.form.control("Weight").value == "5"
    assert desk.item().version == 1


def test_a_list_without_versions_is_saved_without_one() -> None:
    desk = Desk(document(versioning=False))
    page = edit(desk)
    page.form.fill("Weight", "5")
    shown = desk.visitor.submit(page)
    assert [row[0] for row in shown.rows] == ["Version", "1.0"]
    assert desk.item().etag == '"2"'
