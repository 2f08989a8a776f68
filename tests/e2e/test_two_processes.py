"""An administrator's session: an embedded SharePoint in one process, the commands against it from others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.administrator import DAY, Session, session, staff_sides


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path) as made:
        yield made


def test_an_administrator_checks_plans_and_reconciles_and_staff_lose_nothing(council: Session) -> None:
    before = council.lists()
    checked = council.run("check", "--json")
    assert checked.code == 0, checked.err
    assert all(source["ready"] for source in checked.document["sources"])

    planned = council.run("plan", "--today", DAY, "--json")
    assert planned.code == 0, planned.err
    assert council.lists() == before, "a plan writes nothing"
    writes = planned.document["plan"]["writes"]
    assert len(writes) > 100
    assert {refusal["guard"] for refusal in planned.document["plan"]["refusals"]} == {"first_run"}

    waiting = council.run("reconcile", "--today", DAY, "--json")
    assert waiting.code == 4, waiting.err
    assert council.lists() == before, "a first run waits for an approval"

    applied = council.run("reconcile", "--today", DAY, "--yes", "--json")
    assert applied.code == 0, applied.err
    assert applied.document["plan"]["digest"] == planned.document["plan"]["digest"]
    assert applied.document["writes"]["applied"] == len(writes)
    after = council.lists()
    assert staff_sides(after) == staff_sides(before), "staff's columns, Modified, Modified By and versions stay"
    assert after != before

    again = council.run("reconcile", "--today", DAY, "--yes", "--json")
    assert (again.code, again.document["plan"]["writes"], again.document["writes"]["applied"]) == (0, [], 0)
    for day in range(18, 25):
        night = council.run("reconcile", "--today", f"2026-06-{day}", "--json")
        assert (night.code, night.document["plan"]["writes"]) == (0, []), day
    assert council.lists() == after, "nights on which no threshold is crossed write nothing at all"


def test_what_was_decided_can_be_explained_and_shown_later(council: Session) -> None:
    applied = council.run("reconcile", "--today", DAY, "--yes", "--json").document
    worse = next(write for write in applied["plan"]["writes"] if write["set"].get("status") in ("At risk", "Off track"))
    explained = council.run("explain", worse["key"])
    assert explained.code == 0, explained.err
    assert worse["set"]["status"] in explained.out
    assert worse["set"]["reason"] in " ".join(explained.out.split())
    assert council.run("explain", "NO-SUCH-KEY").code == 11
    assert council.run("explain", worse["key"], "--source", "publik-services").code == 2

    listed = council.run("runs", "list", "--json")
    assert council.run("runs", "--json").out == listed.out
    assert [run["mode"] for run in listed.document["runs"]] == ["reconcile"]
    shown = council.run("runs", "show", applied["run"]["id"], "--json")
    assert shown.document == applied
    assert council.run("report", "--format", "json").document == applied
    assert applied["run"]["id"] in council.run("report").out


def test_versioned_mode_adds_one_version_to_written_items_only(council: Session) -> None:
    text = council.portfolio.read_text(encoding="utf-8")
    council.portfolio.write_text(text.replace("mode: quiet", "mode: versioned"), encoding="utf-8")
    before = council.lists()
    applied = council.run("reconcile", "--today", DAY, "--yes", "--json")
    assert applied.code == 0, applied.err
    written = {(write["source"], write["item"]) for write in applied.document["plan"]["writes"]}
    assert applied.document["writes"]["applied"] == len(written)
    moved = 0
    for where, items in council.lists().items():
        for key, item in items.items():
            steps = _version(item) - _version(before[where][key])
            assert steps in (0, 1)
            moved += steps
    assert moved == len(written)
    assert council.run("reconcile", "--today", DAY, "--json").document["plan"]["writes"] == []


def _version(item: dict[str, Any]) -> int:
    return int(float(item["OData__UIVersionString"]))
