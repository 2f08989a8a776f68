"""What every RunStore promises, held on each database that the product supports."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest

from sync.core.columns import ColumnType
from sync.core.known import ColumnShape, Known, LastApplied
from sync.core.ownership import OwnedField
from sync.core.snapshot import Baseline
from sync.engine.state import Decision, Remembered, RunMode, RunSummary, SourceState
from sync.errors import DefectError
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import runs
from sync.store.sql import open_store
from tests.support.databases import TARGETS, new_database
from tests.support.runstores import (
    HOST,
    LIST,
    NIGHT,
    START,
    STORES,
    AnyStore,
    StoreWorld,
    baseline,
    keep_baselines,
    record,
    started,
    store_world,
    take,
)


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


@pytest.fixture(params=TARGETS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    """A memory that outlives its process, and that several reach at once."""
    with store_world(request.param, tmp_path) as world:
        yield world


def decision(item: int, key: str, source: str = "projects", **content: object) -> Decision:
    return Decision(record(item), source, key, content)


def state(source: str, policy: str = "p", *, list_guid: str = LIST, run: str = "r1") -> SourceState:
    return SourceState(HOST, list_guid, source, policy * 64, run)


def test_postgresql_is_among_the_databases_that_this_suite_ran_on() -> None:
    with new_database("postgresql", Path()) as address, closing(open_store(address, new_id=lambda: "i")) as store:
        assert store.database.startswith("postgresql://")


# Opening


def test_an_installation_keeps_its_id_and_what_it_remembers_when_opened_again(world: StoreWorld) -> None:
    first = world.open()
    first.begin(started("r1"))
    first.close()
    again = world.open()
    assert again.installation_id == first.installation_id == "installation-1"
    assert [run.id for run in again.runs()] == ["r1"]


def test_several_processes_may_open_a_new_database_at_once(database: StoreWorld) -> None:
    openers = 6
    barrier = threading.Barrier(openers)

    def open_together(_: int) -> str:
        barrier.wait()
        return database.open().installation_id

    with ThreadPoolExecutor(openers) as pool:
        assert len(set(pool.map(open_together, range(openers)))) == 1


def test_closing_twice_does_no_harm(store: AnyStore) -> None:
    store.close()
    store.close()


# Runs


def test_a_run_is_listed_from_its_start_and_has_an_outcome_and_a_report_once_it_ended(store: AnyStore) -> None:
    assert store.begin(started("r1", night=NIGHT))
    running = RunSummary("r1", RunMode.NIGHTLY, START, None, NIGHT, None, NIGHT)
    assert store.runs() == (running,)
    assert store.report("r1") is None
    report = {"schema": 1, "counts": {"off_track": 2, "at_risk": 1, "complete": 0}, "findings": [], "stale": None}
    ended = START + timedelta(seconds=90, microseconds=5)
    store.finish("r1", ended, "done", report)
    assert store.runs() == (RunSummary("r1", RunMode.NIGHTLY, START, ended, NIGHT, "done", NIGHT),)
    assert store.report("r1") == report
    assert list(store.report("r1")["counts"]) == ["off_track", "at_risk", "complete"], "order is part of a report"


def test_runs_come_newest_first_and_no_more_than_asked_for(store: AnyStore) -> None:
    for number in (2, 0, 3, 1):
        store.begin(started(f"r{number}", START + timedelta(microseconds=number)))
    assert [run.id for run in store.runs()] == ["r3", "r2", "r1", "r0"]
    assert [run.id for run in store.runs(limit=2)] == ["r3", "r2"]


def test_the_newest_finished_report_is_not_that_of_a_run_still_going_on(store: AnyStore) -> None:
    assert store.report() is None
    for number in (1, 2, 3):
        store.begin(started(f"r{number}", START + timedelta(hours=number)))
    store.finish("r2", START + timedelta(hours=5), "done", {"run": 2})
    store.finish("r1", START + timedelta(hours=6), "partial", {"run": 1})
    assert store.report() == {"run": 2}
    assert store.report("r1") == {"run": 1}
    assert store.report("r3") is None
    assert store.report("no such run") is None


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: AnyStore) -> None:
    store.begin(started("r1", START.astimezone(timezone(timedelta(hours=-7)))))
    begun = store.runs()[0].started
    assert (begun, begun.utcoffset()) == (START, timedelta(0))


def test_a_time_without_a_zone_is_a_defect_and_leaves_nothing(store: AnyStore) -> None:
    with pytest.raises(DefectError, match="without a zone"):
        store.begin(started("r1", START.replace(tzinfo=None)))
    assert store.runs() == ()


def test_a_run_begins_once_and_ends_once(store: AnyStore) -> None:
    store.begin(started("r1"))
    with pytest.raises(DefectError):
        store.begin(started("r1"))
    with pytest.raises(DefectError, match="r2 has not begun"):
        store.finish("r2", START, "done", {})
    store.finish("r1", START, "done", {"first": True})
    with pytest.raises(DefectError, match="has ended already"):
        store.finish("r1", START, "failed", {"first": False})
    assert store.report("r1") == {"first": True}


# Nights


def test_a_job_runs_once_for_a_night(store: AnyStore) -> None:
    assert not store.night_done("nightly", NIGHT)
    assert store.begin(started("r1", night=NIGHT))
    assert store.night_done("nightly", NIGHT), "a night counts from its start"
    assert not store.begin(started("r2", night=NIGHT))
    assert [run.id for run in store.runs()] == ["r1"], "a night that was refused leaves nothing"
    assert store.begin(started("r3", night=NIGHT + timedelta(days=1)))
    assert store.begin(started("r4", night=NIGHT, job="another job"))
    assert not store.night_done("nightly", NIGHT - timedelta(days=1))


def test_runs_started_by_hand_are_not_counted_by_night(store: AnyStore) -> None:
    assert all(store.begin(started(f"r{number}")) for number in range(3))
    assert store.begin(started("r9", night=NIGHT))


def test_two_processes_claim_each_night_exactly_once(database: StoreWorld) -> None:
    nights = [NIGHT + timedelta(days=days) for days in range(12)]
    stores = [database.open() for _ in range(3)]
    barrier = threading.Barrier(len(stores))

    def claim_all(number: int) -> list[date]:
        barrier.wait()
        return [night for night in nights if stores[number].begin(started(f"r{number}-{night}", night=night))]

    with ThreadPoolExecutor(len(stores)) as pool:
        claimed = [night for mine in pool.map(claim_all, range(len(stores))) for night in mine]
    assert sorted(claimed) == nights


# What is remembered of a list


def test_nothing_is_remembered_of_a_list_that_was_never_met(store: AnyStore) -> None:
    assert store.remembered(HOST, LIST) == Remembered()
    assert store.places() == ()


def test_every_kind_of_owned_value_comes_back_as_it_was(store: AnyStore) -> None:
    values = {
        OwnedField.STATUS: "At risk",
        OwnedField.OVERDUE: True,
        OwnedField.OVERDUE_SINCE: date(2026, 7, 1),
        OwnedField.REASON: "2026-07-01",
        OwnedField.CHECK: None,
    }
    kept = Baseline(record(7), values, None, "r1")
    keep_baselines(store, [kept])
    found = store.remembered(HOST, LIST).baselines
    assert found == {kept.id: kept}
    assert type(found[kept.id].values[OwnedField.OVERDUE]) is bool


@pytest.mark.parametrize("text", ["Zoë: „Go live“ 🚦", "half an emoji \ud83d", "a\x00b", "", '{"$date": "2026-07-01"}'])
def test_any_text_that_staff_can_leave_comes_back_as_it_was(store: AnyStore, text: str) -> None:
    keep_baselines(store, [baseline(1, text)])
    assert store.remembered(HOST, LIST).baselines[record(1)].values == {OwnedField.REASON: text}


def test_a_baseline_is_replaced_by_record_id_and_lists_are_kept_apart(store: AnyStore) -> None:
    keep_baselines(store, [baseline(1, "old"), baseline(2), baseline(1, "another list", list_guid="other")])
    before = store.remembered(HOST, LIST)
    keep_baselines(store, [baseline(3), baseline(1, "new", run="r2")])
    kept = store.remembered(HOST, LIST).baselines
    assert list(kept.values()) == [baseline(1, "new", run="r2"), baseline(2), baseline(3)]
    assert list(store.remembered(HOST, "other").baselines.values()) == [baseline(1, "another list", list_guid="other")]
    assert store.remembered("https://elsewhere.example", LIST).baselines == {}
    assert list(before.baselines.values()) == [baseline(1, "old"), baseline(2)], "what was handed out stays as it was"


def test_many_baselines_are_saved_in_one_go_and_come_back_in_order(store: AnyStore) -> None:
    many = [baseline(item) for item in range(1, 5001)]
    keep_baselines(store, reversed(many))
    assert list(store.remembered(HOST, LIST).baselines.values()) == many


APPLIED = LastApplied(
    run_id="r1",
    today=NIGHT,
    rows=48,
    zone="Europe/London",
    columns={"Due": ColumnShape(ColumnType.DATE), "Status": ColumnShape(ColumnType.CHOICE, ("On track", "„At risk“"))},
    release="1.4.0",
)


def test_what_the_last_applied_run_saw_comes_back_as_it_was(store: AnyStore) -> None:
    carried = SourceState(HOST, LIST, "projects", "p" * 64, "r1", APPLIED)
    bare = SourceState(HOST, LIST, "pilots", "p" * 64, "r1", LastApplied(run_id="r1", today=NIGHT, rows=0, zone=None))
    lease = take(store)
    store.journal.conclude(lease, [carried, bare, state("risks")], known={})
    assert store.remembered(HOST, LIST).states == {"pilots": bare, "projects": carried, "risks": state("risks")}


def test_what_was_known_of_a_source_is_replaced_as_a_whole(store: AnyStore) -> None:
    lease = take(store)
    store.journal.intend(lease, [], states=[SourceState(HOST, LIST, "projects", "p" * 64, "r1", APPLIED)])
    store.journal.intend(lease, [], states=[state("north"), state("risks", list_guid="other")])
    store.journal.conclude(lease, [state("projects", "q", run="r2")], known={})
    assert store.remembered(HOST, LIST).states == {
        "north": state("north"),
        "projects": state("projects", "q", run="r2"),
    }
    assert store.remembered(HOST, "other").states == {"risks": state("risks", list_guid="other")}


def test_the_lists_of_which_a_source_is_known_are_told_once_each_and_sorted(store: AnyStore) -> None:
    lease = take(store)
    guids = ("b", "a", "c", "a")
    store.journal.conclude(
        lease, [state(f"s{number}", list_guid=guid) for number, guid in enumerate(guids)], known={(HOST, "d", "s"): []}
    )
    keep_elsewhere = baseline(1, list_guid="never concluded")
    store.journal.settle(lease, {}, baselines=[keep_elsewhere])
    assert store.places() == ((HOST, "a"), (HOST, "b"), (HOST, "c"))


def test_the_records_that_were_known_come_back_by_source_and_item(store: AnyStore) -> None:
    whole = Known(record(9), "projects", "k" * 64, "f" * 64, START + timedelta(microseconds=1), record(4, "other"))
    elsewhere = Known(record(2), "projects", parent=None)
    south = Known(record(1), "south", fields_digest="g" * 64)
    lease = take(store)
    store.journal.conclude(
        lease, [], known={(HOST, LIST, "projects"): [whole, elsewhere], (HOST, LIST, "south"): [south]}
    )
    assert store.remembered(HOST, LIST).known == {"projects": (elsewhere, whole), "south": (south,)}
    assert store.remembered(HOST, "other").known == {}


def test_known_records_replace_those_of_the_same_source_and_list_only(store: AnyStore) -> None:
    def known(item: int, source: str, digest: str, list_guid: str = LIST) -> Known:
        return Known(record(item, list_guid), source, digest)

    lease = take(store)
    kept = {"south": known(1, "south", "old"), "far": known(1, "projects", "old", "other")}
    first = {
        (HOST, LIST, "projects"): [known(1, "projects", "old"), known(2, "projects", "old")],
        (HOST, LIST, "south"): [kept["south"]],
        (HOST, "other", "projects"): [kept["far"]],
    }
    store.journal.conclude(lease, [], known=first)
    store.journal.conclude(lease, [], known={(HOST, LIST, "projects"): [known(2, "projects", "new")]})
    assert store.remembered(HOST, LIST).known == {
        "projects": (known(2, "projects", "new"),),
        "south": (kept["south"],),
    }
    store.journal.conclude(lease, [], known={(HOST, LIST, "projects"): []})
    assert store.remembered(HOST, LIST).known == {"south": (kept["south"],)}
    assert store.remembered(HOST, "other").known == {"projects": (kept["far"],)}


# Decisions


def test_a_decision_is_found_by_its_key_without_regard_to_case_width_or_outer_space(store: AnyStore) -> None:
    store.begin(started("r1"))
    kept = decision(7, "Straße-01", status={"declared": "on_track", "end": date(2026, 6, 3)}, why=["Was due."])
    store.save_decisions("r1", "projects", [kept, decision(8, "P-02")])
    for asked in ("Straße-01", "STRASSE-01", " strasse-\uff10\uff11 "):
        assert store.decisions(asked) == (kept,)
    assert store.decisions("P-0") == ()


def test_a_key_in_two_sources_is_found_in_both_or_in_the_one_asked_for(store: AnyStore) -> None:
    store.begin(started("r1"))
    second, first = decision(9, "P-01", "b-list"), decision(3, "p-01", "a-list")
    store.save_decisions("r1", "b-list", [second])
    store.save_decisions("r1", "a-list", [first])
    assert store.decisions("P-01") == (first, second)
    assert store.decisions("P-01", "b-list") == (second,)
    assert store.decisions("P-01", "c-list") == ()


def test_the_last_run_replaces_the_decisions_of_its_source_only(store: AnyStore) -> None:
    store.begin(started("r1"))
    store.begin(started("r2"))
    store.save_decisions("r1", "projects", [decision(1, "P-01", run=1), decision(2, "P-02", run=1)])
    store.save_decisions("r1", "risks", [decision(1, "R-01", "risks", run=1)])
    store.save_decisions("r2", "projects", iter([decision(1, "P-01", run=2)]))
    assert store.decisions("P-01") == (decision(1, "P-01", run=2),)
    assert store.decisions("P-02") == ()
    assert store.decisions("R-01") == (decision(1, "R-01", "risks", run=1),)


def test_decisions_that_cannot_be_kept_leave_the_old_ones(store: AnyStore) -> None:
    store.begin(started("r1"))
    store.save_decisions("r1", "projects", [decision(1, "P-01")])
    with pytest.raises(DefectError):
        store.save_decisions("no such run", "projects", [decision(1, "P-01", new=True)])
    assert store.decisions("P-01") == (decision(1, "P-01"),)


def test_decisions_that_no_database_can_keep_leave_the_old_ones(database: StoreWorld) -> None:
    store = database.open()
    store.begin(started("r1"))
    store.save_decisions("r1", "projects", [decision(1, "P-01")])
    with pytest.raises(DefectError, match="object"):
        store.save_decisions("r1", "projects", [decision(1, "P-01", new=True), decision(2, "P-02", bad=object())])
    assert store.decisions("P-01") == (decision(1, "P-01"),)


# Several connections, threads, and processes that die


def test_a_transaction_is_invisible_until_it_is_whole(database: StoreWorld) -> None:
    store = database.open()
    engine = make_engine(parse_url(database.address), 5)
    row = {"id": "r1", "mode": "plan", "started": START, "today": NIGHT}

    def write_half() -> None:
        with writing(engine) as connection:
            connection.execute(runs.insert(), row)
            assert store.runs() == (), "others read while one writes, and see nothing of it"
            raise RuntimeError("cut short")

    with pytest.raises(RuntimeError, match="cut short"):
        write_half()
    assert store.runs() == ()
    with writing(engine) as connection:
        connection.execute(runs.insert(), row)
    assert [run.id for run in store.runs()] == ["r1"]
    engine.dispose()


def test_a_process_that_dies_while_it_writes_leaves_nothing_and_locks_nothing(database: StoreWorld) -> None:
    store = database.open()
    dies = """
