"""How much the searches look at: a little with every test run, a lot at night (`make nightly`)."""

import os
import random
from typing import TypeVar

NIGHTLY = os.environ.get("PORTFOLIO_SYNC_TEST_NIGHTLY", "") not in ("", "0")

_T = TypeVar("_T")


def by_size(usual: _T, nightly: _T) -> _T:
    """The first with every test run, the second at night."""
    return nightly if NIGHTLY else usual


SEED = int(os.environ.get("PORTFOLIO_SYNC_TEST_SEED", "0")) or by_size(
    20_261_122, random.SystemRandom().randrange(1, 2**32)
)
"""Where random tests begin: the same place with every test run, so that a change is judged by what it changes; a new
one every night; that of PORTFOLIO_SYNC_TEST_SEED where it is set."""
