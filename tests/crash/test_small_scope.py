"""Every short history, killed and disturbed at every moment, ends as an undisturbed one would: no exception known."""

from collections.abc import Callable

import pytest

from sync.core.ownership import DriftPolicy, WriteMode
from tests.support.budget import by_size
from tests.support.small_scope import Bounds, explore
from tests.support.small_world import Terms

MODES = (WriteMode.QUIET, WriteMode.VERSIONED)
TERMS = [Terms(mode, drift, stamped) for mode in MODES for drift in DriftPolicy for stamped in (True, False)]
RUNS = by_size(20_000, 400_000)
"""How many runs of the engine there are at least, over all terms together."""
BOUNDS = by_size(Bounds(acts=3, runs=1_700), Bounds(acts=4, troubled=2, runs=34_000))
"""Every history of two acts and, in part, of three; at night with two troubles in them, and in part of four acts. The
run that judges each comes on top."""


@pytest.mark.no_cover
@pytest.mark.timeout(by_size(300, 7200))
@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_whatever_happens_in_a_few_acts_the_lists_end_as_they_should(
    terms: Terms, record_property: Callable[[str, object], None]
) -> None:
    explored = explore(terms, BOUNDS)
    record_property("runs", explored.runs)
    print(f"{terms}: {explored.runs} runs, {explored.worlds} worlds")  # noqa: T201
    assert explored.runs >= RUNS / len(TERMS)
    assert {"before a write", "after intend", "after settle", "after conclude"} <= explored.effects
