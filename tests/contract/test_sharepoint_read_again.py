"""Reading single items again: after a doubtful write, and just before one."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import requests

from connectors.sharepoint.settings import Limits
from sync.core.columns import Row
from sync.engine.asked import Items, ItemsAsked
from sync.errors import AccessError, NotFoundError, SourceError, ThrottledError, UnreachableError, UnreadableError
from tests.support.fake_clock import FakeClock
from tests.support.liststore_world import sharepoint_bench
from tests.support.project_list import GUID, description, source, web
from tests.support.wire import HOST, Answer, ScriptedWire, error_reply, json_reply, scripted_store, status_reply

ITEMS = f"{HOST}/sites/pmo/_api/web/lists(guid'{GUID}')/items"
A_LONG_LIST = 1_000_000
GONE = error_reply(404, "-2130575338, System.ArgumentException", "Item does not exist.")


def item(number: int, **more: Any) -> Answer:
    named = {"Id": number, "Modified": "2026-06-01T08:00:00Z", "EditorId": 7, "Title": f"Project {number}"}
    return json_reply({"odata.etag": '"3"', **named, **more})


def batched(*parts: Answer, end: bytes = b"--b--\r\n") -> Answer:
    body = b"".join(
        b"--b\r\nContent-Type: application/http\r\n\r\n"
        + f"HTTP/1.1 {part.status} Reason\r\n".encode()
        + b"".join(f"{name}: {value}\r\n".encode() for name, value in part.headers.items())
        + b"\r\n"
        + part.content
        + b"\r\n"
        for part in parts
    )
    return status_reply(200, {"Content-Type": "multipart/mixed; boundary=b"}, body + end)


def again(
    wanted: list[int],
    *answers: Any,
    otherwise: Any = None,
    clock: FakeClock | None = None,
) -> tuple[dict[int, Row], ScriptedWire]:
    wire = ScriptedWire(json_reply(web()), json_reply(description(items=A_LONG_LIST)), *answers, otherwise=otherwise)
    store = scripted_store(wire, clock=clock)
    schema = store.describe(source())
    return dict(store.read_items(source(), schema, ["Title"], wanted)), wire


def test_one_item_is_one_plain_request() -> None:
    found, wire = again([4], item(4))
    assert found[4].cells == {"Title": "Project 4"}
    assert wire.requests[-1].url == f"{ITEMS}(4)?$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title"
    assert again([4], GONE)[0] == {}


def test_several_items_are_one_batch_of_gets_outside_any_changeset() -> None:
    far, farther = A_LONG_LIST // 2, A_LONG_LIST
    found, wire = again([4, farther, 4, far], batched(item(4), GONE, item(far)))
    assert sorted(found) == [4, far]
    body = bytes(wire.requests[-1].body or b"").decode()
    assert re.findall(r"GET (\S+) HTTP/1.1", body) == [
        f"{ITEMS}({n})?$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title" for n in (4, farther, far)
    ]
    assert "changeset" not in body


def test_a_folder_that_the_change_log_names_is_no_item() -> None:
    folder = item(9, FileSystemObjectType=1)
    assert again([9], folder)[0] == {}
    assert sorted(again([4, 9], batched(item(4, FileSystemObjectType=0), folder))[0]) == [4]


def test_hundreds_of_items_are_asked_for_a_hundred_at_a_time() -> None:
    def answer(request: requests.PreparedRequest) -> Answer:
        numbers = re.findall(rb"items\((\d+)\)", bytes(request.body or b""))
        assert len(numbers) <= 100
        return batched(*[item(int(number)) for number in numbers])

    scattered = list(range(1, A_LONG_LIST, A_LONG_LIST // 250))
    found, wire = again(scattered, otherwise=answer)
    assert sorted(found) == scattered
    assert len(wire.requests) == 2 + 3


def test_items_that_were_refused_with_a_time_are_asked_for_again_after_it() -> None:
    clock = FakeClock()
    refused = status_reply(429, {"Retry-After": "7"})
    found, wire = again([1, 2, A_LONG_LIST], batched(item(1), refused, GONE), item(2), clock=clock)
    assert sorted(found) == [1, 2]
    assert clock.slept == [7.0]
    assert "/items(2)?" in wire.requests[-1].url, "and only that one"


def test_items_that_are_refused_for_ever_are_given_up() -> None:
    clock = FakeClock()
    with pytest.raises(ThrottledError, match="too busy to answer 2 of our questions"):
        again([1, 2], otherwise=batched(status_reply(503), status_reply(429)), clock=clock)
    assert len(clock.slept) == 4


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (batched(item(1)), UnreadableError),
        (batched(item(1), item(2), end=b""), UnreadableError),
        (batched(item(1), error_reply(404, "-1, System.ArgumentException", "List does not exist.")), NotFoundError),
        (batched(item(1), status_reply(403)), AccessError),
        (batched(item(1), status_reply(200, {"Content-Type": "text/html"}, b"<html>")), UnreadableError),
        (status_reply(403), AccessError),
    ],
    ids=["one short", "cut", "no list", "denied", "a page", "all denied"],
)
def test_anything_else_than_an_item_is_an_error(answer: Answer, error: type[SourceError]) -> None:
    with pytest.raises(error):
        again([1, 2], answer)


def test_a_lost_answer_to_a_batch_of_gets_is_asked_for_again() -> None:
    clock = FakeClock()
    found, _ = again([1, 2], requests.ConnectionError("aborted"), batched(item(1), item(2)), clock=clock)
    assert sorted(found) == [1, 2]
    assert len(clock.slept) == 1


def test_a_schema_that_another_store_described_can_be_read() -> None:
    described = scripted_store(ScriptedWire(json_reply(web()), json_reply(description()))).describe(source())
    assert list(scripted_store(ScriptedWire(item(4))).read_items(source(), described, ["Title"], [4])) == [4]
    wire = ScriptedWire(json_reply(web()), json_reply(description()), item(4))
    foreign = replace(described, handle="of another host")
    assert list(scripted_store(wire).read_items(source(), foreign, ["Title"], [4])) == [4]


def test_the_probe_says_when_the_host_does_not_answer() -> None:
    wire = ScriptedWire(requests.ConnectionError("[Errno 111] Connection refused"))
    with pytest.raises(UnreachableError, match="nothing listens"):
        list(scripted_store(wire).probe(source()))
    assert len(wire.requests) == 1, "a person is waiting"
    assert "Authorization" not in wire.requests[0].headers


def test_the_probe_takes_a_redirect_for_an_answer_and_no_permission_for_none() -> None:
    found = json_reply({"Id": GUID, "Title": "Digital projects", "ItemCount": 3})
    wire = ScriptedWire(status_reply(302, {"Location": "/login"}), json_reply({"Title": "PMO"}), found, json_reply({}))
    hops = scripted_store(wire).probe(source())
    assert [next(hops).name for _ in range(4)] == ["host", "sign-in", "site", "list"]
    with pytest.raises(UnreadableError, match="what we may do"):
        next(hops)
    assert json.loads(found.content)["ItemCount"] == 3


def test_what_is_cheaper_off_the_pages_is_read_off_them() -> None:
    """A list of five: one page of two units, against a unit for each item."""
    rows = [json.loads(item(number).content) for number in (1, 2, 4, 5, 6)]

    def read(wanted: list[int], *answers: Answer, size: int = 5) -> list[str]:
        wire = ScriptedWire(json_reply(web()), json_reply(description(items=size)), *answers)
        store = scripted_store(wire)
        found = store.read_items(source(), store.describe(source()), ["Title"], wanted)
        assert sorted(found) == sorted(set(wanted) - {3, 99})
        return [str(request.url).removeprefix(ITEMS) for request in wire.requests[2:]]

    page = "?$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title&$top="
    assert read([6, 3, 1, 99], json_reply({"value": rows})) == [f"{page}99"], "there are no more items of lower numbers"
    after = "?$skiptoken=Paged%3DTRUE%26p_ID%3D3&$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title&$top=3"
    few = json_reply({"value": rows[2:]})
    assert read([6, 5, 4], few, size=A_LONG_LIST) == [after], "a page of a long list that has just these"
    assert read([4, 4, 5], batched(item(4), item(5))) == [f"{HOST}/sites/pmo/_api/$batch"]
    assert read([4], item(4), size=0) == ["(4)?$select=Id,FileSystemObjectType,Created,Modified,EditorId,Title"]


def test_pages_beyond_the_last_wanted_item_are_not_read() -> None:
    rows = [json.loads(item(number).content) for number in range(2, 5)]
    following = f"{ITEMS}?%24skiptoken=Paged%3dTRUE%26p_ID%3d4"
    wire = ScriptedWire(
        json_reply(web()), json_reply(description(items=5)), json_reply({"value": rows, "odata.nextLink": following})
    )
    store = scripted_store(wire)
    found = store.read_items(source(), store.describe(source()), ["Title"], [2, 3, 4])
    assert sorted(found) == [2, 3, 4]
    assert store.usage().resource_units == 1 + 1 + 2


def test_items_off_the_pages_are_whole_or_an_error() -> None:
    rows = [json.loads(item(number).content) for number in range(1, 5)]
    following = f"{ITEMS}?%24skiptoken=Paged%3dTRUE%26p_ID%3d4"
    wire = ScriptedWire(
        json_reply(web()),
        json_reply(description(items=5)),
        json_reply({"value": rows, "odata.nextLink": following}),
        status_reply(500),
    )
    store = scripted_store(wire)
    schema = store.describe(source())
    with pytest.raises(UnreadableError):
        store.read_items(source(), schema, ["Title"], [1, 2, 3, 9])


@pytest.mark.parametrize(
    ("wanted", "units"), [([4], 1), ([1, 4], 2), ([1, 2, 4], 2), ([6, 5, 4, 2, 1], 2), ([1, 90], 2), ([], 0)], ids=str
)
def test_what_asking_for_items_costs_is_known_before_and_what_comes_is_the_same(wanted: list[int], units: int) -> None:
    with sharepoint_bench(limits=Limits()) as held:
        store, target = held.store, held.source()
        schema = store.describe(target)
        everything = {row.item_id: row for page in store.read(target, schema, ["Ref"]) for row in page}
        before = store.usage().resource_units
        (answer,) = store.ask(target.site, [ItemsAsked(target, schema, ("Ref",), tuple(wanted))])
        assert answer == Items({number: everything[number] for number in wanted if number in everything})
        assert store.units(target, schema, ["Ref"], wanted) == store.usage().resource_units - before == units
