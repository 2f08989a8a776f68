"""Many questions about the lists of a site in one request: how the lists stand, whole lists, changes, and items."""

import json
import re
from typing import Any

import pytest
import requests

from connectors.sharepoint.settings import Limits
from connectors.sharepoint.store import SharePointStore
from sync.core.columns import ListHead, ListSchema
from sync.engine.asked import Answer as Told
from sync.engine.asked import Asked, Changes, ChangesAsked, Heads, HeadsAsked, Items, ItemsAsked, Whole, WholeAsked
from sync.engine.targets import ListAddress
from sync.errors import AccessError, SchemaError, ThrottledError, UnreadableError
from tests.contract.test_sharepoint_read_again import GONE, batched, item
from tests.support.fake_clock import FakeClock
from tests.support.project_list import GUID, description, source, web
from tests.support.wire import HOST, Answer, ScriptedWire, json_reply, scripted_store, status_reply

SITE = "/sites/pmo"
OTHER = "2b1d7c5e-3a34-4a5c-9f5b-0a1d6f3c2b22"
TITLE = {"title": ListAddress(title="digital PROJECTS")}


def listed(guid: str = GUID, title: str = "Digital projects", **more: Any) -> dict[str, Any]:
    return {
        "odata.etag": '"36"',
        "Id": guid,
        "Title": title,
        "ItemCount": 3,
        "CurrentChangeToken": {"StringValue": f"1;3;{guid};639172512000000000;7"},
        "RootFolder": {"ServerRelativeUrl": f"{SITE}/Lists/{title.replace(' ', '')}"},
        **more,
    }


def lists(*entries: dict[str, Any]) -> Answer:
    return json_reply({"value": list(entries)})


def page(*numbers: int, following: str | None = None) -> Answer:
    items = [json.loads(item(number).content) for number in numbers]
    return json_reply({"value": items, **({"odata.nextLink": following} if following else {})})


def asked(*questions: Asked, answers: list[Any], clock: FakeClock | None = None) -> tuple[list[Told], ScriptedWire]:
    wire = ScriptedWire(*answers)
    store = scripted_store(wire, clock=clock, limits=Limits())
    return list(store.ask(SITE, questions)), wire


def schema(items: int = 3) -> ListSchema:
    store: SharePointStore = scripted_store(ScriptedWire(json_reply(web()), json_reply(description(items=items))))
    return store.describe(source())


def whole(items: int = 3) -> WholeAsked:
    return WholeAsked(source(), schema(items), ("Title",))


def kinds(request: requests.PreparedRequest) -> list[str]:
    """What a batch asks for, in its order."""
    body = bytes(request.body or b"").decode()
    lines = re.findall(r"(?:GET|POST) \S+/_api/(\S+?)[? ]", body)
    return [line.rpartition("/")[2].partition("(")[0] for line in lines]


def test_one_request_tells_how_the_lists_stand_however_they_are_named() -> None:
    named = {
        **TITLE,
        "id": ListAddress(id=f"{{{GUID.upper()}}}"),
        "url": ListAddress(url="lists/digitalprojects/"),
        "nowhere": ListAddress(title="Nowhere"),
        "no id": ListAddress(id=OTHER.replace("2b", "3b")),
    }
    told, wire = asked(HeadsAsked(named), answers=[lists(listed(OTHER, "Risks", CurrentChangeToken=None), listed())])
    head = ListHead(
        HOST,
        GUID,
        "Digital projects",
        3,
        mark=f"1;3;{GUID};639172512000000000;7",
        since=f"1;3;{GUID};639172512000000000;7",
        shape='"36"',
    )
    assert told == [Heads({"title": head, "id": head, "url": head}, {OTHER: None, GUID: head.mark})]
    (request,) = wire.requests
    assert request.url == (
        f"{HOST}{SITE}/_api/web/lists?$select=Id,Title,ItemCount,CurrentChangeToken,RootFolder/ServerRelativeUrl"
        "&$expand=RootFolder"
    )


@pytest.mark.parametrize(
    "answer",
    [
        json_reply({}),
        json_reply({"value": ["x"]}),
        lists({**listed(), "ItemCount": "many"}),
        json_reply({"value": [listed()], "odata.nextLink": "more"}),
        lists({name: value for name, value in listed().items() if name != "RootFolder"}),
    ],
    ids=["nothing", "no list", "no number", "more to come", "no address"],
)
def test_lists_that_cannot_be_made_out_are_no_lists(answer: Answer) -> None:
    (told,), _ = asked(HeadsAsked(TITLE), answers=[answer])
    assert isinstance(told, UnreadableError)


