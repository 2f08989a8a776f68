"""A page for each board, the risks by cell and register, overdue reviews, and whom to ask."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync.core.history import Raising
from sync.core.model import Band, Kind, Nature, Person, RiskStatus, WorkStatus
from sync.core.policy import Acceptance, Board, Calendar, Policies, RegisterPolicy, ReviewPolicy, Rung
from sync.core.risk import DEFAULT_MATRIX
from sync.core.view import View
from sync.report.charts import HeatMap
from sync.report.committee import committee_report
from sync.report.document import Document, Figure
from sync.report.editions import Edition
from sync.report.numbering import placed
from sync.report.sections.boards import board_names
from sync.report.sections.paper import Frozen
from tests.support.papers import amended, history, paper, part, rows, said, seen, table, titles
from tests.support.portfolios import TODAY, Portfolio

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
PROGRAMME_BOARD, GOVERNANCE = "ICT Programme Board", "Corporate Governance Manager"
LADDER = (
    Rung(
        name="programme-board",
        board=PROGRAMME_BOARD,
        accepts=(
            Acceptance(source=("projects", "design"), band=Band.HIGH),
            Acceptance(source=("operations",), band=Band.HIGH, cannot_mitigate=True),
        ),
    ),
    Rung(
        name="governance",
        board=GOVERNANCE,
        accepts=(
            Acceptance(source=("programme-board",), band=Band.VERY_HIGH),
            Acceptance(source=("programme-board",), above_appetite=True, tolerance_expired=True),
            Acceptance(source=("programme-board",)),
        ),
        decide_within_days=14,
    ),
)
POLICIES = Policies(
    ladder=LADDER[:1],
    boards={PROGRAMME_BOARD: Board(meets=(date(2026, 5, 20), date(2026, 6, 24), date(2026, 7, 22)))},
    registers={"projects": RegisterPolicy(title="Project registers")},
)
WHOLE = replace(POLICIES, ladder=LADDER)


def report(view: View, edition: Edition = Edition.BOARD, **more: object) -> Document:
    made = committee_report(paper(view, edition, **more))
    placed(made)
    return made


def registers(**registers: Kind) -> Portfolio:
    portfolio = Portfolio()
    for name, kind in (registers or {"projects": Kind.RISK}).items():
        portfolio.source(name, kind, register=name)
    return portfolio


def raised(view: View, ref: str, on: date, by: date | None, repeats: int = 0) -> View:
    raising = Raising(rung="programme-board", board=PROGRAMME_BOARD, on=on, decide_by=by)
    return amended(view, ref, raising=raising, repeats=repeats)


def before_the_board() -> View:
    portfolio = registers(projects=Kind.RISK, problems=Kind.ISSUE)
    portfolio.project("DS-01", title="Portal")
    portfolio.risk("R-1", source="projects", title="Leak", likelihood=4, impact=5)
    portfolio.risk("R-2", source="projects", title="Delay", likelihood=3, impact=4, rung="governance")
    portfolio.risk("R-3", source="projects", title="Small", likelihood=1, impact=1)
    portfolio.risk("R-4", source="projects", title="Gone", status=RiskStatus.CLOSED)
    view = seen(portfolio, policies=WHOLE)
    view = replace(view, policies=POLICIES)
    view = amended(view, "R-1", rung="programme-board", board=PROGRAMME_BOARD)
    view = amended(view, "R-2", rung="programme-board", board=PROGRAMME_BOARD, declared_rung="governance")
    view = amended(view, "R-4", rung="programme-board", board=PROGRAMME_BOARD)
    view = raised(view, "R-1", date(2026, 6, 10), date(2026, 6, 24))
    return raised(view, "R-2", date(2026, 5, 1), date(2026, 5, 20), repeats=1)


# boards


def test_a_board_s_page_has_what_it_is_to_decide_the_worst_first() -> None:
    document = report(before_the_board())
    page = part(document, f"For decision: {PROGRAMME_BOARD}")
    assert page.page_break
    assert rows(table(page, "For decision by")) == [
        ("R-1 / Leak", "Project registers / DS-01", "Very high", "2026-06-10", "2026-06-24", "–"),  # noqa: RUF001
        (
            "R-2 / Delay",
            "Project registers / DS-01",
            "High",
            "2026-05-01 / repeat: raised once before",
            "2026-05-20 / Overdue",
            "governance",
        ),
    ]
    told = said(page)
    assert "ICT Programme Board next meets on 24 June 2026; papers are due on 17 June 2026." in told
    assert "2 risks and issues are recommended to it for decision." in told
    assert "1 decision is overdue: R-2." in told
    summary = said(part(document, "Summary"))
    assert "1 decision is overdue: R-2. 2 risks and issues are before boards." in summary
    assert "Decisions overdue 1 of 2 before boards" in summary


@pytest.mark.parametrize(
    ("closed", "told"),
    [
        ([], "papers are due on 17 June 2026"),
        ([date(2026, 6, 22)], "papers were due on 16 June 2026"),
    ],
)
def test_papers_are_due_by_working_days(closed: list[date], told: str) -> None:
    document = report(before_the_board(), calendar=Calendar(closed=frozenset(closed)))
    assert told in said(part(document, f"For decision: {PROGRAMME_BOARD}"))


@pytest.mark.parametrize(
    ("boards", "ladder", "told"),
    [
        ({}, LADDER[:1], f"No next meeting of {PROGRAMME_BOARD} is known."),
        ({PROGRAMME_BOARD: Board(meets=(date(2026, 1, 1),))}, LADDER[:1], "No next meeting of"),
        (
            {},
            (replace(LADDER[0], decide_within_days=10),),
            f"{PROGRAMME_BOARD} decides within 10 days of what is raised to it.",
        ),
        (
            {PROGRAMME_BOARD: Board(meets=(date(2026, 7, 22),))},
            (replace(LADDER[0], decide_within_days=1),),
            "papers are due on 15 July 2026. ICT Programme Board decides within 1 day of what is raised to it.",
        ),
    ],
)
def test_when_a_board_decides_is_said_even_where_it_is_not_known(
    boards: dict[str, Board], ladder: tuple[Rung, ...], told: str
) -> None:
    view = before_the_board()
    view = replace(view, policies=replace(POLICIES, boards=boards, ladder=ladder))
    assert told in said(part(report(view), f"For decision: {PROGRAMME_BOARD}"))


def test_an_unknown_meeting_and_an_unknown_day_of_raising_are_shown_as_unknown() -> None:
    view = raised(before_the_board(), "R-1", date(2026, 6, 10), None)
    view = amended(view, "R-2", raising=None, repeats=0)
    found = rows(table(part(report(view), f"For decision: {PROGRAMME_BOARD}"), "For decision by"))
    assert [row[3:5] for row in found] == [("2026-06-10", "No meeting known"), ("–", "–")]  # noqa: RUF001


def test_a_board_with_nothing_to_decide_has_a_page_that_says_so() -> None:
    document = report(seen(registers(), policies=WHOLE))
    assert "Nothing is recommended to it for decision." in said(part(document, f"For decision: {GOVERNANCE}"))
    assert "No risk or issue is before a board." in said(part(document, "Summary"))


def test_boards_stand_from_the_bottom_of_the_ladder_up_each_once() -> None:
    twice = replace(WHOLE, ladder=(*LADDER, replace(LADDER[0], name="again", board="ict programme  board")))
    assert board_names(paper(seen(registers(), policies=twice))) == (PROGRAMME_BOARD, GOVERNANCE)


def test_the_ladder_is_told_in_words() -> None:
    view = replace(before_the_board(), policies=WHOLE)
    found = table(part(report(view), "How risks are escalated"), "The ladder")
    assert rows(found) == [
        (
            PROGRAMME_BOARD,
            "programme-board",
            (
                "From Project registers and design: high or worse. / "
                "From operations: high or worse and judged there as impossible to mitigate further."
            ),
            "At its next meeting",
            "2",
        ),
        (
            GOVERNANCE,
            "governance",
            (
                f"From {PROGRAMME_BOARD}: very high. / "
                f"From {PROGRAMME_BOARD}: above the appetite of its category and "
                "tolerated until a day that has passed. / "
                f"From {PROGRAMME_BOARD}: everything."
            ),
            "Within 14 days",
            "0",
        ),
    ]


def test_without_a_ladder_there_are_no_boards() -> None:
    document = report(seen(registers()))
    assert not [title for title in titles(document) if "decision" in title or "escalated" in title]
    assert "decision" not in said(part(document, "Summary")).casefold()


# risks


def rated() -> Portfolio:
    portfolio = registers(projects=Kind.RISK, operations=Kind.RISK)
    portfolio.risk("R-1", source="projects", project=None, likelihood=4, impact=5)
    portfolio.risk("R-2", source="projects", project=None, likelihood=4, impact=5)
    portfolio.risk("R-3", source="operations", project=None, likelihood=1, impact=5)
    portfolio.risk("R-4", source="operations", project=None, likelihood=None, impact=None)
    portfolio.risk("R-5", source="operations", project=None, nature=Nature.OPPORTUNITY)
    portfolio.risk("R-6", source="operations", project=None, status=RiskStatus.CLOSED)
    return portfolio


def test_the_heat_map_places_every_open_threat_or_says_that_it_has_no_place() -> None:
    section = part(report(seen(rated())), "Risks")
    [figure] = [block for block in section.blocks if isinstance(block, Figure)]
    assert isinstance(figure.chart, HeatMap)
    assert figure.caption == "Open risks by likelihood and impact, on matrix 5x5-2026, version 1"
    assert figure.chart.cells[3][4].count == 2
    assert figure.chart.cells[0][4].band is Band.HIGH
    assert figure.chart.cells[0][4].count == 1
    assert (figure.chart.not_assessed, figure.chart.total) == (1, 4)
    assert figure.chart.likelihoods[0] == "1 Rare"
    assert "4 risks are open: 2 very high, 1 high, 0 medium, 0 low and 1 not assessed." in said(section)
    assert "1 opportunity is open and stands in none of these figures: R-5." in said(section)


def test_bands_by_register_add_up() -> None:
    found = table(part(report(seen(rated(), policies=POLICIES)), "Risks"), "Open risks by register")
    assert [row[:8] for row in rows(found)] == [
        ("operations", "4", "2", "0", "1", "0", "0", "1"),
        ("Project registers", "2", "2", "2", "0", "0", "0", "0"),
        ("All", "6", "4", "2", "1", "0", "0", "1"),
    ]


def test_each_version_of_a_matrix_has_a_map_of_its_own() -> None:
    own = replace(
        DEFAULT_MATRIX,
        name="council",
        version="2025",
        likelihood=(replace(DEFAULT_MATRIX.likelihood[0], words=()),) * 5,
    )
    view = seen(rated())
    view = replace(view, policies=replace(view.policies, matrices={"council": (own,)}))
    view = amended(view, "R-1", matrix="council", version="2025")
    view = amended(view, "R-2", matrix="gone", version="1")
    figures = [block for block in part(report(view), "Risks").blocks if isinstance(block, Figure)]
    assert [figure.caption.partition(", on ")[2] for figure in figures] == [
        "matrix 5x5-2026, version 1",
        "matrix council, version 2025",
    ]
    assert isinstance(figures[1].chart, HeatMap)
    assert figures[1].chart.likelihoods[0] == "1"


def test_that_there_is_no_register_is_said() -> None:
    portfolio = Portfolio()
    portfolio.project("DS-1")
    document = report(seen(portfolio))
    assert "No list holds risks or issues that count." in said(part(document, "Risks"))
    assert "Reviews of risks" not in titles(document)


# reviews


def reviewed() -> View:
    portfolio = registers(projects=Kind.RISK, operations=Kind.RISK)
    add = portfolio.risk
    add("R-1", source="projects", title="Stale", project=None, likelihood=3, impact=4, last_reviewed=date(2026, 3, 1))
    add("R-2", source="projects", title="Never", project=None, raised=date(2026, 1, 1), likelihood=4, impact=5)
    add("R-3", source="operations", title="Fresh", project=None, last_reviewed=date(2026, 6, 10))
    put_off = add("R-4", source="operations", title="Put off", project=None, last_reviewed=date(2026, 6, 1))
    also = add("R-5", source="operations", title="Also", project=None, last_reviewed=date(2026, 6, 1))
    histories = {put_off.id: history(put_off, 1, push_outs=2), also.id: history(also, 2, push_outs=1)}
    return seen(portfolio, policies=POLICIES, histories=histories)


def test_reviews_are_told_by_register_and_one_by_one() -> None:
    section = part(report(reviewed()), "Reviews of risks")
    assert rows(table(section, "How recent")) == [
        ("operations", "3", "0", "0", "0", "3"),
        ("Project registers", "2", "1", "1", "0", "0"),
        ("All", "5", "1", "1", "0", "3"),
    ]
    assert rows(table(section, "Reviews that are overdue")) == [
        ("R-2 / Never", "Project registers", "Very high", "Never reviewed", "2026-02-01"),
        ("R-1 / Stale", "Project registers", "High", "2026-03-01", "2026-04-01"),
    ]
    told = said(section)
    assert "Of 5 open risks and opportunities, the reviews of 2 are overdue. 1 was never reviewed." in told
    assert "1 open risk was never reviewed: R-2." in told
    assert "The next reviews of 2 risks moved later without a review, counted since 1 May 2026." in told
    assert "R-4: 2 times\nR-5: once" in told
    assert "In 1 register nothing was reviewed since 20 May 2026: Project registers." in told


def test_registers_are_silent_since_the_report_that_this_one_is_compared_with() -> None:
    view = reviewed()
    previous = Frozen(label="June", as_at=view.as_at.replace(day=5), rollup=view.rollup)
    told = said(part(report(view, previous=previous), "Reviews of risks"))
    assert "In 1 register nothing was reviewed since 5 June 2026: Project registers." in told
    previous = replace(previous, as_at=view.as_at.replace(month=2))
    told = said(part(report(view, previous=previous), "Reviews of risks"))
    assert "In every register something was reviewed since 17 February 2026." in told


def test_without_a_board_or_a_report_nothing_is_said_of_silence() -> None:
    view = replace(reviewed(), policies=Policies(review=ReviewPolicy()), since=None)
    told = said(part(report(view), "Reviews of risks"))
    assert "nothing was reviewed since" not in told
    assert "something was reviewed since" not in told
    assert "moved later without a review." in told


def test_push_outs_beyond_what_a_page_holds_are_counted() -> None:
    assert "R-4: 2 times\n1 more is in the workbook of this report." in said(
        part(report(reviewed(), rows=1), "Reviews of risks")
    )


# whom to ask


def overdue() -> View:
    portfolio = registers()
    ann, bob = Person("Ann Example"), Person("Bob Sample")
    portfolio.project("DS-01", title="Portal", department="Place", end=date(2026, 6, 1), owner=(ann,))
    portfolio.milestone("Go live", key="M-1", original=date(2026, 5, 1))
    portfolio.risk("R-1", source="projects", title="Leak", next_review=date(2026, 4, 1), owner=(bob, ann))
    portfolio.action("A-1", title="Patch", due=YESTERDAY, parent="R-1")
    portfolio.action("A-2", title="Done", due=YESTERDAY, status=WorkStatus.COMPLETE)
    portfolio.action("A-3", title="Soon", due=TODAY)
    portfolio.action("A-4", title="Loose", due=YESTERDAY, parent=None)
    return seen(portfolio)


def test_the_pmo_s_lists_are_by_owner_project_and_department() -> None:
    section = part(report(overdue(), Edition.PMO), "Past their date")
    by_owner = [row[:2] for row in rows(table(section, "By owner"))]
    assert by_owner == [
        ("Ann Example", "R-1"),
        ("Ann Example", "DS-01"),
        ("Bob Sample", "R-1"),
        ("None given", "M-1"),
        ("None given", "A-1"),
        ("None given", "A-4"),
    ]
    assert rows(table(section, "By project"))[0] == ("DS-01", "R-1", "Risk", "Leak", "2026-04-01")
    assert [row[0] for row in rows(table(section, "By department"))] == [*["Place"] * 4, "None given"]
    assert "5 records are past their date." in said(section)


def test_a_board_s_lists_have_no_owners_and_the_public_has_no_lists() -> None:
    captions = [
        block.caption for block in part(report(overdue()), "Past their date").blocks if hasattr(block, "caption")
    ]
    assert captions == ["By project", "By department"]
    assert "Past their date" not in titles(report(overdue(), Edition.PUBLIC))


def test_a_long_list_says_how_much_more_there_is() -> None:
    found = table(part(report(overdue(), rows=2), "Past their date"), "By project")
    assert len(found.rows) == 2
    assert found.note == "3 more are in the workbook of this report."
