"""What earlier runs used within a day, by what they reported."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.engine.spending import spent_within_a_day
from sync.engine.state import RunMode, RunStart
from sync.store.sql import SqlRunStore, open_store

NOW = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRunStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'state.sqlite'}", new_id=lambda: "installation")
    yield opened
    opened.close()


def ran(store: SqlRunStore, number: int, ended: timedelta | None, report: dict[str, Any]) -> None:
    """A run that ended so long ago, or has not."""
    started = NOW - timedelta(hours=30)
    assert store.begin(RunStart(f"run-{number}", RunMode.PLAN, started, started.date()))
    if ended is not None:
        store.finish(f"run-{number}", NOW - ended, "done", report)


def used(units: int) -> dict[str, Any]:
    return {"requests": {"resource_units": units}}


def test_runs_count_when_they_ended_and_for_a_day(store: SqlRunStore) -> None:
    ran(store, 1, timedelta(hours=24), used(1))
    ran(store, 2, timedelta(hours=23, minutes=59), used(20))
    ran(store, 3, timedelta(hours=1), used(300))
    spent = spent_within_a_day(store, NOW)
    assert sorted(spent) == [(NOW - timedelta(hours=23, minutes=59), 20), (NOW - timedelta(hours=1), 300)]


def test_runs_that_asked_nothing_or_are_under_way_count_for_nothing(store: SqlRunStore) -> None:
    ran(store, 1, None, {})
    ran(store, 2, timedelta(), used(0))
    ran(store, 3, timedelta(), {"lists": []})
    assert spent_within_a_day(store, NOW) == []
