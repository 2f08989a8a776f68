"""A list's items in the order of their numbers, whatever changes, and pages that look at no more than they show."""

import random
from collections.abc import Iterator

import pytest

from connectors.emulator.state.item_table import ItemTable
from connectors.emulator.state.versions import Item
from tests.support.emulator import Direct, ManualClock

NOW = ManualClock().now
PATH = "web/lists/GetByTitle('Projects')/items"


def item(number: int) -> Item:
    return Item(number, f"u{number}", f"g{number}", {"Title": f"Item {number}"}, NOW, NOW, 1, 1)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_a_dictionary_in_ascending_order_whatever_happens_to_it(seed: int) -> None:
    chance, table, plain = random.Random(seed), ItemTable(), {}  # noqa: S311
    for _ in range(300):
        number = chance.randint(1, 60)
        if number in plain and chance.random() < 0.5:
            del table[number], plain[number]
        else:
            table[number] = plain[number] = item(number)
        assert list(table) == sorted(plain), f"seed {seed}"
        place = chance.randint(0, 61)
        assert [each.id for each in table.after(place)] == [each for each in sorted(plain) if each > place]
    assert len(table) == len(plain)


class Counting(ItemTable):
    """Counts the items that are looked at in order."""

    looked = 0

    def after(self, number: float) -> Iterator[Item]:
        for each in super().after(number):
            self.looked += 1
            yield each


@pytest.fixture
def counted() -> tuple[Direct, Counting]:
    emulator = Direct({"sites": [{"path": "/sites/demo", "lists": [{"title": "Projects"}]}]})
    owner = next(iter(emulator.site.lists.values()))
    table = Counting()
    for number in range(1, 4001):
        table[number] = item(number)
    owner.items = table
    return emulator, table


@pytest.mark.parametrize(
    ("query", "first", "looked"),
    [
        ("$top=50", 1, 51),
        ("$top=50&$orderby=ID", 1, 51),
        ("$top=50&$orderby=Id asc,Title", 1, 51),
        ("$top=50&$skiptoken=Paged%3dTRUE%26p_ID%3d2000", 2001, 51),
        ("$top=50&$filter=ID gt 3000&$orderby=ID", 3001, 51),
        ("$top=50&$filter=Id ge 3000 and Id lt 3010", 3000, 12),
        ("$top=50&$filter=Id eq 7", 7, 2),
        ("$top=50&$filter=ID gt 3000&$skiptoken=Paged%3dTRUE%26p_ID%3d3500", 3501, 51),
    ],
)
def test_a_page_by_number_looks_at_the_page_and_not_at_the_list(
    counted: tuple[Direct, Counting], query: str, first: int, looked: int
) -> None:
    emulator, table = counted
    rows = emulator.rows(f"{PATH}?$select=Id&{query}")
    assert rows[0]["Id"] == first
    assert table.looked == looked


def test_the_last_rows_are_found_from_the_other_end_too(counted: tuple[Direct, Counting]) -> None:
    emulator, _ = counted
    rows = emulator.rows(f"{PATH}?$select=Id&$top=3&$orderby=ID desc&$filter=ID lt 100 or ID gt 3990")
    assert [row["Id"] for row in rows] == [4000, 3999, 3998]
