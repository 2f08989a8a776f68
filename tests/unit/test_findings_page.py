"""docs/findings.md tells of every kind of finding, with its severity and whether it stands in the row's own column."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.core.convert import Problem
from sync.core.events import EventKind
from sync.core.findings import REPORT_ONLY, SEVERITIES, Finding, FindingKind, Severity

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (.+?) \| (.+?) \|$", PAGE, flags=re.MULTILINE)

IN_A_ROW = ("finding", "Problem", "_problem", "_unusable")
"""What makes a finding whose sentence stands in the row it is about."""
IN_THE_REPORT = ("notice", "Finding")
"""What makes one of which only the report tells."""
BY_EVENT = {FindingKind(kind.value) for kind in EventKind}
"""What happened to a record is made into findings by its own name."""
BY_TABLE = {FindingKind.DATE_OFF_MIDNIGHT, FindingKind.ZONE_UNKNOWN}
"""Kinds that the conversion of a cell takes from a table, and puts into a `Problem`."""


def made() -> Iterator[tuple[str, FindingKind]]:
    """Every place in the code that makes a finding: what it calls, and of which kind."""
    for path in sorted((ROOT / "sync").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if isinstance(node, ast.Call) and called in (*IN_A_ROW, *IN_THE_REPORT):
                yield from ((called, kind) for kind in _kinds(node))


def _kinds(call: ast.Call) -> Iterator[FindingKind]:
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(given, ast.Attribute) and isinstance(given.value, ast.Name) and given.value.id == "FindingKind":
            yield FindingKind[given.attr]


def test_every_kind_is_on_the_page_once() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(kind.value for kind in FindingKind)


@pytest.mark.parametrize(("kind", "severity", "in_check", "meaning", "advice"), ROWS)
def test_the_page_says_what_the_code_does(kind: str, severity: str, in_check: str, meaning: str, advice: str) -> None:
    assert severity == Finding("projects", 1, FindingKind(kind), "", "").severity.value
    assert in_check == ("no" if FindingKind(kind) in REPORT_ONLY else "yes")
    assert meaning
    assert advice


def test_a_kind_stands_in_a_row_or_only_in_the_report_wherever_it_is_made() -> None:
    calls = set(made())
    assert {kind for _, kind in calls} | BY_TABLE | BY_EVENT == set(FindingKind)
    assert {kind for call, kind in calls if call in IN_A_ROW}.isdisjoint(REPORT_ONLY)
    assert {kind for call, kind in calls if call in IN_THE_REPORT} | BY_EVENT == REPORT_ONLY
    assert BY_TABLE.isdisjoint(REPORT_ONLY)


def test_what_is_found_in_a_cell_always_has_a_sentence_for_its_row() -> None:
    assert Problem(FindingKind.TEXT_DATE, "Due is text", "Due is text").mend


def test_a_finding_in_json_tells_all_but_what_its_row_says() -> None:
    made = Finding("projects", 7, FindingKind.READS_WORSE, "DS-07", "DS-07: it reads worse.", "mend this")
    assert made.to_json() == {
        "kind": "reads_worse",
        "severity": "info",
        "source": "projects",
        "item": 7,
        "key": "DS-07",
        "text": "DS-07: it reads worse.",
    }


def test_severities_are_told_only_where_they_are_not_the_usual_one() -> None:
    assert set(SEVERITIES.values()) == {Severity.INFO}


def test_every_link_leads_somewhere() -> None:
    for target, anchor in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", PAGE):
        text = (ROOT / "docs" / target).read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
        }
        assert not anchor or anchor in headings, (target, anchor)