def test_what_is_asked_together_goes_out_in_order_and_in_one_request() -> None:
    described = schema()
    since = f"1;3;{GUID};639172512000000000;7"
    questions = [
        HeadsAsked(TITLE),
        WholeAsked(source(), described, ("Title",)),
        ChangesAsked(source(), described, since),
        ItemsAsked(source(), described, ("Title",), (4, 9)),
    ]
    entry = {"ItemId": 4, "ChangeToken": {"StringValue": since}}
    answer = batched(lists(listed()), page(1, 2), json_reply({"value": [entry]}), item(4), GONE)
    told, wire = asked(*questions, answers=[answer])
    assert kinds(wire.requests[0]) == ["lists", "items", "getchanges", "items", "items"]
    heads, rows, changes, items = told
    assert isinstance(heads, Heads)
    assert isinstance(rows, Whole)
    assert [row.item_id for row in rows.rows] == [1, 2]
    assert changes == Changes(frozenset({4}))
    assert isinstance(items, Items)
    assert list(items.rows) == [4]
    assert b"changeset" in bytes(wire.requests[0].body or b""), "getchanges is a POST"


def test_a_list_that_grew_beyond_its_page_is_read_to_its_end() -> None:
    following = f"{HOST}{SITE}/_api/web/lists(guid'{GUID}')/items?more"
    told, _ = asked(whole(), HeadsAsked(TITLE), answers=[batched(page(1, 2, following=following), lists()), page(3)])
    assert isinstance(told[0], Whole)
    assert [row.item_id for row in told[0].rows] == [1, 2, 3]


def test_lists_that_are_long_together_are_asked_for_one_after_the_other() -> None:
    told, wire = asked(whole(3_000), whole(3_000), answers=[page(1), page(2)])
    assert len(wire.requests) == len(told) == 2


def test_one_list_s_trouble_is_no_other_s() -> None:
    unknown = WholeAsked(source(), schema(), ("Nowhere",))
    told, _ = asked(unknown, whole(), whole(), answers=[batched(status_reply(403), page(1))])
    assert [type(each) for each in told] == [SchemaError, AccessError, Whole]


@pytest.mark.parametrize(
    "first",
    [batched(page(1), page(2), end=b""), batched(page(1)), status_reply(413), status_reply(400)],
    ids=["cut", "one short", "too long", "too many"],
)
def test_where_the_answer_to_many_is_not_whole_each_is_asked_for_alone(first: Answer) -> None:
    broken = status_reply(200, {"Content-Type": "text/html"}, b"<html>")
    alone = [broken] if b"--b" in first.content else [page(1), broken]
    told, wire = asked(whole(), whole(), answers=[first, *alone])
    assert [type(each) for each in told] == [Whole, UnreadableError]
    assert len(wire.requests) == 1 + len(alone)


def test_what_was_answered_behind_heads_that_were_refused_does_not_count() -> None:
    clock = FakeClock()
    refused = status_reply(429, {"Retry-After": "7"})
    answers = [batched(refused, page(1)), batched(lists(listed()), page(1, 2))]
    told, wire = asked(HeadsAsked(TITLE), whole(), answers=answers, clock=clock)
    assert isinstance(told[1], Whole)
    assert [row.item_id for row in told[1].rows] == [1, 2]
    assert clock.slept == [7.0]
    assert kinds(wire.requests[1]) == ["lists", "items"]


def test_the_longest_wait_that_any_part_named_holds_back_the_next_request() -> None:
    clock = FakeClock()
    refused = batched(status_reply(503), page(1), status_reply(429, {"Retry-After": "7"}))
    answers = [refused, batched(lists(listed()), page(1), page(2))]
    told, _ = asked(HeadsAsked(TITLE), whole(), whole(), answers=answers, clock=clock)
    assert [type(each) for each in told] == [Heads, Whole, Whole]
    assert clock.slept == [7.0]


def test_what_is_refused_for_itself_is_asked_again_by_itself_and_given_up_in_the_end() -> None:
    clock = FakeClock()
    refused = status_reply(503, {"Retry-After": "3"})
    told, wire = asked(whole(), whole(), answers=[batched(page(1), refused), page(2)], clock=clock)
    assert [type(each) for each in told] == [Whole, Whole]
    assert len(wire.requests) == 2
    told, _ = asked(whole(), whole(), answers=[batched(refused, refused)] * 5, clock=clock)
    assert [type(each) for each in told] == [ThrottledError, ThrottledError]
