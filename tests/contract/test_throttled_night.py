"""A whole night on the sample at a SharePoint that lets only so much through: later, and otherwise the same."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from config import samples
from config.portfolio import load_portfolio
from connectors.emulator.history import Entry
from connectors.emulator.loading import load_world
from connectors.emulator.service import Service
from connectors.emulator.throttle import Mode, Throttle
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.store import SharePointStore
from sync.engine.ports import RunMode
from sync.engine.run import RunContext, RunRequest, approve_as, execute
from sync.store.sql import open_store
from tests.support.emulator import running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.sample_snapshots import TAKEN_AT
from tests.support.throttled import waits_obeyed

NAME = "digital-strategy"
BUSY_SEED = 183
"""With it a strict server is busy for the fifth request of the night."""


@dataclass(frozen=True)
class Night:
    """What a reconciliation and a second one straight after it did, and what the server remembers of both."""

    document: Mapping[str, Any]
    again: Mapping[str, Any]
    lists: Mapping[str, Mapping[int, Mapping[str, Any]]]
    entries: list[Entry]
    waited: list[float]

    def statuses(self) -> set[int]:
        return {entry.status for entry in self.entries}


def night(folder: Path, throttle: Throttle) -> Night:
    folder.mkdir()
    clock, numbers = FakeClock(TAKEN_AT), count(1)
    service = Service(load_world(samples.world(NAME), clock=clock.now), throttle=throttle)
    with running_emulator(service) as emulator:
        file = folder / "portfolio.yaml"
        file.write_text(
            samples.portfolio_text(NAME, base_url=emulator.base_url, portfolio_name="Night"), encoding="utf-8"
        )
        portfolio = load_portfolio(file)
        runs = open_store(f"sqlite:///{folder / 'state.sqlite'}", new_id=lambda: "installation")
        connection = portfolio.connections["demo"]
        store = SharePointStore(connection, EmulatorSignIn(connection.host), clock)
        with closing(runs), closing(store):
            context = RunContext(
                portfolio=portfolio,
                lists={"demo": store},
                runs=runs,
                clock=clock,
                new_suffix=lambda: f"{next(numbers):04x}",
            )
            request = RunRequest(RunMode.DEMO, today=samples.day(NAME))
            first = execute(context, request, approver=approve_as("test"))
            second = execute(context, request, approver=approve_as("test"))
        lists = {
            owner.title: {item.id: dict(item.values) for item in owner.ordered()}
            for site in service.world.sites.values()
            for owner in site.lists.values()
        }
        return Night(first.document, second.document, lists, service.history.entries, clock.slept)


@pytest.fixture(scope="module")
def unhindered(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return night(tmp_path_factory.mktemp("nights") / "off", Throttle(Mode.OFF))


def test_an_ordinary_tenant_lets_the_sample_through_without_a_word(unhindered: Night, tmp_path: Path) -> None:
    ordinary = night(tmp_path / "default", Throttle())
    assert ordinary.statuses() == {200}
    assert ordinary.waited == []
    assert sum(entry.units for entry in ordinary.entries) < 1_000, "below 80 per cent of a minute, both runs together"
    assert ordinary.lists == unhindered.lists


@pytest.mark.parametrize(
    ("mode", "multiplier", "refused"),
    [(Mode.STRICT, 1, {503}), (Mode.STRICT, 4, {429, 503}), (Mode.DEFAULT, 20, {429})],
    ids=["strict", "strict and four times as dear", "twenty times as dear"],
)
def test_a_throttled_night_is_longer_and_otherwise_the_same(
    unhindered: Night, tmp_path: Path, mode: Mode, multiplier: int, refused: set[int]
) -> None:
    hindered = night(tmp_path / "hindered", Throttle(mode, multiplier=multiplier, seed=BUSY_SEED))
    assert hindered.statuses() == {200} | refused
    assert waits_obeyed(hindered.entries) == hindered.waited != []
    for part in ("writes", "refusals"):  # and not the digest, which is of this server's address too
        assert hindered.document["plan"][part] == unhindered.document["plan"][part]
    for part in ("rollup", "findings"):
        assert hindered.document[part] == unhindered.document[part]
    assert hindered.document["run"]["outcome"] == unhindered.document["run"]["outcome"] == "done"
    assert hindered.document["writes"] == unhindered.document["writes"]
    assert hindered.document["writes"]["applied"] > 100
    assert hindered.document["requests"]["throttled_seconds"] + hindered.again["requests"]["throttled_seconds"] == sum(
        hindered.waited
    )
    assert hindered.again["plan"]["writes"] == [], "a second run has nothing left to write"
    assert hindered.lists == unhindered.lists
