"""What every RunStore promises of words that stand in what it keeps: it finds them everywhere, and takes them out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync.core.doubts import doubt_about, doubt_id
from sync.core.frozen import Occasion
from sync.core.ownership import OwnedField
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import Decision, Frozen, IntentState, RunMode, RunStart
from tests.support.runstores import HOST, LIST, NIGHT, START, STORES, AnyStore, history, intent, store_world, take

NAME = "Gwennol Ó Brien"
PLACE = RecordId(HOST, LIST, 7)
DOUBT = doubt_id(history(9), PLACE)
A_REPORT = Frozen(
    id="board-1",
    occasion=Occasion.BOARD,
    board="ICT Programme Board",
    as_of=NIGHT,
    run_id="r1",
    made=START,
    why=f"As {NAME} asked",
)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyStore]:
    with store_world(request.param, tmp_path) as world:
        yield world.open()


def a_run(store: AnyStore, run_id: str, told: str) -> None:
    store.begin(RunStart(run_id, RunMode.RECONCILE, START, NIGHT))
    report = {"findings": [{"text": told, "item": 7}], "counts": {"on_track": 3}, "day": NIGHT, "none": None}
    store.finish(run_id, START + timedelta(minutes=1), "done", report)


def everywhere(store: AnyStore) -> None:
    """The name in a report, a decision, a settled and an open intent, and a value last written."""
    a_run(store, "r1", f"{NAME} is gone.")
    content = {"title": f"Plan of {NAME}", "findings": ["nothing"], "overdue": True}
    store.save_decisions("r1", "projects", [Decision(PLACE, "projects", f"P-7 {NAME}", content)])
    store.save_decisions("r1", "risks", [Decision(PLACE, "risks", "R-1", {"title": "A risk"})])
    lease = take(store)
    written = replace(
        intent(7), id="one", set={OwnedField.REASON: f"for {NAME}"}, was={OwnedField.OVERDUE_SINCE: NIGHT}
    )
    cut_short = replace(intent(8), id="two", set={OwnedField.REASON: None}, was={OwnedField.REASON: NAME})
    store.journal.intend(lease, [written, cut_short])
    baseline = Baseline(PLACE, {OwnedField.REASON: f"for {NAME}"}, None, "r1")
    store.journal.settle(lease, {"one": IntentState.DONE}, baselines=[baseline])
    about_people = history(7, f"Plan of {NAME}", place=NAME, matrix=NAME)
    store.journal.conclude(lease, [], known={}, histories=[about_people, history(8)])
    doubted = replace(history(9, f"Plan for {NAME}"), last_seen=NIGHT)
    store.save_doubts("r1", [doubt_about(doubted, about_people), doubt_about(history(8), history(10))])
    part = {"records": [{"id": [NAME, 7], "said": {"title": f"Plan of {NAME}"}, "values": {"board": NAME}}]}
    store.save_latest("r1", {"name": "Digital"}, {"projects": part, "values": {"records": []}})
    store.freeze(A_REPORT, {"says": [f"{NAME} left."]}, {"values": part, "risks": {"records": []}})


def test_words_are_found_wherever_they_stand(store: AnyStore) -> None:
    everywhere(store)
    run, source = intent(7).run_id, intent(7).source
    assert list(store.mentions("gwennol  ó BRIEN")) == [
        "decision about item 7 of projects",
        "frozen report board-1",
        "frozen report board-1, records of values",
        "frozen report latest, records of projects",
        "history 7",
        f"journal of run {run}, item 7 of {source}",
        f"journal of run {run}, item 8 of {source}",
        f"last values written to item 7 of list {LIST}",
        f"question {DOUBT}",
        "report of run r1",
    ]
    assert len(store.mentions("Gwennol")) == 10


@pytest.mark.parametrize("words", ["Gwen", "Brie", "", "  ", "r1", "findings", "(", "Gwennol Brien", ".*"])
def test_parts_of_words_names_of_fields_and_nothing_at_all_are_no_words(store: AnyStore, words: str) -> None:
    everywhere(store)
    assert list(store.mentions(words)) == []
    assert store.redact(words) == 0


def test_words_taken_out_are_gone_from_all_but_what_lists_and_recovery_still_need(store: AnyStore) -> None:
    everywhere(store)
    before = store.remembered(HOST, LIST)
    assert store.redact(NAME.upper()) == 8
    run, source = intent(7).run_id, intent(7).source
    assert list(store.mentions(NAME)) == [
        f"journal of run {run}, item 8 of {source}",
        f"last values written to item 7 of list {LIST}",
    ]
    report = store.report("r1")
    assert report is not None
    assert report["findings"] == [{"text": "(erased) is gone.", "item": 7}]
    assert (report["counts"], report["day"], report["none"]) == ({"on_track": 3}, NIGHT, None)
    (decision,) = store.decisions("p-7 (ERASED)")
    assert (decision.key, decision.content["title"]) == ("P-7 (erased)", "Plan of (erased)")
    assert [each.content for each in store.decisions("R-1")] == [{"title": "A risk"}]
    (kept,) = [each for each in store.journal.writes_of(run) if each.id == "one"]
    assert (kept.set, kept.was) == ({OwnedField.REASON: "for (erased)"}, {OwnedField.OVERDUE_SINCE: NIGHT})
    assert store.remembered(HOST, LIST) == before
    assert store.redact(NAME) == 0


def test_what_is_no_word_of_staffs_stays_so_that_what_is_kept_can_be_read_again(store: AnyStore) -> None:
    everywhere(store)
    store.redact(NAME)
    first, second = store.histories()
    assert (first.title, first.place, first.matrix) == ("Plan of (erased)", "(erased)", NAME)
    assert second == history(8)
    assert [each.question.count("(erased)") for each in store.doubts()] == [2, 0]
    frozen = store.archive("board-1")
    assert frozen is not None
    assert frozen.header == {"says": ["(erased) left."]}
    assert frozen.of == replace(A_REPORT, why="As (erased) asked")
    (kept,) = frozen.parts["values"]["records"]
    assert kept == {"id": [NAME, 7], "said": {"title": "Plan of (erased)"}, "values": {"board": NAME}}


def test_a_run_that_has_not_ended_has_no_report_to_look_into(store: AnyStore) -> None:
    store.begin(RunStart("r1", RunMode.PLAN, START, NIGHT))
    assert list(store.mentions(NAME)) == []
    assert store.redact(NAME) == 0
