"""What can go wrong on purpose, as values, and the answers of a service in trouble."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http import HTTPStatus
from typing import TypeAlias

from connectors.emulator import errors
from connectors.emulator.errors import SharePointError
from connectors.emulator.rules.edits import Edit
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.throttle import BLOCKED_SECONDS, throttled, unavailable
from connectors.emulator.wire.answers import Response

THROTTLE_PATH = "/_layouts/15/throttle.htm"
_GATEWAYS = frozenset({502, 504})
_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Something's not right</title></head><body><h1>Something's not right</h1>"
    "<p>The page you requested is temporarily unavailable. We apologise for the inconvenience, please check back in a "
    "few minutes.</p></body></html>"
)


class When(StrEnum):
    """On which side of what was asked for."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Delay:
    """The answer comes later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection ends without an answer, before or after what was asked for is done."""

    when: When


@dataclass(frozen=True, slots=True)
class Truncate:
    """Only this share of the body arrives."""

    keep: float = 0.5


@dataclass(frozen=True, slots=True)
class RepeatPage:
    """The page before is answered again, its link to the next page included."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nothing is done, and a status says so."""

    status: int
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """From now on every request of this caller is a 503."""

    retry_after: int | None = BLOCKED_SECONDS


@dataclass(frozen=True, slots=True)
class Redirect:
    """A 302 to a page that says to come back later, which is how SharePoint throttles a browser."""


@dataclass(frozen=True, slots=True)
class BreakOff:
    """A ProcessQuery fails with an ErrorInfo when so many items have been saved."""

    after: int


@dataclass(frozen=True, slots=True)
class StaffEdit:
    """A colleague edits something, before or after what was asked for is done."""

    edit: Edit
    when: When = When.BEFORE


Fault: TypeAlias = Delay | Drop | Truncate | RepeatPage | Refuse | Block | Redirect | BreakOff | StaffEdit


def refusal(status: int, retry_after: int | None, headers: Mapping[str, str], asked: str) -> SharePointError | None:
    """The service's own error of a status; None where it is a gateway that answers. `asked` is the If-Match."""
    told = ({} if retry_after is None else {"Retry-After": str(retry_after)}) | dict(headers)
    known: dict[int, SharePointError] = {
        401: errors.unauthorised(),
        403: errors.access_denied(),
        404: errors.web_missing(),
        409: errors.save_conflict(),
        412: errors.etag_mismatch(asked, '"0"'),
        429: replace(throttled(0), headers={}),
        503: replace(unavailable(0), headers={}),
    }
    if status in _GATEWAYS:
        return None
    other = SharePointError(status, "-1, Microsoft.SharePoint.SPException", "Sorry, something went wrong.")
    error = known.get(status, other)
    return replace(error, headers={**error.headers, **told})


def gateway_page(status: int, headers: Mapping[str, str]) -> Response:
    """What a gateway on the way says, which knows nothing of SharePoint's errors."""
    said = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{said}</title></head><body><h1>{said}</h1></body></html>"
    return Response(status, {"Content-Type": "text/html", **headers}, page.encode())


def to_the_throttle_page(exchange: Exchange) -> Response:
    """A redirect to the page of the request's site that says to come back later."""
    location = f"{exchange.request.origin}{exchange.site.rstrip('/')}{THROTTLE_PATH}"
    return Response(302, {"Location": location, "Content-Type": "text/html; charset=utf-8"})


def throttle_page() -> Response:
    """The page that requests are redirected to which should have been 429."""
    return Response(200, {"Content-Type": "text/html; charset=utf-8"}, _PAGE.encode())


def no_answer() -> Response:
    """What stands in the place of an answer that never leaves."""
    return Response(503)
