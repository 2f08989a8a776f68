"""What requests cost in resource units, and who is refused because too much was used.

Every request, and every part of a batch, is charged: to its application's minute and day, to the tenant's five
minutes, and as one request to the person it speaks for, if any. The envelope of a batch is free. A request is refused
when a budget of its is used up before it comes, however little or much it costs itself, and is charged all the same.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from connectors.emulator.errors import SharePointError
from connectors.emulator.rules.budgets import Band, Budget, BudgetState, Ledger, Scope, band_for
from connectors.emulator.rules.exchange import Exchange

log = logging.getLogger("connectors.emulator")

STRICT_FACTOR = 2
"""Strict prices: REST and CSOM are said to cost more than Graph, whose prices are the published ones."""
BUSY_ONE_IN = 500
BUSY_SECONDS = 10
BLOCKED_SECONDS = 600
UNDECORATED_SHARE = 2
"""An undecorated client is refused at a limit divided by this."""
_MOST_AGENTS = 1_000
_DECORATED = re.compile(r"(?<![^\s;,(])(?:NONISV|ISV)\|[^|\s][^|]*\|[^|\s]")


class Mode(StrEnum):
    """Whether limits are enforced: not at all, as published, or at twice the prices and with a busy server."""

    OFF = "off"
    DEFAULT = "default"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class ThrottleState:
    """How the throttle is set and how every budget of which something is in use stands."""

    mode: Mode
    multiplier: int
    band: Band
    blocked: bool
    budgets: tuple[BudgetState, ...]


class Throttle:
    """Charges every request to its caller's budgets and refuses it where one is used up.

    `multiplier` is the price of one resource unit, `licences` the size of the tenant, `seed` decides which requests
    find a strict server busy. While `blocked`, which may be set at any time, every request is a 503.
    """

    def __init__(self, mode: Mode = Mode.DEFAULT, *, multiplier: int = 1, licences: int = 1, seed: int = 0) -> None:
        if multiplier < 1:
            raise ValueError(f"A resource unit costs 1 or more, not {multiplier}.")
        self.mode = mode
        self.multiplier = multiplier
        self.blocked = False
        self._band = band_for(licences)
        self._ledger = Ledger(self._band)
        self._seed = seed
        self._chance = Random(seed)  # noqa: S311 - which requests meet a busy server; nothing secret
        self._agents: set[str] = set()

    def charge(self, exchange: Exchange, now: datetime) -> None:
        """Count a request at its price. SharePointError (429, 503), with how long to wait, where it is refused."""
        exchange.units *= self._factor
        spent = self._charged(exchange, now)
        if self.blocked:
            raise unavailable(BLOCKED_SECONDS)
        if self.mode is Mode.OFF:
            return
        if spent:
            raise self._refusal(spent, exchange, now)
        if self._is_busy(exchange):
            raise unavailable(BUSY_SECONDS)

    def headers(self, exchange: Exchange, now: datetime) -> Mapping[str, str]:
        """What an answer says of its application's minute: nothing below 80 % of the limit."""
        if self.mode is Mode.OFF or exchange.caller is None:
            return {}
        minute = self._ledger.budget(Scope.APP_MINUTE, exchange.caller.app)
        used = minute.used(now)
        if used * 5 < minute.limit * 4:
            return {}
        return {
            "RateLimit-Limit": str(minute.limit),
            "RateLimit-Remaining": str(max(0, minute.limit - used)),
            "RateLimit-Reset": str(minute.wait(1, now)),
        }

    def state(self, now: datetime) -> ThrottleState:
        """How it stands."""
        return ThrottleState(self.mode, self.multiplier, self._band, self.blocked, self._ledger.states(now))

    def reset(self) -> None:
        """As new: nothing used, nobody blocked, and the same requests find the server busy again."""
        self.blocked = False
        self._ledger.clear()
        self._chance = Random(self._seed)  # noqa: S311 - as above
        self._agents.clear()

    @property
    def _factor(self) -> int:
        return self.multiplier * (STRICT_FACTOR if self.mode is Mode.STRICT else 1)

    def _charged(self, exchange: Exchange, now: datetime) -> list[Budget]:
        """Charge a request; the budgets that were used up before it came."""
        if not exchange.units:
            return []
        share = self._share(exchange)
        spent = []
        for budget in self._budgets(exchange):
            if budget.used(now) >= budget.limit // share:
                spent.append(budget)
            budget.add(1 if budget.scope is Scope.USER else exchange.units, now)
        return spent

    def _budgets(self, exchange: Exchange) -> list[Budget]:
        budgets = [self._ledger.budget(Scope.TENANT)]
        caller = exchange.caller
        if caller is not None:
            budgets += [self._ledger.budget(scope, caller.app) for scope in (Scope.APP_MINUTE, Scope.APP_DAY)]
            if caller.login is not None:
                budgets.append(self._ledger.budget(Scope.USER, caller.login))
        return budgets

    def _refusal(self, spent: list[Budget], exchange: Exchange, now: datetime) -> SharePointError:
        """A 429 for the budget that takes longest to recover; only the minute of an application tells its state."""
        share = self._share(exchange)
        waits = {budget.scope: budget.wait(budget.limit // share, now) for budget in spent}
        scope = max(waits, key=lambda each: waits[each])
        told = self.headers(exchange, now) if scope is Scope.APP_MINUTE else {}
        return throttled(waits[scope], told)

    def _share(self, exchange: Exchange) -> int:
        agent = exchange.outermost.request.headers.get("user-agent", "")
        if self.mode is Mode.OFF or is_decorated(agent):
            return 1
        if agent not in self._agents and len(self._agents) < _MOST_AGENTS:
            self._agents.add(agent)
            log.warning("The User-Agent %r is not decorated (NONISV|Company|App/1.0): throttled first.", agent[:200])
        return UNDECORATED_SHARE

    def _is_busy(self, exchange: Exchange) -> bool:
        """Drawn for every request of a strict server, and not for the parts of a batch."""
        return self.mode is Mode.STRICT and exchange.batch is None and self._chance.randrange(BUSY_ONE_IN) == 0


def is_decorated(agent: str) -> bool:
    """Whether a User-Agent says, in it or appended to another, which company's application it is."""
    return _DECORATED.search(agent) is not None


def throttled(seconds: int, told: Mapping[str, str] | None = None) -> SharePointError:
    """Too much was used: nothing is done, and nothing will be for so many seconds (code and sentence assumed)."""
    return SharePointError(
        429,
        "-2147429894, Microsoft.SharePoint.SPException",
        "The request has been throttled: too many requests.",
        {"Retry-After": str(seconds), **(told or {})},
    )


def unavailable(seconds: int) -> SharePointError:
    """The server cannot answer now, and has done nothing (code and sentence assumed)."""
    return SharePointError(
        503,
        "-2147429894, Microsoft.SharePoint.SPException",
        "The server is not ready to answer.",
        {"Retry-After": str(seconds)},
    )
