"""A whole night on the sample at a SharePoint that lets only so much through: later, and otherwise the same."""

from pathlib import Path

import pytest

from connectors.emulator.rules.throttle import Mode, Throttle
from sync.engine.targets import Pace
from tests.support import judge
from tests.support.nights import Night, night
from tests.support.throttled import waits_obeyed

BUSY_SEED = 183
"""With it a strict server is busy for the fifth request of the night."""


@pytest.fixture(scope="module")
def unhindered(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return night(tmp_path_factory.mktemp("nights") / "off", throttle=Throttle(Mode.OFF))


def test_an_ordinary_tenant_lets_the_sample_through_without_a_word(unhindered: Night, tmp_path: Path) -> None:
    ordinary = night(tmp_path / "default", throttle=Throttle())
    assert ordinary.statuses() == {200}
    assert ordinary.waited == []
    assert sum(entry.units for entry in ordinary.entries) < 1_000, "below 80 per cent of a minute, both runs together"
    assert ordinary.lists == unhindered.lists


@pytest.mark.parametrize(
    ("mode", "multiplier", "refused"),
    [(Mode.STRICT, 1, {503}), (Mode.STRICT, 4, {429, 503}), (Mode.DEFAULT, 20, {429})],
    ids=["strict", "strict and four times as dear", "twenty times as dear"],
)
def test_a_throttled_night_is_longer_and_otherwise_the_same(
    unhindered: Night, tmp_path: Path, mode: Mode, multiplier: int, refused: set[int]
) -> None:
    hindered = night(tmp_path / "hindered", throttle=Throttle(mode, multiplier=multiplier, seed=BUSY_SEED))
    assert hindered.statuses() == {200} | refused
    assert waits_obeyed(hindered.entries) == hindered.waited != []
    for part in ("writes", "refusals"):  # and not the digest, which is of this server's address too
        assert hindered.document["plan"][part] == unhindered.document["plan"][part]
    for part in ("rollup", "findings"):
        assert hindered.document[part] == unhindered.document[part]
    assert hindered.document["run"]["outcome"] == unhindered.document["run"]["outcome"] == "done"
    assert hindered.document["writes"] == unhindered.document["writes"]
    assert hindered.document["writes"]["applied"] > 100
    assert hindered.document["requests"]["throttled_seconds"] + hindered.again["requests"]["throttled_seconds"] == sum(
        hindered.waited
    )
    assert hindered.again["plan"]["writes"] == [], "a second run has nothing left to write"
    assert hindered.lists == unhindered.lists


@pytest.mark.parametrize(("pace", "share"), [(Pace(rest_price=2), 625), (Pace(share=10, rest_price=2), 125)])
def test_a_night_that_keeps_to_its_share_is_never_told_to_slow_down(
    unhindered: Night, tmp_path: Path, pace: Pace, share: int
) -> None:
    """A strict server charges twice; that it is too busy now and then is nothing that a share could prevent."""
    paced = night(tmp_path / "paced", pace=pace, throttle=Throttle(Mode.STRICT, seed=BUSY_SEED))
    assert paced.statuses() == {200, 503}
    assert share - 125 < judge.busiest(paced.entries) <= share
    told = waits_obeyed(paced.entries)
    assert told != []
    assert len(paced.waited) > len(told), "and besides it waited by itself"
    assert paced.document["run"]["outcome"] == "done"
    assert paced.document["writes"] == unhindered.document["writes"]
    assert paced.again["plan"]["writes"] == []
    assert paced.lists == unhindered.lists
