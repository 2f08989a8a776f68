"""Being told to stop: which signals, what the first and the second one do, and who keeps what was there before."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.cli import stopping
from sync.cli.stopping import SAID, giving_up, stoppable
from sync.engine.stop import Stop
from sync.errors import StoppedError

PATIENCE = 30.0
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to a single process")
BREAK = 21
"""What SIGBREAK is on Windows."""


@pytest.fixture(autouse=True)
def handlers_stay_as_they_were() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    assert {each: signal.getsignal(each) for each in before} == before


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(stopping, "_say", lines.append)
    return lines


class Ended:
    """Stands in for the end of the process."""

    def __init__(self) -> None:
        self.times = 0
        self.told = threading.Event()

    def __call__(self) -> None:
        self.times += 1
        self.told.set()


@POSIX_ONLY
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_the_first_signal_raises_the_flag_and_says_so_once(sent: signal.Signals, said: list[str]) -> None:
    ended = Ended()
    with stoppable(end=ended) as stop:
        assert not stop.requested
        signal.raise_signal(sent)
        assert stop.requested
        assert said == [f"{SAID}\n"]
    assert ended.times == 0, "the work ended in time"


@POSIX_ONLY
def test_the_second_signal_ends_the_process_at_once_whichever_it_is(said: list[str]) -> None:
    ended = Ended()
    with stoppable(end=ended):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert ended.times == 1
    assert len(said) == 1


@POSIX_ONLY
def test_work_that_does_not_end_in_time_is_ended(said: list[str]) -> None:
    ended = Ended()
    with stoppable(grace=0.01, end=ended):
        assert not ended.told.wait(0.05), "no time runs before anybody was told to stop"
        signal.raise_signal(signal.SIGTERM)
        assert ended.told.wait(PATIENCE)
    assert ended.times == 1


@POSIX_ONLY
def test_a_flag_that_others_have_is_the_one_that_is_raised(said: list[str]) -> None:
    stop = Stop()
    with stoppable(stop) as same:
        signal.raise_signal(signal.SIGTERM)
    assert same is stop
    assert stop.requested


@POSIX_ONLY
def test_an_error_in_the_work_leaves_nothing_behind(said: list[str]) -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), stoppable():
        raise ZeroDivisionError
    assert threading.active_count() == before


@POSIX_ONLY
def test_what_a_shell_has_ignored_stays_ignored(said: list[str]) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable() as stop:
            signal.raise_signal(signal.SIGINT)
            assert not stop.requested
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@POSIX_ONLY
def test_a_question_ends_at_once_and_the_work_afterwards_drains_again(said: list[str]) -> None:
    with stoppable() as stop:
        with pytest.raises(StoppedError), giving_up():
            signal.raise_signal(signal.SIGTERM)
        assert not stop.requested
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested


def test_elsewhere_than_in_the_main_thread_no_handler_is_installed() -> None:
    found: list[Any] = []

    def work() -> None:
        before = signal.getsignal(signal.SIGTERM)
        with stoppable() as stop:
            found.extend([stop.requested, signal.getsignal(signal.SIGTERM) is before])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(PATIENCE)
    assert found == [False, True]


class FakeSignals:
    """The signal module as it is on Windows: a Ctrl-Break of its own, and handlers that somebody else installed."""

    SIGINT, SIGTERM, SIGBREAK, SIG_IGN = signal.SIGINT, signal.SIGTERM, BREAK, signal.SIG_IGN
    Signals = signal.Signals

    def __init__(self) -> None:
        self.handlers: dict[int, Any] = {signal.SIGINT: "ours", signal.SIGTERM: None, BREAK: "default"}

    def getsignal(self, number: int) -> Any:
        return self.handlers[number]

    def signal(self, number: int, handler: Callable[..., None]) -> Any:
        before, self.handlers[number] = self.handlers[number], handler
        return before


def test_on_windows_ctrl_break_stops_as_well(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    windows = FakeSignals()
    monkeypatch.setattr(stopping, "signal", windows)
    before = dict(windows.handlers)
    with stoppable() as stop:
        assert windows.handlers[signal.SIGTERM] is None, "what Python did not install cannot be put back"
        windows.handlers[BREAK](BREAK, None)
        assert stop.requested
        assert windows.handlers[signal.SIGINT] is windows.handlers[BREAK]
    assert windows.handlers == before


@pytest.mark.parametrize("terminal", [True, False])
def test_the_end_at_once_is_130_and_gives_the_cursor_back_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, said: list[str], terminal: bool
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(stopping.os, "_exit", codes.append)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    stopping.end_at_once()
    assert codes == [130]
    assert said == (["\x1b[?25h"] if terminal else [])


@pytest.mark.parametrize("redirect", ["", "2>&-"], ids=["stderr", "stderr closed"])
@POSIX_ONLY
def test_a_process_that_hangs_is_ended_with_130(redirect: str) -> None:
    script = (
        "import signal, time\n"
        "from sync.cli.stopping import stoppable\n"
        "with stoppable(grace=0.01):\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        f"    time.sleep({PATIENCE})\n"
    )
    command = ["sh", "-c", f'exec "$0" -c "$1" {redirect}', sys.executable, script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr == ("" if redirect else f"{SAID}\n")
