"""How long answers take: nothing added, a fixed time, or as recorded from the service.

Prompt()            as fast as it can
Fixed(0.035)        35 milliseconds each
Recorded(seed=7)    the recorded medians and 95th percentiles, drawn from a seed
"""

import math
import re
from dataclasses import dataclass, field, replace
from random import Random
from typing import Protocol

from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.wire.answers import Response

DURATION = "SPClientServiceRequestDuration"
LONGEST_FIXED = 60.0
_Z95 = 1.6449
_Z99 = 2.3263
_SECONDS_A_WRITE = (0.026, 0.032)
_SECONDS_A_REMOVAL = 0.085
_FIXED = re.compile(r"(\d{1,5})(?:\s*ms)?")


class LatencyError(ValueError):
    """A latency that cannot be set: one sentence saying what is known."""


class Latency(Protocol):
    """Says how long a request takes, and how it is set."""

    def seconds(self, exchange: Exchange) -> float:
        """The time the next answer takes beyond what it takes anyway."""

    def reset(self) -> None:
        """Draw again from the beginning."""

    def __str__(self) -> str:
        """As `parse` reads it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Nothing is added."""

    def seconds(self, exchange: Exchange) -> float:
        """Nothing."""
        return 0.0

    def reset(self) -> None:
        """There is nothing to draw."""

    def __str__(self) -> str:
        return "off"


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same time for every request."""

    each: float

    def seconds(self, exchange: Exchange) -> float:
        """That time."""
        return self.each

    def reset(self) -> None:
        """There is nothing to draw."""

    def __str__(self) -> str:
        return f"{round(self.each * 1000)}ms"


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal spread by its median and 95th percentile, in seconds; nothing beyond the 99th is drawn."""

    median: float
    p95: float

    def draw(self, random: Random) -> float:
        """One time."""
        sigma = math.log(self.p95 / self.median) / _Z95
        return self.median * math.exp(sigma * min(random.gauss(), _Z99))


ITEMS_PAGE = Spread(0.036, 0.180)
VALIDATE_UPDATE = Spread(0.059, 0.517)
LIST_GET = Spread(0.028, 0.395)
CLIENT_OBJECT_MODEL = Spread(0.230, 2.226)


@dataclass(slots=True)
class Recorded:
    """The service's own times by kind of request; a batch takes longer by its written parts.

    No recording times a single MERGE, POST or DELETE of an item, which are taken to cost as much as
    ValidateUpdateListItem, nor the reads in a batch, which add nothing.
    """

    seed: int = 0
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def seconds(self, exchange: Exchange) -> float:
        """A time of the request's kind."""
        base = spread_of(exchange).draw(self._random)
        if exchange.operation != "$batch":
            return base
        written = sum(self._random.uniform(*_SECONDS_A_WRITE) for _ in range(exchange.saved))
        return base + written + exchange.removed * _SECONDS_A_REMOVAL

    def reset(self) -> None:
        """Draw again from the beginning."""
        self._random = Random(self.seed)  # noqa: S311 - times, not secrets

    def __str__(self) -> str:
        return "recorded"


def spread_of(exchange: Exchange) -> Spread:
    """Which recorded times a request has."""
    if exchange.operation == "ProcessQuery":
        return CLIENT_OBJECT_MODEL
    if exchange.operation == "web/list/items" and not exchange.changes:
        return ITEMS_PAGE
    if exchange.operation.startswith("web/list/") and exchange.changes:
        return VALIDATE_UPDATE
    return LIST_GET


def parse(text: str, seed: int = 0) -> Latency:
    """Read `off`, `recorded`, or milliseconds such as `35` or `35ms`. Raises LatencyError."""
    plain = text.strip().lower()
    if plain == "off":
        return Prompt()
    if plain == "recorded":
        return Recorded(seed)
    match = _FIXED.fullmatch(plain)
    if match is None or int(match[1]) > LONGEST_FIXED * 1000:
        longest = round(LONGEST_FIXED * 1000)
        raise LatencyError(f"The latency {text!r} is not off, recorded, or milliseconds from 0 to {longest}.")
    return Fixed(int(match[1]) / 1000) if int(match[1]) else Prompt()


def on_its_way(exchange: Exchange, response: Response, latency: Latency) -> Response:
    """An answer with the time it takes, told in its headers, and with what else was decided about its delivery."""
    seconds = latency.seconds(exchange)
    cut = None if exchange.kept is None else int(len(response.content) * exchange.kept)
    delivery = replace(exchange.delivery, delay=exchange.delivery.delay + seconds, cut=cut)
    headers = {DURATION: str(max(1, round(seconds * 1000))), **response.headers} if seconds else response.headers
    return replace(response, headers=headers, delivery=delivery)
