"""The one place where a request is repeated, and where waiting is done.

    reads    429, 502, 503, 504 and no answer at all: up to `attempts` times
    writes   429 and 503 with Retry-After, because only those say that nothing was done

Told to wait, nothing else is sent to that host until the time has passed; and never more is sent than our ceiling lets
through.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

import tenacity

from connectors.sharepoint.gate import Cause, Gate, Hold, ToldLimit
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
    """Paces every request of one store, for any number of threads. `gate` is the host's, which other stores may share;
    without one the store has its own, and no ceiling."""

    def __init__(
        self, host: str, clock: Clock, limits: Limits, meter: Meter, random: Random, gate: Gate | None = None
    ) -> None:
        self._host = host
        self._clock = clock
        self._limits = limits
        self._meter = meter
        self._random = random
        self._gate = gate or Gate(clock)
        self._is_silent = False
        self._difference: timedelta | None = None

    @property
    def difference(self) -> timedelta | None:
        """The host's clock less ours, by the last answer that named a time; a second or so of it is noise."""
        return self._difference

    def run(self, request: Request, exchange: Callable[[Request], Reply], attempts: int | None = None) -> Reply:
        """The reply to a request, whatever its status, after as many attempts as are allowed.

        `exchange` sends it, each time it does within a `turn`. Raises ThrottledError when waiting would take too long,
        and UnreachableError when no answer came. A host that left one request without any answer is asked only once
        each time, until it answers again.
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

    @contextmanager
    def turn(self, request: Request) -> Iterator[None]:
        """Begins when the request may be sent, and lasts until it is answered."""
        self._enter(request)
        try:
            yield
        finally:
            self._gate.leave(request.units)

    def heard(self, request: Request, reply: Reply) -> None:
        """Takes in what an answer says of time and limits, while the request still has its turn: so that whoever waits
        for a turn of theirs gets none before it is known that nobody should."""
        self._is_silent = False
        served, now = _date(reply.header("Date")), self._clock.now()
        self._difference = self._difference if served is None else served - now
        limit = limit_told_by(reply, now)
        if limit is not None:
            self._gate.told_limit(limit, request.units)
        wait = wait_named_by(reply, now) if reply.status in _REFUSED else None
        if wait is not None:
            self.told_to_wait(wait)

    def told_to_wait(self, seconds: float) -> None:
        """The host named a time before which it wants nothing from us."""
        self._gate.told_to_wait(seconds)

    def _attempt(self, request: Request, exchange: Callable[[Request], Reply]) -> Reply:
        try:
            reply = exchange(request)
        except UnreachableError as error:
            if request.changes:
                raise
            raise _NotNowError(error) from None
        if reply.status in _REFUSED and wait_named_by(reply, self._clock.now()) is not None:
            raise _NotNowError(self._throttled(reply.status), told=True)
        if reply.status in _TRANSIENT and not request.changes:
            raise _NotNowError(
                self._throttled(reply.status) if reply.status in _REFUSED else self._gateway(reply.status)
            )
        return reply

    def _enter(self, request: Request) -> None:
        while True:
            hold = self._gate.hold(request.units)
            if hold is not None:
                self._wait(hold, request)
                continue
            if request.permit is not None:
                request.permit()
            # Asked again, because another thread may have been told to wait meanwhile.
            if self._gate.enter(request.units):
                return

    def _wait(self, hold: Hold, request: Request) -> None:
        if hold.cause is Cause.TOLD:
            self._refuse_long_wait(hold.seconds)
        elif hold.seconds > self._limits.max_wait:
            raise self._spent(hold, request)
        since = self._clock.now()
        self._clock.sleep(hold.seconds)
        seconds = self._gate.waited(hold.cause, since, since + timedelta(seconds=hold.seconds))
        self._meter.waited(seconds, told=hold.cause is Cause.TOLD)

    def _refuse_long_wait(self, seconds: float) -> None:
        waited = self._meter.throttled_seconds
        if seconds > self._limits.max_wait:
            raise ThrottledError(f"{self._host} asks us to wait {seconds:.0f} seconds, which is longer than we may.")
        if waited + seconds > self._limits.max_total_wait:
            raise ThrottledError(f"{self._host} has made us wait {waited:.0f} seconds and asks for more.")

    def _spent(self, hold: Hold, request: Request) -> ThrottledError:
        """Why our own ceiling ends the run: waiting for it would take hours, or for ever."""
        if math.isinf(hold.seconds):
            return ThrottledError(
                f"One request to {self._host} would cost {request.units} resource units, more than `pace` allows.",
                "Raise `share` under `pace` in the portfolio file.",
            )
        used, most = self._gate.today()
        again = self._clock.now() + timedelta(seconds=hold.seconds)
        return ThrottledError(
            f"What `pace` lets us use of {self._host} within 24 hours is used up: {used:,} of {most:,} resource units, "
            "with those of earlier runs.",
            f"Run again after {again:%H:%M} UTC on {again.day} {again:%B}, or raise `share` under `pace` in the "
            "portfolio file; what was written is on record.",
        )

    def _backoff(self, state: tenacity.RetryCallState) -> float:
        refused = state.outcome.exception() if state.outcome else None
        if isinstance(refused, _NotNowError) and refused.told:
            return 0.0  # the gate holds it back, so that other requests to this host wait as well
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


def limit_told_by(reply: Reply, now: datetime) -> ToldLimit | None:
    """What an answer tells of our minute; None where it does not, or not in sensible numbers. Only a host at which much
    of the limit is used says anything."""
    limit = _seconds(reply.header("RateLimit-Limit"), now)
    remaining = _seconds(reply.header("RateLimit-Remaining"), now)
    reset = _seconds(reply.header("RateLimit-Reset"), now)
    if limit is None or remaining is None or reset is None or remaining > limit:
        return None
    return ToldLimit(int(limit), int(remaining), reset)


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
