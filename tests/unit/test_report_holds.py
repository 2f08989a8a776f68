"""Reports tell how much is held beside how much is overdue, and nothing of it where nothing is."""

from datetime import date, timedelta
from typing import Any

import pytest

from sync.cli.explain import _facts
from sync.core.model import Kind, Person, WorkStatus
from sync.core.policy import Labels
from sync.core.view import View
from sync.report import text
from sync.report.committee import committee_report
from sync.report.document import Document, Section
from sync.report.editions import Edition, for_edition
from sync.report.open_data import render_json
from tests.support.papers import everything, paper, rows, seen, table
from tests.support.portfolios import TODAY, Portfolio

JUNE_3, JUNE_30 = date(2026, 6, 3), date(2026, 6, 30)
HELD: dict[str, Any] = {"hold_reason": "Ann Ash: tribunal", "hold_until": JUNE_30, "hold_by": (Person("Ann Ash"),)}


def portfolio(**held: Any) -> View:
    """A held project, milestone and risk, all of them overdue, and a project that is not."""
    made = Portfolio()
    made.project("DS-01", theme="Places", department="Housing", status=WorkStatus.ON_TRACK, end=JUNE_3, **held)
    made.project("DS-02", theme="People", status=WorkStatus.ON_TRACK)
    made.milestone(original=JUNE_3, **held)
    made.risk("R-1", next_review=JUNE_3, last_reviewed=JUNE_3 - timedelta(days=40), **held)
    return seen(made)


def columns(document: Document, caption: str) -> tuple[str, ...]:
    return tuple(column.title for column in _table(document, caption).columns)


def _table(document: Document, caption: str) -> Any:
    """The table of that caption, wherever it stands."""
    found = [section for _, section in document.walk() if _has(section, caption)]
    return table(found[0], caption)


def _has(section: Section, caption: str) -> bool:
    return any(getattr(block, "caption", "").startswith(caption) for block in section.blocks)


TABLES = {"What the rules read": "Held", "Open risks by register": "Held", "By project": "Held until"}
TABLES |= {"By department": "Held until", "Reviews that are overdue": "Held until"}


@pytest.mark.parametrize(("caption", "heading"), TABLES.items())
def test_papers_have_the_column_where_anything_is_held(caption: str, heading: str) -> None:
    held, plain = (committee_report(paper(portfolio(**each))) for each in (HELD, {}))
    assert columns(held, caption) == tuple(
        each
        for name in columns(plain, caption)
        for each in ((name, heading) if name in ("Overdue", "Due since") else (name,))
    )


def test_papers_count_what_is_held_and_say_until_when() -> None:
    document = committee_report(paper(portfolio(**HELD)))
    assert [row[3:5] for row in rows(_table(document, "What the rules read"))] == [("0", "0"), ("3", "3"), ("3", "3")]
    assert [row[-1] for row in rows(_table(document, "Open risks by register"))] == ["1", "1"]
    assert {row[-1] for row in rows(_table(document, "By project"))} == {"2026-06-30"}
    assert "Held until 30 June 2026 ([name]: tribunal). " in everything(document)


@pytest.mark.parametrize("edition", list(Edition))
def test_who_set_a_hold_is_named_for_the_pmo_only_and_in_public_there_are_counts(edition: Edition) -> None:
    view = portfolio(**HELD)
    told = render_json(for_edition(view, edition, view.policies.reports))
    assert ("Ann Ash" in told) is (edition is Edition.PMO)
    assert ("tribunal" in told) is (edition is not Edition.PUBLIC)
    assert ('"held_until": "2026-06-30"' in told) is (edition is not Edition.PUBLIC)
    assert '"held": 3' in told


@pytest.mark.parametrize(("held", "shown"), [(HELD, True), ({}, False)])
def test_the_run_report_has_the_column_where_anything_is_held(held: dict[str, Any], shown: bool) -> None:
    report = {"rollup": [row.to_json() for row in portfolio(**held).rollup]}
    for made in (text.rollup_table(report, "theme"), text.register_table(report)):
        heading = [str(column.header) for column in made.columns][-1]
        assert (heading == "Held") is shown


def test_what_belongs_to_no_project_has_a_row_where_it_is_held() -> None:
    made = Portfolio()
    made.project("DS-01", theme="Places")
    made.add(Kind.ACTION, "A-1", due=TODAY + timedelta(days=99), **HELD)
    report = {"rollup": [row.to_json() for row in seen(made).rollup]}
    names = list(text.rollup_table(report, "theme").columns[0].cells)
    assert names == ["Places", "(no project)", "All"]


CONTENT = {
    **dict.fromkeys(("computed", "band", "overdue", "due", "reason", "declared")),
    "kind": "action",
    "findings": (),
    "today": "2026-06-17",
    "run": "R",
}


@pytest.mark.parametrize(
    ("hold", "said"),
    [
        ({}, "until 30 June 2026: tribunal"),
        ({"by": ["Ann", "Bob"]}, "until 30 June 2026, set by Ann and Bob: tribunal"),
        ({"counts": False}, "ended on 30 June 2026: tribunal"),
        ({"asked": None}, "until 30 June 2026: tribunal"),
        ({"asked": "2026-12-31"}, "until 30 June 2026, the longest allowed (staff gave 31 December 2026): tribunal"),
    ],
)
def test_explain_shows_a_hold(hold: dict[str, Any], said: str) -> None:
    kept = {"reason": "tribunal", "until": "2026-06-30", "asked": "2026-06-30", "counts": True, "by": [], **hold}
    assert ("Hold", said) in _facts("actions", {**CONTENT, "hold": kept}, Labels())
    assert "Hold" not in dict(_facts("actions", CONTENT, Labels()))
