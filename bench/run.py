"""`make bench`: measures whole nights, ours and the peers', how their cost grows, one long list, and very many records.

What was found is kept as JSON, part by part, so that a part can be measured alone; `--publish` writes it into
docs/benchmarks.md with its charts.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import core, long_list, million, processes, slopes, tables
from bench.councils import LARGE, MEDIUM, SMALL, Council
from bench.nights import LATENCY, nights

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
FOUND = ROOT / "bench" / "found.json"
CORE = (125_000, 250_000, 500_000, 1_000_000)
QUICK_CORE = (25_000, 50_000)


def of_council(council: Council, *, peers: bool) -> list[dict[str, Any]]:
    """Its nights, each on stderr as soon as it is known."""
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as folder:
        return list(_told(asdict(night) for night in nights(council, Path(folder), peers=peers)))


def of_core(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """The core alone, each size in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as folder:
        return list(
            _told(processes.module(Path(folder), core.__name__, "--records", str(each)).document for each in sizes)
        )


def _told(found: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in found:
        sys.stderr.write(f"{json.dumps(each)}\n")
        yield each


PARTS: Mapping[str, Callable[[], Any]] = {
    "small": lambda: of_council(SMALL, peers=True),
    "medium": lambda: of_council(MEDIUM, peers=True),
    "large": lambda: of_council(LARGE, peers=False),
    "slopes": lambda: list(_told(each for over in slopes.OVER for each in slopes.measured(over))),
    "long list": lambda: {f"{ms * 1000:.0f}": long_list.run(long_list.SIZES, 3, ms) for ms in long_list.SERVER},
    "core": lambda: of_core(CORE),
    "runs": lambda: million.measure(million.RECORDS)["nights"],
}
QUICK: Mapping[str, Callable[[], Any]] = {
    "small": PARTS["small"],
    "core": lambda: of_core(QUICK_CORE),
}


def main() -> None:
    """Measures the parts asked for, or all of them, and prints the tables of everything that is known."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one; repeatable")
    parser.add_argument("--quick", action="store_true", help="the small council and the core: about ten minutes")
    parser.add_argument("--publish", action="store_true", help="write tables and charts into docs/")
    parser.add_argument("--measure-nothing", action="store_true", help="only show, or publish, what is known")
    given = parser.parse_args()
    parts = QUICK if given.quick else PARTS
    found = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {}
    for name in [] if given.measure_nothing else given.part or parts:
        found[name] = parts[name]()
        FOUND.write_text(json.dumps(found, indent=1), encoding="utf-8")
    said = "\n".join(page(found))
    sys.stdout.write(said + "\n")
    if given.publish:
        publish(found, said)


def page(found: Mapping[str, Any]) -> Iterator[str]:
    """The measured part of the page."""
    every = [night for name in ("small", "medium", "large") for night in found.get(name, ())]
    yield f"{tables.machine()}; the embedded SharePoint on the same machine."
    yield ""
    yield "## Nights"
    yield ""
    yield f"With {LATENCY} ms of latency to every answer; * without, and that added for each request."
    yield ""
    yield from tables.of_nights(every)
    yield "## By reckoning: a typical night"
    yield ""
    yield from tables.of_formulas(every)
    yield ""
    if "slopes" in found:
        yield from ("## What one more costs", "", *tables.of_slopes(found["slopes"]), "")
    if "long list" in found:
        yield from ("## One long list, read for the first time", "")
        for milliseconds, rounds in found["long list"].items():
            yield from (f"{milliseconds} ms for a page, and {LATENCY} ms of latency", "")
            yield from (*long_list.summary(rounds), "")
    yield from ("## Many records", "", *tables.of_sizes(found.get("core", ()), found.get("runs", ())))


def publish(found: Mapping[str, Any], said: str) -> None:
    """Puts the tables between the page's marks, and the charts beside it."""
    from bench import charts  # matplotlib takes a second to import, and only here it is needed

    begin, end = "<!-- measured -->\n", "<!-- /measured -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n{said}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")
    folder = PAGE.parent / "benchmarks"
    charts.of_nights([night for name in ("small", "medium") for night in found.get(name, ())], folder / "nights.svg")
    if "slopes" in found:
        charts.of_slopes(found["slopes"], folder / "slopes.svg")
    if "core" in found and "runs" in found:
        charts.of_sizes(found["core"], found["runs"], folder / "sizes.svg")


if __name__ == "__main__":
    main()
