"""The virtual clock: it runs on, is moved, stands still, and everything in a world follows it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.emulator.clock import ClockError, VirtualClock
from tests.support.emulator import Direct, ManualClock, running_emulator

START = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)
LIST = "web/lists/GetByTitle('Projects')"
DOCUMENT = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": [{"values": {"Title": "A"}}]}]}]}


@pytest.fixture
def base() -> ManualClock:
    return ManualClock(START)


def test_it_runs_as_its_base_does_until_it_is_moved(base: ManualClock) -> None:
    clock = VirtualClock(base)
    assert clock() == START
    base.advance(seconds=5)
    assert clock() == START + timedelta(seconds=5)
    clock.advance(timedelta(days=1))
    base.advance(seconds=5)
    assert clock() == START + timedelta(days=1, seconds=10)


def test_without_a_base_it_tells_the_machines_time_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= VirtualClock()() <= datetime.now(UTC)
    assert VirtualClock()().tzinfo is UTC


def test_it_is_set_in_any_zone_and_runs_on_from_there(base: ManualClock) -> None:
    clock = VirtualClock(base)
    clock.set(datetime(2027, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert clock() == datetime(2027, 1, 1, tzinfo=UTC)
    base.advance(minutes=1)
    assert clock() == datetime(2027, 1, 1, 0, 1, tzinfo=UTC)
    clock.set(START - timedelta(days=400))
    assert clock() == START - timedelta(days=400) != base()


def test_it_stands_still_may_be_moved_while_it_does_and_runs_on_from_what_it_shows(base: ManualClock) -> None:
    clock = VirtualClock(base)
    clock.freeze()
    base.advance(hours=1)
    assert (clock.frozen, clock()) == (True, START)
    clock.advance(timedelta(minutes=90))
    assert (clock.frozen, clock()) == (True, START + timedelta(minutes=90))
    clock.set(START)
    clock.resume()
    base.advance(seconds=1)
    assert (clock.frozen, clock()) == (False, START + timedelta(seconds=1))


def test_it_is_put_back_as_it_was(base: ManualClock) -> None:
    clock = VirtualClock(base)
    clock.advance(timedelta(days=1))
    kept = clock.state
    clock.freeze()
    clock.advance(timedelta(days=1))
    clock.restore(kept)
    assert (clock.frozen, clock()) == (False, START + timedelta(days=1))


def test_what_it_cannot_show_is_refused_and_changes_nothing(base: ManualClock) -> None:
    clock = VirtualClock(base)
    with pytest.raises(ClockError, match="has no zone"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ClockError, match="only be advanced"):
        clock.advance(timedelta(seconds=-1))
    for far in (timedelta(days=365 * 7500), timedelta.max):
        with pytest.raises(ClockError, match="1970 to 8999"):
            clock.advance(far)
    with pytest.raises(ClockError, match="1969"):
        clock.set(datetime(1969, 12, 31, tzinfo=UTC))
    assert clock() == START


def test_many_threads_advance_it_and_none_is_lost(base: ManualClock) -> None:
    clock = VirtualClock(base)

    def work(_: int) -> None:
        for _ in range(200):
            clock.advance(timedelta(seconds=1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert clock() == START + timedelta(seconds=1600)


def test_the_date_header_and_items_follow_it(base: ManualClock) -> None:
    clock = VirtualClock(base)
    with running_emulator(DOCUMENT, clock=clock) as running:
        clock.advance(timedelta(days=14, hours=1))
        made = running.post(f"/sites/demo/_api/{LIST}/items", {"Title": "B"})
        assert made.headers["Date"] == "Wed, 01 Jul 2026 10:30:00 GMT"
        assert made.json()["Created"] == "2026-07-01T10:30:00Z"


def test_a_change_token_grows_too_old_when_it_is_advanced(base: ManualClock) -> None:
    clock = VirtualClock(base)
    emulator = Direct(DOCUMENT, clock=clock)
    token = emulator.get(f"{LIST}?$select=CurrentChangeToken").json()["CurrentChangeToken"]["StringValue"]

    def changes() -> int:
        query = {"Item": True, "Update": True, "ChangeTokenStart": {"StringValue": token}}
        return len(emulator.post(f"{LIST}/getchanges", {"query": query}).json()["value"])

    clock.advance(timedelta(days=59))
    emulator.merge(f"{LIST}/items(1)", {"Title": "C"})
    assert changes() == 1
    clock.advance(timedelta(days=2))
    assert changes() == 0
