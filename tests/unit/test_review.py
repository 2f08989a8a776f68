"""When a risk is to be looked at again: its cadence, staff's own date, and how recent the last review is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.model import Band, Freshness, Kind, Nature, RiskStatus
from sync.core.policy import (
    Calendar,
    NonWorkingDay,
    OverduePolicy,
    Policies,
    RegisterPolicy,
    ReviewPolicy,
    SourceMapping,
)
from sync.core.review import Review, is_silent, months_between_reviews, review_of, silent_registers
from tests.support.lists import TODAY, record, source

RISKS = source("risks", Kind.RISK)
JUNE_1 = date(2026, 6, 1)


def review(
    band: Band | None = Band.MEDIUM,
    *,
    mapping: SourceMapping = RISKS,
    policies: Policies | None = None,
    closed: frozenset[date] = frozenset(),
    created: date | None = None,
    today: date = TODAY,
    **fields: Any,
) -> Review:
    made = replace(record(1, Kind.RISK, at="risks", **fields), created=created)
    found = review_of(made, band, mapping, policies or Policies(), Calendar(closed), today)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("band", "due"),
    [
        (Band.VERY_HIGH, date(2026, 7, 1)),
        (Band.HIGH, date(2026, 7, 1)),
        (Band.MEDIUM, date(2026, 9, 1)),
        (Band.LOW, date(2026, 12, 1)),
        (Band.NOT_ASSESSED, date(2026, 7, 1)),
        (None, date(2026, 7, 1)),
    ],
)
def test_the_worse_a_risk_the_sooner_it_is_looked_at(band: Band | None, due: date) -> None:
    found = review(band, last_reviewed=JUNE_1)
    assert (found.due, found.cadence_due, found.last) == (due, due, JUNE_1)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 8, 31), date(2026, 9, 30)),
        (date(2026, 2, 28), date(2026, 3, 28)),
    ],
)
def test_a_review_at_the_end_of_a_month_is_due_at_the_end_of_a_shorter_one(last: date, due: date) -> None:
    assert review(Band.HIGH, last_reviewed=last, today=date(2030, 1, 1)).due == due


def test_a_policy_may_have_other_cadences_and_keeps_the_default_of_the_bands_it_leaves_out() -> None:
    policies = Policies(review=ReviewPolicy(months={Band.LOW: 12}))
    assert review(Band.LOW, policies=policies, last_reviewed=JUNE_1).due == date(2027, 6, 1)
    assert review(Band.MEDIUM, policies=policies, last_reviewed=JUNE_1).due == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("mapping", "months"),
    [
        (replace(RISKS, register="Project registers"), 2),
        (replace(RISKS, register=" project  REGISTERS"), 2),
        (replace(RISKS, register="Operations"), 6),
        (replace(RISKS, register="Elsewhere"), 6),
        (RISKS, 9),
    ],
)
def test_a_register_has_a_cadence_of_its_own_or_that_of_the_band(mapping: SourceMapping, months: int) -> None:
    policies = Policies(
        registers={
            "Project registers": RegisterPolicy(months=2),
            "Operations": RegisterPolicy(kept_by="Technical Operations Meeting"),
            "risks": RegisterPolicy(months=9),
        }
    )
    assert months_between_reviews(Band.LOW, mapping, policies) == months
    found = review(Band.LOW, mapping=mapping, policies=policies, last_reviewed=date(2026, 1, 5))
    assert (found.months, found.due) == (months, date(2026, 1 + months, 5))


@pytest.mark.parametrize(
    ("fields", "created", "counted_from", "due"),
    [
        ({"raised": date(2026, 5, 5)}, date(2026, 5, 9), date(2026, 5, 5), date(2026, 6, 5)),
        ({}, date(2026, 5, 9), date(2026, 5, 9), date(2026, 6, 9)),
        ({}, None, None, None),
        ({"raised": date(2062, 5, 5)}, date(2026, 5, 9), date(2026, 5, 9), date(2026, 6, 9)),
        ({"raised": TODAY}, None, TODAY, date(2026, 7, 17)),
        ({"next_review": date(2026, 6, 2)}, date(2026, 5, 9), date(2026, 5, 9), date(2026, 6, 2)),
        ({"next_review": date(2026, 6, 2)}, None, None, date(2026, 6, 2)),
    ],
)
def test_a_risk_that_was_never_reviewed_counts_from_the_day_it_was_raised_else_made(
    fields: dict[str, Any], created: date | None, counted_from: date | None, due: date | None
) -> None:
    found = review(Band.HIGH, created=created, **fields)
    assert (found.last, found.counted_from, found.due) == (None, counted_from, due)
    assert found.freshness is Freshness.NEVER


@pytest.mark.parametrize(
    ("next_review", "due"),
    [
        (date(2026, 8, 31), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 9, 1)),
        (date(2026, 12, 1), date(2026, 9, 1)),
        (date(2026, 5, 1), date(2026, 5, 1)),
        (None, date(2026, 9, 1)),
    ],
)
def test_the_earlier_of_the_cadence_and_staffs_own_date_counts(next_review: date | None, due: date) -> None:
    found = review(last_reviewed=JUNE_1, next_review=next_review)
    assert (found.due, found.cadence_due) == (due, date(2026, 9, 1))


def test_a_review_in_the_future_did_not_take_place() -> None:
    tomorrow = review(Band.HIGH, raised=date(2026, 5, 5), last_reviewed=date(2026, 6, 18))
    assert (tomorrow.last, tomorrow.due, tomorrow.freshness) == (None, date(2026, 6, 5), Freshness.NEVER)
    assert review(Band.HIGH, last_reviewed=TODAY).last == TODAY


@pytest.mark.parametrize(
    ("next_review", "freshness"),
    [
        (date(2026, 6, 16), Freshness.STALE),
        (date(2026, 6, 17), Freshness.DUE),
        (date(2026, 6, 24), Freshness.DUE),
        (date(2026, 6, 25), Freshness.FRESH),
    ],
)
def test_a_review_is_due_soon_and_then_stale_as_any_other_date(next_review: date, freshness: Freshness) -> None:
    assert review(last_reviewed=JUNE_1, next_review=next_review).freshness is freshness
    assert review(next_review=next_review).freshness is Freshness.NEVER


@pytest.mark.parametrize(
    ("rule", "freshness"), [(NonWorkingDay.SAME, Freshness.STALE), (NonWorkingDay.NEXT, Freshness.DUE)]
)
def test_a_review_due_when_nobody_works_follows_the_policy_for_all_dates(
    rule: NonWorkingDay, freshness: Freshness
) -> None:
    policies = Policies(overdue=OverduePolicy(due_on_non_working_day=rule))
    found = review(
        policies=policies,
        closed=frozenset({date(2026, 6, 15), date(2026, 6, 16)}),
        last_reviewed=JUNE_1,
        next_review=date(2026, 6, 13),
    )
    assert found.freshness is freshness
    assert found.due == date(2026, 6, 13), "what staff wrote is told as they wrote it"


def test_nothing_is_due_once_a_risk_is_closed() -> None:
    dates = {"last_reviewed": date(2025, 1, 5), "next_review": date(2025, 2, 5), "raised": date(2025, 1, 1)}
    closed = review(status=RiskStatus.CLOSED, **dates)
    assert (closed.due, closed.cadence_due, closed.is_over) == (None, None, True)
    assert (closed.last, closed.freshness) == (date(2025, 1, 5), Freshness.FRESH)
    assert review(status=RiskStatus.CLOSED).freshness is Freshness.NEVER
    assert not review(status=RiskStatus.OPEN, **dates).is_over


def test_an_opportunity_and_a_restricted_risk_are_reviewed_like_any_other() -> None:
    ordinary = review(last_reviewed=JUNE_1)
    assert review(last_reviewed=JUNE_1, nature=Nature.OPPORTUNITY) == ordinary
    assert review(last_reviewed=JUNE_1, restricted=True) == ordinary


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RISK])
def test_only_risks_are_reviewed(kind: Kind) -> None:
    made = record(1, kind, at="risks")
    assert review_of(made, Band.HIGH, source("risks", kind), Policies(), Calendar(), TODAY) is None


MEETING = date(2026, 5, 20)


def reviewed(last: date | None = None, *, raised: date | None = date(2026, 1, 5), over: bool = False) -> Review:
    status = RiskStatus.CLOSED if over else RiskStatus.OPEN
    return review(last_reviewed=last, raised=raised, status=status)


@pytest.mark.parametrize(
    ("reviews", "silent"),
    [
        ([], False),
        ([reviewed()], True),
        ([reviewed(date(2026, 5, 19))], True),
        ([reviewed(MEETING)], False),
        ([reviewed(date(2026, 5, 19)), reviewed(date(2026, 6, 3))], False),
        ([reviewed(raised=None)], True),
        ([reviewed(raised=MEETING)], False),
        ([reviewed(raised=date(2026, 5, 19))], True),
        ([reviewed(raised=MEETING), reviewed()], True),
        ([reviewed(date(2026, 5, 19), raised=MEETING)], True),
        ([reviewed(date(2026, 5, 1), over=True)], False),
        ([reviewed(date(2026, 6, 1), over=True), reviewed()], False),
        ([reviewed(over=True), reviewed()], True),
    ],
)
def test_a_register_is_silent_where_nothing_was_reviewed_since_the_board_met(
    reviews: list[Review], silent: bool
) -> None:
    assert is_silent(reviews, MEETING) is silent


def test_the_silent_registers_are_named_in_their_order() -> None:
    registers = {"Operations": [reviewed()], "Design": [reviewed()], "Projects": [reviewed(MEETING)], "Empty": []}
    assert silent_registers(registers, MEETING) == ("Design", "Operations")
