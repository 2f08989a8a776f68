"""Something is overdue from the day after its due date, and never once it is over."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sync.core.dates import shown
from sync.core.model import Kind, Overdue, RiskStatus, WorkStatus
from sync.core.overdue import due_date, is_late, is_over, state
from sync.core.policy import Calendar, NonWorkingDay, OverduePolicy
from sync.core.snapshot import Record
from tests.support.portfolios import OPEN_CALENDAR, TODAY, record_of


def stands(
    record: Record, policy: OverduePolicy, calendar: Calendar, today: date
) -> tuple[Overdue | None, date | None]:
    """How a record stands against the day that staff gave."""
    return state(record, due_date(record), policy, calendar, today)


DUE, FORECAST = date(2026, 6, 3), date(2026, 6, 10)


@pytest.mark.parametrize(
    ("kind", "values", "due"),
    [
        (Kind.PROJECT, {"end": DUE, "original_end": FORECAST}, DUE),
        (Kind.PROJECT, {"original_end": DUE}, None),
        (Kind.MILESTONE, {"original": DUE}, DUE),
        (Kind.MILESTONE, {"original": DUE, "forecast": FORECAST}, FORECAST),
        (Kind.ISSUE, {"due": DUE}, DUE),
        (Kind.ACTION, {"due": DUE}, DUE),
        (Kind.RISK, {"next_review": DUE, "last_reviewed": FORECAST, "tolerance_end": FORECAST}, DUE),
        (Kind.PROGRAMME, {}, None),
    ],
)
def test_every_kind_is_due_on_one_date(kind: Kind, values: dict[str, Any], due: date | None) -> None:
    assert due_date(record_of(kind, **values)) == due


@pytest.mark.parametrize(
    ("days", "expected", "since"),
    [
        (-400, Overdue.OVERDUE, TODAY - timedelta(days=400)),
        (-1, Overdue.OVERDUE, TODAY - timedelta(days=1)),
        (0, Overdue.DUE_SOON, None),
        (7, Overdue.DUE_SOON, None),
        (8, Overdue.ON_TIME, None),
    ],
)
def test_the_due_day_itself_is_not_late_and_the_seventh_day_from_today_is_soon(
    days: int, expected: Overdue, since: date | None
) -> None:
    action = record_of(Kind.ACTION, due=TODAY + timedelta(days=days))
    assert stands(action, OverduePolicy(), OPEN_CALENDAR, TODAY) == (expected, since)


def test_how_soon_is_soon_is_policy() -> None:
    action = record_of(Kind.ACTION, due=TODAY + timedelta(days=7))
    assert stands(action, OverduePolicy(due_soon_days=6), OPEN_CALENDAR, TODAY) == (Overdue.ON_TIME, None)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.PROJECT, {"end": DUE, "status": WorkStatus.COMPLETE}),
        (Kind.PROJECT, {"end": DUE, "status": WorkStatus.CLOSED}),
        (Kind.MILESTONE, {"original": DUE, "actual": FORECAST}),
        (Kind.MILESTONE, {"original": DUE, "status": WorkStatus.COMPLETE}),
        (Kind.ISSUE, {"due": DUE, "status": RiskStatus.CLOSED}),
        (Kind.ACTION, {"due": DUE, "done": FORECAST, "status": WorkStatus.IN_PROGRESS}),
        (Kind.ACTION, {"due": DUE, "status": WorkStatus.CLOSED}),
        (Kind.RISK, {"next_review": DUE, "status": RiskStatus.CLOSED}),
    ],
)
def test_what_is_over_is_closed_whatever_its_date(kind: Kind, values: dict[str, Any]) -> None:
    assert stands(record_of(kind, **values), OverduePolicy(), OPEN_CALENDAR, TODAY) == (Overdue.CLOSED, None)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.PROJECT, {"end": DUE}),
        (Kind.PROJECT, {"end": DUE, "status": WorkStatus.ON_HOLD}),
        (Kind.MILESTONE, {"original": DUE, "status": WorkStatus.UNKNOWN}),
        (Kind.RISK, {"next_review": DUE, "status": RiskStatus.MATERIALISED}),
        (Kind.ISSUE, {"due": DUE, "status": RiskStatus.UNKNOWN}),
    ],
)
def test_what_nobody_said_is_over_can_be_late(kind: Kind, values: dict[str, Any]) -> None:
    assert stands(record_of(kind, **values), OverduePolicy(), OPEN_CALENDAR, TODAY) == (Overdue.OVERDUE, DUE)


def test_no_date_is_a_state_of_its_own() -> None:
    assert stands(record_of(Kind.PROJECT), OverduePolicy(), OPEN_CALENDAR, TODAY) == (Overdue.NO_DATE, None)


def test_a_programme_has_no_due_date_and_never_ends() -> None:
    programme = record_of(Kind.PROGRAMME)
    assert stands(programme, OverduePolicy(), OPEN_CALENDAR, TODAY) == (None, None)
    assert not is_over(programme)


def test_something_due_on_a_closed_day_is_late_after_the_next_working_day_where_the_policy_says_so() -> None:
    saturday = date(2026, 6, 13)
    closed_monday = Calendar(frozenset({date(2026, 6, 15)}))
    moving = OverduePolicy(due_on_non_working_day=NonWorkingDay.NEXT)
    action = record_of(Kind.ACTION, due=saturday)
    assert stands(action, moving, closed_monday, date(2026, 6, 16)) == (Overdue.DUE_SOON, None)
    assert stands(action, moving, closed_monday, date(2026, 6, 17)) == (Overdue.OVERDUE, saturday)
    assert stands(action, OverduePolicy(), closed_monday, date(2026, 6, 14)) == (Overdue.OVERDUE, saturday)


@pytest.mark.parametrize(("days", "late"), [(27, False), (28, False), (29, True)])
def test_more_than_28_days_is_late(days: int, late: bool) -> None:
    assert is_late(TODAY - timedelta(days=days), OverduePolicy(), OPEN_CALENDAR, TODAY) is late


@pytest.mark.parametrize(
    ("stored", "zone", "has_note"),
    [
        ("2026-06-30T23:00:00Z", "Europe/London", False),
        ("2026-07-01T07:00:00Z", "America/Los_Angeles", False),
        ("2026-07-01T00:00:00Z", "Europe/London", True),
        ("2026-07-01T00:00:00Z", "America/Los_Angeles", True),
    ],
)
def test_the_first_of_july_is_due_on_that_day_and_overdue_on_the_second(stored: str, zone: str, has_note: bool) -> None:
    read = shown(datetime.fromisoformat(stored), zone)
    project = record_of(Kind.PROJECT, end=read.day, status=WorkStatus.ON_TRACK)
    first = date(2026, 7, 1)
    assert (read.day, read.note is not None) == (first, has_note)
    assert stands(project, OverduePolicy(), OPEN_CALENDAR, first) == (Overdue.DUE_SOON, None)
    assert stands(project, OverduePolicy(), OPEN_CALENDAR, date(2026, 7, 2)) == (Overdue.OVERDUE, first)
