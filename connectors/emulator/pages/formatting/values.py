"""Values of formatting expressions, converted and compared as a browser's script does it.

A value is text, a number, yes or no, an instant (aware UTC), a record (a person, a lookup, a hyperlink), or several of
them. What is blank is the empty text. What is no number is NaN, and every comparison with it is false.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from connectors.emulator.state.locales import Locale

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AMERICAN = re.compile(
    r"^(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP]M))?)?$", re.IGNORECASE
)
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$")
_SHORT = re.compile(r"^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})$")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TINY, _HUGE = 1e-6, 1e21


@dataclass(frozen=True, slots=True)
class Record:
    """A value with parts: `text` is what stands for all of it. `number` is what it is compared with numbers by."""

    text: str
    parts: Mapping[str, "Value"] = field(default_factory=dict)
    number: float | None = None


Value: TypeAlias = "str | float | bool | datetime | Record | tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a browser would be that shows the page: its time zone, and how dates are written there."""

    zone: ZoneInfo
    locale: Locale

    def local(self, instant: datetime) -> datetime:
        """An instant by the clock there; at the ends of the calendar, where there is none, as it is."""
        try:
            return instant.astimezone(self.zone)
        except OverflowError:
            return instant

    def day(self, instant: datetime) -> str:
        """`03/06/2026`."""
        return self.locale.date(self.local(instant))

    def time(self, instant: datetime) -> str:
        """`14:05:00`."""
        local = self.local(instant)
        if self.locale.time24:
            return f"{local:%H:%M:%S}"
        return f"{local.hour % 12 or 12}:{local:%M:%S} {'AM' if local.hour < 12 else 'PM'}"

    def moment(self, instant: datetime) -> str:
        """`03/06/2026, 14:05:00`."""
        return f"{self.day(instant)}, {self.time(instant)}"


def number(value: Value) -> float:
    """A value as a number: blank is 0, an instant its milliseconds since 1970, and what is none NaN."""
    if isinstance(value, datetime):
        return (value - EPOCH) / timedelta(milliseconds=1)
    if isinstance(value, Record):
        return value.number if value.number is not None else number(value.text)
    if isinstance(value, tuple):
        return 0.0 if not value else number(value[0]) if len(value) == 1 else math.nan
    if isinstance(value, str):
        text = value.strip()
        return 0.0 if not text else float(text) if _NUMBER.match(text) else math.nan
    return float(value)


def text(value: Value, place: Place) -> str:
    """A value in words: a number without the noughts it does not need, several values with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return place.moment(value)
    if isinstance(value, Record):
        return value.text
    if isinstance(value, tuple):
        return ",".join(text(member, place) for member in value)
    return value if isinstance(value, str) else _number_text(value)


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < _HUGE:
        return str(int(value))
    if _TINY <= abs(value) < _HUGE:
        return f"{Decimal(repr(value)):f}"
    return re.sub(r"e([+-])0*", r"e\1", repr(value))


def truth(value: Value) -> bool:
    """Whether a condition holds: not where it is blank, 0, no or NaN."""
    if isinstance(value, str | tuple):
        return bool(value)
    if isinstance(value, bool | float):
        return bool(value) and not math.isnan(value)
    return value.number != 0 if isinstance(value, Record) and value.number is not None else True


def equal(left: Value, right: Value) -> bool:
    """Whether two values are alike: words by their letters and case, everything else as numbers."""
    if isinstance(left, tuple) or isinstance(right, tuple):
        return left == right
    words_left, words_right = _words(left, right), _words(right, left)
    if words_left is not None and words_right is not None:
        return words_left == words_right
    return number(left) == number(right)


def _words(value: Value, other: Value) -> str | None:
    """A value as text where it is to be compared as text."""
    if isinstance(value, Record):
        return None if value.number is not None and not isinstance(other, str) else value.text
    return value if isinstance(value, str) else None


def order(left: Value, right: Value) -> float:
    """Below 0, 0 or above 0 as left comes before, with or after right; NaN where they have no order."""
    words_left, words_right = _words(left, right), _words(right, left)
    if words_left is not None and words_right is not None:
        return float((words_left > words_right) - (words_left < words_right))
    difference = number(left) - number(right)
    if math.isnan(difference):
        return 0.0 if number(left) == number(right) else math.nan
    return difference


def instant(value: Value, place: Place) -> datetime | None:
    """A value as an instant: text by month, day and year, as ISO or as `short_day` writes it; None where it is none."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return _instant_of(value.strip(), place.zone)
    if isinstance(value, tuple | Record):
        return None
    return after(EPOCH, timedelta(milliseconds=number(value))) if math.isfinite(value) and abs(value) < 1e15 else None


def after(start: datetime, span: timedelta) -> datetime | None:
    """The instant that much later; None where the calendar has ended."""
    try:
        return (start + span).astimezone(UTC)
    except OverflowError:
        return None


def _instant_of(words: str, zone: ZoneInfo) -> datetime | None:
    try:
        if _ISO.match(words):
            # A day alone is the day of Greenwich, a time without a zone the browser's own: so do browsers read them.
            found = datetime.fromisoformat(words)
            return (
                found.replace(tzinfo=UTC if len(words) == 10 else zone) if found.tzinfo is None else found
            ).astimezone(UTC)
        short = _SHORT.match(words)
        if short:
            month = _MONTHS.index(short[1]) + 1
            return datetime(int(short[3]), month, int(short[2]), tzinfo=zone).astimezone(UTC)
        match = _AMERICAN.match(words)
        if match is None:
            return None
        month, day, year = (int(part) for part in match.groups()[:3])
        hour, minute, second = (int(part or 0) for part in match.groups()[3:6])
        if match[7]:
            hour = hour % 12 + (12 if match[7].upper() == "PM" else 0)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def later(start: datetime, days: float, place: Place) -> datetime | None:
    """The same time of day by the clock there, whole days later: the clocks going forward makes no difference."""
    try:
        naive = place.local(start).replace(tzinfo=None) + timedelta(days=int(days))
        return naive.replace(tzinfo=place.zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def short_day(day: date) -> str:
    """`Wed Aug 03 2022`, in every language alike."""
    return f"{_DAYS[day.weekday()]} {_MONTHS[day.month - 1]} {day.day:02} {day.year:04}"


def part(value: Value, name: str) -> Any:
    """A part of a record, of each where there are several; blank where there is no such part."""
    if isinstance(value, tuple):
        return tuple(part(member, name) for member in value)
    return value.parts.get(name, "") if isinstance(value, Record) else ""
