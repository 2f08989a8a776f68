"""How long the stages of a run take."""

from collections.abc import Iterator
from contextlib import contextmanager

from sync.engine.ports import Clock


class Stopwatch:
    """Seconds by stage, from the injected clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        since = self._clock.now()
        yield
        self.seconds[name] = (self._clock.now() - since).total_seconds()
