"""No body is read beyond what is needed, whoever sends it and wherever to, and a client that goes leaves no trace."""

import logging
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from connectors.emulator.app import create_app
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.clock import VirtualClock
from connectors.emulator.control import create_control_app
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.loading import load_world
from tests.support.emulator import ManualClock

MOST = 10_000
CONTEXT, TOKEN, CLOCK = "/sites/demo/_api/contextinfo", "/contoso.onmicrosoft.com/oauth2/v2.0/token", "/clock/freeze"
LARGEST = {CONTEXT: MOST, TOKEN: 64 * 1024, CLOCK: 1_048_576}
LOOKED_AT = {CONTEXT: (200, "FormDigestValue"), TOKEN: (400, "AADSTS900144"), CLOCK: (200, "frozen")}
REFUSED = {CONTEXT: (413, "larger than 10000 bytes"), TOKEN: (400, "AADSTS9002313"), CLOCK: (413, "1,048,576 bytes")}


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, tuple[str, int]]]:
    """Where each path is served."""
    clock = VirtualClock(ManualClock())
    world = load_world({"sites": [{"path": "/sites/demo"}]}, clock=clock, limits=Limits(request_bytes=MOST))
    service = Service(world, access=Entra(Tenant.make(clock=clock)))
    with EmulatorServer(create_app(service)) as server, EmulatorServer(create_control_app(service, clock)) as control:
        at = {each: (urlsplit(each.base_url).hostname or "", each.port) for each in (server, control)}
        yield {CONTEXT: at[server], TOKEN: at[server], CLOCK: at[control]}


def head(path: str, framing: str) -> bytes:
    agent = "User-Agent: NONISV|Council|Bodies/1.0"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{agent}\r\nConnection: close\r\n{framing}\r\n\r\n".encode()


def answered(address: tuple[str, int], request: bytes) -> tuple[int, str]:
    """Status and text of the answer to these bytes, after which nothing more is sent."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as answer:
            start, _, text = answer.read().decode().partition("\r\n\r\n")
    return int(start.split()[1]), text


def assert_says(given: tuple[int, str], wanted: tuple[int, str]) -> None:
    assert given[0] == wanted[0]
    assert wanted[1] in given[1]


def chunked(path: str, size: int) -> bytes:
    return head(path, "Transfer-Encoding: chunked") + f"{size:x}\r\n".encode() + b" " * size + b"\r\n"


@pytest.mark.parametrize("path", LARGEST)
@pytest.mark.parametrize("over", [-1, 0], ids=["below", "at"])
def test_up_to_the_line_a_body_is_looked_at(ports: dict[str, tuple[str, int]], path: str, over: int) -> None:
    size = LARGEST[path] + over
    for request in (head(path, f"Content-Length: {size}") + b" " * size, chunked(path, size) + b"0\r\n\r\n"):
        assert_says(answered(ports[path], request), LOOKED_AT[path])


@pytest.mark.parametrize("path", LARGEST)
def test_above_the_line_it_is_refused_before_it_has_come(ports: dict[str, tuple[str, int]], path: str) -> None:
    size = LARGEST[path] + 1
    # The second does not say how long it is, and is refused as soon as it is too long.
    for request in (head(path, f"Content-Length: {size}"), chunked(path, size)):
        assert_says(answered(ports[path], request), REFUSED[path])


@pytest.mark.parametrize("path", LARGEST)
def test_whoever_goes_in_the_middle_of_a_body_is_nobodys_error(
    ports: dict[str, tuple[str, int]], path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="uvicorn.error"):
        with socket.create_connection(ports[path], timeout=30) as gone:
            gone.sendall(head(path, "Content-Length: 100") + b"{")
        # The server looks at its connections in turn: this answer comes after the other has been seen to go.
        assert_says(answered(ports[path], head(path, "Content-Length: 0")), LOOKED_AT[path])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
