"""Told to stop, or killed, at any moment: real processes, a real server, and the next run finishes the job."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sync.cli.stopping import SAID
from tests.support import council
from tests.support.cli import PATIENCE, Result, portfolio_sync, serving
from tests.support.directed import Directed, directed_emulator

SOON = 30.0
"""Seconds: what being told to stop may take. Each fault here lasts far longer, or is over in two."""
READING: dict[str, Any] = {"route": "web/list/items", "method": "GET", "do": "delay"}
QUIET_WRITE: dict[str, Any] = {"route": "ProcessQuery"}
BATCH: dict[str, Any] = {"route": "$batch"}
WRITES = 7


@dataclass
class Office:
    """Somebody with a terminal, a portfolio file and a SharePoint."""

    directed: Directed
    file: Path
    state: Path

    def run(self, *words: str) -> Result:
        return portfolio_sync(*words, "-c", str(self.file), state=self.state)

    def runs(self) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self.run("runs", "list", "--json").document["runs"])

    @contextmanager
    def reconciling(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        options = ("--yes", "--json", "--today", council.DAY, *words)
        with serving("reconcile", "-c", str(self.file), *options, state=self.state) as process:
            self.directed.wait_for_the_fault()
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
    office.directed.fault(**READING, seconds=2)
    with office.reconciling() as process:
        said, took = told(process, sent)
    assert process.returncode == 130, said
    assert took < SOON
    assert SAID in said
    assert office.directed.written() == []
    assert [run["outcome"] for run in office.runs()] == ["interrupted"]
    office.finishes()


@pytest.mark.parametrize(
    ("office", "fault"), [("quiet", QUIET_WRITE), ("versioned", BATCH)], ids=["quiet", "versioned"], indirect=["office"]
)
def test_told_to_stop_while_it_writes_it_records_that_list_and_begins_no_other(
    office: Office, fault: dict[str, Any]
) -> None:
    office.directed.fault(**fault, do="delay", seconds=2)
    with office.reconciling() as process:
        said, took = told(process, signal.SIGTERM)
    assert process.returncode == 130, said
    assert took < SOON
    assert len(set(office.directed.written())) == 1, "the request under way was the last"
    (run,) = office.runs()
    assert run["outcome"] == "interrupted"
    counts = office.run("runs", "show", run["id"], "--json").document["writes"]
    assert 0 < counts["applied"] < WRITES
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
    (run,) = office.runs()
    assert run["outcome"] == "interrupted"
    counts = office.run("runs", "show", run["id"], "--json").document["writes"]
    assert (counts["applied"], counts["unknown"]) == (0, 0), "it was told that nothing was done"
    office.finishes()


def test_told_twice_it_ends_in_the_middle_and_the_next_run_finishes_the_job(office: Office) -> None:
    office.directed.fault(**QUIET_WRITE, do="delay", seconds=20)
    with office.reconciling() as process:
        said, took = told(process, signal.SIGINT, signal.SIGTERM)
    assert process.returncode == 130, said
    assert took < SOON
    assert said == f"{SAID}\n", "and not another word"
    assert [run["outcome"] for run in office.runs()] == [None], "it did not live to tell"
    office.finishes()


def test_the_check_and_the_plan_end_as_well(office: Office) -> None:
    for command in ("check", "plan"):
        office.directed.fault(route="web/list", do="delay", seconds=2)
        with serving(command, "-c", str(office.file), state=office.state) as process:
            office.directed.wait_for_the_fault()
            said, took = told(process, signal.SIGTERM)
        assert process.returncode == 130, said
        assert took < SOON


def approved(office: Office) -> None:
    """A first run, so that a night may write by itself."""
    assert office.run("reconcile", "--yes", "--today", council.DAY).code == 0


def served_until(office: Office, words: str) -> tuple[int, str]:
    """Serves until a line with those words appears, then asks it to stop; its exit code and what it said."""
    with serving("serve", "-c", str(office.file), state=office.state) as process:
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
    office.directed.fault(**QUIET_WRITE, do="delay", seconds=2)
    with serving("serve", "-c", str(office.file), state=office.state) as process:
        office.directed.wait_for_the_fault()
        process.send_signal(sent)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, said
    newest, _first = office.runs()
    assert (newest["mode"], newest["outcome"]) == ("nightly", outcome)

    office.directed.mend()
    ended, said = served_until(office, "Rest of the night")
    assert ended == 0, said
    assert "done; " in said
    ended, said = served_until(office, "No night is due")
    assert ended == 0, said
    assert [run["outcome"] for run in office.runs()] == ["done", outcome, "done"]


def test_of_two_schedulers_on_one_database_one_runs_the_night_and_the_other_goes_on_serving(office: Office) -> None:
    approved(office)
    office.directed.fault(**READING, seconds=5, times=1)
    with serving("serve", "-c", str(office.file), state=office.state) as first:
        office.directed.wait_for_the_fault()
        with serving("serve", "-c", str(office.file), state=office.state) as second:
            assert second.stderr is not None
            said = second.stderr.readline() + second.stderr.readline()
            assert "Not run: " in said
            assert "Looking again at " in said
            assert first.stderr is not None
            assert "Serving" in first.stderr.readline()
            assert first.stderr.readline().startswith("Night of ")
            assert second.poll() is None
            told(second, signal.SIGTERM)
        told(first, signal.SIGTERM)
    assert (first.returncode, second.returncode) == (0, 0)
    assert [run["mode"] for run in office.runs()] == ["nightly", "reconcile"]
