"""The RunStore on SQLAlchemy Core: SQLite in a file of its own by default, PostgreSQL by URL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Table, Text, delete, select, type_coerce, update
from sqlalchemy.engine import URL

from sync.core.doubts import Answer, Doubt
from sync.core.history import History
from sync.core.known import Known
from sync.core.provisioning.made import Made
from sync.engine.state import LATEST, Archive, Decision, Frozen, Remembered, RunStart, RunSummary
from sync.errors import DefectError
from sync.store import archives, histories, made, texts
from sync.store.audit import SqlAuditTrail
from sync.store.connect import Database, make_engine
from sync.store.failures import explained
from sync.store.journal import SqlJournal
from sync.store.keys import fold_key
from sync.store.location import parse_url, shown
from sync.store.lock import locks_of
from sync.store.migrate import prepare
from sync.store.mirrors import SqlMirrors
from sync.store.rows import baseline_of, decision_of, decision_row, known_of, state_of, summary_of
from sync.store.schema import baselines, decisions, runs, sources
from sync.store.schema import known as known_records
from sync.store.seal import Seal, new_key
from sync.store.statements import insert_into, upsert


def open_store(
    url: str, *, new_id: Callable[[], str], key: bytes | None = None, busy_seconds: float = 15.0
) -> "SqlRunStore":
    """Opens a portfolio's database, made and migrated to this release's tables where need be.

    `url` is an SQLAlchemy URL of SQLite or PostgreSQL; `new_id` names the installation of a new database; `key` is what
    the mirror of the lists is sealed with, a new one where none is given, so that what is kept lasts as long as the
    store; `busy_seconds` is how long another process's lock is waited for. Raises ConfigurationError (it cannot be
    used, with the reason), LockHeldError (locked for too long) or MigrationError (a newer release has been here).
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
    return SqlRunStore(Database(engine, database), installation_id, parsed, Seal(key or new_key()))


