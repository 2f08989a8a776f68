"""Locks that die with whoever has them: what tells a run that is alive from one that was killed.

| database         | lock                                                       | ends with                      |
|------------------|------------------------------------------------------------|--------------------------------|
| SQLite, a file   | the operating system's lock on a file beside the database  | the process                    |
| SQLite in memory | none is needed: nobody else can reach the database         | the store                      |
| PostgreSQL       | a session's advisory lock, on a connection of its own      | the connection: within about a |
|                  |                                                            | minute where a host just dies  |

PostgreSQL must be reached directly or through a pooler that gives a session a connection of its own: one that shares
connections between transactions loses such locks, which `is_held` finds out.
"""

import hashlib
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from sync.store.connect import Database
from sync.store.failures import explained, no_access
from sync.store.location import sqlite_path


class Lock(Protocol):
    """A lock that was taken."""

    def is_held(self) -> bool:
        """Whether it still is ours."""

    def release(self) -> None:
        """Gives it up; does no harm where it is gone."""


class Locks(Protocol):
    """Where locks come from."""

    def take(self) -> Lock | None:
        """The lock, or None where somebody else has it. Never waits."""


def locks_of(url: URL, database: Database, installation_id: str) -> Locks:
    """The locks that suit a database. Raises nothing: it is only `take` that touches the world."""
    if database.is_postgresql:
        return _SessionLocks(database, _number(installation_id))
    path = sqlite_path(url)
    return _NoLocks() if path is None else _FileLocks(path, database.name)


def _number(installation_id: str) -> int:
    """A lock's number: of this installation, because several may share a database, each in a schema of its own."""
    digest = hashlib.sha256(f"portfolio-sync lease {installation_id}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


class _NoLock:
    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        pass


class _NoLocks:
    def take(self) -> Lock:
        return _NoLock()


class _TakenFile:
    def __init__(self, lock: FileLock) -> None:
        self._lock = lock

    def is_held(self) -> bool:
        return self._lock.is_locked

    def release(self) -> None:
        self._lock.release()


class _FileLocks:
    def __init__(self, path: Path, database: str) -> None:
        # Two names of one file are one database, so they need one lock.
        real = path.resolve()
        self._path = real.with_name(f"{real.name}.lock")
        self._database = database

    def take(self) -> Lock | None:
        # A lock that is a file's mere existence would outlive its holder.
        lock = FileLock(self._path, mode=0o600, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None
        except OSError as error:
            raise no_access(self._database, f"{self._path.name}: {error.strerror or error}") from error
        return _TakenFile(lock)


_PREPARE = text(
    # A session is ended by the server once nothing answers at its other end, and for no other reason. Settings that
    # this server's release does not have are left out.
    """
    SELECT set_config(name, wanted, false)
    FROM pg_settings JOIN (VALUES
        ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'),
        ('tcp_user_timeout', '50000'), ('idle_session_timeout', '0')
    ) AS settings (name, wanted) USING (name)
    """
)
_TAKE = text("SELECT pg_try_advisory_lock(:number)")
_GIVE_UP = text("SELECT pg_advisory_unlock(:number)")
_HELD = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() AND objsubid = 1
          AND (classid::bigint << 32) | objid::bigint = :number
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    """
)


class _Session:
    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self._number = number
        self._turn = threading.Lock()

    def is_held(self) -> bool:
        with self._turn:
            try:
                return bool(self._connection.execute(_HELD, {"number": self._number}).scalar_one())
            except SQLAlchemyError:
                return False

    def release(self) -> None:
        with self._turn:
            try:
                # Said as well as done: the server takes a moment to notice that a connection was closed.
                with suppress(SQLAlchemyError):
                    self._connection.execute(_GIVE_UP, {"number": self._number})
            finally:
                with suppress(SQLAlchemyError):
                    self._connection.close()


class _SessionLocks:
    def __init__(self, database: Database, number: int) -> None:
        self._database = database
        self._number = number

    def take(self) -> Lock | None:
        with explained(self._database.name):
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # closing it ends the session, and with that the lock
            try:
                connection.execute(_PREPARE)
                taken = connection.execute(_TAKE, {"number": self._number}).scalar_one()
            except BaseException:
                connection.close()
                raise
            if not taken:
                connection.close()
                return None
            return _Session(connection, self._number)
