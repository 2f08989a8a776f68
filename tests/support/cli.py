"""Runs the console script as a user does: its own process, its own state folder, nothing of this process's settings."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).with_name("portfolio-sync")
PATIENCE = 60


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def environment(state: Path, **settings: str) -> dict[str, str]:
    """The machine's environment without our own settings, and with these."""
    ours = ("PORTFOLIO_SYNC_", "COLUMNS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {"PORTFOLIO_SYNC_STATE_DIR": str(state), "NO_COLOR": "1"} | settings


def portfolio_sync(*arguments: str, state: Path, cwd: Path | None = None, **settings: str) -> Result:
    done = subprocess.run(
        [str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd or state,
        env=environment(state, **settings),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(*arguments: str, state: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is told to stop."""
    process = subprocess.Popen(
        [str(SCRIPT), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=state,
        env=environment(state, **settings),
        stdin=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


@contextmanager
def emulator_process(*arguments: str, state: Path) -> Iterator[str]:
    """An embedded SharePoint in a process of its own; its base URL."""
    with serving("emulator", "--port", "0", *arguments, state=state) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found.group()
                return
        raise AssertionError(f"the emulator did not start: {said}")
