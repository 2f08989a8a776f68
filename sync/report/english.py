"""What reports say in English."""

from collections.abc import Mapping
from enum import StrEnum

from sync.report.catalogue import Catalogue, Message, PluralForm, Words, english_plural
from sync.report.sections import english_of_findings, english_of_risks, english_of_work

_ONE, _OTHER = PluralForm.ONE, PluralForm.OTHER


MESSAGES: Mapping[StrEnum, Words] = {
    Message.SKIP: "Skip to the report",
    Message.CONTENTS: "Contents",
    Message.PORTFOLIO: "Portfolio",
    Message.REFERENCE: "Reference",
    Message.MEETING: "Meeting",
    Message.MARKING: "Protective marking",
    Message.EDITION: "Edition",
    Message.AS_AT: "As at",
    Message.COVERAGE: "Coverage",
    Message.RUN: "Run",
    Message.SUMMARY: "Summary",
    Message.PAGE_OF: "Page {page} of {pages}",
    Message.PAGE: "Page",
    Message.OF_PAGES: "of",
    Message.TABLE: "Table {n}",
    Message.FIGURE: "Figure {n}",
    Message.NUMBERED_CAPTION: "{number}: {caption}",
    Message.NUMBERS_OF: "The numbers of {figure}",
    Message.NUMBERS_BESIDE: "The chart's numbers are in the table below it.",
    Message.NOTE: "Note",
    Message.NONE: "\u2013",
    Message.TOTAL: "Total",
    Message.NO_ROWS: "None.",
    Message.SOURCE_LINE: "As at {as_at}. {coverage}",
    Message.PERCENT: "{n}%",
    Message.PERCENT_WITH_COUNTS: "{percent} ({counts})",
    Message.COUNT_OF: "{count} of {total}",
    Message.TIME_OF_DAY: "{day}, {time}",
    Message.TONE_GOOD: "good",
    Message.TONE_INFO: "for information",
    Message.TONE_WARN: "needs attention",
    Message.TONE_BAD: "needs action",
    Message.TONE_NONE: "neutral",
    Message.LIKELIHOOD: "Likelihood",
    Message.IMPACT: "Impact",
    Message.BAND: "Band",
    Message.BAND_LOW: "Low",
    Message.BAND_MEDIUM: "Medium",
    Message.BAND_HIGH: "High",
    Message.BAND_VERY_HIGH: "Very high",
    Message.BAND_NOT_ASSESSED: "Not assessed",
    Message.RISKS: {_ONE: "{n} risk", _OTHER: "{n} risks"},
    Message.RISKS_NOT_ASSESSED: {
        _ONE: "{n} risk is not assessed and stands in no cell.",
        _OTHER: "{n} risks are not assessed and stand in no cell.",
    },
    Message.HEAT_MAP_TOLD: {
        _ONE: "{n} risk by likelihood and impact: {bands}.",
        _OTHER: "{n} risks by likelihood and impact: {bands}.",
    },
    Message.HEAT_MAP_BAND: "{n} {band}",
    Message.STRIP_TOLD: "How many are in each state. {rows}",
    Message.STRIP_ROW: "{label}, {total} in all: {counts}.",
    Message.REPORT: "Report",
    Message.TREND_TOLD: {
        _ONE: "{unit} in {n} report, of {last}. {lines}",
        _OTHER: "{unit} over {n} reports, from {first} to {last}. {lines}",
    },
    Message.TREND_LINE: "{label}: from {first} to {last}.",
    Message.TREND_UNKNOWN: "{label}: in none of these reports.",
    Message.NOT_IN_REPORT: "not reported",
    Message.RESTATED: "restated",
    Message.RESTATED_VALUE: "{n} (restated)",
    Message.ITEM: "Item",
    Message.ORIGINAL_DATE: "Original date",
    Message.FORECAST_DATE: "Forecast",
    Message.ACTUAL_DATE: "Actual",
    Message.CURRENT_DATE: "Forecast or actual",
    Message.LATER: "Moved later",
    Message.EARLIER: "Moved earlier",
    Message.TODAY: "Today, {day}",
    Message.NO_ORIGINAL_DATE: "No original date",
    Message.NO_CURRENT_DATE: "No forecast",
    Message.NO_DATE: "No date",
    Message.SLIP: "Movement",
    Message.SLIP_TOLD: {
        _ONE: "How the date of {n} item has moved: {later} later, {earlier} earlier, {same} as first planned{unknown}.",
        _OTHER: "How the dates of {n} items have moved: {later} later, {earlier} earlier, {same} as first planned"
        "{unknown}.",
    },
    Message.SLIP_TOLD_UNKNOWN: ", {n} without both dates",
    Message.ACTUAL_ON: "{day} (actual)",
    Message.SLIP_LATER: {_ONE: "{n} day later", _OTHER: "{n} days later"},
    Message.SLIP_EARLIER: {_ONE: "{n} day earlier", _OTHER: "{n} days earlier"},
    Message.SLIP_SAME: "As first planned",
    Message.SLIP_UNKNOWN: "Not known",
}

ENGLISH = Catalogue(
    language="en-GB",
    messages={**MESSAGES, **english_of_findings.MESSAGES, **english_of_risks.MESSAGES, **english_of_work.MESSAGES},
    plural=english_plural,
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)  # fmt: skip

_CATALOGUES = {ENGLISH.language: ENGLISH}


def catalogue_for(language: str) -> Catalogue:
    """The catalogue of a language tag (`en-GB`, or `en` for the same). ValueError where reports do not speak it."""
    for tag, catalogue in _CATALOGUES.items():
        if language.lower() in (tag.lower(), tag.partition("-")[0].lower()):
            return catalogue
    raise ValueError(f"Reports are not written in {language!r}; there is {', '.join(sorted(_CATALOGUES))}.")
