"""The record of what was decided and written: entries, and the hash chain that shows a missing or altered one.

An entry holds no text of staff's and no name: owned labels, dates and yes/no as they are, longer texts by their digest,
people by number, restricted records by the number of their item.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an entry tells of. `written` by the run that wrote, `resolved` by the one that found it written."""

    APPROVED = "approved"
    WRITTEN = "written"
    RESOLVED = "resolved"
    NOT_WRITTEN = "not_written"
    HELD = "held"
    DRIFT = "drift"
    PURGED = "purged"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision or write about one owned column of one item, or an act of a person upon the record itself.

    `old`, `new`: as `auditable` shows owned values. `why`: grounds without a word of staff's. `version_before`,
    `version_after`: the item's ETags where they are known. `person`: whose act it was, by number.
    """

    at: datetime
    act: Act
    run_id: str | None = None
    source: str | None = None
    list_guid: str | None = None
    item: int | None = None
    column: str | None = None
    old: str | None = None
    new: str | None = None
    why: str = ""
    version_before: str | None = None
    version_after: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in the chain: its number, from 1 without a gap, and its hash over the previous hash and itself."""

    number: int
    hash: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain: the number and hash of its last link so far; 0 and nothing before the first."""

    number: int = 0
    hash: str = ""
