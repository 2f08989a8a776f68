"""What a refusal means: a reply or a broken connection becomes one of our errors, in words staff can act on.

Nothing a caller sent, headers and tokens least of all, ever appears in a message.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from connectors.sharepoint.messages import Reply
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError, UnreachableError, UnreadableError

ITEM_GONE = "-2130575338"
_FILE_NOT_FOUND = "-2147024894"
_THRESHOLD = "-2147024860"
_NOT_CHECKED_OUT = "-2147024738"
_CHECKED_OUT = "-2130575306"
_DENIED = "-2147024891"
_RECORD = re.compile(r"(?i)label that's applied to this item|locked as read-only")
_SECRET_LIKE = re.compile(r"(?i)bearer\s+\S+|eyJ[\w-]+\.[\w.-]+")
_LONGEST_SENTENCE = 240


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What SharePoint says about a refusal; `number` is the first part of its code."""

    code: str
    message: str

    @property
    def number(self) -> str:
        return self.code.split(",", 1)[0].strip()


def service_error(content: bytes) -> ServiceError | None:
    """The error inside a body, in either envelope: `error` (verbose) or `odata.error`; None where there is none."""
    try:
        document = json.loads(content)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    error = document.get("odata.error") or document.get("error")
    if not isinstance(error, dict):
        return None
    message = error.get("message")
    text = message.get("value") if isinstance(message, dict) else message
    return ServiceError(str(error.get("code") or ""), sentence(str(text or "")))


def sentence(text: str) -> str:
    """A service's words on one line, cut to a readable length, with anything like a token taken out."""
    plain = " ".join(_SECRET_LIKE.sub("(removed)", text).split())
    return plain if len(plain) <= _LONGEST_SENTENCE else plain[: _LONGEST_SENTENCE - 1] + "…"


def refusal(reply: Reply, about: str, site: str) -> SourceError:
    """The error that a reply of status 400 or above stands for. `about`: what was asked for; `site`: its address."""
    error = service_error(reply.content)
    if reply.status in (401, 403):
        return _access(reply, error, about, site)
    if reply.status == 404:
        return _missing(error, about, site)
    if held := check_out(error, about):
        return held
    if error and (error.number == _THRESHOLD or "threshold" in error.message.lower()):
        return UnreadableError(
            f"SharePoint will not answer for {about}: {_closed(error.message)}",
            "Map fewer lookup and person columns of this list, or ask the site's owner to index or shorten it.",
        )
    if reply.status == 501:
        what = sentence(reply.header("X-Emulator-Not-Emulated") or "what we asked for")
        return UnreadableError(f"The embedded SharePoint does not emulate {what}.")
    if reply.status == 400 and error:
        return SchemaError(f"SharePoint does not accept the request for {about}: {_closed(error.message)}")
    said = f": {_closed(error.message)}" if error and error.message else "."
    return UnreadableError(f"SharePoint answered {reply.status} when asked for {about}{said}")


def held_back(error: ServiceError | None, about: str) -> AccessError | None:
    """The error where something keeps an item from being changed: check-out, a label that makes it a record, or rights;
    None where it is about something else.

    It says for certain that the item was not changed, whatever the status: recordings show none.
    """
    return check_out(error, about) or _record(error, about) or _denied(error, about)


def _record(error: ServiceError | None, about: str) -> AccessError | None:
    """Known by its sentence alone, which a site in another language says in its own words."""
    if error is None or not _RECORD.search(error.message):
        return None
    return AccessError(
        f"An item of {about} is a record, and its retention label keeps everybody from changing it.",
        "Ask who keeps the labels for one that allows edits, or set `write: {mode: off}` for this source.",
    )


def _denied(error: ServiceError | None, about: str) -> AccessError | None:
    if error is None or error.number != _DENIED:
        return None
    return AccessError(
        f"SharePoint denies the change of an item of {about}: {_closed(error.message)}",
        "Ask the list's owner whether a retention label makes records of its items, and the site's owner whether this "
        "application has the role `write`; `check` tells both where it can.",
    )


def check_out(error: ServiceError | None, about: str) -> AccessError | None:
    """The error where check-out keeps an item from being changed; None where it is not about check-out."""
    number = error.number if error else None
    if number == _NOT_CHECKED_OUT:
        return AccessError(
            f"An item of {about} is not checked out, which the list demands before every change.",
            "Ask the list's owner to stop demanding check-out in its versioning settings; we check nothing out.",
        )
    if number == _CHECKED_OUT:
        return AccessError(
            f"An item of {about} is checked out, and nobody but who did that can change it.",
            "Run again when it has been checked in.",
        )
    return None


def _access(reply: Reply, error: ServiceError | None, about: str, site: str) -> AccessError:
    if b"Unsupported app only token" in reply.content:
        return AccessError(
            f"{site} refuses tokens that were obtained with a client secret.",
            "Use a certificate: SharePoint accepts nothing else from an application.",
        )
    if reply.status == 401:
        return AccessError(
            f"{site} does not accept our token for {about}.",
            "Check the tenant and the application's permission Sites.Selected on SharePoint, then run `check`.",
        )
    said = f": {_closed(error.message)}" if error and error.message else "."
    return AccessError(f"{site} denies access to {about}{said}")


def is_missing_list(error: ServiceError | None, about: str) -> bool:
    """Whether a 404 says that there is no such list, rather than no such site."""
    # A list addressed by its URL is a file that was not found; otherwise that says that the site was not.
    named = error is not None and (error.number != _FILE_NOT_FOUND or "/" in about)
    return named and about.startswith("the list")


def _missing(error: ServiceError | None, about: str, site: str) -> NotFoundError:
    if error is not None and error.number == ITEM_GONE:
        return NotFoundError(f"The item no longer exists in {about}.", "Run again: the next run reads what is there.")
    if is_missing_list(error, about):
        return NotFoundError(
            f"There is {about.replace('the list', 'no list', 1)} at {site}.",
            "Compare the list's name in the portfolio file with the list's settings page in SharePoint.",
        )
    return NotFoundError(f"There is no site at {site}.")


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else text + "."


def unreachable(error: requests.RequestException, url: str) -> SourceError:
    """The error that a broken connection stands for. A body that was cut short is an answer, and Unreadable."""
    host = _origin(url)
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return UnreadableError(
            f"{host} sends us elsewhere instead of answering.",
            "Check the host and the site in the portfolio file; a login page in between cannot be passed.",
        )
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return UnreadableError(f"An answer from {host} was cut short.")
    return UnreachableError(f"No answer from {host}: {_reason(error)}.", _advice(error))


def _reason(error: requests.RequestException) -> str:
    text = repr(error)
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted or the secure connection failed"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy did not let us through"
    if isinstance(error, requests.exceptions.Timeout):
        return "it took too long"
    if "NameResolution" in text or "getaddrinfo" in text:
        return "the name is not known to the network"
    if "refused" in text.lower():
        return "nothing listens there"
    return "the connection was broken"


def _advice(error: requests.RequestException) -> str | None:
    if isinstance(error, requests.exceptions.SSLError):
        return "If your network inspects traffic, set the CA bundle to its certificate."
    return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
