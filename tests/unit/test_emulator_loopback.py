"""Whom the emulator takes for this machine: one answer for its pages, its sign-in and its control plane."""

import pytest

from connectors.emulator.control.guard import refusal
from connectors.emulator.loopback import HOSTS, is_loopback
from connectors.emulator.pages.visit import Visit
from connectors.emulator.wire.calls import Request

OURS = [*HOSTS, "LOCALHOST", "127.8.9.1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"]
OTHERS = ["", "0.0.0.0", "10.0.0.1", "::", "::2", "::ffff:10.0.0.1", "localhost.example", "127.0.0.1.example", "unix"]  # noqa: S104


def visit(client: str, host: str) -> Visit:
    shown = f"[{host}]" if ":" in host else host
    return Visit(Request("GET", "/", "/", "", {}, b"", f"http://{shown}:8790"), client)


@pytest.mark.parametrize(("name", "ours"), [*((name, True) for name in OURS), *((name, False) for name in OTHERS)])
def test_every_door_knows_this_machine_by_the_same_names(name: str, ours: bool) -> None:
    shown = f"[{name}]" if ":" in name else name
    assert is_loopback(name) is ours
    assert visit("127.0.0.1", name).addressed_to_us is ours
    assert visit(name, "localhost").local is ours
    assert (refusal(f"{shown}:8791", ()) is None) is ours
