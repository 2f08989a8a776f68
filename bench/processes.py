"""The product as processes, as it runs at night: an embedded SharePoint in one, a command in another, measured."""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SCRIPT = Path(sys.executable).with_name("portfolio-sync")
# Kibibytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """The JSON that a command printed, if any, and what it took: seconds by the clock and of processor time, peak
    memory in bytes."""

    document: Any
    seconds: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Serving:
    """An embedded SharePoint that is running: its address, and that of its control plane."""

    address: str
    control: str


@contextmanager
def emulator(world: Path) -> Iterator[Serving]:
    """An embedded SharePoint that serves a world until the block ends. It refuses nobody for asking too often: what
    a tenant's budget would let through is reckoned in resource units, and is not what seconds are measured for."""
    words = ("emulator", "--data", str(world), "--port", "0", "--admin-port", "0", "--throttle", "off")
    with subprocess.Popen([str(SCRIPT), *words], stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield Serving(*(_address(process) for _ in range(2)))
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    said = process.stderr.readline() if process.stderr else ""
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    if found is None:
        raise RuntimeError(f"The emulator did not start: {said}")
    return found.group()


def product(folder: Path, *words: str, may_end: Sequence[int] = (0,)) -> Ended:
    """`portfolio-sync` with these words, and its state in this folder."""
    return measured([str(SCRIPT), *words], folder, may_end)


def module(folder: Path, name: str, *words: str) -> Ended:
    """A module of the bench in a process of its own."""
    return measured([sys.executable, "-m", name, *words], folder)


def measured(command: Sequence[str], folder: Path, may_end: Sequence[int] = (0,)) -> Ended:
    """Runs a command to its end. RuntimeError where it ends with another code: its numbers would mean nothing.

    The peak is the process's own as long as this one is small: a new process starts with the memory of its parent.
    """
    with tempfile.TemporaryFile() as out:
        since = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, cwd=ROOT, env=_environment(folder))  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - since
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in may_end:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}.")
        out.seek(0)
        return Ended(
            json.loads(out.read() or b"null"), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT
        )


def _environment(folder: Path) -> Mapping[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTFOLIO_SYNC_")}
    return inherited | {"PORTFOLIO_SYNC_DATABASE_URL": f"sqlite:///{folder / 'state.sqlite'}"}


def peak() -> int:
    """MiB that this process had at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT // 2**20
