"""The embedded SharePoint for tests: a server on a port of its own, and the world behind it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from starlette.types import ASGIApp

from connectors.emulator.app import create_app
from connectors.emulator.server import EmulatorServer
from connectors.emulator.world import World, load_world

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
class RunningEmulator:
    """A served world. `get`, `post` and `send` are plain HTTP with a token and nothing of the connector."""

    base_url: str
    world: World
    session: requests.Session = field(default_factory=requests.Session)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: str = "application/json;odata=nometadata",
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request to a server-relative path; a body that is not bytes or text is sent as JSON."""
        sent = {"Accept": accept, "Authorization": f"Bearer {TOKEN}"} | dict(headers or {})
        if isinstance(body, bytes | str):
            return self.session.request(method, self.base_url + path, data=body, headers=sent, timeout=30)
        if body is not None:
            sent.setdefault("Content-Type", "application/json;odata=nometadata")
        return self.session.request(method, self.base_url + path, json=body, headers=sent, timeout=30)

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET a server-relative path."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """POST to a server-relative path."""
        return self.send("POST", path, body, **options)

    def merge(self, path: str, body: Any, *, etag: str | None = "*", **options: Any) -> requests.Response:
        """POST with X-HTTP-Method MERGE; no If-Match where `etag` is None."""
        headers = {"X-HTTP-Method": "MERGE"} | ({"If-Match": etag} if etag is not None else {})
        return self.send("POST", path, body, headers=headers | options.pop("headers", {}), **options)


@contextmanager
def running_emulator(
    document_or_world: Mapping[str, Any] | World,
    clock: Callable[[], datetime] | None = None,
    wrap: Callable[[ASGIApp], ASGIApp] | None = None,
) -> Iterator[RunningEmulator]:
    """Serve a world document, or a world, until the block ends.

    `clock` is for documents; a world has its own. `wrap` puts an ASGI application around the emulator's, for faults.
    """
    if isinstance(document_or_world, World):
        world = document_or_world
    else:
        world = load_world(document_or_world, clock=clock or ManualClock())
    app: ASGIApp = create_app(world)
    with EmulatorServer(wrap(app) if wrap else app) as server, requests.Session() as session:
        session.trust_env = False
        yield RunningEmulator(server.base_url, world, session)
