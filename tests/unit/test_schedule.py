"""When a night is due, across restarts and both clock changes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sync.engine.schedule import (
    MOST_TRIES,
    NIGHTLY,
    latest_due,
    local_date,
    night_to_catch_up,
    night_to_finish,
    retry_at,
)
from sync.engine.state import RunMode, RunStart
from sync.engine.targets import Portfolio, Schedule
from sync.store.sql import SqlRunStore, open_store

LONDON = "Europe/London"
NIGHT = "17 2 * * *"


def portfolio(nightly: str | None = NIGHT) -> Portfolio:
    schedule = Schedule(nightly=nightly)
    return Portfolio(name="P", time_zone=LONDON, path=Path("p.yaml"), connections={}, sources={}, schedule=schedule)


@pytest.fixture
def store(tmp_path: Path) -> SqlRunStore:
    return open_store(f"sqlite:///{tmp_path / 'state.sqlite'}", new_id=lambda: "installation")


def begin(store: SqlRunStore, night: date, number: int = 1) -> bool:
    started = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
    return store.begin(RunStart(f"run-{number}", RunMode.NIGHTLY, started, night, job=NIGHTLY, night=night))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 6, 17, 1, 16, tzinfo=UTC), date(2026, 6, 16)),
        (datetime(2026, 6, 17, 1, 17, tzinfo=UTC), date(2026, 6, 17)),
        (datetime(2026, 6, 17, 23, 30, tzinfo=UTC), date(2026, 6, 17)),
        (datetime(2026, 12, 1, 2, 17, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 10, 25, 12, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 3, 29, 12, 0, tzinfo=UTC), date(2026, 3, 29)),
    ],
)
def test_the_latest_due_night_is_the_one_of_the_local_clock(now: datetime, due: date) -> None:
    found = latest_due(NIGHT, LONDON, now)
    assert found is not None
    assert found.date() == due


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)], ids=["March", "October"])
def test_every_night_around_a_clock_change_is_due_exactly_once(day: date) -> None:
    moments = [datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=15 * step) for step in range(384)]
    nights = [found.date() for moment in moments if (found := latest_due(NIGHT, LONDON, moment))]
    assert nights == sorted(nights)
    assert set(nights) >= {day + timedelta(days=offset) for offset in range(4)}


@pytest.mark.parametrize(
    ("schedule", "zone", "night", "now"),
    [
        ("30 1 * * *", LONDON, date(2026, 10, 25), datetime(2026, 10, 25, 12, tzinfo=UTC)),
        ("17 2 * * *", "Europe/Paris", date(2026, 11, 1), datetime(2026, 11, 1, 12, tzinfo=UTC)),
        ("17 2 * * *", "Pacific/Auckland", date(2026, 4, 5), datetime(2026, 4, 5, 6, tzinfo=UTC)),
    ],
)
def test_a_time_that_the_clocks_repeat_is_passed(schedule: str, zone: str, night: date, now: datetime) -> None:
    found = latest_due(schedule, zone, now)
    assert found is not None
    assert found.date() == night


def test_a_schedule_that_is_never_due_has_no_night() -> None:
    assert latest_due("17 2 29 2 *", LONDON, datetime(2026, 6, 17, tzinfo=UTC)) is None


def test_a_missed_night_is_caught_up_once_and_only_the_latest(store: SqlRunStore) -> None:
    now = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)
    assert night_to_catch_up(portfolio(), store, now) == date(2026, 6, 17)
    assert begin(store, date(2026, 6, 17))
    assert night_to_catch_up(portfolio(), store, now) is None
    assert not begin(store, date(2026, 6, 17), number=2), "two schedulers at once: one of them runs"
    assert night_to_catch_up(portfolio(), store, now + timedelta(days=5)) == date(2026, 6, 22)


def test_without_a_schedule_no_night_is_due(store: SqlRunStore) -> None:
    assert night_to_catch_up(portfolio(None), store, datetime(2026, 6, 17, 9, 0, tzinfo=UTC)) is None


DUE = date(2026, 6, 17)
LATER = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)


def resumed(store: SqlRunStore, number: int, outcome: str | None, mode: RunMode = RunMode.NIGHTLY) -> None:
    """A run after the night's own; it claims no night."""
    started = datetime(2026, 6, 17, 2, number, tzinfo=UTC)
    assert store.begin(RunStart(f"run-{number}", mode, started, DUE))
    if outcome is not None:
        store.finish(f"run-{number}", started, outcome, {})


@pytest.mark.parametrize(
    ("outcome", "is_open"),
    [(None, True), ("interrupted", True), ("done", False), ("waiting", False), ("partial", False), ("failed", False)],
)
def test_a_night_that_was_cut_short_is_finished(store: SqlRunStore, outcome: str | None, is_open: bool) -> None:
    assert night_to_finish(portfolio(), store, LATER) is None, "it has not begun, so it is caught up"
    assert begin(store, DUE)
    if outcome is not None:
        store.finish("run-1", LATER, outcome, {})
    assert night_to_catch_up(portfolio(), store, LATER) is None
    assert night_to_finish(portfolio(), store, LATER) == (DUE if is_open else None)
    assert night_to_finish(portfolio(), store, LATER + timedelta(days=1)) is None, "the next night does its work"


@pytest.mark.parametrize(
    ("outcome", "is_open"), [(None, True), ("interrupted", True), ("done", False), ("failed", False)]
)
def test_a_night_is_finished_until_one_of_its_runs_ends(store: SqlRunStore, outcome: str | None, is_open: bool) -> None:
    assert begin(store, DUE)
    resumed(store, 2, outcome)
    assert night_to_finish(portfolio(), store, LATER) == (DUE if is_open else None)


def test_what_a_person_runs_by_hand_is_no_try_of_the_nights(store: SqlRunStore) -> None:
    assert begin(store, DUE)
    resumed(store, 2, "done", RunMode.RECONCILE)
    resumed(store, 3, "done", RunMode.PLAN)
    assert night_to_finish(portfolio(), store, LATER) == DUE


def test_a_night_that_never_survives_is_left_to_the_next(store: SqlRunStore) -> None:
    assert begin(store, DUE)
    for number in range(2, MOST_TRIES):
        resumed(store, number, None)
    assert night_to_finish(portfolio(), store, LATER) == DUE
    resumed(store, MOST_TRIES, None)
    assert night_to_finish(portfolio(), store, LATER) is None


def test_without_a_schedule_there_is_nothing_to_finish_and_no_time_to_try_again(store: SqlRunStore) -> None:
    assert night_to_finish(portfolio(None), store, LATER) is None
    assert retry_at(portfolio(None), LATER) is None


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2026, 6, 17, 1, 17, 1, tzinfo=UTC), datetime(2026, 6, 17, 1, 27, 1, tzinfo=UTC)),
        (datetime(2026, 6, 17, 1, 6, 59, tzinfo=UTC), datetime(2026, 6, 17, 1, 16, 59, tzinfo=UTC)),
        (datetime(2026, 6, 17, 1, 7, tzinfo=UTC), None),
        (datetime(2026, 6, 17, 1, 16, tzinfo=UTC), None),
    ],
)
def test_a_night_whose_turn_another_had_is_looked_for_again_before_the_next(now: datetime, at: datetime | None) -> None:
    assert retry_at(portfolio(), now) == at


def test_a_schedule_that_is_never_due_again_bounds_nothing() -> None:
    assert retry_at(portfolio("17 2 30 2 *"), LATER) == LATER + timedelta(minutes=10)


def test_today_is_the_portfolios_not_utc() -> None:
    assert local_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), LONDON) == date(2026, 7, 1)
