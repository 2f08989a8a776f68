"""What was asked is remembered: who, what, of which items, at what price; and one digest stands for all of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.fault_rules import parse_plan
from connectors.emulator.rules.history import Entry, History, body_digest
from connectors.emulator.rules.subject import ranges
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.calls import Caller, Request
from tests.support import judge
from tests.support.emulator import Direct, ManualClock, as_service

ITEMS = "web/lists/GetByTitle('Projects')/items"
QUERY = "/sites/demo/_vti_bin/client.svc/ProcessQuery"
DOCUMENT: dict[str, Any] = {
    "sites": [
        {
            "path": "/sites/demo",
            "lists": [
                {
                    "title": "Projects",
                    "fields": [{"name": "A_x0026_B", "type": "Text"}],
                    "items": [{"id": number, "values": {"Title": f"P {number}"}} for number in (1, 2, 3, 5, 9)],
                }
            ],
        }
    ]
}


@pytest.fixture
def held() -> Direct:
    return Direct(as_service(DOCUMENT, ManualClock()))


def last(held: Direct) -> Entry:
    return held.service.history.entries[-1]


def request(
    body: bytes = b"", content_type: str = "application/json", origin: str = "http://127.0.0.1:8790", **more: Any
) -> Request:
    return Request(
        more.get("method", "POST"), "/x", "/x", more.get("query", ""), {"content-type": content_type}, body, origin
    )


def test_a_page_of_items_tells_which_items_and_what_they_cost(held: Direct) -> None:
    answer = held.get(f"{ITEMS}?$select=Id&$top=4")
    assert last(held) == Entry(
        number=1,
        at=datetime(2026, 6, 17, 9, 30, tzinfo=UTC),
        caller="emulator",
        method="GET",
        operation="web/list/items",
        site="/sites/demo",
        list="Lists/Projects",
        items="1-3,5",
        query="$select=Id&$top=4",
        status=200,
        units=2,
        sent=len(answer.content),
    )


def test_a_write_of_an_item_tells_its_columns_and_the_version_it_was_held_to(held: Direct) -> None:
    held.merge(f"{ITEMS}(5)", {"__metadata": {"type": "SP.ListItem"}, "Title": "x", "A_x0026_B": "y"}, etag='"1"')
    entry = last(held)
    assert (entry.method, entry.operation, entry.item, entry.items) == ("MERGE", "web/list/item", 5, "5")
    assert (entry.columns, entry.if_match, entry.status) == (("A_x0026_B", "Title"), '"1"', 204)
    assert (entry.received, len(entry.digest)) == (71, 16)


def test_a_new_item_and_one_read_by_itself_tell_their_number(held: Direct) -> None:
    held.post(ITEMS, {"Title": "New"})
    assert (last(held).items, last(held).columns, last(held).status) == ("10", ("Title",), 201)
    held.get(f"{ITEMS}(9)")
    assert (last(held).item, last(held).items, last(held).columns) == (9, "9", ())


def test_a_process_query_tells_what_it_saves(held: Direct) -> None:
    owner = held.site.list_titled("Projects")
    assert owner is not None
    place = f"x|740c6a0b-85e2-48a0-a494-e0f1759d4aa7:site:{held.site.id}:web:{held.site.web_id}:list:{owner.id}"
    body = (
        '<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>'
        '<Method Name="SetFieldValue" Id="1" ObjectPathId="7"><Parameters><Parameter Type="String">A_x0026_B'
        '</Parameter><Parameter Type="String">v</Parameter></Parameters></Method>'
        '<Method Name="SystemUpdate" Id="2" ObjectPathId="7"/><Method Name="SystemUpdate" Id="3" ObjectPathId="8"/>'
        f'</Actions><ObjectPaths><Identity Id="7" Name="{place}:item:2,1"/><Identity Id="8" Name="{place}:item:3,1"/>'
        "</ObjectPaths></Request>"
    )
    held.post(QUERY, body)
    entry = last(held)
    assert (entry.operation, entry.list, entry.items, entry.item) == ("ProcessQuery", "Lists/Projects", "2-3", None)
    assert (entry.columns, entry.units, entry.error) == (("A_x0026_B",), 4, "")


@pytest.mark.parametrize(
    ("method", "path", "body", "operation", "status", "error"),
    [
        ("GET", f"{ITEMS}(99)", None, "web/list/item", 404, "-2130575338, System.ArgumentException"),
        ("GET", "web/lists/GetByTitle('x')", None, "web/list", 404, "-1, System.ArgumentException"),
        ("GET", "search/query", None, "/sites/demo/_api/search/query", 501, "-1, System.NotImplementedException"),
        ("POST", QUERY, "<a", "ProcessQuery", 200, "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"),
        ("MERGE", f"{ITEMS}(1)", "[", "web/list/item", 400, "-1, Microsoft.SharePoint.Client.InvalidClientQuery"),
        ("MERGE", f"{ITEMS}(1)", b"{\xff", "web/list/item", 400, "-1, Microsoft.SharePoint.Client.InvalidClientQuery"),
        ("GET", f"{ITEMS}('x')", None, "web/list/item", 400, "-1, Microsoft.SharePoint.Client.InvalidClientQuery"),
    ],
)
def test_what_fails_is_remembered_with_the_services_code(
    held: Direct, method: str, path: str, body: Any, operation: str, status: int, error: str
) -> None:
    held.send(method, path, body)
    entry = last(held)
    assert (entry.operation, entry.status) == (operation, status)
    assert entry.error.startswith(error)


def test_a_stranger_is_remembered_without_a_name(held: Direct) -> None:
    held.get("web", headers={"Authorization": ""})
    assert (last(held).caller, last(held).status) == ("", 401)


def test_parts_stand_before_their_batch_and_bear_its_number(held: Direct) -> None:
    held.get("web")
    part = f"--b\r\nContent-Type: application/http\r\n\r\nGET {ITEMS}(1) HTTP/1.1\r\n\r\n"
    held.post("$batch", f"{part}{part}--b--\r\n", headers={"Content-Type": "multipart/mixed; boundary=b"})
    numbers = [(entry.number, entry.operation, entry.batch) for entry in held.service.history.entries]
    assert numbers == [(1, "web", None), (3, "web/list/item", 2), (4, "web/list/item", 2), (2, "$batch", None)]


def test_json_lines_say_all_of_it(held: Direct) -> None:
    held.get(ITEMS)
    held.merge(f"{ITEMS}(1)", {"Title": "Łódź"})
    lines = list(held.service.history.lines())
    assert judge.read_lines("\n".join(lines)) == held.service.history.entries
    assert json.loads(lines[1])["at"] == "2026-06-17T09:30:00Z"
    assert [json.loads(line)["number"] for line in held.service.history.lines(after=1)] == [2]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([4], "4"), ([1, 2, 3], "1-3"), ([3, 1, 2, 2, 9], "1-3,9"), (range(1, 5001), "1-5000")],
)
def test_numbers_are_told_as_ranges(numbers: list[int], text: str) -> None:
    assert ranges(numbers) == text
    assert list(judge.numbers(text)) == sorted(set(numbers))


# Bounds


def test_only_the_last_are_held_and_all_are_in_the_digest() -> None:
    def filled(kept: int, first: str = "/a") -> History:
        history = History(kept=kept)
        for path in (first, "/b", "/c", "/d"):
            exchange = Exchange(Request("GET", path, path, "", {}, b"", ""), number=history.arrival())
            history.add(exchange, Response(200), datetime(2026, 6, 17, tzinfo=UTC))
        return history

    small = filled(2)
    assert ([entry.operation for entry in small.entries], small.total, small.dropped) == (["/c", "/d"], 4, 2)
    assert small.digest() == filled(100).digest() != filled(2, "/other").digest()
    small.clear()
    assert (small.entries, small.total, small.dropped, small.digest()) == ([], 0, 0, History().digest())
    assert small.arrival() == 1


def test_long_lists_of_items_push_older_entries_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.emulator.rules.history.LONGEST_ITEMS", 10)
    history = History()
    for items in ("1,3,5", "7,9,11", "2", "1,3,5,7,9,11"):
        history.append(Entry(1, datetime(2026, 6, 17, tzinfo=UTC), "app", "GET", "web/list/items", items=items))
    assert ([entry.items for entry in history.entries], history.dropped) == ([], 4), "even one may be too long"
    history.append(Entry(1, datetime(2026, 6, 17, tzinfo=UTC), "app", "GET", "web/list/items", items="4"))
    assert [entry.items for entry in history.entries] == ["4"]


def test_long_queries_are_cut_and_still_count_whole_in_the_digest() -> None:
    def filled(query: str) -> History:
        history = History()
        history.add(Exchange(request(query=query)), Response(200), datetime(2026, 6, 17, tzinfo=UTC))
        return history

    first, other = filled("a=" + "x" * 5000), filled("a=" + "x" * 4999 + "y")
    assert len(first.entries[0].query) < 450
    assert first.digest() != other.digest()


# The digest


def recorded(body: bytes, content_type: str, origin: str, caller: str = "app", at: int = 1, status: int = 200) -> str:
    history = History()
    sent = request(body, content_type, origin, query=f"@v='{origin}/sites/demo'")
    exchange = Exchange(sent, number=history.arrival(), caller=Caller(caller))
    history.add(exchange, Response(status, content=origin.encode()), datetime(2026, 6, at, tzinfo=UTC))
    return history.digest()


def multipart(boundary: str, origin: str, title: str = "x", identifier: str = "1") -> tuple[bytes, str, str]:
    change = f"change{boundary}"
    body = (
        f'--{boundary}\r\nContent-Type: multipart/mixed; boundary="{change}"\r\n\r\n--{change}\r\n'
        f"Content-Type: application/http\r\n\r\nMERGE {origin}/sites/demo/_api/web HTTP/1.1\r\n"
        f'client-request-id: {identifier}\r\n\r\n{{"Title":"{title}"}}\r\n--{change}--\r\n--{boundary}--\r\n'
    )
    return body.encode(), f"multipart/mixed; boundary={boundary}", origin


def test_what_differs_without_meaning_anything_is_not_in_the_digest() -> None:
    first = recorded(*multipart("batch_1", "http://127.0.0.1:40001", identifier="a"), at=1)
    assert recorded(*multipart("batch_22", "http://127.0.0.1:9", identifier="bcd"), at=2) == first


@pytest.mark.parametrize(
    "other",
    [
        lambda: recorded(*multipart("b", "http://127.0.0.1:9", title="y")),
        lambda: recorded(*multipart("b", "http://127.0.0.1:9"), caller="another"),
        lambda: recorded(*multipart("b", "http://127.0.0.1:9"), status=429),
    ],
    ids=["another value", "another caller", "another answer"],
)
def test_what_means_something_is(other: Any) -> None:
    assert other() != recorded(*multipart("b", "http://127.0.0.1:9"))


def test_bodies_are_told_apart_and_an_absent_one_has_no_digest() -> None:
    assert body_digest(request()) == ""
    assert body_digest(request(b"a")) != body_digest(request(b"b"))
    assert body_digest(request(b'{"u":"http://a/x"}', origin="http://a")) == body_digest(
        request(b'{"u":"http://b:1/x"}', origin="http://b:1")
    )


@pytest.mark.parametrize("seed", [3, 4])
def test_two_fresh_services_have_the_same_digest_with_the_same_seed(seed: int) -> None:
    def digest(seed: int) -> str:
        service = as_service(DOCUMENT, ManualClock(), seed=seed)
        service.faults = parse_plan([{"probability": 0.5, "do": "refuse", "status": 503}], seed)
        held = Direct(service)
        for _ in range(30):
            held.get(ITEMS)
            held.post(ITEMS, {"Title": "x"})
        return service.history.digest()

    print(f"seed {seed}")  # noqa: T201
    assert digest(seed) == digest(seed) != digest(seed + 1)
