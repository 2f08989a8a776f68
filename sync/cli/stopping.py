"""Being told to stop, by Ctrl-C, SIGTERM or a Windows Ctrl-Break: the run under way ends where it is safe to.

The handlers only raise a flag and wake a thread that was there before: a handler interrupts whatever the main thread
is doing, so it must wait for no lock, start no thread and write through no buffer.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any

from sync.engine.stop import Stop
from sync.errors import ExitCode, StoppedError

GRACE_SECONDS = 30.0
"""How long a run may take to end: less than any supervisor waits that was told to (docs/settings.md)."""
SAID = "Stopping: finishing what is under way; once more to stop at once."
_SHOW_CURSOR = "\x1b[?25h"
_NO_STDERR = (AttributeError, OSError, ValueError)
"""What a stream raises that was never there, has gone, or has been closed."""

Handler = Callable[[int, FrameType | None], None]


def end_at_once() -> None:
    """Ends the process without another word to anybody. The journal makes that safe: the next run finishes the job."""
    with contextlib.suppress(*_NO_STDERR):
        if sys.stderr.isatty():
            _say(_SHOW_CURSOR)  # a progress bar hides it
    os._exit(ExitCode.INTERRUPTED)


@contextmanager
def stoppable(
    stop: Stop | None = None, *, grace: float = GRACE_SECONDS, end: Callable[[], None] = end_at_once
) -> Iterator[Stop]:
    """While this lasts, being told to stop raises the flag: at the second time, or when the work has not ended
    `grace` seconds after the first, the process ends at once by `end`."""
    flag = stop or Stop()
    watchdog = _Watchdog(grace, end)

    def told(_signal: int, _frame: FrameType | None) -> None:
        if flag.requested:
            end()
            return
        flag.request()
        watchdog.arm()
        _say(f"{SAID}\n")

    with watchdog.watching(), _handling(told):
        yield flag


@contextmanager
def giving_up() -> Iterator[None]:
    """While a person is asked something, being told to stop ends the question: nothing is under way that could end."""

    def told(_signal: int, _frame: FrameType | None) -> None:
        raise StoppedError(
            "Told to stop before there was an answer.", "Nothing was written. Run again when you are ready."
        )

    with _handling(told):
        yield


class _Watchdog:
    """Calls `end` so many seconds after it was armed, unless the work is over by then."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self._seconds = seconds
        self._end = end
        self._is_over = False
        # Its `put` is safe in a signal handler, which an event's `set` is not.
        self._woken: SimpleQueue[None] = SimpleQueue()

    def arm(self) -> None:
        self._woken.put(None)

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch, name="stop-watchdog", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._is_over = True
            self._woken.put(None)
            thread.join()

    def _watch(self) -> None:
        self._woken.get()
        if self._is_over:
            return
        try:
            self._woken.get(timeout=self._seconds)
        except Empty:
            self._end()


@contextmanager
def _handling(handler: Handler) -> Iterator[None]:
    """Installs the handler for every way of being told to stop; what is ignored, or is not Python's, stays so.
    Only the main thread can, so that elsewhere this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[signal.Signals, Any] = {}
    try:
        for each in _signals():
            if signal.getsignal(each) not in (signal.SIG_IGN, None):
                before[each] = signal.signal(each, handler)
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)


def _signals() -> list[signal.Signals]:
    """SIGBREAK is Windows' own: Ctrl-Break, and what a supervisor sends to a process group there."""
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _say(text: str) -> None:
    """To stderr itself: its buffer may be in the middle of something."""
    with contextlib.suppress(*_NO_STDERR):
        os.write(sys.stderr.fileno(), text.encode())
