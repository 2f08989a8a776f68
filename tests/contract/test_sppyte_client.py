"""Another third party's client, with batch code of its own, reads, batches and updates against the emulator.

sppyte 1.1 shares no line with the other client or with us: carriage returns, boundaries without quotes, every run of
writes in a change set of its own, items by their number as text, `__metadata` in the body and none in the answer.
It counts the parts of an answer to a batch by itself, and raises where they are not as many as it sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from requests.auth import AuthBase
from sppyte import AuthError, List, SharePointError, Site

from connectors.emulator.rules.fault_rules import parse_rule
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from tests.support.emulator import ManualClock, RunningEmulator, running_emulator
from tests.support.office import ADDRESS, LIST, SITE, TITLE, document

ITEM_TYPE = "SP.Data.ProjectsListItem"


class Bearer(AuthBase):
    """A token on every request."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = "Bearer any"
        return request


class Nobody(AuthBase):
    """No token on any request."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


@dataclass
class AtWork:
    """The client and the server it speaks to."""

    emulator: RunningEmulator
    site: Site

    @property
    def projects(self) -> List:
        return self.site.list(TITLE)

    @property
    def titles(self) -> list[object]:
        """What the server holds."""
        held = self.emulator.world.site(SITE).list_at(f"{SITE}/{LIST}")
        assert held is not None
        return [item.values["Title"] for item in held.ordered()]

    @property
    def operations(self) -> list[str]:
        """Method and route of what was asked but contextinfo, parts of batches included, as they were done."""
        entries = self.emulator.service.history.entries
        return [f"{entry.method} {entry.operation}" for entry in entries if entry.operation != "contextinfo"]

    def trouble(self, **rule: object) -> None:
        self.emulator.service.faults.add(parse_rule(rule))


def at_work(items: int) -> Iterator[AtWork]:
    world = load_world(document(items), clock=ManualClock())
    with running_emulator(Service(world, throttle=Throttle(Mode.OFF))) as emulator, requests.Session() as session:
        session.trust_env = False
        session.auth = Bearer()
        with Site(emulator.base_url, SITE, auth=Bearer(), session=session, retry=True) as site:
            yield AtWork(emulator, site)


@pytest.fixture
def small() -> Iterator[AtWork]:
    yield from at_work(5)


@pytest.fixture
def large() -> Iterator[AtWork]:
    yield from at_work(1200)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client wanted to wait, each time it did."""
    found: list[float] = []
    monkeypatch.setattr("sppyte.retry.time.sleep", found.append)
    return found


@pytest.mark.parametrize(("size", "pages"), [(500, 3), (400, 3), (1200, 1), (5000, 1)])
def test_it_reads_every_item_page_by_page_and_ends_where_a_page_is_exactly_full(
    large: AtWork, size: int, pages: int
) -> None:
    read = large.projects.get_all_items({"$top": size, "$select": "Id,Title"})

    assert [row["Id"] for row in read] == list(range(1, 1201))
    assert large.operations == ["GET web/list/items"] * pages


def test_one_page_is_a_hundred_items_and_the_link_to_the_next(large: AtWork) -> None:
    page = large.projects.get_contents()

    assert len(page) == 100
    assert page.next_link is not None
    assert "%24skiptoken=Paged%3dTRUE%26p_ID%3d100" in page.next_link
    assert [row["Id"] for row in large.site.get_page(page.next_link)] == list(range(101, 201))


def test_it_asks_by_caml_page_by_page(small: AtWork) -> None:
    view = "<View><Query><Where><Neq><FieldRef Name='Ref'/><Value Type='Text'>P-3</Value></Neq></Where></Query>"
    read = small.projects.query_all(f"{view}<RowLimit>2</RowLimit></View>", params={"$select": "Id,Title"})

    assert [row["Title"] for row in read] == ["Item 1", "Item 2", "Item 4", "Item 5"]


def test_it_adds_reads_changes_and_deletes_an_item(small: AtWork) -> None:
    made = small.projects.add_item({"Title": "New", "Ref": "P-6", "Tags": {"results": ["a", "b"]}})
    assert (made["Id"], made["Tags"]) == (6, ["a", "b"])
    assert small.projects.item_type == ITEM_TYPE
    assert small.projects.get_item(6)["Ref"] == "P-6"

    assert small.projects.update_item(6, {"Title": "Changed"}) == 6
    row = small.emulator.get(f"{ADDRESS}/items(6)").json()
    assert (row["Title"], row["Ref"], row["OData__UIVersionString"]) == ("Changed", "P-6", "2.0")

    assert small.projects.delete_item(6)
    with pytest.raises(SharePointError, match="Item does not exist") as told:
        small.projects.get_item(6)
    assert (told.value.status, told.value.code) == (404, "-2130575338, System.ArgumentException")


