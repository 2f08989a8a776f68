"""Places in a list's change log, and how far they can be trusted.

The log reaches back 60 days, and a token from before that is answered with neither changes nor an error. So how old a
token may be is judged here, by the time inside it, and with a wide margin: 30 days.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_TOKEN = re.compile(r"1;3;(?P<guid>[0-9a-fA-F-]{36});(?P<ticks>[0-9]{1,19});-?[0-9]{1,18}")
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)
_TICKS_A_SECOND = 10_000_000
_TRUSTED = timedelta(days=30)
_DORMANT = timedelta(days=1)
_MARGIN = timedelta(hours=1)


def change_token(held: Any, now: datetime | None) -> str | None:
    """Where a list's change log stood when it was described; None where the answer does not say. `now` is the
    server's, None where it does not tell.

    A list that nobody touches keeps the token of its latest change, which in time would be too old to be trusted.
    Since nothing has happened between the two, a token of an hour ago marks the same place; SharePoint takes tokens
    that were made up from a time.
    """
    match = _TOKEN.fullmatch(mark(held) or "")
    if match is None:
        return None
    if now is None or _age(match, now) <= _DORMANT:
        return match.group()
    return f"1;3;{match['guid']};{_ticks(now - _MARGIN)};-1"


def mark(held: Any) -> str | None:
    """The same place as text that is another after anything that happens in the list; None where it is not told."""
    text = held.get("StringValue") if isinstance(held, dict) else None
    return text if isinstance(text, str) and _TOKEN.fullmatch(text) else None


def can_tell(token: str, list_guid: str, now: datetime) -> bool:
    """Whether the log of this list can be relied on to tell what happened since this token."""
    match = _TOKEN.fullmatch(token)
    return match is not None and match["guid"].lower() == list_guid and -_MARGIN <= _age(match, now) <= _TRUSTED


def _age(match: re.Match[str], now: datetime) -> timedelta:
    return timedelta(seconds=(_ticks(now) - int(match["ticks"])) / _TICKS_A_SECOND)


def _ticks(moment: datetime) -> int:
    since = moment - _YEAR_ONE
    return (since.days * 86_400 + since.seconds) * _TICKS_A_SECOND + since.microseconds * 10
