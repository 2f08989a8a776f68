"""`demo`: what a newcomer sees first, and what a script gets."""

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from sync.report.story import before_and_after
from tests.support.cli import Result, emulator_process, portfolio_sync
from tests.support.engine_world import SECRET, council

THEMES = {
    "Provide innovative public services": (13, 9, 2, 2, "69/15/15"),
    "Create a vibrant digital economy": (12, 7, 1, 4, "58/8/33"),
    "Create a sustainable digital infrastructure": (11, 10, 1, 0, "91/9/0"),
    "Improve health, wellbeing and inclusion": (11, 5, 4, 2, "45/36/18"),
    "All": (47, 31, 8, 8, "66/17/17"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return portfolio_sync("demo", state=tmp_path_factory.mktemp("demo"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_table_is_the_committees(told: Result, theme: str) -> None:
    total, on_track, review, done, percentages = THEMES[theme]
    row = rf"^ {re.escape(theme)}\s+{total}\s+{on_track}\s+{review}\s+{done}\s+{percentages}\s"
    assert re.search(row, told.out, re.MULTILINE), told.out


def test_it_tells_what_reads_worse_items_before_and_after_and_that_a_second_run_wrote_nothing(told: Result) -> None:
    assert told.code == 0, told.err
    assert "Read worse than reported (9 projects)" in told.out
    assert "was due 3 June 2026" in told.out
    assert "before and after" in told.out
    assert "unchanged on 147 of 147 items" in told.out
    assert "A second run straight afterwards wrote 0 items." in told.out
    assert "PR-002" not in told.out, "a confidential risk is named nowhere"


def test_it_tells_what_staff_see_where_they_work(told: Result) -> None:
    assert re.search(r"\b\d\d columns with words, icons and colours, and \d\d views such as Overdue", told.out)


def test_it_tells_which_risk_goes_to_which_board_and_which_reviews_are_due(told: Result) -> None:
    assert "What goes to which board (15 risks)" in told.out
    boards = told.out[told.out.index("What goes to which board") : told.out.index("Reviews that are due (8 risks)")]
    governance, programme = boards.split("ICT Programme Board (9)")
    for risk in ("Corporate Governance Manager (6)", "PR-001 ", "OPS-03 ", "1 restricted risk"):
        assert risk in governance
    for risk in ("PR-012 ", "TDA-08 ", "OPS-02 "):
        assert risk in programme
    assert "OPS-01" not in boards, "very high, and its meeting has not given it up"
    assert re.search(r"^   OPS-02 .* high +technical-operations-register +24 June 2026", programme, re.MULTILINE)
    assert re.search(r"^ since 2 April 2026 +PR-016 Members share one device .* not yet", told.out, re.MULTILINE)


def test_what_asks_for_a_person_is_listed_and_what_is_worth_knowing_is_counted(told: Result) -> None:
    assert "For a person to look at (8)" in told.out
    assert "Also noted (10): never reviewed 1, reads worse 9; " in told.out
    assert "by the rules" not in told.out, "the table of what reads worse has said so"


def test_it_ends_with_what_to_try_next(told: Result) -> None:
    _, _, last = told.out.partition("\nWhat now\n")
    lines = last.rstrip().splitlines()
    assert [line.split()[1:] for line in lines[:4:2]] == [["demo", "--keep"], ["demo", "--json"]]
    assert "README.md" in lines[4]
    assert len(lines) == 5


def test_a_restricted_record_is_shown_by_its_number(tmp_path: Path) -> None:
    with council(tmp_path) as lists:
        result = lists.run(only=frozenset({"risks"}))
        (record,) = result.reads["risks"].records
        shown = before_and_after(
            result.report.plan, {record.id: record}, {record.id: lists.run().reads["risks"].records[0]}, 8
        )
    printed = io.StringIO()
    Console(file=printed, width=120).print(shown)
    assert "item 1" in printed.getvalue()
    assert SECRET not in printed.getvalue()


def test_json_is_the_run_report_and_nothing_else(tmp_path: Path) -> None:
    result = portfolio_sync("demo", "--json", state=tmp_path)
    assert result.code == 0
    assert result.document["schema"] == 1
    assert result.document["run"]["outcome"] == "done"
    assert result.document["writes"]["applied"] == len(result.document["plan"]["writes"]) > 100
    found = Counter(finding["kind"] for finding in result.document["findings"])
    assert (found["reads_worse"], found["never_reviewed"], found.total()) == (9, 1, 19), "all of them, listed or not"
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"


def test_the_emulator_prints_the_exact_next_commands(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    with emulator_process("--sample", "digital-strategy", "--portfolio", str(file), state=tmp_path):
        first = file.read_text(encoding="utf-8")
    with emulator_process("--sample", "digital-strategy", "--portfolio", str(file), state=tmp_path):
        second = file.read_text(encoding="utf-8")
    names = [re.search(r"^name: (.*)$", text, re.MULTILINE) for text in (first, second)]
    assert all(names)
    assert names[0] != names[1], "a new world has a name, and so a database, of its own"
