"""A network that answers from a script and remembers, byte for byte, what it was asked.

    wire = ScriptedWire(json_reply({"value": []}), status_reply(429, {"Retry-After": "7"}), ...)
    store = scripted_store(wire)

It stands where the sockets would be, so everything above, the client library included, is the real thing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from connectors.sharepoint.auth import EmulatorSignIn
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.store import SharePointStore
from sync.engine.targets import Auth, Connection
from tests.support.fake_clock import FakeClock

HOST = "http://127.0.0.1:9"
JSON = "application/json;odata=nometadata;streaming=true;charset=utf-8"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


def json_reply(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, {"Content-Type": JSON, **headers}, json.dumps(value).encode())


def status_reply(status: int, headers: Mapping[str, str] | None = None, content: bytes = b"") -> Answer:
    return Answer(status, headers or {}, content)


def error_reply(status: int, code: str, message: str) -> Answer:
    return json_reply({"odata.error": {"code": code, "message": {"lang": "en-US", "value": message}}}, status)


Step = Answer | Exception | Callable[[requests.PreparedRequest], Answer]


class ScriptedWire(BaseAdapter):
    """Steps are used up in order; `otherwise`, where given, answers everything after them."""

    def __init__(self, *steps: Step, otherwise: Step | None = None) -> None:
        super().__init__()
        self.steps = list(steps)
        self.otherwise = otherwise
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.requests.append(request)
        self.options.append(options)
        step = self.steps.pop(0) if self.steps else self.otherwise
        assert step is not None, f"nobody expected {request.method} {request.url}"
        if isinstance(step, Exception):
            raise step
        answer = step if isinstance(step, Answer) else step(request)
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response._content = answer.content
        response.url = str(request.url)
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class ScriptedTransport:
    wire: ScriptedWire
    real: Transport = field(default_factory=Transport)

    def session(self) -> requests.Session:
        session = self.real.session()
        session.mount("http://", self.wire)
        session.mount("https://", self.wire)
        return session


def scripted_store(
    wire: ScriptedWire, *, clock: FakeClock | None = None, limits: Limits | None = None, sign_in: Any = None
) -> SharePointStore:
    connection = Connection(name="demo", host=HOST, auth=Auth.EMULATOR)
    transport: Any = ScriptedTransport(wire)
    return SharePointStore(
        connection,
        sign_in or EmulatorSignIn(HOST),
        clock or FakeClock(),
        company="Anytown Council!",
        transport=transport,
        limits=limits,
        seed=1,
    )
