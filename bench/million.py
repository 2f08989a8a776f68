"""A night on a million records in six hundred lists, by the run's own path and a database as at night: how long each
stage takes, how much memory, and how both grow with the records.

The lists are made as they are asked for and held nowhere. In the first night every value of ours is there already, so
that it writes none; the next night is the day after, when a few items in a thousand have crossed a threshold.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import linear_regression
from typing import Any

from bench import processes
from bench.processes import peak
from bench.settled import HOST, Unit, guid, made_portfolio, settled, shape_of
from bench.worlds import DAY
from config.rules import rules_to_json
from sync.clock import SystemClock
from sync.core.approval import Consent
from sync.core.columns import ListHead, ListSchema, Row, Version
from sync.core.plan import Plan
from sync.core.run_report import Requests
from sync.engine.asked import (
    Answer,
    Asked,
    Changes,
    ChangesAsked,
    Heads,
    HeadsAsked,
    Items,
    ItemsAsked,
    SchemaAsked,
    Whole,
)
from sync.engine.ports import Applied, Hop, ItemWrite, ListWrites, Outcome, Permit, unconditionally
from sync.engine.run import RunContext, RunRequest, Silent, approve_as, execute
from sync.engine.state import RunMode
from sync.engine.targets import Portfolio, Source
from sync.store.sql import open_store

RECORDS = (25_000, 50_000, 100_000)
NIGHTS = {"first": DAY, "next": DAY + timedelta(days=1)}
_KEY = bytes(32)
"""What the mirror is sealed with: both nights have to know it, and what it seals is made up."""


@dataclass(slots=True)
class Council:
    """A `ListStore` of made-up lists, two a unit and a site. `seconds`: what making them took, which is no part of a
    run. `written`: the items that a run wrote into, as they are since, by list."""

    portfolio: Portfolio
    items: int
    seconds: float = 0.0
    written: dict[str, dict[int, Row]] = field(default_factory=dict)
    asked: int = 0
    last: Unit | None = None

    def probe(self, source: Source) -> Iterator[Hop]:
        yield Hop("list", source.name)

    def describe(self, source: Source) -> ListSchema:
        return self._schema(source)

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        yield self._rows(source, columns)

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        wanted = frozenset(item_ids)
        return {row.item_id: row for row in self._rows(source, columns) if row.item_id in wanted}

    def ask(self, site: str, asked: Sequence[Asked]) -> Sequence[Answer]:
        self.asked += 1
        return [self._answer(site, each) for each in asked]

    def units(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Collection[int] | None = None
    ) -> int:
        """As where a page of a hundred items costs two units, and an item by its number one."""
        return 2 * max(1, -(-self.items // 100)) if item_ids is None else len(item_ids)

    def handle(self, source: Source, schema: ListSchema) -> str:
        return ""

    def versions(self, source: Source, schema: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        return ()

    def clock_difference(self) -> timedelta | None:
        return timedelta(0)

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        return self.apply_together([ListWrites(source, schema, writes)], permit)

    def apply_together(self, lists: Sequence[ListWrites], permit: Permit = unconditionally) -> Iterator[Outcome]:
        for each in lists:
            permit()
            columns = [column.name for column in each.schema.columns]
            before = {row.item_id: row for row in self._rows(each.source, columns)}
            written = self.written.setdefault(each.source.name, {})
            for write in each.writes:
                row = before[write.item_id]
                written[write.item_id] = replace(row, cells={**row.cells, **write.cells})
                yield Applied()

    def usage(self) -> Requests:
        return Requests({"asked": self.asked}, self.asked, 0.0)

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, site: str, asked: Asked) -> Answer:
        match asked:
            case HeadsAsked(lists=lists):
                heads = {name: self._head(self.portfolio.sources[name]) for name in lists}
                return Heads(heads, {head.list_guid: head.mark for head in heads.values()})
            case SchemaAsked(source=source):
                return self._schema(source)
            case ChangesAsked(source=source):
                return Changes(frozenset(self.written.get(source.name, ())))
            case ItemsAsked(source=source, schema=schema, columns=columns, item_ids=numbers):
                return Items(self.read_items(source, schema, columns, numbers))
            case _:
                return Whole(self._rows(asked.source, asked.columns))

    def _head(self, source: Source) -> ListHead:
        mark = str(len(self.written.get(source.name, ())))
        return ListHead(HOST, guid(source), source.name, self.items, mark, mark, "")

    def _schema(self, source: Source) -> ListSchema:
        return self._unit(source)[source.name][0]

    def _rows(self, source: Source, columns: Sequence[str]) -> tuple[Row, ...]:
        written = self.written.get(source.name, {})
        rows = (written.get(row.item_id, row) for row in self._unit(source)[source.name][1])
        return tuple(replace(row, cells={name: row.cells[name] for name in columns}) for row in rows)

    def _unit(self, source: Source) -> Unit:
        if self.last is None or source.name not in self.last:
            since = time.perf_counter()
            self.last = settled(self.portfolio, int(source.site[-3:]), self.items)
            self.seconds += time.perf_counter() - since
        return self.last


def a_night(records: int, night: str, database: str) -> dict[str, Any]:
    """One run in this process: its stages' seconds, and the peak of memory (MiB) up to where they ended."""
    shape = shape_of(records)
    portfolio = made_portfolio(shape)
    council = Council(portfolio, shape.items)
    noted = Noted(council)
    with closing(open_store(database, new_id=lambda: "bench", key=_KEY)) as runs:
        context = RunContext(
            portfolio=portfolio,
            lists={"bench": council},
            runs=runs,
            clock=SystemClock(),
            new_suffix=lambda: night,
            rules=rules_to_json(portfolio),
        )
        request = RunRequest(RunMode.RECONCILE, today=NIGHTS[night])
        since, cpu = time.perf_counter(), time.process_time()
        result = execute(context, request, approver=noted.approve, progress=noted)
        seconds, cpu = time.perf_counter() - since, time.process_time() - cpu
    stages = dict(result.report.timings)
    stages["record"] = seconds - sum(stages.values())
    stages["read"] -= noted.making
    stages["write"] -= council.seconds - noted.making
    return {
        "records": shape.total,
        "lists": shape.lists,
        "night": night,
        "outcome": result.report.outcome,
        "writes": result.report.writes.applied,
        "seconds": {**stages, "all": sum(stages.values()), "processor": cpu - council.seconds},
        "peak MiB": {**noted.peaks, "all": peak()},
    }


