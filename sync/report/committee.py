"""The committee's paper: exceptions first, then the figures, what each board is asked to decide, and what it rests on.

Pure: the same edition, words and earlier reports give the same document. What an edition may tell was decided before.
"""

from sync.report.document import Document, Header, Section
from sync.report.sections.boards import boards
from sync.report.sections.changed import changed
from sync.report.sections.chase import chase_lists
from sync.report.sections.checks import checks
from sync.report.sections.coverage import coverage, method
from sync.report.sections.exceptions import exceptions, slips
from sync.report.sections.paper import Frozen, Paper
from sync.report.sections.reviews import reviews
from sync.report.sections.risks import risks
from sync.report.sections.said import Said
from sync.report.sections.summary import summary
from sync.report.sections.themes import themes
from sync.report.sections.trend import trend

__all__ = ["Frozen", "Paper", "committee_report", "header"]


def committee_report(paper: Paper, *, meeting: str = "") -> Document:
    """The paper for one edition. `meeting`: what it is for, such as "ICT Programme Board, 3 June 2026".

    Sections without anything to tell are left out where nobody would miss them (reviews without risks, chase lists
    with nothing overdue, boards without a ladder, a trend without earlier reports); all others say that there is none.
    """
    parts: tuple[Section | None, ...] = (
        summary(paper),
        themes(paper),
        exceptions(paper),
        slips(paper),
        changed(paper),
        trend(paper),
        *boards(paper),
        risks(paper),
        reviews(paper),
        chase_lists(paper),
        checks(paper),
        coverage(paper),
        method(paper),
    )
    return Document(
        title=paper.say(Said.TITLE, portfolio=paper.view.name),
        header=header(paper, meeting=meeting),
        sections=tuple(part for part in parts if part is not None),
    )


def header(paper: Paper, *, meeting: str = "") -> Header:
    """What stands above a paper and on each of its pages."""
    reports = paper.view.policies.reports
    return Header(
        portfolio=paper.view.name,
        as_at=paper.as_at,
        coverage=paper.coverage,
        edition=paper.say(Said[f"EDITION_{paper.view.edition.name}"]),
        reference=reports.reference or "",
        meeting=meeting,
        marking=reports.marking,
        run=paper.view.run_id,
        language=paper.words.language,
    )
