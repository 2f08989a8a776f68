"""The drill of docs/recovery.md: the database is lost, and a resync, planned first, takes the lists as they are."""

from pathlib import Path

from tests.support import rest
from tests.support.administrator import session, staff_sides

PROJECTS = ("/sites/digital-strategy", "Public services projects")


def test_a_lost_database_is_made_good_by_a_resync_that_is_planned_first(tmp_path: Path) -> None:
    with session(tmp_path) as council:
        assert council.reconcile("--yes").code == 0
        site, title = PROJECTS
        rest.edit(council.base_url + site, title, 3, PSStatus="Paused by hand")
        before = council.lists()
        for file in tmp_path.glob("*.sqlite*"):
            file.unlink()

        lost = council.reconcile("--yes")
        assert lost.code == 4, lost.err
        assert {refusal["guard"] for refusal in lost.document["plan"]["refusals"]} == {"first_run", "foreign_value"}
        assert lost.document["writes"]["applied"] == 0
        assert council.lists() == before

        for words in ((), ("--yes",)):
            planned = council.reconcile("--resync", *words)
            assert (planned.code, planned.document["writes"]["applied"]) == (4, 0)
            assert {refusal["guard"] for refusal in planned.document["plan"]["refusals"]} == {"resync"}
        [write] = [each for each in planned.document["plan"]["writes"] if each["source"] == "public-services"]
        assert (write["item"], write["was"]["status"]) == (3, "Paused by hand")
        assert council.lists() == before, "a resync is a plan first"

        done = council.reconcile("--resync", "--approve", planned.document["plan"]["digest"][:12])
        assert done.code == 0, done.err
        after = council.lists()
        assert after[PROJECTS][3]["PSStatus"] == write["set"]["status"]
        assert staff_sides(after) == staff_sides(before)
        again = council.reconcile()
        assert (again.code, again.document["plan"]["writes"], again.document["plan"]["refusals"]) == (0, [], [])
        assert "other_installation" not in {finding["kind"] for finding in again.document["findings"]}
