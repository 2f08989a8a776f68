"""How long the pure core takes to decide about many records. No input or output: rows are made in memory.

Prints JSON, one object a round: seconds by step, for a first run (every record is written) and for the next (none is).
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import worlds
from bench.worlds import DAY, Shape
from config.portfolio import load_portfolio
from sync.core.columns import Cell, Column, ColumnType, ListSchema, PersonCell, Row
from sync.core.mapping import Binding, bind, to_record
from sync.core.matching import match
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.ratings import current_matrix
from sync.core.rollup import roll_up
from sync.core.snapshot import Baseline, Complete, Record, Snapshot
from sync.core.status import assess
from sync.engine.targets import Portfolio

HOST = "http://127.0.0.1:8790"
ITEMS_A_LIST = 1000
_TYPES = {
    "Text": ColumnType.TEXT,
    "Note": ColumnType.NOTE,
    "Number": ColumnType.NUMBER,
    "Choice": ColumnType.CHOICE,
    "User": ColumnType.PERSON,
    "DateTime": ColumnType.DATE,
}


def measure(records: int, rounds: int) -> list[dict[str, Any]]:
    """Seconds by step for about that many records, in lists of a thousand; one entry a round."""
    shape = Shape(max(2, records // ITEMS_A_LIST), ITEMS_A_LIST)
    portfolio = _portfolio(shape)
    rows = _rows(shape, portfolio)
    measured = []
    for _ in range(rounds):
        gc.collect()  # what one round leaves behind is not the next one's to clear up
        measured.append({"records": shape.total, **_round(portfolio, rows)})
    return measured


def _round(portfolio: Portfolio, rows: Mapping[str, tuple[Binding, list[Row]]]) -> dict[str, Any]:
    first: dict[str, float] = {}
    with _timed(first, "map"):
        mapped = {name: _records(binding, each) for name, (binding, each) in rows.items()}
    bindings = {name: binding for name, (binding, _) in rows.items()}
    planned = _decide(portfolio, bindings, mapped, [], first)
    following: dict[str, float] = {}
    written, baselines = _applied(mapped, planned)
    again = _decide(portfolio, bindings, written, baselines, following)
    return {
        "first": {"writes": len(planned.plan.writes), "seconds": first},
        "next": {"writes": len(again.plan.writes), "seconds": following},
    }


def _decide(
    portfolio: Portfolio,
    bindings: Mapping[str, Binding],
    records: Mapping[str, tuple[Record, ...]],
    baselines: Iterable[Baseline],
    seconds: dict[str, float],
) -> Planned:
    known = {baseline.id: baseline for baseline in baselines}
    snapshots = [Snapshot(name, each, Complete(), "", datetime.now(UTC)) for name, each in records.items()]
    with _timed(seconds, "match"):
        matched = match(snapshots, portfolio.sources, frozenset())
    with _timed(seconds, "assess"):
        assessments = assess(matched, portfolio.policies, portfolio.calendar, DAY)
    with _timed(seconds, "plan"):
        inputs = {name: PlanInput(binding, known) for name, binding in bindings.items()}
        planned = make_plan(matched, assessments, inputs, today=DAY, policy_digest="")
    with _timed(seconds, "digest"):
        _ = planned.plan.digest
    with _timed(seconds, "roll up"):
        roll_up(matched, assessments, DAY, name=portfolio.name, labels=portfolio.policies.labels)
    return planned


def _applied(
    records: Mapping[str, tuple[Record, ...]], planned: Planned
) -> tuple[dict[str, tuple[Record, ...]], list[Baseline]]:
    """The records as they are once the plan is written, and what is then remembered."""
    values = {write.id: {**write.was, **write.set} for write in planned.plan.writes}
    written = {
        name: tuple(replace(record, owned={**record.owned, **values.get(record.id, {})}) for record in each)
        for name, each in records.items()
    }
    return written, [Baseline(record.id, record.owned, None, "") for each in written.values() for record in each]


def _portfolio(shape: Shape) -> Portfolio:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "portfolio.yaml"
        file.write_text(json.dumps(worlds.portfolio(shape, HOST)), encoding="utf-8")
        return load_portfolio(file)


def _rows(shape: Shape, portfolio: Portfolio) -> dict[str, tuple[Binding, list[Row]]]:
    """By source: how its columns bind, and its rows as a connector would give them."""
    lists = [found for site in worlds.world(shape)["sites"] for found in site["lists"]]
    rows: dict[str, tuple[Binding, list[Row]]] = {}
    for (name, source), found in zip(portfolio.sources.items(), lists, strict=True):
        types = {"Title": ColumnType.TEXT} | {each["name"]: _TYPES[each["type"]] for each in found["fields"]}
        columns = tuple(Column(name, name, of) for name, of in types.items())
        schema = ListSchema(HOST, name, found["title"], columns, worlds.ZONE, len(found["items"]))
        policies = portfolio.policies
        binding = bind(source, schema, policies.labels, current_matrix(source.matrix, policies))
        rows[name] = (binding, [_row(n, item["values"], types) for n, item in enumerate(found["items"], start=1)])
    return rows


def _row(number: int, values: Mapping[str, Any], types: Mapping[str, ColumnType]) -> Row:
    return Row(number, f'"{number}"', {name: _cell(of, values.get(name)) for name, of in types.items()})


def _cell(of: ColumnType, said: Any) -> Cell:
    if said is None:
        return None
    if of is ColumnType.DATE:
        return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(worlds.ZONE)).astimezone(UTC)
    if of is ColumnType.PERSON:
        return PersonCell(1, said, said)
    return float(said) if of is ColumnType.NUMBER else str(said)


def _records(binding: Binding, rows: Iterable[Row]) -> tuple[Record, ...]:
    return tuple(record for row in rows if (record := to_record(binding, row)) is not None)


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    since = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - since


def main() -> None:
    """Measures and prints the result."""
    parser = argparse.ArgumentParser(prog="python -m bench.core")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    json.dump(measure(given.records, given.rounds), sys.stdout)


if __name__ == "__main__":
    main()
