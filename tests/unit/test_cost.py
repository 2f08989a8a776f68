"""What updating everything would have cost, by the formulas of what such scripts and flows send."""

import pytest

from sync.core.cost import Cost, get_and_update, update_all


@pytest.mark.parametrize(
    ("sites", "lists", "items", "script", "flow"),
    [
        (12, 24, 150, Cost(3_660, 7_320), Cost(3_648, 7_296)),
        (60, 120, 400, Cost(48_540, 97_080), Cost(48_480, 96_960)),
        (300, 600, 1_000, Cost(606_300, 1_212_600), Cost(606_000, 1_212_000)),
    ],
    ids=["small", "medium", "large"],
)
def test_a_council_of_every_size(sites: int, lists: int, items: int, script: Cost, flow: Cost) -> None:
    assert update_all([items] * lists, sites) == script
    assert get_and_update([items] * lists) == flow


@pytest.mark.parametrize(
    ("held", "page", "requests"), [(0, 100, 1), (1, 100, 2), (100, 100, 101), (101, 100, 103), (101, 5_000, 102)]
)
def test_a_page_is_asked_for_where_there_is_anything_left_and_once_at_least(
    held: int, page: int, requests: int
) -> None:
    assert get_and_update([held], page) == Cost(requests, 2 * requests)
    assert update_all([held], 1, page) == Cost(requests + 1, 2 * requests + 2)


def test_without_lists_it_costs_nothing() -> None:
    assert get_and_update([]) == Cost(0, 0)
