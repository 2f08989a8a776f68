"""A date's trail counts what slipped, and nothing else; a review that was put off is told from one that took place."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.history import DateTrail
from sync.core.model import Kind, field_types
from sync.core.slips import (
    TRACKED,
    is_push_out,
    observe,
    original_date,
    slip_days,
    tracked_dates,
    trail_of_versions,
)
from tests.support.lists import record

JUNE, MID_JUNE, JULY, AUGUST = date(2026, 6, 3), date(2026, 6, 15), date(2026, 7, 1), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("trail", "seen", "expected"),
    [
        (None, None, DateTrail()),
        (None, JUNE, DateTrail(first=JUNE, latest=JUNE)),
        (DateTrail(), JUNE, DateTrail(first=JUNE, latest=JUNE)),
        (DateTrail(), None, DateTrail()),
        (DateTrail(first=JUNE, latest=JUNE), JUNE, DateTrail(first=JUNE, latest=JUNE)),
        (DateTrail(first=JUNE, latest=JUNE), JULY, DateTrail(first=JUNE, latest=JULY, slips=1, moves=1)),
        (
            DateTrail(first=JUNE, latest=JULY, slips=1, moves=1),
            MID_JUNE,
            DateTrail(first=JUNE, latest=MID_JUNE, slips=1, moves=2),
        ),
        (
            DateTrail(first=JUNE, latest=MID_JUNE, slips=1, moves=2),
            JULY,
            DateTrail(first=JUNE, latest=JULY, slips=2, moves=3),
        ),
        (DateTrail(first=JUNE, latest=JUNE), None, DateTrail(first=JUNE)),
        (DateTrail(first=JUNE, slips=2, moves=3), AUGUST, DateTrail(first=JUNE, latest=AUGUST, slips=2, moves=3)),
    ],
)
def test_a_later_date_is_a_slip_and_an_earlier_one_a_move(
    trail: DateTrail | None, seen: date | None, expected: DateTrail
) -> None:
    assert observe(trail, seen) == expected


def test_a_date_that_was_taken_away_and_given_again_shows_how_far_it_is_from_the_first() -> None:
    trail = observe(observe(observe(None, JUNE), None), AUGUST)
    assert (trail.days, trail.slips) == (59, 0)
    assert observe(observe(None, JUNE), None).days == 0


DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))


@given(seen=st.lists(st.none() | DAYS, min_size=1, max_size=12))
def test_a_trail_holds_the_first_and_the_last_and_never_more_slips_than_moves(seen: list[date | None]) -> None:
    trail: DateTrail | None = None
    for day in seen:
        trail = observe(trail, day)
    assert trail is not None
    given_days = [day for day in seen if day]
    pairs = [(old, new) for old, new in pairwise(seen) if old and new]
    assert trail.first == next(iter(given_days), None)
    assert trail.latest == seen[-1]
    assert trail.slips == sum(new > old for old, new in pairs)
    assert trail.moves == sum(new != old for old, new in pairs)
    assert observe(trail, seen[-1]) == trail


def test_a_version_history_tells_the_trail_by_the_last_version_of_each_day() -> None:
    monday, tuesday, wednesday = (date(2026, 3, day) for day in (2, 3, 4))
    versions = [(monday, None), (monday, JUNE), (tuesday, date(2062, 6, 3)), (tuesday, JULY), (wednesday, JULY)]
    assert trail_of_versions(versions) == DateTrail(first=JUNE, latest=JULY, slips=1, moves=1)
    assert trail_of_versions([(monday, JUNE), (tuesday, None)]) == DateTrail(first=JUNE)
    assert trail_of_versions([(monday, None)]) == DateTrail()
    assert trail_of_versions([]) == DateTrail()


@pytest.mark.parametrize(
    ("kind", "fields", "tracked"),
    [
        (Kind.PROJECT, {"end": JULY, "original_end": JUNE}, {"end": JULY}),
        (Kind.PROJECT, {"original_end": JUNE}, {"end": None}),
        (Kind.MILESTONE, {"original": JUNE, "forecast": JULY}, {"forecast": JULY}),
        (Kind.MILESTONE, {"original": JUNE}, {"forecast": JUNE}),
        (Kind.RISK, {"next_review": JULY, "last_reviewed": JUNE}, {"next_review": JULY}),
        (Kind.ISSUE, {"due": JULY}, {"due": JULY}),
        (Kind.ACTION, {"due": JULY, "done": AUGUST}, {"due": JULY}),
        (Kind.PROGRAMME, {}, {}),
    ],
)
def test_one_date_of_each_kind_is_followed(kind: Kind, fields: dict[str, Any], tracked: dict[str, date | None]) -> None:
    assert tracked_dates(record(1, kind, **fields)) == tracked


def test_every_date_that_is_followed_is_a_field_of_its_kind() -> None:
    assert set(TRACKED) == set(Kind) - {Kind.PROGRAMME}
    assert all(field in field_types(kind) for kind, field in TRACKED.items())


@pytest.mark.parametrize(
    ("kind", "fields", "original"),
    [
        (Kind.PROJECT, {"original_end": JULY, "end": AUGUST}, JULY),
        (Kind.PROJECT, {"end": AUGUST}, JUNE),
        (Kind.MILESTONE, {"original": JULY}, JULY),
        (Kind.MILESTONE, {"forecast": AUGUST}, JUNE),
        (Kind.ACTION, {"due": AUGUST}, JUNE),
    ],
)
def test_the_date_that_the_list_calls_original_comes_before_the_one_seen_first(
    kind: Kind, fields: dict[str, Any], original: date
) -> None:
    made = record(1, kind, **fields)
    assert original_date(made, DateTrail(first=JUNE, latest=AUGUST)) == original
    assert original_date(made, None) == (original if original == JULY else None)


@pytest.mark.parametrize(
    ("original", "current", "actual", "days"),
    [
        (JUNE, JULY, None, 28),
        (JULY, JUNE, None, -28),
        (JUNE, JUNE, None, 0),
        (JUNE, AUGUST, JULY, 28),
        (JUNE, None, JULY, 28),
        (JUNE, None, None, None),
        (None, JULY, None, None),
        (None, None, AUGUST, None),
    ],
)
def test_slip_is_counted_in_calendar_days_to_what_was_done_else_to_what_is_promised(
    original: date | None, current: date | None, actual: date | None, days: int | None
) -> None:
    assert slip_days(original, current, actual) == days


@pytest.mark.parametrize(
    ("before_next", "now_next", "before_last", "now_last", "put_off"),
    [
        (JUNE, JULY, date(2026, 5, 3), date(2026, 5, 3), True),
        (JUNE, JULY, None, None, True),
        (JUNE, JULY, date(2026, 5, 3), JUNE, False),
        (JUNE, JULY, None, JUNE, False),
        (JUNE, JULY, JUNE, date(2026, 5, 3), True),
        (JUNE, JULY, JUNE, None, True),
        (JULY, JUNE, None, None, False),
        (JUNE, JUNE, None, None, False),
        (None, JULY, None, None, False),
        (JUNE, None, None, None, False),
    ],
)
def test_a_next_review_that_moves_later_without_a_review_is_put_off(
    before_next: date | None, now_next: date | None, before_last: date | None, now_last: date | None, put_off: bool
) -> None:
    assert is_push_out(before_next, now_next, before_last, now_last) is put_off


@given(first=DAYS, days=st.integers(min_value=1, max_value=400))
def test_the_days_of_a_trail_are_those_of_its_slip(first: date, days: int) -> None:
    trail = observe(observe(None, first), first + timedelta(days=days))
    assert trail.days == slip_days(trail.first, trail.latest) == days
