"""A mapping mistake that would turn 400 of 500 rows amber: stopped, approved by mistake, and taken back whole."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import rest
from tests.support.cli import Result, emulator_process, portfolio_sync

SITE, LIST = "/sites/pmo", "Projects"
ROWS, ON_TRACK = 500, 400
WORDS = {"on_track": ["On track"], "at_risk": ["At risk"], "off_track": ["Off track"]}
MISTAKEN = {"on_track": ["At risk"], "at_risk": ["On track"], "off_track": ["Off track"]}
OWNED = {
    "status": ("PSStatus", "Text"),
    "overdue": ("PSOverdue", "Text"),
    "overdue_since": ("PSOverdueSince", "DateTime"),
    "reason": ("PSReason", "Note"),
    "check": ("PSCheck", "Note"),
    "stamp": ("PSStamp", "Text"),
}


def world() -> dict[str, Any]:
    ours = [{"name": name, "type": kind} for name, kind in OWNED.values()]
    staff = [
        {"name": "Ref", "type": "Text"},
        {"name": "Status", "type": "Choice", "choices": [word for words in WORDS.values() for word in words]},
        {"name": "Ends", "type": "DateTime"},
    ]
    rows = [
        {
            "values": {
                "Title": f"Project {number}",
                "Ref": f"P-{number}",
                "Status": "On track" if number <= ON_TRACK else "Off track",
                "Ends": "2027-03-31",
            }
        }
        for number in range(1, ROWS + 1)
    ]
    lists = [{"title": LIST, "url": f"Lists/{LIST}", "fields": staff + ours, "items": rows}]
    return {"world": "mistake", "sites": [{"path": SITE, "title": "PMO", "users": [], "lists": lists}]}


def portfolio(base_url: str, words: dict[str, list[str]], mode: str) -> dict[str, Any]:
    source = {
        "connection": "here",
        "site": SITE,
        "list": LIST,
        "kind": "project",
        "key": "Ref",
        "fields": {"title": "Title", "status": {"column": "Status", "values": words}, "end": "Ends"},
        "write": {"mode": mode, "columns": {field: name for field, (name, _) in OWNED.items()}},
    }
    return {
        "version": 1,
        "name": "Mistake",
        "time_zone": "Europe/London",
        "pace": {"licences": 50_001, "share": 100},
        "connections": {"here": {"kind": "sharepoint", "host": base_url, "auth": "emulator"}},
        "sources": {"projects": source},
    }


@pytest.mark.parametrize("mode", ["quiet", "versioned"])
def test_a_mapping_mistake_stops_and_when_approved_is_taken_back(mode: str, tmp_path: Path) -> None:
    data, file = tmp_path / "world.json", tmp_path / "portfolio.yaml"
    data.write_text(json.dumps(world()), encoding="utf-8")

    def run(*words: str, mapping: dict[str, list[str]]) -> Result:
        file.write_text(json.dumps(portfolio(base_url, mapping, mode)), encoding="utf-8")
        return portfolio_sync(*words, "--json", "-c", str(file), state=tmp_path)

    with emulator_process("--data", str(data), "--throttle", "off", state=tmp_path) as base_url:
        site = base_url + SITE
        assert run("reconcile", "--today", "2026-06-17", "--yes", mapping=WORDS).code == 0
        right = rest.items(site, LIST)

        stopped = run("reconcile", "--today", "2026-06-18", "--yes", mapping=MISTAKEN)
        assert (stopped.code, stopped.document["writes"]["applied"]) == (4, 0)
        refusals = {each["guard"]: each for each in stopped.document["plan"]["refusals"]}
        assert set(refusals) == {"policy_changed", "unexplained_writes", "field_flipped"}
        assert "400 of 500" in refusals["unexplained_writes"]["seen"]
        assert "30 %" in refusals["unexplained_writes"]["limit"]
        assert rest.items(site, LIST) == right

        digest = stopped.document["plan"]["digest"]
        wrong = run("reconcile", "--today", "2026-06-18", "--approve", digest, mapping=MISTAKEN)
        assert (wrong.code, wrong.document["writes"]["applied"]) == (0, ON_TRACK)
        assert [item["PSStatus"] for item in rest.items(site, LIST).values()].count("At risk") == ON_TRACK

        undone = run("runs", "undo", wrong.document["run"]["id"], "--yes", mapping=MISTAKEN)
        assert (undone.code, undone.document["writes"]["applied"]) == (0, ON_TRACK)
        back = rest.items(site, LIST)
        assert {number: ours(item) for number, item in back.items()} == {n: ours(item) for n, item in right.items()}
        if mode == "quiet":
            assert {n: rest.staff_side(i) for n, i in back.items()} == {n: rest.staff_side(i) for n, i in right.items()}
        else:
            moved = {"Modified", "EditorId", "OData__UIVersionString", "OwshiddenVersion"}
            assert {n: without(i, moved) for n, i in back.items()} == {n: without(i, moved) for n, i in right.items()}

        corrected = run("reconcile", "--today", "2026-06-18", "--yes", mapping=WORDS)
        assert (corrected.code, corrected.document["plan"]["writes"]) == (0, [])
        assert run("reconcile", "--today", "2026-06-18", mapping=WORDS).document["plan"]["refusals"] == []
        assert run("runs", "verify", mapping=WORDS).document["holds"] is True


def ours(item: dict[str, Any]) -> dict[str, Any]:
    """Our columns without the stamp, which says who wrote last."""
    return {name: value for name, value in item.items() if name.startswith("PS") and name != "PSStamp"}


def without(item: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in rest.staff_side(item).items() if name not in names}
