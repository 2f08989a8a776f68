"""docs/guarantees.md lists exactly the promises that are checked, each with its planted bugs, and every guard."""

import re
from pathlib import Path

from sync.core.plan import Guard
from tests.crash.test_planted_bugs import PLANTED
from tests.machines.test_http_planted_bugs import PROMISES as OVER_HTTP
from tests.properties import test_promises_and_planted_bugs as checked
from tests.properties.test_mirror_planted_bugs import PLANTED as IN_THE_MIRROR

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def between(start: str, end: str) -> str:
    return PAGE.split(start)[1].split(end)[0]


def test_the_ten_promises_are_there() -> None:
    assert re.findall(r"^\| (P\d+) \|", between("## The ten", "## What holds"), re.MULTILINE) == [
        f"P{number}" for number in range(1, 11)
    ]


def test_every_checked_promise_is_listed_with_its_planted_bug() -> None:
    listed = re.findall(r"\| `(\w+)` \| `(\w+)` \|", between("## What holds", "Those that a search finds"))
    assert listed == [(promise.__name__, plant.__name__) for promise, plant in checked.PROMISES]


def test_every_bug_that_a_search_finds_is_listed_once() -> None:
    rows = between("Those that a search finds", "| search |").split("planted bugs |")[1]
    assert sorted(re.findall(r"`(\w+)`", rows)) == sorted(plant.__name__ for plant, _ in PLANTED)


def test_every_bug_in_the_mirror_is_listed_once() -> None:
    rows = between("| rule | planted bugs |", "And besides")
    assert sorted(re.findall(r"`(\w+)`", rows)) == sorted(plant.__name__ for plant in IN_THE_MIRROR)


def test_every_promise_over_http_is_listed_with_its_planted_bugs() -> None:
    rows = between("Over HTTP", "And besides").split("|---|---|---|")[1]
    listed = [
        (check, bug)
        for check, bugs in re.findall(r"\| `(\w+)` \| (.+) \|", rows)
        for bug in re.findall(r"`(\w+)`", bugs)
    ]
    assert listed == [(promise.__name__, plant.__name__) for promise, plant in OVER_HTTP]


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_guard_is_listed() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", between("## Guards", "## What remains"), re.MULTILINE)
    assert sorted(listed) == sorted(guard.value for guard in Guard)
