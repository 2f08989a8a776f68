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


CHANGED = "somebody has changed it since we made it; delete it by hand if nobody needs it"
TOO_LONG = "SharePoint takes no index away from a list of more than 20,000 items"
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
    kept = remove(OUR_VIEW, found=replace(FOUND, views=(without,)))
    assert kept == ListRemovals(left=(Left("view 'Overdue'", CHANGED),))


def test_a_view_of_staffs_that_will_not_show_our_column_any_more_is_named() -> None:
    theirs = found_view("Board papers", columns=("Title", "PSOverdue"))
    personal = replace(theirs, title="Mine", personal=True)
    found = replace(FOUND, views=(VIEW, theirs, personal))
    (_, column) = remove(COLUMN, OUR_VIEW, found=found).steps
    assert isinstance(column, RemoveColumn)
    assert column.shown_in == ("Board papers",)


@pytest.mark.parametrize(
    ("thing", "found", "left"),
    [
        (OUR_VIEW, replace(FOUND, views=(replace(VIEW, rows=5),)), Left("view 'Overdue'", CHANGED)),
        (OUR_VIEW, replace(FOUND, views=(replace(VIEW, title="Late"),)), Left("view 'Late'", CHANGED)),
        (
            OUR_VIEW,
            replace(FOUND, views=(replace(VIEW, default=True),)),
            Left("view 'Overdue'", "it is what the list opens with; make another view the default first"),
        ),
        (
            made(What.COLUMN, "PSOverdue", type="text"),
            FOUND,
            Left("column 'Overdue?'", "somebody has made it a column of another type since"),
        ),
        (
            made(What.COLUMN, "PSOverdue", type="choice", hold=True),
            FOUND,
            Left("column 'Overdue?'", "3 items hold something in it, which is staff's"),
        ),
        (
            COLUMN,
            replace(FOUND, item_count=20_001, columns=(replace(OVERDUE, indexed=True),)),
            Left("column 'Overdue?'", f"it has an index, and {TOO_LONG}"),
        ),
    ],
)
def test_what_somebody_changed_or_needs_stays_and_is_told(thing: Made, found: FoundList, left: Left) -> None:
    assert remove(thing, found=found, PSOverdue=3) == ListRemovals(left=(left,))


def test_a_list_that_was_only_begun_and_holds_items_stays_with_all_that_is_in_it() -> None:
    why = (
        "a run was cut short while it made a list at that address, and this one holds items; delete it by hand if "
        "nobody needs it"
    )
    plan = remove(replace(LIST, ident=None), COLUMN)
    assert plan == ListRemovals(left=(Left("list 'Digital projects'", why),))


@pytest.mark.parametrize("hold", [{}, {"hold": True}])
def test_a_hold_column_that_is_empty_goes(hold: dict[str, bool]) -> None:
    thing = made(What.COLUMN, "PSOverdue", type="choice", **hold)
    assert remove(thing) == ListRemovals(steps=(RemoveColumn("PSOverdue", "Overdue?", 0, ("Overdue",), thing),))


def test_a_list_that_is_gone_is_told_once_with_all_that_was_made_there() -> None:
    never = made(What.COLUMN, "PSCheck", None)
    gone = "it is gone already, and with it what was made there"
    assert remove(COLUMN, never, found=None) == ListRemovals(left=(Left("the list", gone),), gone=(COLUMN, never))
    assert remove(COLUMN, LIST, found=None).left == (Left(f"list {FOUND.url}", gone),)
    assert remove(never, found=None) == ListRemovals(gone=(never,))


def test_a_column_of_the_same_name_that_somebody_made_is_not_ours() -> None:
    ours = replace(COLUMN, ident="{A1}")
    found = replace(FOUND, columns=(replace(OVERDUE, id="a1"),))
    assert remove(ours, found=found).steps == (RemoveColumn("PSOverdue", "Overdue?", 0, ("Overdue",), ours),)
    theirs = replace(FOUND, columns=(replace(OVERDUE, id="b2"),))
    another = Left("column PSOverdue", "it is gone already, and somebody has made another one under its name")
    assert remove(ours, found=theirs, PSOverdue=9) == ListRemovals(left=(another,), gone=(ours,))


def test_a_view_that_stays_and_chooses_its_rows_by_a_column_of_ours_is_named() -> None:
    asking = replace(VIEW, id="8", title="Late", asks=frozenset({"PSOverdue"}))
    mine = replace(asking, personal=True, default=True)
    (column,) = remove(COLUMN, found=replace(FOUND, views=(VIEW, asking, mine))).steps
    assert column == RemoveColumn("PSOverdue", "Overdue?", 0, ("Overdue",), COLUMN, ("Late",))


