"""What `serve` does when a night is due: runs it, finishes it, waits its turn, and goes on serving whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sync.cli import serve as serving
from sync.cli.serve import Nights
from sync.engine import run as engine
from sync.engine.run import RunContext, RunRequest
from sync.engine.schedule import NIGHTLY
from sync.engine.state import RunMode, RunStart
from sync.engine.stop import Stop
from sync.engine.targets import Portfolio, Schedule
from sync.errors import LockHeldError, PortfolioSyncError, StoppedError, UnreachableError
from sync.store.sql import open_store
from tests.support.fake_clock import FakeClock

DUE = date(2026, 6, 17)
NOW = datetime(2026, 6, 17, 1, 20, tzinfo=UTC)
PORTFOLIO = Portfolio(
    name="Council",
    time_zone="Europe/London",
    path=Path("portfolio.yaml"),
    connections={},
    sources={},
    schedule=Schedule(nightly="17 2 * * *"),
)


class Night:
    """A scheduler's hand, with an engine that does as it is told: `outcome` of a run, or an error."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = open_store(f"sqlite:///{folder / 'state.sqlite'}", new_id=lambda: "installation")
        self.context = RunContext(
            portfolio=PORTFOLIO, lists={}, runs=self.store, clock=FakeClock(NOW), new_suffix=lambda: "abcd"
        )
        self.stop = Stop()
        self.again: list[datetime] = []
        self.said: list[str] = []
        self.asked: list[RunRequest] = []
        self.outcome: str | PortfolioSyncError = "done"
        self.nights = Nights(PORTFOLIO, self.stop, self.again.append, lambda: NOW)
        monkeypatch.setattr(serving, "tell", self.said.append)
        monkeypatch.setattr("sync.wiring.open_run", self.open_run)
        monkeypatch.setattr(engine, "execute", self.execute)

    @contextmanager
    def open_run(self, path: Path, *, stop: Stop) -> Iterator[RunContext]:
        assert (path, stop) == (self.context.portfolio.path, self.stop)
        yield self.context

    def execute(self, context: RunContext, request: RunRequest, *, approver: Callable[..., Any]) -> Any:
        assert approver is engine.proceed_unapproved, "serve never approves"
        self.asked.append(request)
        if isinstance(self.outcome, PortfolioSyncError):
            raise self.outcome
        return SimpleNamespace(
            report=SimpleNamespace(outcome=self.outcome, writes=SimpleNamespace(applied=3), id="run-9")
        )

    def begun(self, outcome: str | None) -> None:
        """The night's own run, and how it ended."""
        assert self.store.begin(RunStart("run-1", RunMode.NIGHTLY, NOW, DUE, job=NIGHTLY, night=DUE))
        if outcome is not None:
            self.store.finish("run-1", NOW, outcome, {})


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    made = Night(tmp_path, monkeypatch)
    yield made
    made.store.close()


def test_a_due_night_is_run_as_that_night(night: Night) -> None:
    night.nights.run()
    assert night.asked == [RunRequest(RunMode.NIGHTLY, night=DUE)]
    assert night.said == ["Night of 2026-06-17: done; 3 items written; run run-9."]
    assert night.again == []


@pytest.mark.parametrize("outcome", ["done", "waiting", "partial", "failed"])
def test_a_night_that_ended_is_not_run_again(night: Night, outcome: str) -> None:
    night.begun(outcome)
    night.nights.run()
    assert night.asked == []
    assert night.said == ["No night is due that has not run."]


@pytest.mark.parametrize("outcome", [None, "interrupted"], ids=["killed", "stopped"])
def test_a_night_that_was_cut_short_is_finished_by_a_run_without_a_night(night: Night, outcome: str | None) -> None:
    night.begun(outcome)
    night.nights.run()
    assert night.asked == [RunRequest(RunMode.NIGHTLY)]
    assert night.said == ["Rest of the night of 2026-06-17: done; 3 items written; run run-9."]


def test_where_another_run_holds_the_lock_the_night_is_looked_for_again(night: Night) -> None:
    night.outcome = LockHeldError("Run 20260617T011000Z-beef holds the lock.")
    night.nights.run()
    assert night.again == [NOW + timedelta(minutes=10)]
    assert night.said == ["Not run: Run 20260617T011000Z-beef holds the lock. Looking again at 02:30."]


def test_shortly_before_the_next_night_that_night_is_waited_for(night: Night) -> None:
    night.outcome = LockHeldError("Run 20260617T011000Z-beef holds the lock.")
    nights = Nights(PORTFOLIO, night.stop, night.again.append, lambda: datetime(2026, 6, 18, 1, 10, tzinfo=UTC))
    nights.run()
    assert night.again == []
    assert night.said == ["Not run: Run 20260617T011000Z-beef holds the lock. The next night is due soon."]


def test_a_failure_is_told_and_ends_nothing(night: Night) -> None:
    night.outcome = UnreachableError("The host does not answer.", "Try again.")
    night.nights.run()
    assert night.said == ["The nightly run failed: The host does not answer. Try again."]
    assert night.again == []


def test_told_to_stop_in_the_middle_it_says_who_finishes_the_night(night: Night) -> None:
    night.outcome = StoppedError("Told to stop before the work was done.")
    night.nights.run()
    assert night.said == ["The night was cut short; it is finished when `serve` is started again."]


def test_told_to_stop_before_its_turn_came_it_begins_nothing(night: Night) -> None:
    night.stop.request()
    night.nights.run()
    assert (night.asked, night.said) == ([], [])
