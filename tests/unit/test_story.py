"""What the demonstration tells of boards and reviews: worst and longest due first, restricted risks by number only."""

from dataclasses import replace
from datetime import date
from typing import Any

from rich.console import Console

from sync.core.history import Raising
from sync.core.model import Kind, RiskStatus
from sync.core.policy import Policies
from sync.core.view import View
from sync.report import story
from tests.support.ladders import preset_policies
from tests.support.papers import amended, seen
from tests.support.portfolios import Portfolio

SECRET = "Payroll accounts are shared"
RISKS: tuple[tuple[str, int, int, dict[str, Any]], ...] = (
    ("R-1", 3, 4, {"title": "Late [permit]"}),
    ("R-2", 4, 5, {"title": "No power"}),
    ("R-3", 5, 3, {"last_reviewed": date(2026, 4, 1)}),
    ("R-4", 4, 4, {"title": SECRET, "confidential": True, "last_reviewed": date(2026, 5, 1)}),
    ("R-5", 1, 1, {"raised": date(2026, 5, 20), "last_reviewed": None}),
    ("R-6", 5, 5, {"last_reviewed": date(2026, 1, 1), "status": RiskStatus.CLOSED}),
)


def council(policies: Policies | None = None) -> View:
    portfolio = Portfolio()
    portfolio.source("register", Kind.RISK, register="project-registers")
    for key, likelihood, impact, more in RISKS:
        rated = {"likelihood": likelihood, "impact": impact, "last_reviewed": date(2026, 6, 10)}
        portfolio.add(Kind.RISK, key, "register", **(rated | more))
    return seen(portfolio, policies=policies or preset_policies("colchester"))


def shown(part: Any) -> list[str]:
    """The lines that a wide terminal would show, with one space between words."""
    console = Console(width=200, record=True, highlight=False)
    with console.capture() as capture:
        console.print(part)
    return [" ".join(line.split()) for line in capture.get().splitlines() if line.strip(" ─")]


def test_what_goes_to_which_board_is_told_highest_board_and_worst_first() -> None:
    decided = Raising(
        rung="ICT Programme Board", board="ICT Programme Board", on=date(2026, 6, 17), decide_by=date(2026, 6, 24)
    )
    assert shown(story.for_boards(amended(council(), "R-1", raising=decided))) == [
        "What goes to which board (4 risks)",
        "Board, risk Severity From Decide by",
        "Corporate Governance Manager (2)",
        "R-2 No power very high project-registers -",
        "1 restricted risk, named in its own list only",
        "ICT Programme Board (2)",
        "R-1 Late [permit] high project-registers 24 June 2026",
        "R-3 high project-registers -",
    ]


def test_a_board_that_nothing_goes_to_is_told_as_such_and_without_a_ladder_nothing_goes_anywhere() -> None:
    quiet = replace(council(), items=())
    assert shown(story.for_boards(quiet))[2:] == ["Corporate Governance Manager (0)", "ICT Programme Board (0)"]
    assert shown(story.for_boards(council(Policies())))[0] == "What goes to which board (0 risks)"


def test_reviews_are_told_longest_due_first_and_restricted_ones_are_counted() -> None:
    assert shown(story.reviews_due(council())) == [
        "Reviews that are due (3 risks)",
        "Review due Risk Register Last reviewed",
        "since 1 May 2026 R-3 project-registers 1 April 2026",
        "on 20 June 2026 R-5 project-registers not yet",
        "1 restricted risk",
    ]


def test_what_is_restricted_is_named_nowhere() -> None:
    view = council()
    told = shown(story.for_boards(view)) + shown(story.reviews_due(view))
    assert not [line for line in told if SECRET in line or "R-4" in line or "item" in line]