import datetime, os, sys
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import runs
now = datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)
with writing(make_engine(parse_url(sys.argv[1]), 5)) as connection:
    connection.execute(runs.insert(), {"id": "r1", "mode": "plan", "started": now, "today": now.date()})
    os._exit(9)
"""
    ended = subprocess.run(
        [sys.executable, "-c", dies, database.address], check=False, env=os.environ.copy(), timeout=60
    )
    assert ended.returncode == 9
    assert store.runs() == ()
    assert store.begin(started("r1"))


def test_a_store_serves_threads_that_did_not_open_it(database: StoreWorld) -> None:
    store = database.open()
    lease = take(store)

    def run_whole(number: int) -> int:
        store.begin(started(f"r{number}"))
        store.journal.settle(lease, {}, baselines=[baseline(item, run=f"r{number}") for item in range(20)])
        store.finish(f"r{number}", START, "done", {"number": number})
        return int(store.report(f"r{number}")["number"])

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run_whole, range(12))) == list(range(12))
    assert len({kept.run_id for kept in store.remembered(HOST, LIST).baselines.values()}) == 1


def test_a_store_in_memory_serves_threads_too() -> None:
    with closing(open_store("sqlite://", new_id=lambda: "memory")) as store:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda number: store.begin(started(f"r{number}")), range(20)))
        assert len(store.runs()) == 20
