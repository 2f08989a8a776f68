"""What was asked and answered, in order, for judging offline what a client did.

The digest of a history is the same wherever the same requests met the same answers: it leaves out what differs from
one run to the next without meaning anything, which are times, sizes, the server's own address, and the boundaries and
request identifiers that clients choose.
"""

import hashlib
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from connectors.emulator.rules.exchange import Exchange, Saves
from connectors.emulator.rules.subject import ranges
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.calls import Caller, Request
from connectors.emulator.wire.odata import split_query

KEPT = 20_000
LONGEST_ITEMS = 20_000_000
EDIT = "EDIT"
_NO_DIGEST = hashlib.sha256(b"").hexdigest()
_LONGEST = 400
_BOUNDARY = re.compile(rb'boundary\s*=\s*"?([^";,\s]{1,200})', re.IGNORECASE)
_DELIMITER = re.compile(rb'(--|boundary\s*=\s*"?)([^";,\s]{1,202})', re.IGNORECASE)
_CHOSEN = re.compile(rb"(?im)^(?:x-ms-)?client-request-id\s*:[^\r\n]*(?:\r?\n)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, one part of a batch, or one edit by staff.

    `number` counts arrivals; the parts of a batch follow it and bear its number in `batch`, and so does what a
    ProcessQuery into several lists did to each, at no price of its own. `items` are all items
    read or written, as ranges; `columns` those written. `status` is what was answered, or would have been where the
    connection was dropped; `error` the service's code. `wait` is the seconds a 429 or 503 told the caller to wait.
    `received` and `sent` are bytes of bodies; `digest` is that of the request's body, `fault` what went wrong on
    purpose. An edit by staff has the method EDIT and the person as its caller.
    """

    number: int
    at: datetime
    caller: str
    method: str
    operation: str
    site: str = ""
    list: str = ""
    item: int | None = None
    items: str = ""
    columns: tuple[str, ...] = ()
    query: str = ""
    if_match: str = ""
    status: int = 200
    error: str = ""
    units: int = 0
    wait: float | None = None
    received: int = 0
    sent: int = 0
    digest: str = ""
    batch: int | None = None
    fault: str = ""

    def document(self) -> dict[str, Any]:
        """The entry as JSON values."""
        return asdict(self) | {"at": self.at.isoformat().replace("+00:00", "Z"), "columns": list(self.columns)}


_IN_DIGEST = tuple(each.name for each in fields(Entry) if each.name not in {"at", "received", "sent"})


@dataclass(slots=True)
class History:
    """Every request a service has answered; the last `kept` of them in full, all of them in the digest.

    Fewer are held where the items they name take more than `LONGEST_ITEMS` characters together.
    """

    kept: int = KEPT
    total: int = 0
    _entries: deque[Entry] = field(default_factory=deque)
    _running: str = _NO_DIGEST
    _arrived: int = 0
    _characters: int = 0

    @property
    def entries(self) -> list[Entry]:
        """What is still held, in the order in which it was done: a batch after its parts."""
        return list(self._entries)

    @property
    def dropped(self) -> int:
        """How many entries are no longer held."""
        return self.total - len(self._entries)

    def arrival(self) -> int:
        """The number of a request that has just arrived."""
        self._arrived += 1
        return self._arrived

    def add(self, exchange: Exchange, response: Response, now: datetime) -> None:
        """Remember an answered request; one that wrote into several lists after what it did to each."""
        entry = _entry(exchange, response, now)
        for each in exchange.saves:
            self.append(_part(entry, each, self.arrival()))
        self.append(entry)

    def append(self, entry: Entry) -> None:
        """Remember an entry."""
        told = json.dumps([getattr(entry, name) for name in _IN_DIGEST])
        self._running = hashlib.sha256(f"{self._running}\n{told}".encode()).hexdigest()
        self.total += 1
        self._entries.append(entry)
        self._characters += len(entry.items)
        while len(self._entries) > self.kept or self._characters > LONGEST_ITEMS:
            self._characters -= len(self._entries.popleft().items)

    def digest(self) -> str:
        """One value for everything ever added, whether still held or not."""
        return self._running

    def lines(self, after: int = 0) -> Iterator[str]:
        """What is held as JSON Lines, from the entry after a number on."""
        for entry in self.entries:
            if entry.number > after:
                yield json.dumps(entry.document(), ensure_ascii=False)

    def clear(self) -> None:
        """Forget everything and count from one again."""
        self._entries.clear()
        self.total, self._running, self._arrived, self._characters = 0, _NO_DIGEST, 0, 0


def caller_name(caller: Caller | None) -> str:
    """Who a caller is in one word: a person by their login, an application by its identifier."""
    return "" if caller is None else caller.login or caller.app


def body_digest(request: Request) -> str:
    """The digest of a body without the server's address and what a client chose at random; "" where there is none."""
    body = request.body.replace(request.origin.encode(), b"") if request.origin else request.body
    if not body:
        return ""
    content_type = request.headers.get("content-type", "").encode()
    if b"multipart" in content_type:
        body = _CHOSEN.sub(b"", _without_boundaries(body, content_type))
    return hashlib.sha256(body).hexdigest()[:16]


def _without_boundaries(body: bytes, content_type: bytes) -> bytes:
    """A multipart body with its boundaries numbered, in one pass: however many it names, none is looked for twice."""
    found = dict.fromkeys(_BOUNDARY.findall(content_type + b"\n" + body))
    numbers = {boundary: b"boundary-%d" % number for number, boundary in enumerate(found)}

    def numbered(match: re.Match[bytes]) -> bytes:
        mark, written = match[1], match[2]
        if written in numbers:
            return mark + numbers[written]
        bare = written.removesuffix(b"--")
        return mark + numbers.get(bare, bare) + written[len(bare) :]

    return _DELIMITER.sub(numbered, body)


def _entry(exchange: Exchange, response: Response, now: datetime) -> Entry:
    request, whole = exchange.request, exchange.outermost
    return Entry(
        number=exchange.number,
        at=now,
        caller=caller_name(exchange.caller),
        method=request.verb,
        operation=exchange.operation or _short(request.path),
        site=exchange.site,
        list=exchange.list,
        item=exchange.item,
        items=ranges(exchange.items) if not exchange.saves else "",
        columns=tuple(_short(name) for name in exchange.columns),
        query=_query(request),
        if_match=_short(request.headers.get("if-match", "")),
        status=response.status,
        error=_error(response),
        units=exchange.units,
        wait=_wait(response),
        received=len(request.body),
        sent=_sent(response),
        digest=body_digest(request),
        batch=None if whole is exchange else whole.number,
        fault=exchange.fault,
    )


def _part(entry: Entry, saves: Saves, number: int) -> Entry:
    return replace(
        entry,
        number=number,
        list=saves.list,
        item=saves.items[0] if len(saves.items) == 1 else None,
        items=ranges(saves.items),
        columns=tuple(_short(name) for name in saves.columns),
        units=0,
        received=0,
        sent=0,
        batch=entry.number,
    )


def _query(request: Request) -> str:
    text = "&".join(f"{name}={value}" for name, value in split_query(request.query))
    return _short(text.replace(request.origin, "") if request.origin else text)


def _short(text: str) -> str:
    """Text that an entry can hold; what is cut off still counts in the digest."""
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _sent(response: Response) -> int:
    if response.delivery.lost:
        return 0
    return len(response.content if response.delivery.cut is None else response.content[: response.delivery.cut])


def _wait(response: Response) -> float | None:
    if response.status not in {429, 503}:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    told = [float(headers[name]) for name in ("retry-after", "ratelimit-reset") if headers.get(name, "").isdecimal()]
    return max(told) if "retry-after" in headers and told else None


def _error(response: Response) -> str:
    """The code of an error answer, also of the error inside a ProcessQuery's 200."""
    if response.status < 400 and b'"ErrorInfo":{' not in response.content[:200]:
        return ""
    try:
        document = json.loads(response.content)
    except ValueError:
        return ""
    if isinstance(document, list):
        info = document[0]["ErrorInfo"]
        return f"{info['ErrorCode']}, {info['ErrorTypeName']}"
    error = document.get("odata.error") or document.get("error") if isinstance(document, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""
