"""A database that cannot be used says so in one sentence, with one of advice, and is left as it was."""

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from sync.core.snapshot import RecordId
from sync.engine.state import Decision, RunMode, RunStart
from sync.errors import ConfigurationError, DefectError, ExitCode, LockHeldError, MigrationError, PortfolioSyncError
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import HEAD
from sync.store.sql import SqlRunStore, open_store
from tests.support.databases import TARGETS, new_database

START = RunStart("r1", RunMode.RECONCILE, datetime(2026, 7, 1, tzinfo=UTC), date(2026, 7, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "portfolio.sqlite"


def opened(address: str) -> SqlRunStore:
    return open_store(address, new_id=lambda: "installation", busy_seconds=0.05)


def refusal(address: str, kind: type[PortfolioSyncError] = ConfigurationError) -> PortfolioSyncError:
    """The error of opening this address: it names no password, and is one sentence and one of advice."""
    with pytest.raises(kind) as raised:
        opened(address)
    error = raised.value
    assert "hunter2" not in str(error)
    assert "\n" not in str(error)
    assert error.what.endswith(".")
    assert error.advice.endswith(".")
    return error


# Files


def test_the_folder_is_made_and_the_file_is_for_this_account_only(file: Path) -> None:
    opened(f"sqlite:///{file}").close()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    error = refusal(f"sqlite:///{tmp_path / 'taken' / 'portfolio.sqlite'}")
    assert str(tmp_path / "taken" / "portfolio.sqlite") in error.what
    assert "PORTFOLIO_SYNC_STATE_DIR" in error.advice


@contextmanager
def folder_of_an_ordinary_user() -> Iterator[Path]:
    """A folder whose owner is no administrator, and for as long as the block lasts this process is that owner.

    An administrator may write everywhere, whatever a folder's mode says. Pytest's own folders are closed to others, so
    this is beside them.
    """
    nobody = 65534
    administrator = os.geteuid() == 0
    with TemporaryDirectory() as name:
        if administrator:
            os.chown(name, nobody, nobody)
            os.seteuid(nobody)
        try:
            yield Path(name)
        finally:
            if administrator:
                os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="a folder has no mode on this system")
def test_a_folder_that_may_not_be_written_is_refused(file: Path) -> None:
    opened(f"sqlite:///{file}").close()  # imports what it needs while it may read it
    with folder_of_an_ordinary_user() as folder:
        opened(f"sqlite:///{folder / 'portfolio.sqlite'}").close()
        (folder / "portfolio.sqlite").unlink()
        folder.chmod(0o500)
        error = refusal(f"sqlite:///{folder / 'portfolio.sqlite'}")
        folder.chmod(0o700)
    assert "Permission denied" in error.what
    assert "write access" in error.advice


def test_a_folder_in_place_of_the_file_is_refused(file: Path) -> None:
    file.mkdir(parents=True)
    assert str(file) in refusal(f"sqlite:///{file}").what


@pytest.mark.parametrize(
    "content", [b"this is no database at all, only words" * 50, b"SQLite format 3\x00" + b"\xff" * 8192]
)
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert "damaged" in refusal(f"sqlite:///{file}").what
    assert file.read_bytes() == content


def test_a_database_damaged_in_its_middle_is_an_error_and_never_an_empty_memory(file: Path) -> None:
    with closing(opened(f"sqlite:///{file}")) as store:
        for number in range(200):
            store.begin(RunStart(f"r{number}", START.mode, START.started, START.today))
    with file.open("r+b") as damaged:
        damaged.seek(8192)
        damaged.write(b"\xff" * (file.stat().st_size - 8192))
    assert "damaged" in refusal(f"sqlite:///{file}").what


def test_damage_met_later_is_an_error_too(file: Path) -> None:
    with closing(opened(f"sqlite:///{file}")) as store, closing(sqlite3.connect(file)) as other, other:
        store.begin(START)
        other.execute("UPDATE runs SET started = 'yesterday'")
        other.commit()
        with pytest.raises(ConfigurationError, match="damaged"):
            store.runs()


def test_a_value_that_is_not_ours_is_called_damage(file: Path) -> None:
    with closing(opened(f"sqlite:///{file}")) as store:
        with closing(sqlite3.connect(file)) as other, other:
            other.execute("INSERT INTO baselines VALUES ('h', 'l', 1, '{\"colour\":\"red\"}', NULL, 'r1')")
            other.execute("INSERT INTO baselines VALUES ('h', 'm', 1, 'not json', NULL, 'r1')")
        for list_guid in ("l", "m"):
            with pytest.raises(ConfigurationError, match="damaged"):
                store.remembered("h", list_guid)


def test_a_database_of_another_product_is_refused_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE runs (distance REAL)")
    refusal(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("runs",)]


# Locks


def test_a_locked_database_is_waited_for_and_then_reported(file: Path) -> None:
    with closing(opened(f"sqlite:///{file}")) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockHeldError, match="locked by another process") as raised:
            store.begin(START)
        assert raised.value.exit_code == ExitCode.LOCK_HELD
        assert store.runs() == (), "reading goes on while another writes"
        other.rollback()
        assert store.begin(START)


