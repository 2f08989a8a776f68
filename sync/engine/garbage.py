"""How often Python looks for garbage while a run is at work."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 50_000
"""Objects made, and not yet dropped, between two looks for garbage."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Python looks seldom for garbage meanwhile: records hardly ever refer to one another in a circle, so there is next
    to none, and every look goes through all that was read until then."""
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
