"""How long the pure core takes to decide about many records, and how much memory, on a night on which every value of
ours is there already. No input or output: lists are made as they are mapped, and held nowhere. Prints JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.processes import peak
from bench.settled import made_portfolio, settled, shape_of
from bench.worlds import DAY
from sync.core.judging import judge
from sync.core.mapping import Binding, bind, to_record
from sync.core.matching import match
from sync.core.planning import PlanInput, make_plan
from sync.core.ratings import current_matrix
from sync.core.rollup import roll_up
from sync.core.snapshot import Baseline, Complete, Record, RecordId, Snapshot
from sync.engine.targets import Portfolio


@dataclass(slots=True)
class Mapped:
    """What was read, as the core takes it; `seconds` by step so far."""

    bindings: dict[str, Binding] = field(default_factory=dict)
    records: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    baselines: dict[RecordId, Baseline] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        since = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - since


def measure(records: int) -> dict[str, Any]:
    """Seconds by step and the peak of memory (MiB) for about so many records."""
    shape = shape_of(records)
    portfolio = made_portfolio(shape)
    mapped, before = Mapped(), peak()
    for number in range(1, shape.lists // 2 + 1):
        _map(portfolio, number, shape.items, mapped)
    writes = _decide(portfolio, mapped)
    return {
        "records": shape.total,
        "lists": shape.lists,
        "writes": writes,
        "seconds": mapped.seconds | {"all": sum(mapped.seconds.values())},
        "peak MiB": {"before": before, "all": peak()},
    }


def _map(portfolio: Portfolio, number: int, items: int, mapped: Mapped) -> None:
    for name, (schema, rows) in settled(portfolio, number, items).items():
        source, policies = portfolio.sources[name], portfolio.policies
        with mapped.timed("map"):
            binding = bind(source, schema, policies.labels, current_matrix(source.matrix, policies))
            records = tuple(record for row in rows if (record := to_record(binding, row)) is not None)
        mapped.bindings[name], mapped.records[name] = binding, records
        mapped.baselines.update((each.id, Baseline(each.id, each.owned, None, "")) for each in records)


def _decide(portfolio: Portfolio, mapped: Mapped) -> int:
    policies = portfolio.policies
    snapshots = [Snapshot(name, each, Complete(), "", datetime.now(UTC)) for name, each in mapped.records.items()]
    with mapped.timed("match"):
        matched = match(snapshots, portfolio.sources, frozenset(), policies.precedence)
    with mapped.timed("judge"):
        judged = judge(matched, policies, portfolio.calendar, DAY, {})
    with mapped.timed("plan"):
        inputs = {name: PlanInput(binding, mapped.baselines) for name, binding in mapped.bindings.items()}
        planned = make_plan(judged.matched, judged.assessments, inputs, today=DAY, policy_digest="")
    with mapped.timed("digest"):
        _ = planned.plan.digest
    with mapped.timed("roll up"):
        roll_up(judged.one, judged.counted, DAY, name=portfolio.name, labels=policies.labels)
    return len(planned.plan.writes)


def main() -> None:
    """Measures and prints the result."""
    parser = argparse.ArgumentParser(prog="python -m bench.core", description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    given = parser.parse_args()
    json.dump(measure(given.records), sys.stdout)


if __name__ == "__main__":
    main()
