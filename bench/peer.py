"""The same work done by our connector and, the common way, by office365-rest-python-client: one of them in one process.

    read    every item of every list of a portfolio
    write   three text columns of the first items of its first list

The common way is the loop that scripts have: `get_all(5000)` into items, `item.update()` for each. Prints JSON: items,
requests, bytes received, seconds of processor time and of the clock. Only the work is measured, not the imports; ours
also maps every row to a record. Requests are counted in the library that both send them with.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import requests
from office365.sharepoint.client_context import ClientContext

from sync.engine.ports import ItemWrite
from sync.engine.read import mirror_of, read_sources
from sync.engine.targets import Portfolio, Source
from sync.wiring import open_run

PAGE = 5000
VALUES = {
    "PSStatus": "At risk",
    "PSOverdue": "Overdue",
    "PSReason": "At risk: milestone 'Go live' was due 3 June 2026; risk R-014 very high, last reviewed 17 May 2026.",
}


@dataclass(slots=True)
class Cost:
    """What some work took."""

    items: int = 0
    requests: int = 0
    bytes: int = 0
    cpu: float = 0.0
    seconds: float = 0.0


def read_ours(file: Path, _limit: int) -> Cost:
    """Every item as a record, by the engine and our connector."""
    with open_run(file) as context, measured() as cost:
        mirror = mirror_of(context.portfolio, context.lists, context.runs.mirrors, context.clock, anew=True)
        reads = read_sources(context.portfolio, mirror, lambda *_: None)
        cost.items = sum(read.rows for read in reads.values())
    return cost


def read_library(file: Path, _limit: int) -> Cost:
    """Every item as the library's ListItem."""
    with open_run(file) as context, measured() as cost:
        for client, source in clients(context.portfolio):
            found = client.web.lists.get_by_title(str(source.list)).items.get_all(PAGE).execute_query()
            cost.items += len(found)
    return cost


def write_ours(file: Path, limit: int) -> Cost:
    """Items in the quiet mode."""
    with open_run(file) as context:
        source = next(iter(context.portfolio.sources.values()))
        store = context.lists[source.connection]
        schema = store.describe(source)
        rows = islice((row for page in store.read(source, schema, ()) for row in page), limit)
        writes = [ItemWrite(row.item_id, row.version, VALUES) for row in rows]
        with measured() as cost:
            cost.items = sum(1 for _ in store.apply(source, schema, writes))
    return cost


def write_library(file: Path, limit: int) -> Cost:
    """Items one by one."""
    with open_run(file) as context:
        client, source = next(clients(context.portfolio))
        found = client.web.lists.get_by_title(str(source.list)).items.get_all(PAGE).execute_query()
        with measured() as cost:
            for item in islice(found, limit):
                for name, value in VALUES.items():
                    item.set_property(name, value)  # type: ignore[no-untyped-call]
                item.update().execute_query()
                cost.items += 1
    return cost


def clients(portfolio: Portfolio) -> Iterator[tuple[ClientContext, Source]]:
    """Each list with a client of its site; one client a site."""
    made: dict[str, ClientContext] = {}
    for source in portfolio.sources.values():
        if source.site not in made:
            address = portfolio.connections[source.connection].host + source.site
            made[source.site] = ClientContext(address).with_access_token(_token)
        yield made[source.site], source


def _token() -> dict[str, Any]:
    return {"access_token": "any", "token_type": "Bearer", "expires_in": 3600}


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of what is done inside; its `items` are for the caller to count."""
    cost = Cost()
    original = requests.Session.send

    def counting(session: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        answer = original(session, *arguments, **options)
        cost.requests += 1
        cost.bytes += len(answer.content)
        return answer

    requests.Session.send = counting  # type: ignore[assignment,method-assign]
    since, cpu = time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        cost.seconds, cost.cpu = time.perf_counter() - since, time.process_time() - cpu
        requests.Session.send = original  # type: ignore[method-assign]


WORK: dict[str, Callable[[Path, int], Cost]] = {
    f"{work.__name__.replace('_', '-')}": work for work in (read_ours, read_library, write_ours, write_library)
}


def main() -> None:
    """Does one of the four and prints what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.peer")
    parser.add_argument("work", choices=WORK)
    parser.add_argument("portfolio", type=Path)
    parser.add_argument("--items", type=int, default=100, help="how many to write")
    given = parser.parse_args()
    json.dump(asdict(WORK[given.work](given.portfolio, given.items)), sys.stdout)


if __name__ == "__main__":
    main()
