"""What holds for every paper: no edition tells what it may not, and every word is in the catalogue."""

import re
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

import pytest

from sync.core.changes import What
from sync.core.directions import Direction
from sync.core.findings import FindingKind
from sync.core.model import Freshness, Health, Kind, Person, RiskStatus, WorkStatus
from sync.core.policy import Acceptance, Policies, RegisterPolicy, ReportPolicy, Rung
from sync.core.view import View
from sync.report.catalogue import places
from sync.report.committee import committee_report
from sync.report.document import Document, Figure, KeyFigures, Table
from sync.report.editions import Edition
from sync.report.english import ENGLISH
from sync.report.numbering import placed
from sync.report.register import register_report
from sync.report.sections import english_of_findings, english_of_risks, english_of_work
from sync.report.sections.finding_names import FINDINGS, FindingName
from sync.report.sections.said import Said
from sync.report.tones import Badge
from tests.support.papers import digital_strategy, everything, paper, part, rows, said, seen, table, titles
from tests.support.portfolios import TODAY, Portfolio

YESTERDAY = TODAY - timedelta(days=1)
SECRET = "Whistleblower"
POLICIES = Policies(
    ladder=(Rung(name="board", board="Programme Board", accepts=(Acceptance(source=("projects", "private")),)),),
    registers={"projects": RegisterPolicy(title="Project registers")},
    reports=ReportPolicy(reference="CP/20/23-24", marking="OFFICIAL-SENSITIVE"),
)
BUILDERS = [committee_report, register_report]


def with_secrets(secrets: int = 1) -> View:
    """A portfolio in which a register, and some risks of another, are restricted."""
    portfolio = Portfolio()
    portfolio.source("projects", Kind.RISK, register="projects")
    portfolio.source("private", Kind.RISK, register="private", restricted=True)
    owner = (Person("Ann Example", "ann@council.example"),)
    portfolio.project("DS-01", title="Portal", department="Place", theme="One", status=WorkStatus.ON_TRACK, owner=owner)
    portfolio.risk("R-1", source="projects", title="Leak told by Ann Example", owner=owner, next_review=YESTERDAY)
    for number in range(secrets):
        secret = {"title": SECRET, "category": SECRET, "next_review": YESTERDAY, "project": "DS-98"}
        portfolio.risk(f"{SECRET}-{number}", source="private", **secret)
    portfolio.milestone("Lost", key="M-1", project="DS-99")
    portfolio.action("A-1", title=f"About {SECRET}-0", parent=f"{SECRET}-0", due=YESTERDAY)
    return seen(portfolio, policies=POLICIES)


def made(builder: object, view: View, edition: Edition, **more: object) -> Document:
    document: Document = builder(paper(view, edition, **more), meeting="Board, 24 June 2026")  # type: ignore[operator]
    placed(document)
    return document


# what may not be told


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("secrets", [1, 2, 3])
def test_a_restricted_record_is_counted_and_never_named(builder: object, edition: Edition, secrets: int) -> None:
    view = with_secrets(secrets)
    words = everything(made(builder, view, edition, before=with_secrets(secrets + 1)))
    assert f"{SECRET}-0" not in words.replace(f"About {SECRET}-0", "")
    assert "private" not in words
    noun = "record is" if secrets == 1 else "records are"
    assert f"{secrets} restricted {noun} in the totals" in words


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(("edition", "named"), [(Edition.PMO, True), (Edition.BOARD, False), (Edition.PUBLIC, False)])
def test_only_the_pmo_reads_names_of_people(builder: object, edition: Edition, *, named: bool) -> None:
    assert ("Ann Example" in everything(made(builder, with_secrets(), edition))) is named


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_public_reads_no_title_no_reason_and_no_board(builder: object) -> None:
    document = made(builder, with_secrets(), Edition.PUBLIC)
    words = everything(document)
    assert "Portal" not in words
    assert "Leak" not in words
    assert "At risk: " not in words
    assert "Programme Board" not in words.replace("Board, 24 June 2026", "")
    assert not [title for title in titles(document) if "decision" in title]


def test_the_public_reads_findings_by_kind_only() -> None:
    section = part(made(committee_report, with_secrets(), Edition.PUBLIC), "What does not fit together")
    assert [block.caption for block in section.blocks if isinstance(block, Table)] == ["Findings by kind"]


def test_what_is_restricted_is_counted_among_changes_and_findings() -> None:
    document = made(committee_report, with_secrets(3), Edition.BOARD, before=with_secrets(2))
    assert "1 restricted record changed." in said(part(document, "What changed"))
    assert "3 findings are about restricted records" in said(part(document, "What does not fit together"))
    listed = rows(table(part(document, "Coverage"), "The lists behind"))
    assert ("A restricted list", "Risks", "–", "3", "Completely", "–") in listed  # noqa: RUF001


