"""The journal in the database: see `Journal` of the engine's ports for the promises."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from sync.core.audit import Entry
from sync.core.history import History
from sync.core.known import Known
from sync.core.provisioning.made import Made
from sync.core.snapshot import Baseline
from sync.engine.state import Approval, Intent, IntentState, Lease, SourceState
from sync.errors import DefectError, LockHeldError
from sync.store import made, schema
from sync.store.chain import extend
from sync.store.connect import Database
from sync.store.histories import keep as keep_histories
from sync.store.lease import held_by, lost
from sync.store.lock import Lock, Locks
from sync.store.rows import baseline_row, intent_of, intent_row, known_row, state_row
from sync.store.statements import in_batches, upsert

_TOGETHER = 1000
"""Intents named in one statement: both databases bound how many values one may have."""


@dataclass(frozen=True, slots=True)
class _Held:
    lease: Lease
    lock: Lock


class SqlJournal:
    """Intents and what became of them. One journal has one lease at a time; it may be used from any thread.

    The lock tells who is alive; the generation in the database fences off whoever lost the lock and does not know.
    """

    def __init__(self, database: Database, locks: Locks) -> None:
        self._database = database
        self._locks = locks
        self._held: _Held | None = None
        self._taking = threading.Lock()

    def take_lease(self, run_id: str, holder: str, at: datetime) -> Lease:
        """The lease, with a new generation; LockHeldError, naming the run, while another live run has it."""
        with self._taking:
            if self._held is not None and not self._held.lock.is_held():
                self._drop()
            lock = self._locks.take() if self._held is None else None
            if lock is None:
                raise self._held_by()
            try:
                self._held = _Held(self._next_lease(run_id, holder, at), lock)
            except BaseException:
                lock.release()
                raise
            return self._held.lease

    def release(self, lease: Lease) -> None:
        """Gives the lease up; does no harm where it was lost."""
        with self._taking:
            if self._held is not None and self._held.lease == lease:
                self._drop()

    def close(self) -> None:
        """Gives up whatever lease there is."""
        with self._taking:
            if self._held is not None:
                self._drop()

    def check(self, lease: Lease) -> None:
        """Raises LeaseLostError where the lease was lost."""
        with self._database.reading() as connection:
            self._compare(connection, lease, select(schema.lease))

    def open_intents(self) -> Sequence[Intent]:
        """Those of runs that were cut short, by source and item, the oldest first."""
        return self._intents(select(schema.intents).where(schema.intents.c.state == IntentState.OPEN.value))

    def writes_of(self, run_id: str) -> Sequence[Intent]:
        """Every intent of that run, by source and item, the oldest first."""
        return self._intents(select(schema.intents).where(schema.intents.c.run_id == run_id))

    def intend(
        self,
        lease: Lease,
        intents: Sequence[Intent],
        *,
        states: Sequence[SourceState] = (),
        approval: Approval | None = None,
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: the writes about to be made, and what was approved so that they may be."""
        with self._fenced(lease) as connection:
            if approval is not None:
                connection.execute(insert(schema.approvals), _approval_row(approval))
            upsert(connection, schema.sources, [state_row(state) for state in states])
            if intents:
                connection.execute(insert(schema.intents), [intent_row(intent) for intent in intents])
            extend(connection, audit)

    def settle(
        self,
        lease: Lease,
        settled: Mapping[str, IntentState],
        *,
        baselines: Sequence[Baseline] = (),
        audit: Sequence[Entry] = (),
    ) -> None:
        """All of it or nothing: what became of intents, the baselines that follow, and the record of it.

        An id that is not an open intent's is a DefectError.
        """
        with self._fenced(lease) as connection:
            _settle(connection, settled)
            upsert(connection, schema.baselines, map(baseline_row, baselines))
            extend(connection, audit)

    def conclude(
        self,
        lease: Lease,
        states: Sequence[SourceState],
        *,
        known: Mapping[tuple[str, str, str], Sequence[Known]],
        audit: Sequence[Entry] = (),
        histories: Iterable[History] = (),
    ) -> None:
        """What a run leaves for the next: all of it or nothing."""
        with self._fenced(lease) as connection:
            upsert(connection, schema.sources, [state_row(state) for state in states])
            for place, records in known.items():
                _replace_known(connection, place, records)
            keep_histories(connection, histories)
            extend(connection, audit)

    def keep_made(self, lease: Lease, thing: Made, audit: Sequence[Entry] = ()) -> None:
        """What is about to be made, or was: in place of what was kept of it before."""
        with self._fenced(lease) as connection:
            made.keep(connection, thing)
            extend(connection, audit)

    def forget_made(self, lease: Lease, things: Sequence[Made], audit: Sequence[Entry] = ()) -> None:
        """What is no more, or is not ours any longer; one that is not kept is no error."""
        with self._fenced(lease) as connection:
            made.forget(connection, things)
            extend(connection, audit)

    def _intents(self, statement: Select[Any]) -> tuple[Intent, ...]:
        of = schema.intents.c
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(of.source, of.host, of.list_guid, of.item_id, of.number))
            return tuple(intent_of(row) for row in rows)

    @contextmanager
    def _fenced(self, lease: Lease) -> Iterator[Connection]:
        """A transaction during which nobody else can take the lease, begun only if it still is this one."""
        with self._database.writing() as connection:
            self._compare(connection, lease, select(schema.lease).with_for_update())
            yield connection

    def _compare(self, connection: Connection, lease: Lease, statement: Select[Any]) -> None:
        row = connection.execute(statement).one()
        held = self._held
        if held is None or held.lease != lease or row.generation != lease.generation or not held.lock.is_held():
            raise lost(lease, row.generation, row.run_id, row.holder)

    def _next_lease(self, run_id: str, holder: str, at: datetime) -> Lease:
        generation = schema.lease.c.generation
        taken = update(schema.lease).values(generation=generation + 1, run_id=run_id, holder=holder, taken=at)
        with self._database.writing() as connection:
            return Lease(run_id, connection.execute(taken.returning(generation)).scalar_one())

    def _held_by(self) -> LockHeldError:
        """Who has the lease. For the moment between taking the lock and saying so, the row names a run that is over."""
        with self._database.reading() as connection:
            row = connection.execute(select(schema.lease)).one()
            over = select(schema.runs.c.id).where(schema.runs.c.id == row.run_id, schema.runs.c.finished.is_not(None))
            is_over = connection.execute(over).first() is not None
        return held_by(None, None, None) if is_over else held_by(row.run_id, row.holder, row.taken)

    def _drop(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.lock.release()


def _settle(connection: Connection, settled: Mapping[str, IntentState]) -> None:
    by_state: dict[IntentState, list[str]] = defaultdict(list)
    for intent_id, state in settled.items():
        by_state[state].append(intent_id)
    is_open = schema.intents.c.state == IntentState.OPEN.value
    for state, ids in by_state.items():
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            statement = update(schema.intents).where(schema.intents.c.id.in_(some), is_open)
            if connection.execute(statement.values(state=state.value)).rowcount != len(some):
                raise DefectError("An intent that is not open was to be settled.")


def _replace_known(connection: Connection, place: tuple[str, str, str], records: Sequence[Known]) -> None:
    host, list_guid, source = place
    of = schema.known.c
    connection.execute(delete(schema.known).where(of.host == host, of.list_guid == list_guid, of.source == source))
    for some in in_batches(map(known_row, records)):
        connection.execute(insert(schema.known), some)


def _approval_row(approval: Approval) -> dict[str, Any]:
    return {"digest": approval.digest, "person": approval.by, "at": approval.at, "through": approval.through}
