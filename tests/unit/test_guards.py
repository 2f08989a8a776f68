"""Each guard at its line and on either side of it, with what was seen, the limit, and what to do next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.core.explained import Causes, changes_between
from sync.core.guards import Seen, guard, is_clock_doubted, may_surprise, resync, surprising
from sync.core.known import Known, LastApplied
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, PlannedWrite, Refusal
from sync.core.policy import GuardPolicy
from sync.core.snapshot import Complete, Partial, RecordId
from tests.support.lists import HOST, TAKEN, TODAY

LAST = LastApplied(run_id="run-1", today=TODAY, rows=3, zone="Europe/London")
QUIET: dict[str, Any] = {
    "source": "projects",
    "read": Complete(),
    "rows": 3,
    "policy_digest": "same",
    "zone": "Europe/London",
    "approved": "same",
    "last": LAST,
}


def place(number: int) -> RecordId:
    return RecordId(HOST, "projects", number)


def rows(*numbers: int, key: bool = True) -> list[Known]:
    return [Known(place(n), "projects", f"key-{n}" if key else None, f"fields-{n}", TAKEN) for n in numbers]


def refusals(**more: Any) -> tuple[Refusal, ...]:
    return guard(Seen(**QUIET | more))


def raised(**more: Any) -> list[Guard]:
    return [refusal.guard for refusal in refusals(**more)]


def test_nothing_stops_an_ordinary_night() -> None:
    assert refusals() == ()
    assert refusals(known=rows(*range(20)), now=rows(*range(20)), rows=20) == ()


def test_half_a_list_stops_the_source_and_no_approval_lifts_that() -> None:
    [refusal] = refusals(read=Partial("The answer was cut short."), rows=0)
    assert refusal.guard is Guard.PARTIAL_READ
    assert refusal.seen == "The list was not read to its end: The answer was cut short."
    assert (refusal.approvable, refusal.yes_lifts, refusal.holds_source) == (False, False, True)


def test_a_column_of_ours_that_is_gone_can_be_made_again() -> None:
    [refusal] = refusals(missing=("the list has no column 'PSCheck'",), lacks_owned=True, last=None)
    assert "portfolio-sync provision" in refusal.advice


def test_a_setting_of_the_list_stops_the_source_and_no_approval_lifts_that() -> None:
    [refusal] = refusals(settings=("content approval is on",), last=None)
    assert (refusal.guard, refusal.seen) == (Guard.LIST_SETTINGS, "Content approval is on.")
    assert (refusal.approvable, refusal.yes_lifts, refusal.holds_source) == (False, False, True)
    assert "mode: off" in refusal.advice


def test_a_column_gone_stops_the_source_and_no_approval_lifts_that() -> None:
    [refusal] = refusals(missing=("column 'Statuss' of field status; the list has 'Status'", "another"), last=None)
    assert refusal.guard is Guard.COLUMN_GONE
    assert refusal.seen.endswith("the list has 'Status'; another.")
    assert (refusal.approvable, refusal.yes_lifts) == (False, False)


@pytest.mark.parametrize(
    ("count", "last_rows", "found"),
    [(0, 1, [Guard.EMPTY_READ]), (0, 0, []), (1, 1, []), (1, 500, [])],
)
def test_an_empty_list_where_there_were_items_is_not_believed(count: int, last_rows: int, found: list[Guard]) -> None:
    assert raised(rows=count, last=replace(LAST, rows=last_rows)) == found


def test_yes_does_not_lift_an_empty_read_though_an_approval_can() -> None:
    [refusal] = refusals(rows=0, known=rows(*range(20)))
    assert refusal.seen == "The list holds no items; the last run saw 3 items."
    assert (refusal.approvable, refusal.yes_lifts, refusal.doubts_read) == (True, False, True)


@pytest.mark.parametrize(
    ("known", "gone", "percent", "found"),
    [
        (10, 2, 20, False),
        (10, 3, 20, True),
        (9, 9, 20, False),
        (100, 20, 20, False),
        (100, 21, 20, True),
        (100, 1, 0, True),
        (100, 0, 0, False),
        (100, 99, 100, False),
    ],
)
def test_records_gone_at_the_line_and_on_either_side(known: int, gone: int, percent: int, found: bool) -> None:
    limits = GuardPolicy(records_gone_percent=percent)
    seen = refusals(known=rows(*range(known)), now=rows(*range(gone, known)), rows=known - gone + 1, limits=limits)
    assert [refusal.guard for refusal in seen] == ([Guard.RECORDS_GONE] if found else [])


def test_records_gone_are_told_with_their_number_and_an_approval_settles_it() -> None:
    [refusal] = refusals(known=rows(*range(40)), now=rows(*range(31)), rows=31)
    assert refusal.seen == "9 of 40 records (22.5 %) that the last run saw are gone."
    [refusal] = refusals(known=rows(*range(37)), now=rows(*range(10, 37)), rows=27)
    assert refusal.seen == "10 of 37 records (27.1 %) that the last run saw are gone."
    assert refusal.limit == "At most 20 % of a list's records may go from one run to the next."
    assert "from the next run on the list is taken as it is" in refusal.advice
    assert (refusal.approvable, refusal.yes_lifts, refusal.doubts_read) == (True, False, True)


def test_what_moved_or_no_longer_counts_is_not_gone_and_what_never_counted_is_not_missed() -> None:
    known = rows(*range(20))
    left_out = [Known(place(n), "projects") for n in range(10)]
    assert raised(known=known, now=[*rows(*range(10, 20)), *left_out], rows=20) == []
    moved = frozenset(f"key-{n}" for n in range(10))
    assert raised(known=known, now=rows(*range(10, 20)), rows=10, elsewhere=moved) == []
    assert raised(known=rows(*range(20), key=False), now=rows(*range(10, 20)), rows=10, elsewhere=moved) == [
        Guard.RECORDS_GONE
    ]
    assert raised(known=[*known, *(Known(place(n), "projects") for n in range(50, 90))], now=known, rows=20) == []


def test_the_first_run_of_a_source_needs_a_yes() -> None:
    [refusal] = refusals(last=None, approved=None)
    assert (refusal.guard, refusal.yes_lifts) == (Guard.FIRST_RUN, True)


def test_a_first_run_that_was_approved_and_cut_short_needs_no_second_yes() -> None:
    assert raised(last=None, rows=0, known=(), zone=None) == []


def test_a_changed_policy_needs_a_yes() -> None:
    [refusal] = refusals(policy_digest="other")
    assert (refusal.guard, refusal.yes_lifts) == (Guard.POLICY_CHANGED, True)


def test_a_site_in_another_zone_needs_an_approval() -> None:
    [refusal] = refusals(zone=None)
    assert refusal.seen == "The site's time zone was Europe/London and is now not known."
    assert (refusal.guard, refusal.approvable, refusal.yes_lifts) == (Guard.ZONE_CHANGED, True, False)


def test_a_column_of_another_type_and_a_choice_removed_are_named_and_final_until_a_resync() -> None:
    changes: dict[str, Any] = {
        "retyped": ("column 'Due' was of type date and is now of type text",),
        "removed": ("column 'Status' no longer offers 'Complete'",),
    }
    found = refusals(**changes, policy_digest="other")
    assert [each.guard for each in found] == [Guard.POLICY_CHANGED, Guard.COLUMN_CHANGED, Guard.CHOICE_REMOVED]
    assert [each.seen for each in found[1:]] == [
        "Column 'Due' was of type date and is now of type text.",
        "Column 'Status' no longer offers 'Complete'.",
    ]
    for refusal in found[1:]:
        assert (refusal.approvable, refusal.holds_source) == (False, True)
        assert "`reconcile --resync` takes the list as it is now" in refusal.advice
    assert raised(**changes, resync=True) == []


@pytest.mark.parametrize(
    ("seconds", "minutes", "said"),
    [
        (300, 5, None),
        (-300, 5, None),
        (301, 5, "more than 5 minutes behind"),
        (-301, 5, "more than 5 minutes ahead of"),
        (7200, 5, "more than 119 minutes behind"),
        (61, 1, "more than 1 minute behind"),
        (1, 0, "more than 0 minutes behind"),
        (0, 0, None),
    ],
)
def test_a_clock_at_the_line_and_on_either_side(seconds: int, minutes: int, said: str | None) -> None:
    limits, difference = GuardPolicy(clock_minutes=minutes), timedelta(seconds=seconds)
    found = refusals(difference=difference, limits=limits)
    assert is_clock_doubted(difference, limits) is bool(found) is (said is not None)
    assert [each.seen for each in found] == ([f"This machine's clock is {said} the server's."] if said else [])
    assert all((each.guard, each.holds_source, each.yes_lifts) == (Guard.CLOCK_DIFFERS, False, False) for each in found)
    assert all(each.approvable and each.field is None for each in found)
    assert all(f" {minutes} minute{'' if minutes == 1 else 's'};" in each.limit for each in found)


def test_a_clock_that_nobody_compared_is_not_doubted() -> None:
    assert not is_clock_doubted(None, GuardPolicy(clock_minutes=0))


def test_a_source_that_is_only_read_needs_no_approval() -> None:
    more: dict[str, Any] = {"retyped": ("column",), "zone": None, "difference": timedelta(hours=1)}
    assert raised(writes=False, last=None, approved=None, **more) == []
    assert raised(writes=False, policy_digest="other", **more) == []
    assert raised(writes=False, rows=0, **more) == [Guard.EMPTY_READ]


def test_every_reason_to_stop_is_given() -> None:
    assert raised(rows=0, policy_digest="other") == [Guard.EMPTY_READ, Guard.POLICY_CHANGED]
    assert raised(missing=("a column",), read=Partial("cut short")) == [Guard.COLUMN_GONE, Guard.PARTIAL_READ]


# What a plan shows


def writes(numbers: Iterable[int], *fields: OwnedField) -> list[PlannedWrite]:
    named = fields or (OwnedField.STATUS,)
    return [
        PlannedWrite("projects", place(n), f"P-{n}", "1", dict.fromkeys(named, "At risk"), dict.fromkeys(named), ())
        for n in numbers
    ]


UNEXPLAINED = Causes(changes=changes_between((), ()))


@pytest.mark.parametrize(
    ("records", "written", "percent", "found"),
    [
        (10, 3, 30, False),
        (10, 4, 30, True),
        (9, 9, 30, False),
        (500, 150, 30, False),
        (500, 151, 30, True),
        (100, 1, 0, True),
        (100, 100, 100, False),
    ],
)
def test_unexplained_writes_at_the_line_and_on_either_side(
    records: int, written: int, percent: int, found: bool
) -> None:
    limits = GuardPolicy(unexplained_percent=percent, flipped_percent=100)
    seen = surprising("projects", writes(range(written)), records, UNEXPLAINED, limits)
    assert [refusal.guard for refusal in seen] == ([Guard.UNEXPLAINED_WRITES] if found else [])
    assert may_surprise(writes(range(written)), records, (), limits) is found


@pytest.mark.parametrize(
    ("records", "written", "percent", "found"),
    [(10, 6, 60, False), (10, 7, 60, True), (9, 9, 60, False), (500, 300, 60, False), (500, 301, 60, True)],
)
def test_a_field_that_flips_at_the_line_and_on_either_side(
    records: int, written: int, percent: int, found: bool
) -> None:
    limits = GuardPolicy(unexplained_percent=100, flipped_percent=percent)
    seen = surprising("projects", writes(range(written)), records, UNEXPLAINED, limits)
    assert [refusal.guard for refusal in seen] == ([Guard.FIELD_FLIPPED] if found else [])
    assert may_surprise(writes(range(written)), records, (), limits) is found


def test_a_surprise_says_how_much_of_what_and_yes_does_not_lift_it() -> None:
    planned = [*writes(range(390), OwnedField.STATUS), *writes(range(390, 400), OwnedField.OVERDUE)]
    found = list(surprising("projects", planned, 500, UNEXPLAINED, GuardPolicy()))
    assert [refusal.seen for refusal in found] == [
        "400 of 500 records (80 %) would change, and neither an edit nor a date explains it.",
        "Status would change in 390 of 500 records (78 %), and neither an edit nor a date explains it.",
    ]
    assert all("`reconcile --approve DIGEST`" in each.advice for each in found)
    assert all(each.approvable and each.holds_source and not each.yes_lifts for each in found)


def test_what_is_explained_does_not_count() -> None:
    edited = [
        replace(row, fields_digest="other", modified=datetime(2026, 6, 18, tzinfo=TAKEN.tzinfo))
        for row in rows(1, 2, 3)
    ]
    causes = Causes(changes=changes_between(rows(*range(10)), [*edited, *rows(0, *range(4, 10))]))
    assert not list(surprising("projects", writes(range(1, 7)), 10, causes, GuardPolicy()))
    assert list(surprising("projects", writes(range(1, 8)), 10, causes, GuardPolicy()))


def test_rows_that_count_no_longer_are_counted_with_the_others_when_they_are_cleared() -> None:
    odd = changes_between(rows(*range(20)), [Known(place(n), "projects", modified=TAKEN) for n in range(20)])
    causes = Causes(changes=odd, left_out={place(n) for n in range(20)})
    [found, _] = surprising("projects", writes(range(20)), 5, causes, GuardPolicy())
    assert may_surprise(writes(range(20)), 5, causes.left_out, GuardPolicy())
    assert found.seen.startswith("20 of 25 records (80 %)")


@pytest.mark.parametrize(
    ("forgotten", "adopted", "said"),
    [
        (0, 0, None),
        (1, 0, "A resync would forget what was agreed for 1 item, and replace values of 0 items."),
        (0, 1, "A resync would forget what was agreed for 0 items, and replace values of 1 item."),
    ],
)
def test_a_resync_that_changes_something_is_looked_at_first(forgotten: int, adopted: int, said: str | None) -> None:
    found = list(resync("projects", forgotten, adopted))
    assert [each.seen for each in found] == ([said] if said else [])
    assert all((each.guard, each.approvable, each.yes_lifts) == (Guard.RESYNC, True, False) for each in found)


@pytest.mark.parametrize(
    "more",
    [
        {"last": None, "approved": None},
        {"rows": 0},
        {"policy_digest": "x"},
        {"missing": ("a column",)},
        {"read": Partial("why")},
        {"known": rows(*range(10))},
        {"retyped": ("column 'A' changed",)},
        {"removed": ("column 'A' changed",)},
        {"zone": "Europe/Paris"},
        {"difference": timedelta(hours=1)},
    ],
)
def test_a_refusal_says_what_was_seen_the_limit_and_what_to_do(more: dict[str, Any]) -> None:
    found = [*refusals(**more), *resync("a", 1, 1), *surprising("a", writes(range(10)), 10, UNEXPLAINED, GuardPolicy())]
    assert [refusal.source for refusal in found] == ["projects", "a", "a", "a"]
    for refusal in found:
        for sentence in (refusal.seen, refusal.limit, refusal.advice):
            assert sentence.endswith(".")
            assert not sentence[0].islower()


def test_the_defaults_are_those_of_the_house() -> None:
    limits = GuardPolicy()
    assert (limits.records_gone_percent, limits.unexplained_percent, limits.flipped_percent) == (20, 30, 60)
    assert (limits.minimum, limits.clock_minutes) == (10, 5)
