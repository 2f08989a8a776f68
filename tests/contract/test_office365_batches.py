"""A third party's client, unpatched, batches against the emulator in a dialect of its own, and reads every answer.

Its batches have bare line feeds, a preamble, one change set of all writes before all reads, headers without a space,
two empty lines before a body, and addresses that are percent-encoded only in part.
"""

import re

import pytest
from office365.runtime.client_request_exception import ClientRequestException
from office365.sharepoint.fields.url_value import FieldUrlValue
from office365.sharepoint.listitems.listitem import ListItem

from tests.support.office import Office365, document, running_office


def changed(office: Office365, number: int, title: str, etag: str | None = None) -> ListItem:
    """Queue a new title; the type is said beforehand, or the client would ask for it in a batch of its own."""
    item = office.projects.get_item_by_id(number)
    item._entity_type_name = "SP.ListItem"
    item.set_property("Title", title).update()
    if etag is not None:
        office.context.before_execute(lambda request: request.set_header("IF-MATCH", etag))
    return item


def batches(office: Office365) -> list[str]:
    """The body of every batch sent."""
    bodies = [request.body for request in office.sent if str(request.url).endswith("/$batch")]
    return [body.decode() if isinstance(body, bytes) else str(body) for body in bodies]


def request_lines(batch: str) -> list[str]:
    """Method and address, below the list, of every part."""
    return [
        f"{method} {address.partition(')/')[2]}"
        for method, address in re.findall(r"^(GET|POST|MERGE|DELETE) \S+?/_api/(.*) HTTP/1\.1$", batch, re.MULTILINE)
    ]


def test_it_writes_in_one_change_set_before_it_reads_and_matches_the_answers_by_place(office: Office365) -> None:
    third = office.projects.get_item_by_id(3).get()
    changed(office, 1, "One")
    found = office.projects.items.filter("Title eq 'One'").get()
    changed(office, 2, "Two")
    office.context.execute_batch()

    (batch,) = batches(office)
    assert request_lines(batch) == [
        "MERGE getItemById(1)",
        "MERGE getItemById(2)",
        "GET getItemById(3)",
        "GET items?$filter=Title eq 'One'",
    ]
    assert third.properties["Title"] == "Item 3"
    assert [item.properties["Id"] for item in found] == [1]
    assert office.values()[:3] == ["One", "Two", "Item 3"]


def test_its_dialect_is_the_one_that_is_known(office: Office365) -> None:
    changed(office, 1, "One")
    office.context.execute_batch()

    (batch,) = batches(office)
    assert "\r" not in batch
    assert re.match(r'Content-Type: multipart/mixed;\n boundary="batch_[0-9a-f-]{36}"\n\n--batch_', batch)
    assert re.search(r'\nContent-Type: multipart/mixed; boundary="changeset_[0-9a-f]{8}"\n\n--changeset_', batch)
    part = batch.partition("MERGE ")[2]
    assert part.startswith(
        f"{office.emulator.base_url}/sites/team/_api/Web/lists/GetByTitle('Bob''s list %26 more %231')"
    )
    assert "\nX-HTTP-Method:MERGE\nIF-MATCH:*\n" in part
    assert "\nAuthorization:Bearer any\n" in part
    assert '\n\n\n{"Title": "One", "__metadata": {"type": "SP.ListItem"}}\n' in part


def test_two_hundred_and_fifty_updates_go_in_three_batches() -> None:
    with running_office(document(250)) as office:
        for number in range(1, 251):
            changed(office, number, f"Changed {number}")
        office.context.execute_batch()

        assert [len(request_lines(batch)) for batch in batches(office)] == [100, 100, 50]
        assert office.values() == [f"Changed {number}" for number in range(1, 251)]
        assert {item.version_label for item in office.held.ordered()} == {"2.0"}


def test_records_are_created_in_one_batch_after_one_that_asks_for_their_type(office: Office365) -> None:
    office.projects.items.queue_records([{"Title": f"New {number}", "Tags": ["a", "b"]} for number in range(3)])
    office.context.execute_batch()

    assert [request_lines(batch) for batch in batches(office)] == [
        ["GET "],
        ["POST items"] * 3,
    ]
    assert office.values()[5:] == ["New 0", "New 1", "New 2"]
    assert office.read(8)["Tags"] == ["a", "b"]


