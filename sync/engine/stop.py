"""Being told to stop: one flag that whoever started a run raises, and that the run asks where it is safe to end."""

from collections.abc import Callable
from datetime import datetime

from sync.errors import StoppedError

_ASKED_TO = "Told to stop before the work was done."


class Stop:
    """Raised once and never lowered; for any number of threads.

    A plain flag and no lock: it is raised by signal handlers, which may interrupt whoever would hold the lock.
    """

    __slots__ = ("_requested",)

    def __init__(self) -> None:
        self._requested = False

    @property
    def requested(self) -> bool:
        return self._requested

    @property
    def reason(self) -> str | None:
        """Why, as a sentence, once the end was asked for."""
        return _ASKED_TO if self.requested else None

    def request(self) -> None:
        """Asks for the end; asking again changes nothing."""
        self._requested = True

    def check(self) -> None:
        """Raises StoppedError once the end was asked for: between two pages, two requests, two sources."""
        if (reason := self.reason) is not None:
            raise StoppedError(reason)


class StopBy(Stop):
    """Raises itself at a moment (aware), and is raised whenever `outer` is; raised, it leaves that one as it is.

    `why` is the reason at that moment, as a sentence.
    """

    __slots__ = ("_moment", "_now", "_outer", "_why")

    def __init__(self, outer: Stop, moment: datetime, now: Callable[[], datetime], why: str) -> None:
        super().__init__()
        self._outer = outer
        self._moment = moment
        self._now = now
        self._why = why

    @property
    def requested(self) -> bool:
        return self._requested or self._outer.requested or self._now() >= self._moment

    @property
    def reason(self) -> str | None:
        if self._requested or self._outer.requested:
            return _ASKED_TO
        return self._why if self.requested else None
