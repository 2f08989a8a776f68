"""The control plane for tests: a service with a clock that can be moved, both served on ports of their own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from connectors.emulator.clock import VirtualClock
from connectors.emulator.control import create_control_app
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from tests.support.emulator import ManualClock


@dataclass
class Control:
    """Asks the control plane. `ask` is one request that has to succeed; `send` any."""

    base_url: str
    service: Service
    clock: VirtualClock
    session: requests.Session

    def send(self, method: str, path: str, document: Any = None, **options: Any) -> requests.Response:
        """One request; what is not bytes is sent as JSON, None as no body."""
        data = document if isinstance(document, bytes) else None if document is None else json.dumps(document)
        return self.session.request(method, self.base_url + path, data=data, timeout=30, **options)

    def ask(self, method: str, path: str, document: Any = None) -> Any:
        """The answer of a request that has to succeed, as JSON values; JSON Lines as a list."""
        answer = self.send(method, path, document)
        assert answer.status_code == 200, answer.text
        if answer.headers["Content-Type"].startswith("application/x-ndjson"):
            return [json.loads(line) for line in answer.text.splitlines()]
        return answer.json()


def directed(document: Mapping[str, Any], seed: int = 7) -> tuple[Service, VirtualClock]:
    """A service of a world document, whose clock stands still until it is moved."""
    clock = VirtualClock(ManualClock())
    return Service(load_world(document, clock=clock, seed=seed)), clock


@contextmanager
def running_control(service: Service, clock: VirtualClock, **options: Any) -> Iterator[Control]:
    """The control plane of a service, until the block ends."""
    app = create_control_app(service, clock, **options)
    with EmulatorServer(app) as server, requests.Session() as session:
        session.trust_env = False
        yield Control(server.base_url, service, clock, session)
