"""When a risk is to be reviewed and which board it is for: what is written of it, and the sentences that say why."""

from datetime import date
from typing import Any

import pytest

from sync.core import explain
from sync.core.columns import ColumnType
from sync.core.desired import desired
from sync.core.ladder import Climb, Escalation
from sync.core.model import Band, Kind, Nature, Overdue, RiskStatus
from sync.core.ownership import OwnedField
from sync.core.policy import Acceptance, Policies, Rung
from sync.core.status import Assessment
from tests.support.lists import OWNED_COLUMNS, column, owning
from tests.support.portfolios import TODAY, Portfolio

NEXT, BOARD = OwnedField.NEXT_REVIEW, OwnedField.ESCALATE_TO
COLUMNS = {
    NEXT: column("PSNextReview", ColumnType.DATE),
    BOARD: column("PSEscalateTo"),
    OwnedField.OVERDUE: OWNED_COLUMNS[OwnedField.OVERDUE],
    OwnedField.REASON: OWNED_COLUMNS[OwnedField.REASON],
}
LADDER = (
    Rung(name="board", board="ICT Programme Board", accepts=(Acceptance(source=("risk",), band=Band.HIGH),)),
    Rung(
        name="top",
        board="Cabinet",
        accepts=(Acceptance(source=("board",), band=Band.VERY_HIGH, above_appetite=True),),
    ),
)
POLICIES = Policies(ladder=LADDER, appetite={"Money": Band.LOW})


def assessed(**values: Any) -> Assessment:
    portfolio = Portfolio()
    return portfolio.assessment(portfolio.risk("R-1", **{"project": None, **values}), policies=POLICIES)


def written(**values: Any) -> dict[OwnedField, Any]:
    return desired(assessed(**values), (), owning(Kind.RISK, owned=COLUMNS))


@pytest.mark.parametrize(
    ("values", "review", "board"),
    [
        ({"last_reviewed": date(2026, 6, 3)}, date(2026, 7, 3), "ICT Programme Board"),
        ({"last_reviewed": date(2026, 6, 3), "category": "Money"}, date(2026, 7, 3), "Cabinet"),
        ({"last_reviewed": date(2026, 5, 31), "likelihood": 2}, date(2026, 6, 30), "ICT Programme Board"),
        ({"last_reviewed": date(2026, 6, 3), "likelihood": 1, "impact": 1}, date(2026, 12, 3), None),
        ({"raised": date(2026, 6, 1)}, date(2026, 7, 1), "ICT Programme Board"),
        ({"last_reviewed": date(2026, 6, 3), "next_review": TODAY}, date(2026, 7, 3), "ICT Programme Board"),
        (
            {"last_reviewed": date(2026, 6, 3), "nature": Nature.OPPORTUNITY, "category": "Money"},
            date(2026, 7, 3),
            None,
        ),
        ({"last_reviewed": date(2026, 6, 3), "status": RiskStatus.CLOSED}, None, None),
        ({}, None, "ICT Programme Board"),
    ],
)
def test_the_cadence_says_when_and_the_ladder_where(
    values: dict[str, Any], review: date | None, board: str | None
) -> None:
    found = written(**values)
    assert (found[NEXT], found[BOARD]) == (review, board)


def test_what_has_neither_is_written_neither() -> None:
    found = desired(Assessment(kind=Kind.ISSUE, overdue=Overdue.NO_DATE), (), owning(Kind.RISK, owned=COLUMNS))
    assert (found[NEXT], found[BOARD]) == (None, None)


def test_what_is_kept_as_it_is_is_not_asked_for() -> None:
    assert set(desired(assessed(), (), owning(Kind.RISK, owned=COLUMNS), kept=[NEXT, OwnedField.REASON])) == {
        BOARD,
        OwnedField.OVERDUE,
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"last_reviewed": date(2026, 6, 3)},
            (
                "Next review: blank -> 3 July 2026, because it was last reviewed 3 June 2026 and is to be looked at "
                "every month."
            ),
        ),
        (
            {"raised": date(2026, 6, 1), "likelihood": 1, "impact": 1},
            (
                "Next review: blank -> 1 December 2026, because it was raised 1 June 2026 and is to be looked at every "
                "6 months."
            ),
        ),
        ({}, "Next review: blank -> blank, because it is not known since when to count."),
        (
            {"last_reviewed": date(2026, 6, 3), "status": RiskStatus.CLOSED},
            "Next review: blank -> blank, because it is closed.",
        ),
    ],
)
def test_a_next_review_says_what_it_counts_from(values: dict[str, Any], sentence: str) -> None:
    assert explain.why(NEXT, None, written(**values)[NEXT], assessed(**values)) == sentence


@pytest.mark.parametrize(
    ("because", "band", "clause"),
    [
        ({"band": Band.HIGH}, Band.HIGH, "it is high"),
        ({"band": Band.HIGH}, Band.VERY_HIGH, "it is very high"),
        ({"band": Band.LOW}, None, "it is not assessed"),
        (
            {"band": Band.HIGH, "cannot_mitigate": True},
            Band.HIGH,
            "it is high and it cannot be mitigated further where it stands",
        ),
        (
            {"above_appetite": True, "tolerance_expired": True},
            Band.HIGH,
            "it is above the appetite of its category and the time for which it was tolerated is over",
        ),
        ({}, Band.LOW, "everything of its register goes there"),
    ],
)
def test_a_board_is_told_why_in_the_row_and_in_the_audit(
    because: dict[str, Any], band: Band | None, clause: str
) -> None:
    accepted = Acceptance(source=("risk",), **because)
    steps = (Climb(rung="board", board="ICT Programme Board", source="risk", because=accepted),)
    made = Assessment(kind=Kind.RISK, band=band, escalation=Escalation(steps=steps))
    assert explain.reason(made) == f"For ICT Programme Board: {clause}."
    told = explain.why(BOARD, None, "ICT Programme Board", made)
    assert told == f"Escalate to: blank -> ICT Programme Board, because {clause}."


@pytest.mark.parametrize("escalation", [None, Escalation()])
def test_what_no_rung_takes_on_has_no_board_in_its_reason(escalation: Escalation | None) -> None:
    made = Assessment(kind=Kind.RISK, escalation=escalation)
    assert explain.reason(made) is None
    assert explain.why(BOARD, "Cabinet", None, made) == (
        "Escalate to: Cabinet -> blank, because no rung of the ladder takes it on."
    )


def test_a_date_and_a_board_stand_in_one_reason() -> None:
    made = assessed(last_reviewed=date(2026, 4, 3))
    assert explain.reason(made) == (
        "Overdue: review was due 3 May 2026, last reviewed 3 April 2026. For ICT Programme Board: it is very high."
    )


def test_an_owned_column_of_another_type_is_refused() -> None:
    wrong = {NEXT: column("PSNextReview"), BOARD: column("PSEscalateTo", ColumnType.NOTE)}
    problems = " ".join(owning(Kind.RISK, owned=wrong).unwritable)
    assert "PSNextReview" in problems
    assert "PSEscalateTo" in problems
    for kind, field in ((Kind.ISSUE, NEXT), (Kind.PROJECT, BOARD)):
        refused = " ".join(owning(kind, owned={field: COLUMNS[field]}).unwritable)
        assert f"a {kind} has no such field" in refused
