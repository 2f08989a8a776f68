"""Python looks seldom for garbage while a run is at work, and as before afterwards."""

import gc

import pytest

from sync.engine.garbage import seldom_collecting


def broken_off(during: list[tuple[int, int, int]]) -> None:
    with seldom_collecting():
        during.append(gc.get_threshold())
        raise KeyError


def test_garbage_is_looked_for_as_before_once_it_is_over_however_it_ends() -> None:
    before = gc.get_threshold()
    during: list[tuple[int, int, int]] = []
    with pytest.raises(KeyError):
        broken_off(during)
    assert during[0][0] > before[0]
    assert during[0][1:] == before[1:]
    assert gc.get_threshold() == before
