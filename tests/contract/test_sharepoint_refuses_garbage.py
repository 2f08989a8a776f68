"""Answers that no SharePoint gives, or only a broken one: never taken for a list."""

import json
from typing import Any

import pytest
import requests

from connectors.sharepoint.settings import Limits
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, Failed, ItemWrite, Raced, Throttled, Unknown
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError, UnreachableError, UnreadableError
from tests.support.fake_clock import FakeClock
from tests.support.project_list import GUID, SITE_ID, WEB_ID, description, source, web
from tests.support.wire import HOST, Answer, ScriptedWire, error_reply, json_reply, scripted_store, status_reply

ITEMS = f"{HOST}/sites/pmo/_api/web/lists(guid'{GUID}')/items"


def row(number: Any, **more: Any) -> dict[str, Any]:
    return {"odata.etag": '"3"', "Id": number, "Modified": "2026-06-01T08:00:00Z", "EditorId": 7, **more}


def page(*numbers: Any, following: str | None = None) -> Answer:
    more = {} if following is None else {"odata.nextLink": following}
    return json_reply({"value": [row(number) for number in numbers], **more})


def read(*pages: Any, limits: Limits | None = None, columns: tuple[str, ...] = ("Title",)) -> list[int]:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *pages)
    store = scripted_store(wire, limits=limits)
    schema = store.describe(source())
    return [each.item_id for found in store.read(source(), schema, columns) for each in found]


NEXT = f"{ITEMS}?%24skiptoken=Paged%3dTRUE%26p_ID%3d2"


@pytest.mark.parametrize(
    "pages",
    [
        [page(1, 2, following=NEXT), page(1, 2)],
        [page(1, 2, following=NEXT), page(2, 3)],
        [page(2, 1)],
        [page(1, 1)],
        [page(0)],
        [page("1")],
        [json_reply({"value": ["x"]})],
    ],
    ids=["again", "overlapping", "backwards", "twice", "nought", "no number", "no item"],
)
def test_a_page_that_does_not_advance_ends_the_reading(pages: list[Answer]) -> None:
    with pytest.raises(UnreadableError, match="does not go on"):
        read(*pages)


def test_a_list_of_exactly_one_full_page_ends_there() -> None:
    assert read(page(1, 2), limits=Limits(page_size=2)) == [1, 2]


def test_an_empty_page_that_promises_more_ends_the_reading() -> None:
    with pytest.raises(UnreadableError, match="empty"):
        read(page(following=NEXT))


def test_pages_without_end_come_to_an_end() -> None:
    pages = [page(number, following=NEXT) for number in range(1, 5)]
    with pytest.raises(UnreadableError, match="more than 3 pages"):
        read(*pages, limits=Limits(max_pages=3))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/sites/pmo/_api/web/lists/items",
        "http://127.0.0.1:10/sites/pmo/_api/web",
        "https://127.0.0.1:9/sites/pmo/_api/web",
        f"{HOST}/sites/other/_api/web",
        "/sites/pmo/_api/web",
        "",
    ],
)
def test_the_token_goes_nowhere_but_to_this_site(elsewhere: str) -> None:
    with pytest.raises(UnreadableError, match="another site"):
        read(page(1, following=elsewhere), page(2))


@pytest.mark.parametrize(
    "answer",
    [
        status_reply(200, {"Content-Type": "application/json"}, b'{"value": ['),
        status_reply(200, {"Content-Type": "application/json"}, b""),
        status_reply(200, {"Content-Type": "application/json"}, b"[]"),
        status_reply(200, {"Content-Type": "text/html"}, b'{"value": []}'),
        status_reply(200, {}, b'{"value": []}'),
        json_reply({"d": {"results": []}}),
        json_reply({"value": None}),
        json_reply({"value": [{"Id": 1}]}),
        json_reply({"value": [row(1, Modified="yesterday")]}),
        json_reply({"value": [row(1, Created="yesterday")]}),
        json_reply({"value": [row(1, EditorId="who")]}),
    ],
)
def test_a_page_of_another_form_is_unreadable(answer: Answer) -> None:
    with pytest.raises(UnreadableError):
        read(answer)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Target_x0020_date", "2026-07-01"),
        ("Target_x0020_date", "soon"),
        ("Target_x0020_date", 7),
        ("Lead", {"Id": "x"}),
        ("Programme", 4),
        ("PSOverdue", "Yes"),
        ("ID", "one"),
    ],
)
def test_a_value_that_is_not_of_its_columns_type_is_unreadable(column: str, value: Any) -> None:
    with pytest.raises(UnreadableError, match="is not of its type"):
        read(json_reply({"value": [row(1, **{column: value})]}), columns=(column,))


