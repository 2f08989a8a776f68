"""Column formatting: of the published shape, and right on the day, across clock changes and for who sees no colour."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from connectors.sharepoint.admin.formatting import canonical, formatter
from sync.core import explain
from sync.core.dates import plain
from sync.core.model import Kind
from sync.core.ownership import OWNED_BY_KIND
from sync.core.policy import Labels
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.owned_columns import owned_column, told_hold
from sync.core.provisioning.shape import (
    Badge,
    Badges,
    DaysSince,
    DueDay,
    Icon,
    Look,
    StaleAfter,
    Tone,
    Wrapped,
)
from tests.support.formatting import SCHEMA, Reader, Seen, look_at
from tests.support.portfolios import TODAY, Portfolio

LONDON = ZoneInfo("Europe/London")
STATES = Badges(
    {
        "Overdue": Badge(Tone.SEVERE, Icon.ALERT),
        "Due soon": Badge(Tone.WARNING, Icon.CLOCK),
        "On time": Badge(Tone.GOOD, Icon.DONE),
        "Closed": Badge(Tone.PLAIN, Icon.DONE),
        "Can't say": Badge(Tone.INFORMATION, Icon.QUESTION),
    },
    told_hold("PSReason", "PSHoldUntil"),
)
SHIPPED = [
    *rollup_list("Figures", Labels(), restricted=False).columns,
    *status_list("Status").columns,
    *(
        owned_column(each, "PSName", kind, Labels(), hold=told_hold("PSReason", "PSHoldUntil"))
        for kind in Kind
        for each in sorted(OWNED_BY_KIND[kind])
    ),
]


def local(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """An instant by the clock of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def seen(look: Look, reader: Reader) -> Seen:
    return look_at(json.loads(formatter(look)), reader)


LOOKS: list[Look] = [STATES, DaysSince(), DueDay(), StaleAfter(26), Wrapped(Badge(Tone.WARNING, Icon.MEND))]


TEXTS = sorted({formatter(each) for each in [*LOOKS, *(column.look for column in SHIPPED)]} - {""})


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_every_look_is_formatting_of_the_published_shape(text: str) -> None:
    jsonschema.validate(json.loads(text), SCHEMA)
    assert canonical(text) == text, "two of a kind can be compared as texts"
    assert "#" not in text, "no colour of our own: the theme's are right in dark mode"


@pytest.mark.parametrize(
    "formatting", [{"elmType": "b"}, {"style": {"colour": "red"}}, {"attributes": {"onclick": "x"}}]
)
def test_what_is_not_of_that_shape_is_noticed(formatting: dict[str, Any]) -> None:
    known = json.loads(formatter(DueDay()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**known, **formatting}, SCHEMA)


BLANK: list[tuple[Look, Any]] = [*((look, "") for look in LOOKS), *((look, 0.0) for look in LOOKS[1:4])]


@pytest.mark.parametrize(("look", "blank"), BLANK)
def test_a_blank_shows_nothing(look: Look, blank: Any) -> None:
    reader = Reader(blank, local("2026-06-17 09:30"), shown="")
    assert seen(look, reader) == Seen("", "", ())


@pytest.mark.parametrize(
    ("word", "classes", "icons"),
    [
        ("Overdue", "sp-field-severity--blocked", ("ErrorBadge",)),
        ("Due soon", "sp-field-severity--warning", ("Clock",)),
        ("On time", "sp-field-severity--good", ("CheckMark",)),
        ("Closed", "", ("CheckMark",)),
        ("Can't say", "sp-field-severity--low", ("Unknown",)),
        ("Something else", "", ()),
    ],
)
def test_a_word_is_always_there_with_the_icon_and_colour_of_its_badge(
    word: str, classes: str, icons: tuple[str, ...]
) -> None:
    assert seen(STATES, Reader(word, local("2026-06-17 09:30"))) == Seen(word, classes, icons)


@pytest.mark.parametrize(
    ("until", "now", "held"),
    [
        ("2026-06-17 00:00", "2026-06-16 09:30", True),
        ("2026-06-17 00:00", "2026-06-17 00:01", True),
        ("2026-06-17 00:00", "2026-06-17 23:59", True),
        ("2026-06-17 00:00", "2026-06-18 00:01", False),
        ("2026-10-25 00:00", "2026-10-25 23:59", True),
        ("2026-10-25 00:00", "2026-10-26 00:01", False),
    ],
)
def test_a_hold_is_shown_up_to_and_on_its_last_day_also_before_a_night_tells_that_it_ended(
    until: str, now: str, held: bool
) -> None:
    fields = {"PSReason": "Held until 3 June 2026 (a dispute). Overdue.", "PSHoldUntil": local(until)}
    found = seen(STATES, Reader("Overdue", local(now), fields=fields))
    assert found.words == ("Overdue Held until 3 June 2026" if held else "Overdue")
    assert found.icons == (("ErrorBadge", "Pause") if held else ("ErrorBadge",))


