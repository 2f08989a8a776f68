"""Connections to the database, and the two kinds of transaction: one that reads, and one that writes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from sync.errors import ConfigurationError
from sync.store.failures import explained, no_access
from sync.store.location import shown, sqlite_path

_WRITES = "portfolio_sync_writes"
_WAL = "PRAGMA journal_mode = WAL"
_EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
_CONNECT_SECONDS = 10
_KEPT_ALIVE = {
    # A server that went away without a word is noticed after half a minute.
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def make_engine(url: URL, busy_seconds: float) -> Engine:
    """An engine for this database. It may be used from any thread; `busy_seconds` is how long a lock is waited for.

    Raises ConfigurationError where the driver is not installed, or the folder of the file cannot be made.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_seconds)
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,  # `serve` keeps connections for days, and firewalls drop idle ones
            connect_args=_postgresql_arguments(url, busy_seconds),
        )
    except ModuleNotFoundError:
        raise ConfigurationError(
            "The PostgreSQL driver is not installed.",
            "Install portfolio-sync with its extra `postgres`, or use an SQLite database URL.",
        ) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it, or nothing where the block raises."""
    with engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@dataclass(frozen=True, slots=True)
class Database:
    """One database, and how messages name it. What goes wrong in its transactions is raised as `explained` says."""

    engine: Engine
    name: str

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads."""
        with explained(self.name), reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that writes: all of it, or nothing where the block raises."""
        with explained(self.name), writing(self.engine) as connection:
            yield connection


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False}, "poolclass": QueuePool}
    path = sqlite_path(url)
    if path is None:
        # The one connection is the database, so threads take turns with it.
        options |= {"pool_size": 1, "max_overflow": 0}
    else:
        _make_file(path, shown(url))
    engine = create_engine(url, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late, and not for tables
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # whoever was erased is not to be read in the file's gaps

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once, without waiting, where another has
        # written in between; one that says so at its start waits for its turn.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def use_write_ahead_log(engine: Engine) -> None:
    """Lets one process read while another writes. Kept in an SQLite file itself, so once is enough."""
    _tell_sqlite(engine, _WAL)


def empty_write_ahead_log(engine: Engine) -> None:
    """Takes out of an SQLite database's log what its tables do not hold any more, unless somebody is reading it: then
    whoever closes the database last does so. On PostgreSQL that is the server's business."""
    _tell_sqlite(engine, _EMPTY_LOG)


def _tell_sqlite(engine: Engine, pragma: str) -> None:
    """What may not be said inside a transaction."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(pragma).fetchall()
    except sqlite3.Error as error:
        raise OperationalError(pragma, None, error) from error
    finally:
        connection.close()


def _make_file(path: Path, database: str) -> None:
    """Makes the folder and an empty file that only this account may read: names and titles end up in it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise no_access(database, error.strerror or str(error)) from error


def _postgresql_arguments(url: URL, busy_seconds: float) -> dict[str, Any]:
    arguments: dict[str, Any] = {name: value for name, value in _KEPT_ALIVE.items() if name not in url.query}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = _CONNECT_SECONDS
    if "options" not in url.query:
        arguments["options"] = f"-c lock_timeout={int(busy_seconds * 1000)}"
    return arguments
