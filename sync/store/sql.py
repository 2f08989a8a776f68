"""The RunStore on SQLAlchemy Core: SQLite in a file of its own by default, PostgreSQL by URL."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import Decision, RunMode, RunStart, RunSummary, SourceState
from sync.errors import DefectError
from sync.store.connect import make_engine, reading, writing
from sync.store.failures import explained
from sync.store.location import parse_url, shown
from sync.store.migrate import prepare
from sync.store.schema import approvals, baselines, decisions, runs, sources
from sync.store.values import owned_document, owned_values

_FOLDED_LENGTH = 255
"""An index entry has a bound on PostgreSQL; no key of a SharePoint text column is longer."""


def open_store(url: str, *, new_id: Callable[[], str], busy_seconds: float = 15.0) -> "SqlRunStore":
    """Opens a portfolio's database, made and migrated to this release's tables where need be.

    `url` is an SQLAlchemy URL of SQLite or PostgreSQL; `new_id` names the installation of a new database;
    `busy_seconds` is how long another process's lock is waited for. Raises ConfigurationError (it cannot be used, with
    the reason), LockHeldError (locked for too long) or MigrationError (a newer release has been here).
    """
    parsed = parse_url(url)
    database = shown(parsed)
    engine = make_engine(parsed, busy_seconds)
    try:
        with explained(database):
            installation_id = prepare(engine, database, new_id)
    except BaseException:
        engine.dispose()
        raise
    return SqlRunStore(engine, database, installation_id)


def fold_key(key: str) -> str:
    """A key as it is looked up: without regard to case, width and outer space."""
    return unicodedata.normalize("NFKC", key).casefold().strip()[:_FOLDED_LENGTH]


class SqlRunStore:
    """What a portfolio remembers, in one database. Safe to use from several threads; see `RunStore` for the promises.

    `night_done` counts a night's run from its start, as `begin` does: a run that was cut short is not begun again for
    that night, and the next run finishes its work.
    """

    def __init__(self, engine: Engine, database: str, installation_id: str) -> None:
        self._engine = engine
        self._database = database
        self._installation_id = installation_id

    @property
    def installation_id(self) -> str:
        """Tells this database from every other; made when it was, and never changed."""
        return self._installation_id

    @property
    def database(self) -> str:
        """How messages name the database: a path, or a server's address without its password."""
        return self._database

    def begin(self, run: RunStart) -> bool:
        """Records the start; False (and nothing recorded) where this job already ran for this night."""
        row = {
            "id": run.id,
            "mode": run.mode.value,
            "started": run.started,
            "today": run.today,
            "job": run.job,
            "night": run.night,
        }
        with self._writing() as connection:
            # The database decides, so that of two processes exactly one is told True.
            claim = _insert(connection, runs).on_conflict_do_nothing(index_elements=["job", "night"])
            return connection.execute(claim.returning(runs.c.id), row).first() is not None

    def finish(self, run_id: str, finished: datetime, outcome: str, report: Mapping[str, Any]) -> None:
        """Records the end of a run that has begun and not ended; anything else is a DefectError."""
        statement = (
            update(runs)
            .where(runs.c.id == run_id, runs.c.finished.is_(None))
            .values(finished=finished, outcome=outcome, report=report)
        )
        with self._writing() as connection:
            if connection.execute(statement).rowcount != 1:
                raise DefectError(f"Run {run_id} has not begun, or has ended already, and was to be ended.")

    def runs(self, limit: int = 20) -> Sequence[RunSummary]:
        """Newest first."""
        columns = (runs.c.id, runs.c.mode, runs.c.started, runs.c.finished, runs.c.today, runs.c.outcome, runs.c.night)
        statement = select(*columns).order_by(runs.c.started.desc(), runs.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return tuple(_summary(row) for row in connection.execute(statement))

    def report(self, run_id: str | None = None) -> Mapping[str, Any] | None:
        """That run's report, or the newest finished one; None where there is none."""
        statement = select(runs.c.report).where(runs.c.finished.is_not(None))
        if run_id is not None:
            statement = statement.where(runs.c.id == run_id)
        newest = statement.order_by(runs.c.started.desc(), runs.c.id.desc()).limit(1)
        with self._reading() as connection:
            report: Mapping[str, Any] | None = connection.execute(newest).scalar_one_or_none()
            return report

    def night_done(self, job: str, night: date) -> bool:
        """Whether this job has begun a run for this night."""
        statement = select(runs.c.id).where(runs.c.job == job, runs.c.night == night)
        with self._reading() as connection:
            return connection.execute(statement).first() is not None

    def baselines(self, host: str, list_guid: str) -> Mapping[RecordId, Baseline]:
        """The baselines of one list, by record id, in the order of the item ids."""
        statement = (
            select(baselines)
            .where(baselines.c.host == host, baselines.c.list_guid == list_guid)
            .order_by(baselines.c.item_id)
        )
        with self._reading() as connection:
            kept = [_baseline(row) for row in connection.execute(statement)]
        return {baseline.id: baseline for baseline in kept}

    def save_baselines(self, baselines_: Iterable[Baseline]) -> None:
        """Inserts or replaces, by record id; all of them or none."""
        rows = [
            {
                "host": baseline.id.host,
                "list_guid": baseline.id.list_guid,
                "item_id": baseline.id.item_id,
                "owned": owned_document(baseline.values),
                "version": baseline.version,
                "run_id": baseline.run_id,
            }
            for baseline in baselines_
        ]
        if not rows:
            return  # as on most nights, of most lists: even an empty transaction costs a commit
        with self._writing() as connection:
            _upsert(connection, baselines, rows)

    def source_states(self, host: str, list_guid: str) -> Mapping[str, SourceState]:
        """What the last applied runs knew of this list, by the name that its source had."""
        statement = select(sources).where(sources.c.host == host, sources.c.list_guid == list_guid)
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        return {row.source: SourceState(**row._mapping) for row in rows}

    def save_source_state(self, state: SourceState) -> None:
        """Inserts or replaces what that source knows of that list."""
        row = {name: getattr(state, name) for name in SourceState.__slots__}
        with self._writing() as connection:
            _upsert(connection, sources, [row])

    def approve(self, digest: str, by: str, at: datetime, through: str) -> None:
        """Keeps who approved which plan, when, and through what; each approval is a row of its own."""
        with self._writing() as connection:
            connection.execute(insert(approvals).values(digest=digest, by=by, at=at, through=through))

    def save_decisions(self, run_id: str, source: str, decisions_: Iterable[Decision]) -> None:
        """Replaces what was kept for that source, in one step; the run must have begun."""
        rows = [
            {
                "source": source,
                "host": decision.id.host,
                "list_guid": decision.id.list_guid,
                "item_id": decision.id.item_id,
                "key": decision.key,
                "folded_key": fold_key(decision.key),
                "content": decision.content,
                "run_id": run_id,
            }
            for decision in decisions_
        ]
        with self._writing() as connection:
            connection.execute(delete(decisions).where(decisions.c.source == source))
            _upsert(connection, decisions, rows)

    def decisions(self, key: str, source: str | None = None) -> Sequence[Decision]:
        """The last run's decisions about the records of that key (without regard to case), by source and item."""
        statement = select(decisions).where(decisions.c.folded_key == fold_key(key))
        if source is not None:
            statement = statement.where(decisions.c.source == source)
        ordered = statement.order_by(decisions.c.source, decisions.c.host, decisions.c.list_guid, decisions.c.item_id)
        with self._reading() as connection:
            return tuple(_decision(row) for row in connection.execute(ordered))

    def close(self) -> None:
        """Gives the connections back; calling it twice does no harm."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._database), reading(self._engine) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with explained(self._database), writing(self._engine) as connection:
            yield connection


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert of this database's dialect: only those know what to do on a conflict."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows, replacing those with the same primary key; the last of equal ones stays."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced), rows)


def _summary(row: Row[*tuple[Any, ...]]) -> RunSummary:
    return RunSummary(
        id=row.id,
        mode=RunMode(row.mode),
        started=row.started,
        finished=row.finished,
        today=row.today,
        outcome=row.outcome,
        night=row.night,
    )


def _baseline(row: Row[*tuple[Any, ...]]) -> Baseline:
    record_id = RecordId(row.host, row.list_guid, row.item_id)
    return Baseline(id=record_id, values=owned_values(row.owned), version=row.version, run_id=row.run_id)


def _decision(row: Row[*tuple[Any, ...]]) -> Decision:
    record_id = RecordId(row.host, row.list_guid, row.item_id)
    return Decision(id=record_id, source=row.source, key=row.key, content=row.content)
