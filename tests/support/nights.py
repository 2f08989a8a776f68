"""A night on the sample, against an embedded SharePoint that is told how to behave: what both sides remember of it."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from config import samples
from config.portfolio import load_portfolio
from connectors.emulator.rules.history import Entry
from connectors.emulator.rules.subject import find_list
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.budget import ceiling_of, limits_under
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.store import SharePointStore
from sync.engine.run import RunContext, RunRequest, approve_as, execute
from sync.engine.state import RunMode
from sync.engine.targets import Pace, Source
from sync.store.sql import open_store
from tests.support.emulator import running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.sample_snapshots import TAKEN_AT

NAME = "digital-strategy"


@dataclass(frozen=True)
class Night:
    """What a reconciliation and a second one straight after it did, and what the server remembers of both.

    `addresses` are those of the sources' lists below their sites.
    """

    document: Mapping[str, Any]
    again: Mapping[str, Any]
    lists: Mapping[str, Mapping[int, Mapping[str, Any]]]
    addresses: Mapping[str, str]
    service: Service
    waited: list[float]

    @property
    def entries(self) -> list[Entry]:
        return self.service.history.entries

    def statuses(self) -> set[int]:
        return {entry.status for entry in self.entries}


def night(folder: Path, *, seed: int | None = None, pace: Pace | None = None, **rules: Any) -> Night:
    """Two runs on one clock, which is the server's too. `rules` are those of the service; without a `pace` the runs
    keep to nothing but what the service says."""
    folder.mkdir()
    clock, numbers = FakeClock(TAKEN_AT), count(1)
    service = Service(load_world(samples.world(NAME), clock=clock.now, seed=seed), **rules)
    with running_emulator(service) as emulator:
        file = folder / "portfolio.yaml"
        file.write_text(
            samples.portfolio_text(NAME, base_url=emulator.base_url, portfolio_name="Night"), encoding="utf-8"
        )
        # One site after the other: of several, what is on its way when the server says no would be judged as too early.
        portfolio = replace(load_portfolio(file), pace=replace(pace or Pace(), sites_at_once=1))
        runs = open_store(f"sqlite:///{folder / 'state.sqlite'}", new_id=lambda: "installation")
        connection = portfolio.connections["demo"]
        ceiling = ceiling_of(pace) if pace else None
        store = SharePointStore(
            connection,
            EmulatorSignIn(connection.host),
            clock,
            limits=limits_under(ceiling),
            gate=Gate(clock, ceiling),
        )
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
        addresses = {name: _address(service, source) for name, source in portfolio.sources.items()}
        return Night(first.document, second.document, lists, addresses, service, clock.slept)


def _address(service: Service, source: Source) -> str:
    named = source.list.title or source.list.url or source.list.id or ""
    owner = find_list(service.world.site(source.site), named)
    assert owner is not None, named
    return owner.url