def test_an_etag_of_ones_own_goes_to_its_part_alone_and_the_failure_is_collected(office: Office365) -> None:
    changed(office, 1, "x", '"1"')
    stale = changed(office, 2, "x", '"9"')
    changed(office, 3, "x")
    with office.context.collect_batch_failures() as failures:
        office.context.execute_batch()

    assert re.findall(r"^IF-MATCH:(.*)$", batches(office)[0], re.MULTILINE) == ['"1"', '"9"', "*"]
    ((query, error),) = failures
    assert query.binding_type is stale
    assert "The request ETag value" in str(error)
    assert office.values()[:3] == ["x", "Item 2", "x"]


def test_a_missing_item_fails_alone_among_those_that_are_recycled(office: Office365) -> None:
    binned = [office.projects.get_item_by_id(number).recycle() for number in (1, 77, 2)]
    with office.context.collect_batch_failures() as failures:
        office.context.execute_batch()

    assert ["Item does not exist" in str(error) for _, error in failures] == [True]
    assert [item.id for item in office.held.ordered()] == [3, 4, 5]
    waiting = office.emulator.world.site("/sites/team").recycled
    assert set(waiting) == {binned[0].value, binned[2].value}


def test_a_throttled_part_is_sent_again_alone_after_the_wait_it_names(office: Office365, slept: list[float]) -> None:
    office.trouble(route="web/list/item", part=True, item=2, times=1, do="refuse", status=429, retry_after=7)
    for number in (1, 2, 3):
        changed(office, number, "x")
    office.context.execute_batch()

    assert [request_lines(batch) for batch in batches(office)] == [
        ["MERGE getItemById(1)", "MERGE getItemById(2)", "MERGE getItemById(3)"],
        ["MERGE getItemById(2)"],
    ]
    assert slept == [7]
    assert [item.version_label for item in office.held.ordered()] == ["2.0", "2.0", "2.0", "1.0", "1.0"]


def test_a_throttled_batch_is_sent_again_after_the_wait_it_names(office: Office365, slept: list[float]) -> None:
    office.trouble(route="$batch", times=2, do="refuse", status=503, retry_after=9)
    changed(office, 1, "x")
    office.context.execute_batch()

    assert slept == [9, 9]
    assert office.held.item(1).version_label == "2.0"


def test_a_batch_that_is_refused_whole_is_halved(office: Office365) -> None:
    office.trouble(route="$batch", times=1, do="refuse", status=413)
    for number in range(1, 6):
        changed(office, number, "x")
    office.context.execute_batch()

    assert [len(request_lines(batch)) for batch in batches(office)] == [5, 2, 3]
    assert office.values() == ["x"] * 5


def test_more_parts_than_a_batch_may_hold_are_refused_whole_and_halved() -> None:
    with running_office(document(101)) as office:
        for number in range(1, 102):
            changed(office, number, "x")
        with pytest.warns(UserWarning, match="exceeds the limit"):
            office.context.execute_batch(items_per_batch=101)

        assert [len(request_lines(batch)) for batch in batches(office)] == [101, 50, 51]
        assert {item.version_label for item in office.held.ordered()} == {"2.0"}


def test_a_link_is_written_in_a_batch_too(office: Office365) -> None:
    item = office.projects.get_item_by_id(1)
    item._entity_type_name = "SP.Data.ProjectsListItem"
    item.set_property("Link", FieldUrlValue("https://example.org/?a=b&c=d#e", "Plan")).update()
    office.context.execute_batch()

    assert office.read(1)["Link"] == {"Url": "https://example.org/?a=b&c=d#e", "Description": "Plan"}


def test_a_name_of_a_type_that_is_another_lists_is_refused(office: Office365) -> None:
    item = office.projects.get_item_by_id(1)
    item._entity_type_name = "SP.Data.RisksListItem"
    item.set_property("Title", "x").update()

    with pytest.raises(ClientRequestException, match=r"SP\.Data\.RisksListItem"):
        office.context.execute_batch()
    assert office.values()[0] == "Item 1"
