"""An administrator takes a run back, checks the record, exports it, lets go of it, and answers a data subject."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support import rest
from tests.support.administrator import SITES, Session, session, staff_sides


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path) as made:
        yield made


def database(council: Session) -> Path:
    (found,) = council.state.glob("*.sqlite")
    return found


def altered(council: Session, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(database(council))) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def ours(lists: dict[tuple[str, str], dict[int, dict[str, Any]]]) -> dict[Any, Any]:
    """What our columns show, item by item: a blank and an empty text look the same."""
    return {
        (where, key): {name: value or None for name, value in item.items() if name.startswith("PS")}
        for where, items in lists.items()
        for key, item in items.items()
    }


def test_a_run_is_taken_back_over_http_and_the_record_tells_of_it(council: Session) -> None:
    before = council.lists()
    run_id = council.reconcile("--yes").document["run"]["id"]
    assert ours(council.lists()) != ours(before)

    waiting = council.run("runs", "undo", run_id)
    assert waiting.code == 4, waiting.err
    assert f"portfolio-sync runs undo {run_id} --yes" in " ".join(waiting.out.split())
    digest = re.search(r"Plan digest ([0-9a-f]+)", waiting.out)
    assert digest is not None

    undone = council.run("runs", "undo", run_id, "--approve", digest[1], "--json")
    assert undone.code == 0, undone.err
    assert undone.document["run"]["mode"] == "undo"
    assert undone.document["writes"]["applied"] == len(undone.document["plan"]["writes"]) > 100
    assert undone.document["findings"] == []
    after = council.lists()
    stamps = ("PSStamp",)
    assert _without(ours(after), stamps) == _without(ours(before), stamps)
    assert staff_sides(after) == staff_sides(before), "staff's columns, Modified, Modified By and versions stay"

    verified = council.run("runs", "verify")
    assert verified.code == 0, verified.err
    assert "The record is whole" in verified.out
    assert council.run("runs", "verify", "--json").document["holds"] is True

    again = council.reconcile()
    assert again.code == 4
    assert "unexplained_writes" in {refusal["guard"] for refusal in again.document["plan"]["refusals"]}
    assert council.run("runs", "undo", "never").code == 11


def test_an_altered_a_missing_and_a_cut_off_entry_are_found(council: Session) -> None:
    council.reconcile("--yes")
    whole = database(council).read_bytes()
    (heads,) = council.state.glob("*.audit-heads.jsonl")
    last = json.loads(heads.read_text(encoding="utf-8").splitlines()[-1])["number"]

    altered(council, "UPDATE audit SET content = replace(content, 'written', 'resolved') WHERE number = 2")
    found = council.run("runs", "verify")
    assert (found.code, "Entry 2 is not what was recorded" in found.err) == (14, True)
    assert council.run("audit", "purge", "--before", "2100-01-01", "--yes").code == 14, "nor is it let go of"

    _put_back(council, whole)
    altered(council, "UPDATE audit SET content = content || ' ' WHERE number = 3")
    found = council.run("runs", "verify")
    assert (found.code, "Entry 3" in found.err) == (14, True)

    _put_back(council, whole)
    altered(council, "DELETE FROM audit WHERE number = 4")
    found = council.run("runs", "verify", "--json")
    assert (found.code, found.document["trouble"]) == (14, "Entry 4 is missing; entry 5 comes next.")

    _put_back(council, whole)
    altered(council, "DELETE FROM audit WHERE number = ?", last)
    found = council.run("runs", "verify")
    assert found.code == 14
    assert f"The record ends with entry {last - 1}, and had entry {last}" in found.err

    _put_back(council, whole)
    assert council.run("runs", "verify").code == 0


def test_the_record_is_exported_and_let_go_of(council: Session, tmp_path: Path) -> None:
    run_id = council.reconcile("--yes").document["run"]["id"]
    exported = council.run("audit", "export", "--format", "json", "--run", run_id)
    assert exported.code == 0, exported.err
    assert council.run("audit", "export", "--run", f"{run_id}x").code == 11
    entries = exported.document["entries"]
    assert {entry["run_id"] for entry in entries} == {run_id}
    file = tmp_path / "audit.csv"
    assert council.run("audit", "export", "--out", str(file)).code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert [row["hash"] for row in rows] == [entry["hash"] for entry in entries]
    assert council.run("audit", "export").out == file.read_bytes().decode().replace("\r\n", "\n")
    assert council.run("audit", "export", "--out", str(tmp_path / "no" / "folder")).code == 2

    assert council.run("audit", "purge", "--before", "1st of May").code == 2
    assert "Nothing is of before 2000-01-01" in council.run("audit", "purge", "--before", "2000-01-01").out
    asked = council.run("audit", "purge", "--before", "2100-01-01")
    assert (asked.code, f"{len(entries):,} entries of before 2100-01-01 would be deleted" in asked.err) == (4, True)
    purged = council.run("audit", "purge", "--before", "2100-01-01", "--yes")
    assert (purged.code, purged.out.strip()) == (0, f"Deleted {len(entries):,} entries.")
    assert council.run("runs", "verify").code == 0
    assert [entry["act"] for entry in council.run("audit", "export", "--format", "json").document["entries"]] == [
        "purged"
    ]


def test_a_data_subject_is_answered_and_forgotten(council: Session) -> None:
    council.reconcile("--yes")
    everyone = council.run("subject", "find", "1", "--json")
    assert everyone.code == 0, everyone.err
    (me,) = everyone.document["subjects"]
    assert (me["scope"], me["approvals"]) == ("account", 1)
    assert council.run("subject", "find", me["name"], "--json").document["subjects"] == [me]
    assert me["account"] in council.run("subject", "find", "1").out
    assert "Nothing is kept about 'Nobody Whatever'" in council.run("subject", "find", "Nobody Whatever").out
    assert council.run("subject", "erase", "99", "--yes").code == 11
    assert council.run("subject", "erase", "1").code == 4
    erased = council.run("subject", "erase", "1", "--yes")
    assert erased.code == 0, erased.err
    assert council.run("subject", "find", "1", "--json").document["subjects"] == []
    last = council.run("audit", "export", "--format", "json").document["entries"][-1]
    assert (last["act"], last["person"]) == ("erased", 1)
    assert council.run("runs", "verify").code == 0


def test_what_a_colleague_changed_since_stays(council: Session) -> None:
    applied = council.reconcile("--yes").document
    reasons = [each["set"]["reason"] for each in applied["plan"]["writes"] if "reason" in each["set"]]
    where, item = _place(council, next(reason for reason in reasons if reasons.count(reason) == 1))
    rest.edit(council.base_url + where[0], where[1], item, PSReason="Ask Ann")
    undone = council.run("runs", "undo", applied["run"]["id"], "--yes", "--json")
    assert undone.code == 0, undone.err
    (told,) = [each["text"] for each in undone.document["findings"] if each["kind"] == "undo_left"]
    assert "Reason was changed by hand since, and stays as it is." in told
    assert council.lists()[where][item]["PSReason"] == "Ask Ann"


def _place(council: Session, reason: str) -> tuple[tuple[str, str], int]:
    return next(
        (where, key)
        for where, items in council.lists().items()
        for key, item in items.items()
        if where[0] in SITES and item.get("PSReason") == reason
    )


def _without(values: dict[Any, Any], names: tuple[str, ...]) -> dict[Any, Any]:
    return {key: {name: each for name, each in item.items() if name not in names} for key, item in values.items()}


def _put_back(council: Session, whole: bytes) -> None:
    for file in council.state.glob("*.sqlite-*"):
        file.unlink()
    database(council).write_bytes(whole)
