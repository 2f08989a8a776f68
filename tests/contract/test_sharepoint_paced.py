"""The connector under a ceiling of its own, at an embedded SharePoint that remembers what it was asked and when."""

import threading
from datetime import timedelta
from random import Random

import pytest

from connectors.emulator.rules.throttle import Throttle
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.budget import Ceiling
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.messages import Meter, Reply, Request
from connectors.sharepoint.pacing import Pacer
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.store import SharePointStore
from sync.core.ownership import WriteMode
from sync.engine.lanes import in_lanes
from sync.engine.ports import ItemWrite
from sync.engine.ports import Throttled as ThrottledOut
from sync.engine.targets import Auth, Connection
from sync.errors import ExitCode, StoppedError, ThrottledError
from tests.support import judge
from tests.support.fake_clock import FakeClock
from tests.support.project_list import source
from tests.support.throttled import Throttled, throttled, waits_obeyed
from tests.support.wire import HOST, ScriptedWire, json_reply, scripted_store, status_reply

IDS = [1, 2, 4, 5, 6]
NARROW = Ceiling(minute=5, day=10_000)
PATIENCE = 30.0
PAGE = Request(url=f"{HOST}/_api/web", about="the site", kind="schema")


def read(held: Throttled) -> list[int]:
    schema = held.store.describe(source())
    return [row.item_id for page in held.store.read(source(), schema, ["Ref"]) for row in page]


def paced(clock: FakeClock, meter: Meter, gate: Gate) -> Pacer:
    return Pacer(HOST, clock, Limits(), meter, Random(1), gate)  # noqa: S311 - spreads waits


def test_a_read_that_would_pass_the_ceiling_waits_for_it_and_misses_nothing() -> None:
    with throttled(Throttle(), ceiling=NARROW) as held:
        assert [read(held) for _ in range(3)] == [IDS] * 3
        assert judge.busiest(held.entries) <= NARROW.minute
        usage = held.store.usage()
        assert usage.paced_seconds == pytest.approx(sum(held.clock.slept))
        assert usage.paced_seconds >= 61
        assert usage.throttled_seconds == 0.0
        assert {entry.status for entry in held.entries} == {200}


def test_waiting_for_our_own_ceiling_ends_no_run_however_long_it_lasts() -> None:
    with throttled(Throttle(), ceiling=NARROW, limits=Limits(page_size=2, max_total_wait=100)) as held:
        for _ in range(5):
            assert read(held) == IDS
        assert held.store.usage().paced_seconds > 300


def test_both_waits_are_told_apart_and_what_was_refused_counts_as_well() -> None:
    with throttled(Throttle(multiplier=250), ceiling=Ceiling(minute=1_000, day=1_000_000, price=125)) as held:
        assert read(held) == IDS
        usage = held.store.usage()
        told = waits_obeyed(held.entries)
        assert usage.throttled_seconds == sum(told)
        assert usage.paced_seconds + usage.throttled_seconds == pytest.approx(sum(held.clock.slept))
        assert usage.resource_units * 250 == sum(entry.units for entry in held.entries)


def test_a_day_that_is_used_up_ends_the_run_and_says_what_to_do() -> None:
    with throttled(Throttle(), ceiling=Ceiling(minute=100, day=19)) as held:
        schema = held.store.describe(source())
        assert [read(held) for _ in range(2)] == [IDS] * 2
        with pytest.raises(ThrottledError) as told:
            read(held)
        asked = len(held.entries)
        assert told.value.exit_code is ExitCode.THROTTLED
        assert "within 24 hours is used up: 19 of 19 resource units, with those of earlier runs." in told.value.what
        assert "Run again after 01:18 UTC on 18 June, or raise `share` under `pace`" in told.value.advice
        writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in IDS]
        for mode in (WriteMode.QUIET, WriteMode.VERSIONED):
            assert list(held.store.apply(source(mode), schema, writes)) == [ThrottledOut()] * len(IDS)
        assert (len(held.entries), held.clock.slept) == (asked, []), "nothing was sent, and nobody waited for a day"


def test_a_request_that_is_dearer_than_a_minute_is_not_sent() -> None:
    with throttled(Throttle(), ceiling=Ceiling(minute=4, day=1_000)) as held:
        schema = held.store.describe(source())
        writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in IDS]
        before = len(held.entries)
        assert list(held.store.apply(source(WriteMode.VERSIONED), schema, writes)) == [ThrottledOut()] * len(IDS)
        assert len(held.entries) == before


def test_what_one_connection_is_told_holds_for_the_others_of_its_host() -> None:
    with throttled(Throttle(multiplier=250)) as held:
        gate = Gate(held.clock)
        connection = Connection(name="other", host=held.emulator.base_url, auth=Auth.EMULATOR)
        one, other = (
            SharePointStore(connection, EmulatorSignIn(held.emulator.base_url), held.clock, gate=gate) for _ in range(2)
        )
        list(one.read(source(), one.describe(source()), ["Ref"]))
        gate.told_to_wait(90)
        other.describe(source())
        assert held.clock.slept[0] == 90.0
        assert other.usage().throttled_seconds >= 90.0
        assert one.usage().throttled_seconds == 0.0
        one.close()
        other.close()


