"""Plants every bug in turn and prints which test turned red: `make canaries`. Ends with 1 where nothing finds one."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.errors import PortfolioSyncError
from tests.crash.test_planted_bugs import PLANTED
from tests.machines.test_http_planted_bugs import PROMISES as OVER_HTTP
from tests.properties.test_mirror_equals_a_full_read import test_the_mirror_equals_a_full_reading
from tests.properties.test_mirror_planted_bugs import PLANTED as IN_THE_MIRROR
from tests.properties.test_mirror_planted_bugs import what_was_kept_equals_a_full_reading
from tests.properties.test_promises_and_planted_bugs import PROMISES

Plant = Callable[[pytest.MonkeyPatch], None]
Canary = tuple[Plant, str, Callable[[], object]]


def canaries(folder: Path) -> Iterator[Canary]:
    """Each planted bug, the test that is there for it, and how to run that."""
    for number, (promise, plant) in enumerate(PROMISES):
        home = folder / str(number)
        yield plant, promise.__name__, lambda promise=promise, home=home: promise(home)
    for plant, search in PLANTED:
        yield plant, search.test.__name__, search.run
    for number, (promise, plant) in enumerate(OVER_HTTP, start=len(PROMISES) + len(PLANTED)):
        home = folder / str(number)
        yield plant, promise.__name__, lambda promise=promise, home=home: promise(home)
    for plant in IN_THE_MIRROR:
        yield plant, test_the_mirror_equals_a_full_reading.__name__, what_was_kept_equals_a_full_reading


def turned_red(plant: Plant, run: Callable[[], object]) -> str | None:
    """What the test said with the bug in; None where it said nothing."""
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        try:
            run()
        except (AssertionError, PortfolioSyncError, pytest.fail.Exception) as found:
            return f"{type(found).__name__}: {found}".splitlines()[0]
    return None


def main() -> int:
    """A line for each bug."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (plant, test, run) in enumerate(canaries(Path(folder)), start=1):
            (Path(folder) / str(number - 1)).mkdir()
            said = turned_red(plant, run)
            missed += said is None
            print(f"{number:3} {plant.__name__:42} {'caught by' if said else 'MISSED by'} {test}")  # noqa: T201
            if said:
                print(f"    {said[:150]}")  # noqa: T201
    print("Every planted bug was caught." if not missed else f"{missed} planted bugs were not caught.")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
