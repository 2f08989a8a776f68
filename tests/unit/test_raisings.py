"""Reaching a rung is told once; staying adds nothing, falling ends it, and reaching it again is a repeat."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync.core.history import Raising
from sync.core.ladder import Climb, Escalation
from sync.core.policy import Acceptance, Board, Calendar, Policies, Rung
from sync.core.raisings import advance_raisings, is_decision_overdue, open_raising, repeats_of

CALENDAR = Calendar()
MAY, JUNE, JULY = date(2026, 5, 12), date(2026, 6, 9), date(2026, 7, 14)
POLICIES = Policies(
    boards={"Risk Panel": Board(meets=(MAY, JUNE, JULY))},
    ladder=(
        Rung(name="Panel", board="Risk Panel"),
        Rung(name="Committee", board="Audit Committee", decide_within_days=28),
    ),
)
FIRST = date(2026, 5, 20)
BOARDS = {"Panel": "Risk Panel", "Committee": "Audit Committee", "Gone": "Old board"}


def at(*rungs: str) -> Escalation:
    """A recommendation that climbs by those rungs."""
    return Escalation(
        steps=tuple(
            Climb(rung=rung, board=BOARDS[rung], source="team", because=Acceptance(source=("team",))) for rung in rungs
        )
    )


def told(*days: tuple[date, Escalation | None], policies: Policies = POLICIES) -> tuple[Raising, ...]:
    """What has been raised after those days."""
    raised: tuple[Raising, ...] = ()
    for today, escalation in days:
        raised = advance_raisings(raised, escalation, today, policies, CALENDAR)
    return raised


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


PANEL = Raising(rung="Panel", board="Risk Panel", on=FIRST, decide_by=JUNE)
COMMITTEE = Raising(rung="Committee", board="Audit Committee", on=FIRST, decide_by=after(28))


def test_every_rung_of_a_climb_is_raised_on_the_day_it_is_reached() -> None:
    assert told((FIRST, at("Panel", "Committee"))) == (PANEL, COMMITTEE)


@pytest.mark.parametrize("nothing", [None, Escalation()])
def test_what_stays_with_its_keeper_is_not_raised(nothing: Escalation | None) -> None:
    assert told((FIRST, nothing)) == ()


def test_staying_adds_nothing() -> None:
    assert told(*((after(days), at("Panel")) for days in range(20))) == (PANEL,)


def test_climbing_on_adds_the_rung_above_and_leaves_the_one_below() -> None:
    later = replace(COMMITTEE, on=after(3), decide_by=after(31))
    assert told((FIRST, at("Panel")), (after(3), at("Panel", "Committee"))) == (PANEL, later)


@pytest.mark.parametrize("fallen", [None, Escalation()])
def test_falling_ends_it_that_day_and_only_once(fallen: Escalation | None) -> None:
    ended = (replace(PANEL, ended=after(3)), replace(COMMITTEE, ended=after(3)))
    assert told((FIRST, at("Panel", "Committee")), (after(3), fallen), (after(9), fallen)) == ended


def test_falling_by_one_rung_ends_that_one_alone() -> None:
    raised = told((FIRST, at("Panel", "Committee")), (after(3), at("Panel")))
    assert raised == (PANEL, replace(COMMITTEE, ended=after(3)))
    assert open_raising(raised, "Panel") == PANEL
    assert open_raising(raised, "Committee") is None


def test_reaching_a_rung_again_is_another_raising_told_as_a_repeat() -> None:
    raised = told((FIRST, at("Panel")), (after(3), None), (after(9), at("Panel")), (after(10), at("Panel")))
    again = replace(PANEL, on=after(9), decide_by=JUNE)
    assert raised == (replace(PANEL, ended=after(3)), again)
    assert repeats_of(raised, "Panel") == 1
    assert open_raising(raised, "Panel") == again
    third = advance_raisings(
        advance_raisings(raised, None, after(12), POLICIES, CALENDAR), at("Panel"), after(13), POLICIES, CALENDAR
    )
    assert repeats_of(third, "Panel") == 2


def test_a_rung_that_was_never_reached_or_once_has_no_repeats() -> None:
    assert repeats_of((), "Panel") == repeats_of((PANEL,), "Panel") == repeats_of((PANEL,), "Committee") == 0
    assert repeats_of((PANEL,), None) == 0
    assert open_raising((PANEL,), None) is None


def test_of_several_runs_in_one_day_the_last_one_counts() -> None:
    morning, noon = (after(3), None), (after(3), at("Panel"))
    assert told((FIRST, at("Panel")), morning, noon) == (PANEL,)
    assert told((FIRST, at("Panel")), noon, morning) == (replace(PANEL, ended=after(3)),)
    assert told((FIRST, at("Panel")), (FIRST, None)) == ()
    assert told((FIRST, None), (FIRST, at("Panel")), (FIRST, None), (FIRST, at("Panel"))) == (PANEL,)


def test_a_run_for_an_earlier_day_ends_nothing_before_it_began() -> None:
    assert told((FIRST, at("Panel")), (after(-5), None)) == (replace(PANEL, ended=FIRST),)


def test_raisings_come_by_day_then_by_the_order_of_the_ladder() -> None:
    raised = told((FIRST, at("Gone", "Committee", "Panel")))
    assert [each.rung for each in raised] == ["Panel", "Committee", "Gone"]
    assert told((FIRST, at("Committee")), (FIRST, at("Panel", "Committee"))) == (PANEL, COMMITTEE)


def test_a_rung_that_left_the_ladder_keeps_what_was_raised_to_it() -> None:
    gone = Raising(rung="Gone", board="Old board", on=FIRST, decide_by=JULY)
    assert advance_raisings((gone,), at("Gone"), after(1), POLICIES, CALENDAR) == (gone,)
    assert advance_raisings((gone,), None, after(1), POLICIES, CALENDAR) == (replace(gone, ended=after(1)),)
    assert told((FIRST, at("Gone"))) == (replace(gone, decide_by=None),)


def meeting(*days: date) -> Policies:
    return replace(POLICIES, boards={"Risk Panel": Board(meets=days)})


def test_until_its_day_has_passed_a_decision_follows_the_meetings() -> None:
    moved = JUNE + timedelta(days=7)
    for known, expected in ((meeting(moved, JULY), moved), (meeting(JULY), JULY), (meeting(), None)):
        assert advance_raisings((PANEL,), at("Panel"), JUNE, known, CALENDAR) == (replace(PANEL, decide_by=expected),)


def test_once_its_day_has_passed_a_decision_is_not_put_off() -> None:
    for known in (meeting(JUNE + timedelta(days=7)), meeting(JULY), meeting()):
        assert advance_raisings((PANEL,), at("Panel"), JUNE + timedelta(days=1), known, CALENDAR) == (PANEL,)


def test_a_meeting_that_becomes_known_later_is_taken_up() -> None:
    raised = told((FIRST, at("Panel")), policies=meeting(MAY))
    assert raised == (replace(PANEL, decide_by=None),)
    assert advance_raisings(raised, at("Panel"), after(5), POLICIES, CALENDAR) == (PANEL,)


@pytest.mark.parametrize(
    ("raising", "decided_on", "today", "overdue"),
    [
        (PANEL, None, JUNE, False),
        (PANEL, None, JUNE + timedelta(days=1), True),
        (PANEL, FIRST, JULY, False),
        (PANEL, JUNE, JULY, False),
        (PANEL, JULY, JULY, False),
        (PANEL, FIRST - timedelta(days=1), JULY, True),
        (PANEL, JULY + timedelta(days=1), JULY, True),
        (replace(PANEL, ended=JUNE), None, JULY, False),
        (replace(PANEL, decide_by=None), None, JULY, False),
    ],
)
def test_a_decision_is_overdue_after_its_day_unless_one_was_made_since(
    raising: Raising, decided_on: date | None, today: date, overdue: bool
) -> None:
    assert is_decision_overdue(raising, decided_on, today) is overdue
