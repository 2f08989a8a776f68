"""What became of a write whose run did not live to say so, told by what the item holds now."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.ownership import OwnedField
from sync.core.snapshot import Complete, LeftOut, Partial, RecordId, Snapshot
from sync.engine.read import SourceRead
from sync.engine.recover import recover
from sync.engine.state import Intent, IntentState
from tests.support.engine_world import sources
from tests.support.fake_clock import FakeClock

HOST, GUID = "https://memory.example", "guid"
ITEM = RecordId(HOST, GUID, 7)
STATUS, REASON, STAMP = OwnedField.STATUS, OwnedField.REASON, OwnedField.STAMP
OURS, EARLIER = "install 20260617T021700Z-0001", "install 20260610T021700Z-0009"


def intent(**more: Any) -> Intent:
    made = Intent(
        id="run/1/7",
        run_id="run",
        source="projects",
        record=ITEM,
        set={STATUS: "At risk", REASON: "Late."},
        was={STATUS: "On track", REASON: None},
        version='"1"',
    )
    return replace(made, **more)


def read(live: dict[OwnedField, Any] | None, *, complete: bool = True) -> dict[str, SourceRead]:
    left = () if live is None else (LeftOut(ITEM, "projects", live, '"2"'),)
    ending = Complete() if complete else Partial("The connection broke.")
    snapshot = Snapshot("projects", (), ending, "digest", FakeClock().now(), left_out=left, place=(HOST, GUID))
    return {"projects": SourceRead(sources()["projects"], snapshot=snapshot)}


STAMPED = intent(
    set={STATUS: "At risk", STAMP: OURS},
    was={STATUS: "On track", STAMP: EARLIER},
)
CLEARING = intent(set={STATUS: None, REASON: None, STAMP: None}, was={STATUS: "At risk", REASON: "Late.", STAMP: OURS})
NO_STAMP_TO_CLEAR = replace(CLEARING, was={STATUS: "At risk", REASON: "Late.", STAMP: None})
SAME_RUN_BEFORE = replace(STAMPED, was={STATUS: "On track", STAMP: OURS})


@pytest.mark.parametrize(
    ("open_intent", "live", "state", "intended"),
    [
        (intent(), {STATUS: "At risk", REASON: "Late."}, IntentState.RESOLVED, False),
        (intent(), {STATUS: "At risk", REASON: "Typed by a person"}, IntentState.RESOLVED, False),
        (intent(), {STATUS: "On track", REASON: None}, IntentState.SKIPPED, True),
        (intent(), {STATUS: "Paused", REASON: None}, IntentState.SKIPPED, False),
        (intent(set={STATUS: "On track"}), {STATUS: "On track", REASON: None}, IntentState.SKIPPED, True),
        (STAMPED, {STATUS: "On track", STAMP: OURS}, IntentState.RESOLVED, False),
        (STAMPED, {STATUS: "At risk", STAMP: EARLIER}, IntentState.SKIPPED, False),
        (STAMPED, {STATUS: "On track", STAMP: EARLIER}, IntentState.SKIPPED, True),
        (STAMPED, {STATUS: "At risk"}, IntentState.RESOLVED, False),
        (CLEARING, {STATUS: None, REASON: None, STAMP: None}, IntentState.RESOLVED, False),
        (CLEARING, {STATUS: "Typed by a person", REASON: "Too", STAMP: None}, IntentState.RESOLVED, False),
        (CLEARING, {STATUS: None, REASON: "Late.", STAMP: OURS}, IntentState.SKIPPED, False),
        (NO_STAMP_TO_CLEAR, {STATUS: None, REASON: "Late.", STAMP: None}, IntentState.RESOLVED, False),
        (NO_STAMP_TO_CLEAR, {STATUS: "At risk", REASON: "Late.", STAMP: None}, IntentState.SKIPPED, True),
        (SAME_RUN_BEFORE, {STATUS: "On track", STAMP: OURS}, IntentState.SKIPPED, True),
        (SAME_RUN_BEFORE, {STATUS: "At risk", STAMP: OURS}, IntentState.RESOLVED, False),
    ],
)
def test_what_the_item_holds_tells(
    open_intent: Intent, live: dict[OwnedField, Any], state: IntentState, intended: bool
) -> None:
    told = recover([open_intent], read(live))
    assert told.states == {open_intent.id: state}
    assert [each.id for each in told.done] == ([open_intent.id] if state is IntentState.RESOLVED else [])
    assert (ITEM in told.intended) is intended
    assert all(STAMP not in values for values in told.intended.values())


@pytest.mark.parametrize(
    "reads", [read({STATUS: "At risk"}, complete=False), read(None)], ids=["half a list", "an item that is not there"]
)
def test_what_was_not_read_tells_nothing(reads: dict[str, SourceRead]) -> None:
    told = recover([intent()], reads)
    assert (told.states, told.done, told.not_done, told.intended) == ({}, (), (), {})


def test_two_sources_of_one_list_tell_together() -> None:
    mine, other = read({STATUS: "On track"}), read({REASON: "Late."})
    told = recover([intent()], {"projects": mine["projects"], "other": other["projects"]})
    assert told.states == {"run/1/7": IntentState.RESOLVED}


def test_without_a_stamp_only_what_is_there_counts_as_ours() -> None:
    """A person may have typed what one value was to be, before anything of it was written."""
    told = recover([intent()], read({STATUS: "At risk", REASON: None}))
    assert told.agreed == {"run/1/7": {STATUS: "At risk"}}
    assert recover([STAMPED], read({STATUS: "Paused", STAMP: OURS})).agreed == {"run/1/7": STAMPED.set}
