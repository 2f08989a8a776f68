"""Which values the service owns, and what it does when a person has changed one of them."""

from datetime import date
from enum import StrEnum

from sync.core.model import Kind


class OwnedField(StrEnum):
    """The only things that are ever written into a staff list."""

    STATUS = "status"
    OVERDUE = "overdue"
    OVERDUE_SINCE = "overdue_since"
    REASON = "reason"
    NEXT_REVIEW = "next_review"
    ESCALATE_TO = "escalate_to"
    CHECK = "check"
    STAMP = "stamp"


class DriftPolicy(StrEnum):
    """A person changed an owned value: write ours again and say so, leave theirs and report it every run, or write
    ours again once a person has approved it."""

    RESTORE = "restore"
    RESPECT = "respect"
    ASK = "ask"


class WriteMode(StrEnum):
    """How values are written into a list.

    `quiet`: no new version; Modified and Modified By stay the colleague's. `versioned`: an ordinary edit with the
    ETag that was read, visible in the version history. `off`: the list is read and never written.
    """

    QUIET = "quiet"
    VERSIONED = "versioned"
    OFF = "off"


OwnedValue = str | bool | date | None
"""What an owned column holds, decoded: text, yes/no, or the date that the site shows."""

_EVERY = frozenset({OwnedField.REASON, OwnedField.CHECK, OwnedField.STAMP})
_DATED = _EVERY | {OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE}

OWNED_BY_KIND: dict[Kind, frozenset[OwnedField]] = {
    Kind.PROGRAMME: _EVERY | {OwnedField.STATUS},
    Kind.PROJECT: _DATED | {OwnedField.STATUS},
    Kind.MILESTONE: _DATED,
    Kind.RISK: _DATED | {OwnedField.NEXT_REVIEW, OwnedField.ESCALATE_TO},
    Kind.ISSUE: _DATED | {OwnedField.ESCALATE_TO},
    Kind.ACTION: _DATED,
}
"""The owned fields that make sense for a kind of record."""
