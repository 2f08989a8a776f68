"""`make profile`: where a run's time goes, as a tree of calls. A first run, or with `--again` the one after it."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from pyinstrument import Profiler

from bench import processes
from bench.worlds import DAY, Shape, portfolio, world
from sync.engine.run import RunRequest, approve_as, execute
from sync.engine.state import RunMode
from sync.wiring import open_run

REQUEST = RunRequest(RunMode.RECONCILE, today=DAY)


def main() -> None:
    """Runs once, or twice, in this process and prints the last run's profile."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("--lists", type=int, default=12)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--again", action="store_true", help="profile the second run, which writes nothing")
    given = parser.parse_args()
    shape = Shape(given.lists, given.items)
    with tempfile.TemporaryDirectory(prefix="portfolio-sync-profile-") as name:
        folder = Path(name)
        file = folder / "world.json"
        file.write_text(json.dumps(world(shape)), encoding="utf-8")
        with processes.emulator(file) as serving:
            sys.stdout.write(profiled(folder, shape, serving.address, runs=2 if given.again else 1))


def profiled(folder: Path, shape: Shape, host: str, runs: int) -> str:
    """The profile of the last of so many runs, as text."""
    file = folder / "portfolio.yaml"
    file.write_text(json.dumps(portfolio(shape, host)), encoding="utf-8")
    for _ in range(runs):
        profiler = Profiler()
        with open_run(file, database=f"sqlite:///{folder / 'state.sqlite'}") as context, profiler:
            execute(context, REQUEST, approver=approve_as("bench"))
    return str(profiler.output_text())


if __name__ == "__main__":
    main()
