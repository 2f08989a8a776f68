"""What every RunStore promises of the lease: one live run has it, and it is free at once when that run has died."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest

from sync.engine.state import IntentState, RunMode, RunStart
from sync.errors import ConfigurationError, ExitCode, LeaseLostError, LockHeldError
from sync.store.connect import make_engine, reading
from sync.store.location import parse_url
from sync.store.sql import open_store
from tests.support.databases import TARGETS, new_database
from tests.support.runstores import START, STORES, AnyStore, StoreWorld, intent, store_world, take


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture(params=TARGETS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


# One at a time


def test_who_comes_second_is_told_who_has_the_lease_since_when_and_where(world: StoreWorld) -> None:
    first, second = world.open(), world.open()
    at = (START + timedelta(seconds=5)).astimezone(timezone(timedelta(hours=2)))
    first.journal.take_lease("20260701T011705Z-a1b2", "council-server, process 4711", at)
    with pytest.raises(LockHeldError) as raised:
        take(second, "r2")
    assert raised.value.exit_code == ExitCode.LOCK_HELD
    assert raised.value.what == (
        "Run 20260701T011705Z-a1b2 (council-server, process 4711) has held the lock of this database "
        "since 2026-07-01 01:17:05 UTC."
    )
    assert not isinstance(raised.value, LeaseLostError)


def test_a_run_that_is_over_is_not_named_as_the_one_that_has_the_lease(database: StoreWorld) -> None:
    """The winner has the lock a moment before the database says who it is."""
    first, second = database.open(), database.open()
    first.begin(RunStart("r1", RunMode.RECONCILE, START, START.date()))
    take(first, "r1")
    first.finish("r1", START, "done", {})
    with pytest.raises(LockHeldError, match="just taken"):
        take(second, "r2")


def test_a_store_takes_the_lease_for_one_run_at_a_time(world: StoreWorld) -> None:
    store = world.open()
    lease = take(store, "r1")
    with pytest.raises(LockHeldError, match="Run r1 "):
        take(store, "r2")
    store.journal.check(lease)


def test_each_lease_has_a_higher_generation_than_any_before(world: StoreWorld) -> None:
    first, second = world.open(), world.open()
    generations = []
    for store in (first, second, first, first):
        lease = take(store)
        generations.append(lease.generation)
        store.journal.release(lease)
    assert generations == sorted(set(generations))


def test_a_lease_that_was_refused_uses_up_no_generation(world: StoreWorld) -> None:
    first, second = world.open(), world.open()
    lease = take(first)
    with pytest.raises(LockHeldError):
        take(second)
    first.journal.check(lease)
    first.journal.release(lease)
    assert take(second).generation == lease.generation + 1


def test_the_lease_is_free_once_it_was_given_up_or_its_store_closed(world: StoreWorld) -> None:
    first, second = world.open(), world.open()
    lease = take(first)
    first.journal.release(lease)
    first.journal.release(lease)
    take(second)
    second.close()
    take(first)


def test_giving_up_a_lease_that_was_lost_takes_it_from_nobody(world: StoreWorld) -> None:
    first, second = world.open(), world.open()
    old = take(first, "r1")
    world.take_lock_away(first)
    new = take(second, "r2")
    first.journal.release(old)
    first.close()
    second.journal.check(new)
    second.journal.release(replace(new, generation=new.generation - 1))
    second.journal.check(new)


def test_of_several_that_ask_at_once_one_gets_the_lease(database: StoreWorld) -> None:
    stores = [database.open() for _ in range(4)]
    barrier = Barrier(len(stores))

    def ask(number: int) -> int:
        barrier.wait()
        try:
            take(stores[number], f"r{number}")
        except LockHeldError:
            return 0
        return 1

    with ThreadPoolExecutor(len(stores)) as pool:
        assert sum(pool.map(ask, range(len(stores)))) == 1


def test_a_lease_of_a_database_in_memory_is_one_as_well() -> None:
    with closing(open_store("sqlite://", new_id=lambda: "i")) as store:
        lease = take(store)
        store.journal.intend(lease, [intent(1)])
        with pytest.raises(LockHeldError, match="Run r1 "):
            take(store, "r2")
        store.journal.release(lease)
        with pytest.raises(LeaseLostError):
            store.journal.settle(lease, {intent(1).id: IntentState.DONE})


def test_databases_on_one_server_have_leases_of_their_own(database: StoreWorld, tmp_path: Path) -> None:
    take(database.open())
    with (
        new_database(database.target, tmp_path / "other") as address,
        closing(open_store(address, new_id=lambda: "installation-1")) as other,
    ):
        take(other)


# A run that dies

_RUNS = """
import datetime, sys
from sync.store.sql import open_store
store = open_store(sys.argv[1], new_id=lambda: "i")
store.journal.take_lease("r1", "another process", datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC))
print("taken", flush=True)
sys.stdin.read()
"""


@contextmanager
def running(world: StoreWorld) -> Iterator[subprocess.Popen[str]]:
    """Another process, which has the lease until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RUNS, world.address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "taken\n"
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL on this system")
def test_the_lease_of_a_process_that_was_killed_is_free_at_once(tmp_path: Path) -> None:
    with store_world("sqlite", tmp_path) as world:
        store = world.open()
        with running(world) as process:
            with pytest.raises(LockHeldError, match="another process"):
                take(store, "r2")
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
            assert take(store, "r2").generation == 2