def test_the_ladder_does_not_name_a_restricted_register() -> None:
    [row] = rows(
        table(part(made(committee_report, with_secrets(), Edition.PMO), "How risks are escalated"), "The ladder")
    )
    assert row[2] == "From Project registers and a restricted register: everything."


def test_a_paper_says_what_its_edition_leaves_out() -> None:
    told = said(part(made(committee_report, with_secrets(), Edition.BOARD), "Coverage"))
    assert "This edition leaves out:\n1 restricted risk counts in the totals and is not named." in told


# what must be told


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize("view", [with_secrets(), seen(digital_strategy()), seen(Portfolio())])
def test_every_table_and_figure_says_as_at_when_and_from_how_much(
    builder: object, edition: Edition, view: View
) -> None:
    document = made(builder, view, edition)
    blocks = [block for _, section in document.walk() for block in section.blocks]
    lines = [block.source_line for block in blocks if isinstance(block, Table | Figure | KeyFigures)]
    assert lines
    assert all(re.match(r"As at 17 June 2026, 02:17\. .*read", line) for line in lines)


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_header_has_what_a_committee_asks_for(builder: object) -> None:
    header = made(builder, with_secrets(), Edition.BOARD).header
    assert (header.portfolio, header.reference, header.marking) == (
        "Digital Strategy",
        "CP/20/23-24",
        "OFFICIAL-SENSITIVE",
    )
    assert (header.edition, header.meeting) == ("Board edition", "Board, 24 June 2026")
    assert (header.as_at.isoformat(), header.run) == ("2026-06-17T02:17:00+01:00", "20260617T011700Z-ab12")
    assert header.coverage.startswith("1 of 1 project read")


@pytest.mark.parametrize("edition", list(Edition))
def test_an_empty_portfolio_has_a_paper_that_says_so(edition: Edition) -> None:
    document = made(committee_report, seen(Portfolio()), edition)
    assert titles(document) == [
        "Summary",
        "Status of projects",
        "Exceptions",
        "Dates that slipped",
        "What changed",
        "Risks",
        "What does not fit together",
        "Coverage",
        "How the figures are made",
    ]
    assert "No list holds a project that counts." in said(part(document, "Summary"))
    assert "No list holds a project that counts." in said(part(document, "Status of projects"))


def test_a_view_without_figures_has_a_paper() -> None:
    document = made(committee_report, replace(seen(Portfolio()), rollup=()), Edition.BOARD)
    assert document.header.coverage == ""
    assert "No list holds a project that counts." in said(part(document, "Summary"))


def test_nothing_is_said_by_a_sign_or_a_colour_alone() -> None:
    document = made(committee_report, with_secrets(), Edition.PMO)
    cells = [
        cell
        for _, section in document.walk()
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
    ]
    assert all(cell.text for cell in cells if isinstance(cell, Badge))


# words


def test_every_message_of_a_paper_is_in_the_catalogue() -> None:
    parts = [english_of_findings.MESSAGES, english_of_risks.MESSAGES, english_of_work.MESSAGES]
    keys = {str(each) for each in (*Said, *FindingName)}
    assert {str(key) for part in parts for key in part} == keys
    assert sum(map(len, parts)) == len(keys)
    assert keys <= {str(key) for key in ENGLISH.messages}


def test_no_message_of_a_paper_stands_in_for_another_one() -> None:
    assert len(ENGLISH.messages) == len({str(key) for key in ENGLISH.messages})


@pytest.mark.parametrize("message", [each for each in Said if not isinstance(ENGLISH.messages[each], str)])
def test_plural_forms_have_the_same_places(message: Said) -> None:
    forms = ENGLISH.messages[message]
    assert not isinstance(forms, str)
    assert {places(words) - {"n"} for words in forms.values()} == {places(forms) - {"n"}}


@pytest.mark.parametrize(
    ("prefix", "vocabulary"),
    [
        ("CHANGE", What),
        ("DIRECTION", Direction),
        ("EDITION", Edition),
        ("FRESHNESS", Freshness),
        ("HEALTH", Health),
        ("KIND", Kind),
        ("KINDS", Kind),
        ("STATE", RiskStatus),
    ],
)
def test_every_value_of_a_vocabulary_has_words(prefix: str, vocabulary: type[StrEnum]) -> None:
    assert [value.name for value in vocabulary if f"{prefix}_{value.name}" not in Said.__members__] == []


def test_every_kind_of_finding_is_called_something() -> None:
    assert set(FINDINGS) == set(FindingKind)
