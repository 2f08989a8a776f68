"""A plan is kept, looked through and applied: what has not moved since, and nothing that nobody has seen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import rest
from tests.support.administrator import DAY, Session, session, staff_sides

PROJECTS = ("/sites/digital-strategy", "Public services projects")


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path) as made:
        yield made


def test_a_reviewed_plan_applies_what_has_not_moved_and_asks_again_for_the_rest(council: Session) -> None:
    file = council.state / "plan.json"
    planned = council.run("plan", "--today", DAY, "--out", str(file), "--json").document["plan"]
    before = council.lists()
    site, title = PROJECTS
    moved, *_ = [write for write in planned["writes"] if write["source"] == "public-services"]
    rest.edit(council.base_url + site, title, moved["item"], Target_x0020_date="2026-06-01T23:00:00Z")

    now = council.run("plan", "--today", DAY, "--json").document["plan"]["writes"]
    same = [write for write in now if write in planned["writes"]]
    assert 0 < len(now) - len(same) <= 2, "the project, and the programme that counts it"

    applied = council.reconcile("--plan", str(file))
    assert applied.code == 4, applied.err
    assert f"public-services: {moved['key']}" in applied.err
    assert f"As reviewed: {len(same)} items" in applied.err
    assert applied.document["writes"]["applied"] == len(same)
    assert applied.document["writes"]["skipped"] == len(now) - len(same)
    after = council.lists()
    assert after[PROJECTS][moved["item"]]["PSStatus"] is None
    assert {w: rows for w, rows in staff_sides(after).items() if w != PROJECTS} == {
        w: rows for w, rows in staff_sides(before).items() if w != PROJECTS
    }

    rest_of_it = council.reconcile("--plan", str(file), "--yes")
    assert (rest_of_it.code, rest_of_it.document["writes"]["applied"]) == (0, len(now) - len(same))
    assert council.reconcile().document["plan"]["writes"] == []


def test_a_plan_that_is_none_or_was_changed_is_refused(council: Session) -> None:
    file = council.state / "plan.json"
    council.run("plan", "--today", DAY, "--out", str(file))
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["kind"] == "portfolio-sync plan"
    document["writes"][0]["set"]["status"] = "Complete"
    changed = council.state / "changed.json"
    changed.write_text(json.dumps(document), encoding="utf-8")
    for wrong, said in ((changed, "was changed after it was made"), (council.portfolio, "is not a plan")):
        refused = council.reconcile("--plan", str(wrong))
        assert refused.code == 2
        assert said in refused.err
    assert council.reconcile("--plan", str(council.state / "none.json")).code == 2
    assert council.run("plan", "--out", str(council.state / "no" / "folder.json")).code == 2
    assert all(item["PSStatus"] is None for item in council.lists()[PROJECTS].values())


def test_a_digest_approves_exactly_the_plan_that_was_seen(council: Session) -> None:
    planned = council.run("plan", "--today", DAY, "--json").document["plan"]
    assert council.reconcile("--approve", "abc").code == 2
    assert council.reconcile("--approve", planned["digest"], "--yes").code == 2
    other = council.reconcile("--approve", "0" * 64)
    assert (other.code, other.document["writes"]["applied"]) == (4, 0)
    assert f"its digest is {planned['digest'][:12]}." in other.err
    site, title = PROJECTS
    moved, *_ = [write for write in planned["writes"] if write["source"] == "public-services"]
    rest.edit(council.base_url + site, title, moved["item"], Target_x0020_date="2026-06-01T23:00:00Z")
    assert council.reconcile("--approve", planned["digest"][:12]).code == 4
    again = council.run("plan", "--today", DAY, "--json").document["plan"]
    done = council.reconcile("--approve", again["digest"][:12])
    assert (done.code, done.document["writes"]["applied"]) == (0, len(again["writes"]))


def test_the_first_items_of_every_list_can_go_ahead(council: Session) -> None:
    done = council.reconcile("--yes", "--canary", "2")
    assert done.code == 0, done.err
    assert council.reconcile().document["plan"]["writes"] == []
