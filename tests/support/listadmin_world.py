"""A site with one list of staff's, three times over, for the one suite that every `ListAdmin` must pass: in memory,
behind the embedded SharePoint, and on a real site where the environment names one."""

import atexit
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import pytest

from connectors.emulator.callers import AnyToken
from connectors.emulator.roles import Role
from connectors.emulator.rules.faults import FaultPlan
from connectors.emulator.rules.history import History
from connectors.emulator.rules.throttle import Throttle
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.retention import Label
from connectors.emulator.state.world import Site
from connectors.emulator.wire.calls import Caller
from connectors.memory_admin import MemoryAdmin
from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.store import SharePointStore
from sync.core.columns import ColumnType
from sync.core.provisioning.shape import Ask, ColumnShape, Condition, ItemLock, ListShape, Order, Rights, ViewShape
from sync.core.provisioning.status_columns import Kept
from sync.engine.admin import ListAdmin
from sync.engine.targets import Auth, Connection
from sync.wiring import SystemClock
from tests.support.emulator import RunningEmulator, running_emulator
from tests.support.fake_clock import FakeClock
from tests.support.faults import Faults
from tests.support.liststore_world import MemoryBench, SharePointBench, document, memory_bench
from tests.support.live import SITE, live_site
from tests.support.scratch import Scratch, ScratchList, column, expect, text_column

KEY = ColumnShape(
    name=Kept.KEY, title="Row key", description="Which row.", type=ColumnType.TEXT, indexed=True, unique=True
)
TOTAL = ColumnShape(name="PSTotal", title="How many", description="Of all.", type=ColumnType.NUMBER, decimals=0)
AS_AT = ColumnShape(name="PSAsAt", title="As at", description="The day.", type=ColumnType.DATE)
VIEW = ViewShape(
    title="Pressing",
    columns=("Title", "Ref", "Due"),
    where=(Condition("Ref", Ask.IS, ("DS-01", "R&D 'x'")), Condition("Due", Ask.IS_NOT_BLANK)),
    order=(Order("Due", descending=True), Order("Title")),
    rows=40,
)


def own_shape(suffix: str = "", *, restricted: bool = False) -> ListShape:
    """A list of the service's own."""
    return ListShape(
        title=f"Portfolio figures {suffix}".strip(),
        url=f"Lists/PortfolioFigures{suffix}",
        description="What it is of & by whom it is written.",
        columns=(KEY, TOTAL, AS_AT),
        title_column="Name",
        restricted=restricted,
    )


class AdminBench(Protocol):
    """`address` and `title` are those of the list of staff's: five items, all with a Ref and only the first with a Due.
    `suffix` makes titles that nobody else has."""

    admin: ListAdmin
    site: str
    title: str
    address: str
    suffix: str

    def only_write(self) -> None:
        """From here on the service has only the role `write` at the site."""

    def label(self, lock: ItemLock) -> None:
        """From here on the list of staff's has a retention label that does this to its items."""

    def is_restricted(self, guid: str) -> bool: ...
    def versions(self, guid: str, item_id: int) -> int:
        """The major version of an item."""


@dataclass
class MemoryAdminBench:
    bench: MemoryBench
    admin: MemoryAdmin
    site: str = "/sites/pmo"
    suffix: str = ""

    @property
    def title(self) -> str:
        return self.bench.title

    @property
    def address(self) -> str:
        return self.bench.address

    def only_write(self) -> None:
        self.admin.site_rights[self.site] = Rights(manage=False)

    def label(self, lock: ItemLock) -> None:
        (guid,) = (each.guid for each in self.bench.store.lists.values() if each.title == self.title)
        self.admin.locks[guid] = lock

    def is_restricted(self, guid: str) -> bool:
        return self.admin.is_restricted(guid)

    def versions(self, guid: str, item_id: int) -> int:
        return next(each for each in self.bench.store.lists.values() if each.guid == guid).items[item_id].label


@dataclass
class SharePointAdminBench:
    bench: SharePointBench
    admin: ListAdmin
    site: str = "/sites/pmo"
    suffix: str = ""

    @property
    def title(self) -> str:
        return self.bench.title

    @property
    def address(self) -> str:
        return self.bench.address

    def api(self, guid: str, rest: str = "") -> str:
        return f"{self.site}/_api/web/lists(guid'{guid}'){rest}"

    def only_write(self) -> None:
        self.bench.emulator.service.access = OnlyWrite()

    def label(self, lock: ItemLock) -> None:
        owner = self.bench.emulator.world.site(self.site).list_titled(self.title)
        assert owner is not None
        made = Label("Kept", locks_items=lock is ItemLock.RECORDS, regulatory=lock is ItemLock.REGULATORY)
        owner.settings = replace(owner.settings, label=made)

    def is_restricted(self, guid: str) -> bool:
        return bool(self.read(guid, "?$select=HasUniqueRoleAssignments")["HasUniqueRoleAssignments"])

    def versions(self, guid: str, item_id: int) -> int:
        return int(
            float(self.read(guid, f"/items({item_id})?$select=OData__UIVersionString")["OData__UIVersionString"])
        )

    def read(self, guid: str, rest: str) -> Any:
        answer = self.bench.emulator.get(self.api(guid, rest))
        answer.raise_for_status()
        return answer.json()


