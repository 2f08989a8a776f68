"""One list of many items: what a page takes wherever in the list it lies, how many requests a second are answered, and
what a full read by the connector takes. Prints JSON.

Pages are compared within a round, with the first page of the same round. Requests follow one another on one connection.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from bench import processes
from bench.peer import read_ours
from config.portfolio import load_portfolio
from connectors.sharepoint.context import user_agent

LARGE_PAGE, SMALL_PAGE, REPEATS = 5_000, 100, 200
PLACES = (0.0, 0.25, 0.5, 0.75, 0.95)
"""Where in the list a page begins, as a share of its items."""
_HEADERS = {
    "Accept": "application/json;odata=nometadata",
    "Authorization": "Bearer bench",
    "User-Agent": user_agent("Bench"),
}


def measure(file: Path, items: int) -> dict[str, Any]:
    """One round over the portfolio's only list, which holds so many items."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(_HEADERS)
        address = _items(file)
        pages = {str(place): _page(session, address, int(items * place)) for place in PLACES}
        small = [f"{address}?$top={SMALL_PAGE}&$skiptoken={_token(at)}" for at in _spread(items, REPEATS)]
        single = [f"{address}({at + 1})?$select=Id,Title" for at in _spread(items, REPEATS)]
        rates = {"pages of 100": _rate(session, small), "single items": _rate(session, single)}
    cost = read_ours(file, 0)
    return {
        "pages": pages,
        "rates": rates,
        "read": {"items": cost.items, "requests": cost.requests, "seconds": cost.seconds, "cpu": cost.cpu},
    }


def _items(file: Path) -> str:
    portfolio = load_portfolio(file)
    source = next(iter(portfolio.sources.values()))
    host = portfolio.connections[source.connection].host
    return f"{host}{source.site}/_api/web/lists/GetByTitle('{source.list}')/items"


def _token(after: int) -> str:
    return f"Paged%3dTRUE%26p_ID%3d{after}"


def _page(session: requests.Session, address: str, after: int) -> float:
    """Seconds that one large page takes, from the request to its last byte."""
    since = time.perf_counter()
    answer = session.get(f"{address}?$top={LARGE_PAGE}&$skiptoken={_token(after)}", timeout=60)
    seconds = time.perf_counter() - since
    found = len(answer.json()["value"])
    if found != LARGE_PAGE:
        raise RuntimeError(f"A page of {found} items was answered, not of {LARGE_PAGE}.")
    return seconds


def _rate(session: requests.Session, addresses: list[str]) -> float:
    """Requests a second, one after the other."""
    since = time.perf_counter()
    for address in addresses:
        session.get(address, timeout=60).raise_for_status()
    return len(addresses) / (time.perf_counter() - since)


def _spread(items: int, count: int) -> Iterator[int]:
    """Places all over the list, the same ones every time."""
    return ((number * 7_919) % (items - SMALL_PAGE) for number in range(count))


def main() -> None:
    """Measure once, in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench.large_list", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--items", type=int, required=True)
    given = parser.parse_args()
    json.dump(measure(given.file, given.items), sys.stdout)


def in_a_process(file: Path, items: int) -> processes.Ended:
    """One round in a process of its own, so that its peak of memory is that of the read."""
    return processes.module(file.parent, "bench.large_list", str(file), "--items", str(items))


if __name__ == "__main__":
    main()
