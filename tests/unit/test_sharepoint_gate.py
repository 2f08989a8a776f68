"""What holds a request back before it is sent: the host's word, our share of its minute, and that of its day."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from connectors.sharepoint.budget import Ceiling, Window, ceiling_of, limits_under
from connectors.sharepoint.gate import Cause, Gate, Hold, ToldLimit
from connectors.sharepoint.settings import Limits
from sync.engine.targets import Pace
from tests.support.fake_clock import FakeClock

NOW = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
CEILING = Ceiling(minute=100, day=1_000, share=50)


def second(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def sent(gate: Gate, units: int) -> bool:
    """Whether a request was let through, which is then answered at once."""
    entered = gate.enter(units)
    if entered:
        gate.leave(units)
    return entered


@pytest.mark.parametrize(
    ("pace", "minute", "day"),
    [
        (Pace(), 625, 600_000),
        (Pace(licences=1_001), 1_250, 1_200_000),
        (Pace(licences=15_000), 1_875, 1_800_000),
        (Pace(licences=15_001), 2_500, 2_400_000),
        (Pace(licences=50_001, share=100), 6_250, 6_000_000),
        (Pace(share=33), 412, 396_000),
        (Pace(quota=10), 6_250, 6_000_000),
    ],
)
def test_the_ceiling_is_a_share_of_the_limit_of_a_tenant_of_that_size(pace: Pace, minute: int, day: int) -> None:
    ceiling = ceiling_of(pace)
    assert (ceiling.minute, ceiling.day, ceiling.share) == (minute, day, pace.share)


@pytest.mark.parametrize(
    ("pace", "batch"),
    [(Pace(), 100), (Pace(share=15), 93), (Pace(share=5), 31), (Pace(share=5, rest_price=5), 6)],
)
def test_a_batch_is_never_dearer_than_a_minute(pace: Pace, batch: int) -> None:
    ceiling = ceiling_of(pace)
    assert limits_under(ceiling) == Limits(batch=batch)
    assert 2 * batch * ceiling.price <= ceiling.minute


def test_without_a_ceiling_batches_are_as_long_as_ever() -> None:
    assert limits_under(None) == Limits()


def test_a_window_slides_and_nothing_in_it_comes_back_at_once() -> None:
    window = Window(10, timedelta(seconds=60), [(second(-59), 2), (second(-70), 5)])
    assert window.used(NOW) == 2
    window.add(4, NOW)
    window.add(4, second(10))
    assert (window.used(second(10)), window.wait(1, second(10))) == (8, 0.0)
    assert window.wait(2, second(10)) == 0.0
    assert window.wait(5, second(10)) == 50.0, "until those of the beginning have left"
    assert window.wait(10, second(10)) == 60.0
    assert window.wait(11, second(10)) == inf
    assert (window.used(second(59.9)), window.used(second(60)), window.used(second(70))) == (8, 4, 0)


def test_a_minute_of_ours_is_a_second_longer_than_one_of_theirs() -> None:
    clock = FakeClock(NOW)
    gate = Gate(clock, CEILING)
    assert sent(gate, 90)
    assert sent(gate, 10)
    assert gate.hold(1) == Hold(Cause.MINUTE, 61.0)
    assert not sent(gate, 1)
    clock.sleep(60.9)
    assert gate.hold(1) == Hold(Cause.MINUTE, pytest.approx(0.1))
    clock.sleep(0.1)
    assert gate.hold(100) is None


def test_a_request_counts_until_a_minute_after_its_answer() -> None:
    clock = FakeClock(NOW)
    gate = Gate(clock, CEILING)
    assert gate.enter(100)
    clock.sleep(90)
    hold = gate.hold(1)
    assert hold is not None
    assert 0 < hold.seconds <= 1, "when it will be answered nobody knows, so it is looked again soon"
    gate.leave(100)
    assert gate.hold(1) == Hold(Cause.MINUTE, 61.0)


def test_what_may_be_dearer_than_assumed_is_counted_so() -> None:
    gate = Gate(FakeClock(NOW), Ceiling(minute=100, day=1_000, price=2), [(second(-10), 400)])
    assert sent(gate, 50)
    assert gate.hold(1) == Hold(Cause.MINUTE, 61.0)
    assert gate.today() == (900, 1_000)


def test_a_request_that_costs_more_than_a_minute_has_may_never_be_sent() -> None:
    assert Gate(FakeClock(NOW), CEILING).hold(101) == Hold(Cause.MINUTE, inf)


def test_a_day_begins_with_what_earlier_runs_used() -> None:
    clock = FakeClock(NOW)
    gate = Gate(clock, CEILING, [(NOW - timedelta(hours=23), 930)])
    assert sent(gate, 70)
    hold = gate.hold(50)
    assert hold is not None
    assert hold.cause is Cause.DAY
    assert timedelta(hours=1) < timedelta(seconds=hold.seconds) < timedelta(hours=1, minutes=2)
    clock.sleep(hold.seconds)
    assert sent(gate, 50)


def test_what_costs_nothing_waits_only_where_the_host_said_so() -> None:
    gate = Gate(FakeClock(NOW), CEILING)
    assert sent(gate, 100)
    assert gate.hold(0) is None
    gate.told_to_wait(7)
    assert gate.hold(0) == Hold(Cause.TOLD, 7.0)


def test_the_longest_wait_that_was_named_holds() -> None:
    clock = FakeClock(NOW)
    gate = Gate(clock)
    gate.told_to_wait(30)
    gate.told_to_wait(10)
    assert gate.hold(1) == Hold(Cause.TOLD, 30.0)
    assert not gate.enter(1)
    clock.sleep(30)
    assert gate.enter(1)


@pytest.mark.parametrize(
    ("told", "share", "left"),
    [
        (ToldLimit(1_250, 250, 20), 50, 0),  # beyond our half already
        (ToldLimit(1_250, 700, 20), 50, 75),
        (ToldLimit(1_250, 30, 20), 100, 30),
    ],
)
def test_what_the_host_says_of_its_minute_lowers_what_may_be_used_until_it_is_over(
    told: ToldLimit, share: int, left: int
) -> None:
    clock = FakeClock(NOW)
    gate = Gate(clock, Ceiling(minute=600, day=10_000, share=share))
    assert gate.enter(10)
    gate.told_limit(told, 10)
    gate.leave(10)
    assert gate.hold(left + 1) == Hold(Cause.MINUTE, 20.0)
    assert left == 0 or sent(gate, left)
    clock.sleep(20)
    assert gate.hold(400) is None


def test_what_the_host_says_of_its_minute_holds_no_longer_than_a_minute() -> None:
    gate = Gate(FakeClock(NOW), CEILING)
    gate.told_limit(ToldLimit(1_250, 0, 86_400.0), 0)
    assert gate.hold(1) == Hold(Cause.MINUTE, 61.0)


def test_without_a_ceiling_no_limit_is_ours_to_keep() -> None:
    gate = Gate(FakeClock(NOW))
    gate.told_limit(ToldLimit(1_250, 0, 60), 1)
    assert gate.ceiling is None
    assert gate.hold(100_000) is None


def test_waits_of_several_threads_at_the_same_time_are_one_wait() -> None:
    gate = Gate(FakeClock(NOW))
    assert gate.waited(Cause.TOLD, NOW, second(60)) == 60.0
    assert gate.waited(Cause.TOLD, second(5), second(60)) == 0.0
    assert gate.waited(Cause.TOLD, second(50), second(70)) == 10.0
    assert gate.waited(Cause.MINUTE, second(0), second(61)) == 61.0
    assert gate.waited(Cause.TOLD, second(100), second(110)) == 10.0
