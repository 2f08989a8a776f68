"""Numbers, filters and mistakes that would once have been a bare 500: each is an answer of the service's own."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from connectors.emulator import dispatch
from connectors.emulator.routes import find
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.shapes import Reply
from tests.support.emulator import Direct

LIST = "web/lists/GetByTitle('Projects')"
QUERY = "/sites/demo/_vti_bin/client.svc/ProcessQuery"
LONG = "9" * 5000
UNKNOWN = "-1, Microsoft.SharePoint.Client.UnknownError"
COLUMNS = [{"name": "Owner", "type": "User"}, {"name": "Due", "type": "DateTime"}]


@pytest.fixture
def emulator() -> Direct:
    items = [{"values": {"Title": f"P {number}", "Due": "2026-07-01"}} for number in (1, 2, 3)]
    return Direct(
        {"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects", "fields": COLUMNS, "items": items}]}]}
    )


def test_a_whole_number_has_as_many_digits_as_it_may_and_nothing_else() -> None:
    assert [whole_number(text) for text in ("0", "007", "9" * 19)] == [0, 7, int("9" * 19)]
    assert [whole_number(text) for text in ("", "-1", "1.0", "²", "٣", "9" * 20, LONG)] == [None] * 7
    assert whole_number("100", 2) is None


SCHEMA = f"<Field Type='Text' DisplayName='X' MaxLength='{LONG}'/>"
TOKEN = {"StringValue": f"1;3;{'0' * 36};1;{LONG}"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{LIST}/items({LONG})", None, 400),
        ("GET", f"web/getuserbyid({LONG})", None, 400),
        ("GET", f"{LIST}/items?$top={LONG}", None, 400),
        ("GET", f"{LIST}/items?$skiptoken=Paged%3dTRUE%26p_ID%3d{LONG}", None, 200),
        ("GET", f"{LIST}/items?$skiptoken=Paged%3dTRUE%26p_ID%3d{LONG}&$orderby=Title", None, 200),
        ("GET", f"{LIST}/items?$filter=Id gt {LONG}", None, 200),
        ("GET", f"{LIST}/items?$filter={'day(' * 2000}Due{')' * 2000} eq 1", None, 400),
        ("GET", f"{LIST}/items?$filter=day(datetime'0001-01-01T00:00:00Z') eq 1", None, 200),
        ("GET", f"{LIST}/items?$filter=startswith(Due,'a') eq true", None, 200),
        ("GET", "web/getlist(@v)/items?@v=" + '{"a":' + "[" * 100_000, None, 400),
        ("POST", f"{LIST}/getchanges", {"query": {"FetchLimit": LONG}}, 400),
        ("POST", f"{LIST}/getchanges", {"query": {"ChangeTokenStart": TOKEN}}, 500),
        ("POST", f"{LIST}/fields/createfieldasxml", {"parameters": {"SchemaXml": SCHEMA}}, 400),
        ("POST", f"{LIST}/fields/createfieldasxml", {"parameters": {"SchemaXml": "<Field/>", "Options": "x"}}, 400),
    ],
)
def test_what_is_far_too_long_is_answered_in_the_services_own_words(
    emulator: Direct, method: str, path: str, body: Any, status: int
) -> None:
    answer = emulator.send(method, path, body)
    assert (answer.status_code, UNKNOWN in answer.text) == (status, False), answer.text[:300]


def test_a_column_whose_definition_counts_without_end_can_still_be_read(emulator: Direct) -> None:
    schema = f"<Field Type='Number' DisplayName='X' Decimals='{LONG}' Max='1e999' Min='nan'/>"
    assert emulator.post(f"{LIST}/fields/createfieldasxml", {"parameters": {"SchemaXml": schema}}).status_code == 200
    assert "X" in [row["Title"] for row in emulator.rows(f"{LIST}/fields")]


@pytest.mark.parametrize("word", ["and", "or"])
@pytest.mark.parametrize(("terms", "status"), [(200, 200), (201, 400), (5000, 400)])
def test_a_filter_has_two_hundred_conditions_and_no_more(emulator: Direct, word: str, terms: int, status: int) -> None:
    where = f" {word} ".join(["Id eq 1"] * terms)
    answer = emulator.get(f"{LIST}/items?$filter={where}")
    assert answer.status_code == status
    assert status == 400 or [row["Id"] for row in answer.json()["value"]] == [1]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with a mistake in it: what reads the site's columns fails in a way nobody thought of."""
    route = find("GET", "web")
    assert route is not None

    def fail(_: Call) -> Reply:
        raise ZeroDivisionError("a mistake of ours")

    failing = replace(route, handler=fail)

    def found(verb: str, pattern: str) -> Any:
        return failing if (verb, pattern) == ("GET", "web") else find(verb, pattern)

    monkeypatch.setattr(dispatch, "find", found)


def test_a_mistake_of_the_servers_own_is_a_500_that_is_logged_and_remembered(
    emulator: Direct, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "connectors.emulator"):
        answer = emulator.get("web")
    assert answer.status_code == 500
    assert answer.json()["odata.error"]["code"] == UNKNOWN
    assert "ZeroDivisionError: a mistake of ours" in caplog.text
    told = emulator.service.history.entries[-1]
    assert (told.operation, told.status, told.error) == ("web", 500, UNKNOWN)


def test_a_mistake_in_one_part_of_a_batch_leaves_the_others_their_answers(emulator: Direct, broken: None) -> None:
    head = "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    made = f'POST {LIST}/items HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{{"Title":"New"}}\r\n'
    body = f"{head}{made}{head}GET web HTTP/1.1\r\n\r\n{head}GET {LIST}/items(4) HTTP/1.1\r\n\r\n--b--\r\n"
    answer = emulator.post("$batch", body, headers={"Content-Type": "multipart/mixed; boundary=b"})
    assert answer.status_code == 200
    assert [line.split()[1] for line in answer.text.splitlines() if line.startswith("HTTP/1.1")] == [
        "201",
        "500",
        "200",
    ]
    assert [entry.status for entry in emulator.service.history.entries] == [201, 500, 200, 200]
