"""Values of cells in words."""

from datetime import date

from sync.report.catalogue import Catalogue, Message
from sync.report.document import ColumnKind, Percent
from sync.report.word.elements import NO_BREAK

_SHORT = 20
"""Letters of a text in a column of dates that is kept on one line: `first 31 March 2026`."""


def said(part: str | int | date | Percent | None, words: Catalogue, kind: ColumnKind = ColumnKind.TEXT) -> str:
    """A value in words, kept on one line where it is short by nature."""
    match part:
        case None:
            return words.text(Message.NONE)
        case str():
            return part.replace(" ", NO_BREAK) if kind is ColumnKind.DATE and len(part) <= _SHORT else part
        case date():
            return words.short_day(part).replace(" ", NO_BREAK)
        case Percent():
            counts = words.count_of(part.count, part.total).replace(" ", NO_BREAK)
            return words.text(Message.PERCENT_WITH_COUNTS, percent=words.percent(part.value), counts=counts)
        case _:
            return words.number(part)
