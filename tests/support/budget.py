"""How much the searches look at: a little with every test run, a lot at night (`make nightly`)."""

import os
from typing import TypeVar

NIGHTLY = os.environ.get("PORTFOLIO_SYNC_TEST_NIGHTLY", "") not in ("", "0")

_T = TypeVar("_T")


def by_size(usual: _T, nightly: _T) -> _T:
    """The first with every test run, the second at night."""
    return nightly if NIGHTLY else usual
