"""A write whose answer was lost is settled by reading; what stays in doubt stays open for the next run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sync.core.approval import Consent, Level
from sync.core.columns import Column, ColumnType, Row
from sync.core.ownership import OwnedField, WriteMode
from sync.engine.apply import target_of
from sync.engine.patch import with_rows
from sync.engine.ports import Outcome, Unknown
from sync.engine.read import SourceRead
from sync.engine.run import RunResult, proceed_unapproved
from sync.engine.state import IntentState
from sync.errors import DefectError, ExitCode, StoppedError, UnreachableError
from tests.support.engine_world import Council, council

PROJECTS = frozenset({"projects"})


def loses_answers(lists: Council, item: int, *done: bool) -> list[bool]:
    """The answers to this many writes of a project are lost, each after it was `done`, or before."""
    left, write = list(done), lists.store._write

    def lossy(found: Any, asked: Any, mode: Any) -> Outcome:
        if not left or found is not lists.projects or asked.item_id != item:
            return write(found, asked, mode)
        if left.pop(0):
            write(found, asked, mode)
        return Unknown("the answer was lost")

    lists.store._write = lossy  # type: ignore[method-assign]
    return left


def state_of(lists: Council, item: int) -> IntentState:
    journal = lists.context.runs.journal
    (state,) = (each.state for each in journal.writes_of(lists.reports[-1].id) if each.record.item_id == item)
    return state


@pytest.mark.parametrize(
    ("done", "applied", "state"),
    [
        ([True], 12, IntentState.DONE),
        ([False], 12, IntentState.DONE),
        ([False, True], 12, IntentState.DONE),
        ([False, False], 11, IntentState.OPEN),
    ],
    ids=["done", "not done", "done the second time", "twice not done"],
)
def test_a_lost_answer_is_settled_by_reading_and_one_more_try(
    done: list[bool], applied: int, state: IntentState, tmp_path: Path
) -> None:
    with council(tmp_path) as lists:
        left = loses_answers(lists, 4, *done)
        result = lists.run(only=PROJECTS)
        assert left == [], "every answer that could be lost was lost"
        assert (result.report.writes.applied, result.report.writes.unknown) == (applied, 12 - applied)
        assert state_of(lists, 4) is state
        assert result.exit_code is (ExitCode.DONE if applied == 12 else ExitCode.PARTIAL)
        lists.run(only=PROJECTS)
        assert lists.owned(lists.projects, 4)["PSStatus"] == "On track"
        assert lists.context.runs.journal.open_intents() == ()


def test_where_the_item_cannot_be_read_after_the_second_try_either_it_stays_open(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        loses_answers(lists, 4, False, True)
        reading, alone = lists.store.read_items, iter([None, UnreachableError("No answer.")])

        def once(source: Any, schema: Any, columns: Sequence[str], items: Sequence[int]) -> Any:
            if list(items) == [4] and (error := next(alone, None)):
                raise error
            return reading(source, schema, columns, items)

        lists.store.read_items = once  # type: ignore[method-assign]
        result = lists.run(only=PROJECTS)
        problems = [problem.text for source in result.report.sources for problem in source.problems]
        assert problems == ["1 of the planned items: the answer was lost; No answer."]
        assert state_of(lists, 4) is IntentState.OPEN
        assert lists.run(only=PROJECTS).report.plan.writes == (), "it was done, as the next run finds out"
        assert lists.context.runs.journal.open_intents() == ()


def test_a_stop_in_the_middle_of_a_request_keeps_what_is_known_and_leaves_the_rest_open(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        applying = lists.store.apply

        def stopped(source: Any, *arguments: Any) -> Iterator[Outcome]:
            for number, outcome in enumerate(applying(source, *arguments)):
                if number == 2:
                    lists.context.stop.request()
                    raise StoppedError("It was told to stop while it waited.")
                yield outcome

        lists.store.apply = stopped  # type: ignore[method-assign]
        result = lists.run(only=PROJECTS, canary=3)
        assert (result.exit_code, result.report.writes.applied) == (ExitCode.INTERRUPTED, 2)
        states = [state_of(lists, number) for number in (1, 2, 3, 4)]
        assert states == [IntentState.DONE, IntentState.DONE, IntentState.OPEN, IntentState.SKIPPED]
        lists.store.apply = applying  # type: ignore[method-assign]
        lists.again()
        after = lists.run(only=PROJECTS)
        assert after.exit_code is ExitCode.DONE
        assert "projects: of 1 write that a run cut short had left open, 1 had been done." in texts(after)


def texts(result: RunResult) -> list[str]:
    return [finding.text for finding in result.report.findings]


def test_a_list_that_has_left_the_portfolio_is_told_as_long_as_it_holds_values(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.run()
        rest = {name: each for name, each in lists.context.portfolio.sources.items() if name != "risks"}
        lists.context = replace(lists.context, portfolio=replace(lists.context.portfolio, sources=rest))
        said = "1 item of 'risks' hold values that are no longer written, because no source has that list."
        assert said in texts(lists.run())


def test_the_stamp_of_another_installation_is_told_until_a_resync_accepts_it(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        lists.projects.columns = (*lists.projects.columns, Column("PSStamp", "Stamp", ColumnType.TEXT))
        projects = lists.context.portfolio.sources["projects"]
        stamped = replace(projects.write, columns={**projects.write.columns, OwnedField.STAMP: "PSStamp"})
        lists.context.portfolio.sources["projects"] = replace(projects, write=stamped)  # type: ignore[index]
        lists.run()
        lists.projects.write(4, {"PSStamp": "another 20260101T011700Z-0001"}, WriteMode.QUIET)
        told = [text for text in texts(lists.run()) if "installation" in text]
        assert len(told) == 1
        consent = Consent(write=True, level=Level.DIGEST, through="test")
        for _accepts_then_finds_nothing in range(2):
            assert lists.run(resync=True, approver=lambda _plan: consent).exit_code is ExitCode.DONE
        assert [text for text in texts(lists.run(approver=proceed_unapproved)) if "installation" in text] == []
        assert lists.projects.items[4].cells["PSStamp"] == "another 20260101T011700Z-0001"


def test_what_was_not_read_is_neither_written_to_nor_patched(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        unread = SourceRead(lists.context.portfolio.sources["projects"], error=UnreachableError("No answer."))
        assert with_rows(unread, [1], {1: Row(1, '"1"', {})}) is unread
        with pytest.raises(DefectError, match="'projects' was not read"):
            target_of(unread, lists.context.lists)