@pytest.mark.parametrize(
    "answer",
    [
        json_reply({"Id": GUID, "Title": "x", "ItemCount": 1}),
        json_reply({"Id": GUID, "Title": "x", "ItemCount": "many", "Fields": []}),
        json_reply({"Id": GUID, "Title": "x", "ItemCount": 1, "Fields": [{}]}),
        json_reply({"Id": GUID, "Title": "x", "ItemCount": 1, "Fields": None}),
    ],
)
def test_a_description_of_another_form_is_unreadable(answer: Answer) -> None:
    with pytest.raises(UnreadableError, match="not of the expected form"):
        scripted_store(ScriptedWire(json_reply(web()), answer)).describe(source())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Id": WEB_ID, "RegionalSettings": None},
        {"Id": WEB_ID, "RegionalSettings": {"TimeZone": {"Id": "x"}}},
        {"RegionalSettings": web()["RegionalSettings"]},
    ],
)
def test_a_site_of_another_form_is_unreadable(answer: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="regional settings"):
        scripted_store(ScriptedWire(json_reply(answer))).describe(source())


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (error_reply(404, "-1, System.ArgumentException", "List 'X' does not exist"), NotFoundError, "no list"),
        (error_reply(404, "-2147024894, System.IO.FileNotFoundException", "File Not Found."), NotFoundError, "no site"),
        (status_reply(404, {"Content-Type": "text/html"}, b"404 NOT FOUND"), NotFoundError, "no site"),
        (status_reply(401), AccessError, "does not accept our token"),
        (status_reply(401, {}, b"Unsupported app only token."), AccessError, "client secret"),
        (status_reply(403, {"Content-Type": "text/html"}, b"<html>"), AccessError, "denies access"),
        (
            error_reply(
                500, "-2147024860, Microsoft.SharePoint.SPQueryThrottledException", "It exceeds the threshold."
            ),
            UnreadableError,
            "It exceeds the threshold. Map fewer",
        ),
        (error_reply(500, "-1, X", "The lookup column threshold."), UnreadableError, "Map fewer"),
        (error_reply(500, "-2130575340, X", "Some fields are not installed"), UnreadableError, "are not installed."),
        (error_reply(400, "-1, X", "The field 'Gone' does not exist."), SchemaError, "The field 'Gone'"),
        (status_reply(400, {}, b"Bad Request"), UnreadableError, "answered 400"),
        (status_reply(501, {"X-Emulator-Not-Emulated": "GET x"}), UnreadableError, "does not emulate GET x"),
        (
            json_reply({"error": {"code": "-1", "message": "Sent with Bearer eyJhbGciOi.eyJzdWIi.c2ln"}}, 418),
            UnreadableError,
            "Sent with (removed)",
        ),
    ],
)
def test_a_refusal_is_told_in_words_without_what_was_sent(answer: Answer, error: type[SourceError], said: str) -> None:
    wire = ScriptedWire(json_reply(web()), otherwise=answer)
    with pytest.raises(error) as raised:
        scripted_store(wire).describe(source())
    assert type(raised.value) is error
    assert said in str(raised.value)
    assert all(secret not in str(raised.value) for secret in ("Bearer", "eyJ", "emulator\n", "NONISV"))


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (requests.exceptions.SSLError("self-signed"), "certificate"),
        (requests.exceptions.ProxyError("x"), "proxy"),
        (requests.exceptions.ConnectTimeout("x"), "too long"),
        (requests.exceptions.ReadTimeout("x"), "too long"),
        (requests.exceptions.ConnectionError("NameResolutionError: getaddrinfo failed"), "not known"),
        (requests.exceptions.ConnectionError("[Errno 111] Connection refused"), "nothing listens"),
        (requests.exceptions.ConnectionError("('Connection aborted.')"), "broken"),
    ],
)
def test_no_answer_at_all_is_told_in_words(failure: Exception, said: str) -> None:
    wire = ScriptedWire(otherwise=failure)
    clock = FakeClock()
    with pytest.raises(UnreachableError, match=said) as raised:
        scripted_store(wire, clock=clock).describe(source())
    assert raised.value.what.startswith(f"No answer from {HOST}: ")
    assert len(wire.requests) == 5
    assert len(clock.slept) == 4


