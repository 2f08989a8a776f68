"""What was made is taken away again, and nothing else: what somebody needs or has changed stays, and is told."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.columns import ColumnType
from sync.core.policy import Labels
from sync.core.provisioning.made import Made, What, list_at, of_list
from sync.core.provisioning.own_lists import rollup_list
from sync.core.provisioning.removing import (
    ListRemovals,
    RemoveColumn,
    RemoveList,
    RemoveView,
    RestoreColumn,
    change_of,
    change_to_json,
    columns_to_count,
    removals,
)
from sync.core.provisioning.shape import Badge, Badges, ColumnChange, ColumnShape, FoundList, Icon, Tone, ViewShape
from sync.core.provisioning.steps import ChangeView, DressColumn, Left, MakeColumn, MakeList, MakeView, form_found
from sync.core.provisioning.telling import removal_words, step_words
from tests.support.provisioning import HOST, SITE, found_column, found_list, found_view
from tests.support.runstores import START

OVERDUE = found_column("PSOverdue", ColumnType.CHOICE, "Overdue?", choices=("Overdue", "On time"))
VIEW = found_view("Overdue", id="7", columns=("Title", "PSOverdue"))
FOUND = found_list(found_column("Title"), OVERDUE, views=(found_view("All items"), VIEW))


def made(what: What, name: str, ident: str | None = "", **was: Any) -> Made:
    return Made(
        host=HOST,
        site=SITE,
        list_guid="" if what is What.LIST else FOUND.guid,
        what=what,
        name=name,
        ident=name if ident == "" else ident,
        was=was,
        run_id="r1",
        at=START,
    )


COLUMN = made(What.COLUMN, "PSOverdue", type="choice")
OUR_VIEW = made(What.VIEW, "Overdue", "{7}", forms=[form_found(VIEW)])
LIST = made(What.LIST, FOUND.url, FOUND.guid)


def remove(*things: Made, found: FoundList | None = FOUND, **filled: int) -> ListRemovals:
    return removals(found, things, filled)


def test_what_was_made_goes_again_views_first_and_with_what_it_holds() -> None:
    plan = remove(COLUMN, OUR_VIEW, PSOverdue=47)
    column = RemoveColumn("PSOverdue", "Overdue?", 47, (), COLUMN)
    assert plan == ListRemovals(steps=(RemoveView("7", "Overdue", OUR_VIEW), column))


def test_a_view_that_lost_a_column_with_the_list_is_as_we_left_it() -> None:
    without = replace(VIEW, columns=("Title",))
    plan = remove(OUR_VIEW, found=replace(FOUND, columns=FOUND.columns[:1], views=(without,)))
    assert plan == ListRemovals(steps=(RemoveView("7", "Overdue", OUR_VIEW),))
    (left,) = remove(OUR_VIEW, found=replace(FOUND, views=(without,))).left
    assert "somebody has changed it since we made it" in left.why


def test_a_view_of_staffs_that_will_not_show_our_column_any_more_is_named() -> None:
    theirs = found_view("Board papers", columns=("Title", "PSOverdue"))
    personal = replace(theirs, title="Mine", personal=True)
    found = replace(FOUND, views=(VIEW, theirs, personal))
    (_, column) = remove(COLUMN, OUR_VIEW, found=found).steps
    assert isinstance(column, RemoveColumn)
    assert column.shown_in == ("Board papers",)


@pytest.mark.parametrize(
    ("thing", "found", "why"),
    [
        (OUR_VIEW, replace(FOUND, views=(replace(VIEW, rows=5),)), "somebody has changed it since we made it"),
        (OUR_VIEW, replace(FOUND, views=(replace(VIEW, title="Late"),)), "somebody has changed it since we made it"),
        (OUR_VIEW, replace(FOUND, views=(replace(VIEW, default=True),)), "it is what the list opens with"),
        (made(What.COLUMN, "PSOverdue", type="text"), FOUND, "somebody has made it a column of another type"),
        (made(What.COLUMN, "PSOverdue", type="choice", hold=True), FOUND, "3 items hold something in it"),
        (
            COLUMN,
            replace(FOUND, item_count=20_001, columns=(replace(OVERDUE, indexed=True),)),
            "SharePoint takes no index away from a list of more than 20,000 items",
        ),
    ],
)
def test_what_somebody_changed_or_needs_stays_and_is_told(thing: Made, found: FoundList, why: str) -> None:
    plan = remove(thing, found=found, PSOverdue=3)
    assert (plan.steps, plan.gone) == ((), ())
    assert why in plan.left[0].why


@pytest.mark.parametrize("hold", [{}, {"hold": True}])
def test_a_hold_column_that_is_empty_goes(hold: dict[str, bool]) -> None:
    plan = remove(made(What.COLUMN, "PSOverdue", type="choice", **hold))
    assert [type(step) for step in plan.steps] == [RemoveColumn]


@pytest.mark.parametrize("found", [None, replace(FOUND, columns=(), views=())])
def test_what_is_gone_already_is_told_and_forgotten(found: FoundList | None) -> None:
    dress = made(What.DRESS, "PSOverdue", was={"indexed": False}, sets=[{"indexed": True}])
    never = (made(What.VIEW, "Due soon", None), made(What.COLUMN, "PSCheck", None))
    plan = remove(COLUMN, OUR_VIEW, dress, *never, found=found)
    assert plan.steps == ()
    assert {each.key for each in plan.gone} == {each.key for each in (COLUMN, OUR_VIEW, dress, *never)}
    told = ["column PSOverdue", "looks of column PSOverdue", "view 'Overdue'"]
    assert sorted(each.what for each in plan.left) == told, "what never came to be is not missed"
    assert {each.why for each in plan.left} == {"it is gone already"}


def test_what_a_killed_run_left_behind_goes_too() -> None:
    plan = remove(replace(OUR_VIEW, ident=None), replace(COLUMN, ident=None))
    assert [type(step) for step in plan.steps] == [RemoveView, RemoveColumn]


SETS: dict[str, Any] = {
    "description": "Ours",
    "indexed": True,
    "in_new_form": False,
    "in_edit_form": False,
    "choices": ["Overdue", "On time"],
}
WAS: dict[str, Any] = {
    "description": "",
    "indexed": False,
    "in_new_form": True,
    "in_edit_form": True,
    "choices": ["Overdue"],
}
DRESSED = replace(OVERDUE, description="Ours", in_new_form=False, in_edit_form=False, indexed=True)
DRESS = made(What.DRESS, "PSOverdue", was=WAS, sets=[SETS])


@pytest.mark.parametrize(
    ("there", "given_back", "left"),
    [
        (DRESSED, WAS, None),
        (replace(DRESSED, description="Theirs now"), {k: v for k, v in WAS.items() if k != "description"}, None),
        (
            replace(OVERDUE, description="Theirs", column=replace(OVERDUE.column, choices=("Overdue",))),
            None,
            "somebody has changed its description since",
        ),
        (replace(OVERDUE, column=replace(OVERDUE.column, choices=("Overdue",))), None, None),
    ],
)
def test_a_dressed_column_gets_back_what_is_still_as_we_left_it(there: Any, given_back: Any, left: str | None) -> None:
    plan = remove(DRESS, found=replace(FOUND, columns=(there,)))
    changes = [change_to_json(step.change) for step in plan.steps if isinstance(step, RestoreColumn)]
    assert changes == ([given_back] if given_back else [])
    assert [each.why for each in plan.left] == ([left] if left else [])
    assert bool(plan.gone) is (not given_back and not left)


def test_either_form_of_a_dressing_that_was_cut_short_is_ours() -> None:
    cut_short = replace(DRESS, was={"was": {"description": "Old"}, "sets": [{"description": "First"}, SETS]})
    for description in ("First", "Ours"):
        there = replace(OVERDUE, description=description)
        (step,) = remove(cut_short, found=replace(FOUND, columns=(there,))).steps
        assert isinstance(step, RestoreColumn)
        assert step.change == ColumnChange(description="Old")


def test_of_a_long_list_an_index_is_not_taken_away() -> None:
    plan = remove(DRESS, found=replace(FOUND, columns=(DRESSED,), item_count=20_001))
    assert plan.left[0].what == "index of column 'Overdue?'"


def test_a_list_of_ours_goes_with_all_that_was_made_there() -> None:
    plan = remove(LIST, COLUMN, OUR_VIEW)
    assert plan.steps == (RemoveList(FOUND.guid, FOUND.title, 47, LIST, (COLUMN, OUR_VIEW)),)


def test_a_blank_list_is_staffs_once_it_is_filled() -> None:
    template = replace(LIST, was={"template": "risk-register"})
    kept = remove(template, COLUMN)
    assert kept.left == (Left("list 'Digital projects'", "it holds 47 items of staff's"),)
    assert [type(step) for step in kept.steps] == [RemoveColumn]
    empty = replace(FOUND, item_count=0)
    assert remove(template, found=empty).steps == (RemoveList(FOUND.guid, FOUND.title, 0, template),)


def test_only_columns_that_are_there_are_counted() -> None:
    things = (COLUMN, made(What.COLUMN, "PSGone"), DRESS, OUR_VIEW)
    assert columns_to_count(FOUND, things) == ("PSOverdue",)
    assert columns_to_count(None, things) == ()
    assert columns_to_count(replace(FOUND, item_count=0), things) == (), "an empty list need not be read"


def test_of_a_list_that_goes_whole_nothing_is_counted() -> None:
    assert columns_to_count(FOUND, (LIST, COLUMN)) == ()
    assert columns_to_count(FOUND, (replace(LIST, was={"template": "risk-register"}), COLUMN)) == ("PSOverdue",)


def test_a_record_knows_its_list_however_that_is_spelt() -> None:
    elsewhere = replace(COLUMN, list_guid="other")
    things = (LIST, COLUMN, elsewhere)
    assert of_list(things, f"{HOST.upper()}/", f"{SITE}/", f"{{{FOUND.guid.upper()}}}") == (LIST, COLUMN)
    assert list_at(things, HOST, SITE, f"/{FOUND.url.lower()}") is LIST
    assert list_at(things, HOST, "/sites/other", FOUND.url) is None


@pytest.mark.parametrize("values", [{}, WAS, {"formatter": "", "title": "T"}])
def test_a_change_comes_back_from_its_record(values: dict[str, Any]) -> None:
    assert change_to_json(change_of(values)) == values


PLAIN = ColumnShape(name="PSX", title="X", description="", type=ColumnType.TEXT)
LOOK = Badges({"Overdue": Badge(Tone.SEVERE, Icon.ALERT)})


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            MakeColumn(replace(PLAIN, type=ColumnType.CHOICE, choices=("a", "b"), look=LOOK, indexed=True)),
            "make column PSX 'X': a choice of 2, formatted, indexed, not in forms",
        ),
        (MakeColumn(PLAIN, hold=True), "make column PSX 'X': a single line of text, in forms, for staff to fill"),
        (MakeColumn(replace(PLAIN, lookup="Projects")), "make column PSX 'X': a lookup into 'Projects', not in forms"),
        (MakeColumn(replace(PLAIN, type=ColumnType.NUMBER)), "make column PSX 'X': a number, not in forms"),
        (MakeView(ViewShape(title="Overdue", columns=())), "make view 'Overdue'"),
        (ChangeView("7", ViewShape(title="Overdue", columns=())), "bring view 'Overdue', which we made, up to date"),
        (
            DressColumn("PSX", "X", change_of(SETS | {"formatter": "{}"}), change_of(WAS)),
            (
                "dress column PSX 'X', which is there: formatting, description, not in forms any more, index, "
                "also offers 'On time'"
            ),
        ),
        (
            DressColumn("PSX", "X", ColumnChange(in_edit_form=True), ColumnChange(in_edit_form=False)),
            "dress column PSX 'X', which is there: in forms",
        ),
        (
            DressColumn("PSX", "X", ColumnChange(choices=("a",)), ColumnChange()),
            "dress column PSX 'X', which is there: also offers 'a'",
        ),
        (
            MakeList(rollup_list("Portfolio roll-up", Labels(), restricted=True)),
            (
                "make list 'Portfolio roll-up' at Lists/PortfolioRollUp: with a version history; "
                "only administrators of the site collection may read it, until one of them shares it"
            ),
        ),
        (
            MakeList(rollup_list("Totals", Labels(), restricted=False), begun=True),
            "go on making list 'Totals' at Lists/Totals: with a version history; whoever may read the site may read it",
        ),
        (
            MakeList(replace(rollup_list("Totals", Labels(), restricted=False), versioned=False)),
            "make list 'Totals' at Lists/Totals: without a version history; whoever may read the site may read it",
        ),
    ],
)
def test_every_step_is_told_in_plain_words(step: Any, words: str) -> None:
    assert step_words(step) == words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (RemoveView("7", "Overdue", OUR_VIEW), "take away view 'Overdue'"),
        (
            RestoreColumn("PSX", "X", change_of(WAS), DRESS),
            "give column PSX 'X' back the description, index, place in forms and choices it had",
        ),
        (RemoveColumn("PSX", "X", 0, (), COLUMN), "take away column PSX 'X', which is empty"),
        (RemoveColumn("PSX", "X", 1, (), COLUMN), "take away column PSX 'X', with what 1 item holds in it"),
        (
            RemoveColumn("PSX", "X", 47, ("Board", "Late"), COLUMN),
            "take away column PSX 'X', with what 47 items hold in it; 'Board' and 'Late' will not show it any more",
        ),
        (
            RemoveList("g", "Roll-up", 12, LIST),
            "take away list 'Roll-up' with 12 items, into the recycle bin of its site",
        ),
    ],
)
def test_every_removal_is_told_in_plain_words(step: Any, words: str) -> None:
    assert removal_words(step) == words
