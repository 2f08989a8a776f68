"""The change log of a list and the tokens that mark a place in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from connectors.emulator.errors import bad_change_token

LIST_SCOPE = 3
_EPOCH_TICKS = 621355968000000000
_LAST_TICKS = 3155378975999999999
_TOKEN = re.compile(r"^1;(?P<scope>[0-3]);(?P<guid>[0-9a-fA-F-]{36});(?P<ticks>\d{1,19});(?P<number>-?\d{1,18})$")


class ChangeType(IntEnum):
    """What happened, as the wire numbers it."""

    ADD = 1
    UPDATE = 2
    DELETE = 3
    RESTORE = 7
    SYSTEM_UPDATE = 15


def ticks(instant: datetime) -> int:
    """An instant as .NET counts it: tenths of microseconds since the year 1."""
    since = instant.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return _EPOCH_TICKS + (since.days * 86400 + since.seconds) * 10_000_000 + since.microseconds * 10


def instant_of(tick_count: int) -> datetime:
    """The inverse of `ticks`, to the microsecond."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=(tick_count - _EPOCH_TICKS) // 10)


@dataclass(frozen=True, slots=True)
class ChangeToken:
    """A place in the log of one object. A number of -1 stands for "by time", as clients may construct it."""

    guid: str
    ticks: int
    number: int
    scope: int = LIST_SCOPE

    @property
    def time(self) -> datetime:
        """When it was given out."""
        return instant_of(self.ticks)

    def __str__(self) -> str:
        return f"1;{self.scope};{self.guid};{self.ticks};{self.number}"

    @classmethod
    def parse(cls, text: str) -> "ChangeToken":
        """Read a token; raises SharePointError where it is none."""
        match = _TOKEN.match(text.strip())
        if match is None:
            raise bad_change_token()
        if int(match["ticks"]) > _LAST_TICKS:
            raise bad_change_token()
        return cls(match["guid"].lower(), int(match["ticks"]), int(match["number"]), int(match["scope"]))


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `subject` is "Item", "Field", "View" or "List"; `item_id` is 0 where it is no item."""

    token: ChangeToken
    type: ChangeType
    subject: str
    time: datetime
    unique_id: str
    item_id: int = 0


@dataclass(slots=True)
class ChangeLog:
    """What happened to one list, oldest first."""

    guid: str
    started: ChangeToken
    entries: list[Change] = field(default_factory=list)

    @property
    def current(self) -> ChangeToken:
        """The token of the latest entry, or of the log's beginning."""
        return self.entries[-1].token if self.entries else self.started

    def record(self, entry: Change, oldest: datetime) -> None:
        """Append an entry; those from before `oldest` leave the log for good."""
        self.entries.append(entry)
        stale = next((place for place, held in enumerate(self.entries) if held.time >= oldest), 0)
        if stale:
            del self.entries[:stale]

    def after(self, start: ChangeToken | None, end: ChangeToken | None, oldest: datetime) -> Iterator[Change]:
        """The entries after `start` up to and including `end`; those before `oldest` have been forgotten.

        A start before `oldest` yields nothing and says nothing: that is what the service does.
        """
        for token in (start, end):
            if token is not None and token.guid != self.guid:
                raise bad_change_token()
        if start is not None and start.time < oldest:
            return
        for entry in self.entries:
            if entry.time >= oldest and _later(entry, start) and (end is None or not _later(entry, end)):
                yield entry


def _later(entry: Change, token: ChangeToken | None) -> bool:
    if token is None:
        return True
    if token.number < 0:
        return entry.token.ticks > token.ticks
    return entry.token.number > token.number
