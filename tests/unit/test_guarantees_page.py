"""docs/guarantees.md lists exactly the promises that are checked, each with its planted bug, and every guard."""

import re
from pathlib import Path

from sync.core.plan import Guard
from tests.properties import test_promises_and_planted_bugs as checked

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def test_every_checked_promise_is_listed_with_its_planted_bug() -> None:
    promised = PAGE.split("Over HTTP")[0]
    listed = re.findall(r"\| `(\w+)` \| `(\w+)` \|", promised)
    assert listed == [(promise.__name__, plant.__name__) for promise, plant in checked.PROMISES]


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_guard_is_listed() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE.split("## Guards")[1], re.MULTILINE) == [
        "partial_read", "empty_read", "column_gone", "first_run", "policy_changed", "foreign_value",
    ]  # fmt: skip
    assert len(Guard) == 6
