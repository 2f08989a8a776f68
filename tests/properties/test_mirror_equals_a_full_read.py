"""Whatever happens to lists, to the service and to what was kept, the mirror says what a full reading would."""

import random

import pytest

from sync.engine.mirrors import Mirrors
from sync.store.memory import MemoryRunStore
from sync.store.sql import open_store
from tests.support.budget import SEED, by_size
from tests.support.mirror_world import MirrorWorld, shown

HISTORIES = by_size(1_100, 30_000)
ON_DISK = by_size(40, 600)
STEPS = 6


def a_history(number: int, mirrors: Mirrors, seed: int = SEED) -> None:
    """Some nights with anything in between; after each a reading that nobody disturbs is compared."""
    world = MirrorWorld(random.Random(f"{seed}/{number}"), mirrors)  # noqa: S311 - chance that can be repeated
    with world.bounded():
        for _ in range(STEPS):
            for _ in range(world.chance.randint(0, 3)):
                world.act()
            if world.chance.random() < 0.7:
                world.runs()
            saves = world.chance.random() < 0.8
            mirrored, full = world.reads(mirrors, saves=saves), world.reads(MemoryRunStore().mirrors)
            of = f"history {number}, pages of {world.store.page_size}, {world.held} held"
            assert shown(mirrored) == shown(full), f"PORTFOLIO_SYNC_TEST_SEED={seed}, {of}: {world.steps}"


@pytest.mark.timeout(by_size(120, 1800))
def test_the_mirror_equals_a_full_reading() -> None:
    """Again with the same seed: PORTFOLIO_SYNC_TEST_SEED."""
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    for number in range(HISTORIES):
        a_history(number, MemoryRunStore().mirrors)


@pytest.mark.timeout(by_size(120, 1800))
def test_the_mirror_in_a_database_equals_a_full_reading() -> None:
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    for number in range(ON_DISK):
        runs = open_store("sqlite://", new_id=lambda: "installation")
        try:
            a_history(HISTORIES + number, runs.mirrors)
        finally:
            runs.close()