def test_a_batch_keeps_its_order_through_several_change_sets(small: AtWork) -> None:
    items = f"{small.projects.path}/items"
    batch = small.site.batch()
    batch.get(items, params={"$filter": "Title eq 'Item 1'", "$select": "Id"})
    batch.merge(f"{items}(1)", {"__metadata": {"type": ITEM_TYPE}, "Title": "Changed"})
    batch.post(items, {"__metadata": {"type": ITEM_TYPE}, "Title": "New"})
    batch.get(items, params={"$filter": "Title eq 'Changed' or Title eq 'New'", "$select": "Id"})
    batch.delete(f"{items}(2)")
    batch.patch(f"{items}('3')", {"Title": "Patched"})
    batch.get(f"{items}(2)")

    answers = batch.send()

    assert [answer.status for answer in answers] == [200, 204, 201, 200, 200, 204, 404]
    assert [row["Id"] for row in answers[0].json["value"]] == [1]
    assert [row["Id"] for row in answers[3].json["value"]] == [1, 6]
    assert (answers[1].headers["etag"], answers[1].body) == ('"2"', "")
    assert (answers[2].json["Title"], answers[2].headers["etag"]) == ("New", '"1"')
    assert answers[6].error is not None
    assert answers[6].error.code == "-2130575338, System.ArgumentException"
    assert small.titles == ["Changed", "Patched", "Item 4", "Item 5", "New"]
    assert small.operations == [
        "GET web/list/items",
        "MERGE web/list/item",
        "POST web/list/items",
        "GET web/list/items",
        "DELETE web/list/item",
        "PATCH web/list/item",
        "GET web/list/item",
        "POST $batch",
    ]


def test_three_hundred_updates_go_in_three_batches_with_an_answer_for_each(large: AtWork) -> None:
    items = f"{large.projects.path}/items"
    answers = []
    for first in range(1, 301, 100):
        batch = large.site.batch()
        for number in range(first, first + 100):
            batch.merge(f"{items}({number})", {"Title": f"Changed {number}"})
        answers += batch.send()

    assert [answer.status for answer in answers] == [204] * 300
    assert large.titles[:300] == [f"Changed {number}" for number in range(1, 301)]
    assert large.titles[300] == "Item 301"
    assert large.operations.count("POST $batch") == 3


def test_an_etag_of_ones_own_is_held_to_in_a_batch(small: AtWork) -> None:
    batch = small.site.batch()
    for number, etag in ((1, '"1"'), (2, '"9"')):
        batch.merge(f"{small.projects.path}/items({number})", {"Title": "x"}, headers={"If-Match": etag})

    done, refused = batch.send()

    assert (done.status, refused.status) == (204, 412)
    assert small.titles[:2] == ["x", "Item 2"]


def test_a_list_that_is_not_there_and_a_token_that_is_missing_are_its_own_errors(small: AtWork) -> None:
    with pytest.raises(SharePointError, match="List 'Nothing' does not exist at site with URL") as told:
        small.site.list("Nothing").get_contents()
    assert told.value.status == 404

    with requests.Session() as session:
        session.trust_env = False
        session.auth = Nobody()
        stranger = Site(small.emulator.base_url, SITE, auth=Nobody(), session=session)
        with pytest.raises(AuthError) as refused:
            stranger.list(TITLE).get_contents()
    assert refused.value.status == 401


def test_it_waits_as_long_as_it_is_told_to_if_that_is_short(small: AtWork, slept: list[float]) -> None:
    small.trouble(route="web/list/items", times=2, do="refuse", status=429, retry_after=3)
    assert len(small.projects.get_all_items()) == 5
    assert slept == [3, 3]


def test_it_gives_up_at_once_if_the_wait_it_is_told_is_long(small: AtWork, slept: list[float]) -> None:
    small.trouble(route="web/list/items", times=1, do="refuse", status=429, retry_after=31)
    with pytest.raises(SharePointError) as told:
        small.projects.get_all_items()
    assert (told.value.status, told.value.retry_after, slept) == (429, 31, [])


def test_it_never_repeats_a_write(small: AtWork, slept: list[float]) -> None:
    small.trouble(route="web/list/items", method="POST", times=1, do="refuse", status=429, retry_after=1)
    with pytest.raises(SharePointError):
        small.projects.add_item({"Title": "New"})
    assert (small.titles, slept) == ([f"Item {number}" for number in range(1, 6)], [])
