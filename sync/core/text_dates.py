"""Days and periods that a list holds as text: read where they leave no doubt, or where the list says what they mean.

| written                                              | read where the source's `dates` has        |
|------------------------------------------------------|--------------------------------------------|
| `2026-07-01`, `1 July 2026`, `July 1, 2026`          | always                                     |
| `01/07/2026`, `1.7.26`, `01-07-2026`, `1 July 26`    | `order`; two digits of a year are 20yy     |
| `March 2026`, `Mar-2026`, `03/2026`, `2026-03`       | `months`                                   |
| `Mar-26`                                             | `months`, and `order: day_first`           |
| `Q3 2026`, `2026-Q3`, `2026Q3`, `Quarter 3, 2026`    | `quarters`                                 |
| `Q1 2025/26`, `2025-26 Q1`, `FY25/26 Q1`             | `quarters: financial`                      |
| `2026 Q3 - 2027 Q1`, `Q3 to Q4 2026`, `March-May 26` | what its two ends need                     |
| `46204` (a spreadsheet's day number), `2026`, `July` | never                                      |

`Mar-26` is 26 March in a list that names the month first. A financial quarter whose year is a single number is counted
in the year that begins in that one: Q4 2026 is January to March 2027; `FY26` is not read, because it is the year that
ends then to many.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sync.core.dates import MONTHS, YEARS, add_months
from sync.core.policy import DateWords, DayOrder, Quarters

COUNTED_FROM: frozenset[str] = frozenset(
    {"start", "raised", "last_reviewed", "last_reported", "judged_on", "decided_on"}
)
"""The fields that a period fills with its first day: something starts then, or time is counted from it. Every other
field takes the last day, by which it is to be done."""
UNDECLARED = DateWords()

_LONGEST = 64
_MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_ORDINAL = r"(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_DAY_FORMS = (
    _form(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"),
    _form(rf"(?P<day>\d{{1,2}}){_ORDINAL}[ -](?P<month>[a-z]+)\.?[ -]{_YEAR}"),
    _form(rf"(?P<month>[a-z]+)\.? (?P<day>\d{{1,2}}){_ORDINAL},? {_YEAR}"),
)
_NUMBERED_DAY = _form(
    rf"(?P<one>\d{{1,2}})(?P<part>[/.-])(?P<two>\d{{1,2}})(?P=part){_YEAR}"
    r"(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?"
)
_MONTH_FORMS = (
    _form(r"(?P<month>[a-z]+)\.?,?[ -]?(?P<year>\d{4})"),
    _form(r"(?P<month>[a-z]+)\.?[ -]['\u2019]?(?P<year>\d{2})"),
    _form(r"(?P<month>\d{1,2})[/-](?P<year>\d{4})"),
    _form(r"(?P<year>\d{4})[/-](?P<month>\d{2})"),
)
_QUARTER = r"(?:q|qtr|quarter) ?(?P<quarter>[1-4])"
_YEARS_OF_QUARTER = r"(?P<financial>fy ?)?(?P<year>\d{4}|\d{2})(?:[/-](?P<next>\d{4}|\d{2}))?"
_QUARTER_FORMS = (
    _form(rf"{_QUARTER}(?:, ?|[ /-]){_YEARS_OF_QUARTER}"),
    _form(rf"{_YEARS_OF_QUARTER}(?:, ?|[ /-])?{_QUARTER}"),
)
_BETWEEN = _form(r" ?- ?| to ")
_BARE_MONTH = _form(r"[a-z]+\.?")
_BARE_QUARTER = _form(_QUARTER)
_YEAR_AT_END = _form(
    rf"(?:(?P<by_quarter>{_QUARTER})|[a-z]+\.?)(?:, ?|[ /-])?(?P<said>['\u2019]?(?:fy ?)?\d{{2,4}}(?:[/-]\d{{2,4}})?)"
)


@dataclass(frozen=True, slots=True)
class _Period:
    first: date
    last: date


def parse_text_date(text: str, words: DateWords = UNDECLARED, *, first: bool = False) -> date | None:
    """The day that a text names beyond doubt, or by what its list declares; else None, never a guess.

    A month, a quarter or a range of them is read as its last day, or as its first where that is asked for. So
    `03/04/2026` is not read unless the list's `order` says which of the two is the day; nor ever is an instant with an
    offset, whose day depends on a zone that a text does not carry.
    """
    said = " ".join(text.translate(_DASHES).split())
    if len(said) > _LONGEST:
        return None
    day = _day(said, words)
    if day is not None:
        return day
    period = _period(said, words) or _range(said, words)
    if period is None:
        return None
    return period.first if first else period.last


def _day(said: str, words: DateWords) -> date | None:
    for form in _DAY_FORMS:
        if found := form.fullmatch(said):
            return _date(_year(found["year"], words), _month_number(found["month"]), int(found["day"]))
    numbered = _NUMBERED_DAY.fullmatch(said)
    if numbered is None or words.order is None:
        return None
    one, two = int(numbered["one"]), int(numbered["two"])
    day, month = (one, two) if words.order is DayOrder.DAY_FIRST else (two, one)
    return _date(_year(numbered["year"], words), month, day)


def _period(said: str, words: DateWords) -> _Period | None:
    month = _month(said, words) if words.months else None
    return month or (_quarter(said, words.quarters, words) if words.quarters else None)


def _month(said: str, words: DateWords) -> _Period | None:
    found = next((match for form in _MONTH_FORMS if (match := form.fullmatch(said))), None)
    if found is None:
        return None
    year, month = _year(found["year"], words), _month_number(found["month"])
    if len(found["year"]) == 2 and words.order is not DayOrder.DAY_FIRST:
        return None
    if found.start("year") < found.start("month") and year is not None and month == (year + 1) % 100:
        return None  # 2010-11: a financial year to some
    return _months_from(_date(year, month, 1), 1)


def _quarter(said: str, kind: Quarters, words: DateWords) -> _Period | None:
    found = next((match for form in _QUARTER_FORMS if (match := form.fullmatch(said))), None)
    if found is None:
        return None
    year = _financial_year(found["year"], found["next"]) if found["next"] else _year(found["year"], words)
    if found["next"] is None and found["financial"]:
        return None
    if found["next"] and kind is Quarters.CALENDAR:
        return None
    january = _date(year, 1, 1)
    if january is None:
        return None
    begins = 3 * (int(found["quarter"]) - 1) + (3 if kind is Quarters.FINANCIAL else 0)
    return _months_from(add_months(january, begins), 3)


def _range(said: str, words: DateWords) -> _Period | None:
    """From the first day of one period to the last of another. A text that can be parted in two ways is not read."""
    found = [period for split in _BETWEEN.finditer(said) if (period := _parted(said, split, words))]
    return found[0] if len(found) == 1 else None


def _parted(said: str, split: re.Match[str], words: DateWords) -> _Period | None:
    left, right = said[: split.start()], said[split.end() :]
    until = _period(right, words)
    if until is None:
        return None
    since = next((period for text in _with_year(left, right) if (period := _period(text, words))), None)
    if since is None or since.first > until.first:
        return None
    return _Period(since.first, until.last)


def _with_year(left: str, right: str) -> Iterator[str]:
    """The beginning of a range as written, and with the year of its end where it is a bare month or quarter as well."""
    yield left
    end = _YEAR_AT_END.fullmatch(right)
    if end and (_BARE_QUARTER if end["by_quarter"] else _BARE_MONTH).fullmatch(left):
        yield f"{left} {end['said']}"


def _year(said: str, words: DateWords) -> int | None:
    """Two digits are a year of this century, in lists that declare the order of their dates."""
    if len(said) == 4:
        return int(said)
    return 2000 + int(said) if words.order else None


def _financial_year(said: str, following: str) -> int | None:
    """The year in which 2025/26 begins; None where the two do not follow each other."""
    year = int(said) if len(said) == 4 else 2000 + int(said)
    return year if (year + 1) % 10 ** len(following) == int(following) else None


def _month_number(said: str) -> int:
    """1 to 12 for a month's name or number; something else is no month, which `_date` finds out."""
    return int(said) if said.isdigit() else _MONTH_NUMBERS.get(said.casefold(), 0)


def _date(year: int | None, month: int, day: int) -> date | None:
    if year not in YEARS or year is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_from(first: date | None, months: int) -> _Period | None:
    return _Period(first, add_months(first, months) - timedelta(days=1)) if first else None
