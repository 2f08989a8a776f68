"""The flag that ends a run, and the clock whose waits it ends."""

import pytest

from sync.clock import NAP, SystemClock
from sync.engine.stop import Stop
from sync.errors import ExitCode, StoppedError


class Time:
    """Passes only in naps; `raise_after` raises the flag once so much of it has passed."""

    def __init__(self, stop: Stop, raise_after: float | None = None) -> None:
        self.stop, self.raise_after = stop, raise_after
        self.passed = 0.0
        self.longest = 0.0

    def nap(self, seconds: float) -> None:
        assert seconds > 0
        self.passed += seconds
        self.longest = max(self.longest, seconds)
        if self.raise_after is not None and self.passed >= self.raise_after:
            self.stop.request()


def clock(time: Time) -> SystemClock:
    return SystemClock(time.stop, nap=time.nap, tick=lambda: time.passed)


def test_a_flag_is_raised_once_and_stays() -> None:
    stop = Stop()
    stop.check()
    assert not stop.requested
    stop.request()
    stop.request()
    assert stop.requested
    with pytest.raises(StoppedError) as told:
        stop.check()
    assert told.value.exit_code is ExitCode.INTERRUPTED


@pytest.mark.parametrize("seconds", [0.05, 1.0, 120.0])
def test_a_wait_that_nobody_ends_lasts_as_long_as_was_asked(seconds: float) -> None:
    time = Time(Stop())
    clock(time).sleep(seconds)
    assert time.passed == pytest.approx(seconds)
    assert time.longest <= NAP


def test_a_wait_of_minutes_ends_within_a_moment_of_being_told_to_stop() -> None:
    time = Time(Stop(), raise_after=3.0)
    with pytest.raises(StoppedError):
        clock(time).sleep(120)
    assert 3.0 <= time.passed <= 3.0 + NAP


def test_told_in_the_last_moment_of_a_wait_nothing_is_done_after_it() -> None:
    time = Time(Stop(), raise_after=1.0)
    with pytest.raises(StoppedError):
        clock(time).sleep(1.0)


def test_told_before_it_there_is_no_wait_at_all() -> None:
    time = Time(Stop())
    time.stop.request()
    with pytest.raises(StoppedError):
        clock(time).sleep(120)
    assert time.passed == 0


def test_the_machines_own_clock_tells_aware_time_and_waits_in_earnest() -> None:
    own = SystemClock()
    before = own.now()
    own.sleep(0.001)
    assert own.now() > before
    assert before.utcoffset() is not None