class SqlRunStore:
    """What a portfolio remembers, in one database. Safe to use from several threads; see `RunStore` for the promises.

    `night_done` counts a night's run from its start, as `begin` does: a run that was cut short is not begun again for
    that night, and the next run finishes its work.
    """

    def __init__(self, database: Database, installation_id: str, url: URL, seal: Seal) -> None:
        self._database = database
        self._installation_id = installation_id
        self._journal = SqlJournal(database, locks_of(url, database, installation_id))
        self._audit = SqlAuditTrail(database)
        self._mirrors = SqlMirrors(database, seal)

    @property
    def installation_id(self) -> str:
        """Tells this database from every other; made when it was, and never changed."""
        return self._installation_id

    @property
    def database(self) -> str:
        """How messages name the database: a path, or a server's address without its password."""
        return self._database.name

    @property
    def journal(self) -> SqlJournal:
        """Intents, and what became of them."""
        return self._journal

    @property
    def audit(self) -> SqlAuditTrail:
        """The record of decisions and writes, and who the people in it are."""
        return self._audit

    @property
    def mirrors(self) -> SqlMirrors:
        """What lists held when they were seen last."""
        return self._mirrors

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
        with self._database.writing() as connection:
            # The database decides, so that of two processes exactly one is told True.
            claim = insert_into(connection, runs).on_conflict_do_nothing(index_elements=["job", "night"])
            return connection.execute(claim.returning(runs.c.id), row).first() is not None

    def finish(self, run_id: str, finished: datetime, outcome: str, report: Mapping[str, Any]) -> None:
        """Records the end of a run that has begun and not ended; anything else is a DefectError."""
        statement = (
            update(runs)
            .where(runs.c.id == run_id, runs.c.finished.is_(None))
            .values(finished=finished, outcome=outcome, report=report)
        )
        with self._database.writing() as connection:
            if connection.execute(statement).rowcount != 1:
                raise DefectError(f"Run {run_id} has not begun, or has ended already, and was to be ended.")

    def runs(self, limit: int = 20) -> Sequence[RunSummary]:
        """Newest first."""
        columns = (runs.c.id, runs.c.mode, runs.c.started, runs.c.finished, runs.c.today, runs.c.outcome, runs.c.night)
        statement = select(*columns).order_by(runs.c.started.desc(), runs.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(summary_of(row) for row in connection.execute(statement))

    def report(self, run_id: str | None = None) -> Mapping[str, Any] | None:
        """That run's report, or the newest finished one; None where there is none."""
        statement = select(runs.c.report).where(runs.c.finished.is_not(None))
        if run_id is not None:
            statement = statement.where(runs.c.id == run_id)
        newest = statement.order_by(runs.c.started.desc(), runs.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            report: Mapping[str, Any] | None = connection.execute(newest).scalar_one_or_none()
            return report

    def night_done(self, job: str, night: date) -> bool:
        """Whether this job has begun a run for this night."""
        statement = select(runs.c.id).where(runs.c.job == job, runs.c.night == night)
        with self._database.reading() as connection:
            return connection.execute(statement).first() is not None

    def remembered(self, host: str, list_guid: str) -> Remembered:
        """Everything known of one list: baselines and known records in the order of the item ids."""

        def of_list(table: Table) -> Select[Any]:
            return select(table).where(table.c.host == host, table.c.list_guid == list_guid)

        undecoded = select(baselines, type_coerce(baselines.c.owned, Text).label("document")).where(
            baselines.c.host == host, baselines.c.list_guid == list_guid
        )
        known: dict[str, list[Known]] = {}
        with self._database.reading() as connection:
            kept = [baseline_of(row) for row in connection.execute(undecoded.order_by(baselines.c.item_id))]
            states = [state_of(row) for row in connection.execute(of_list(sources).order_by(sources.c.source))]
            for row in connection.execute(of_list(known_records).order_by(known_records.c.item_id)):
                known.setdefault(row.source, []).append(known_of(row))
        return Remembered(
            baselines={baseline.id: baseline for baseline in kept},
            states={state.source: state for state in states},
            known={source: tuple(known[source]) for source in sorted(known)},
        )

    def places(self) -> Sequence[tuple[str, str]]:
        """The host and GUID of every list of which a source state is kept, sorted."""
        statement = select(sources.c.host, sources.c.list_guid).distinct()
        with self._database.reading() as connection:
            return tuple(sorted((row.host, row.list_guid) for row in connection.execute(statement)))

    def save_decisions(self, run_id: str, source: str, decisions_: Iterable[Decision]) -> None:
        """Replaces what was kept for that source, in one step; the run must have begun."""
        rows = (decision_row(decision, source, run_id) for decision in decisions_)
        with self._database.writing() as connection:
            connection.execute(delete(decisions).where(decisions.c.source == source))
            upsert(connection, decisions, rows)

    def decisions(self, key: str, source: str | None = None) -> Sequence[Decision]:
        """The last run's decisions about the records of that key (without regard to case), by source and item."""
        statement = select(decisions).where(decisions.c.folded_key == fold_key(key))
        if source is not None:
            statement = statement.where(decisions.c.source == source)
        ordered = statement.order_by(decisions.c.source, decisions.c.host, decisions.c.list_guid, decisions.c.item_id)
        with self._database.reading() as connection:
            return tuple(decision_of(row) for row in connection.execute(ordered))

    def histories(self) -> Sequence[History]:
        """Those of every record that was ever carried through, by number."""
        with self._database.reading() as connection:
            return histories.everything(connection)

    def save_doubts(self, run_id: str, doubts: Sequence[Doubt]) -> None:
        """Replaces those of the run before, in one step; the run must have begun."""
        with self._database.writing() as connection:
            histories.replace_doubts(connection, run_id, doubts)

    def doubts(self) -> Sequence[Doubt]:
        """Those of the newest run that said which there are, in its order."""
        with self._database.reading() as connection:
            return histories.doubts(connection)

    def keep_answer(self, answer: Answer) -> None:
        """Keeps what a person said, in place of what was said of that doubt before."""
        with self._database.writing() as connection:
            histories.keep_answer(connection, answer)

    def answers(self) -> Mapping[str, Answer]:
        """Every answer that was ever given, by the id of its doubt."""
        with self._database.reading() as connection:
            return histories.answers(connection)

    def save_latest(self, run_id: str, header: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
        """Replaces the one latest archive with what this run saw, in one step; the run must have begun."""
        with self._database.writing() as connection:
            archives.replace_latest(connection, run_id, header, parts)

    def freeze(self, frozen: Frozen, header: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
        """Keeps a report for good; False (and nothing kept) where it is frozen already."""
        with self._database.writing() as connection:
            return archives.keep(connection, frozen, header, parts)

    def frozen(self) -> Sequence[Frozen]:
        """Reports that were frozen, the newest first."""
        with self._database.reading() as connection:
            return archives.everything_frozen(connection)

    def archive(self, archive_id: str | None = None) -> Archive | None:
        """What was frozen under that id, or the latest; None where there is none."""
        with self._database.reading() as connection:
            return archives.find(connection, LATEST if archive_id is None else archive_id)

    def frozen_header(self, archive_id: str) -> Mapping[str, Any] | None:
        """Only what was frozen of the whole; None where there is none."""
        with self._database.reading() as connection:
            return archives.header(connection, archive_id)

    def purge_frozen(self, before: date) -> int:
        """Deletes what was frozen as of an earlier day; answers how many went."""
        with self._database.writing() as connection:
            return archives.purge(connection, before)

    def made(self) -> Sequence[Made]:
        """Everything that `provision` made and that was not taken away again, sorted."""
        with self._database.reading() as connection:
            return made.everything(connection)

    def mentions(self, text: str) -> Sequence[str]:
        """Where these words stand in what is kept of the lists, sorted."""
        with self._database.reading() as connection:
            found = texts.mentions(connection, text)
        return tuple(sorted({*found, *self._mirrors.mentions(text)}))

    def redact(self, text: str) -> int:
        """Takes these words out of everything kept that neither lists nor recovery still need; answers how many texts
        were changed. What the lists held is dropped: they are read again."""
        with self._database.writing() as connection:
            changed = texts.redact(connection, text)
        self._mirrors.clear()
        return changed

    def close(self) -> None:
        """Gives the lease up, if it is here, and the connections back; calling it twice does no harm."""
        self._journal.close()
        self._database.engine.dispose()
