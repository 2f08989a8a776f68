"""A slow night that office hours cut short, and the next one, which goes on without doing anything twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest

from config import samples
from config.portfolio import load_portfolio
from connectors.emulator.rules.history import Entry
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.budget import ceiling_of, limits_under
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.store import SharePointStore
from sync.clock import SystemClock
from sync.core.run_report import Outcome
from sync.engine.ports import RunStore
from sync.engine.run import RunContext, RunRequest, RunResult, approve_as, execute
from sync.engine.schedule import NIGHTLY, stop_before_office_hours
from sync.engine.spending import spent_within_a_day
from sync.engine.state import RunMode
from sync.engine.stop import Stop
from sync.engine.targets import OfficeHours, Pace, Portfolio
from sync.errors import StoppedError
from sync.store.sql import open_store
from tests.support import judge
from tests.support.emulator import RunningEmulator, running_emulator
from tests.support.fake_clock import FakeClock

NAME = "digital-strategy"
TODAY = samples.day(NAME)
BEGIN = datetime.combine(TODAY, time(6, 30), UTC)
"""When the office hours begin: 07:30 in London in June."""
PACE = Pace(share=5, rest_price=2, sites_at_once=1, office_hours=OfficeHours(start=time(7, 30), end=time(18, 30)))


class Watch(SystemClock):
    """The machine's clock, its naps and all, on a time that passes only in these."""

    def __init__(self, time_of_day: FakeClock, stop: Stop) -> None:
        self.shown = time_of_day
        super().__init__(stop, nap=time_of_day.sleep, tick=lambda: time_of_day.now().timestamp())

    def now(self) -> datetime:
        return self.shown.now()


@dataclass
class Council:
    """The sample at a strict server, with one database for all its nights."""

    emulator: RunningEmulator
    portfolio: Portfolio
    runs: RunStore
    time: FakeClock
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def entries(self) -> list[Entry]:
        return self.emulator.service.history.entries

    def night(self, begins: datetime) -> RunResult:
        self.time.sleep((begins - self.time.now()).total_seconds())
        stop = stop_before_office_hours(self.portfolio, Stop(), self.time.now)
        clock = Watch(self.time, stop)
        ceiling = ceiling_of(self.portfolio.pace)
        connection = self.portfolio.connections["demo"]
        store = SharePointStore(
            connection,
            EmulatorSignIn(connection.host),
            clock,
            limits=limits_under(ceiling),
            gate=Gate(clock, ceiling, spent_within_a_day(self.runs, clock.now())),
        )
        with closing(store):
            context = RunContext(
                portfolio=self.portfolio,
                lists={"demo": store},
                admins={"demo": store.admin},
                runs=self.runs,
                clock=clock,
                new_suffix=lambda: f"{next(self.numbers):04x}",
                stop=stop,
            )
            night = begins.date()
            assert not self.runs.night_done(NIGHTLY, night)
            return execute(
                context, RunRequest(RunMode.NIGHTLY, today=TODAY, night=night), approver=approve_as("a test")
            )

    def written(self) -> Counter[tuple[str, int]]:
        """How often each item was written."""
        return Counter(
            (entry.list, number)
            for entry in self.entries
            if judge.is_item_write(entry) and entry.status < 400
            for number in judge.numbers(entry.items)
        )


@contextmanager
def council(folder: Path) -> Iterator[Council]:
    begun = FakeClock(BEGIN - timedelta(days=1))
    service = Service(load_world(samples.world(NAME), clock=begun.now), throttle=Throttle(Mode.STRICT, seed=1))
    with running_emulator(service) as emulator:
        file = folder / "portfolio.yaml"
        text = samples.portfolio_text(NAME, base_url=emulator.base_url, portfolio_name="Night")
        file.write_text(text, encoding="utf-8")
        runs = open_store(f"sqlite:///{folder / 'state.sqlite'}", new_id=lambda: "installation")
        with closing(runs):
            yield Council(emulator, replace(load_portfolio(file), pace=PACE), runs, begun)


def next_night(after: date) -> datetime:
    return datetime.combine(after + timedelta(days=1), time(1, 17), UTC)


def test_a_night_stops_in_time_for_the_office_hours_and_the_next_goes_on(tmp_path: Path) -> None:
    with council(tmp_path) as held:
        first = held.night(BEGIN - timedelta(minutes=12))
        assert first.report.outcome is Outcome.INTERRUPTED
        so_far = held.written()
        assert len(so_far) > 0
        assert max(entry.at for entry in held.entries) < BEGIN
        asked = len(held.entries)
        second = held.night(next_night(TODAY))
        assert second.report.outcome is Outcome.DONE
        assert min(entry.at for entry in held.entries[asked:]) >= next_night(TODAY)
        assert len(held.written()) > len(so_far)
        assert set(held.written().values()) == {1}, "nothing is written twice"
        assert judge.early_requests(held.entries) == []
        assert judge.busiest(held.entries) <= ceiling_of(PACE).minute


def test_a_night_that_has_only_read_when_it_is_stopped_says_why(tmp_path: Path) -> None:
    with council(tmp_path) as held:
        with pytest.raises(StoppedError, match=r"office hours, which begin at 07:30\."):
            held.night(BEGIN - timedelta(minutes=5, seconds=30))
        assert held.written() == Counter()
        assert max(entry.at for entry in held.entries) <= BEGIN - timedelta(minutes=5)
