"""How much of a tenant may be used: SharePoint's limits by the tenant's size, our share, and windows that count.

What was used within a minute, or a day, is counted as it slides along: there is no moment at which all of it is there
again. A request is counted from before it is sent until a window's length after its answer came, so that on the way it
may take as long as it likes without two windows of the server ever seeing it otherwise.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from connectors.sharepoint.settings import Limits
from sync.engine.targets import Pace

Spent = tuple[datetime, int]
"""When, and how many resource units by the prices that a run's report has."""

_LIMITS = (
    (1_000, 1_250, 1_200_000),
    (5_000, 2_500, 2_400_000),
    (15_000, 3_750, 3_600_000),
    (50_000, 5_000, 4_800_000),
    (inf, 6_250, 6_000_000),
)
"""For a tenant of at most so many licences: resource units for one application within a minute, and within a day."""

MINUTE = timedelta(seconds=61)
DAY = timedelta(hours=24, minutes=1)
"""A little longer than they are: SharePoint's clock is not ours, and who counts by the second or the minute counts what
was used at its beginning until its end."""
MOST_TOLD = 61.0
"""Seconds: what a host says of its minute holds no longer than that, whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The most resource units within any minute, and any 24 hours, that we use; `price`: as what one is counted;
    `share`: percent of the limit that this is."""

    minute: int
    day: int
    price: int = 1
    share: int = 100


def ceiling_of(pace: Pace) -> Ceiling:
    """Our share of what SharePoint lets one application use in a tenant of that size."""
    minute, day = next((minute, day) for licences, minute, day in _LIMITS if pace.licences <= licences)
    return Ceiling(
        minute=minute * pace.quota * pace.share // 100,
        day=day * pace.quota * pace.share // 100,
        price=pace.rest_price,
        share=pace.share,
    )


def limits_under(ceiling: Ceiling | None) -> Limits:
    """The connector's numbers, with batches that cost no more than a minute has: what is in one costs 2 at most."""
    plain = Limits()
    if ceiling is None:
        return plain
    return replace(plain, batch=min(plain.batch, ceiling.minute // (2 * ceiling.price)))


class Window:
    """What was used within the last `length`, and before that nothing; the times it is told go forward."""

    def __init__(self, limit: int, length: timedelta, before: Iterable[tuple[datetime, int]] = ()) -> None:
        self.limit = limit
        self._length = length
        self._parts = deque(sorted(before))
        self._used = sum(units for _, units in self._parts)

    def add(self, units: int, at: datetime) -> None:
        self._parts.append((at, units))
        self._used += units

    def used(self, now: datetime) -> int:
        while self._parts and self._parts[0][0] + self._length <= now:
            self._used -= self._parts.popleft()[1]
        return self._used

    def wait(self, units: int, now: datetime) -> float:
        """Seconds until so many more may be used, if nothing else is; endless where they are more than the limit."""
        if units > self.limit:
            return inf
        until, over = now, self.used(now) + units - self.limit
        for at, part in self._parts:
            if over <= 0:
                break
            until, over = at + self._length, over - part
        return (until - now).total_seconds()
