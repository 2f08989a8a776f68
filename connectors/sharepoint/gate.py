"""What every request to one host passes before it is sent, whichever thread and whichever connection it comes from.

    told     nothing before the time that the host named last
    minute   no more within any minute than our ceiling
    day      nor within any 24 hours, with what runs before this one used

Nobody sleeps in here: who is held back waits outside and asks again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from threading import Lock

from connectors.sharepoint.budget import DAY, MINUTE, MOST_TOLD, Ceiling, Spent, Window
from sync.engine.ports import Clock

_IN_FLIGHT = 0.2
"""Seconds until it is looked again whether what other threads have sent is answered: nobody knows when that will be."""


class Cause(Enum):
    TOLD = auto()
    MINUTE = auto()
    DAY = auto()


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a request may not be sent yet, and for how many seconds at least; endless where it never may."""

    cause: Cause
    seconds: float


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """How the host says that our minute stands: its limit, what remains of it, and in how many seconds all of it will
    be there again."""

    limit: int
    remaining: int
    seconds: float


class Gate:
    """One host's, for any number of threads. Without a ceiling only what the host says counts.

    `spent`: what was used before it was made.
    """

    def __init__(self, clock: Clock, ceiling: Ceiling | None = None, spent: Iterable[Spent] = ()) -> None:
        self._clock = clock
        self._ceiling = ceiling
        self._lock = Lock()
        self._not_before: datetime | None = None
        self._open = 0
        self._told: tuple[datetime, int] | None = None
        self._waited_until: dict[Cause, datetime] = {}
        if ceiling is not None:
            before = [(at, units * ceiling.price) for at, units in spent]
            self._minute, self._day = Window(ceiling.minute, MINUTE), Window(ceiling.day, DAY, before)

    @property
    def ceiling(self) -> Ceiling | None:
        return self._ceiling

    def hold(self, units: int) -> Hold | None:
        """What keeps a request of so many units from being sent now, if anything does."""
        with self._lock:
            return self._hold(units)

    def enter(self, units: int) -> bool:
        """Whether it may be sent now. Then its units are taken, and `leave` has to follow once it was answered."""
        with self._lock:
            if self._hold(units) is not None:
                return False
            self._open += self._priced(units)
            return True

    def leave(self, units: int) -> None:
        """The request was answered, or no answer will come."""
        with self._lock:
            self._open -= self._priced(units)
            if self._ceiling is not None and units:
                now = self._clock.now()
                self._minute.add(self._priced(units), now)
                self._day.add(self._priced(units), now)

    def told_to_wait(self, seconds: float) -> None:
        """The host named a time before which it wants nothing from us."""
        with self._lock:
            until = self._clock.now() + timedelta(seconds=seconds)
            self._not_before = max(until, self._not_before or until)

    def told_limit(self, told: ToldLimit, units: int) -> None:
        """The host said how its minute stands, in the answer to a request of so many units that has not left yet. Our
        share of that may be less than we thought: it may count otherwise than we do, or others use the application."""
        if self._ceiling is None:
            return
        with self._lock:
            now = self._clock.now()
            ours = max(0, told.remaining - told.limit * (100 - self._ceiling.share) // 100)
            until = now + timedelta(seconds=min(told.seconds, MOST_TOLD))
            self._told = (until, self._minute.used(now) + self._priced(units) + ours)

    def today(self) -> tuple[int, int]:
        """What was used within 24 hours, as it is counted, and the most that may be; of a gate with a ceiling."""
        with self._lock:
            return self._day.used(self._clock.now()), self._day.limit

    def waited(self, cause: Cause, since: datetime, until: datetime) -> float:
        """The seconds of this wait that are in no other thread's wait for the same."""
        with self._lock:
            known = self._waited_until.get(cause, since)
            self._waited_until[cause] = max(until, known)
            return max(0.0, (until - max(since, known)).total_seconds())

    def _priced(self, units: int) -> int:
        return units * self._ceiling.price if self._ceiling is not None else 0

    def _hold(self, units: int) -> Hold | None:
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return Hold(Cause.TOLD, (self._not_before - now).total_seconds())
        if self._ceiling is None or not units:
            return None
        holds = [
            Hold(Cause.MINUTE, self._wait(self._minute, units, now)),
            Hold(Cause.MINUTE, self._limited(units, now)),
            Hold(Cause.DAY, self._wait(self._day, units, now)),
        ]
        longest = max(holds, key=lambda each: each.seconds)
        return longest if longest.seconds > 0 else None

    def _wait(self, window: Window, units: int, now: datetime) -> float:
        if self._priced(units) + self._open <= window.limit:
            return window.wait(self._priced(units) + self._open, now)
        return max(window.wait(self._priced(units), now), _IN_FLIGHT)

    def _limited(self, units: int, now: datetime) -> float:
        if self._told is None:
            return 0.0
        until, most = self._told
        too_much = self._minute.used(now) + self._open + self._priced(units) > most
        return max(0.0, (until - now).total_seconds()) if too_much else 0.0