class Noted(Silent):
    """The peaks of memory when stages ended, and what making the lists took until then."""

    def __init__(self, council: Council) -> None:
        self.council, self.making, self.peaks = council, 0.0, {"before": peak()}

    def reading(self, source: str, done: int, expected: int) -> None:
        self.peaks["read"] = peak()

    def approve(self, plan: Plan) -> Consent:
        """Lets everything through, once deciding has ended."""
        self.making, self.peaks["decide"] = self.council.seconds, peak()
        return approve_as("bench")(plan)


def slope(nights: Sequence[Mapping[str, Any]], of: Callable[[Mapping[str, Any]], float]) -> float:
    """How much more one more record takes: the least squares line through the measurements."""
    return linear_regression([each["records"] for each in nights], [of(each) for each in nights]).slope


def measure(sizes: Sequence[int]) -> dict[str, Any]:
    """Both nights at every size, each in a process of its own, and the slopes where there are several sizes."""
    nights = []
    for records in sizes:
        with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as folder:
            for night in NIGHTS:
                words = ("--records", str(records), "--night", night, "--database", f"sqlite:///{folder}/state.sqlite")
                nights.append(processes.module(Path(folder), "bench.million", *words).document)
                sys.stderr.write(f"{json.dumps(nights[-1])}\n")
    slopes = {night: slopes_of([each for each in nights if each["night"] == night]) for night in NIGHTS}
    return {"nights": nights, "slopes": slopes if len(sizes) > 1 else {}}


def slopes_of(nights: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {
        "microseconds a record": slope(nights, lambda each: each["seconds"]["all"]) * 1e6,
        "bytes a record": slope(nights, lambda each: each["peak MiB"]["all"]) * 2**20,
    }


def main() -> None:
    """Measures both nights at every size, or one of them in this process, and prints the result as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=main.__doc__)
    parser.add_argument("--records", type=int, action="append", metavar="N", help="repeatable")
    parser.add_argument("--night", choices=NIGHTS, help="only this one, in this process")
    parser.add_argument("--database", help="what the first night left, for the next")
    given = parser.parse_args()
    if given.night is None:
        found = measure(given.records or RECORDS)
    else:
        found = a_night(given.records[0], given.night, given.database)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
