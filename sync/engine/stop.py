"""Being told to stop: one flag that whoever started a run raises, and that the run asks where it is safe to end."""

from sync.errors import StoppedError


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

    def request(self) -> None:
        """Asks for the end; asking again changes nothing."""
        self._requested = True

    def check(self) -> None:
        """Raises StoppedError once the end was asked for: between two pages, two requests, two sources."""
        if self._requested:
            raise StoppedError("Told to stop before the work was done.")
