"""How much may be used in how long: the limits by the size of a tenant, and the windows that count.

A window slides: what was used leaves it slice by slice, as time passes. So a client that goes on asking while it is
refused, and is charged for that too, keeps itself out.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
MOST_BUDGETS = 1_000
"""Budgets that are remembered; beyond it the ones that were used longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Band:
    """The limits, in resource units, of a tenant with at most so many licences; None: with any number."""

    licences: int | None
    app_minute: int
    app_day: int
    tenant: int


BANDS = (
    Band(1_000, 1_250, 1_200_000, 18_750),
    Band(5_000, 2_500, 2_400_000, 37_500),
    Band(15_000, 3_750, 3_600_000, 56_250),
    Band(50_000, 5_000, 4_800_000, 75_000),
    Band(None, 6_250, 6_000_000, 93_750),
)
SMALLEST = BANDS[0]
USER_REQUESTS = 3_000


def band_for(licences: int) -> Band:
    """The limits of a tenant with so many licences."""
    return next(band for band in BANDS if band.licences is None or licences <= band.licences)


class Scope(Enum):
    """What a budget belongs to and what it counts; `seconds` is its window, counted in slices of `grain` seconds."""

    APP_MINUTE = ("app, minute", 60, 1)
    APP_DAY = ("app, day", 86_400, 60)
    TENANT = ("tenant, 5 minutes", 300, 1)
    USER = ("user, 5 minutes", 300, 1)

    def __init__(self, label: str, seconds: int, grain: int) -> None:
        self.label = label
        self.seconds = seconds
        self.grain = grain

    def limit(self, band: Band) -> int:
        """The most there is in this window: requests for a user, resource units for the others."""
        return {
            Scope.APP_MINUTE: band.app_minute,
            Scope.APP_DAY: band.app_day,
            Scope.TENANT: band.tenant,
            Scope.USER: USER_REQUESTS,
        }[self]


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget as it stands: whose it is, what of it is used, and when all of it is there again (now, if unused)."""

    scope: Scope
    owner: str
    used: int
    limit: int
    resets_at: datetime


@dataclass(slots=True)
class Budget:
    """What was used within one sliding window. Every method is told the time, which may also go back."""

    scope: Scope
    owner: str
    limit: int
    _slices: deque[tuple[int, int]] = field(default_factory=deque)
    _used: int = 0

    def add(self, amount: int, now: datetime) -> None:
        """Use so much of it."""
        self._forget(now)
        current = self._slice(now)
        same = self._slices.pop()[1] if self._slices and self._slices[-1][0] == current else 0
        self._slices.append((current, same + amount))
        self._used += amount

    def used(self, now: datetime) -> int:
        """What of it is in use."""
        self._forget(now)
        return self._used

    def wait(self, limit: int, now: datetime) -> int:
        """Whole seconds until less than `limit` is in use, if nothing is added; 0 where it is now."""
        left, wait = self.used(now), 0
        for index, amount in self._slices:
            if left < limit:
                break
            left -= amount
            wait = self._until_left(index, now)
        return wait

    def state(self, now: datetime) -> BudgetState:
        """How it stands."""
        return BudgetState(self.scope, self.owner, self.used(now), self.limit, now + self.wait(1, now) * _SECOND)

    def _slice(self, now: datetime) -> int:
        return (now - _EPOCH) // (self.scope.grain * _SECOND)

    def _until_left(self, index: int, now: datetime) -> int:
        """Whole seconds, rounded up, until a slice is outside the window."""
        end = _EPOCH + (index * self.scope.grain + self.scope.seconds) * _SECOND
        return -((now - end) // _SECOND)

    def _forget(self, now: datetime) -> None:
        current = self._slice(now)
        while self._slices and self._slices[0][0] <= current - self.scope.seconds // self.scope.grain:
            self._used -= self._slices.popleft()[1]
        # A clock that was set back: what lies ahead has not been used yet.
        while self._slices and self._slices[-1][0] > current:
            self._used -= self._slices.pop()[1]


class Ledger:
    """The budgets of one tenant, made when they are first needed."""

    def __init__(self, band: Band) -> None:
        self._band = band
        self._budgets: dict[tuple[Scope, str], Budget] = {}

    def budget(self, scope: Scope, owner: str = "") -> Budget:
        """The budget of an application, of a user or, with no owner, of the tenant."""
        key = (scope, owner)
        found = self._budgets.pop(key, None) or Budget(scope, owner, scope.limit(self._band))
        # Last in order, so that the one forgotten is the one that was used longest ago.
        self._budgets[key] = found
        if len(self._budgets) > MOST_BUDGETS:
            del self._budgets[next(iter(self._budgets))]
        return found

    def states(self, now: datetime) -> tuple[BudgetState, ...]:
        """Every budget of which something is in use, in a stable order."""
        every = sorted(self._budgets.values(), key=lambda each: (list(Scope).index(each.scope), each.owner))
        return tuple(each.state(now) for each in every if each.used(now))

    def clear(self) -> None:
        """Nothing has been used."""
        self._budgets.clear()