def test_a_host_that_did_not_answer_is_not_asked_five_times_for_every_list() -> None:
    clock = FakeClock()
    dead = [requests.exceptions.ConnectionError("[Errno 111] Connection refused")] * 6
    wire = ScriptedWire(*dead, json_reply(web()), status_reply(504), json_reply(description()))
    store = scripted_store(wire, clock=clock)
    for attempts in (5, 6):
        with pytest.raises(UnreachableError):
            store.describe(source())
        assert len(wire.requests) == attempts
    assert store.describe(source()).title == "Digital projects"
    assert len(clock.slept) == 5, "once it answers again, it is asked again"


def answered(*parts: tuple[int, str, bytes], tail: bytes = b"--b--\r\n") -> Answer:
    body = b"".join(
        b"--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        + f"HTTP/1.1 {status} Some Reason\r\nCONTENT-TYPE: application/json\r\n{headers}\r\n".encode()
        + content
        + b"\r\n"
        for status, headers, content in parts
    )
    return status_reply(200, {"Content-Type": "multipart/mixed; boundary=b"}, body + tail)


def write_three(*answers: Any, clock: FakeClock | None = None) -> tuple[list[Any], ScriptedWire]:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *answers)
    store = scripted_store(wire, clock=clock)
    versioned = source(WriteMode.VERSIONED)
    schema = store.describe(versioned)
    writes = [ItemWrite(number, f'"{number}"', {"PSStatus": "At risk"}) for number in (1, 2, 3)]
    return list(store.apply(versioned, schema, writes)), wire


DONE = (204, 'ETAG: "7"\r\n', b"")


@pytest.mark.parametrize(
    ("part", "outcome"),
    [
        (DONE, Applied('"7"')),
        ((204, "", b""), Applied(None)),
        ((412, "", b""), Raced()),
        ((409, "", b""), Raced()),
        ((429, "", b""), Throttled()),
    ],
)
def test_each_part_of_a_batch_has_its_own_outcome(part: tuple[int, str, bytes], outcome: Any) -> None:
    outcomes, _ = write_three(answered(DONE, part, DONE))
    assert outcomes == [Applied('"7"'), outcome, Applied('"7"')]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "-2130575338, System.ArgumentException", NotFoundError),
        (403, "-2147024891, System.UnauthorizedAccessException", AccessError),
        (400, "-2130575163, Microsoft.SharePoint.SPException", SchemaError),
    ],
)
def test_a_part_that_failed_says_why(status: int, code: str, error: type[SourceError]) -> None:
    body = b'{"odata.error":{"code":"%s","message":{"value":"Not this one"}}}' % code.encode()
    (_, outcome, _), _ = write_three(answered(DONE, (status, "", body), DONE))
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is error


