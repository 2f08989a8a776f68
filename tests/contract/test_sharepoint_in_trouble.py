"""What the connector does when SharePoint, or the way to it, is in trouble. What SharePoint itself can say it says."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.sharepoint.settings import Limits
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, Hop, ItemWrite, Throttled, Unknown
from sync.engine.targets import ListAddress
from sync.errors import (
    AccessError,
    NotFoundError,
    SourceError,
    ThrottledError,
    UnreachableError,
    UnreadableError,
)
from tests.support.liststore_world import SharePointBench, sharepoint_bench
from tests.support.project_list import source as project_source

ITEMS = "web/list/items"
SECOND_PAGE = "*p_ID=2*"
ITEMS_PATH = r"/items\?"
PAGE = "<html><head><title>Sign in to your account</title></head></html>"
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def held() -> Iterator[SharePointBench]:
    with sharepoint_bench() as made:
        yield made


def read_all(held: SharePointBench) -> list[int]:
    schema = held.store.describe(held.source())
    return [row.item_id for page in held.store.read(held.source(), schema, ["Ref"]) for row in page]


def asked(held: SharePointBench, route: str) -> int:
    return sum(entry.operation == route for entry in held.emulator.service.history.entries)


def test_a_429_is_followed_by_silence_for_as_long_as_it_says(held: SharePointBench) -> None:
    schema = held.store.describe(held.source())
    held.plan(route=ITEMS, do="refuse", status=429, retry_after=7, times=1)
    started = held.clock.now()
    ids = [row.item_id for page in held.store.read(held.source(), schema, ["Ref"]) for row in page]
    assert ids == [1, 2, 4, 5, 6]
    assert held.clock.slept == [7.0]
    history = held.emulator.service.history.entries
    moments = [entry.at - started for entry in history if entry.operation == ITEMS]
    assert moments == [timedelta(0), *[timedelta(seconds=7)] * 3], "refused, then silence, then three pages"
    assert held.store.usage().throttled_seconds == 7.0


def test_until_the_time_has_passed_nothing_else_goes_to_that_host(held: SharePointBench) -> None:
    schema = held.store.describe(held.source())
    held.plan(route=ITEMS, do="refuse", status=429, retry_after=301, times=1)
    with pytest.raises(ThrottledError, match="301 seconds"):
        list(held.store.read(held.source(), schema, ["Ref"]))
    history = held.emulator.service.history
    seen = history.total
    with pytest.raises(ThrottledError):
        held.store.describe(held.source())
    assert history.total == seen, "a wait that is too long for us is no reason to ask anyway"
    held.clock.sleep(300)
    held.store.describe(held.source())
    assert held.clock.slept == [300, 1.0]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "2"}, 2.0),
        ({"Retry-After": "9", "RateLimit-Reset": "31", "RateLimit-Remaining": "0"}, 31.0),
        ({"Retry-After": "300"}, 300.0),
        ({"Retry-After": format_datetime(datetime(2026, 6, 17, 1, 17, 11, tzinfo=UTC), usegmt=True)}, 11.0),
        (
            {
                "Retry-After": format_datetime(datetime(2030, 1, 1, 0, 0, 5, tzinfo=UTC), usegmt=True),
                "Date": format_datetime(datetime(2030, 1, 1, tzinfo=UTC), usegmt=True),
            },
            5.0,
        ),
    ],
    ids=["seconds", "the greater of both", "the longest allowed", "a date", "a date by the server's own clock"],
)
@pytest.mark.parametrize("status", [429, 503])
def test_what_is_asked_for_is_waited_to_the_second(
    held: SharePointBench, headers: dict[str, str], wait: float, status: int
) -> None:
    held.plan(route=ITEMS, do="refuse", status=status, headers=headers, times=1)
    assert len(read_all(held)) == 5
    assert held.clock.slept == [wait]


def test_all_waits_together_have_a_limit() -> None:
    with sharepoint_bench(limits=Limits(page_size=2, max_total_wait=20)) as held:
        held.plan(route=ITEMS, do="refuse", status=429, retry_after=8)
        with pytest.raises(ThrottledError, match="has made us wait 16 seconds"):
            read_all(held)
        assert held.clock.slept == [8.0, 8.0]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_without_a_named_time_a_read_is_repeated_with_growing_pauses(held: SharePointBench, status: int) -> None:
    held.plan(route=ITEMS, do="refuse", status=status, times=3)
    assert len(read_all(held)) == 5
    slept = held.clock.slept
    assert len(slept) == 3
    assert all(0.25 <= pause / 2**n <= 0.75 for n, pause in enumerate(slept))
    assert held.store.usage().throttled_seconds == 0.0


def test_a_read_is_repeated_when_the_connection_is_dropped(held: SharePointBench) -> None:
    held.plan(query=SECOND_PAGE, do="drop", when="before", times=2)
    assert read_all(held) == [1, 2, 4, 5, 6]
    assert len(held.clock.slept) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, ThrottledError), (503, ThrottledError), (502, UnreachableError), (504, UnreachableError)],
)
def test_a_read_is_given_up_after_five_attempts(held: SharePointBench, status: int, error: type[SourceError]) -> None:
    held.plan(route=ITEMS, do="refuse", status=status)
    with pytest.raises(error):
        read_all(held)
    assert asked(held, ITEMS) == 5
    assert held.store.usage().by_kind["items"] == 5, "every repetition is counted: SharePoint charges it"


def test_a_500_is_never_repeated(held: SharePointBench) -> None:
    held.plan(route=ITEMS, do="refuse", status=500)
    with pytest.raises(UnreadableError, match="answered 500"):
        read_all(held)
    assert asked(held, ITEMS) == 1
    assert held.clock.slept == []


def test_a_401_is_answered_once_with_a_fresh_token(held: SharePointBench) -> None:
    held.plan(route=ITEMS, do="refuse", status=401, times=1)
    assert len(read_all(held)) == 5
    assert held.clock.slept == []


def test_a_second_401_is_a_matter_of_access(held: SharePointBench) -> None:
    body = b'{"error_description":"Invalid issuer or signature. Bearer abc"}'
    refusal = held.faults.add(path=ITEMS_PATH, answer=401, body=body)
    with pytest.raises(AccessError) as raised:
        read_all(held)
    assert refusal.hits == 2
    assert "abc" not in str(raised.value)


def test_a_403_names_what_is_denied(held: SharePointBench) -> None:
    held.plan(route=ITEMS, do="refuse", status=403)
    with pytest.raises(AccessError, match=r"denies access to the list 'Digital projects': Access denied\."):
        read_all(held)


@pytest.mark.parametrize(
    "where",
    [{"route": ITEMS}, {"query": SECOND_PAGE}, {"query": "*Fields*"}, {"query": "*TimeZone*"}],
    ids=["a page", "the second page", "the columns", "the zone"],
)
def test_a_body_cut_in_the_middle_is_unreadable(held: SharePointBench, where: dict[str, str]) -> None:
    held.plan(do="truncate", **where)
    with pytest.raises(UnreadableError, match="cut short"):
        read_all(held)


def test_pages_before_a_cut_were_read_and_the_reading_still_fails(held: SharePointBench) -> None:
    schema = held.store.describe(held.source())
    held.plan(query=SECOND_PAGE, do="truncate")
    pages = held.store.read(held.source(), schema, ["Ref"])
    assert [row.item_id for row in next(pages)] == [1, 2]
    with pytest.raises(UnreadableError):
        next(pages)


def test_a_list_deleted_between_two_pages_is_unreadable_and_no_short_list(held: SharePointBench) -> None:
    held.faults.add(path="p_ID=2", before=held.delete_list)
    with pytest.raises(UnreadableError, match="disappeared while it was being read"):
        read_all(held)


@pytest.mark.parametrize("status", [200, 302])
def test_a_login_page_is_not_taken_for_data(held: SharePointBench, status: int) -> None:
    headers = HTML | ({"Location": "https://login.example/"} if status == 302 else {})
    page = held.faults.add(path=ITEMS_PATH, answer=status, headers=headers, body=PAGE.encode())
    with pytest.raises(UnreadableError):
        read_all(held)
    assert page.hits == 1


def test_a_throttle_page_is_not_taken_for_data_and_not_followed(held: SharePointBench) -> None:
    held.plan(route=ITEMS, do="redirect")
    with pytest.raises(UnreadableError):
        read_all(held)
    assert asked(held, ITEMS) == 1
    assert held.emulator.service.history.entries[-1].status == 302


def test_a_site_that_is_not_there_is_told_from_a_list_that_is_not_there(held: SharePointBench) -> None:
    with pytest.raises(NotFoundError, match="There is no list 'Nowhere' at http"):
        held.store.describe(held.source(address=ListAddress(title="Nowhere")))
    with pytest.raises(NotFoundError, match="There is no list 'Lists/Nowhere' at http"):
        held.store.describe(held.source(address=ListAddress(url="Lists/Nowhere")))
    with pytest.raises(NotFoundError, match=r"There is no site at http.*/sites/none"):
        held.store.describe(project_source(site="/sites/none"))
    held.faults.add(path="TimeZone", answer=404, headers=HTML, body=b"404 FILE NOT FOUND")
    with pytest.raises(NotFoundError, match=r"There is no site at http.*/sites/other"):
        held.store.describe(project_source(site="/sites/other"))


def write(held: SharePointBench, mode: WriteMode, *numbers: int) -> list[object]:
    source = held.source(mode)
    schema = held.store.describe(source)
    rows = {row.item_id: row for page in held.store.read(source, schema, ["Ref"]) for row in page}
    writes = [ItemWrite(number, rows[number].version, {"PSStatus": "At risk"}) for number in numbers]
    return list(held.store.apply(source, schema, writes))


ENDPOINT = {WriteMode.QUIET: "ProcessQuery", WriteMode.VERSIONED: "$batch"}
MODES = list(ENDPOINT)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("status", [429, 503])
def test_a_write_that_was_refused_with_a_time_is_repeated_after_it(
    held: SharePointBench, mode: WriteMode, status: int
) -> None:
    held.plan(route=ENDPOINT[mode], do="refuse", status=status, retry_after=7, times=2)
    assert [type(outcome) for outcome in write(held, mode, 1, 2)] == [Applied, Applied]
    assert held.clock.slept == [7.0, 7.0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_whose_fate_is_not_told_is_never_repeated(held: SharePointBench, mode: WriteMode, status: int) -> None:
    held.plan(route=ENDPOINT[mode], do="refuse", status=status)
    assert [type(outcome) for outcome in write(held, mode, 1, 2)] == [Unknown, Unknown]
    assert asked(held, ENDPOINT[mode]) == 1
    assert held.clock.slept == []


@pytest.mark.parametrize("mode", MODES)
def test_a_write_that_would_wait_too_long_is_throttled_and_not_done(held: SharePointBench, mode: WriteMode) -> None:
    held.plan(route=ENDPOINT[mode], do="refuse", status=429, retry_after=3600)
    assert write(held, mode, 1, 2) == [Throttled(), Throttled()]
    assert held.clock.slept == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "trouble", [{"do": "truncate"}, {"do": "drop", "when": "before"}, {"do": "drop", "when": "after"}], ids=str
)
def test_an_answer_that_does_not_come_whole_leaves_every_write_unknown(
    held: SharePointBench, mode: WriteMode, trouble: dict[str, Any]
) -> None:
    held.plan(route=ENDPOINT[mode], **trouble)
    outcomes = write(held, mode, 1, 2)
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
    assert asked(held, ENDPOINT[mode]) == 1


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_that_cannot_be_read_leaves_every_write_unknown(held: SharePointBench, mode: WriteMode) -> None:
    page = held.faults.add(path=re.escape(ENDPOINT[mode]), answer=200, headers=HTML, body=b"<html>")
    assert [type(outcome) for outcome in write(held, mode, 1, 2)] == [Unknown, Unknown]
    assert page.hits == 1


def test_a_part_that_is_refused_with_a_time_is_sent_again_after_it_and_the_others_are_not(
    held: SharePointBench,
) -> None:
    held.plan(part=True, method="MERGE", item=2, times=1, do="refuse", status=429, retry_after=7)
    assert [type(outcome) for outcome in write(held, WriteMode.VERSIONED, 1, 2, 4)] == [Applied] * 3
    merged = [entry.item for entry in held.emulator.service.history.entries if entry.method == "MERGE"]
    assert merged == [1, 2, 4, 2]
    assert held.clock.slept == [7.0]


def test_a_quiet_request_that_breaks_off_leaves_every_item_of_it_unknown(held: SharePointBench) -> None:
    held.plan(do="break-off", after=1)
    assert [type(outcome) for outcome in write(held, WriteMode.QUIET, 1, 2)] == [Unknown, Unknown]
    assert asked(held, "ProcessQuery") == 1


def test_an_error_inside_a_process_query_leaves_every_item_of_it_unknown(held: SharePointBench) -> None:
    source = held.source()
    schema = held.store.describe(source)
    writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in (1, 3, 2)]
    outcomes = list(held.store.apply(source, schema, writes))
    assert all(isinstance(outcome, Unknown) and "does not exist" in outcome.reason for outcome in outcomes)


def names(hops: Iterator[Hop]) -> list[str]:
    """The hops that were passed before it ended, well or not."""
    passed = []
    with contextlib.suppress(SourceError):
        for hop in hops:
            passed.append(hop.name)  # noqa: PERF401 - what came before an error counts
    return passed


JSON = {"Content-Type": "application/json"}


def test_the_probe_stops_at_the_hop_that_is_broken(held: SharePointBench) -> None:
    held.plan(route="web/list*", do="refuse", status=403)
    assert names(held.store.probe(held.source())) == ["host", "sign-in", "site"]
    with pytest.raises(AccessError, match="the list 'Digital projects'"):
        list(held.store.probe(held.source()))


@pytest.mark.parametrize(
    ("low", "mode", "granted"),
    [(0, WriteMode.OFF, False), (1, WriteMode.OFF, True), (1, WriteMode.QUIET, False), (5, WriteMode.QUIET, True)],
)
def test_the_probe_asks_for_no_more_permission_than_the_mode_needs(
    held: SharePointBench, low: int, mode: WriteMode, granted: bool
) -> None:
    body = b'{"EffectiveBasePermissions":{"High":"0","Low":"%d"}}' % low
    held.faults.add(path="EffectiveBase", answer=200, headers=JSON, body=body)
    assert ("permission" in names(held.store.probe(held.source(mode)))) is granted
