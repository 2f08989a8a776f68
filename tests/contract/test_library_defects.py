"""What office365-rest-python-client does that our connector goes around.

When one of these fails, a new release has mended the defect: then look whether the code that goes around it is still
worth having.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import office365.runtime.retry
import pytest
from office365.sharepoint.client_context import ClientContext

from tests.support.wire import HOST, Answer, ScriptedTransport, ScriptedWire, status_reply

VERBOSE = {"Content-Type": "application/json;odata=verbose;charset=utf-8"}


class EnoughError(Exception):
    """The client asked more often than any list could need."""


def verbose(value: Any) -> Answer:
    return status_reply(200, VERBOSE, json.dumps({"d": value}).encode())


def entity(number: int) -> dict[str, Any]:
    url = f"{HOST}/_api/Web/Lists(guid'8d0f7c5e-3a34-4a5c-9f5b-0a1d6f3c2b11')/Items({number})"
    return {"__metadata": {"id": url, "uri": url, "etag": '"1"', "type": "SP.Data.XListItem"}, "Id": number}


def library(answer: Callable[[str], Answer], limit: int = 6) -> tuple[ClientContext, ScriptedWire]:
    def answering(request: Any) -> Answer:
        if len(wire.requests) > limit:
            raise EnoughError
        return answer(str(request.url))

    wire = ScriptedWire(otherwise=answering)
    token = {"access_token": "x", "token_type": "Bearer", "expires_in": 3600}
    context = ClientContext(HOST).with_access_token(lambda: token)
    context.with_transport(session=ScriptedTransport(wire).session())
    request = context.pending_request()
    request.beforeExecute -= request.ensure_form_digest
    return context, wire


def test_reading_all_items_never_ends_when_the_list_holds_exactly_one_page() -> None:
    context, wire = library(lambda _: verbose({"results": [entity(1), entity(2)]}))
    items = context.web.lists.get_by_title("X").items
    with pytest.raises(EnoughError):
        items.get_all(2).execute_query()
    assert "$skip=" in unquote(str(wire.requests[1].url))


def test_an_order_is_asked_for_by_a_name_that_sharepoint_does_not_know() -> None:
    context, wire = library(lambda _: verbose({"results": []}))
    context.web.lists.get_by_title("X").items.order_by("Id asc").get().execute_query()
    asked = unquote(str(wire.requests[0].url))
    assert "$order_by=" in asked
    assert "$orderby=" not in asked


def test_a_system_update_sends_no_values() -> None:
    context, wire = library(lambda url: verbose({"BaseTemplate": 100, "Id": "x"} if "ParentList" in url else {}))
    item = context.web.lists.get_by_title("X").get_item_by_id(1)
    item.set_property("Title", "changed")
    item.system_update().execute_query()
    posted = [request for request in wire.requests if "SystemUpdate" in str(request.url)]
    assert len(posted) == 1
    assert b"changed" not in bytes(posted[0].body or b"")


def test_a_named_waiting_time_is_not_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(office365.runtime.retry, "sleep", slept.append)
    refused = status_reply(429, {"Retry-After": "31", **VERBOSE}, b'{"error":{"code":"x","message":"busy"}}')
    steps = [refused]
    context, _ = library(lambda _: steps.pop() if steps else verbose({"Title": "x"}))
    context.web.get().execute_query_retry(max_retry=3, timeout_secs=1)
    assert len(slept) == 1
    assert slept[0] < 31
