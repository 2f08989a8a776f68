"""A small site for raw requests, as clients send them that cannot be run from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.loading import load_world
from tests.support.emulator import ManualClock, RunningEmulator, running_emulator
from tests.support.office import document

API = "/sites/team/_api"
LIST = f"{API}/web/lists/getByTitle('Projects')"
VERBOSE = "application/json;odata=verbose"


@contextmanager
def projects_site() -> Iterator[RunningEmulator]:
    """A list of seven items with every kind of column, unthrottled."""
    service = Service(load_world(document(7, title="Projects"), clock=ManualClock()), throttle=Throttle(Mode.OFF))
    with running_emulator(service) as running:
        yield running


def held(emulator: RunningEmulator) -> SpList:
    """The list as the server holds it."""
    found = emulator.world.site("/sites/team").list_titled("Projects")
    assert found is not None
    return found


def titles(emulator: RunningEmulator) -> list[Any]:
    """The titles of the items that are there."""
    return [item.values["Title"] for item in held(emulator).ordered()]
