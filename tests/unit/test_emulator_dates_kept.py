"""A date is kept between 1900 and 8900, whichever way it comes: one beyond would break every reading of its list."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.emulator.errors import SharePointError
from connectors.emulator.pages.entries import EntryError
from connectors.emulator.pages.entries import value as entered
from connectors.emulator.state.document import WorldError
from connectors.emulator.state.values import from_text
from tests.support.emulator import Direct
from tests.support.process_query import QueryClient, error, text

LIST = "web/lists/GetByTitle('Projects')"
PACIFIC = 13


def document(due: Any = None, **more: Any) -> dict[str, Any]:
    row = {"values": {"Title": "x", "Due": due}, **more}
    owner = {"title": "Projects", "fields": [{"name": "Due", "type": "DateTime"}], "items": [row]}
    return {"sites": [{"path": "/sites/demo", "time_zone": PACIFIC, "lists": [owner]}]}


@pytest.fixture
def emulator() -> Direct:
    return Direct(document())


def by_json(emulator: Direct, written: str) -> bool:
    answer = emulator.merge(f"{LIST}/items(1)", {"Due": written})
    assert answer.status_code in {204, 400}, answer.text
    return answer.status_code == 204


def by_query(emulator: Direct, written: str) -> bool:
    return error(QueryClient(emulator).save("Update", text(written), field="Due")) is None


def by_text(emulator: Direct, written: str) -> bool:
    (owner,) = emulator.site.lists.values()
    column = owner.field_named("Due")
    assert column is not None
    try:
        from_text(column, written, emulator.site.references())
    except SharePointError:
        return False
    return True


def by_form(emulator: Direct, written: str) -> bool:
    values = [{"FieldName": "Due", "FieldValue": written.replace("T", " ").removesuffix("Z")}]
    answer = emulator.post(f"{LIST}/items(1)/ValidateUpdateListItem", {"formValues": values})
    return not answer.json()["value"][0]["HasException"]


def by_page(emulator: Direct, written: str) -> bool:
    (owner,) = emulator.site.lists.values()
    column = owner.field_named("Due")
    assert column is not None
    try:
        entered(emulator.site, column, (written[:10],))
    except EntryError:
        return False
    return True


def by_world(_: Direct, written: str) -> bool:
    try:
        Direct(document(written))
    except WorldError:
        return False
    return True


WAYS = [by_json, by_query, by_text, by_form, by_page, by_world]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0001-01-02T00:00:00Z", False),
        ("1899-12-31T00:00:00Z", False),
        ("1900-01-02T00:00:00Z", True),
        ("8900-12-30T00:00:00Z", True),
        ("8901-01-02T00:00:00Z", False),
        ("9999-12-30T00:00:00Z", False),
    ],
)
def test_every_way_of_writing_takes_and_refuses_the_same_dates(
    emulator: Direct, way: Callable[[Direct, str], bool], written: str, kept: bool
) -> None:
    assert way(emulator, written) is kept


def test_an_item_was_not_created_before_there_was_a_calendar() -> None:
    with pytest.raises(WorldError, match="created is 0001-01-01T00:00:00Z, which is not between 1900 and 8900"):
        Direct(document(created="0001-01-01T00:00:00Z"))


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_list_can_be_read_in_every_way_after_a_date_was_refused(emulator: Direct, far: str) -> None:
    assert not by_json(emulator, far)
    answers = [
        emulator.post(f"{LIST}/GetItems", {"query": {"ViewXml": "<View/>"}}),
        emulator.post(f"{LIST}/RenderListDataAsStream", {"parameters": {"ViewXml": "<View/>"}}),
        emulator.get(f"{LIST}/items?$filter=day(Due) eq 1"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
