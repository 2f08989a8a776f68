"""The change log over the wire: what is asked, how often, and what is never taken for "nothing happened"."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from connectors.emulator.state.versions import WriteMode as Saved
from connectors.sharepoint.change_token import can_tell, change_token
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema
from sync.errors import AccessError, NotFoundError, SourceError, ThrottledError, UnreachableError, UnreadableError
from tests.support.asking import changes
from tests.support.fake_clock import FakeClock
from tests.support.liststore_world import SharePointBench, earlier, sharepoint_bench
from tests.support.project_list import GUID, description, source, web
from tests.support.wire import HOST, Answer, ScriptedWire, error_reply, json_reply, scripted_store, status_reply

CHANGES = "web/list/getchanges"
NOW = FakeClock().now()
TOKEN = f"1;3;{GUID};639172558200000000;612480154"
EXPIRED = "The changeToken refers to a time before the start of the current change log."
FOREIGN = "Specified change token is invalid or does not belong to this object."
SP = "-2146232832, Microsoft.SharePoint.SPException"


@pytest.fixture
def held() -> Iterator[SharePointBench]:
    with sharepoint_bench() as made:
        yield made


def described(held: SharePointBench) -> tuple[ListSchema, str]:
    schema = held.store.describe(held.source())
    assert schema.change_token is not None
    return schema, schema.change_token


def asked(held: SharePointBench) -> int:
    return sum(entry.operation == CHANGES for entry in held.emulator.service.history.entries)


def entry(item_id: Any, token: str) -> dict[str, Any]:
    return {"ChangeToken": {"StringValue": token}, "ChangeType": 2, "ItemId": item_id}


def log(*entries: Any) -> Answer:
    return json_reply({"value": list(entries)})


def scripted(*answers: Any, limits: Limits | None = None) -> tuple[frozenset[int] | None, ScriptedWire]:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *answers)
    store = scripted_store(wire, limits=limits)
    schema = store.describe(source())
    return changes(store, source(), schema, TOKEN), wire


def test_changes_are_one_request_that_says_which_and_from_where() -> None:
    found, wire = scripted(log(entry(4, TOKEN), entry(9, TOKEN), entry(4, TOKEN)))
    assert found == {4, 9}
    assert len(wire.requests) == 2 + 1
    request = wire.requests[-1]
    assert (request.method, request.url) == ("POST", f"{HOST}/sites/pmo/_api/web/lists(guid'{GUID}')/getchanges")
    assert request.headers["Content-Type"] == request.headers["Accept"] == "application/json;odata=nometadata"
    kinds = ("Add", "Update", "SystemUpdate", "DeleteObject", "Restore", "Move", "Rename")
    assert json.loads(bytes(request.body or b"")) == {
        "query": {
            "Item": True,
            **dict.fromkeys(kinds, True),
            "RecursiveAll": True,
            "ChangeTokenStart": {"StringValue": TOKEN},
            "FetchLimit": "1000",
        }
    }


def test_the_token_comes_with_the_description_and_costs_no_request(held: SharePointBench) -> None:
    schema, token = described(held)
    assert (held.store.usage().total, held.store.usage().resource_units) == (2, 2)
    assert changes(held.store, held.source(), schema, token) == frozenset()
    usage = held.store.usage()
    assert (usage.by_kind["changes"], usage.resource_units) == (1, 4)


@pytest.mark.parametrize(("edits", "requests_sent"), [(999, 1), (1000, 2), (1001, 2), (2500, 3)])
def test_a_long_log_is_read_to_its_end(held: SharePointBench, edits: int, requests_sent: int) -> None:
    schema, token = described(held)
    owner = held.emulator.world.site("/sites/pmo").list_with_id(schema.list_guid)
    assert owner is not None
    item, editor = owner.item(2), next(iter(owner.site.users.values()))
    for _ in range(edits - 1):
        owner.update(item, {"Ref": "DS-22"}, Saved.UPDATE, editor)
    owner.update(owner.item(6), {"Ref": "DS-66"}, Saved.SYSTEM, editor)
    assert changes(held.store, held.source(), schema, token) == {2, 6}, "the latest entry is among them"
    assert asked(held) == requests_sent


def test_a_log_without_end_is_not_read_for_ever() -> None:
    pages = [log(*(entry(n, f"1;3;{GUID};{page};{n}") for n in range(2))) for page in range(3)]
    with pytest.raises(UnreadableError, match="More happened in the list 'Digital projects' than 3 pages"):
        scripted(*pages, limits=Limits(changes=2, max_change_pages=3))


def test_a_log_that_does_not_go_on_is_not_read_again_and_again() -> None:
    with pytest.raises(UnreadableError, match="does not go on"):
        scripted(log(entry(1, TOKEN)), limits=Limits(changes=1))


# Tokens that cannot be trusted


def test_the_service_says_nothing_of_an_expired_token_and_so_it_is_not_asked(held: SharePointBench) -> None:
    schema, token = described(held)
    held.edit(4, Ref="DS-44")
    held.clock.sleep(timedelta(days=61).total_seconds())
    query = {"Item": True, "Update": True, "ChangeTokenStart": {"StringValue": token}}
    silent = held.emulator.post(f"{held.list_path}/getchanges", {"query": query})
    assert (silent.status_code, silent.json()) == (200, {"value": []}), "the change is lost without a word"
    before = asked(held)
    assert changes(held.store, held.source(), schema, token) is None
    assert asked(held) == before


def test_a_list_that_nobody_touched_for_months_tells_what_happens_now(held: SharePointBench) -> None:
    held.clock.sleep(timedelta(days=100).total_seconds())
    schema, token = described(held)
    assert changes(held.store, held.source(), schema, token) == frozenset()
    held.edit(4, Ref="DS-44")
    assert changes(held.store, held.source(), schema, token) == {4}
    held.clock.sleep(timedelta(days=29).total_seconds())
    assert changes(held.store, held.source(), schema, token) == {4}
    held.clock.sleep(timedelta(days=2).total_seconds())
    assert changes(held.store, held.source(), schema, token) is None


def test_the_age_of_a_token_is_judged_by_the_servers_clock() -> None:
    with sharepoint_bench() as held:
        schema, token = described(held)
        held.emulator.world.clock = lambda: held.clock.now() + timedelta(days=31)
        held.store.describe(held.source())
        assert held.store.clock_difference() == timedelta(days=31)
        assert changes(held.store, held.source(), schema, token) is None


@pytest.mark.parametrize(
    ("age", "trusted"),
    [
        (timedelta(days=30), True),
        (timedelta(days=30, seconds=1), False),
        (timedelta(days=400), False),
        (timedelta(hours=-1), True),
        (timedelta(hours=-1, seconds=-1), False),
    ],
)
def test_a_token_is_trusted_for_thirty_days_and_never_from_the_future(age: timedelta, trusted: bool) -> None:
    assert can_tell(earlier(TOKEN, age), GUID, NOW) is trusted


@pytest.mark.parametrize(
    "token", ["", "x", TOKEN + ";1", TOKEN.replace("1;3", "1;2"), TOKEN.replace(GUID, "0" * 36), "1;3;;;", f" {TOKEN}"]
)
def test_a_token_of_another_kind_is_not_trusted(token: str) -> None:
    assert not can_tell(token, GUID, NOW)


def test_a_token_of_a_list_that_changed_lately_is_kept_as_it_is() -> None:
    day_old = earlier(TOKEN, timedelta(days=1))
    assert change_token({"StringValue": day_old}, NOW) == day_old
    older = earlier(TOKEN, timedelta(days=1, seconds=1))
    assert change_token({"StringValue": older}, None) == older, "without the server's time none can be made"
    made = f"1;3;{GUID};639172522200000000;-1"
    assert change_token({"StringValue": older}, NOW) == made
    assert made.split(";")[3] == earlier(TOKEN, timedelta(hours=1)).split(";")[3]
    assert datetime(2026, 6, 17, 1, 17, tzinfo=UTC) == NOW


@pytest.mark.parametrize("held_there", [None, {}, "x", {"StringValue": None}, {"StringValue": "1;2;x"}])
def test_a_description_without_a_token_has_none(held_there: Any) -> None:
    assert change_token(held_there, NOW) is None


@pytest.mark.parametrize("sentence", [EXPIRED, FOREIGN])
@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_of_the_token_tells_nothing(sentence: str, status: int) -> None:
    assert scripted(error_reply(status, SP, sentence))[0] is None


# Trouble


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (error_reply(500, SP, "Something else went wrong."), UnreadableError),
        (error_reply(404, "-1, System.ArgumentException", "List does not exist."), NotFoundError),
        (status_reply(403), AccessError),
        (status_reply(500), UnreadableError),
        (json_reply({}), UnreadableError),
        (json_reply({"value": {}}), UnreadableError),
        (json_reply([]), UnreadableError),
        (log("x"), UnreadableError),
        (log({"ItemId": None}), UnreadableError),
        (log({"ItemId": "x"}), UnreadableError),
        (status_reply(200, {"Content-Type": "application/json"}, b'{"value":[{"ItemId"'), UnreadableError),
        (status_reply(200, {"Content-Type": "text/html"}, b"<html>"), UnreadableError),
    ],
)
def test_anything_else_than_a_log_is_an_error(answer: Answer, error: type[SourceError]) -> None:
    with pytest.raises(error):
        scripted(answer)


@pytest.mark.parametrize("last", [{"ItemId": 4}, {"ItemId": 4, "ChangeToken": None}, {"ItemId": 4, "ChangeToken": {}}])
def test_a_full_page_that_does_not_say_where_it_ends_is_an_error(last: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="not of the expected form"):
        scripted(log(last), limits=Limits(changes=1))


def test_a_429_is_waited_for_and_then_the_log_is_read(held: SharePointBench) -> None:
    schema, token = described(held)
    held.edit(4, Ref="DS-44")
    held.plan(route=CHANGES, do="refuse", status=429, retry_after=7, times=1)
    assert changes(held.store, held.source(), schema, token) == {4}
    assert held.clock.slept == [7.0]
    assert asked(held) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_asked_for_again_because_nothing_was_written(held: SharePointBench, when: str) -> None:
    schema, token = described(held)
    held.edit(4, Ref="DS-44")
    held.plan(route=CHANGES, do="drop", when=when, times=2)
    assert changes(held.store, held.source(), schema, token) == {4}
    assert asked(held) == 3


@pytest.mark.parametrize(
    ("rule", "error"),
    [({"do": "refuse", "status": 429}, ThrottledError), ({"do": "drop", "when": "before"}, UnreachableError)],
)
def test_a_log_that_cannot_be_had_is_an_error_and_not_an_empty_one(
    held: SharePointBench, rule: dict[str, Any], error: type[SourceError]
) -> None:
    schema, token = described(held)
    held.plan(route=CHANGES, **rule)
    with pytest.raises(error):
        changes(held.store, held.source(), schema, token)
    assert asked(held) == 5


# The time


def dated(date: str | None) -> Answer:
    return json_reply({"value": []}, **({} if date is None else {"Date": date}))


@pytest.mark.parametrize(
    ("dates", "difference"),
    [
        ([None], None),
        (["Wed, 17 Jun 2026 01:17:00 GMT"], timedelta(0)),
        (["Wed, 17 Jun 2026 01:23:30 GMT"], timedelta(minutes=6, seconds=30)),
        (["Wed, 17 Jun 2026 01:11:00 GMT", None], timedelta(minutes=-6)),
        (["Wed, 17 Jun 2026 01:11:00 GMT", "yesterday"], timedelta(minutes=-6)),
        (["Wed, 17 Jun 2026 01:11:00 GMT", "Wed, 17 Jun 2026 01:18:00 GMT"], timedelta(minutes=1)),
    ],
)
def test_the_clocks_are_compared_by_the_last_answer_that_names_a_time(
    dates: list[str | None], difference: timedelta | None
) -> None:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *map(dated, dates))
    store = scripted_store(wire)
    schema = store.describe(source())
    for _ in dates:
        list(store.read(source(), schema, ["Title"]))
    assert store.clock_difference() == difference


def test_an_answer_that_refuses_names_the_time_as_well() -> None:
    wire = ScriptedWire(
        status_reply(429, {"Retry-After": "1", "Date": "Wed, 17 Jun 2026 01:27:00 GMT"}), requests.ConnectionError("x")
    )
    store = scripted_store(wire, limits=Limits(attempts=2))
    with pytest.raises(UnreachableError):
        store.describe(source())
    assert store.clock_difference() == timedelta(minutes=10)
