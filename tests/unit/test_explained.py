"""A write is explained by what staff did, by a day that passed, or by a run that was cut short; by nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync.core.explained import Causes, Changes, changes_between, unexplained
from sync.core.known import Known
from sync.core.ownership import OwnedField
from sync.core.plan import PlannedWrite
from sync.core.snapshot import RecordId
from tests.support.lists import HOST, TAKEN

LATER = TAKEN + timedelta(hours=1)
STATUS, REASON, OVERDUE = OwnedField.STATUS, OwnedField.REASON, OwnedField.OVERDUE


def place(name: str) -> RecordId:
    return RecordId(HOST, "list", sum(ord(letter) * 256**power for power, letter in enumerate(name)))


def row(name: str, parent: str | None = None, fields: str | None = "fields", modified: Any = TAKEN) -> Known:
    return Known(place(name), "source", None, fields, modified, place(parent) if parent else None)


PROGRAMME, PROJECT, RISK, ACTION = (
    row("programme"),
    row("project", "programme"),
    row("risk", "project"),
    row("a", "risk"),
)
ALL = (PROGRAMME, PROJECT, RISK, ACTION, row("other"))


def named(ids: Iterable[RecordId]) -> set[str]:
    names = ("programme", "project", "risk", "a", "other", "new", "elsewhere")
    return {name for name in names if place(name) in ids}


def instead(*rows: Known) -> list[Known]:
    changed = {each.id for each in rows}
    return [*(each for each in ALL if each.id not in changed), *rows]


def test_nothing_that_changed_is_nothing_edited() -> None:
    assert changes_between(ALL, ALL) == Changes(*[frozenset()] * 5)


def test_an_edit_bears_on_everything_above_it_and_on_the_check_of_what_refers_to_it() -> None:
    changes = changes_between(ALL, instead(row("risk", "project", "edited", LATER)))
    assert named(changes.edited) == {"risk"}
    assert named(changes.edited_under) == {"risk", "project", "programme"}
    assert named(changes.edited_above) == {"a"}
    assert not changes.odd_under


def test_a_value_that_changed_although_nobody_modified_the_item_is_no_edit() -> None:
    changes = changes_between(ALL, instead(row("risk", "project", "edited", TAKEN)))
    assert not changes.edited_under
    assert named(changes.odd) == {"risk"}
    assert named(changes.odd_under) == {"risk", "project", "programme"}
    assert not changes.edited_above


def test_what_only_our_own_write_modified_was_not_edited() -> None:
    """The versioned mode moves Modified; the ETag that it left tells our own write from anybody else's."""
    wrote = replace(row("risk", "project"), version='"7"')
    for version, edited in (('"7"', False), ('"8"', True)):
        now = replace(row("risk", "project", fields="other", modified=LATER), version=version)
        then = [wrote if each.id == wrote.id else each for each in ALL]
        changes = changes_between(then, instead(now))
        assert (wrote.id in changes.edited) is edited
        assert (wrote.id in changes.odd) is not edited


def test_an_item_that_was_modified_and_says_the_same_is_not_changed() -> None:
    changes = changes_between(ALL, instead(row("risk", "project", modified=LATER)))
    assert not changes.edited | changes.odd


def test_what_is_new_or_gone_bears_on_its_parent_of_now_and_of_then() -> None:
    assert named(changes_between(ALL, [*ALL, row("new", "risk")]).edited_under) == {
        "new",
        "risk",
        "project",
        "programme",
    }
    assert named(changes_between(ALL, [each for each in ALL if each is not RISK]).edited_under) == {
        "risk",
        "project",
        "programme",
    }


def test_a_record_that_moved_bears_on_both_parents() -> None:
    changes = changes_between(ALL, instead(row("risk", "other", "edited", LATER)))
    assert named(changes.edited_under) == {"risk", "project", "programme", "other"}


def test_a_new_record_that_another_means_instead_bears_on_what_that_one_meant_before() -> None:
    changes = changes_between(ALL, [*instead(row("risk", "new")), row("new")])
    assert named(changes.edited_under) == {"new", "project", "programme"}
    assert named(changes.edited_above) == {"risk"}


@pytest.mark.parametrize(("modified", "edited"), [(LATER, True), (TAKEN, False)])
def test_a_row_that_left_scope_was_edited_or_is_odd(modified: Any, edited: bool) -> None:
    changes = changes_between(ALL, instead(row("risk", None, None, modified)))
    assert named(changes.edited if edited else changes.odd) == {"risk"}


