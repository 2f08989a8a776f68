"""What a typical night takes by reckoning: requests and resource units, from the size of a council and what changed.

A page has 5,000 items and costs 2 units, as an item that is written does; what a batch carries is counted in it. Lists
of a site that a program reads together take one batch; a site has fewer than 100 writes a night.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil

from bench.councils import Council

PAGE = 5000


@dataclass(frozen=True, slots=True)
class Cost:
    """What something takes."""

    requests: int
    units: int


def pages(council: Council) -> int:
    """Of all lists together."""
    return council.shape.lists * ceil(council.shape.items / PAGE)


def changed_sites(council: Council) -> int:
    """Sites with a list that staff changed: both lists of a site change together."""
    return council.changed_lists // 2


def one_by_one(council: Council) -> Cost:
    """Get items, then every item: PnPjs as in its documentation, and Power Automate."""
    return Cost(pages(council) + council.shape.total, 2 * pages(council) + 2 * council.shape.total)


def office365_naive(council: Council) -> Cost:
    """As above, and for every item its list's type, for every site a form digest."""
    every = one_by_one(council)
    return Cost(council.sites + every.requests + council.shape.total, council.sites + every.units + council.shape.total)


def pnpjs_careful(council: Council) -> Cost:
    """A batch to read a site, a batch to write it."""
    return Cost(2 * council.sites, 2 * pages(council) + 2 * council.writes)


def office365_careful(council: Council) -> Cost:
    """As above, and for every site a form digest."""
    careful = pnpjs_careful(council)
    return Cost(careful.requests + council.sites, careful.units + council.sites)


def ask_and_fetch(council: Council) -> Cost:
    """B: what changed, those items one by one, and a batch to write a site."""
    requests = council.sites + 2 * changed_sites(council) + council.sites
    return Cost(requests, 2 * council.sites + 2 * council.changed_lists + council.changes + 2 * council.writes)


def ask_with_items(council: Council) -> Cost:
    """C: what changed with the items, a request a list, and a batch to write a site."""
    requests = council.sites + council.changed_lists + council.sites
    return Cost(requests, 2 * council.sites + 2 * council.changed_lists + 2 * council.writes)


PEERS: Mapping[str, Callable[[Council], Cost]] = {
    "office365-rest-python-client, as in its examples": office365_naive,
    "office365-rest-python-client, with care": office365_careful,
    "PnPjs, as in its documentation": one_by_one,
    "PnPjs, with care": pnpjs_careful,
    "Power Automate, replayed": one_by_one,
}
