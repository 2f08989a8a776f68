"""A clock that can be moved: it runs on from another clock with an offset, or stands still."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.emulator.state.world import Clock, system_clock

FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9000, 1, 1, tzinfo=UTC)


class ClockError(ValueError):
    """A time the clock cannot show: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """How a clock is set: so far ahead of its base, or held at an instant."""

    offset: timedelta
    held: datetime | None


class VirtualClock:
    """Gives aware UTC datetimes, and may be asked by many threads at once.

    It runs as `base` does, until it is set, advanced or frozen. The Date header, tokens, throttle windows and the
    change log of a world that has it as its clock follow it.
    """

    def __init__(self, base: Clock = system_clock) -> None:
        self._base = base
        self._lock = threading.Lock()
        self._state = ClockState(timedelta(), None)

    def __call__(self) -> datetime:
        """Now."""
        with self._lock:
            return self._now()

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._state.held is not None

    @property
    def state(self) -> ClockState:
        """How it is set, for `restore`."""
        return self._state

    def restore(self, state: ClockState) -> None:
        """Set it as it once was."""
        with self._lock:
            self._state = state

    def set(self, instant: datetime) -> None:
        """Make it that time now; it goes on running, or standing still. It may go back."""
        if instant.tzinfo is None:
            raise ClockError(f"The time {instant.isoformat()} has no zone; write it with Z or an offset at the end.")
        with self._lock:
            self._show(_checked(instant))

    def advance(self, amount: timedelta) -> None:
        """Let time pass."""
        if amount < timedelta():
            raise ClockError("The clock can only be advanced; set it to a time to go back.")
        with self._lock:
            try:
                later = self._now() + amount
            except OverflowError:
                later = LAST
            self._show(_checked(later))

    def freeze(self) -> None:
        """Stand still from now on."""
        with self._lock:
            self._state = ClockState(self._state.offset, self._now())

    def resume(self) -> None:
        """Run on from the time that is shown."""
        with self._lock:
            shown = self._now()
            self._state = ClockState(shown - self._base().astimezone(UTC), None)

    def _now(self) -> datetime:
        state = self._state
        return self._base().astimezone(UTC) + state.offset if state.held is None else state.held

    def _show(self, instant: datetime) -> None:
        if self._state.held is not None:
            self._state = ClockState(self._state.offset, instant)
        else:
            self._state = ClockState(instant - self._base().astimezone(UTC), None)


def _checked(instant: datetime) -> datetime:
    # Compared as it is: at the ends of the calendar some zones have times that UTC has not.
    if not FIRST <= instant < LAST:
        raise ClockError(f"The clock shows times from {FIRST.year} to {LAST.year - 1}, and not {instant.isoformat()}.")
    return instant.astimezone(UTC)
