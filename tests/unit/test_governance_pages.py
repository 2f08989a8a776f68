"""docs/reports.md and docs/identity.md say what the code does: commands, reports, sections, editions and directions."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.cli.report import Format, What
from sync.core.directions import Direction
from sync.core.findings import FindingKind
from sync.core.frozen import PATIENCE_DAYS, Occasion
from sync.core.model import Kind, Person
from sync.core.policy import Acceptance, Policies, Rung
from sync.report.committee import Frozen, committee_report
from sync.report.editions import Edition
from sync.report.redaction import COVERED
from sync.report.sections.paper import ROWS
from sync.report.sections.trend import REPORTS
from tests.support.cli import portfolio_sync
from tests.support.papers import paper, seen, titles
from tests.support.portfolios import Portfolio
from tests.unit.test_command_line_docs import PAGE as COMMAND_LINE
from tests.unit.test_command_line_docs import commands

DOCS = Path(__file__).resolve().parents[2] / "docs"
REPORTS_PAGE = (DOCS / "reports.md").read_text(encoding="utf-8")
IDENTITY_PAGE = (DOCS / "identity.md").read_text(encoding="utf-8")
MONTH_AGO = datetime(2026, 5, 1, tzinfo=UTC)


def rows_below(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table after those words."""
    table = re.search(r"^\|.*?\n\n", page.partition(heading)[2], re.MULTILINE | re.DOTALL)
    assert table is not None, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:] if line]


@pytest.mark.parametrize("page", [REPORTS_PAGE, IDENTITY_PAGE], ids=["reports", "identity"])
def test_every_command_that_is_named_exists_with_its_options(page: str) -> None:
    known = commands() | {"matches": set(), "frozen": set()}
    named = re.findall(
        r"(?:portfolio-sync |`)((?:report|frozen|matches|policies|subject)(?: [a-z]+)?)\b([^`\n]*)", page
    )
    assert named
    for name, rest in named:
        own = known.get(name) or known[name.partition(" ")[0]]
        assert set(re.findall(r"--[a-z]+", rest)) <= own, name


def test_every_report_is_on_the_page_and_no_other() -> None:
    assert [row[0].strip("`") for row in rows_below(REPORTS_PAGE, "## What each report holds")] == list(What)


@pytest.mark.parametrize("row", rows_below(COMMAND_LINE, "## Reports"), ids=lambda row: str(row[0]))
def test_each_report_has_the_formats_that_the_page_says(row: list[str], tmp_path: Path) -> None:
    """A form that it does not have is refused with those that it has."""
    what, formats = row[0].strip("`"), re.findall(r"`(\w+)`", row[1])
    other = next(each.value for each in Format if each.value not in formats)
    refused = portfolio_sync("report", what, "--format", other, state=tmp_path)
    assert refused.code == 2
    assert f"Its formats are {', '.join(formats)}." in refused.err


def test_the_sections_of_the_paper_are_those_on_the_page() -> None:
    portfolio = Portfolio()
    portfolio.source("register", Kind.RISK, register="register")
    portfolio.project("DS-01", theme="One", owner=(Person("Ann Example"),), end=MONTH_AGO.date())
    portfolio.risk("R-1", source="register", project="DS-01")
    rung = Rung(name="Board", board="Board", accepts=(Acceptance(source=("register",)),))
    view = seen(portfolio, policies=Policies(ladder=(rung,)))
    earlier = Frozen(label="May", as_at=MONTH_AGO, rollup=view.rollup)
    document = committee_report(paper(view, Edition.PMO, trend=(earlier,)))
    told = [title.replace("For decision: Board", "For decision") for title in titles(document)]
    assert told == [row[0] for row in rows_below(REPORTS_PAGE, "The committee's paper has")]


def test_the_editions_and_their_limits_are_those_of_the_code() -> None:
    heading = re.search(r"^\| \| (.*) \|$", REPORTS_PAGE, re.MULTILINE)
    assert heading is not None
    assert re.findall(r"`(\w+)`", heading[1]) == list(Edition)
    assert f"read `{COVERED}`" in REPORTS_PAGE
    assert f"at most {ROWS} rows" in REPORTS_PAGE
    assert f"up to {REPORTS} monthly reports" in REPORTS_PAGE


def test_every_direction_is_on_the_page_with_its_sign() -> None:
    told = " ".join(row[0] for row in rows_below(REPORTS_PAGE, "Where something is heading"))
    assert re.findall(r"(\S) (\w+(?: known)?)", told) == [
        (each.symbol, each.words)
        for each in (Direction.BETTER, Direction.WORSE, Direction.SAME, Direction.NEW, Direction.NOT_KNOWN)
    ]


def test_every_occasion_of_a_frozen_report_is_on_the_page() -> None:
    told = rows_below(REPORTS_PAGE, "## Frozen reports")
    assert [row[0].removeprefix("on ") for row in told] == [each for each in Occasion if each is not Occasion.LATEST]
    assert f"at most until the {PATIENCE_DAYS + 1}th" in told[0][1]


def test_the_findings_about_identity_exist() -> None:
    told = rows_below(IDENTITY_PAGE, "## What is told")
    named = [name for row in told for name in re.findall(r"finding \[`(\w+)`\]", row[0])]
    assert named == [FindingKind.KEY_REUSED, FindingKind.DOUBTFUL_MATCH]
