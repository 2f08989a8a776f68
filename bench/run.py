"""`make bench`: measures a night's work, the same work done the common way, and the core alone; prints what it found.

Everything is repeated in rounds. Ratios compare two measurements of the same round, because a busy machine is busy for
both.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bench import large_list, processes
from bench.tables import Findings, render
from bench.worlds import DAY, Shape, portfolio

SHAPES = (Shape(24, 150), Shape(12, 1000))
LARGE = Shape(1, 100_000)
WRITTEN = 100
RECORDS = 50_000


def main() -> None:
    """Measures as often as asked, and prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure Portfolio Sync.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--shape", type=as_shape, action="append", metavar="LISTSxITEMS", help="repeatable")
    given = parser.parse_args()
    shapes = given.shape or SHAPES
    found = Findings(rounds=given.rounds, peer_shape=shapes[0])
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as name:
        worlds = {shape: make_world(Path(name), shape) for shape in shapes}
        for number in range(1, given.rounds + 1):
            for shape, world in worlds.items():
                sys.stderr.write(f"round {number} of {given.rounds}: {shape}\n")
                measure_nights(shape, world, found)
            sys.stderr.write(f"round {number} of {given.rounds}: the common way\n")
            measure_peers(shapes[0], worlds[shapes[0]], found)
        measure_large(LARGE, make_world(Path(name), LARGE), found)
        sys.stderr.write("the core alone\n")
        words = ("--records", str(RECORDS), "--rounds", str(given.rounds))
        found.core.extend(processes.module(Path(name), "bench.core", *words).document)
    sys.stdout.write(render(found) + "\n")


def as_shape(text: str) -> Shape:
    """`24x150` as 24 lists of 150 items each."""
    lists, _, items = text.partition("x")
    return Shape(int(lists), int(items))


def measure_nights(shape: Shape, world: Path, found: Findings) -> None:
    """A first run, a second one straight after it, and one on the next day, from a new world and a new database."""
    with served(shape, world) as (file, _):
        for run, day in (("first", DAY), ("straight after", DAY), ("next day", DAY + timedelta(days=1))):
            words = ("reconcile", "-c", str(file), "--today", day.isoformat(), "--yes", "--json")
            found.nights[shape, run].append(processes.product(file.parent, *words))


def measure_peers(shape: Shape, world: Path, found: Findings) -> None:
    """Reading everything and writing some items, ours and the library's common loop, each in a process of its own."""
    with served(shape, world) as (file, _):
        for work in ("read", "write"):
            for who in ("ours", "library"):
                words = (f"{work}-{who}", str(file), "--items", str(WRITTEN))
                found.peers[work, who].append(processes.module(file.parent, "bench.peer", *words).document)


def measure_large(shape: Shape, world: Path, found: Findings) -> None:
    """One list of many items, served once and read in rounds."""
    with served(shape, world) as (file, serving):
        found.large_held.append(serving.memory())
        for number in range(1, found.rounds + 1):
            sys.stderr.write(f"round {number} of {found.rounds}: {shape}\n")
            found.large.append(large_list.in_a_process(file, shape.items))
        found.large_held.append(serving.memory())


def make_world(folder: Path, shape: Shape) -> Path:
    """A world in a file. Another process makes it: what this one holds would count into every peak of memory."""
    file = folder / f"world-{shape.lists}-{shape.items}.json"
    processes.module(folder, "bench.worlds", str(shape.lists), str(shape.items), str(file))
    return file


@contextmanager
def served(shape: Shape, world: Path) -> Iterator[tuple[Path, processes.Serving]]:
    """The world on an embedded SharePoint of its own; the portfolio file that fits it, in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-bench-") as name, processes.emulator(world) as serving:
        file = Path(name) / "portfolio.yaml"
        file.write_text(json.dumps(portfolio(shape, serving.address)), encoding="utf-8")
        yield file, serving


if __name__ == "__main__":
    main()
