"""What a run would write, item by item, and everything that a person should see before it does."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.approval import Consent, Level, allowed, waits
from sync.core.desired import DEPENDENT, desired, to_mend
from sync.core.drift import Drifted
from sync.core.findings import Finding, FindingKind
from sync.core.mapping import Binding
from sync.core.matching import Matched, match
from sync.core.model import Kind, Overdue, Reference, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.plan import Guard, Refusal
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import Calendar, Policies
from sync.core.snapshot import Baseline, Record
from sync.core.status import Assessment, assess
from tests.support.lists import OWNED_COLUMNS, TODAY, mapped, owning, record, snapshot, source

MAPPINGS = {
    each.name: each
    for each in (
        source("projects", key="Ref"),
        source("milestones", Kind.MILESTONE, fields={"project": "P"}),
        source("risks", Kind.RISK, fields={"project": mapped("P")}, restricted=True),
    )
}
LATE = record(1, key="DS-01", status=WorkStatus.ON_TRACK, end=date(2026, 6, 3))
FINE = record(2, key="DS-02", status=WorkStatus.ON_TRACK, end=date(2026, 12, 1))


def joined(*records: Record, unread: Iterable[str] = ()) -> Matched:
    names = sorted({each.source for each in records})
    snapshots = [snapshot(name, *(each for each in records if each.source == name)) for name in names]
    return match(snapshots, MAPPINGS, frozenset(unread))


def planned(
    *records: Record,
    binding: Binding | None = None,
    baselines: Iterable[Baseline] = (),
    unread: Iterable[str] = (),
    refusals: Iterable[Refusal] = (),
    today: date = TODAY,
    **more: Any,
) -> Planned:
    matched = joined(*records, unread=unread)
    inputs = {"projects": PlanInput(binding or owning(), {each.id: each for each in baselines}, **more)}
    return make_plan(
        matched,
        assess(matched, Policies(), Calendar(), today),
        inputs,
        today=today,
        policy_digest="policy",
        refusals=tuple(refusals),
    )


def test_every_owned_value_is_written_once_and_explained() -> None:
    [write] = planned(LATE).plan.writes
    assert write.set == {
        OwnedField.STATUS: "At risk",
        OwnedField.OVERDUE: "Overdue",
        OwnedField.OVERDUE_SINCE: date(2026, 6, 3),
        OwnedField.REASON: "At risk: its end date was 3 June 2026.",
    }
    assert write.was == dict.fromkeys(write.set)
    assert (write.key, write.version, write.restricted) == ("DS-01", '"1"', False)
    assert len(write.why) == len(write.set)
    assert write.why[0] == "Status: blank -> At risk, because its end date was 3 June 2026."


def test_writes_and_refusals_are_in_a_stable_order() -> None:
    stops = [Refusal(name, Guard.FIRST_RUN, "s", "l", "a", True) for name in ("zoo", "projects")]
    one, two = planned(LATE, FINE, refusals=stops).plan, planned(FINE, LATE, refusals=stops[::-1]).plan
    assert one == two
    assert [write.key for write in one.writes] == ["DS-01", "DS-02"]
    assert [refusal.source for refusal in one.refusals] == ["projects", "zoo"]


def test_a_held_source_still_shows_what_it_would_write() -> None:
    plan = planned(LATE, refusals=[Refusal("projects", Guard.FIRST_RUN, "s", "l", "a", True)]).plan
    assert len(plan.writes) == 1
    assert allowed(plan, Consent(write=True)) == ()


def test_what_was_not_read_is_not_planned_for() -> None:
    matched = match([snapshot("projects", LATE, partial="cut short")], MAPPINGS)
    inputs = {"projects": PlanInput(owning(), {})}
    assert make_plan(matched, {}, inputs, today=TODAY, policy_digest="p").plan.writes == ()


def test_a_source_that_is_not_asked_for_is_not_planned_for() -> None:
    milestone = record(1, Kind.MILESTONE, at="milestones", project=Reference("DS-01"), forecast=date(2026, 1, 1))
    assert {write.source for write in planned(LATE, milestone).plan.writes} == {"projects"}


def test_a_plan_that_was_carried_out_leaves_nothing_to_do() -> None:
    first = planned(LATE, FINE)
    held = {write.id: {**dict.fromkeys(OWNED_COLUMNS), **write.set} for write in first.plan.writes}
    after = [
        record(each.id.item_id, key=each.key, status=WorkStatus.ON_TRACK, end=end, owned=held[each.id])
        for each, end in ((LATE, date(2026, 6, 3)), (FINE, date(2026, 12, 1)))
    ]
    baselines = [Baseline(record_id, values, None, "run-1") for record_id, values in held.items()]
    assert planned(*after, baselines=baselines).plan.writes == ()
    assert planned(*after, baselines=baselines).healed == {}


def test_records_that_share_a_key_are_not_written() -> None:
    twin = record(3, key="DS-01", end=date(2026, 6, 3))
    plan = planned(LATE, FINE, twin).plan
    assert [write.key for write in plan.writes] == ["DS-02"]
    assert [finding.kind for finding in plan.findings] == [FindingKind.DUPLICATE_KEY] * 2


def test_values_that_others_wrote_are_counted_by_column_and_hold_back_nothing_else() -> None:
    owned = {OwnedField.STATUS: "Bob's view"}
    records = [record(n, key=f"K{n}", end=date(2026, 12, 1), owned=owned) for n in (1, 2)]
    plan = planned(*records, record(3, key="K3", owned={OwnedField.OVERDUE: "?"})).plan
    assert [(refusal.field, refusal.seen) for refusal in plan.refusals] == [
        (OwnedField.OVERDUE, "1 item holds a value in column 'Overdue' that this service did not write."),
        (OwnedField.STATUS, "2 items hold a value in column 'Roll-up status' that this service did not write."),
    ]
    assert {(each.guard, each.approvable, each.holds_source) for each in plan.refusals} == {
        (Guard.FOREIGN_VALUE, True, False)
    }
    assert plan.writes[0].was[OwnedField.STATUS] == "Bob's view"
    assert plan.writes[0].asks == {OwnedField.STATUS: Guard.FOREIGN_VALUE}
    unasked = allowed(plan, Consent(write=True))
    assert [OwnedField.STATUS in write.set for write in unasked] == [False, False, True]
    assert [OwnedField.OVERDUE in write.set for write in unasked] == [True, True, False]
    approved = allowed(plan, Consent(write=True, level=Level.DIGEST))
    assert [dict(write.set) for write in approved] == [dict(write.set) for write in plan.writes]


def test_what_a_person_changed_is_asked_about_by_column_where_the_policy_says_so() -> None:
    base = Baseline(LATE.id, {OwnedField.STATUS: "At risk"}, None, "run-1")
    changed = replace(LATE, owned={OwnedField.STATUS: "Complete"})
    plan = planned(changed, binding=owning(drift=DriftPolicy.ASK), baselines=[base]).plan
    [refusal] = plan.refusals
    assert (refusal.guard, refusal.field, refusal.approvable) == (Guard.DRIFT, OwnedField.STATUS, True)
    assert refusal.seen == "1 item holds a value in column 'Roll-up status' that a person changed."
    assert refusal.advice == "Look through the plan, then approve exactly this plan with `reconcile --approve DIGEST`."
    assert waits(plan, Consent(write=True))


def test_a_doubted_clock_asks_in_each_write_and_is_refused_elsewhere() -> None:
    plan = planned(LATE, clock_doubted=True).plan
    [write] = plan.writes
    assert set(write.asks.values()) == {Guard.CLOCK_DIFFERS}
    assert set(write.asks) == set(write.set)
    assert plan.refusals == ()


def test_adopting_for_one_run_asks_about_nothing() -> None:
    foreign = replace(LATE, owned={OwnedField.STATUS: "Bob's view"})
    plan = planned(foreign, adopt=True).plan
    assert (plan.refusals, plan.writes[0].asks) == ((), {})


def test_every_value_has_its_grounds() -> None:
    [write] = planned(LATE).plan.writes
    assert write.grounds == {
        OwnedField.STATUS: "end_overdue",
        OwnedField.OVERDUE: "due 2026-06-03",
        OwnedField.OVERDUE_SINCE: "due 2026-06-03",
        OwnedField.REASON: "facts",
    }


def test_agreement_without_a_baseline_heals_by_source() -> None:
    owned = {OwnedField.STATUS: "On track", OwnedField.OVERDUE: "On time"}
    healed = planned(record(2, key="DS-02", status=WorkStatus.ON_TRACK, end=date(2026, 12, 1), owned=owned)).healed
    assert healed == {"projects": {FINE.id: {**dict.fromkeys(OWNED_COLUMNS), **owned}}}


def test_what_people_changed_is_told_apart_from_the_findings() -> None:
    base = Baseline(FINE.id, {OwnedField.STATUS: "On track"}, None, "run-1")
    changed = record(2, key="DS-02", status=WorkStatus.ON_TRACK, owned={OwnedField.STATUS: "Complete"})
    result = planned(changed, baselines=[base])
    assert result.drifts == (
        Drifted(
            id=FINE.id,
            source="projects",
            label="DS-02",
            field=OwnedField.STATUS,
            base="On track",
            live="Complete",
            want="On track",
            policy=DriftPolicy.RESTORE,
        ),
    )
    assert result.plan.findings == ()
    assert result.plan.writes[0].set[OwnedField.STATUS] == "On track"


def test_status_and_reason_are_kept_while_a_list_they_rest_on_is_unread() -> None:
    plan = planned(LATE, FINE, unread=["milestones", "risks"]).plan
    assert all({OwnedField.STATUS, OwnedField.REASON}.isdisjoint(write.set) for write in plan.writes)
    assert plan.writes[0].set[OwnedField.OVERDUE] == "Overdue"
    [finding] = plan.findings
    assert finding.kind is FindingKind.KEPT
    assert finding.text.startswith("Status and reason of 2 items were kept as they were, because ")
    assert finding.text.endswith("milestones and a restricted list could not be read.")


def test_nothing_is_kept_where_neither_status_nor_reason_is_ours() -> None:
    binding = owning(owned={OwnedField.OVERDUE: OWNED_COLUMNS[OwnedField.OVERDUE]})
    plan = planned(LATE, unread=["milestones"], binding=binding).plan
    assert plan.findings == ()
    assert plan.writes[0].set == {OwnedField.OVERDUE: "Overdue"}


@pytest.mark.parametrize(("left", "verb"), [(1, "item still holds"), (2, "items still hold")])
def test_a_source_that_is_off_is_not_written_and_its_values_are_counted(left: int, verb: str) -> None:
    records = [record(n, key=f"K{n}", owned={OwnedField.STATUS: "At risk" if n <= left else None}) for n in range(1, 4)]
    plan = planned(*records, binding=owning(mode=WriteMode.OFF)).plan
    assert plan.writes == ()
    [finding] = plan.findings
    assert finding.kind is FindingKind.LEFT_BEHIND
    assert finding.text == f"{left} {verb} values in columns that are no longer written (mode off)."


def test_a_source_that_is_off_and_was_never_written_has_nothing_to_tell() -> None:
    assert planned(LATE, binding=owning(mode=WriteMode.OFF)).plan.findings == ()


def test_a_restricted_record_is_planned_by_its_number() -> None:
    secret = record(1, key="DS-01", title="Fraud", end=date(2026, 6, 3), restricted=True)
    [write] = planned(secret).plan.writes
    assert (write.key, write.restricted) == ("item 1", True)
    assert "DS-01" not in str(write.to_json())


def assessment(**more: Any) -> Assessment:
    return Assessment(kind=Kind.PROJECT, computed=WorkStatus.ON_TRACK, overdue=Overdue.ON_TIME, **more)


def test_only_mapped_fields_are_desired() -> None:
    binding = owning(owned={OwnedField.OVERDUE: OWNED_COLUMNS[OwnedField.OVERDUE]})
    assert desired(assessment(), (), binding) == {OwnedField.OVERDUE: "On time"}


def test_uncertain_records_leave_what_rests_on_other_lists() -> None:
    assert set(desired(assessment(), (), owning(), DEPENDENT)) == {
        OwnedField.OVERDUE,
        OwnedField.OVERDUE_SINCE,
        OwnedField.CHECK,
    }


def test_the_check_column_says_what_to_mend_each_thing_once() -> None:
    findings = [
        Finding("projects", 1, FindingKind.TEXT_DATE, "k", "t", "Target date is text; not a date"),
        Finding("projects", 1, FindingKind.DRIFT, "k", "t"),
        Finding("projects", 1, FindingKind.MISSING_OWNER, "k", "t", "Owner is blank"),
        Finding("projects", 1, FindingKind.MISSING_OWNER, "k", "u", "Owner is blank"),
    ]
    assert to_mend(findings) == "Owner is blank; Target date is text; not a date"
    assert to_mend(findings[1:2]) is None
    assert desired(assessment(), findings, owning())[OwnedField.CHECK] == to_mend(findings)
