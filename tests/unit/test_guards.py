"""Each guard at its line and on either side of it, with what was seen, the limit, and what to do next."""

from typing import Any

import pytest

from sync.core.guards import LastRun, Seen, guard
from sync.core.plan import Guard, Refusal
from sync.core.snapshot import Complete, Partial

QUIET: dict[str, Any] = {
    "source": "projects",
    "read": Complete(),
    "rows": 3,
    "policy_digest": "same",
    "last": LastRun(rows=3, policy_digest="same"),
}


def refusals(**more: Any) -> tuple[Refusal, ...]:
    return guard(Seen(**QUIET | more))


def guards(**more: Any) -> list[Guard]:
    return [refusal.guard for refusal in refusals(**more)]


def test_nothing_stops_an_ordinary_night() -> None:
    assert refusals() == ()


def test_half_a_list_stops_the_source_and_no_approval_lifts_that() -> None:
    [refusal] = refusals(read=Partial("The answer was cut short."), rows=0)
    assert refusal.guard is Guard.PARTIAL_READ
    assert refusal.seen == "The list was not read to its end: The answer was cut short."
    assert (refusal.approvable, refusal.yes_lifts, refusal.holds_source) == (False, False, True)


def test_a_column_gone_stops_the_source_and_no_approval_lifts_that() -> None:
    [refusal] = refusals(missing=("column 'Statuss' of field status; the list has 'Status'", "another"), last=None)
    assert refusal.guard is Guard.COLUMN_GONE
    assert refusal.seen.endswith("the list has 'Status'; another.")
    assert (refusal.approvable, refusal.yes_lifts) == (False, False)


@pytest.mark.parametrize(
    ("rows", "last_rows", "found"),
    [(0, 1, [Guard.EMPTY_READ]), (0, 0, []), (1, 1, []), (1, 500, [])],
)
def test_an_empty_list_where_there_were_items_is_not_believed(rows: int, last_rows: int, found: list[Guard]) -> None:
    assert guards(rows=rows, last=LastRun(rows=last_rows, policy_digest="same")) == found


def test_yes_does_not_lift_an_empty_read_though_an_approval_could() -> None:
    [refusal] = refusals(rows=0)
    assert refusal.seen == "The list holds no items; the last run saw 3 items."
    assert (refusal.approvable, refusal.yes_lifts) == (True, False)


def test_the_first_run_of_a_source_needs_a_yes() -> None:
    [refusal] = refusals(last=None)
    assert (refusal.guard, refusal.yes_lifts) == (Guard.FIRST_RUN, True)


def test_a_changed_policy_needs_a_yes() -> None:
    [refusal] = refusals(policy_digest="other")
    assert (refusal.guard, refusal.yes_lifts) == (Guard.POLICY_CHANGED, True)


def test_a_source_that_is_only_read_needs_no_approval() -> None:
    assert guards(writes=False, last=None) == []
    assert guards(writes=False, policy_digest="other") == []
    assert guards(writes=False, rows=0) == [Guard.EMPTY_READ]


def test_every_reason_to_stop_is_given() -> None:
    assert guards(rows=0, policy_digest="other") == [Guard.EMPTY_READ, Guard.POLICY_CHANGED]
    assert guards(missing=("a column",), read=Partial("cut short")) == [Guard.COLUMN_GONE, Guard.PARTIAL_READ]


@pytest.mark.parametrize(
    "more",
    [{"last": None}, {"rows": 0}, {"policy_digest": "x"}, {"missing": ("a column",)}, {"read": Partial("why")}],
)
def test_a_refusal_says_what_was_seen_the_limit_and_what_to_do(more: dict[str, Any]) -> None:
    for refusal in refusals(**more):
        for sentence in (refusal.seen, refusal.limit, refusal.advice):
            assert sentence.endswith(".")
            assert sentence[0].isupper()