def test_a_column_by_which_the_list_opens_stays_until_it_opens_otherwise() -> None:
    opening = replace(VIEW, title="Late", default=True, asks=frozenset({"PSOverdue"}))
    why = (
        "view 'Late', with which the list opens, chooses or orders its rows by it; make another view the default first"
    )
    plan = remove(COLUMN, found=replace(FOUND, views=(opening,)))
    assert plan == ListRemovals(left=(Left("column 'Overdue?'", why),))


def test_what_is_gone_already_is_told_and_forgotten() -> None:
    dress = made(What.DRESS, "PSOverdue", was={"indexed": False}, sets=[{"indexed": True}])
    never = (made(What.VIEW, "Due soon", None), made(What.COLUMN, "PSCheck", None))
    plan = remove(COLUMN, OUR_VIEW, dress, *never, found=replace(FOUND, columns=(), views=()))
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
    assert plan == ListRemovals(
        steps=(RestoreColumn("PSOverdue", "Overdue?", change_of(given_back), DRESS),) if given_back else (),
        left=(Left("column 'Overdue?'", left),) if left else (),
        gone=() if given_back or left else (DRESS,),
    )


def test_either_form_of_a_dressing_that_was_cut_short_is_ours() -> None:
    cut_short = replace(DRESS, was={"was": {"description": "Old"}, "sets": [{"description": "First"}, SETS]})
    for description in ("First", "Ours"):
        there = replace(OVERDUE, description=description)
        (step,) = remove(cut_short, found=replace(FOUND, columns=(there,))).steps
        assert isinstance(step, RestoreColumn)
        assert step.change == ColumnChange(description="Old")


def test_what_had_such_a_form_before_we_came_is_not_given_it_again() -> None:
    sets = [{"indexed": True}, {"description": "Old"}, SETS]
    dress = replace(DRESS, was={"was": {"description": "Old"}, "sets": sets})
    there = replace(OVERDUE, description="Old")
    assert remove(dress, found=replace(FOUND, columns=(there,))) == ListRemovals(gone=(dress,))


def test_columns_get_their_looks_back_before_any_goes() -> None:
    dress = replace(DRESS, name="Title", was={"was": {"description": ""}, "sets": [{"description": "Ours"}]})
    title = found_column("Title", description="Ours")
    plan = remove(COLUMN, dress, found=replace(FOUND, columns=(title, OVERDUE)))
    assert [type(step) for step in plan.steps] == [RestoreColumn, RemoveColumn]


def test_of_a_long_list_an_index_is_not_taken_away() -> None:
    longest = replace(FOUND, columns=(DRESSED,), item_count=20_000)
    assert [len(remove(each, found=longest).steps) for each in (DRESS, COLUMN)] == [1, 1]
    plan = remove(DRESS, found=replace(longest, item_count=20_001))
    assert plan == ListRemovals(left=(Left("looks and index of column 'Overdue?'", TOO_LONG),))


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
    assert isinstance(change_of(WAS).choices, tuple), "as a change that was planned has them"


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
        (RemoveColumn("PSX", "X", 2, (), COLUMN), "take away column PSX 'X', with what 2 items hold in it"),
        (RemoveColumn("PSX", "X", 1, (), COLUMN), "take away column PSX 'X', with what 1 item holds in it"),
        (
            RemoveColumn("PSX", "X", 47, ("Board", "Late"), COLUMN),
            "take away column PSX 'X', with what 47 items hold in it; 'Board' and 'Late' will not show it any more",
        ),
        (
            RemoveColumn("PSX", "X", 0, ("Board",), COLUMN, ("Late", "Soon")),
            (
                "take away column PSX 'X', which is empty; 'Board' will not show it any more; rows are chosen or "
                "ordered by it in 'Late' and 'Soon', which may show an error then"
            ),
        ),
        (
            RemoveList("g", "Roll-up", 12, LIST, others=("Roads",)),
            "take away list 'Roll-up' with 12 items, also of 'Roads', into the recycle bin of its site",
        ),
        (
            RemoveList("g", "Roll-up", 12, LIST),
            "take away list 'Roll-up' with 12 items, into the recycle bin of its site",
        ),
    ],
)
def test_every_removal_is_told_in_plain_words(step: Any, words: str) -> None:
    assert removal_words(step) == words
