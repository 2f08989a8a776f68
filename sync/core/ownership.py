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

_ALL = frozenset(OwnedField)

OWNED_BY_KIND: dict[Kind, frozenset[OwnedField]] = {
    Kind.PROGRAMME: frozenset({OwnedField.STATUS, OwnedField.REASON, OwnedField.CHECK, OwnedField.STAMP}),
    Kind.PROJECT: _ALL,
    Kind.MILESTONE: _ALL - {OwnedField.STATUS},
    Kind.RISK: _ALL - {OwnedField.STATUS},
    Kind.ISSUE: _ALL - {OwnedField.STATUS},
    Kind.ACTION: _ALL - {OwnedField.STATUS},
}
"""The owned fields that make sense for a kind of record."""
