"""The migrations and the tables that the code knows are one and the same."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select

from sync.core.audit import Act, Anchor, Entry
from sync.core.known import LastApplied
from sync.core.ownership import OwnedField
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import KnownPerson, SourceState
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import HEAD, approvals, metadata
from sync.store.sql import open_store
from tests.support.databases import TARGETS, new_database
from tests.support.runstores import history

START = datetime(2026, 7, 2, 1, 17, tzinfo=UTC)


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "sync.store:migrations")
    config.attributes["connection"] = connection
    return config


@pytest.fixture(params=TARGETS)
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    with new_database(request.param, tmp_path) as address:
        open_store(address, new_id=lambda: "installation").close()
        engine = make_engine(parse_url(address), 5)
        with writing(engine) as connection:
            yield connection
        engine.dispose()


def test_the_newest_revision_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


def test_the_migrations_make_the_tables_that_the_code_knows(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_constraints_and_indexes_have_the_names_that_the_code_knows(connection: Connection) -> None:
    inspector = inspect(connection)
    for table in metadata.tables.values():
        assert inspector.get_pk_constraint(table.name)["name"] == table.primary_key.name
        assert {index["name"] for index in inspector.get_indexes(table.name)} >= {index.name for index in table.indexes}


def test_every_revision_can_be_taken_back(connection: Connection) -> None:
    command.downgrade(configuration(connection), "base")
    assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    command.upgrade(configuration(connection), "head")
    assert set(inspect(connection).get_table_names()) == {"alembic_version", *metadata.tables}


def test_every_revision_is_inside_the_package() -> None:
    names = {entry.name for entry in files("sync.store.migrations").joinpath("versions").iterdir()}
    assert names >= {
        "rev_0001_first_tables.py",
        "rev_0002_journal_and_audit.py",
        "rev_0003_histories_and_archives.py",
        "rev_0004_made.py",
    }


FIRST = "portfolio_sync_0001"
OLD_ROWS = (
    "INSERT INTO meta VALUES ('installation_id', 'installation-of-old')",
    "INSERT INTO runs (id, mode, started, today) VALUES ('r1', 'plan', '2026-06-30T01:17:00.000000Z', '2026-06-29')",
    "INSERT INTO runs (id, mode, started, today) VALUES ('r2', 'nightly', '2026-07-01T01:17:00.000000Z', '2026-07-01')",
    "INSERT INTO baselines VALUES ('h', 'l', 7, '{\"status\":\"At risk\"}', '\"3\"', 'r2')",
    "INSERT INTO sources VALUES ('h', 'l', 'projects', 'pppp', 'ssss', 47, 'r2')",
    "INSERT INTO sources VALUES ('h', 'l', 'pilots', 'qqqq', 'ssss', 0, 'r1')",
    "INSERT INTO sources VALUES ('h', 'm', 'risks', 'pppp', 'ssss', 12, 'a run that was tidied away')",
    "INSERT INTO approvals (digest, by, at, through) VALUES ('d1', 'ann', '2026-06-30T01:17:00.000000Z', 'prompt')",
    "INSERT INTO approvals (digest, by, at, through) VALUES ('d2', 'bob', '2026-06-30T01:18:00.000000Z', 'demo')",
    "INSERT INTO approvals (digest, by, at, through) VALUES ('d3', 'ann', '2026-07-01T01:17:00.000000Z', 'reconcile')",
    "INSERT INTO decisions VALUES ('projects', 'h', 'l', 7, 'P-1', 'p-1', '{\"why\":[]}', 'r2')",
)


@pytest.fixture(params=TARGETS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as the first release left it."""
    with new_database(request.param, tmp_path) as address:
        engine = make_engine(parse_url(address), 5)
        with writing(engine) as connection:
            command.upgrade(configuration(connection), FIRST)
            for statement in OLD_ROWS:
                connection.exec_driver_sql(statement)
        engine.dispose()
        yield address


def test_a_database_of_the_first_release_keeps_what_it_remembers(old: str) -> None:
    with closing(open_store(old, new_id=lambda: "never asked for")) as store:
        assert store.installation_id == "installation-of-old"
        assert [run.id for run in store.runs()] == ["r2", "r1"]
        (decision,) = store.decisions("P-1")
        assert decision.content == {"why": []}
        kept = store.remembered("h", "l")
        record = RecordId("h", "l", 7)
        assert kept.baselines == {record: Baseline(record, {OwnedField.STATUS: "At risk"}, '"3"', "r2")}
        assert kept.known == {}
        assert kept.states == {
            "pilots": SourceState("h", "l", "pilots", "qqqq", "r1", saw("r1", date(2026, 6, 29), 0)),
            "projects": SourceState("h", "l", "projects", "pppp", "r2", saw("r2", date(2026, 7, 1), 47)),
        }
        untold = SourceState("h", "m", "risks", "pppp", "a run that was tidied away")
        assert store.remembered("h", "m").states == {"risks": untold}
        assert store.audit.head() == Anchor()
        assert (store.histories(), store.doubts(), store.answers()) == ((), (), {})
        assert (store.frozen(), store.archive()) == ((), None)
        lease = store.journal.take_lease("r3", "host", START)
        store.journal.conclude(lease, [untold], known={}, audit=[Entry(at=START, act=Act.HELD, person=1)])


def test_who_approved_in_the_first_release_has_a_number_now(old: str) -> None:
    with closing(open_store(old, new_id=lambda: "never asked for")) as store:
        assert store.audit.people() == (
            KnownPerson(1, "account", "ann", None),
            KnownPerson(2, "account", "bob", None),
        )
        assert store.audit.person("account", "cem") == 3
        assert store.audit.person("account", "bob") == 2
    engine = make_engine(parse_url(old), 5)
    with writing(engine) as connection:
        by = select(approvals.c.digest, approvals.c.person).order_by(approvals.c.id)
        assert connection.execute(by).all() == [("d1", 1), ("d2", 2), ("d3", 1)]
        command.downgrade(configuration(connection), FIRST)
        names = connection.exec_driver_sql('SELECT digest, "by" FROM approvals ORDER BY id').all()
        rows = connection.exec_driver_sql("SELECT source, records FROM sources ORDER BY source").all()
    engine.dispose()
    assert names == [("d1", "ann"), ("d2", "bob"), ("d3", "ann")]
    assert rows == [("pilots", 0), ("projects", 47), ("risks", 0)]


def saw(run_id: str, today: date, rows: int) -> LastApplied:
    return LastApplied(run_id=run_id, today=today, rows=rows, zone=None)


def test_a_database_of_the_release_before_takes_histories_and_reports(old: str) -> None:
    engine = make_engine(parse_url(old), 5)
    with writing(engine) as connection:
        command.upgrade(configuration(connection), "portfolio_sync_0002")
    engine.dispose()
    with closing(open_store(old, new_id=lambda: "never asked for")) as store:
        store.save_latest("r2", {"name": "Digital"}, {"projects": {"records": []}})
        lease = store.journal.take_lease("r3", "host", START)
        store.journal.conclude(lease, [], known={}, histories=[history(1)])
        assert store.histories() == (history(1),)
    engine = make_engine(parse_url(old), 5)
    with writing(engine) as connection:
        command.downgrade(configuration(connection), "portfolio_sync_0002")
        assert not inspect(connection).has_table("histories")
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM baselines").scalar_one() == 1
    engine.dispose()
