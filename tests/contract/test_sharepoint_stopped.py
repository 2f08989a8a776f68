"""Told to stop while it waits, the connector waits no longer, sends nothing more, and knows what was not done."""

from collections import Counter
from collections.abc import Iterator

import pytest

from connectors.emulator.rules.throttle import Throttle
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Outcome
from sync.engine.ports import Throttled as ThrottledOut
from sync.errors import StoppedError
from tests.support.faults import Faults
from tests.support.project_list import source
from tests.support.throttled import Throttled, throttled

IDS = [1, 2, 4, 5, 6]


def stop_at_the_next_wait(held: Throttled, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """From now on every wait is cut short; how long each was meant to be."""
    cut: list[float] = []

    def sleep(seconds: float) -> None:
        cut.append(seconds)
        raise StoppedError("Told to stop before the work was done.")

    monkeypatch.setattr(held.clock, "sleep", sleep)
    return cut


def outcomes(held: Throttled, mode: WriteMode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outcome]:
    """Of writing to every item, told to stop as soon as there is anything to wait for."""
    target = source(mode)
    schema = held.store.describe(target)
    rows = held.store.read_items(target, schema, ["Ref"], IDS)
    writes = [ItemWrite(number, rows[number].version, {"PSStatus": "At risk"}) for number in IDS]
    stop_at_the_next_wait(held, monkeypatch)
    return held.store.apply(target, schema, writes)


def test_a_read_that_is_told_to_wait_ends_at_once_and_sends_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with throttled(Throttle(multiplier=250)) as held:
        schema = held.store.describe(source())
        cut = stop_at_the_next_wait(held, monkeypatch)
        pages = held.store.read(source(), schema, ["Ref"])
        assert [row.item_id for row in next(pages)] == IDS[:2]
        with pytest.raises(StoppedError):
            list(pages)
        assert cut == [60.0]
        assert held.entries[-1].status == 429


def test_a_wait_between_attempts_ends_at_once_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[Faults] = []
    with throttled(Throttle(), wrap=lambda app: faults.append(Faults(app)) or faults[0]) as held:
        schema = held.store.describe(source())
        rule = faults[0].add(path="/items", answer=503)
        cut = stop_at_the_next_wait(held, monkeypatch)
        with pytest.raises(StoppedError):
            list(held.store.read(source(), schema, ["Ref"]))
        assert len(cut) == rule.hits == 1


def test_of_a_batch_that_was_half_done_each_write_has_its_own_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    with throttled(Throttle(multiplier=250)) as held:
        told = Counter(type(outcome) for outcome in outcomes(held, WriteMode.VERSIONED, monkeypatch))
        saved = [entry.item for entry in held.entries if entry.status == 204]
        assert set(told) == {Applied, ThrottledOut}, "some were done, and the others are known not to be"
        assert told[Applied] == len(saved)
        assert told.total() == len(IDS)


@pytest.mark.parametrize("path", ["ProcessQuery", r"site\?\$select=Id"], ids=["the write", "what it needs"])
def test_a_quiet_write_that_is_told_to_wait_is_known_not_to_be_done(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[Faults] = []
    with throttled(Throttle(), wrap=lambda app: faults.append(Faults(app)) or faults[0]) as held:
        rule = faults[0].add(path=path, answer=429, headers={"Retry-After": "120"})
        assert list(outcomes(held, WriteMode.QUIET, monkeypatch)) == [ThrottledOut()] * len(IDS)
        assert rule.hits == 1
