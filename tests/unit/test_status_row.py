"""The row of the status list: what it says, and that it is told once a day."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.core.audit import Anchor
from sync.core.columns import Cell, Row
from sync.core.plan import Guard, Plan, Refusal
from sync.core.provisioning.own_lists import status_list
from sync.core.provisioning.own_rows import RowChange, day_of
from sync.core.provisioning.status_columns import OUTCOME_WORDS, Kept
from sync.core.provisioning.status_row import GOOD, Passed, changed_status, other_installation, status_cells
from sync.core.run_report import Outcome, ReadState, Requests, RunReport, SourceProblem, SourceReport, WriteCounts

TODAY, TOMORROW = date(2026, 6, 17), date(2026, 6, 18)
FINISHED = datetime(2026, 6, 17, 1, 18, 59, 123456, tzinfo=UTC)
NEXT = datetime(2026, 6, 18, 1, 17, tzinfo=UTC)
BROKEN = SourceProblem(15, "It did not answer.", "Check the network.")
READ = (SourceReport("projects", ReadState.COMPLETE, 12), SourceReport("hr", ReadState.COMPLETE, 3))


def refusal(source: str, *, approvable: bool = True) -> Refusal:
    return Refusal(source, Guard.FIRST_RUN, "Seen.", "Limit.", "Advice.", approvable)


def passed(outcome: Outcome = Outcome.DONE, today: date = TODAY, **more: Any) -> Passed:
    refusals = more.pop("refusals", ())
    report = RunReport(
        id="20260617T011700Z-ab12",
        mode="nightly",
        started=FINISHED,
        finished=FINISHED,
        today=today,
        outcome=outcome,
        plan=Plan((), refusals, (), "policy"),
        **{"sources": READ, "writes": WriteCounts(applied=7), **more},
        rollup=(),
        findings=(),
        requests=Requests(),
        timings={},
    )
    return Passed(
        portfolio="Digital Strategy",
        report=report,
        restricted=frozenset({"hr", "legal"}),
        next_run=NEXT,
        head=Anchor(41, "3fa9"),
        installation="ours",
        release="1.2.3",
    )


def items(told: Passed, number: int = 1) -> dict[int, Row]:
    return {number: Row(number, "1", status_cells(told))}


def test_the_row_says_how_the_service_is() -> None:
    assert status_cells(passed()) == {
        "Title": "Digital Strategy",
        "PSKey": "digital strategy",
        "PSLastGoodRun": datetime(2026, 6, 17, 1, 18, 59, tzinfo=UTC),
        "PSDay": datetime(2026, 6, 17, 12, tzinfo=UTC),
        "PSRun": "20260617T011700Z-ab12",
        "PSOutcome": "Done",
        "PSListsRead": 2,
        "PSListsUnread": 0,
        "PSUnread": None,
        "PSItemsWritten": 7,
        "PSWaiting": 0,
        "PSNextRun": NEXT,
        "PSChainHead": "41 3fa9",
        "PSInstallation": "ours",
        "PSRelease": "1.2.3",
        "PSMessage": None,
    }
    assert day_of(items(passed())[1], "PSDay") == TODAY


def test_every_cell_has_its_column_and_every_column_its_cell() -> None:
    columns = {each.name for each in status_list("x").columns}
    assert {"Title", *columns} == {*status_cells(passed()), Kept.WRITE_TEST}, "the write test writes its own"


def test_before_the_first_entry_and_without_a_schedule_there_is_nothing_to_say() -> None:
    cells = status_cells(replace(passed(), head=Anchor(), next_run=None, release=""))
    assert (cells["PSChainHead"], cells["PSNextRun"], cells["PSRelease"]) == ("0", None, None)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("held", [None, TODAY, date(2026, 6, 16), TOMORROW])
def test_a_good_run_is_told_of_once_a_day_and_any_other_never(outcome: Outcome, held: date | None) -> None:
    there = items(passed(today=held), 4) if held else {}
    change = changed_status(there, passed(outcome))
    if outcome not in GOOD or held == TODAY:
        assert change is None
    else:
        assert change == RowChange(4 if held else None, status_cells(passed(outcome)))
        assert change.cells["PSOutcome"] == OUTCOME_WORDS[outcome]


@pytest.mark.parametrize("state", [ReadState.PARTIAL, ReadState.FAILED])
def test_a_run_that_read_no_list_whole_is_no_good_run(state: ReadState) -> None:
    told = passed(Outcome.PARTIAL, sources=(SourceReport("projects", state, 0, (BROKEN,)),))
    assert (told.has_figures, changed_status({}, told)) == (False, None)


def test_rows_of_other_portfolios_and_a_day_that_was_cleared_are_no_row_of_today() -> None:
    other = items(replace(passed(), portfolio="Capital"))
    change = changed_status(other, passed())
    assert change is not None
    assert change.item_id is None
    cleared: dict[str, Cell] = {**status_cells(passed()), "PSDay": None}
    change = changed_status({1: Row(1, "1", cleared)}, passed())
    assert change is not None
    assert change.item_id == 1


UNREAD = tuple(SourceReport(name, ReadState.FAILED, 0, (BROKEN,)) for name in ("risks", "capital", "hr", "legal"))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"sources": (READ[0], *UNREAD[:2])},
            {
                "PSListsRead": 1,
                "PSListsUnread": 2,
                "PSUnread": "capital: It did not answer.\nrisks: It did not answer.",
                "PSMessage": "Run `check` to see why lists could not be read.",
            },
        ),
        ({"sources": (READ[0], UNREAD[2])}, {"PSListsUnread": 1, "PSUnread": "A restricted list."}),
        (
            {"sources": (READ[0], *UNREAD[1:])},
            {"PSListsUnread": 3, "PSUnread": "capital: It did not answer.\n2 restricted lists."},
        ),
        (
            {"outcome": Outcome.WAITING, "refusals": (refusal("projects"), refusal("hr"))},
            {
                "PSOutcome": "Waiting for approval",
                "PSWaiting": 2,
                "PSMessage": "Something waits for an approval in projects and a restricted list: run `plan` to see "
                "what, and how to approve it.",
            },
        ),
        (
            {"refusals": (refusal("projects"),), "lifted": frozenset({refusal("projects")})},
            {"PSWaiting": 0, "PSMessage": None},
        ),
        (
            {"outcome": Outcome.WAITING},
            {"PSMessage": "Writes wait for an approval: run `plan` to see which, and how to approve them."},
        ),
        (
            {
                "outcome": Outcome.PARTIAL,
                "refusals": (refusal("projects", approvable=False), refusal("risks", approvable=False)),
                "sources": (READ[0], UNREAD[0]),
                "writes": WriteCounts(failed=1, raced=1),
            },
            {
                "PSOutcome": "Partly done",
                "PSItemsWritten": 0,
                "PSMessage": "Run `check` to see why lists could not be read. Run `plan` to see why nothing may be "
                "written in projects. 2 items could not be written; the next run tries again.",
            },
        ),
    ],
)
def test_what_was_left_undone_is_said_with_what_to_do(more: dict[str, Any], expected: dict[str, Cell]) -> None:
    cells = status_cells(passed(**more))
    assert {name: cells[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("wrote", "expected"), [("ours", None), ("theirs", "theirs"), ("", None), (None, None), (" theirs ", "theirs")]
)
def test_another_installation_is_seen_in_the_row(wrote: str | None, expected: str | None) -> None:
    cells: dict[str, Cell] = {**status_cells(passed()), "PSInstallation": wrote}
    assert other_installation({1: Row(1, "1", cells)}, "digital  STRATEGY", "ours") == expected
    assert other_installation({}, "Digital Strategy", "ours") is None