def test_a_part_that_was_refused_with_a_time_is_repeated_alone_after_it() -> None:
    clock = FakeClock()
    refused = (429, "Retry-After: 7\r\n", b"")
    outcomes, wire = write_three(
        answered(DONE, refused, DONE), status_reply(429, {"Retry-After": "2"}), status_reply(204, {"ETag": '"9"'}),
        clock=clock,
    )  # fmt: skip
    assert outcomes == [Applied('"7"'), Applied('"9"'), Applied('"7"')]
    assert clock.slept == [7.0, 2.0]
    alone = wire.requests[-1]
    assert (alone.method, alone.url) == ("POST", f"{ITEMS}(2)")
    assert (alone.headers["X-HTTP-Method"], alone.headers["If-Match"]) == ("MERGE", '"2"')


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (answered(DONE, DONE), 2),
        (answered(DONE, DONE, DONE, tail=b""), 2),
        (answered(DONE, (204, "", b""), tail=b"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 2"), 2),
        (answered(DONE, tail=b"--b\r\nContent-Type: application/http\r\n\r\nnonsense\r\n--b--\r\n"), 1),
        (answered(DONE, DONE, DONE, DONE), 0),
        (answered(), 0),
        (status_reply(200, {"Content-Type": "text/html"}, b"<html>"), 0),
        (status_reply(200, {"Content-Type": "multipart/mixed"}, b""), 0),
    ],
    ids=["one short", "no end", "cut", "garbled", "one too many", "empty", "a page", "no boundary"],
)
def test_what_a_batch_does_not_answer_is_unknown(answer: Answer, known: int) -> None:
    outcomes, _ = write_three(answer)
    assert [type(outcome) for outcome in outcomes] == [Applied] * known + [Unknown] * (3 - known)


def test_a_batch_is_read_with_bare_line_feeds_and_a_quoted_boundary() -> None:
    parts = b"".join(
        b'--b c\nContent-Type: application/http\n\nHTTP/1.1 204 No Content\nETag: "%d"\n\n\n' % number
        for number in range(3)
    )
    answer = status_reply(200, {"Content-Type": 'multipart/mixed; boundary="b c"; charset=x'}, parts + b"--b c--\n")
    outcomes, _ = write_three(answer)
    assert outcomes == [Applied('"0"'), Applied('"1"'), Applied('"2"')]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_a_whole_batch_that_is_refused_fails_every_write(status: int) -> None:
    outcomes, _ = write_three(status_reply(status))
    assert [type(outcome) for outcome in outcomes] == [Failed] * 3


def quiet(*answers: Any, cells: list[dict[str, Any]] | None = None) -> tuple[list[Any], ScriptedWire]:
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *answers)
    store = scripted_store(wire)
    schema = store.describe(source())
    writes = [ItemWrite(n, '"1"', each) for n, each in enumerate(cells or [{"PSStatus": "x"}] * 2, start=1)]
    return list(store.apply(source(), schema, writes)), wire


SITE = json_reply({"Id": SITE_ID})
ALL_WELL = json_reply([{"ErrorInfo": None}])


@pytest.mark.parametrize(
    "answer",
    [
        json_reply([{"ErrorInfo": {"ErrorMessage": "Item does not exist.", "ErrorCode": -1}}]),
        json_reply([{"ErrorInfo": {}}]),
        json_reply([{"ErrorInfo": "x"}]),
        json_reply([{"SchemaVersion": "15.0.0.0"}]),
        json_reply([]),
        json_reply({"ErrorInfo": None}),
        status_reply(200, {"Content-Type": "application/json"}, b'[{"ErrorInfo": nu'),
        status_reply(200, {"Content-Type": "text/html"}, b"<html>"),
    ],
)
def test_anything_but_a_clear_yes_to_a_process_query_is_unknown(answer: Answer) -> None:
    outcomes, _ = quiet(SITE, answer)
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
    assert all(outcome.reason for outcome in outcomes)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_process_query_that_is_refused_fails_every_write(status: int) -> None:
    outcomes, _ = quiet(SITE, status_reply(status))
    assert [type(outcome) for outcome in outcomes] == [Failed, Failed]


