"""How answers travel over a real connection: late, cut short, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from connectors.emulator.rules.fault_rules import parse_plan
from tests.support.emulator import ManualClock, RunningEmulator, as_service, running_emulator

DOCUMENT = {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "items": [{"values": {"Title": "A"}}]}]}]}
TOKEN = {"Authorization": "Bearer x", "Accept": "*/*"}
ITEM = "/sites/demo/_api/web/lists/GetByTitle('Projects')/items(1)"


@pytest.fixture
def running() -> Iterator[RunningEmulator]:
    with running_emulator(as_service(DOCUMENT, ManualClock())) as made:
        yield made


def follow(running: RunningEmulator, *rules: dict[str, Any]) -> None:
    running.service.faults = parse_plan(list(rules))


@pytest.mark.parametrize(("when", "title"), [("before", "A"), ("after", "B")])
def test_a_dropped_connection_gives_no_answer_and_the_next_request_gets_one(
    running: RunningEmulator, when: str, title: str
) -> None:
    follow(running, {"method": "MERGE", "do": "drop", "when": when})
    with pytest.raises(requests.ConnectionError):
        running.merge(ITEM, {"Title": "B"})
    assert running.get(ITEM).json()["Title"] == title


def test_a_truncated_body_is_announced_whole_and_ends_early(running: RunningEmulator) -> None:
    whole = running.get(ITEM, accept="*/*")
    follow(running, {"times": 1, "do": "truncate", "keep": 0.5})
    address = running.base_url + ITEM
    with running.session.get(address, headers=TOKEN, stream=True, timeout=30) as cut:
        assert (cut.status_code, int(cut.headers["Content-Length"])) == (200, len(whole.content))
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(cut.iter_content(16))
    assert running.get(ITEM, accept="*/*").content == whole.content


def test_a_delayed_answer_comes_whole(running: RunningEmulator) -> None:
    follow(running, {"do": "delay", "seconds": 0.001})
    assert running.get(ITEM).json()["Title"] == "A"
    assert running.service.history.entries[-1].fault == "delay-1: delay"
