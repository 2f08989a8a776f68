"""`serve`: a missed night is caught up once, approves nothing, and ends when it is told to."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import council
from tests.support.cli import PATIENCE, portfolio_sync, serving
from tests.support.emulator import RunningEmulator, running_emulator


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(council.world(), clock=lambda: datetime.now(UTC)) as running:
        yield running


def serve_until(words: str, file: Path, state: Path) -> tuple[int, str]:
    """Serves until a line with those words appears, then asks it to stop; its exit code and what it said."""
    with serving("serve", "-c", str(file), state=state) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if words in line:
                break
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=PATIENCE)
    return process.returncode, said + rest


def test_the_latest_missed_night_runs_once_and_waits_for_the_first_approval(
    emulator: RunningEmulator, tmp_path: Path
) -> None:
    file = council.portfolio(tmp_path, emulator.base_url)
    code, said = serve_until("Night of", file, tmp_path)
    assert code == 0, said
    assert "waiting; 0 items written" in said

    runs = portfolio_sync("runs", "list", "-c", str(file), "--json", state=tmp_path).document["runs"]
    assert [(run["mode"], run["outcome"]) for run in runs] == [("nightly", "waiting")]
    assert runs[0]["night"] is not None

    code, said = serve_until("No night is due", file, tmp_path)
    assert code == 0, said
    assert len(portfolio_sync("runs", "list", "-c", str(file), "--json", state=tmp_path).document["runs"]) == 1


def test_after_an_approval_a_night_writes_by_itself(emulator: RunningEmulator, tmp_path: Path) -> None:
    file = council.portfolio(tmp_path, emulator.base_url)
    assert portfolio_sync("reconcile", "-c", str(file), "--yes", "--today", council.DAY, state=tmp_path).code == 0
    _, said = serve_until("Night of", file, tmp_path)
    assert "done; " in said
    assert "0 items written" not in said, "half a year later every date has passed"


def test_without_a_schedule_it_says_what_to_add(emulator: RunningEmulator, tmp_path: Path) -> None:
    file = council.portfolio(tmp_path, emulator.base_url)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('schedule: {nightly: "17 2 * * *"}\n', ""), encoding="utf-8")
    result = portfolio_sync("serve", "-c", str(file), state=tmp_path)
    assert result.code == 3
    assert "schedule" in result.err
