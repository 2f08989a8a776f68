"""How a night's cost grows with one thing at a time: items, lists, or changes. Latency plays no part in it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory
from typing import Any

from bench import councils
from bench.councils import Council
from bench.nights import NOTHING, TYPICAL, Night, served

OVER: Mapping[str, Sequence[Council]] = {
    "items": [councils.of_items(items) for items in (75, 150, 300, 600)],
    "lists": [councils.of_lists(lists) for lists in (12, 24, 48, 96)],
    "changes": [councils.of_changes(changes) for changes in (40, 80, 160, 320)],
}


def measured(over: str) -> Iterator[dict[str, Any]]:
    """Ours on a night on which nothing changed and on a typical one, at every size."""
    for council in OVER[over]:
        with TemporaryDirectory(prefix="portfolio-sync-bench-") as folder:
            for night in _nights(council, Path(folder)):
                yield {"over": over, "x": size(over, council), **_cost(night)}


def _nights(council: Council, folder: Path) -> Iterator[Night]:
    with served(council, folder) as bench:
        for day in (councils.FIRST, councils.SETTLING):
            bench.ours(day, latency=0)
        yield bench.ours(councils.QUIET, latency=0, phase=NOTHING)
        bench.control.edit(councils.typical_edits(council))
        yield bench.ours(councils.TYPICAL, latency=0, phase=TYPICAL)


def _cost(night: Night) -> dict[str, Any]:
    return {
        "phase": night.phase,
        "requests": night.requests,
        "units": night.units,
        "cpu": night.cpu,
        "peak": night.peak,
        "written": night.written,
    }


def size(over: str, council: Council) -> int:
    """What grows."""
    sizes = {"items": council.shape.total, "lists": council.shape.lists, "changes": council.changes}
    return sizes[over]


def slope(points: Sequence[Mapping[str, Any]], of: str) -> float:
    """How much more one more takes: the least squares line."""
    return linear_regression([each["x"] for each in points], [each[of] for each in points]).slope
