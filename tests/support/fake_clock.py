"""Time that passes only when somebody sleeps."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """`slept` holds every sleep asked for, in seconds."""

    def __init__(self, now: datetime = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "a sleep of no length is a mistake"
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)
