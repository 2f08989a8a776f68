"""What goes where: results on stdout, progress and messages on stderr; colour and bars on a terminal only."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from sync.cli.stopping import giving_up
from sync.core.text import harmless
from sync.errors import PortfolioSyncError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress

PIPE_WIDTH = 120
"""Where there is no terminal whose width would say how long a line may be."""


def console(*, stderr: bool = False) -> "Console":
    """Words of staff's are shown and never obeyed: of them nothing reaches a terminal that would steer it."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Harmless(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=harmless(segment.text))

    stream = sys.stderr if stderr else sys.stdout
    return Harmless(stderr=stderr, highlight=False, width=None if stream.isatty() else _pipe_width())


def _pipe_width() -> int:
    """A pager shows lines on the terminal at which its reader sits; a file has no width of its own."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return PIPE_WIDTH


def own_command() -> str:
    """How this program is called from where the person stands: by its name, where the shell would find it."""
    started = Path(sys.argv[0])
    if started.name != "portfolio-sync" or which(started.name):
        return "portfolio-sync"
    return str(started.relative_to(Path.cwd()) if started.is_relative_to(Path.cwd()) else started)


def show(*parts: "RenderableType") -> None:
    """Tables and sentences fit the width; a command to copy is never cut off, however long it is."""
    out = console()
    for part in parts:
        out.print(part, crop=False)


def show_json(document: str) -> None:
    """UTF-8 whatever the terminal speaks: JSON is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(document + "\n")


def write_anything() -> None:
    """Where a stream cannot show a character (a Windows pipe, an old locale) it shows `?`, and nothing breaks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def tell(message: str) -> None:
    """One line for the person at the keyboard, on stderr."""
    sys.stderr.write(harmless(message) + "\n")


def person(*, json: bool) -> Callable[[str], None] | None:
    """How to speak to whoever sits at the terminal; None in a pipe, in a job, or where JSON was asked for."""
    is_there = not json and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return tell if is_there else None


def tell_error(error: PortfolioSyncError) -> None:
    tell(f"portfolio-sync: {error.what}\n{error.advice}")


class Bars:
    """Progress of a run: one bar per source while it is read, one for the writes. Silent when not on a terminal."""

    def __init__(self, progress: "Progress | None") -> None:
        self._progress = progress
        self._tasks: dict[str, int] = {}

    def reading(self, source: str, done: int, expected: int) -> None:
        self._advance(f"Reading {source}", done, expected)

    def writing(self, done: int, expected: int) -> None:
        self._advance("Writing", done, expected)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Out of the way while a person is asked something; being told to stop ends the question."""
        if self._progress is not None:
            self._progress.stop()
        with giving_up():
            yield
        if self._progress is not None:
            self._progress.start()

    def _advance(self, task: str, done: int, expected: int) -> None:
        if self._progress is None:
            return
        from rich.progress import TaskID

        if task not in self._tasks:
            self._tasks[task] = self._progress.add_task(task, total=expected)
        self._progress.update(TaskID(self._tasks[task]), completed=done, total=max(done, expected))


@contextmanager
def bars() -> Iterator[Bars]:
    if not sys.stderr.isatty():
        yield Bars(None)
        return
    from rich.progress import Progress

    with Progress(console=console(stderr=True), transient=True) as progress:
        yield Bars(progress)
