"""The way back from a run, value by value: what is put back, what stays and why, and what the plan then says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.findings import Finding, FindingKind
from sync.core.model import Kind, Project
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import Guard, Plan
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.undo import Change, Done, Now, changes_of, undo_plan
from tests.support.lists import HOST, OWNED_COLUMNS

STATUS, REASON, SINCE = OwnedField.STATUS, OwnedField.REASON, OwnedField.OVERDUE_SINCE
HAND = "P-7: of what run R wrote, Status was changed by hand since, and stays as it is."
Values = Mapping[OwnedField, OwnedValue]


def place(item: int = 7) -> RecordId:
    return RecordId(HOST, "list-1", item)


def record(owned: Values, *, item: int = 7, restricted: bool = False) -> Record:
    key = f"P-{item}"
    return Record(place(item), "projects", Kind.PROJECT, key, Project(key=key), owned, '"4"', restricted=restricted)


def done(was: Values, to: Values, *, item: int = 7, restricted: bool = False) -> Done:
    return Done(place(item), to, was, restricted)


def now(*writes: Done, live: Record | LeftOut | None, **more: object) -> Now:
    items = {live.id: live} if live else {}
    return replace(Now("projects", writes, items, OWNED_COLUMNS), **more)  # type: ignore[arg-type]


def told(plan: Plan) -> list[str]:
    assert {finding.kind for finding in plan.findings} <= {FindingKind.UNDO_LEFT}
    return [finding.text for finding in plan.findings]


@pytest.mark.parametrize(
    ("before", "after", "live", "put_back"),
    [
        ("On track", "At risk", "At risk", {STATUS: "On track"}),
        (None, "At risk", "At risk", {STATUS: None}),
        ("On track", None, None, {STATUS: "On track"}),
        ("On track", "At risk", "At risk ", {STATUS: "On track"}),
        ("On track", "At risk", "On track", {}),
        ("At risk", "At risk", "At risk", {}),
    ],
    ids=["still ours", "was blank", "was cleared", "but for a space", "back already", "never moved"],
)
def test_what_is_still_ours_is_put_back(
    before: OwnedValue, after: OwnedValue, live: OwnedValue, put_back: Values
) -> None:
    plan = undo_plan("R", [now(done({STATUS: before}, {STATUS: after}), live=record({STATUS: live}))])
    assert [dict(write.set) for write in plan.writes] == ([put_back] if put_back else [])
    assert told(plan) == []
    for write in plan.writes:
        assert (write.was, write.version, write.key) == ({STATUS: live}, '"4"', "P-7")
        assert (write.grounds, write.why) == (
            {STATUS: "undo of R"},
            ("Status goes back to what it was before run R.",),
        )


@pytest.mark.parametrize(
    ("baseline", "sentence"),
    [
        (None, HAND),
        ({}, HAND),
        ({STATUS: "At risk"}, HAND),
        (
            {STATUS: "Complete"},
            "P-7: of what run R wrote, Status was written by a later run, and stays as it is.",
        ),
    ],
    ids=["never agreed", "not this field", "by staff", "by a later run"],
)
def test_what_was_changed_since_stays_and_is_told(baseline: Values | None, sentence: str) -> None:
    baselines = {} if baseline is None else {place(): Baseline(place(), baseline, None, "later")}
    change = done({STATUS: "On track"}, {STATUS: "At risk"})
    plan = undo_plan("R", [now(change, live=record({STATUS: "Complete"}), baselines=baselines)])
    assert (plan.writes, plan.refusals, told(plan)) == ((), (), [sentence])
    assert [(each.source, each.item, each.key) for each in plan.findings] == [("projects", 7, "P-7")]


def test_the_other_values_of_an_item_go_back_all_the_same() -> None:
    change = done(
        {STATUS: "On track", REASON: None, SINCE: None}, {STATUS: "At risk", REASON: "Why", SINCE: date(2026, 6, 3)}
    )
    live = record({STATUS: "Mine", REASON: "Mine", SINCE: date(2026, 6, 3)})
    plan = undo_plan("R", [now(change, live=live)])
    assert [dict(write.set) for write in plan.writes] == [{SINCE: None}]
    assert told(plan) == [
        "P-7: of what run R wrote, Reason and Status were changed by hand since, and stay as they are."
    ]


def test_an_item_that_is_gone_is_told() -> None:
    plan = undo_plan("R", [now(done({STATUS: None}, {STATUS: "At risk"}), live=None)])
    assert (plan.writes, told(plan)) == ((), ["item 7: the item is gone, so nothing of it was put back."])
    assert [(each.source, each.item, each.key) for each in plan.findings] == [("projects", 7, "item 7")]


def test_an_item_that_is_gone_does_not_keep_the_others_from_going_back() -> None:
    change = {STATUS: "On track"}, {STATUS: "At risk"}
    plan = undo_plan("R", [now(done(*change), done(*change, item=8), live=record({STATUS: "At risk"}, item=8))])
    assert [write.id.item_id for write in plan.writes] == [8]


def test_what_was_written_twice_goes_back_to_before_the_first_time() -> None:
    first = done({STATUS: "On track", REASON: None}, {STATUS: "At risk", REASON: "Why"})
    second = done({STATUS: "Mine"}, {STATUS: "Off track", OwnedField.STAMP: "stamp"})
    assert changes_of([first, second]) == {
        place(): {STATUS: Change("On track", "Off track"), REASON: Change(None, "Why")}
    }
    plan = undo_plan("R", [now(first, second, live=record({STATUS: "Off track", REASON: "Why"}))])
    assert [dict(write.set) for write in plan.writes] == [{STATUS: "On track", REASON: None}]


@pytest.mark.parametrize(
    ("column", "before", "fits"),
    [
        (None, "On track", False),
        (ColumnType.TEXT, True, False),
        (ColumnType.TEXT, None, True),
        (ColumnType.DATE, "On track", False),
        (ColumnType.DATE, None, True),
        (ColumnType.DATE, date(2026, 1, 1), True),
        (ColumnType.YES_NO, None, False),
        (ColumnType.YES_NO, False, True),
        (ColumnType.CHOICE, "On track", True),
        (ColumnType.CHOICE, "Gone", False),
        (ColumnType.CHOICE, None, True),
        (ColumnType.CHOICE, date(2026, 1, 1), False),
    ],
)
def test_a_value_stays_where_its_column_cannot_hold_what_it_was(
    column: ColumnType | None, before: OwnedValue, fits: bool
) -> None:
    after: OwnedValue = True if column is ColumnType.YES_NO else "After"
    owned = {STATUS: Column("S", "S", column, choices=("On track ", "After"))} if column else {}
    plan = undo_plan("R", [now(done({STATUS: before}, {STATUS: after}), live=record({STATUS: after}), owned=owned)])
    assert bool(plan.writes) is fits
    assert bool(told(plan)) is not fits


def test_a_choice_that_people_may_fill_in_takes_anything() -> None:
    owned = {STATUS: Column("S", "S", ColumnType.CHOICE, fill_in=True)}
    plan = undo_plan("R", [now(done({STATUS: "Odd"}, {STATUS: "x"}), live=record({STATUS: "x"}), owned=owned)])
    assert [dict(write.set) for write in plan.writes] == [{STATUS: "Odd"}]


@pytest.mark.parametrize("then", [True, False], ids=["restricted then", "restricted now"])
def test_of_restricted_records_nothing_but_the_number_is_told(then: bool) -> None:
    first = done({STATUS: "Ann's words"}, {STATUS: "At risk"}, restricted=then)
    second = done({STATUS: None}, {STATUS: "At risk"}, item=8, restricted=then)
    plan = undo_plan(
        "R",
        [
            now(first, live=record({STATUS: "At risk"}, restricted=not then)),
            now(second, live=record({STATUS: "Bob's words"}, item=8, restricted=not then)),
        ],
    )
    (write,) = plan.to_json()["writes"]
    assert (write["key"], write["set"], write["was"]) == (
        "item 7", {"status": "(restricted)"}, {"status": "(restricted)"}
    )  # fmt: skip
    assert told(plan) == ["item 8: of what run R wrote, Status was changed by hand since, and stays as it is."]
    assert "words" not in str(plan.to_json())


def test_a_row_that_no_longer_counts_is_taken_back_too() -> None:
    row = LeftOut(place(), "projects", {STATUS: "At risk"}, '"9"')
    plan = undo_plan("R", [now(done({STATUS: None}, {STATUS: "At risk"}), live=row)])
    assert [(write.key, write.version, dict(write.set)) for write in plan.writes] == [("item 7", '"9"', {STATUS: None})]


def test_the_plan_waits_for_a_yes_source_by_source_and_is_sorted() -> None:
    def of(source: str, *items: int) -> Now:
        live = {place(item): record({STATUS: "At risk"}, item=item) for item in items}
        return Now(source, [done({}, {STATUS: "At risk"}, item=item) for item in items], live, OWNED_COLUMNS)

    beyond = Finding("a", None, FindingKind.UNDO_LEFT, "a", "unread")
    plan = undo_plan("R", [of("projects", 9, 8), of("actions", 3)], [beyond])
    assert [(write.source, write.id.item_id) for write in plan.writes] == [
        ("actions", 3), ("projects", 8), ("projects", 9),
    ]  # fmt: skip
    assert [(each.source, each.guard, each.seen) for each in plan.refusals] == [
        ("actions", Guard.UNDO, "1 item would get back what run R found there."),
        ("projects", Guard.UNDO, "2 items would get back what run R found there."),
    ]
    assert all(each.yes_lifts and each.holds_source for each in plan.refusals)
    assert all(each.limit == "Nothing is taken back unasked." for each in plan.refusals)
    assert all("`portfolio-sync runs undo R --yes`" in each.advice for each in plan.refusals)
    assert plan.findings == (beyond,)
    assert undo_plan("R", [of("projects", 9, 8), of("actions", 3)]).digest == plan.digest
    assert undo_plan("S", [of("projects", 9, 8), of("actions", 3)]).digest != plan.digest
    assert undo_plan("S", []).policy_digest != plan.policy_digest == undo_plan("R", []).policy_digest
