"""What every RunStore promises, held on each database that the product supports."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.core.ownership import OwnedField
from sync.core.snapshot import Baseline, RecordId
from sync.engine.state import Decision, RunMode, RunStart, RunSummary, SourceState
from sync.errors import DefectError
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.schema import approvals, runs
from sync.store.sql import SqlRunStore, open_store
from tests.support.databases import TARGETS, new_database

HOST = "https://contoso.sharepoint.com"
LIST = "6f2c1a9e-0000-4000-8000-000000000001"
NIGHT = date(2026, 7, 1)
START = datetime(2026, 7, 1, 1, 17, tzinfo=UTC)


@pytest.fixture(params=TARGETS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with new_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def opened(address: str) -> Iterator[Callable[[], SqlRunStore]]:
    """Opens the same database again and again, each time with connections of its own."""
    stores: list[SqlRunStore] = []
    ids = (f"installation-{number}" for number in count(1))

    def open_again() -> SqlRunStore:
        stores.append(open_store(address, new_id=lambda: next(ids)))
        return stores[-1]

    yield open_again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], SqlRunStore]) -> SqlRunStore:
    return opened()


def started(run_id: str, at: datetime = START, night: date | None = None, job: str | None = None) -> RunStart:
    mode = RunMode.NIGHTLY if night else RunMode.RECONCILE
    return RunStart(
        id=run_id, mode=mode, started=at, today=NIGHT, job=job or ("nightly" if night else None), night=night
    )


def baseline(
    item: int, reason: str | None = "Was due 3 June 2026", *, list_guid: str = LIST, run: str = "r1"
) -> Baseline:
    return Baseline(RecordId(HOST, list_guid, item), {OwnedField.REASON: reason}, f'"{item}"', run)


def decision(item: int, key: str, source: str = "projects", **content: object) -> Decision:
    return Decision(RecordId(HOST, LIST, item), source, key, content)


def test_postgresql_is_among_the_databases_that_this_suite_ran_on() -> None:
    with new_database("postgresql", Path()) as address, closing(open_store(address, new_id=lambda: "i")) as store:
        assert store.database.startswith("postgresql://")


# Opening


def test_an_installation_keeps_its_id_and_what_it_remembers_when_opened_again(
    opened: Callable[[], SqlRunStore],
) -> None:
    first = opened()
    first.begin(started("r1"))
    first.close()
    again = opened()
    assert again.installation_id == first.installation_id == "installation-1"
    assert [run.id for run in again.runs()] == ["r1"]


def test_several_processes_may_open_a_new_database_at_once(opened: Callable[[], SqlRunStore]) -> None:
    openers = 6
    barrier = threading.Barrier(openers)

    def open_together(_: int) -> str:
        barrier.wait()
        return opened().installation_id

    with ThreadPoolExecutor(openers) as pool:
        assert len(set(pool.map(open_together, range(openers)))) == 1


def test_closing_twice_does_no_harm(store: SqlRunStore) -> None:
    store.close()
    store.close()


# Runs


def test_a_run_is_listed_from_its_start_and_has_an_outcome_and_a_report_once_it_ended(store: SqlRunStore) -> None:
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


def test_runs_come_newest_first_and_no_more_than_asked_for(store: SqlRunStore) -> None:
    for number in (2, 0, 3, 1):
        store.begin(started(f"r{number}", START + timedelta(microseconds=number)))
    assert [run.id for run in store.runs()] == ["r3", "r2", "r1", "r0"]
    assert [run.id for run in store.runs(limit=2)] == ["r3", "r2"]


def test_the_newest_finished_report_is_not_that_of_a_run_still_going_on(store: SqlRunStore) -> None:
    assert store.report() is None
    for number in (1, 2, 3):
        store.begin(started(f"r{number}", START + timedelta(hours=number)))
    store.finish("r2", START + timedelta(hours=5), "done", {"run": 2})
    store.finish("r1", START + timedelta(hours=6), "partial", {"run": 1})
    assert store.report() == {"run": 2}
    assert store.report("r1") == {"run": 1}
    assert store.report("r3") is None
    assert store.report("no such run") is None


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: SqlRunStore) -> None:
    store.begin(started("r1", START.astimezone(timezone(timedelta(hours=-7)))))
    begun = store.runs()[0].started
    assert (begun, begun.utcoffset()) == (START, timedelta(0))


def test_a_time_without_a_zone_is_a_defect_and_leaves_nothing(store: SqlRunStore) -> None:
    with pytest.raises(DefectError, match="without a zone"):
        store.begin(started("r1", START.replace(tzinfo=None)))
    assert store.runs() == ()


def test_a_run_begins_once_and_ends_once(store: SqlRunStore) -> None:
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


def test_a_job_runs_once_for_a_night(store: SqlRunStore) -> None:
    assert not store.night_done("nightly", NIGHT)
    assert store.begin(started("r1", night=NIGHT))
    assert store.night_done("nightly", NIGHT), "a night counts from its start"
    assert not store.begin(started("r2", night=NIGHT))
    assert [run.id for run in store.runs()] == ["r1"], "a night that was refused leaves nothing"
    assert store.begin(started("r3", night=NIGHT + timedelta(days=1)))
    assert store.begin(started("r4", night=NIGHT, job="another job"))
    assert not store.night_done("nightly", NIGHT - timedelta(days=1))


def test_runs_started_by_hand_are_not_counted_by_night(store: SqlRunStore) -> None:
    assert all(store.begin(started(f"r{number}")) for number in range(3))
    assert store.begin(started("r9", night=NIGHT))


def test_two_processes_claim_each_night_exactly_once(opened: Callable[[], SqlRunStore]) -> None:
    nights = [NIGHT + timedelta(days=days) for days in range(12)]
    stores = [opened() for _ in range(3)]
    barrier = threading.Barrier(len(stores))

    def claim_all(number: int) -> list[date]:
        barrier.wait()
        return [night for night in nights if stores[number].begin(started(f"r{number}-{night}", night=night))]

    with ThreadPoolExecutor(len(stores)) as pool:
        claimed = [night for mine in pool.map(claim_all, range(len(stores))) for night in mine]
    assert sorted(claimed) == nights


# Baselines


def test_every_kind_of_owned_value_comes_back_as_it_was(store: SqlRunStore) -> None:
    values = {
        OwnedField.STATUS: "At risk",
        OwnedField.OVERDUE: True,
        OwnedField.OVERDUE_SINCE: date(2026, 7, 1),
        OwnedField.REASON: "2026-07-01",
        OwnedField.CHECK: None,
    }
    kept = Baseline(RecordId(HOST, LIST, 7), values, None, "r1")
    store.save_baselines([kept])
    assert store.baselines(HOST, LIST) == {kept.id: kept}
    assert type(store.baselines(HOST, LIST)[kept.id].values[OwnedField.OVERDUE]) is bool


@pytest.mark.parametrize("text", ["Zoë: „Go live“ 🚦", "half an emoji \ud83d", "a\x00b", "", '{"$date": "2026-07-01"}'])
def test_any_text_that_staff_can_leave_comes_back_as_it_was(store: SqlRunStore, text: str) -> None:
    store.save_baselines([baseline(1, text)])
    assert store.baselines(HOST, LIST)[RecordId(HOST, LIST, 1)].values == {OwnedField.REASON: text}


def test_a_baseline_is_replaced_by_record_id_and_lists_are_kept_apart(store: SqlRunStore) -> None:
    store.save_baselines([baseline(1, "old"), baseline(2), baseline(1, "another list", list_guid="other")])
    store.save_baselines(iter([baseline(1, "new", run="r2"), baseline(3)]))
    kept = store.baselines(HOST, LIST)
    assert list(kept.values()) == [baseline(1, "new", run="r2"), baseline(2), baseline(3)]
    assert list(store.baselines(HOST, "other").values()) == [baseline(1, "another list", list_guid="other")]
    assert store.baselines("https://elsewhere.example", LIST) == {}


def test_saving_no_baselines_changes_nothing(store: SqlRunStore) -> None:
    store.save_baselines([baseline(1)])
    store.save_baselines([])
    assert list(store.baselines(HOST, LIST).values()) == [baseline(1)]


def test_many_baselines_are_saved_in_one_go_and_come_back_in_order(store: SqlRunStore) -> None:
    many = [baseline(item) for item in range(1, 5001)]
    store.save_baselines(reversed(many))
    assert list(store.baselines(HOST, LIST).values()) == many


def test_baselines_that_could_not_all_be_made_leave_those_that_were_there(store: SqlRunStore) -> None:
    store.save_baselines([baseline(1, "old")])

    def cut_short() -> Iterator[Baseline]:
        yield baseline(1, "new")
        raise RuntimeError("stopped half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        store.save_baselines(cut_short())
    assert list(store.baselines(HOST, LIST).values()) == [baseline(1, "old")]


# What was known of a list


def test_what_was_known_of_a_list_is_replaced_as_a_whole(store: SqlRunStore) -> None:
    assert store.source_states(HOST, LIST) == {}
    first = SourceState(HOST, LIST, "projects", "p" * 64, "s" * 64, 47, "r1")
    other = SourceState(HOST, "other", "risks", "p" * 64, "s" * 64, 40, "r1")
    store.save_source_state(first)
    store.save_source_state(other)
    later = SourceState(HOST, LIST, "projects", "q" * 64, "t" * 64, 48, "r2")
    store.save_source_state(later)
    assert store.source_states(HOST, LIST) == {"projects": later}
    assert store.source_states(HOST, "other") == {"risks": other}


def test_two_sources_on_one_list_know_it_each_for_itself(store: SqlRunStore) -> None:
    north = SourceState(HOST, LIST, "north", "p" * 64, "s" * 64, 47, "r1")
    south = SourceState(HOST, LIST, "south", "q" * 64, "s" * 64, 47, "r1")
    store.save_source_state(north)
    store.save_source_state(south)
    assert store.source_states(HOST, LIST) == {"north": north, "south": south}


# Approvals


def test_each_approval_is_a_row_of_its_own(store: SqlRunStore, address: str) -> None:
    store.approve("d" * 64, "a.officer", START, "prompt")
    store.approve("d" * 64, "b.officer", START + timedelta(days=1), "reconcile --yes")
    engine = make_engine(parse_url(address), 5)
    with engine.connect() as connection:
        columns = (approvals.c.digest, approvals.c.by, approvals.c.at, approvals.c.through)
        kept = [tuple(row) for row in connection.execute(select(*columns).order_by(approvals.c.id))]
    engine.dispose()
    assert kept == [
        ("d" * 64, "a.officer", START, "prompt"),
        ("d" * 64, "b.officer", START + timedelta(days=1), "reconcile --yes"),
    ]


# Decisions


def test_a_decision_is_found_by_its_key_without_regard_to_case_width_or_outer_space(store: SqlRunStore) -> None:
    store.begin(started("r1"))
    kept = decision(7, "Straße-01", status={"declared": "on_track", "end": date(2026, 6, 3)}, why=["Was due."])
    store.save_decisions("r1", "projects", [kept, decision(8, "P-02")])
    for asked in ("Straße-01", "STRASSE-01", " strasse-\uff10\uff11 "):
        assert store.decisions(asked) == (kept,)
    assert store.decisions("P-0") == ()


def test_a_key_in_two_sources_is_found_in_both_or_in_the_one_asked_for(store: SqlRunStore) -> None:
    store.begin(started("r1"))
    second, first = decision(9, "P-01", "b-list"), decision(3, "p-01", "a-list")
    store.save_decisions("r1", "b-list", [second])
    store.save_decisions("r1", "a-list", [first])
    assert store.decisions("P-01") == (first, second)
    assert store.decisions("P-01", "b-list") == (second,)
    assert store.decisions("P-01", "c-list") == ()


def test_the_last_run_replaces_the_decisions_of_its_source_only(store: SqlRunStore) -> None:
    store.begin(started("r1"))
    store.begin(started("r2"))
    store.save_decisions("r1", "projects", [decision(1, "P-01", run=1), decision(2, "P-02", run=1)])
    store.save_decisions("r1", "risks", [decision(1, "R-01", "risks", run=1)])
    store.save_decisions("r2", "projects", iter([decision(1, "P-01", run=2)]))
    assert store.decisions("P-01") == (decision(1, "P-01", run=2),)
    assert store.decisions("P-02") == ()
    assert store.decisions("R-01") == (decision(1, "R-01", "risks", run=1),)


def test_decisions_that_cannot_be_kept_leave_the_old_ones(store: SqlRunStore) -> None:
    store.begin(started("r1"))
    store.save_decisions("r1", "projects", [decision(1, "P-01")])
    with pytest.raises(DefectError, match="object"):
        store.save_decisions("r1", "projects", [decision(1, "P-01", new=True), decision(2, "P-02", bad=object())])
    with pytest.raises(DefectError):
        store.save_decisions("no such run", "projects", [decision(1, "P-01", new=True)])
    assert store.decisions("P-01") == (decision(1, "P-01"),)


# Several connections, threads, and processes that die


def test_a_transaction_is_invisible_until_it_is_whole(store: SqlRunStore, address: str) -> None:
    engine = make_engine(parse_url(address), 5)
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


def test_a_process_that_dies_while_it_writes_leaves_nothing_and_locks_nothing(store: SqlRunStore, address: str) -> None:
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
    ended = subprocess.run([sys.executable, "-c", dies, address], check=False, env=os.environ.copy(), timeout=60)
    assert ended.returncode == 9
    assert store.runs() == ()
    assert store.begin(started("r1"))


def test_a_store_serves_threads_that_did_not_open_it(store: SqlRunStore) -> None:
    def run_whole(number: int) -> int:
        store.begin(started(f"r{number}"))
        store.save_baselines([baseline(item, run=f"r{number}") for item in range(20)])
        store.finish(f"r{number}", START, "done", {"number": number})
        return int(store.report(f"r{number}")["number"])

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run_whole, range(12))) == list(range(12))
    assert len({kept.run_id for kept in store.baselines(HOST, LIST).values()}) == 1


def test_a_store_in_memory_serves_threads_too() -> None:
    with closing(open_store("sqlite://", new_id=lambda: "memory")) as store:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(lambda number: store.begin(started(f"r{number}")), range(20)))
        assert len(store.runs()) == 20