@pytest.mark.skipif("postgresql" not in TARGETS, reason="there is no PostgreSQL here")
def test_two_processes_contend_for_a_server_and_the_one_that_is_killed_loses_it(tmp_path: Path) -> None:
    with store_world("postgresql", tmp_path) as world:
        store = world.open()
        with running(world) as process:
            with pytest.raises(LockHeldError, match="another process"):
                take(store, "r2")
            process.kill()
            process.wait(timeout=30)
            # The server notices by itself that the connection is gone; here it is told so, to be waited for.
            world.take_lock_away(store)
            assert take(store, "r2").generation == 2


# A lock that is lost while the run lives


@pytest.fixture
def server(tmp_path: Path) -> Iterator[StoreWorld]:
    if "postgresql" not in TARGETS:
        pytest.skip("there is no PostgreSQL here")
    with store_world("postgresql", tmp_path) as world:
        yield world


def test_a_run_whose_connection_to_the_server_was_cut_writes_nothing_more(server: StoreWorld) -> None:
    store = server.open()
    lease = take(store)
    store.journal.intend(lease, [intent(1)])
    server.take_lock_away(store)
    with pytest.raises(LeaseLostError, match="Run r1 has its lease no more"):
        store.journal.check(lease)
    with pytest.raises(LeaseLostError):
        store.journal.intend(lease, [intent(2)])
    with pytest.raises(LeaseLostError):
        store.journal.settle(lease, {intent(1).id: IntentState.DONE})
    with pytest.raises(LeaseLostError):
        store.journal.conclude(lease, [], known={})
    assert store.journal.open_intents() == (intent(1),)
    again = take(store, "r2")
    store.journal.check(again)
    store.journal.release(again)


def test_the_connection_of_a_lease_holds_no_transaction_open_and_notices_a_dead_host(server: StoreWorld) -> None:
    store = server.open()
    store.journal.check(take(store))
    engine = make_engine(parse_url(server.address), 5)
    with reading(engine) as connection:
        (row,) = connection.exec_driver_sql(
            "SELECT state, xact_start FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' "
            "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).all()
    engine.dispose()
    assert (row.state, row.xact_start) == ("idle", None)
    session = store.journal._held.lock._connection  # type: ignore[union-attr]
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "idle_session_timeout")
    kept = [session.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]
    assert kept == ["20", "10", "3", "0"], "gone without a word for 50 seconds, and never for being idle"


def test_a_lock_file_that_may_not_be_made_is_refused_by_name(tmp_path: Path) -> None:
    with store_world("sqlite", tmp_path) as world:
        store = world.open()
        (tmp_path / "state" / "portfolio.sqlite.lock").mkdir()
        with pytest.raises(ConfigurationError, match=r"portfolio\.sqlite\.lock"):
            take(store)


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on this system")
def test_two_names_of_one_file_are_one_database(tmp_path: Path) -> None:
    with store_world("sqlite", tmp_path) as world:
        take(world.open(), "r1")
        (tmp_path / "link.sqlite").symlink_to(tmp_path / "state" / "portfolio.sqlite")
        linked = open_store(f"sqlite:///{tmp_path / 'link.sqlite'}", new_id=lambda: "i")
        with closing(linked) as other, pytest.raises(LockHeldError, match="Run r1 "):
            take(other, "r2")


def test_a_lease_that_could_not_be_written_down_is_not_kept(database: StoreWorld) -> None:
    store: AnyStore = database.open()
    with pytest.raises(Exception, match="without a zone"):
        store.journal.take_lease("r1", "host", START.replace(tzinfo=None))
    take(database.open(), "r2")
