"""Every word that a report says of its own, under one key, with plural forms and dates; staff's words are not here.

A language is one `Catalogue`: its messages, which plural form a number takes, and how it writes days and figures.
English is in `english.py`. Welsh follows as a second catalogue with the same keys and up to six plural forms; where
the edition asks for a language that is not here, `catalogue_for` refuses, so that no paper is half translated.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sync.core.model import Band

_MINUS = "\u2212"
_PLACES = re.compile(r"\{(\w+)\}")


class Message(StrEnum):
    """What a report can say. The values are keys, not words."""

    # the paper
    SKIP = "skip"
    CONTENTS = "contents"
    PORTFOLIO = "portfolio"
    REFERENCE = "reference"
    MEETING = "meeting"
    MARKING = "marking"
    EDITION = "edition"
    AS_AT = "as_at"
    COVERAGE = "coverage"
    RUN = "run"
    SUMMARY = "summary"
    PAGE_OF = "page_of"
    PAGE = "page"
    OF_PAGES = "of_pages"
    TABLE = "table"
    FIGURE = "figure"
    NUMBERED_CAPTION = "numbered_caption"
    NUMBERS_OF = "numbers_of"
    NUMBERS_BESIDE = "numbers_beside"
    NOTE = "note"
    NONE = "none"
    TOTAL = "total"
    NO_ROWS = "no_rows"
    SOURCE_LINE = "source_line"
    PERCENT = "percent"
    PERCENT_WITH_COUNTS = "percent_with_counts"
    COUNT_OF = "count_of"
    TIME_OF_DAY = "time_of_day"
    # tones, for those who see no sign
    TONE_GOOD = "tone_good"
    TONE_INFO = "tone_info"
    TONE_WARN = "tone_warn"
    TONE_BAD = "tone_bad"
    TONE_NONE = "tone_none"
    # charts
    LIKELIHOOD = "likelihood"
    IMPACT = "impact"
    BAND = "band"
    BAND_LOW = "band_low"
    BAND_MEDIUM = "band_medium"
    BAND_HIGH = "band_high"
    BAND_VERY_HIGH = "band_very_high"
    BAND_NOT_ASSESSED = "band_not_assessed"
    RISKS = "risks"
    RISKS_NOT_ASSESSED = "risks_not_assessed"
    HEAT_MAP_TOLD = "heat_map_told"
    HEAT_MAP_BAND = "heat_map_band"
    STRIP_TOLD = "strip_told"
    STRIP_ROW = "strip_row"
    REPORT = "report"
    TREND_TOLD = "trend_told"
    TREND_LINE = "trend_line"
    TREND_UNKNOWN = "trend_unknown"
    NOT_IN_REPORT = "not_in_report"
    RESTATED = "restated"
    RESTATED_VALUE = "restated_value"
    ITEM = "item"
    ORIGINAL_DATE = "original_date"
    FORECAST_DATE = "forecast_date"
    ACTUAL_DATE = "actual_date"
    CURRENT_DATE = "current_date"
    LATER = "later"
    EARLIER = "earlier"
    TODAY = "today"
    NO_ORIGINAL_DATE = "no_original_date"
    NO_CURRENT_DATE = "no_current_date"
    NO_DATE = "no_date"
    SLIP = "slip"
    SLIP_TOLD = "slip_told"
    SLIP_TOLD_UNKNOWN = "slip_told_unknown"
    ACTUAL_ON = "actual_on"
    SLIP_LATER = "slip_later"
    SLIP_EARLIER = "slip_earlier"
    SLIP_SAME = "slip_same"
    SLIP_UNKNOWN = "slip_unknown"


class PluralForm(StrEnum):
    """The forms of a number that languages tell apart, as CLDR names them."""

    ZERO = "zero"
    ONE = "one"
    TWO = "two"
    FEW = "few"
    MANY = "many"
    OTHER = "other"


Words = str | Mapping[PluralForm, str]
"""One text, or one for each plural form, OTHER always among them. `{name}` is a place for a value, `{n}` for the
number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The words of one language. `months` are the full names; `short_months` those that stand in tables."""

    language: str
    messages: Mapping[StrEnum, Words]
    plural: Callable[[int], PluralForm]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    thousands: str = ","

    def text(self, message: StrEnum, **values: object) -> str:
        """The words of a message that has no plural, each `{name}` replaced by its value, which is shown as it is."""
        words = self.messages[message]
        if not isinstance(words, str):
            raise TypeError(f"{message.value} depends on a number: use counted()")
        return _filled(words, values)

    def counted(self, message: StrEnum, number: int, **values: object) -> str:
        """The words of a message in the plural form that the number takes; `{n}` is the number."""
        words = self.messages[message]
        if isinstance(words, str):
            raise TypeError(f"{message.value} has no plural forms: use text()")
        form = self.plural(number)
        return _filled(words.get(form, words[PluralForm.OTHER]), {"n": self.number(number), **values})

    def day(self, day: date) -> str:
        """`3 June 2026`: as sentences write it."""
        return f"{day.day} {self.months[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """`3 Jun 2026`: as tables and charts write it."""
        return f"{day.day} {self.short_months[day.month - 1]} {day.year}"

    def moment(self, moment: datetime) -> str:
        """`3 June 2026, 02:17`, in the zone that the moment is in."""
        return self.text(Message.TIME_OF_DAY, day=self.day(moment.date()), time=f"{moment:%H:%M}")

    def number(self, number: int) -> str:
        """`1,234`; a minus sign where it is below 0."""
        return f"{number:,}".replace(",", self.thousands).replace("-", _MINUS)

    def percent(self, value: int | None) -> str:
        """`66%`; a dash where it is a share of nothing."""
        return self.text(Message.NONE) if value is None else self.text(Message.PERCENT, n=self.number(value))

    def count_of(self, count: int, total: int) -> str:
        """`31 of 47`."""
        return self.text(Message.COUNT_OF, count=self.number(count), total=self.number(total))

    def source_line(self, as_at: datetime, coverage: str) -> str:
        """`As at 3 June 2026, 02:17. 41 of 47 projects reported this month.`: what stands under every figure."""
        return self.text(Message.SOURCE_LINE, as_at=self.moment(as_at), coverage=coverage).rstrip()

    def band(self, band: Band) -> str:
        """A band as a label: `Very high`."""
        return self.text(Message[f"BAND_{band.name}"])


def _filled(words: str, values: Mapping[str, object]) -> str:
    """Each place filled once: what a value holds is never read as another place."""
    return _PLACES.sub(lambda found: str(values[found[1]]), words)


def places(words: Words) -> frozenset[str]:
    """The names of the places in a message's words, of all its forms."""
    forms = [words] if isinstance(words, str) else list(words.values())
    return frozenset(name for form in forms for name in _PLACES.findall(form))


def english_plural(number: int) -> PluralForm:
    """1 is one, everything else is other."""
    return PluralForm.ONE if number == 1 else PluralForm.OTHER


def welsh_plural(number: int) -> PluralForm:
    """Welsh has six forms: 0, 1, 2, 3 and 6 stand apart."""
    forms = {0: PluralForm.ZERO, 1: PluralForm.ONE, 2: PluralForm.TWO, 3: PluralForm.FEW, 6: PluralForm.MANY}
    return forms.get(number, PluralForm.OTHER)