@pytest.mark.parametrize("until", [local("2027-06-17 00:00"), "", None], ids=["later", "blank", "not in the view"])
@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Held until 15 September 2026 (see ref. 3.1). Overdue.", "Overdue Held until 15 September 2026"),
        ("Held until 15 September 2026. For Cabinet (a board).", "Overdue Held until 15 September 2026"),
        ("Held until 15 September 2026", "Overdue Held until 15 September 2026"),
        ("The hold ended on 15 September 2026. Overdue.", "Overdue"),
        ("Overdue: Held until then.", "Overdue"),
        ("", "Overdue"),
        (None, "Overdue"),
    ],
)
def test_what_counts_is_shown_and_not_what_staff_asked_for(told: str | None, words: str, until: Any) -> None:
    known = {"PSReason": told, "PSHoldUntil": until}
    fields = {name: value for name, value in known.items() if value is not None}
    assert seen(STATES, Reader("Overdue", local("2026-06-17 09:30"), fields=fields)).words == words


def test_a_list_without_a_column_for_the_last_day_shows_a_hold_as_long_as_it_is_told() -> None:
    states = replace(STATES, hold=told_hold("PSReason", None))
    reader = Reader("Overdue", local("2026-06-17 09:30"), fields={"PSReason": "Held until 3 June 2026 (a dispute)."})
    assert seen(states, reader).words == "Overdue Held until 3 June 2026"


def test_the_words_that_are_looked_for_are_those_that_a_reason_begins_with() -> None:
    made = Portfolio()
    record = made.action(hold_reason="a dispute", hold_until=TODAY)
    fields = {"PSReason": explain.reason(made.assessment(record)), "PSHoldUntil": ""}
    assert seen(STATES, Reader("Overdue", local("2026-06-17 09:30"), fields=fields)).words.endswith(plain(TODAY))


DAYS = [
    ("2026-06-16", "2026-06-17 00:00", "(shown) · 1 day"),
    ("2026-06-03", "2026-06-17 09:30", "(shown) · 14 days"),
    ("2026-06-03", "2026-06-17 23:59", "(shown) · 14 days"),
    ("2026-06-17", "2026-06-17 12:00", "(shown)"),
    ("2026-06-18", "2026-06-17 12:00", "(shown)"),
    ("2026-03-28", "2026-03-30 00:30", "(shown) · 2 days"),
    ("2026-03-29", "2026-03-30 00:30", "(shown) · 1 day"),
    ("2026-10-24", "2026-10-26 00:30", "(shown) · 2 days"),
    ("2026-10-25", "2026-10-25 23:59", "(shown)"),
    ("2025-06-17", "2026-06-17 09:30", "(shown) · 365 days"),
]


@pytest.mark.parametrize(("day", "now", "words"), DAYS)
def test_days_are_counted_by_the_calendar_as_somebody_looks(day: str, now: str, words: str) -> None:
    assert seen(DaysSince(), Reader(local(day), local(now))) == Seen(words, "", ())


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("day", ["2026-01-10", "2026-06-10"])
def test_a_reader_somewhere_else_counts_the_days_of_the_calendar_there(zone: str, day: str) -> None:
    there = ZoneInfo(zone)
    for days in (1, 2, 100):
        now = datetime.fromisoformat(f"{day} 12:00").replace(tzinfo=there) + timedelta(days=days)
        found = seen(DaysSince(), Reader(local(day), now.astimezone(UTC), zone=zone))
        assert found.words == f"(shown) · {days} day{'s' if days > 1 else ''}"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-16 23:59", Seen("(shown)", "", ())),
        ("2026-06-17 00:00", Seen("(shown) · today", "", ())),
        ("2026-06-17 23:59", Seen("(shown) · today", "", ())),
        ("2026-06-18 00:00", Seen("(shown) · passed", "sp-field-severity--blocked", ("ErrorBadge",))),
    ],
)
def test_a_due_day_is_quiet_until_it_has_passed(now: str, expected: Seen) -> None:
    assert seen(DueDay(), Reader(local("2026-06-17"), local(now))) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), Seen("(shown)", "sp-field-severity--good", ("CheckMark",))),
        (timedelta(hours=26, seconds=-1), Seen("(shown)", "sp-field-severity--good", ("CheckMark",))),
        (
            timedelta(hours=26),
            Seen("(shown) · No good run for more than 26 hours", "sp-field-severity--blocked", ("ErrorBadge",)),
        ),
    ],
)
def test_an_instant_alarms_by_itself_once_it_is_too_long_ago(age: timedelta, expected: Seen) -> None:
    moment = local("2026-10-24 02:17")
    assert seen(StaleAfter(26), Reader(moment, moment + age)) == expected


def test_a_sentence_stands_whole_in_the_row() -> None:
    look = Wrapped(Badge(Tone.WARNING, Icon.MEND))
    text = "Target date is text; not a date. " * 9
    assert seen(look, Reader(text, local("2026-06-17"))) == Seen(text, "sp-field-severity--warning", ("Repair",))
    assert '"white-space":"normal"' in formatter(look)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""),
        ("", ""),
        (' { "b": 1,\n "a": [true, "é \\u00e9"] } ', '{"a":[true,"é é"],"b":1}'),
        ("not JSON", "not JSON"),
    ],
)
def test_formatting_of_anybodys_has_one_form(text: str | None, expected: str) -> None:
    assert canonical(text) == expected


def test_a_column_without_a_look_is_not_formatted() -> None:
    assert not formatter(None)
