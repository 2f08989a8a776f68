"""What was raised to which rung, since when and by when it is to be decided: told once, and again when it is again.

The grain is a day. Of several runs on one day the last one counts: what fell and was reached again on one day stayed,
and what was reached and fell on one day was never raised.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sync.core.boards import decide_by
from sync.core.history import Raising
from sync.core.ladder import Escalation
from sync.core.policy import Calendar, Policies, Rung


def advance_raisings(
    raised: tuple[Raising, ...],
    escalation: Escalation | None,
    today: date,
    policies: Policies,
    calendar: Calendar,
) -> tuple[Raising, ...]:
    """The raisings after one more day on which the ladder recommends that (None: nothing).

    Every rung of the climb is raised on the first day on which it is reached; staying adds nothing; a rung that is no
    longer part of the climb has ended that day, and to reach it again is another raising. Sorted by day, then rung.

    Until its day has passed, the day by which a raising is to be decided follows the board's meetings as they are
    known now, for meetings are moved; once passed it stays, so that it cannot be put off by editing the calendar.
    """
    rungs = {rung.name: rung for rung in policies.ladder}
    order = {name: place for place, name in enumerate(rungs)}
    reached = {step.rung: step for step in escalation.steps} if escalation else {}
    kept = []
    for raising in raised:
        if raising.ended is not None and raising.ended != today:
            kept.append(raising)
        elif raising.rung in reached:
            kept.append(replace(_timed(raising, rungs, today, policies, calendar), ended=None))
        elif raising.on != today:
            ended = max(today, raising.on)
            kept.append(replace(_timed(raising, rungs, today, policies, calendar), ended=ended))
    still = {raising.rung for raising in kept if raising.ended is None}
    new = [
        _timed(Raising(rung=step.rung, board=step.board, on=today), rungs, today, policies, calendar)
        for step in reached.values()
        if step.rung not in still
    ]
    return tuple(sorted([*kept, *new], key=lambda each: (each.on, order.get(each.rung, len(order)), each.rung)))


def open_raising(raised: tuple[Raising, ...], rung: str | None) -> Raising | None:
    """The raising to that rung that has not ended."""
    return next((each for each in raised if each.rung == rung and each.ended is None), None)


def repeats_of(raised: tuple[Raising, ...], rung: str | None) -> int:
    """How often it had been raised to that rung before the last time; 0 where it was raised once or never."""
    return max(sum(each.rung == rung for each in raised) - 1, 0)


def is_decision_overdue(raising: Raising, decided_on: date | None, today: date) -> bool:
    """Whether a decision on a raising that stands should have been made before today, and was not.

    `decided_on`: when staff say that the body last decided. A day before the raising was about something else, and a
    day to come is a plan.
    """
    if raising.ended is not None or raising.decide_by is None or raising.decide_by >= today:
        return False
    return decided_on is None or not raising.on <= decided_on <= today


def _timed(raising: Raising, rungs: Mapping[str, Rung], today: date, policies: Policies, calendar: Calendar) -> Raising:
    """A raising with the day by which it is to be decided, as the board's meetings are known today."""
    rung = rungs.get(raising.rung)
    if rung is None or (raising.decide_by is not None and raising.decide_by < today):
        return raising
    return replace(raising, decide_by=decide_by(rung, policies.boards, raising.on, calendar))
