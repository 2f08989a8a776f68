"""One process at a time: a lock on a file, which the system takes back from a process that died."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _give(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


TRIES = 200
PAUSE = 0.05
"""Seconds between tries: ten seconds in all, where a holder needs milliseconds."""


@contextmanager
def held(path: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Holds the lock that is the file at `path`, which is made where it is missing and stays.

    TimeoutError where another process keeps it; another OSError where there can be no such file.
    """
    # A lock file that is removed would let two in: one holds the old file, the next one makes a new file.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _wait(descriptor, sleep)
        try:
            yield
        finally:
            _give(descriptor)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, sleep: Callable[[float], None]) -> None:
    for _ in range(TRIES):
        try:
            _take(descriptor)
        except (BlockingIOError, PermissionError):
            sleep(PAUSE)
        else:
            return
    raise TimeoutError("another process holds it")
