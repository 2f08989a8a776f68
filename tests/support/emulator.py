"""The embedded SharePoint for tests: a server on a port of its own, and the world behind it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from starlette.types import ASGIApp

from connectors.emulator.app import create_app
from connectors.emulator.dispatch import respond
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.calls import Request
from tests.support.remote import Remote

TOKEN = "any-token"


@dataclass
class ManualClock:
    """A clock that stands still until a test moves it."""

    now: datetime = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        """Move on by days, hours, minutes or seconds."""
        self.now += timedelta(**amount)


@dataclass
class RunningEmulator(Remote):
    """A served world. `get`, `post` and `send` are plain HTTP with a token and nothing of the connector."""

    service: Service = field(kw_only=True)

    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
        return self.origin

    @property
    def world(self) -> World:
        """What is served now."""
        return self.service.world


def as_service(what: Mapping[str, Any] | World | Service, clock: Callable[[], datetime], **options: Any) -> Service:
    """A service of a document, of a world, or as it is."""
    if isinstance(what, Service):
        return what
    return Service(what if isinstance(what, World) else load_world(what, clock=clock, **options))


@contextmanager
def running_emulator(
    what: Mapping[str, Any] | World | Service,
    clock: Callable[[], datetime] | None = None,
    wrap: Callable[[ASGIApp], ASGIApp] | None = None,
) -> Iterator[RunningEmulator]:
    """Serve a world document, a world, or a service with rules of its own, until the block ends.

    `clock` is for documents; a world has its own. `wrap` puts an ASGI application around the emulator's, for faults.
    """
    service = as_service(what, clock or ManualClock())
    app: ASGIApp = create_app(service)
    with EmulatorServer(wrap(app) if wrap else app) as server, requests.Session() as session:
        session.trust_env = False
        yield RunningEmulator(server.base_url, lambda: TOKEN, session, sleep=None, service=service)


@dataclass(frozen=True)
class DirectAnswer:
    """An answer of the dispatcher, read like one of HTTP."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Direct:
    """The same calls as RunningEmulator without a network: straight into the dispatcher, below one site.

    `latest` is the last answer as it leaves the dispatcher, with how it would travel.
    """

    def __init__(self, what: Mapping[str, Any] | World | Service, site: str = "/sites/demo", **options: Any) -> None:
        self.clock = options.pop("clock", ManualClock())
        self.service = as_service(what, self.clock, **options)
        self.world = self.service.world
        self.site = self.world.site(site)
        self.latest: Response | None = None

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        level: str = "nometadata",
        headers: Mapping[str, str] | None = None,
    ) -> DirectAnswer:
        """One request below the site's `_api`, or to a server-relative path; JSON unless the body is text or bytes."""
        address, _, query = path.partition("?")
        if not address.startswith("/"):
            address = f"{self.site.path}/_api/{address}"
        content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
        if body is not None and not isinstance(body, bytes | str):
            content = json.dumps(body).encode()
        sent = {"accept": f"application/json;odata={level}", "authorization": f"Bearer {TOKEN}"}
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        request = Request(method, address, address, query, sent, content, "http://tenant.example")
        self.latest = answer = respond(self.service, request)
        return DirectAnswer(answer.status, answer.headers, answer.content)

    def get(self, path: str, **options: Any) -> DirectAnswer:
        """GET."""
        return self.send("GET", path, **options)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a collection."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["value"])

    def post(self, path: str, body: Any = None, **options: Any) -> DirectAnswer:
        """POST."""
        return self.send("POST", path, body, **options)

    def merge(self, path: str, body: Any, *, etag: str | None = "*") -> DirectAnswer:
        """POST with X-HTTP-Method MERGE; no If-Match where `etag` is None."""
        headers = {"X-HTTP-Method": "MERGE"} | ({"If-Match": etag} if etag is not None else {})
        return self.send("POST", path, body, headers=headers)


def this_moment() -> datetime:
    """The clock of a world that real processes speak to: one that differs from theirs is noticed."""
    return datetime.now(UTC)
