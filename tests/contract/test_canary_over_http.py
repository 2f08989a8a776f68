"""What the first writes moved, over HTTP: with everything that SharePoint keeps of an item beside staff's columns."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.store import SharePointStore
from sync.core.canary import Photo
from sync.core.mapping import bind
from sync.core.policy import Labels
from sync.core.run_report import SourceProblem
from sync.engine import canary
from sync.engine.apply import Target
from sync.engine.ports import ItemWrite
from tests.support import council
from tests.support.emulator import ManualClock, RunningEmulator, running_emulator
from tests.support.fake_clock import FakeClock

ITEMS = "/sites/demo/_api/web/lists/GetByTitle('Alpha projects')/items"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def emulator(clock: ManualClock) -> Iterator[RunningEmulator]:
    with running_emulator(council.world(), clock) as running:
        yield running


@pytest.fixture(params=["quiet", "versioned"])
def target(emulator: RunningEmulator, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    portfolio = load_portfolio(council.portfolio(tmp_path, emulator.base_url, mode=request.param))
    store = SharePointStore(portfolio.connections["demo"], EmulatorSignIn(emulator.base_url), FakeClock())
    source = portfolio.sources["alpha"]
    yield Target(store, source, bind(source, store.describe(source), Labels()))
    store.close()


def photograph(target: Target) -> Photo:
    (photo,) = canary.photographs([canary.Watched(target, [1, 2])])
    assert isinstance(photo, Photo)
    return photo


def verdict(target: Target, before: Photo) -> SourceProblem | None:
    return canary.verdicts([(canary.Watched(target, [1, 2]), before)]).get(target.source.name)


def write(target: Target) -> None:
    """A reason into each of the first two items, with the versions that they have."""
    rows = target.store.read_items(target.source, target.schema, (), [1, 2])
    writes = [ItemWrite(number, row.version, {"PSReason": "Its end date was 3 June."}) for number, row in rows.items()]
    outcomes = list(target.store.apply(target.source, target.schema, writes))
    assert [type(outcome).__name__ for outcome in outcomes] == ["Applied", "Applied"]


def test_writes_of_ours_move_nothing_else_in_either_mode(target: Target, clock: ManualClock) -> None:
    before = photograph(target)
    clock.advance(minutes=1)
    write(target)
    assert verdict(target, before) is None


def test_a_flow_that_answers_the_writes_is_seen(target: Target, clock: ManualClock, emulator: RunningEmulator) -> None:
    before = photograph(target)
    clock.advance(minutes=1)
    write(target)
    assert emulator.merge(f"{ITEMS}(2)", {"Status": "Parked"}).ok
    problem = verdict(target, before)
    assert problem is not None
    assert "item 2: Status" in problem.text
    assert "item 1" not in problem.text
    assert "Parked" not in problem.text
