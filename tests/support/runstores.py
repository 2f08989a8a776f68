"""The stores that the suite of the RunStore runs on: every database that the product supports, and memory."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from sync.core.history import History
from sync.core.model import Kind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import Intent, Lease, RunMode, RunStart
from sync.store.connect import make_engine, reading, writing
from sync.store.location import parse_url
from sync.store.memory import MemoryRunStore
from sync.store.sql import SqlRunStore, open_store
from tests.support.databases import TARGETS, new_database

AnyStore = SqlRunStore | MemoryRunStore

STORES = (*TARGETS, "memory")
HOST = "https://contoso.sharepoint.com"
LIST = "6f2c1a9e-0000-4000-8000-000000000001"
NIGHT = date(2026, 7, 1)
START = datetime(2026, 7, 1, 1, 17, tzinfo=UTC)

_LOCKED = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass
class StoreWorld:
    """One memory that is opened again and again, each time as another process would. `address` is its database's."""

    target: str
    address: str = ""
    key: bytes = b"k" * 32
    ids: Iterator[str] = field(default_factory=lambda: (f"installation-{number}" for number in count(1)))
    opened: list[AnyStore] = field(default_factory=list)

    def open(self) -> AnyStore:
        self.opened.append(self._open())
        return self.opened[-1]

    def _open(self) -> AnyStore:
        if self.target != "memory":
            return open_store(self.address, new_id=lambda: next(self.ids), key=self.key, busy_seconds=5)
        first = next((store for store in self.opened if isinstance(store, MemoryRunStore)), None)
        return MemoryRunStore(next(self.ids)) if first is None else first.again()

    def take_lock_away(self, store: AnyStore) -> None:
        """Whoever has the lease goes on without its lock: its file is deleted, or its connection is cut."""
        if isinstance(store, MemoryRunStore):
            store.journal.lose_lock()
        elif self.target == "sqlite":
            if os.name != "posix":
                pytest.skip("a file that is open cannot be deleted on this system")
            path = Path(str(parse_url(self.address).database))
            path.with_name(f"{path.name}.lock").unlink()
        else:
            self.execute(_LOCKED)

    def execute(self, statement: str) -> None:
        """Whatever a person with the database's password can do."""
        engine = make_engine(parse_url(self.address), 5)
        try:
            with writing(engine) as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()

    def count(self, table: str) -> int:
        """How many rows a table has."""
        engine = make_engine(parse_url(self.address), 5)
        try:
            with reading(engine) as connection:
                return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608
        finally:
            engine.dispose()


@contextmanager
def store_world(target: str, folder: Path) -> Iterator[StoreWorld]:
    """An empty memory of that kind; whatever was opened is closed at the end."""
    with ExitStack() as stack:
        address = "" if target == "memory" else stack.enter_context(new_database(target, folder))
        world = StoreWorld(target, address)
        stack.callback(lambda: [store.close() for store in world.opened])
        yield world


def started(run_id: str, at: datetime = START, night: date | None = None, job: str | None = None) -> RunStart:
    mode = RunMode.NIGHTLY if night else RunMode.RECONCILE
    return RunStart(
        id=run_id, mode=mode, started=at, today=NIGHT, job=job or ("nightly" if night else None), night=night
    )


def record(item: int, list_guid: str = LIST) -> RecordId:
    return RecordId(HOST, list_guid, item)


def baseline(
    item: int, reason: OwnedValue = "Was due 3 June 2026", *, list_guid: str = LIST, run: str = "r1"
) -> Baseline:
    return Baseline(record(item, list_guid), {OwnedField.REASON: reason}, f'"{item}"', run)


def history(number: int, title: str | None = "Leisure centre", *, item: int | None = None, **more: Any) -> History:
    """The history of a project in its own row of the list."""
    return History(
        number=number,
        id=record(item or number),
        source="projects",
        kind=Kind.PROJECT,
        key=f"P-{number}",
        title=title,
        first_seen=NIGHT,
        last_seen=NIGHT,
        since=NIGHT,
        **more,
    )


def intent(item: int, status: str = "At risk", *, run: str = "r1", turn: int = 0, source: str = "projects") -> Intent:
    return Intent(
        id=f"{run}/{turn}/{source}/{item}",
        run_id=run,
        source=source,
        record=record(item),
        set={OwnedField.STATUS: status, OwnedField.STAMP: f"{run} installation"},
        was={OwnedField.STATUS: None, OwnedField.STAMP: None},
        version=f'"{item}"',
        grounds={OwnedField.STATUS: "milestone overdue"},
    )


def take(store: AnyStore, run_id: str = "r1") -> Lease:
    return store.journal.take_lease(run_id, "host-a, process 7", START)


def keep_baselines(store: AnyStore, baselines: Iterable[Baseline]) -> None:
    """As a run does that finds these values agreed already."""
    lease = take(store)
    store.journal.settle(lease, {}, baselines=tuple(baselines))
    store.journal.release(lease)