def test_a_row_of_two_sources_counts_where_one_counts_it() -> None:
    twice = [*ALL, row("risk", None, None), row("elsewhere", None, None)]
    assert not changes_between(twice, twice[::-1]).edited
    assert changes_between(twice, twice[::-1]).odd == frozenset()


def test_what_another_release_reads_differently_is_neither_an_edit_nor_odd() -> None:
    now = instead(row("risk", "project", "read anew", TAKEN), row("other", None, "edited", LATER))
    changes = changes_between(ALL, now, {"source"})
    assert (named(changes.edited), named(changes.odd)) == ({"other"}, set())
    assert named(changes_between(ALL, now, {"elsewhere"}).odd) == {"risk"}


def test_references_in_a_ring_end() -> None:
    ring = [row("project", "risk"), row("risk", "project")]
    changes = changes_between(ring, [row("project", "risk", "edited", LATER), ring[1]])
    assert named(changes.edited_under) == {"project", "risk"}


# Writes


def write(name: str = "project", **values: Any) -> PlannedWrite:
    said = {OwnedField(field): value for field, value in (values or {"status": "At risk"}).items()}
    return PlannedWrite("source", place(name), name, "1", said, dict.fromkeys(said), ())


DAY = {(place(name), STATUS) for name in ("project", "risk", "other")}


def causes(now: Iterable[Known] = ALL, **more: Any) -> Causes:
    return Causes(changes=changes_between(ALL, now), **more)


def test_an_edit_explains_the_whole_write() -> None:
    edited = causes(instead(row("risk", "project", "edited", LATER)))
    assert unexplained(write(status="At risk", reason="Why"), edited) == frozenset()
    assert unexplained(write("other"), edited) == {STATUS}


def test_an_edit_explains_also_where_something_odd_bears_on_the_same_record() -> None:
    now = instead(row("risk", "project", "edited", LATER), row("programme", None, "odd", TAKEN))
    assert unexplained(write(), causes(now)) == frozenset()


def test_an_edit_of_what_a_record_refers_to_explains_what_there_is_to_mend_and_nothing_else() -> None:
    edited = causes(instead(row("programme", None, "edited", LATER)))
    assert unexplained(write(status="At risk", check="Mend it"), edited) == {STATUS}


def test_a_day_that_passed_explains_just_the_values_that_it_changes() -> None:
    assert unexplained(write(status="At risk", overdue="Overdue"), causes(predicted=DAY)) == {OVERDUE}
    assert unexplained(write(), causes(predicted=frozenset())) == {STATUS}
    odd = instead(row("risk", "project", "odd", TAKEN))
    assert unexplained(write(), causes(odd, predicted=DAY)) == {STATUS}
    assert unexplained(write("other"), causes(odd, predicted=DAY)) == frozenset()


def test_an_intent_of_a_run_that_was_cut_short_explains_just_its_values() -> None:
    meant = {place("project"): {STATUS: "At risk", OVERDUE: "Overdue"}}
    planned = write(status="At risk ", overdue="Due soon", reason="Why")
    assert unexplained(planned, causes(intended=meant)) == {OVERDUE, REASON}


def test_a_drift_that_is_restored_explains_itself_and_the_reason_that_tells_of_it() -> None:
    planned = write(status="At risk", overdue="Overdue", reason="Why")
    assert unexplained(planned, causes(drifted={(place("project"), STATUS)})) == {OVERDUE}
    assert unexplained(planned, causes(drifted={(place("other"), STATUS)})) == {STATUS, OVERDUE, REASON}


def test_a_row_that_staff_took_out_of_scope_may_be_cleared_also_later() -> None:
    out = {place("risk")}
    assert unexplained(write("risk"), causes(instead(row("risk", None, None, LATER)), left_out=out)) == frozenset()
    then = instead(row("risk", None, None))
    assert unexplained(write("risk"), Causes(changes=changes_between(then, then), left_out=out)) == frozenset()


def test_a_row_that_nobody_took_out_of_scope_is_a_surprise() -> None:
    odd = causes(instead(row("risk", None, None, TAKEN)), left_out={place("risk")}, predicted=DAY)
    assert unexplained(write("risk"), odd) == {STATUS}
