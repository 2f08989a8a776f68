"""The machine's clock. A wait of minutes ends at once when its process is told to stop."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sync.engine.stop import Stop

NAP = 0.2
"""Seconds: how late being told to stop may be noticed. A lock with a time-out would wake no sooner everywhere: on
Windows no signal interrupts it."""


class SystemClock:
    """`nap` and `tick` are the machine's own, unless a test brings others."""

    def __init__(
        self,
        stop: Stop | None = None,
        *,
        nap: Callable[[float], None] = time.sleep,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stop = stop or Stop()
        self._nap = nap
        self._tick = tick

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Waits; raises StoppedError, within a moment, when told to stop before the time is over."""
        until = self._tick() + seconds
        while (left := until - self._tick()) > 0:
            self._stop.check()
            self._nap(min(left, NAP))
        self._stop.check()