def test_a_table_that_another_session_has_locked_on_a_server_is_waited_for_and_then_reported(tmp_path: Path) -> None:
    with new_database("postgresql", tmp_path) as address, closing(opened(address)) as store:
        engine = make_engine(parse_url(address), 5)
        with writing(engine) as other:
            other.execute(text("LOCK TABLE runs IN EXCLUSIVE MODE"))
            with pytest.raises(LockHeldError, match="locked by another process"):
                store.begin(START)
            assert store.runs() == (), "reading goes on while another writes"
        engine.dispose()
        assert store.begin(START)


def test_opening_an_up_to_date_database_needs_no_lock(file: Path) -> None:
    opened(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        opened(f"sqlite:///{file}").close()


def test_a_new_database_that_another_process_has_locked_is_reported(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refusal(f"sqlite:///{file}", LockHeldError)


# Releases


@pytest.fixture(params=TARGETS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with new_database(request.param, tmp_path) as address:
        yield address


def execute(address: str, statement: str) -> None:
    engine = make_engine(parse_url(address), 5)
    with writing(engine) as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_database_of_a_newer_release_is_refused_and_left_as_it_was(address: str) -> None:
    opened(address).close()
    execute(address, "UPDATE alembic_version SET version_num = 'portfolio_sync_9999'")
    error = refusal(address, MigrationError)
    assert error.exit_code == ExitCode.MIGRATION
    assert "portfolio_sync_9999" in error.what
    execute(address, f"UPDATE alembic_version SET version_num = '{HEAD}'")  # noqa: S608 - a name of ours
    opened(address).close()


def test_what_the_database_refuses_shows_no_stored_value(address: str) -> None:
    with closing(opened(address)) as store:
        secret = Decision(RecordId("h", "l", 1), "s", "P-01", {"owner": "a name that is nobody's business"})
        with pytest.raises(DefectError) as raised:
            store.save_decisions("a run that never began", "s", [secret])
    assert "nobody's business" not in str(raised.value)
    assert "nobody's business" not in str(raised.value.__cause__)


# Addresses


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("hunter2", "could not be understood"),
        ("postgresql://me:hunter2@host:port/db", "could not be understood"),
        ("postgresql://me:secret@hunter2@host/db", "could not be understood"),
        ("postgresql://me:secret@hunter/2@host/db", "could not be understood"),
        ("oracle://me:hunter2@host/db", "'oracle'"),
        ("mysql+pymysql://me:hunter2@host/db", "'mysql+pymysql'"),
        ("postgresql+psycopg2://me:hunter2@host/db", "'postgresql+psycopg2'"),
        ("sqlite:///state.sqlite?password=hunter2", "a path and nothing else"),
        ("sqlite://state.sqlite", "a path and nothing else"),
    ],
)
def test_an_address_that_is_not_supported_is_refused_without_being_repeated(address: str, said: str) -> None:
    error = refusal(address)
    assert said in error.what
    assert "PORTFOLIO_SYNC_DATABASE_URL" in error.advice


def test_a_missing_driver_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refusal("postgresql://me:hunter2@127.0.0.1/db")
    assert "driver is not installed" in error.what
    assert "`postgres`" in error.advice


@pytest.mark.parametrize("query", ["", "?connect_timeout=2&password=hunter2"])
def test_a_server_that_does_not_answer_is_named_without_its_password(unused_port: int, query: str) -> None:
    error = refusal(f"postgresql://me:hunter2@127.0.0.1:{unused_port}/db{query}")
    assert f"postgresql://me@127.0.0.1:{unused_port}/db" in error.what
    assert "server answers" in error.advice


def test_an_account_that_may_not_make_tables_is_told_what_to_ask_for(tmp_path: Path) -> None:
    with new_database("postgresql", tmp_path) as address:
        execute(address, "CREATE ROLE portfolio_sync_reader LOGIN PASSWORD 'hunter2'")
        try:
            execute(
                address,
                "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema || ' TO portfolio_sync_reader'; END $$",
            )
            url = parse_url(address).set(username="portfolio_sync_reader", password="hunter2")
            assert "CREATE on the schema" in refusal(url.render_as_string(hide_password=False)).advice
            url = url.set(password="wrong-hunter2")
            assert "knows this account" in refusal(url.render_as_string(hide_password=False)).advice
        finally:
            execute(address, "DROP OWNED BY portfolio_sync_reader; DROP ROLE portfolio_sync_reader")


@pytest.fixture
def unused_port() -> Iterator[int]:
    import socket

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        yield bound.getsockname()[1]


def test_an_installation_id_is_asked_for_only_when_a_database_is_new(file: Path) -> None:
    made: list[str] = []

    def new_id() -> str:
        made.append("installation")
        return made[-1]

    def ask(make: Callable[[], str]) -> None:
        open_store(f"sqlite:///{file}", new_id=make).close()

    ask(new_id)
    ask(new_id)
    assert made == ["installation"]
    shutil.rmtree(file.parent)
    ask(new_id)
    assert len(made) == 2
