"""Whatever is sent, by however many threads and however slowly it is answered: no minute and no day sees more than the
ceiling, as the embedded SharePoint counts them, and nothing is sent while the host wants nothing."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.emulator.rules.budgets import Budget, Scope
from connectors.sharepoint.budget import Ceiling
from connectors.sharepoint.gate import Gate

NOW = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """What a thread sends after a pause: it arrives some part of the way to its answer, which may tell to wait."""

    units: int
    pause: float
    takes: float
    arrives: float
    told: int | None


@dataclass
class Traffic:
    """Threads that take turns on a clock that jumps from one event to the next."""

    ceiling: Ceiling
    at: datetime = NOW
    arrived: list[tuple[datetime, int]] = field(default_factory=list)
    quiet: list[tuple[datetime, datetime]] = field(default_factory=list)
    sent: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps within the gate")

    def run(self, threads: Sequence[Sequence[Sent]]) -> None:
        gate = Gate(self, self.ceiling)
        walks = [self._walk(gate, thread) for thread in threads]
        due = [(NOW, number) for number in range(len(walks))]
        while due:
            self.at, number = heapq.heappop(due)
            pause = next(walks[number], None)
            if pause is not None:
                heapq.heappush(due, (self.at + timedelta(seconds=pause), number))

    def _walk(self, gate: Gate, thread: Sequence[Sent]) -> Iterator[float]:
        for each in thread:
            yield each.pause
            while (hold := gate.hold(each.units)) is not None:
                assert not gate.enter(each.units)
                assert 0 < hold.seconds <= 90_000
                yield hold.seconds
            assert gate.enter(each.units)
            self.sent.append(self.at)
            self.arrived.append((self.at + timedelta(seconds=each.takes * each.arrives), each.units))
            yield each.takes
            if each.told is not None:
                gate.told_to_wait(each.told)
                self.quiet.append((self.at, self.at + timedelta(seconds=each.told)))
            gate.leave(each.units)


def most_used(traffic: Traffic, scope: Scope) -> int:
    """As the embedded SharePoint counts it, at the arrival of every request."""
    budget, most = Budget(scope, "app", 1_250), 0
    for at, units in sorted(traffic.arrived):
        budget.add(units * traffic.ceiling.price, at)
        most = max(most, budget.used(at))
    return most


requests = st.builds(
    Sent,
    units=st.integers(0, 30),
    pause=st.sampled_from([0.0, 0.3, 7.0, 59.5, 61.0]),
    takes=st.floats(0, 90),
    arrives=st.floats(0, 1),
    told=st.none() | st.integers(0, 120),
)


@given(
    threads=st.lists(st.lists(requests, max_size=12), min_size=1, max_size=4),
    ceiling=st.builds(Ceiling, minute=st.integers(60, 150), day=st.integers(200, 400), price=st.integers(1, 2)),
)
def test_no_minute_and_no_day_sees_more_than_the_ceiling(threads: list[list[Sent]], ceiling: Ceiling) -> None:
    traffic = Traffic(ceiling)
    traffic.run(threads)
    assert len(traffic.sent) == sum(map(len, threads)), "everything is sent in the end"
    assert most_used(traffic, Scope.APP_MINUTE) <= ceiling.minute
    assert most_used(traffic, Scope.APP_DAY) <= ceiling.day
    assert not [at for at in traffic.sent for begin, end in traffic.quiet if begin < at < end]
