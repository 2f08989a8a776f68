"""When a night is due, across restarts and both clock changes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sync.engine.schedule import NIGHTLY, latest_due, local_date, night_to_catch_up
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


def test_today_is_the_portfolios_not_utc() -> None:
    assert local_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), LONDON) == date(2026, 7, 1)
