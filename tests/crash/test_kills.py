"""`kill -9` of the real process at random moments, against a real server process: the next run finishes the job."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from connectors.emulator.rules.edits import Edit
from tests.support import town
from tests.support.budget import SEED, by_size
from tests.support.colleagues import change
from tests.support.databases import TARGETS, new_database
from tests.support.killing import DAY, KilledHistory, KillingGround, Scene, copied, killing_ground, set_up
from tests.support.town import Terms

ITEMS = 130
"""More than go into one request."""
KILLS = by_size(12, 200)
ON_POSTGRESQL = by_size(2, 30)
LATER = (town.FIRST_DAY + timedelta(days=40)).isoformat()


def edits() -> tuple[Edit, ...]:
    """What colleagues do in each history: some of it moves our values, some does not."""
    return (
        change(("Projects", 3), Due="2026-05-02"),
        change(("Projects", 40), Status="Done"),
        change(("Projects", 77), Notes="Byte for byte: é & <b>\nand a line"),
        change(("Projects", 129), Due="2027-01-31", Title="Put off"),
        change(("Milestones", 2), Due="2026-04-30"),
        change(("Milestones", 66), Project="P-1"),
        change(("Milestones", 130), Due=None),
    )


def scenes(ground: KillingGround) -> Iterator[Scene]:
    """A list's first night, and a later one on which many dates have passed."""
    names, folder = count(1), ground.folder
    new = copied(folder / "nothing.sqlite", folder, names)
    yield set_up(ground, "first", DAY, edits(), new)
    # From here on the lists have been written to once.
    ground.control.ask("POST", "/snapshots/first/restore")
    known = folder / "known.sqlite"
    ground.finish(f"sqlite:///{known}", DAY)
    with closing(sqlite3.connect(known)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield set_up(ground, "later", LATER, edits(), copied(known, folder, names))


def live_until(killed: int, histories: Callable[[], KilledHistory], chance: random.Random) -> list[KilledHistory]:
    """Histories of one to three kills, until that many have hit."""
    lived: list[KilledHistory] = []
    while sum(each.kills for each in lived) < killed:
        history = histories()
        history.live(chance.randint(1, 3))
        lived.append(history)
    return lived


@pytest.mark.no_cover
@pytest.mark.timeout(by_size(600, 7200))
@pytest.mark.parametrize("mode", ["quiet", "versioned"])
def test_killed_at_any_moment_the_next_run_finishes_the_job(mode: str, tmp_path: Path) -> None:
    """Again with the same seed: PORTFOLIO_SYNC_TEST_SEED; where a kill hits is up to the machine as well."""
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    chance = random.Random(f"{SEED}/{mode}")  # noqa: S311 - chance that can be repeated
    with killing_ground(Terms(mode, projects=ITEMS, milestones=ITEMS), tmp_path) as ground:
        lived: list[KilledHistory] = []
        for scene in scenes(ground):
            lived += live_until(KILLS // 4, lambda scene=scene: KilledHistory(ground, scene, chance), chance)
    where = sorted({name for each in lived for name in each.names})
    print(f"{mode}: {sum(each.kills for each in lived)} kills, after {', '.join(where)}")  # noqa: T201


@pytest.mark.no_cover
@pytest.mark.skipif("postgresql" not in TARGETS, reason="PostgreSQL is not installed, and no server is named")
@pytest.mark.timeout(by_size(600, 7200))
def test_killed_at_any_moment_with_its_memory_on_a_server(tmp_path: Path) -> None:
    """The lock of a killed process goes with its connection."""
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    chance = random.Random(f"{SEED}/postgresql")  # noqa: S311 - chance that can be repeated
    with (
        killing_ground(Terms("quiet", projects=ITEMS, milestones=ITEMS), tmp_path) as ground,
        ExitStack() as databases,
    ):
        scene = set_up(
            ground, "first", DAY, edits(), lambda: databases.enter_context(new_database("postgresql", tmp_path))
        )
        lived = live_until(ON_POSTGRESQL, lambda: KilledHistory(ground, scene, chance), chance)
    print(f"{sum(each.kills for each in lived)} kills")  # noqa: T201
