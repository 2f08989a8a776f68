"""The collated register has every risk of every register with its origin, the worst first."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from sync.core.model import Band, Kind, Nature, Person, RiskStatus, Scores
from sync.core.policy import Acceptance, Policies, RegisterPolicy, Rung
from sync.core.snapshot import RecordId
from sync.core.view import View
from sync.report.document import Document, Table
from sync.report.editions import Edition
from sync.report.numbering import placed
from sync.report.register import collated, register_report
from sync.report.tones import Badge, Tone
from tests.support.papers import amended, paper, part, rows, said, seen, table, titles
from tests.support.portfolios import Portfolio

RULES = Policies(
    registers={"projects": RegisterPolicy(title="Project registers")},
    ladder=(Rung(name="board", board="Programme Board", accepts=(Acceptance(source=("projects",), band=Band.HIGH),)),),
)


def registers() -> View:
    portfolio = Portfolio()
    portfolio.source("project-risks", Kind.RISK, register="projects")
    portfolio.source("tda", Kind.RISK)
    portfolio.source("problems", Kind.ISSUE)
    portfolio.project("DS-01", department="Place")
    owners = (Person("Bob Sample"), Person("Ann Example"))
    portfolio.risk("R-2", source="tda", title="Old kit", project=None, likelihood=5, impact=5, rung="elsewhere")
    portfolio.risk("R-9", source="tda", title="Unrated", project=None, likelihood=None, impact=None, owner=owners)
    portfolio.risk(
        "R-1", source="project-risks", title="Leak", likelihood=4, impact=4, owner=owners, category="Data",
        response="Treat", inherent_likelihood=5, inherent_impact=5, target_likelihood=1, target_impact=2,
        last_reviewed=date(2026, 6, 1), next_review=date(2026, 7, 1),
    )  # fmt: skip
    portfolio.risk("R-3", source="project-risks", title="Grant", nature=Nature.OPPORTUNITY)
    portfolio.risk("R-4", source="project-risks", title="Past", status=RiskStatus.CLOSED)
    portfolio.add(Kind.ISSUE, "I-1", source="problems", title="Outage", severity=Band.HIGH, due=date(2026, 7, 3))
    return seen(portfolio, policies=RULES)


def report(view: View, edition: Edition = Edition.BOARD, **more: object) -> Document:
    made = register_report(paper(view, edition, **more))
    placed(made)
    return made


def test_every_risk_has_its_origin_scores_reviews_and_rung() -> None:
    document = report(registers())
    section = part(document, "Risks of all registers")
    assert rows(table(section, "Risks, the worst first")) == [
        (
            "R-2 / Old kit",
            "tda",
            "Very high / 5 by 5",
            "–",  # noqa: RUF001
            "–",  # noqa: RUF001
            "Never reviewed",
            "–",  # noqa: RUF001
        ),
        (
            "R-1 / Leak",
            "Project registers / project-risks / DS-01",
            "Very high / 4 by 4 / inherent 5 by 5, very high / target 1 by 2, low",
            "Place",
            "Data / Treat",
            "1 Jun 2026 / due 1 Jul 2026",
            "Programme Board",
        ),
        ("R-9 / Unrated", "tda", "Not assessed", "–", "–", "Never reviewed", "–"),  # noqa: RUF001
    ]
    assert said(section) == "3 are open. 1 more is closed, and in the data only."
    assert table(section, "Risks").note == "Likelihood by impact, as steps of matrix 5x5-2026 version 1."


def test_opportunities_and_issues_have_their_own_lists() -> None:
    document = report(registers())
    assert titles(document) == ["Risks", "Risks of all registers", "Opportunities", "Issues", "Coverage"]
    opportunities = table(part(document, "Opportunities"), "Opportunities, the greatest first")
    assert opportunities.rows[0][2].items[0] == Badge("Very high", Tone.GOOD)
    assert rows(table(part(document, "Issues"), "Issues")) == [
        ("I-1 / Outage", "problems", "High", "–", "2026-07-03", "–")  # noqa: RUF001
    ]


def test_the_pmo_reads_owners_and_the_public_no_response_and_no_rung() -> None:
    pmo = table(part(report(registers(), Edition.PMO), "Risks of all registers"), "Risks")
    assert "Owner" in [column.title for column in pmo.columns]
    assert [row[3] for row in rows(pmo)] == ["None given", "Ann Example and Bob Sample", "Ann Example and Bob Sample"]
    public = table(part(report(registers(), Edition.PUBLIC), "Risks of all registers"), "Risks")
    assert [column.title for column in public.columns] == [
        "Risk",
        "Origin",
        "Band, likelihood by impact",
        "Department",
        "Review",
    ]
    issues = table(part(report(registers(), Edition.PUBLIC), "Issues"), "Issues")
    assert [column.title for column in issues.columns][-1] == "Due"


def test_an_owner_column_that_is_not_mapped_is_no_missing_owner() -> None:
    view = registers()
    view = replace(view, items=tuple(replace(item, owner_mapped=False, owners=()) for item in view.items))
    found = table(part(report(view, Edition.PMO), "Risks of all registers"), "Risks")
    assert {row[3] for row in rows(found)} == {"–"}  # noqa: RUF001


def test_where_staff_say_that_a_risk_stands_elsewhere_both_are_told() -> None:
    view = amended(registers(), "R-1", rung="board", board="Programme Board", declared_rung="governance")
    found = rows(table(part(report(view), "Risks of all registers"), "Risks"))
    assert found[1][-1] == "Programme Board / staff say governance"


def test_a_half_known_rating_says_which_half_is_missing() -> None:
    view = amended(registers(), "R-9", current=Scores(3, None), inherent=Scores(None, 2), matrix=None)
    found = rows(table(part(report(view), "Risks of all registers"), "Risks"))
    assert found[-1][2] == "Not assessed / 3 by ? / inherent ? by 2, not assessed"


def test_several_councils_are_told_apart_by_their_site() -> None:
    view = registers()
    other = tuple(
        replace(item, id=RecordId("https://other.example", item.id.list_guid, item.id.item_id))
        if item.ref == "R-2"
        else item
        for item in view.items
    )
    assert "example" not in "".join(row[1] for row in rows(table(part(report(view), "Issues"), "Issues")))
    document = report(replace(view, items=other))
    found = rows(table(part(document, "Risks of all registers"), "Risks"))
    assert [row[1].rpartition(" / ")[2] for row in found[:2]] == ["https://other.example", "https://council.example"]
    assert rows(table(part(document, "Issues"), "Issues"))[0][1] == "problems / https://council.example"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_does_not_depend_on_that_of_lists(seed: int) -> None:
    items = list(registers().items)
    expected = [item.ref for item in collated(items)]
    Random(seed).shuffle(items)  # noqa: S311
    assert [item.ref for item in collated(items)] == expected
    assert expected[-1] == "R-4"


def test_a_long_register_says_how_much_more_there_is() -> None:
    found = table(part(report(registers(), rows=2), "Risks of all registers"), "Risks")
    assert len(found.rows) == 2
    assert found.note.endswith("1 more is in the workbook of this report.")


def test_an_empty_register_is_told() -> None:
    document = report(seen(Portfolio()))
    assert titles(document) == ["Risks", "Risks of all registers", "Coverage"]
    assert said(part(document, "Risks of all registers")) == "0 are open."
    assert not [block for block in part(document, "Risks of all registers").blocks if isinstance(block, Table)]
