"""When a board meets, until when papers for it are due, and by when it should have decided on what was raised to it."""

from collections.abc import Mapping
from datetime import date, timedelta

from sync.core.dates import add_working_days
from sync.core.policy import Board, Calendar, Policies, Rung
from sync.core.text import fold


def board_named(name: str, boards: Mapping[str, Board]) -> Board | None:
    """The board of that name, without regard to case and space; None where nothing is known of its meetings."""
    return next((board for known, board in boards.items() if fold(known) == fold(name)), None)


def names_of(policies: Policies) -> tuple[str, ...]:
    """Every board that the policies name, each once: those of the ladder from its lowest rung up, then the others."""
    named: dict[str, str] = {}
    for name in (*(rung.board for rung in policies.ladder), *policies.boards):
        named.setdefault(fold(name), name)
    return tuple(named.values())


def next_meeting(board: Board, on: date) -> date | None:
    """The first meeting on that day or after it."""
    return min((day for day in board.meets if day >= on), default=None)


def last_meeting(board: Board, before: date) -> date | None:
    """The last meeting before that day."""
    return max((day for day in board.meets if day < before), default=None)


def papers_due(meeting: date, board: Board, calendar: Calendar) -> date:
    """The last day for papers: that many working days before the meeting, whose own day does not count."""
    return add_working_days(meeting, -board.papers_due_days, calendar)


def meeting_for(board: Board, raised_on: date, calendar: Calendar) -> date | None:
    """The first meeting whose papers can still take up what is raised that day; None where no such meeting is known.

    On the very day on which papers are due, there is still time.
    """
    return min((day for day in board.meets if papers_due(day, board, calendar) >= raised_on), default=None)


def decide_by(rung: Rung, boards: Mapping[str, Board], raised_on: date, calendar: Calendar) -> date | None:
    """By when a rung should have decided on what reached it that day: within its days, else at its board's meeting.

    None where the rung decides at meetings of which none is known.
    """
    if rung.decide_within_days is not None:
        return raised_on + timedelta(days=rung.decide_within_days)
    board = board_named(rung.board, boards)
    return meeting_for(board, raised_on, calendar) if board else None


def without_next_meeting(policies: Policies, today: date) -> tuple[str, ...]:
    """The boards whose next meeting is not known, sorted: those with an entry of their own, and those that decide at
    their meetings because their rung says nothing else. A meeting today counts as the next one."""
    deciding = {rung.board for rung in policies.ladder if rung.decide_within_days is None}
    unnamed = {name for name in deciding if board_named(name, policies.boards) is None}
    silent = {name for name, board in policies.boards.items() if next_meeting(board, today) is None}
    by_fold = {fold(name): name for name in sorted(unnamed | silent, reverse=True)}
    return tuple(sorted(by_fold.values()))
