"""A hold counts to its day and no longer than the policy allows, is said first, and changes nothing beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core import explain
from sync.core.archived_history import history_from_json, history_to_json
from sync.core.contradictions import contradictions
from sync.core.findings import Finding, FindingKind
from sync.core.history import History, HoldTrail
from sync.core.hold import Terms, hold_of, set_in, trail_of
from sync.core.joining import join
from sync.core.model import Kind, Overdue, Person, RiskStatus, WorkStatus
from sync.core.policy import HoldPolicy, Policies, PrecedencePolicy
from sync.core.precedence import believed
from sync.core.rollup import Scope, roll_up
from sync.core.snapshot import Record
from sync.core.status import Assessment, assess
from sync.core.text import length
from tests.support.papers import history, seen
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio, record_of

JUNE_3, JUNE_30 = date(2026, 6, 3), date(2026, 6, 30)
ONE, DAYS = timedelta(days=1), timedelta(days=90)
WHY: dict[str, Any] = {"hold_reason": "supplier dispute"}
POLICY = HoldPolicy()
DATED = [kind for kind in Kind if kind is not Kind.PROGRAMME]


def held_on(today: date, record: Record, since: date = TODAY, **trail: Any) -> bool:
    before = HoldTrail(until=getattr(record.fields, "hold_until", None), since=since, **trail)
    hold = hold_of(record, before, POLICY, today)
    return hold is not None and hold.counts


@pytest.mark.parametrize("kind", DATED)
@pytest.mark.parametrize(
    ("until", "last"),
    [
        (JUNE_30, JUNE_30),
        (TODAY + DAYS - ONE, TODAY + DAYS - ONE),
        (TODAY + DAYS, TODAY + DAYS),
        (TODAY + DAYS + ONE, TODAY + DAYS),
        (None, TODAY + DAYS),
    ],
)
def test_it_counts_to_its_day_or_to_the_longest_that_is_allowed(kind: Kind, until: date | None, last: date) -> None:
    record = record_of(kind, **WHY, hold_until=until)
    hold = hold_of(record, None, POLICY, TODAY)
    assert hold is not None
    assert (hold.until, hold.asked, hold.is_cut_short) == (last, until, until is not None and until > last)
    assert [held_on(day, record) for day in (TODAY, last - ONE, last, last + ONE)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.PROJECT, {}),
        (Kind.PROJECT, {"hold_until": JUNE_30}),
        (Kind.PROJECT, {"hold_by": (Person("Ann"),)}),
        (Kind.PROJECT, {**WHY, "status": WorkStatus.COMPLETE}),
        (Kind.MILESTONE, {**WHY, "actual": JUNE_3}),
        (Kind.RISK, {**WHY, "status": RiskStatus.CLOSED}),
        (Kind.ACTION, {**WHY, "done": JUNE_3}),
        (Kind.PROGRAMME, {}),
    ],
)
def test_without_a_reason_and_of_what_is_over_nothing_is_held(kind: Kind, values: dict[str, Any]) -> None:
    assert hold_of(record_of(kind, **values), None, POLICY, TODAY) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({**WHY, "hold_until": JUNE_30}, HoldTrail(until=JUNE_30, since=JUNE_3, by=7)),
        ({"hold_reason": "court case", "hold_until": JUNE_30}, HoldTrail(until=JUNE_30, since=JUNE_3, by=7)),
        ({**WHY, "hold_until": JUNE_30 + ONE}, HoldTrail(until=JUNE_30 + ONE, since=TODAY)),
        (WHY, HoldTrail(since=TODAY)),
        ({"hold_until": JUNE_30}, None),
        ({}, None),
    ],
)
def test_another_last_day_is_another_hold_and_another_wording_is_not(
    now: dict[str, Any], expected: HoldTrail | None
) -> None:
    before = HoldTrail(until=JUNE_30, since=JUNE_3, by=7)
    assert trail_of(record_of(Kind.PROJECT, **now), before, TODAY) == expected
    assert (trail_of(record_of(Kind.PROJECT, **now), before, TODAY) is before) is (expected == before)


@pytest.mark.parametrize(
    ("versions", "place"),
    [
        ([], None),
        ([(True, JUNE_30)], None),
        ([(True, JUNE_30), (True, JUNE_30)], None),
        ([(True, JUNE_30), (False, None)], 0),
        ([(True, JUNE_30), (True, JUNE_30), (False, JUNE_30)], 1),
        ([(True, JUNE_30), (True, JUNE_3), (True, JUNE_30), (False, None)], 0),
        ([(False, None), (True, JUNE_30), (False, None)], None),
    ],
)
def test_it_came_with_the_oldest_version_that_shows_it_without_a_break(
    versions: list[Terms], place: int | None
) -> None:
    assert set_in(versions, (True, JUNE_30)) == place


# what is said of it


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {**WHY, "hold_until": JUNE_30},
            "Held until 30 June 2026 (supplier dispute). At risk: its end date was 3 June",
        ),
        ({**WHY, "hold_until": TODAY - ONE}, "The hold ended on 16 June 2026. At risk: its end date was 3 June 2026."),
        (WHY, "Held until 15 September 2026 (supplier dispute). At risk: its end date was 3 June 2026."),
        ({"hold_until": JUNE_30}, "At risk: its end date was 3 June 2026."),
        ({"hold_reason": " two\nlines. ", "hold_until": JUNE_30}, "Held until 30 June 2026 (two lines). At risk: its"),
    ],
)
def test_the_reason_begins_with_it_and_goes_on_as_ever(values: dict[str, Any], expected: str) -> None:
    made = Portfolio()
    held = made.project(status=WorkStatus.ON_TRACK, end=JUNE_3, **values)
    said = explain.reason(made.assessment(held))
    assert said is not None
    assert said.startswith(expected)


def test_nothing_that_is_worked_out_differs() -> None:
    made = Portfolio()
    held = made.project("P-1", status=WorkStatus.ON_TRACK, end=JUNE_3, **WHY)
    plain = made.project("P-2", status=WorkStatus.ON_TRACK, end=JUNE_3)
    one, other = made.assessment(held), made.assessment(plain)
    assert (one.is_held, other.is_held) == (True, False)
    assert replace(one, hold=None) == other
    assert (one.computed, one.overdue, one.overdue_since) == (WorkStatus.AT_RISK, Overdue.OVERDUE, JUNE_3)


def test_a_record_that_needs_nothing_said_says_that_it_is_held() -> None:
    made = Portfolio()
    record = made.action(**WHY, hold_until=JUNE_30)
    assert explain.reason(made.assessment(record)) == "Held until 30 June 2026 (supplier dispute)."


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (JUNE_3, "The hold ended on 3 June 2026."),
        (JUNE_30, "The hold ended on 3 June 2026, the last day that is allowed."),
        (None, "The hold ended on 3 June 2026, the last day that is allowed."),
    ],
)
def test_a_hold_that_ended_on_another_day_than_the_row_says_tells_why(asked: date | None, expected: str) -> None:
    record = record_of(Kind.ACTION, **WHY, hold_until=asked)
    hold = hold_of(record, HoldTrail(until=asked, since=JUNE_3 - DAYS), POLICY, TODAY)
    assert explain.reason(Assessment(kind=Kind.ACTION, hold=hold)) == expected


def test_a_long_reason_is_cut_and_leaves_room_for_what_the_rules_say() -> None:
    made = Portfolio()
    held = made.project(status=WorkStatus.ON_TRACK, hold_reason="because " * 90, hold_until=JUNE_30)
    for number in range(20):
        made.milestone(f"Milestone number {number}", key=f"M-{number}", original=JUNE_3)
    said = explain.reason(made.assessment(held)) or ""
    assert length(said) <= explain.REASON_LENGTH
    assert "…). At risk: milestone 'Milestone number 0' was due 3 June 2026; " in said
    assert said.endswith(" more.")


@pytest.mark.parametrize("restricted", [False, True])
def test_what_is_held_behind_a_status_is_told_with_its_day_unless_it_is_restricted(restricted: bool) -> None:
    made = Portfolio()
    made.source("risks", Kind.RISK, restricted=restricted)
    project = made.project(status=WorkStatus.ON_TRACK)
    made.milestone("Go live", original=JUNE_3, **WHY, hold_until=JUNE_30)
    made.add(Kind.RISK, "R-1", "risks", project="DS-01", likelihood=4, impact=5, **WHY, hold_until=JUNE_30)
    made.action("A-1", parent="R-1", due=JUNE_3, **WHY, hold_until=JUNE_30)
    said = explain.reason(made.assessment(project))
    held = "(held until 30 June 2026)"
    if restricted:
        told = "a restricted risk counts against it; a restricted action is overdue"
    else:
        told = f"risk R-1 is very high {held}; action A-1 on very high risk R-1 was due 3 June 2026 {held}"
    assert said == f"At risk: milestone 'Go live' was due 3 June 2026 {held}; {told}."


# what there is to mend


def mended(**values: Any) -> list[Finding]:
    made = Portfolio()
    record = made.action("A-1", owner=(Person("Ann"),), parent="DS-01", **values)
    made.project()
    judged = made.assessed()
    found = contradictions(made.matched(), judged, Policies(), TODAY, {})
    return [each for each in found if each.item == record.id.item_id and each.kind in HOLDS]


HOLDS = (FindingKind.HOLD_INCOMPLETE, FindingKind.HOLD_TOO_LONG)
NO_REASON = "The hold has no reason, so it does not count: say why the row is held, or clear the hold"
NO_END = "The hold has no last day, so it ends on 15 September 2026, after the 90 days that are allowed: say until when"
TOO_LONG = "The hold is longer than the 90 days that are allowed, so it ends on 15 September 2026"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({**WHY, "hold_until": JUNE_30}, []),
        ({**WHY, "hold_until": TODAY + DAYS}, []),
        ({**WHY, "hold_until": TODAY + DAYS + ONE}, [TOO_LONG]),
        (WHY, [NO_END]),
        ({"hold_until": JUNE_30}, [NO_REASON]),
        ({**WHY, "hold_until": TODAY - ONE}, []),
        ({"hold_until": JUNE_30, "status": WorkStatus.COMPLETE}, []),
        ({**WHY, "status": WorkStatus.COMPLETE}, []),
        ({"hold_by": (Person("Ann"),)}, []),
    ],
)
def test_what_a_hold_lacks_is_said_in_its_row(values: dict[str, Any], said: list[str]) -> None:
    found = mended(**values)
    assert [each.mend for each in found] == said
    assert [each.text for each in found] == [f"A-1: {each}." for each in said]


def test_a_day_that_could_not_be_read_is_not_asked_for_twice() -> None:
    made = Portfolio()
    record = made.action("A-1", **WHY)
    unread = Finding(record.source, record.id.item_id, FindingKind.TEXT_DATE, "A-1", "A-1: Until is text.", "is text")
    made.records[:] = [replace(record, problems=(unread,))]
    found = contradictions(made.matched(), made.assessed(), Policies(), TODAY, {})
    assert [each for each in found if each.kind in HOLDS] == []


def test_of_a_restricted_record_no_day_is_told_outside_its_row() -> None:
    made = Portfolio()
    made.source("hr", Kind.ISSUE, restricted=True)
    for values in (WHY, {**WHY, "hold_until": TODAY + DAYS + ONE}):
        made.add(Kind.ISSUE, "HR-1", "hr", **values)
    found = contradictions(made.matched(), made.assessed(), Policies(), TODAY, {})
    assert [each.text for each in found if each.kind in HOLDS] == [
        "item 1: The hold has no last day.",
        "item 2: The hold is longer than is allowed.",
    ]
    assert all("2026" in each.mend for each in found if each.kind in HOLDS)


# over time


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        (HoldTrail(until=JUNE_30, since=JUNE_3), HoldTrail(until=JUNE_30, since=TODAY), JUNE_3),
        (HoldTrail(until=JUNE_30, since=JUNE_3), None, JUNE_3),
        (HoldTrail(until=JUNE_3, since=JUNE_3), HoldTrail(until=JUNE_30, since=TODAY), TODAY),
        (None, HoldTrail(until=JUNE_30, since=TODAY), TODAY),
    ],
)
def test_moving_an_item_makes_its_hold_no_longer(
    older: HoldTrail | None, newer: HoldTrail | None, expected: date
) -> None:
    record = record_of(Kind.PROJECT)
    joined = join(history(record, 1, hold=older), history(record, 2, hold=newer))
    assert joined.hold is not None
    assert joined.hold.since == expected


@pytest.mark.parametrize("hold", [None, HoldTrail(since=TODAY), HoldTrail(until=JUNE_30, since=JUNE_3, by=12)])
def test_it_is_kept_with_the_history(hold: HoldTrail | None) -> None:
    kept: History = history(record_of(Kind.PROJECT), 1, hold=hold)
    assert history_from_json(history_to_json(kept)) == kept


def test_a_history_of_before_there_were_holds_has_none() -> None:
    document = history_to_json(history(record_of(Kind.PROJECT), 1))
    old = {**document, "values": {name: each for name, each in document["values"].items() if name != "hold"}}
    assert history_from_json(old).hold is None


def test_the_longest_time_counts_from_the_day_that_is_kept() -> None:
    made = Portfolio()
    record = made.project(**WHY)
    kept = {record.id: history(record, 1, hold=HoldTrail(since=TODAY - DAYS))}
    days = (TODAY, TODAY + ONE)
    held = [assess(made.matched(), Policies(), OPEN_CALENDAR, day, kept)[record.id].is_held for day in days]
    assert held == [True, False]


# several lists, and roll-ups


def test_a_hold_is_that_of_the_row_that_counts_whole() -> None:
    made = Portfolio()
    for name in ("pmo", "finance"):
        made.source(name, Kind.PROJECT)
    rows = [
        made.add(Kind.PROJECT, "DS-01", "pmo", hold_until=JUNE_30),
        made.add(Kind.PROJECT, "DS-01", "finance", **WHY, hold_by=(Person("Ann"),)),
    ]
    one = believed(rows, PrecedencePolicy(sources=("pmo", "finance")))
    assert (one.hold_reason, one.hold_until, one.hold_by) == (None, JUNE_30, ())  # type: ignore[union-attr]


def counted() -> tuple[Portfolio, Mapping[str, tuple[int, int]]]:
    """Overdue and held by row, of a portfolio that holds one of each, and one that belongs to nothing."""
    made = Portfolio()
    made.project("DS-01", theme="Places", end=JUNE_3, **WHY)
    made.project("DS-02", theme="People")
    made.milestone(original=JUNE_3, **WHY)
    made.risk("R-1", next_review=TODAY + ONE, **WHY, hold_until=JUNE_30)
    made.risk("R-2", next_review=JUNE_3, status=RiskStatus.CLOSED, **WHY)
    made.add(Kind.ISSUE, "I-1", project="DS-02", due=JUNE_3, hold_until=JUNE_30)
    made.action("A-1", parent=None, due=TODAY + DAYS, **WHY, hold_until=JUNE_30)
    rows = roll_up(made.matched(), made.assessed(), TODAY)
    return made, {f"{row.scope}: {row.name}": (row.overdue, row.held) for row in rows}


def test_it_is_counted_in_every_row_beside_what_is_overdue() -> None:
    _, rows = counted()
    assert rows == {
        "portfolio: Portfolio": (3, 4),
        "theme: People": (1, 0),
        "theme: Places": (2, 3),
        "theme: (no project)": (0, 1),
        "register: issue": (1, 0),
        "register: risk": (0, 1),
    }


def test_a_view_tells_of_each_that_is_held_and_of_no_other() -> None:
    made, _ = counted()
    items = {item.ref: item for item in seen(made).items}
    assert {ref for ref, item in items.items() if item.held} == {"DS-01", "Go live", "R-1", "A-1"}
    assert (items["R-1"].held_until, items["R-1"].hold_reason) == (JUNE_30, "supplier dispute")
    assert items["DS-01"].held_until == TODAY + DAYS
    assert (items["R-2"].held_until, items["R-2"].hold_reason) == (None, None)
    assert next(row.held for row in seen(made).rollup if row.scope is Scope.PORTFOLIO) == 4
