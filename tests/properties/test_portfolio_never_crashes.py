"""Whatever is in a portfolio file, loading it gives a portfolio or a sentence about the file: never another error."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from config.portfolio import load_portfolio
from sync.engine.targets import Portfolio
from sync.errors import ConfigurationError
from tests.support.portfolio_files import GOOD

FILLED = (
    GOOD
    + """\
    where: {Archived: [No]}
    constants: {nature: threat}
    write: {mode: quiet, drift: {overdue: ask}, columns: {overdue: PSOverdue, stamp: PSStamp}}
holidays: {country: GB, subdivision: ENG, closed: [2026-12-24]}
schedule: {nightly: "17 2 * * *"}
policies:
  overdue: {due_soon_days: 7}
  rollup: {thresholds: {at_risk: 25}}
  labels: {status: {at_risk: Wobbly}}
  guards: {minimum: 5}
"""
)
LINES = FILLED.splitlines()
SCRAPS = [
    "",
    "~",
    "[]",
    "{}",
    "[[]]",
    "{a: }",
    "- a",
    "&x",
    "*x",
    "!t v",
    "'",
    ": ",
    "#",
    "\t",
    "0",
    "-1",
    "no",
    "<<: {}",
]
scrap = st.one_of(st.sampled_from(SCRAPS), st.text(max_size=8))


def outcome(content: bytes) -> Portfolio | ConfigurationError:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.yaml"
        path.write_bytes(content)
        try:
            return load_portfolio(path)
        except ConfigurationError as error:
            return error


def check(content: bytes) -> None:
    found = outcome(content)
    if isinstance(found, ConfigurationError):
        assert found.what.startswith("portfolio.yaml")
        assert len(found.what.splitlines()) <= 21
        assert all(line.endswith((".", "?", "!")) for line in found.what.splitlines())


@settings(deadline=None, max_examples=150)
@given(at=st.integers(0, len(LINES) - 1), value=scrap)
def test_any_value_at_any_key_is_taken_or_refused(at: int, value: str) -> None:
    key, colon, _ = LINES[at].partition(":")
    check("\n".join([*LINES[:at], f"{key}{colon} {value}", *LINES[at + 1 :]]).encode("utf-8", "replace"))


@settings(deadline=None, max_examples=80)
@given(start=st.integers(0, len(FILLED)), length=st.integers(0, 40), scrap=scrap)
def test_any_piece_replaced_by_any_other_is_taken_or_refused(start: int, length: int, scrap: str) -> None:
    check((FILLED[:start] + scrap + FILLED[start + length :]).encode("utf-8", "replace"))


@settings(deadline=None, max_examples=80)
@given(content=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_taken_or_refused(content: bytes) -> None:
    check(content)


def test_the_file_that_is_cut_about_is_a_good_one() -> None:
    assert isinstance(outcome(FILLED.encode()), Portfolio)
