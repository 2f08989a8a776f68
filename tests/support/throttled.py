"""The connector and an embedded SharePoint that lets only so much through, both by one clock that nobody waits for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from connectors.emulator.rules.history import Entry
from connectors.emulator.rules.throttle import Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.budget import Ceiling
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.store import SharePointStore
from sync.engine.targets import Auth, Connection
from tests.support import judge
from tests.support.emulator import RunningEmulator, running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.liststore_world import document

DECORATED = {"User-Agent": "NONISV|AnytownCouncil|Colleague/1.0"}


@dataclass
class Throttled:
    """A store, the server it speaks to, and the time that both live in."""

    store: SharePointStore
    emulator: RunningEmulator
    clock: FakeClock

    @property
    def entries(self) -> list[Entry]:
        """What the server remembers of what it was asked."""
        return self.emulator.service.history.entries

    def spend(self, units: int) -> None:
        """Another client of the same application uses so many units, at one a request and before anything is counted
        by a multiplier."""
        for _ in range(units):
            self.emulator.get("/sites/pmo/_api/web/Id", headers=DECORATED).raise_for_status()


@contextmanager
def throttled(
    throttle: Throttle,
    world: dict[str, Any] | None = None,
    *,
    limits: Limits | None = None,
    wrap: Callable[[ASGIApp], ASGIApp] | None = None,
    ceiling: Ceiling | None = None,
) -> Iterator[Throttled]:
    """A store on a world (the list store's own) served with this throttle; pages of two items unless told otherwise."""
    clock = FakeClock()
    service = Service(load_world(world or document(), clock=clock.now), throttle=throttle)
    with running_emulator(service, wrap=wrap) as emulator:
        connection = Connection(name="demo", host=emulator.base_url, auth=Auth.EMULATOR)
        store = SharePointStore(
            connection,
            EmulatorSignIn(emulator.base_url),
            clock,
            limits=limits or Limits(page_size=2),
            gate=Gate(clock, ceiling),
        )
        try:
            yield Throttled(store, emulator, clock)
        finally:
            store.close()


def waits_obeyed(entries: Sequence[Entry]) -> list[float]:
    """The waits a server told somebody to make, in order. AssertionError where a request came inside one.

    The parts of a batch arrive together, so the longest of their waits is the one that is told.
    """
    assert judge.early_requests(entries) == []
    told: dict[int, float] = {}
    for entry in entries:
        if entry.wait is not None:
            arrival = entry.batch or entry.number
            told[arrival] = max(entry.wait, told.get(arrival, 0.0))
    return [told[arrival] for arrival in sorted(told)]
