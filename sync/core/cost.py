"""What a night costs, against what the common way of doing the same would have cost.

The common way, in a script and in a flow alike, gets every item of every list and updates each of them. The prices are
Microsoft Graph's, by which a run counts its own requests too: 1 resource unit to read one thing, 2 for several things
or for a write.
"""

from collections.abc import Iterable
from dataclasses import dataclass

PAGE = 100
"""Items on a page where nobody asks for more: SharePoint's own default."""
_MANY = 2
_WRITE = 2


@dataclass(frozen=True, slots=True)
class Cost:
    requests: int
    resource_units: int

    def to_json(self) -> dict[str, int]:
        return {"requests": self.requests, "resource_units": self.resource_units}


NOTHING = Cost(0, 0)


def update_all(lists: Iterable[int], sites: int, page: int = PAGE) -> Cost:
    """A script that gets all items of lists that hold so many each, and updates every item; it opens every site first.
    A list without items takes a page all the same."""
    opened = get_and_update(lists, page)
    return Cost(sites + opened.requests, _MANY * sites + opened.resource_units)


def get_and_update(lists: Iterable[int], page: int = PAGE) -> Cost:
    """A flow that gets all items of lists that hold so many each, and updates every item."""
    held = tuple(lists)
    pages, items = sum(max(1, -(-count // page)) for count in held), sum(held)
    return Cost(pages + items, _MANY * pages + _WRITE * items)