DENIED = "Access denied. You do not have permission to perform this action or access this resource."


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (-2147024891, DENIED, "SharePoint denies the change"),
        (-2130575223, "This item cannot be updated because it is locked as read-only.", "is a record"),
        (-2147024891, "The label that's applied to this item prevents it from being edited or deleted.", "is a record"),
    ],
)
def test_an_item_alone_that_is_denied_failed_and_a_label_is_named_as_what_may_have_done_it(
    code: int, message: str, said: str
) -> None:
    told = json_reply([{"ErrorInfo": {"ErrorMessage": message, "ErrorCode": code}}])
    (alone,), _ = quiet(SITE, told, cells=[{"PSStatus": "x"}])
    assert isinstance(alone.error, AccessError)
    assert said in alone.error.what
    assert "label" in alone.error.advice
    several, _ = quiet(SITE, told)
    assert [type(outcome) for outcome in several] == [Unknown, Unknown]
    (_, part, _), _ = write_three(answered(DONE, (403, "", denial(code, message)), DONE))
    assert isinstance(part, Failed)
    assert (part.error.what, part.error.advice) == (alone.error.what, alone.error.advice)


def test_a_token_that_is_not_accepted_is_not_taken_for_a_label() -> None:
    (outcome, _, _), _ = write_three(answered((401, "", denial(-2147024891, DENIED)), DONE, DONE))
    assert isinstance(outcome, Failed)
    assert "does not accept our token" in outcome.error.what


def denial(code: int, message: str) -> bytes:
    return json.dumps({"odata.error": {"code": f"{code}, X", "message": {"value": message}}}).encode()


def test_without_the_sites_id_nothing_is_written() -> None:
    outcomes, wire = quiet(error_reply(403, "-2147024891, X", "Access denied."))
    assert [type(outcome.error) for outcome in outcomes] == [AccessError, AccessError]
    assert all("ProcessQuery" not in str(request.url) for request in wire.requests)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1b", "\ud800", "\ufffe"])
@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_character_that_cannot_be_sent_fails_its_own_item_only(character: str, mode: WriteMode) -> None:
    done = [SITE, ALL_WELL] if mode is WriteMode.QUIET else [answered(DONE, DONE)]
    wire = ScriptedWire(json_reply(web()), json_reply(description()), *done)
    store = scripted_store(wire)
    schema = store.describe(source(mode))
    texts = ["fine", f"bad{character}", "fine"]
    writes = [ItemWrite(number, '"1"', {"PSReason": text}) for number, text in enumerate(texts, start=1)]
    first, second, third = store.apply(source(mode), schema, writes)
    assert isinstance(first, Applied)
    assert isinstance(third, Applied)
    assert isinstance(second, Failed)
    assert f"U+{ord(character):04X}" in second.error.what
    assert bytes(wire.requests[-1].body or b"").count(b"fine") == 2


def test_many_items_are_written_a_hundred_at_a_time_and_long_ones_sooner() -> None:
    _, wire = quiet(SITE, ALL_WELL, ALL_WELL, ALL_WELL, cells=[{"PSStatus": "x"}] * 250)
    bodies = [bytes(request.body or b"") for request in wire.requests[-3:]]
    assert [body.count(b"SystemUpdate") for body in bodies] == [100, 100, 50]
    _, wire = quiet(SITE, *[ALL_WELL] * 20, cells=[{"PSReason": "&" * 20_000}] * 100)
    bodies = [bytes(request.body or b"") for request in wire.requests if "ProcessQuery" in str(request.url)]
    assert sum(body.count(b"SystemUpdate") for body in bodies) == 100
    assert max(map(len, bodies)) < 900_000


def test_many_items_are_batched_a_hundred_at_a_time_and_long_ones_sooner() -> None:
    def all_done(request: requests.PreparedRequest) -> Answer:
        assert len(bytes(request.body or b"")) < 900_000
        return answered(*[DONE] * bytes(request.body or b"").count(b"\r\nMERGE "))

    for text, posts in (("x", 3), ("x" * 9_000, 3), ("x" * 90_000, 25)):
        wire = ScriptedWire(json_reply(web()), json_reply(description()), otherwise=all_done)
        store = scripted_store(wire)
        versioned = source(WriteMode.VERSIONED)
        schema = store.describe(versioned)
        writes = [ItemWrite(number, '"1"', {"PSReason": text}) for number in range(1, 226)]
        outcomes = list(store.apply(versioned, schema, writes))
        assert [type(outcome) for outcome in outcomes] == [Applied] * 225
        assert len(wire.requests) - 2 == posts
