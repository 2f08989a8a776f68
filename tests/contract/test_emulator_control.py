"""The control plane over HTTP: what its page says it does, whom it obeys, and how it says no."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.emulator.control.app import MOST_BYTES, ROUTES
from connectors.emulator.rules.fault_rules import KINDS
from tests.support.checkout import ROOT
from tests.support.control import Control, directed, running_control
from tests.support.emulator import Direct

ANN = "i:0#.f|membership|ann@example.org"
DOCUMENT: dict[str, Any] = {
    "world": "example",
    "sites": [
        {
            "path": "/sites/demo",
            "users": [{"login": ANN, "name": "Ann Field", "email": "ann@example.org"}],
            "lists": [
                {
                    "title": "Projects",
                    "fields": [{"name": "Due", "title": "Target date", "type": "DateTime"}],
                    "items": [{"values": {"Title": "Library cards", "Due": "2026-06-30"}}],
                }
            ],
        }
    ],
}
ITEMS = "web/getList('/sites/demo/Lists/Projects')/items"
PAGE = (ROOT / "docs" / "emulator-control.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### `(?P<method>[A-Z]+) (?P<path>\S+)`\n(?P<body>.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```json (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
VARYING = {"digest", "bytes", "sent", "id"}


@pytest.fixture
def control() -> Iterator[Control]:
    with running_control(*directed(DOCUMENT)) as made:
        yield made


@pytest.fixture(scope="module")
def shared() -> Iterator[Control]:
    """One for all the tests that change nothing."""
    with running_control(*directed(DOCUMENT)) as made:
        yield made


def client(control: Control) -> Direct:
    """A client of the SharePoint behind the control plane."""
    return Direct(control.service)


def masked(value: Any) -> Any:
    """A value without what differs from one machine or version to the next."""
    if isinstance(value, dict):
        return {name: type(inner).__name__ if name in VARYING else masked(inner) for name, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value


# The page


def test_the_page_has_every_route_and_no_other() -> None:
    written = [(found["method"], found["path"]) for found in SECTION.finditer(PAGE)]
    assert sorted(written) == sorted((route.method, route.path) for route in ROUTES)


def test_the_page_has_every_kind_of_fault_with_its_details() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    for name, kind in KINDS.items():
        assert name in rows, name
        assert all(f"`{detail}`" in rows[name] for detail in kind.details), name


def test_the_examples_of_the_page_do_what_it_says(control: Control) -> None:
    client(control).get(f"{ITEMS}")
    for found in SECTION.finditer(PAGE):
        blocks = {name: json.loads(text) for name, text in BLOCK.findall(found["body"])}
        path = found["path"].replace("{name}", "before")
        answer = control.ask(found["method"], path, blocks.get("request"))
        assert masked(answer) == masked(blocks["answer"]), f"{found['method']} {path}"


# Whom it obeys


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "LOCALHOST:99", "[::1]:8791", "127.9.9.9"])
def test_programs_on_this_machine_are_served(shared: Control, host: str) -> None:
    assert shared.send("GET", "/clock", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:80"},
        {"Host": "192.0.2.1"},
        {"Host": "evil@evil.example"},
        {"Host": "[::1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8791"},
    ],
    ids=str,
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/history"), ("POST", "/reset"), ("GET", "/nothing")])
def test_a_page_in_a_browser_is_not(shared: Control, headers: dict[str, str], method: str, path: str) -> None:
    shared.service.history.clear()
    client(shared).get("web")
    answer = shared.send(method, path, headers=headers)
    assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert shared.service.history.total == 1, "nothing was reset"


def test_a_name_it_has_been_told_is_one_of_its_own() -> None:
    with running_control(*directed(DOCUMENT), hosts=("Bench.example",)) as control:
        assert control.send("GET", "/clock", headers={"Host": "bench.example:8791"}).status_code == 200
        assert control.send("GET", "/clock", headers={"Host": "other.example"}).status_code == 403


# How it says no

REFUSED: list[tuple[str, str, Any, int, str]] = [
    ("GET", "/clok", None, 404, "There is no '/clok'; did you mean '/clock'?"),
    ("PATCH", "/clock", None, 405, "/clock takes GET and PUT, and not PATCH."),
    ("GET", "/snapshots/x/restore", None, 405, "/snapshots/x/restore takes POST, and not GET."),
    ("PUT", "/clock", b"{", 400, "The body is not JSON: "),
    ("PUT", "/clock", b"[" * 100_000, 400, "The body is not JSON: "),
    ("PUT", "/clock", b" " * (MOST_BYTES + 1), 413, "The body is larger than 1,048,576 bytes."),
    ("PUT", "/clock", "x", 400, "The body must be object, not str."),
    ("PUT", "/clock", {"nwo": "x"}, 400, "The body has the unknown key 'nwo'; did you mean 'now'?"),
    ("PUT", "/clock", None, 400, "The body has no 'now', which it needs."),
    ("PUT", "/clock", {"now": "tomorrow"}, 400, "now is 'tomorrow', which is no time such as 2026-06-17T09:30:00Z."),
    ("PUT", "/clock", {"now": "0001-01-01T00:00:00+14:00"}, 400, "The clock shows times from 1970 to 8999, "),
    ("PUT", "/clock", {"now": "2026-06-17T09:30:00"}, 400, "The time 2026-06-17T09:30:00 has no zone; "),
    ("POST", "/clock/advance", None, 400, "How far to advance is missing; give some of days, hours, "),
    ("POST", "/clock/advance", {"day": 1}, 400, "The body has the unknown key 'day'; did you mean 'days'?"),
    ("POST", "/clock/advance", {"days": -1}, 400, "days is -1, outside 0.."),
    ("POST", "/clock/advance", {"days": 1e9}, 400, "The clock shows times from 1970 to 8999, "),
    ("PUT", "/faults", None, 400, "The plan has no 'rules', which it needs."),
    ("PUT", "/faults", [{"do": "refus"}], 400, "rules[0].do is 'refus', which is not one of delay, drop, "),
    ("PUT", "/faults", [{"do": "drop"}], 400, "rules[0] has no 'when', which it needs."),
    ("PUT", "/faults", [{"do": "delay", "seconds": True}], 400, "rules[0].seconds must be number, not bool."),
    ("PUT", "/faults", [{"do": "refuse", "status": 200}], 400, "rules[0].status is 200, outside 400..599."),
    ("PUT", "/faults", [{"do": "refuse", "status": 498}], 400, "rules[0].status is 498, which is no status of HTTP."),
    ("PUT", "/faults", [{"do": "refuse", "status": 401, "retry_after": 1}], 400, "rules[0].retry_after goes with "),
    ("PUT", "/faults", [{"do": "refuse", "status": 503, "headers": {"A": "x\r\nB: y"}}], 400, "rules[0].headers.A "),
    ("PUT", "/faults", [{"do": "redirect", "route": "^("}], 400, "rules[0].route is '^(', which is no regular exp"),
    ("PUT", "/faults", [{"do": "redirect", "name": "a"}] * 2, 400, "Two rules have the name 'a'; give each a name of "),
    ("PUT", "/faults", [{"do": "edit", "edit": {"do": "ad"}}], 400, "rules[0].edit.do is 'ad', which is not one of "),
    ("PUT", "/faults", {"rules": [], "sed": 1}, 400, "The plan has the unknown key 'sed'; did you mean 'seed'?"),
    ("POST", "/faults", {"do": "redirect", "probability": 2}, 400, "probability is 2, outside 0..1."),
    ("POST", "/faults", {"do": "redirect", "frist": 2}, 400, "The plan has the unknown key 'frist'; did you mean 'fir"),
    ("PUT", "/latency", {"latency": "fast"}, 400, "The latency 'fast' is not off, recorded, or milliseconds from 0"),
    ("POST", "/edits", {"do": "add", "list": "Project", "values": {}}, 400, "There is no list 'Project' at "),
    ("GET", "/history?after=x", None, 400, "after is 'x', which is no whole number."),
    ("GET", "/history?afer=1", None, 400, "The query has the unknown key 'afer'; did you mean 'after'?"),
    ("PUT", "/throttle", {"blocked": 1}, 400, "blocked must be boolean, not int."),
    ("POST", "/snapshots/x/restore", None, 400, "There is no snapshot 'x'; known are none."),
    ("DELETE", "/snapshots/x", None, 400, "There is no snapshot 'x'; known are none."),
    ("PUT", "/snapshots/%0A", None, 400, "A snapshot needs a name of at most 100 printable characters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "document", "status", "sentence"),
    REFUSED,
    ids=[f"{each[0]} {each[1]}: {each[4][:40]}" for each in REFUSED],
)
def test_what_it_cannot_do_it_says_in_one_sentence_and_does_not_do(
    shared: Control, method: str, path: str, document: Any, status: int, sentence: str
) -> None:
    before = shared.ask("GET", "/info"), shared.ask("GET", "/faults"), shared.ask("GET", "/clock")
    answer = shared.send(method, path, document)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert answer.json()["error"].startswith(sentence)
    assert (shared.ask("GET", "/info"), shared.ask("GET", "/faults"), shared.ask("GET", "/clock")) == before


# What it does


def test_a_plan_that_is_put_is_followed_and_reported(control: Control) -> None:
    control.ask("PUT", "/faults", [{"name": "busy", "times": 1, "do": "refuse", "status": 429, "retry_after": 7}])
    held = client(control)
    assert [held.get(ITEMS).status_code for _ in range(2)] == [429, 200]
    assert control.ask("GET", "/faults/report") == {"rules": [{"name": "busy", "fitted": 2, "hits": 1}], "unused": []}
    control.ask("POST", "/faults", {"do": "redirect"})
    assert held.get(ITEMS).status_code == 302
    assert control.ask("GET", "/faults/report")["rules"][0] == {"name": "busy", "fitted": 3, "hits": 1}
    control.ask("DELETE", "/faults")
    assert held.get(ITEMS).status_code == 200


def test_the_history_is_told_from_a_number_on_by_route_and_up_to_so_many(control: Control) -> None:
    held = client(control)
    for path in ("web", ITEMS, "web", ITEMS):
        held.get(path)

    def numbers(query: str) -> list[int]:
        return [entry["number"] for entry in control.ask("GET", f"/history{query}")]

    assert numbers("") == [1, 2, 3, 4]
    assert (numbers("?after=2"), numbers("?limit=1&after=1"), numbers("?limit=0")) == ([3, 4], [2], [])
    assert (numbers("?route=web"), numbers("?route=web/*")) == ([1, 3], [2, 4])


def test_a_snapshot_brings_back_the_world_and_leaves_the_clock(control: Control) -> None:
    held = client(control)
    control.ask("PUT", "/snapshots/full")
    control.ask("POST", "/clock/advance", {"days": 1})
    control.ask("POST", "/edits", {"do": "recycle", "list": "Projects", "item": 1})
    assert held.rows(ITEMS) == []
    control.ask("POST", "/snapshots/full/restore")
    assert [row["Title"] for row in held.rows(ITEMS)] == ["Library cards"]
    assert held.rows("web/recyclebin") == []
    assert control.ask("GET", "/clock")["now"] == "2026-06-18T09:30:00Z"
    control.ask("POST", "/edits", {"do": "delete", "list": "Projects", "item": 1})
    control.ask("POST", "/snapshots/full/restore")
    assert len(held.rows(ITEMS)) == 1, "a snapshot can be brought back again and again"


def test_after_a_reset_the_same_requests_get_the_same_answers_to_the_letter() -> None:
    service, clock = directed(DOCUMENT)
    with running_control(service, clock) as control:
        held = client(control)

        def story() -> tuple[list[bytes], str]:
            control.ask("PUT", "/faults", {"seed": 3, "rules": [{"probability": 0.5, "do": "refuse", "status": 503}]})
            control.ask("PUT", "/latency", {"latency": "recorded"})
            answers = []
            for number in range(10):
                control.ask("POST", "/clock/advance", {"hours": 1})
                control.ask("POST", "/edits", {"do": "add", "list": "Projects", "values": {"Title": f"New {number}"}})
                answers += [held.get(ITEMS).content, held.post(ITEMS, {"Title": "Mine"}).content]
            return answers, control.ask("GET", "/history/digest")["digest"]

        first = story()
        untouched = control.ask("POST", "/reset")
        assert (untouched["sites"][0]["lists"][0]["items"], untouched["faults"], untouched["latency"]) == (1, 0, "off")
        assert untouched["now"] == "2026-06-17T09:30:00Z"
        assert story() == first


def test_everything_that_is_throttled_is_told_and_taken_back(control: Control) -> None:
    held = client(control)
    held.get(ITEMS)
    (minute,) = [one for one in control.ask("GET", "/throttle")["budgets"] if one["scope"] == "app_minute"]
    assert minute["used"] == 2
    control.ask("PUT", "/throttle", {"blocked": True})
    assert held.get("web").status_code == 503
    assert control.ask("POST", "/throttle/reset")["budgets"] == []
    assert held.get("web").status_code == 200


def test_snapshots_are_bounded(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.emulator.snapshots.MOST", 2)
    for name in ("one", "two", "two"):
        control.ask("PUT", f"/snapshots/{name}")
    answer = control.send("PUT", "/snapshots/three")
    assert (answer.status_code, answer.json()["error"]) == (400, "There are 2 snapshots already; remove one.")
    control.ask("DELETE", "/snapshots/one")
    control.ask("PUT", "/snapshots/three")