class OnlyWrite(AnyToken):
    """Everybody may do what the nightly run has to."""

    def role(self, caller: Caller, site: Site) -> Role:
        return Role.WRITE


@dataclass
class LiveAdminBench:
    scratch: Scratch
    projects: ScratchList
    admin: ListAdmin
    site: str
    suffix: str

    @property
    def title(self) -> str:
        return self.projects.title

    @property
    def address(self) -> str:
        return f"Lists/{self.projects.title}"

    def only_write(self) -> None:
        pytest.skip("what the service may do on a real site cannot be changed from here")

    def label(self, lock: ItemLock) -> None:
        pytest.skip("a real site's retention labels are not ours to give")

    def is_restricted(self, guid: str) -> bool:
        path = self.scratch.api(f"web/lists(guid'{guid}')?$select=HasUniqueRoleAssignments")
        return bool(expect(self.scratch.remote.get(path), 200).json()["HasUniqueRoleAssignments"])

    def versions(self, guid: str, item_id: int) -> int:
        path = self.scratch.api(f"web/lists(guid'{guid}')/items({item_id})?$select=OData__UIVersionString")
        return int(float(expect(self.scratch.remote.get(path), 200).json()["OData__UIVersionString"]))


@contextmanager
def memory_admin_bench() -> Iterator[MemoryAdminBench]:
    with memory_bench() as bench:
        yield MemoryAdminBench(bench, MemoryAdmin(bench.store))


@contextmanager
def sharepoint_admin_bench() -> Iterator[SharePointAdminBench]:
    """Every time a new world and a new store; the server behind them is started once in a process."""
    (server, faults), clock = _server(), FakeClock()
    service = server.service
    with service.lock:
        service.world = load_world(document(), clock=clock.now)
        service.access, service.faults = AnyToken(), FaultPlan()
        service.throttle, service.history = Throttle(), History()
    connection = Connection(name="demo", host=server.base_url, auth=Auth.EMULATOR)
    store = SharePointStore(connection, EmulatorSignIn(server.base_url), clock, limits=Limits(page_size=2))
    try:
        yield SharePointAdminBench(SharePointBench(store, server, faults, clock), store.admin)
    finally:
        store.close()


@cache
def _server() -> tuple[RunningEmulator, Faults]:
    stack = ExitStack()
    atexit.register(stack.close)
    wrapped: list[Faults] = []

    def wrap(app: Any) -> Any:
        wrapped.append(Faults(app))
        return wrapped[0]

    return stack.enter_context(running_emulator(document(), wrap=wrap)), wrapped[0]


@contextmanager
def live_admin_bench() -> Iterator[LiveAdminBench]:
    """On the site that the environment names; every list that is made there is taken away again."""
    site = live_site()
    assert site is not None
    scratch = site.scratch()
    store = SharePointStore(site.connection, site.sign_in, SystemClock(), limits=Limits(), transport=site.transport)
    try:
        due, status = column("DateTime", "Due", Format="DateOnly"), text_column("PSStatus")
        projects = scratch.list("Digital projects", text_column("Ref"), due, status)
        moment = datetime.fromisoformat("2026-06-30T23:00:00+00:00")
        projects.add(Title="Library cards", Ref="DS-01", Due=f"{moment:%Y-%m-%dT%H:%M:%SZ}")
        projects.add_many([{"Title": f"Project {number}", "Ref": f"DS-0{number}"} for number in range(2, 6)])
        yield LiveAdminBench(scratch, projects, store.admin, site.path, scratch.suffix)
    finally:
        _remove_own(scratch)
        store.close()
        scratch.remove()


def _remove_own(scratch: Scratch) -> None:
    path = scratch.api(f"web/getList('{scratch.site}/Lists/PortfolioFigures{scratch.suffix}')")
    if scratch.remote.get(path).status_code == 200:
        expect(scratch.remote.delete(path), 200)


ADMIN_BENCHES: dict[str, Any] = {"memory": memory_admin_bench, "sharepoint": sharepoint_admin_bench}
if os.environ.get(SITE):
    ADMIN_BENCHES["live"] = live_admin_bench


def admin_bench(name: str) -> AbstractContextManager[AdminBench]:
    """The admin of this name at its site, until the block ends."""
    return ADMIN_BENCHES[name]()  # type: ignore[no-any-return]
