"""The connector at the limits of an embedded SharePoint that means them, judged by what the server remembers."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.emulator.rules.throttle import BLOCKED_SECONDS, Mode, Throttle
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Outcome
from sync.engine.ports import Throttled as ThrottledOut
from sync.errors import ThrottledError
from tests.support.project_list import source
from tests.support.throttled import DECORATED, Throttled, throttled, waits_obeyed

IDS = [1, 2, 4, 5, 6]


def read(held: Throttled, schema: ListSchema) -> list[int]:
    return [row.item_id for page in held.store.read(source(), schema, ["Ref"]) for row in page]


def written(held: Throttled, mode: WriteMode, *numbers: int) -> list[Outcome]:
    target = source(mode)
    schema = held.store.describe(target)
    rows = held.store.read_items(target, schema, ["Ref"], numbers)
    writes = [ItemWrite(number, rows[number].version, {"PSStatus": "At risk"}) for number in numbers]
    return list(held.store.apply(target, schema, writes))


def statuses(held: Throttled) -> Counter[int]:
    return Counter(entry.status for entry in held.entries)


def test_a_read_that_is_throttled_in_the_middle_goes_on_after_the_wait_and_misses_nothing() -> None:
    with throttled(Throttle(multiplier=250)) as held:
        schema = held.store.describe(source())
        assert read(held, schema) == IDS
        # Five units of 250 a minute: two to describe, two for the first page, and the second page began with one left.
        assert [entry.status for entry in held.entries] == [200, 200, 200, 200, 429, 200]
        assert waits_obeyed(held.entries) == held.clock.slept == [60.0]
        assert held.store.usage().throttled_seconds == 60.0


def test_the_greater_of_retry_after_and_the_reset_is_waited_for() -> None:
    with throttled(Throttle(multiplier=250)) as held:
        schema = held.store.describe(source())
        held.spend(1)
        held.clock.sleep(45)
        held.spend(2)
        told = held.emulator.get("/sites/pmo/_api/web", headers=DECORATED).headers
        assert (told["Retry-After"], told["RateLimit-Reset"]) == ("15", "60"), "what the connector is told as well"
        held.clock.slept.clear()
        assert read(held, schema) == IDS
        assert held.clock.slept[0] == 60.0
        assert waits_obeyed(held.entries[6:]) == held.clock.slept


@pytest.mark.parametrize("multiplier", [250, 400, 600])
def test_parts_of_a_batch_that_are_throttled_are_done_once_each_and_after_the_wait(multiplier: int) -> None:
    with throttled(Throttle(multiplier=multiplier)) as held:
        outcomes = written(held, WriteMode.VERSIONED, *IDS)
        assert [type(outcome) for outcome in outcomes] == [Applied] * 5
        saved = Counter(entry.item for entry in held.entries if entry.status == 204)
        assert saved == dict.fromkeys(IDS, 1), "nothing was written twice"
        refused = [entry for entry in held.entries if entry.status == 429]
        assert any(entry.batch is not None for entry in refused), "inside a 200"
        assert waits_obeyed(held.entries) == held.clock.slept != []


def test_items_that_are_read_again_in_a_batch_are_asked_for_again_after_the_wait() -> None:
    with throttled(Throttle(multiplier=400)) as held:
        schema = held.store.describe(source())
        assert sorted(held.store.read_items(source(), schema, ["Ref"], IDS)) == IDS
        assert statuses(held)[429] > 0
        assert waits_obeyed(held.entries) == held.clock.slept != []


def test_a_process_query_is_throttled_whole_and_repeated_whole() -> None:
    with throttled(Throttle(multiplier=100)) as held:
        written(held, WriteMode.QUIET, *IDS)
        schema = held.store.describe(source())
        held.clock.sleep(60)
        held.spend(13)
        before = len(held.entries)
        writes = [ItemWrite(number, '"1"', {"PSStatus": "Off track"}) for number in IDS]
        asked: list[datetime] = []
        outcomes = held.store.apply(source(), schema, writes, lambda: asked.append(held.clock.now()))
        assert [type(outcome) for outcome in outcomes] == [Applied] * 5
        assert len(asked) == 2, "whether it is still permitted is asked again after the wait"
        assert asked[1] - asked[0] == timedelta(seconds=60)
        sent = held.entries[before:]
        assert [(each.operation, each.status, each.units) for each in sent] == [
            ("ProcessQuery", 429, 1_000),
            ("ProcessQuery", 200, 1_000),
        ]
        assert waits_obeyed(sent) == held.clock.slept[-1:] == [60.0]


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_budget_that_recovers_too_late_is_given_up_and_nothing_is_sent_inside_the_wait(mode: WriteMode) -> None:
    with throttled(Throttle(multiplier=6_000)) as held:
        schema = held.store.describe(source(mode))
        for _ in range(
            200 - len(held.entries)
        ):  # slowly enough for the minute and the tenant, until the day's 1,200,000 units are spent
            held.clock.sleep(400)
            held.spend(1)
        held.clock.slept.clear()
        writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in IDS]
        before = len(held.entries)
        assert list(held.store.apply(source(mode), schema, writes)) == [ThrottledOut()] * 5
        tried = held.entries[before:]
        assert {entry.status for entry in tried if entry.operation != "$batch"} == {429}
        assert all(entry.wait and entry.wait > 3_600 for entry in tried if entry.operation != "$batch")
        with pytest.raises(ThrottledError, match="longer than we may"):
            held.store.describe(source(mode))
        assert (held.clock.slept, len(held.entries)) == ([], before + len(tried))


def test_who_is_blocked_gives_up_after_one_request() -> None:
    with throttled(Throttle()) as held:
        held.emulator.service.throttle.blocked = True
        for _ in range(3):
            with pytest.raises(ThrottledError, match=f"{BLOCKED_SECONDS} seconds"):
                held.store.describe(source())
        assert [entry.status for entry in held.entries] == [503]
        held.emulator.service.throttle.blocked = False
        held.clock.sleep(BLOCKED_SECONDS)
        assert held.store.describe(source()).item_count == 5


def test_an_impatient_client_is_let_in_later_and_gets_less_done_than_a_patient_one() -> None:
    def done_in_five_minutes(pause: int | None) -> int:
        """Writes that get through to a client that, when refused, asks again after `pause`, or waits as it is told."""
        done = 0
        with throttled(Throttle(multiplier=50)) as held:
            url = "/sites/pmo/_api/web/lists/GetByTitle('Digital projects')/items(1)"
            ends = held.clock.now().timestamp() + 300
            while held.clock.now().timestamp() < ends:
                answer = held.emulator.merge(url, {"PSStatus": "At risk"}, headers=DECORATED)
                done += answer.status_code == 204
                held.clock.sleep(1)
                if answer.status_code == 429:
                    held.clock.sleep(pause or int(answer.headers["Retry-After"]))
            assert sum(entry.units for entry in held.entries) == 100 * len(held.entries), "refusals cost the same"
        return done

    patient, impatient = done_in_five_minutes(None), done_in_five_minutes(1)
    assert impatient < patient / 2, (impatient, patient)


def test_every_request_says_what_it_is_and_needs_no_form_digest() -> None:
    seen: list[str] = []

    def listening(app: Any) -> Any:
        async def heard(scope: Any, receive: Any, send: Any) -> None:
            seen.append(dict(scope["headers"]).get(b"user-agent", b"").decode())
            await app(scope, receive, send)

        return heard

    with throttled(Throttle(), wrap=listening) as held:
        list(held.store.probe(source()))
        schema = held.store.describe(source())
        assert read(held, schema) == IDS
        for mode in (WriteMode.QUIET, WriteMode.VERSIONED):
            assert [type(outcome) for outcome in written(held, mode, *IDS)] == [Applied] * 5
        asked = {entry.operation for entry in held.entries}
    assert {"web/list/items", "$batch", "ProcessQuery", "web/list/item"} <= asked
    assert "contextinfo" not in asked
    assert seen
    assert all(agent.startswith("NONISV|Council|PortfolioSync/") for agent in seen), set(seen)


def test_what_the_store_says_it_used_is_what_the_server_charged() -> None:
    with throttled(Throttle()) as held:
        list(held.store.probe(source()))
        schema = held.store.describe(source())
        assert read(held, schema) == IDS
        for mode in (WriteMode.QUIET, WriteMode.VERSIONED):
            written(held, mode, *IDS)
            written(held, mode, 1)
        assert held.store.usage().resource_units == sum(entry.units for entry in held.entries)


def test_a_strict_server_that_is_busy_now_and_then_is_waited_for() -> None:
    with throttled(Throttle(Mode.STRICT, seed=3), limits=Limits(page_size=1)) as held:
        schema = held.store.describe(source())
        rounds = 0
        while not statuses(held)[503]:
            assert read(held, schema) == IDS
            held.clock.sleep(60)
            rounds += 1
        busy = [entry for entry in held.entries if entry.status == 503]
        assert [entry.wait for entry in busy] == [10.0] * len(busy)
        assert waits_obeyed(held.entries) == [10.0] * len(busy)
        assert rounds > 5, "it is rare"
