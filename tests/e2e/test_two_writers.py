"""Two schedulers, two commands, or a run that was taken for dead: one writes, and the other says who does."""

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.engine.state import RunMode
from sync.errors import LeaseLostError
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.memory import MemoryRunStore
from sync.store.sql import open_store
from tests.support import judge, town
from tests.support.cli import PATIENCE, SCRIPT, environment, serving
from tests.support.crashing import Effects
from tests.support.databases import TARGETS, new_database
from tests.support.killing import DAY, KillingGround, killing_ground
from tests.support.town import Terms
from tests.support.town_runs import US, TownHall, chain_offences, journal_of, town_server

pytestmark = [pytest.mark.no_cover, pytest.mark.timeout(300)]

BUSY = {"name": "busy", "route": "web/list/items", "do": "refuse", "status": 429, "retry_after": 8}
"""Whoever has the lease is kept waiting, for less than a minute, until the rule is taken away."""
RUN_ID = r"\d{8}T\d{6}Z-[0-9a-f]{4}"
_LOCKED = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextmanager
def contested(target: str, folder: Path) -> Iterator[tuple[KillingGround, str]]:
    """A town and a database on a server or in a file, for two to meet at."""
    terms = Terms("quiet", projects=130, milestones=6)
    with killing_ground(terms, folder, latency="10ms") as ground, new_database(target, folder) as database:
        yield ground, database


@pytest.mark.parametrize("target", TARGETS)
def test_of_two_commands_at_once_one_runs_and_the_other_names_it(target: str, tmp_path: Path) -> None:
    with contested(target, tmp_path) as (ground, database):
        settled(ground, database)
        ground.control.ask("PUT", "/faults", {"rules": [BUSY]})
        both = [reconciling(ground, database) for _ in range(2)]
        wait_for_the_fault(ground, both)
        third = reconciling(ground, database)
        third.wait(PATIENCE)
        ground.control.ask("DELETE", "/faults")
        told = [process.communicate(timeout=PATIENCE)[1] for process in (*both, third)]
        codes = [process.returncode for process in (*both, third)]
        assert sorted(codes) == [0, 20, 20], told
        assert third.returncode == 20
        winner = runs_of(database)[0]
        assert winner in told[2], "the loser says who has the lease"
        losers = [text for text, code in zip(told, codes, strict=True) if code == 20]
        assert all(winner in text or "has just taken" in text for text in losers), losers
        assert len(runs_of(database)) == 2, "the settling one and the one that won: the others left nothing"
        one_writer(ground, database)


@pytest.mark.parametrize("target", TARGETS)
def test_of_two_schedulers_on_one_database_one_runs_the_night(target: str, tmp_path: Path) -> None:
    with contested(target, tmp_path) as (ground, database):
        settled(ground, database)
        ground.control.ask("PUT", "/faults", {"rules": [BUSY]})
        words = ("serve", "-c", str(ground.file))
        settings = {"state": ground.folder, "PORTFOLIO_SYNC_DATABASE_URL": database}
        with serving(*words, **settings) as one:  # type: ignore[arg-type]
            wait_for_the_fault(ground, [one])
            with serving(*words, **settings) as other:  # type: ignore[arg-type]
                told = [said(other)]
                ground.control.ask("DELETE", "/faults")
                told.append(said(one))
        done = [each for each in told if each.startswith("Night of")]
        held = [each for each in told if each.startswith("Not run: ")]
        assert (len(done), len(held)) == (1, 1), told
        assert "done; " in done[0]
        winner = (re.search(RUN_ID, done[0]) or [""])[0]
        assert winner in held[0], "the loser says who has the night"
        assert runs_of(database, RunMode.NIGHTLY) == [winner]
        one_writer(ground, database)


@pytest.mark.skipif("postgresql" not in TARGETS, reason="PostgreSQL is not installed, and no server is named")
def test_a_run_whose_lock_is_cut_writes_nothing_more_and_the_one_that_took_over_finishes(tmp_path: Path) -> None:
    with contested("postgresql", tmp_path) as (ground, database):
        settled(ground, database)
        ground.control.ask("PUT", "/faults", {"rules": [{**BUSY, "route": "ProcessQuery", "retry_after": 20}]})
        zombie = reconciling(ground, database)
        wait_for_the_fault(ground, [zombie])
        execute(database, _LOCKED)
        ground.control.ask("DELETE", "/faults")
        report = ground.finish(database, DAY)
        _, complaint = zombie.communicate(timeout=PATIENCE)
        assert zombie.returncode == 20, complaint
        # It says who took over, or, where nobody had yet when it looked, that it has the lease no more.
        assert report["run"]["id"] in complaint or "has its lease no more" in complaint
        assert runs_of(database)[0] == report["run"]["id"]
        one_writer(ground, database)


