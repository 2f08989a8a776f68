"""The emulator set as the recorded site was, and asked over its ASGI door as the recorded client asked.

The site has the recorded address, zone, locale and people; lists and items keep the recorded identifiers, numbers,
dates and versions. What a recording does not say (a list's time of making, who the site's first people are) is ours.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from starlette.types import Message

from connectors.emulator.app import create_app
from connectors.emulator.callers import AnyToken
from connectors.emulator.service import Service
from connectors.emulator.state.changes import ChangeLog, ChangeToken, ticks
from connectors.emulator.state.fields import Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.values import Stored, UrlValue, parse_instant
from connectors.emulator.state.versions import Item
from connectors.emulator.wire.calls import Caller, Request
from connectors.emulator.wire.field_schema import NAME_HINT, field_from_xml
from tests.support.emulator import ManualClock
from tests.support.recordings_compare import Answer

HOST = "https://bertonline.sharepoint.com"
BERT = 11
_LOGIN = "i:0#.f|membership|person@example.onmicrosoft.com"
EVERYONE = "c:0-.f|rolemanager|spo-grid-all-users/6492ece7-7f5d-4499-8130-50e761e25bd9"
_PACIFIC = 13
_AMERICAN = 1033
_PEOPLE = (
    {"login": "i:0#.f|membership|first@example.onmicrosoft.com", "name": "First Person"},
    {"login": EVERYONE, "name": "Everyone except external users"},
    {"login": "i:0#.f|membership|third@example.onmicrosoft.com", "name": "Third Person"},
    {"login": "i:0#.f|membership|fourth@example.onmicrosoft.com", "name": "Fourth Person"},
    {
        "login": _LOGIN,
        "name": "Bert Jansen (Cloud)",
        "email": "person@example.onmicrosoft.com",
        "job_title": "Vanalles",
    },
)
_VERBOSE = "application/json;odata=verbose"


class _AsBert(AnyToken):
    """Every token speaks for the person who made the recordings."""

    def caller(self, request: Request, now: datetime) -> Caller:
        super().caller(request, now)
        return Caller("recorder", _LOGIN)


@dataclass(frozen=True, slots=True)
class Part:
    """One operation of a batch; `path` is below the site's `_api`."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Stage:
    """One site, ready to be asked."""

    def __init__(
        self,
        path: str = "/sites/prov-2",
        at: str = "2022-10-12T08:29:27Z",
        title: str = "prov-2",
        host: str = HOST,
    ) -> None:
        self.host = host
        self.clock = ManualClock(instant(at))
        site = {"path": path, "title": title, "time_zone": _PACIFIC, "locale": _AMERICAN, "users": list(_PEOPLE)}
        world = load_world({"sites": [site]}, clock=self.clock)
        self.site = world.site(path)
        self._app = create_app(Service(world, access=_AsBert()))

    # Seeding

    def add_list(self, title: str, guid: str, url: str | None = None) -> SpList:
        """An empty list of a recorded title and identifier."""
        made = self.site.add_list(title, url=url)
        del self.site.lists[made.id]
        made.id = guid
        made.log = ChangeLog(guid, ChangeToken(guid, ticks(self.clock()), made.log.started.number))
        self.site.lists[guid] = made
        return made

    def columns(self, owner: SpList, definitions: Sequence[str]) -> None:
        """Columns by their definitions in CAML."""
        for definition in definitions:
            owner.add_field(field_from_xml(owner, definition, NAME_HINT))

    def items(self, owner: SpList, rows: Sequence[Mapping[str, Any]]) -> None:
        """Items as REST showed them; what a row does not show is what a new item has."""
        for row in rows:
            owner.insert(self._item(owner, row))

    def _item(self, owner: SpList, row: Mapping[str, Any]) -> Item:
        world = self.site.world
        created = instant(row["Created"]) if "Created" in row else world.now()
        label = int(float(row.get("OData__UIVersionString", "1.0")))
        values = {
            column.name: stored(column, row[column.write_property])
            for column in (owner.title_field, *owner.custom)
            if column.write_property in row
        }
        return Item(
            id=row["Id"],
            unique_id=world.new_guid(),
            guid=row.get("GUID", world.new_guid()),
            values=values,
            created=created,
            modified=instant(row["Modified"]) if "Modified" in row else created,
            author=row.get("AuthorId", BERT),
            editor=row.get("EditorId", BERT),
            version=label,
            label=label,
        )

    # Asking

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        level: str = "nometadata",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request: below the site's `_api`, from the server's root, or to an absolute address as it stands."""
        address = urlsplit(path if "://" in path else self._address(path))
        sent = {"Accept": f"application/json;odata={level}", "Content-Type": _VERBOSE} | dict(headers or {})
        status, answered, content = self._send(method, address.path, address.query, _content(body), sent)
        return Answer(status, answered.get("content-type"), content.decode())

    def headers(self, path: str) -> dict[str, str]:
        """The headers of an answer, by lower-case name."""
        address = urlsplit(self._address(path))
        sent = {"Accept": "application/json;odata=nometadata"}
        return self._send("GET", address.path, address.query, b"", sent)[1]

    def batch(self, parts: Sequence[Part], level: str = "nometadata") -> Answer:
        """Several operations, as the recorded client framed them: a change set for every write."""
        mark = "batch_0b4e2c5a-0000-4000-8000-000000000000"
        lines: list[str] = []
        for number, part in enumerate(parts):
            lines += self._part(mark, number, part, level)
        content = "\r\n".join([*lines, f"--{mark}--", ""])
        return self.ask("POST", "$batch", content, headers={"Content-Type": f"multipart/mixed; boundary={mark}"})

    def _part(self, mark: str, number: int, part: Part, level: str) -> list[str]:
        head = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
        request = [f"{part.method} {self._address(part.path)} HTTP/1.1", f"Accept: application/json;odata={level}"]
        request += [f"{name}: {value}" for name, value in part.headers.items()]
        if part.method == "GET":
            return [f"--{mark}", *head, *request, "", ""]
        inner = f"changeset_{number}"
        told = [] if part.body is None else [f"Content-Type: {_VERBOSE}"]
        text = "" if part.body is None else json.dumps(part.body)
        around = [f"--{mark}", f'Content-Type: multipart/mixed; boundary="{inner}"', ""]
        return [*around, f"--{inner}", *head, *request, *told, "", text, "", f"--{inner}--", ""]

    def _address(self, path: str) -> str:
        if path.startswith("/"):
            return self.host + path
        return f"{self.host}{self.site.path}/_api/{path}"

    def _send(
        self, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {
            "User-Agent": "NONISV|PnP|Recorder",
            "Host": urlsplit(self.host).netloc,
            "Authorization": "Bearer any",
        } | dict(headers)
        scope = {
            "type": "http",
            "method": method,
            "scheme": "https",
            "path": unquote(path),
            "raw_path": quote(path, safe="/%()$@!*,;:~'=").encode(),
            "query_string": quote(query, safe="/%()$@!*,;:~'=&?+").encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "server": (urlsplit(self.host).netloc, 443),
        }
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        asyncio.run(self._app(scope, receive, send))
        start = messages[0]
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], answered, b"".join(message.get("body", b"") for message in messages[1:])


def _content(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def instant(text: str) -> datetime:
    """A recorded moment."""
    found = parse_instant(text)
    assert found is not None, text
    return found.astimezone(UTC)


def stored(column: Field, shown: Any) -> Stored:
    """What a column holds whose REST value is this."""
    if isinstance(shown, list):
        return tuple(shown) or None
    if isinstance(shown, dict):
        return UrlValue(shown["Url"], shown["Description"])
    if shown is not None and column.type == "DateTime":
        return instant(shown)
    return float(shown) if column.type in {"Number", "Currency"} and shown is not None else shown
