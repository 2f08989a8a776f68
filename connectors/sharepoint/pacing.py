"""The one place where a request is repeated, and where waiting is done.

    reads    429, 502, 503, 504 and no answer at all: up to `attempts` times
    writes   429 and 503 with Retry-After, because only those say that nothing was done

Told to wait, nothing else is sent to that host until the time has passed.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

import tenacity

from connectors.sharepoint.messages import Meter, Reply, Request
from connectors.sharepoint.settings import Limits
from sync.engine.ports import Clock
from sync.errors import SourceError, ThrottledError, UnreachableError

_TRANSIENT = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({429, 503})
_LONGEST_BACKOFF = 30.0


class _NotNowError(Exception):
    """This attempt may be repeated; `error` is what to say if no attempt is left."""

    def __init__(self, error: SourceError, *, told: bool = False) -> None:
        super().__init__(error.what)
        self.error = error
        self.told = told


class Pacer:
    """Paces every request to one host."""

    def __init__(self, host: str, clock: Clock, limits: Limits, meter: Meter, random: Random) -> None:
        self._host = host
        self._clock = clock
        self._limits = limits
        self._meter = meter
        self._random = random
        self._not_before: datetime | None = None
        self._is_silent = False
        self._difference: timedelta | None = None

    @property
    def difference(self) -> timedelta | None:
        """The host's clock less ours, by the last answer that named a time; a second or so of it is noise."""
        return self._difference

    def run(self, request: Request, exchange: Callable[[Request], Reply], attempts: int | None = None) -> Reply:
        """The reply to a request, whatever its status, after as many attempts as are allowed.

        Raises ThrottledError when waiting would take too long, and UnreachableError when no answer came. A host that
        left one request without any answer is asked only once each time, until it answers again.
        """
        allowed = 1 if self._is_silent else attempts or self._limits.attempts
        retrying = tenacity.Retrying(
            sleep=self._sleep,
            wait=self._backoff,
            stop=tenacity.stop_after_attempt(allowed),
            retry=tenacity.retry_if_exception_type(_NotNowError),
            reraise=True,
        )
        try:
            return retrying(self._attempt, request, exchange)
        except _NotNowError as refused:
            self._is_silent = isinstance(refused.error, UnreachableError)
            raise refused.error from None

    def told_to_wait(self, seconds: float) -> None:
        """The host named a time before which it wants nothing from us."""
        until = self._clock.now() + timedelta(seconds=seconds)
        self._not_before = max(until, self._not_before or until)

    def _attempt(self, request: Request, exchange: Callable[[Request], Reply]) -> Reply:
        self._hold()
        if request.permit is not None:
            request.permit()
        try:
            reply = exchange(request)
        except UnreachableError as error:
            if request.changes:
                raise
            raise _NotNowError(error) from None
        self._is_silent = False
        served, now = _date(reply.header("Date")), self._clock.now()
        self._difference = self._difference if served is None else served - now
        wait = wait_named_by(reply, now) if reply.status in _REFUSED else None
        if wait is not None:
            self.told_to_wait(wait)
            raise _NotNowError(self._throttled(reply.status), told=True)
        if reply.status in _TRANSIENT and not request.changes:
            raise _NotNowError(
                self._throttled(reply.status) if reply.status in _REFUSED else self._gateway(reply.status)
            )
        return reply

    def _hold(self) -> None:
        if self._not_before is None:
            return
        remaining = (self._not_before - self._clock.now()).total_seconds()
        if remaining <= 0:
            self._not_before = None
            return
        if remaining > self._limits.max_wait:
            raise ThrottledError(f"{self._host} asks us to wait {remaining:.0f} seconds, which is longer than we may.")
        if self._meter.throttled_seconds + remaining > self._limits.max_total_wait:
            raise ThrottledError(
                f"{self._host} has made us wait {self._meter.throttled_seconds:.0f} seconds and asks for more."
            )
        self._clock.sleep(remaining)
        self._meter.throttled_seconds += remaining

    def _backoff(self, state: tenacity.RetryCallState) -> float:
        refused = state.outcome.exception() if state.outcome else None
        if isinstance(refused, _NotNowError) and refused.told:
            return 0.0  # `_hold` waits, so that other requests to this host wait as well
        doubled = self._limits.first_wait * 2 ** (state.attempt_number - 1)
        return float(min(doubled, _LONGEST_BACKOFF) * self._random.uniform(0.5, 1.5))

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._clock.sleep(seconds)

    def _throttled(self, status: int) -> ThrottledError:
        return ThrottledError(f"{self._host} is too busy for us: it answered {status} again and again.")

    def _gateway(self, status: int) -> UnreachableError:
        return UnreachableError(f"{self._host} could not be reached: a gateway on the way answered {status}.")


def wait_named_by(reply: Reply, now: datetime) -> float | None:
    """How many seconds a refusal asks for: the greater of Retry-After and RateLimit-Reset; None without Retry-After.

    Retry-After is seconds or an HTTP date; a date is measured from the reply's own `Date`, so that a clock that is
    wrong here does not shorten the wait.
    """
    named = _seconds(reply.header("Retry-After"), _date(reply.header("Date")) or now)
    if named is None:
        return None
    return max(named, _seconds(reply.header("RateLimit-Reset"), now) or 0.0)


def _seconds(value: str | None, now: datetime) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        moment = _date(value)
        return None if moment is None else max(0.0, math.ceil((moment - now).total_seconds()))
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