@pytest.mark.parametrize("mode", ["quiet", "versioned"])
def test_a_run_that_is_taken_over_at_any_effect_sends_nothing_after_its_next_check(mode: str, tmp_path: Path) -> None:
    with town_server(Terms(mode, projects=2, milestones=2), tmp_path) as server:
        effects = Effects()
        server.fresh().run(effects)
        taken_over = effects.names.index("after take_lease") + 2
        for number in range(taken_over, len(effects.names) + 1):
            hall = server.fresh()
            zombie_is_taken_over(hall, number, effects.names[number - 1])


def zombie_is_taken_over(hall: TownHall, number: int, name: str) -> None:
    """A run loses its lock at that effect, and another takes over and goes through to its end before it goes on."""
    after: list[int] = []

    def takes_over() -> None:
        assert isinstance(hall.runs, MemoryRunStore)
        hall.runs.journal.lose_lock()
        other = replace(hall, runs=hall.runs.again(), started=100, segments=[])
        result = other.run()
        assert result is not None
        assert result.exit_code == 0
        after.append(hall.service.history.total)

    try:
        hall.run(Effects(number, takes_over))
        lost = False
    except LeaseLostError:
        lost = True
    late = [entry for entry in hall.service.history.entries[after[0] :] if judge.is_item_write(entry)]
    assert lost or name in ENDED, f"taken over at {number} ({name}), it knew nothing of it"
    # Only a request that was let through may still be on its way.
    requests = {entry.batch or entry.number for entry in late}
    assert len(requests) <= (name in ("before POST ProcessQuery", "before POST $batch")), f"{number} ({name})"
    if not late:
        assert hall.offences() == []
    assert hall.wrong_flags() == []
    assert hall.losses() == []
    hall.passes(minutes=5)
    again = hall.run()
    assert again is not None
    assert again.report.plan.writes == ()


ENDED = frozenset(
    {
        "after conclude",
        "before release",
        "after release",
        "before save_decisions",
        "after save_decisions",
        "before save_doubts",
        "after save_doubts",
        "before freeze",
        "after freeze",
    }
    | {"before finish", "after finish"}
)
"""Where a run has nothing more to write down under its lease."""


def settled(ground: KillingGround, database: str) -> None:
    """A first run, approved, and then colleagues who give the next one something to write."""
    ground.finish(database, DAY)
    ground.control.ask("DELETE", "/history")
    for number in range(1, 31):
        edit = {"do": "change", "list": town.PROJECTS, "item": number, "values": {"Due": "2026-05-01"}}
        ground.control.ask("POST", "/edits", edit)


def reconciling(ground: KillingGround, database: str) -> "subprocess.Popen[str]":
    """A command of its own, whose words can be read."""
    return subprocess.Popen(
        [str(SCRIPT), "reconcile", "-c", str(ground.file), "--yes", "--json", "--today", DAY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=ground.folder,
        env=environment(ground.folder, PORTFOLIO_SYNC_DATABASE_URL=database),
    )


def wait_for_the_fault(ground: KillingGround, processes: Sequence["subprocess.Popen[str]"]) -> None:
    """Returns once the first rule has acted on a request, which one of these processes makes."""
    while not ground.control.ask("GET", "/faults/report")["rules"][0]["hits"]:
        assert any(process.poll() is None for process in processes), "the fault was waited for in vain"
        time.sleep(0.02)


def said(process: "subprocess.Popen[str]") -> str:
    """What a scheduler says of its night, once it does."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if line.startswith(("Night of", "Not run: ", "No night", "The nightly")):
            return line
    raise AssertionError(f"it ended without a word about the night: {lines}")


def runs_of(database: str, mode: RunMode | None = None) -> Sequence[str]:
    """The runs on record, the newest first."""
    with closing(open_store(database, new_id=lambda: "never")) as runs:
        return [run.id for run in runs.runs() if mode in (None, run.mode)]


def one_writer(ground: KillingGround, database: str) -> None:
    """Every write since the settling run is one that the record tells of, once, and nothing is left open."""
    entries = ground.control.history()
    with closing(open_store(database, new_id=lambda: "never")) as runs:
        first: datetime = min(run.started for run in runs.runs())
        later = [run for run in runs.runs() if run.started > first]
        assert later
        journal = journal_of(runs, ground.titles, min(run.started for run in later))
        assert not runs.journal.open_intents()
        assert chain_offences(runs) == []
    assert [entry for entry in entries if judge.is_item_write(entry) and entry.caller == US]
    assert judge.journal_both_ways(entries, US, journal) == []
    assert judge.written_twice(entries, US, journal) == []


def execute(database: str, statement: str) -> None:
    """Whatever a person with the database's password can do."""
    engine = make_engine(parse_url(database), 5)
    try:
        with writing(engine) as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
