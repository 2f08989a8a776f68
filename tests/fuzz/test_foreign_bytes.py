"""What a fuzzer looks for over minutes, for its seeds and for a little of everything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import Target, targets

TARGETS = targets()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_seeds_are_answered(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].check(seed)


def mangled(target: Target) -> st.SearchStrategy[bytes]:
    """A seed with bytes put over some of it, or any bytes at all."""

    def mangle(seed: bytes, at: int, with_: bytes) -> bytes:
        place = at % (len(seed) + 1)
        return seed[:place] + with_ + seed[place + len(with_) :]

    return st.builds(mangle, st.sampled_from(target.seeds), st.integers(0, 5000), st.binary(max_size=12)) | st.binary(
        max_size=200
    )


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_any_bytes_are_answered(name: str) -> None:
    target = TARGETS[name]

    @settings(deadline=None, max_examples=150)
    @given(mangled(target))
    def answered(data: bytes) -> None:
        target.check(data)

    answered()
