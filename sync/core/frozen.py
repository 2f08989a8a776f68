"""When a report is to be frozen: once a month, and before every board, so that both can be compared with later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sync.core.boards import next_meeting, papers_due
from sync.core.policy import Calendar, Policies

PATIENCE_DAYS = 7
"""How long a monthly report waits for a list that cannot be read."""


class Occasion(StrEnum):
    """Why a report was frozen. `latest` is none: it is what the newest run saw, replaced by the next one."""

    LATEST = "latest"
    MONTHLY = "monthly"
    BOARD = "board"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """What a frozen report is for: the month that `day` is the first of, or the meeting of `board` on that day."""

    occasion: Occasion
    day: date
    board: str | None = None


def due_reports(
    frozen: Iterable[Period], policies: Policies, calendar: Calendar, today: date, *, is_whole: bool
) -> tuple[Period, ...]:
    """What is to be frozen today and was not: this month, and every board whose papers are due for its next meeting.

    While a list could not be read (`is_whole` is false) it waits, a month for `PATIENCE_DAYS` and a board until the day
    of its meeting: then half a report, which says so, is better than none.
    """
    known = frozenset(frozen)
    return tuple(sorted(each for each in _due(policies, calendar, today, is_whole=is_whole) if each not in known))


def _due(policies: Policies, calendar: Calendar, today: date, *, is_whole: bool) -> Iterator[Period]:
    if is_whole or today.day > PATIENCE_DAYS:
        yield Period(Occasion.MONTHLY, today.replace(day=1))
    for name, board in policies.boards.items():
        meeting = next_meeting(board, today)
        if meeting is None or today < papers_due(meeting, board, calendar):
            continue
        if is_whole or today == meeting:
            yield Period(Occasion.BOARD, meeting, name)
