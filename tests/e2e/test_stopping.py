"""Told to stop, or killed, at any moment: real processes, a real server, and the next run finishes the job."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync.cli.stopping import SAID
from sync.store.sql import open_store
from tests.support import council
from tests.support.cli import PATIENCE, Result, portfolio_sync, serving
from tests.support.directed import Directed, directed_emulator

SOON = 30.0
"""Seconds: what being told to stop may take. Each fault here lasts far longer, or is over in a second or two."""
READING: dict[str, Any] = {"route": "web/list/items", "method": "GET", "do": "delay"}
QUIET_WRITE: dict[str, Any] = {"route": "ProcessQuery"}
BATCH: dict[str, Any] = {"route": "$batch", "first": 4}  # lists are described, read, and looked at before
WRITES = 7
LISTS = 3


@dataclass
class Office:
    """Somebody with a terminal, a portfolio file and a SharePoint."""

    directed: Directed
    file: Path
    state: Path

    @property
    def database(self) -> str:
        return f"sqlite:///{self.state / 'state.sqlite'}"

    def run(self, *words: str) -> Result:
        return portfolio_sync(*words, "-c", str(self.file), state=self.state, PORTFOLIO_SYNC_DATABASE_URL=self.database)

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        settings = {"PORTFOLIO_SYNC_DATABASE_URL": self.database}
        with serving(*words, "-c", str(self.file), state=self.state, **settings) as process:
            yield process

    def runs(self) -> list[tuple[str, str | None]]:
        """The mode and outcome of every run, newest first."""
        with closing(open_store(self.database, new_id=lambda: "nobody")) as store:
            return [(run.mode.value, run.outcome) for run in store.runs()]

    def writes(self) -> dict[str, int]:
        """What became of the writes of the newest run that ended."""
        with closing(open_store(self.database, new_id=lambda: "nobody")) as store:
            return dict((store.report() or {})["writes"])

    @contextmanager
    def reconciling(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        options = ("--yes", "--json", "--today", council.DAY, *words)
        with self.running("reconcile", *options) as process:
            self.directed.wait_for_the_fault(process)
            yield process

    def finishes(self) -> None:
        """The next run does what is left, and the one after it finds nothing to do."""
        self.directed.mend()
        finishing = self.run("reconcile", "--json", "--yes", "--today", council.DAY)
        assert finishing.code == 0, finishing.err
        again = self.run("reconcile", "--json", "--today", council.DAY)
        assert (again.code, again.document["plan"]["writes"], again.document["writes"]["applied"]) == (0, [], 0)


@pytest.fixture(params=["quiet"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with directed_emulator(council.world(), tmp_path) as directed:
        file = council.portfolio(tmp_path, directed.base_url, mode=request.param)
        yield Office(directed, file, tmp_path)


def told(process: subprocess.Popen[str], *signals: signal.Signals) -> tuple[str, float]:
    """What a process says when these are sent to it, one once the one before was heard, and how long it then takes."""
    assert process.stderr is not None
    since = time.monotonic()
    process.send_signal(signals[0])
    said = process.stderr.readline()
    for each in signals[1:]:
        process.send_signal(each)
    _, rest = process.communicate(timeout=PATIENCE)
    return said + rest, time.monotonic() - since


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_told_to_stop_while_it_reads_it_writes_nothing_and_says_so(office: Office, sent: signal.Signals) -> None:
    office.directed.fault(**READING, seconds=1)
    with office.reconciling() as process:
        said, took = told(process, sent)
    assert process.returncode == 130, said
    assert took < SOON
    assert SAID in said
    assert office.directed.written() == []
    assert office.runs() == [("reconcile", "interrupted")]
    office.finishes()


@pytest.mark.parametrize(
    ("office", "fault"), [("quiet", QUIET_WRITE), ("versioned", BATCH)], ids=["quiet", "versioned"], indirect=["office"]
)
def test_told_to_stop_while_it_writes_it_records_that_and_begins_no_other(
    office: Office, fault: dict[str, Any]
) -> None:
    office.directed.fault(**fault, do="delay", seconds=1)
    with office.reconciling("--canary", "1") as process:
        said, took = told(process, signal.SIGTERM)
    assert process.returncode == 130, said
    assert took < SOON
    assert len([each for each in office.directed.written() if each]) == LISTS, "the request under way was the last"
    assert office.runs() == [("reconcile", "interrupted")]
    counts = office.writes()
    assert (counts["applied"], counts["skipped"]) == (LISTS, WRITES - LISTS)
    assert counts["unknown"] == 0, "what was under way was finished, and is on record"
    office.finishes()


@pytest.mark.parametrize(
    ("office", "fault"), [("quiet", QUIET_WRITE), ("versioned", BATCH)], ids=["quiet", "versioned"], indirect=["office"]
)
def test_told_to_stop_while_it_waits_for_minutes_it_ends_at_once(office: Office, fault: dict[str, Any]) -> None:
    office.directed.fault(**fault, do="refuse", status=429, retry_after=120)
    with office.reconciling() as process:
        said, took = told(process, signal.SIGTERM)
    assert process.returncode == 130, said
    assert took < SOON
    assert office.runs() == [("reconcile", "interrupted")]
    counts = office.writes()
    assert (counts["applied"], counts["unknown"]) == (0, 0), "it was told that nothing was done"
    office.finishes()


def test_told_twice_it_ends_in_the_middle_and_the_next_run_finishes_the_job(office: Office) -> None:
    office.directed.fault(**QUIET_WRITE, do="delay", seconds=20)
    with office.reconciling() as process:
        said, took = told(process, signal.SIGINT, signal.SIGTERM)
    assert process.returncode == 130, said
    assert took < SOON
    assert said == f"{SAID}\n", "and not another word"
    assert office.runs() == [("reconcile", None)], "it did not live to tell"
    office.finishes()


def test_the_check_and_the_plan_end_as_well(office: Office) -> None:
    for command in ("check", "plan"):
        office.directed.fault(route="web/list", do="delay", seconds=1)
        with office.running(command) as process:
            office.directed.wait_for_the_fault(process)
            said, took = told(process, signal.SIGTERM)
        assert process.returncode == 130, said
        assert took < SOON


def approved(office: Office) -> None:
    """A first run, so that a night may write by itself."""
    assert office.run("reconcile", "--yes", "--today", council.DAY).code == 0


def served_until(office: Office, words: str) -> tuple[int, str]:
    """Serves until a line with those words appears, then asks it to stop; its exit code and what it said."""
    with office.running("serve") as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if words in line:
                break
        rest, _ = told(process, signal.SIGTERM)
    return process.returncode, said + rest


@pytest.mark.parametrize(
    ("sent", "code", "outcome"),
    [(signal.SIGTERM, 0, "interrupted"), (signal.SIGKILL, -signal.SIGKILL, None)],
    ids=["stopped", "killed"],
)
def test_a_night_that_was_cut_short_is_finished_when_serve_starts_again(
    office: Office, sent: signal.Signals, code: int, outcome: str | None
) -> None:
    approved(office)
    office.directed.fault(**QUIET_WRITE, do="delay", seconds=1)
    with office.running("serve") as process:
        office.directed.wait_for_the_fault(process)
        process.send_signal(sent)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, said
    assert office.runs()[0] == ("nightly", outcome)

    office.directed.mend()
    ended, said = served_until(office, "Rest of the night")
    assert ended == 0, said
    assert "done; " in said
    ended, said = served_until(office, "No night is due")
    assert ended == 0, said
    assert office.runs() == [("nightly", "done"), ("nightly", outcome), ("reconcile", "done")]


def test_a_second_scheduler_is_turned_away_while_the_night_runs_and_goes_on_serving(office: Office) -> None:
    approved(office)
    office.directed.fault(**READING, seconds=PATIENCE, times=1)
    with office.running("serve") as first:
        office.directed.wait_for_the_fault(first)
        with office.running("serve") as second:
            assert second.stderr is not None
            said = second.stderr.readline() + second.stderr.readline()
            assert "Not run: " in said
            assert "Looking again at " in said
            assert office.runs() == [("nightly", None), ("reconcile", "done")], "and left nothing of its own"
            assert (first.poll(), second.poll()) == (None, None)
            told(second, signal.SIGTERM)
        assert first.stderr is not None
        assert first.stderr.readline().startswith("Serving ")
        _, took = told(first, signal.SIGTERM, signal.SIGTERM)
    assert took < SOON
    assert (first.returncode, second.returncode) == (130, 0), "idle it ends well; told twice nothing is waited for"