@pytest.mark.parametrize("status", [200, 429])
def test_what_the_host_says_of_its_limit_is_kept_to_until_it_is_over(status: int) -> None:
    clock = FakeClock()
    told = {"RateLimit-Limit": "1250", "RateLimit-Remaining": "100", "RateLimit-Reset": "40"}
    refused = {**told, "RateLimit-Remaining": "0", "Retry-After": "7"}
    first = json_reply({"value": []}, **told) if status == 200 else status_reply(429, refused)
    gate = Gate(clock, Ceiling(minute=625, day=600_000, share=50))
    pacer = paced(clock, Meter(), gate)
    replies = [Reply(each.status, each.headers, each.content) for each in (first, json_reply({}), json_reply({}))]

    def exchange(request: Request) -> Reply:
        with pacer.turn(request):
            reply = replies.pop(0)
            pacer.heard(request, reply)
        return reply

    assert pacer.run(PAGE, exchange).status == 200
    assert pacer.run(PAGE, exchange).status == 200
    assert sum(clock.slept) == 40.0, "the greater of the two"


@pytest.mark.parametrize(
    "headers",
    [
        {"RateLimit-Limit": "many", "RateLimit-Remaining": "0", "RateLimit-Reset": "40"},
        {"RateLimit-Limit": "1250", "RateLimit-Remaining": "1251", "RateLimit-Reset": "40"},
        {"RateLimit-Limit": "1250", "RateLimit-Remaining": "-1", "RateLimit-Reset": "40"},
        {"RateLimit-Limit": "1250", "RateLimit-Remaining": "0"},
        {"RateLimit-Remaining": "0", "RateLimit-Reset": "40"},
    ],
)
def test_a_limit_that_makes_no_sense_is_nobodys(headers: dict[str, str]) -> None:
    clock = FakeClock()
    store = scripted_store(ScriptedWire(otherwise=json_reply({"Id": "x"}, **headers)), clock=clock)
    site = store._site_at("/sites/pmo")
    for _ in range(3):
        site.fetch(PAGE)
    assert clock.slept == []
    store.close()


class PatientClock(FakeClock):
    """For several threads."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self.lock:
            super().sleep(seconds)


def test_a_thread_that_was_about_to_send_waits_where_another_has_just_been_told_to() -> None:
    clock = PatientClock()
    begun = clock.now()
    gate, meter = Gate(clock), Meter()
    pacer = paced(clock, meter, gate)
    about_to, was_told, sent = threading.Event(), threading.Event(), []

    def permit() -> None:
        about_to.set()
        assert was_told.wait(PATIENCE)

    def slow() -> None:
        with pacer.turn(Request(url=HOST, about="a list", kind="items", permit=permit)):
            sent.append(clock.now() - begun)

    def refused() -> None:
        assert about_to.wait(PATIENCE)
        with pacer.turn(PAGE):
            pacer.heard(PAGE, Reply(429, {"Retry-After": "60"}, b""))
        was_told.set()

    in_lanes({"slow": [slow], "refused": [refused]}, 2)
    assert sent == [timedelta(seconds=60)]
    assert meter.usage().throttled_seconds == 60.0


def test_threads_that_wait_together_have_waited_once_and_end_together_when_told_to_stop() -> None:
    clock = PatientClock()
    waiting, stopped = threading.Barrier(4), StoppedError("Told to stop before the work was done.")

    def sleep(_seconds: float) -> None:
        waiting.wait(PATIENCE)
        raise stopped

    clock.sleep = sleep  # type: ignore[method-assign]
    meter = Meter()
    pacer = paced(clock, meter, Gate(clock))
    pacer.told_to_wait(60)

    def wait() -> None:
        with pacer.turn(PAGE):
            raise AssertionError("nothing may be sent")

    with pytest.raises(StoppedError):
        in_lanes({number: [wait] for number in range(4)}, 4)
    assert meter.usage().throttled_seconds == 0.0


def test_four_threads_send_nothing_once_one_of_them_was_told_to_wait() -> None:
    with throttled(Throttle(multiplier=100)) as held:
        held.clock.__class__ = PatientClock
        held.clock.lock = threading.Lock()  # type: ignore[attr-defined]
        lanes = {number: [lambda: read(held)] * 2 for number in range(4)}
        assert in_lanes(lanes, 4) == {number: [IDS] * 2 for number in range(4)}
        assert {entry.status for entry in held.entries} == {200, 429}
        assert judge.early_requests(held.entries, on_the_way=0.001) == []


def test_four_threads_on_one_store_keep_to_one_ceiling_and_get_the_whole_list_each() -> None:
    ceiling = Ceiling(minute=40, day=10_000)
    with throttled(Throttle(), ceiling=ceiling) as held:
        held.clock.__class__ = PatientClock
        held.clock.lock = threading.Lock()  # type: ignore[attr-defined]
        lanes = {number: [lambda: read(held)] * 3 for number in range(4)}
        assert in_lanes(lanes, 4) == {number: [IDS] * 3 for number in range(4)}
        assert judge.busiest(held.entries) <= ceiling.minute
        assert held.store.usage().resource_units == sum(entry.units for entry in held.entries)
        assert held.store.usage().paced_seconds > 0
