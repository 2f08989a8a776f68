"""A record that left the rows that count is cleared of what we wrote into it, once, and of nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sync.core.columns import ColumnType
from sync.core.findings import FindingKind
from sync.core.grounds import LEFT_SCOPE, is_left_scope
from sync.core.mapping import Binding
from sync.core.matching import match
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue, WriteMode
from sync.core.plan import Guard
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import Calendar, Policies
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.status import assess
from tests.support.lists import HOST, OWNED_COLUMNS, STAMPED_COLUMNS, TODAY, column, owning, record, snapshot, source

STATUS, OVERDUE, STAMP = OwnedField.STATUS, OwnedField.OVERDUE, OwnedField.STAMP
Values = Mapping[OwnedField, OwnedValue]
ROW = RecordId(HOST, "projects", 7)
OURS: Values = {STATUS: "At risk"}
MAPPINGS = {name: source(name) for name in ("projects", "others")}


def left(live: Values, number: int = 7, at: str = "projects", **more: Any) -> LeftOut:
    return LeftOut(RecordId(HOST, "projects", number), at, live, f'"{number}"', **more)


def baselines(base: Values = OURS, *numbers: int) -> dict[RecordId, Baseline]:
    ids = [RecordId(HOST, "projects", number) for number in numbers or (7,)]
    return {each: Baseline(each, base, None, "run-1") for each in ids}


def planned(inputs: Mapping[str, PlanInput], *records: Record) -> Planned:
    names = sorted({each.source for each in records})
    matched = match([snapshot(name, *(each for each in records if each.source == name)) for name in names], MAPPINGS)
    decided = assess(matched, Policies(), Calendar(), TODAY)
    return make_plan(matched, decided, inputs, today=TODAY, policy_digest="p")


def alone(row: LeftOut, base: Values = OURS, binding: Binding | None = None) -> Planned:
    return planned({"projects": PlanInput(binding or owning(), baselines(base), (row,))})


def test_it_is_cleared_through_the_plan_and_says_why() -> None:
    [write] = alone(left(OURS)).plan.writes
    assert (write.source, write.id, write.key, write.version) == ("projects", ROW, "item 7", '"7"')
    assert (write.set, write.was) == ({STATUS: None}, OURS)
    assert write.why == ("Status: cleared, because the item left the rows that count.",)
    assert write.grounds == {STATUS: LEFT_SCOPE}
    assert is_left_scope(write)


def test_a_row_that_we_never_wrote_into_is_left_alone() -> None:
    result = planned({"projects": PlanInput(owning(), {}, (left({STATUS: "Bob's"}),))})
    assert (result.plan.writes, result.plan.refusals, result.healed) == ((), (), {})


def test_once_cleared_there_is_nothing_left_to_do() -> None:
    result = alone(left({STATUS: None}), {STATUS: None})
    assert (result.plan.writes, result.healed, result.drifts) == ((), {}, ())


def test_what_somebody_else_cleared_heals_the_baseline() -> None:
    result = alone(left({STATUS: None}))
    assert (result.plan.writes, result.healed) == ((), {"projects": {ROW: {STATUS: None}}})


def test_a_restricted_row_is_known_by_its_number_only() -> None:
    [write] = alone(left(OURS, restricted=True)).plan.writes
    assert (write.key, write.restricted) == ("item 7", True)
    assert "At risk" not in str(write.to_json())


def test_the_stamp_goes_with_the_values() -> None:
    binding = owning(owned=STAMPED_COLUMNS)
    [write] = alone(left({STATUS: "At risk", STAMP: "here 20260616T011700Z-ab"}), binding=binding).plan.writes
    assert write.set == {STATUS: None, STAMP: None}


def test_writes_of_both_sorts_stand_in_the_order_of_their_items() -> None:
    inputs = {"projects": PlanInput(owning(), baselines(OURS, 2, 9), (left(OURS, 9), left(OURS, 2)))}
    plan = planned(inputs, record(5, key="K5"), record(1, key="K1")).plan
    assert [write.id.item_id for write in plan.writes] == [1, 2, 5, 9]
    assert [is_left_scope(write) for write in plan.writes] == [False, True, False, True]


@pytest.mark.parametrize("policy", list(DriftPolicy))
def test_what_a_person_changed_follows_the_drift_policy(policy: DriftPolicy) -> None:
    result = alone(left({STATUS: "Complete"}), binding=owning(drift=policy))
    [drifted] = result.drifts
    assert (drifted.policy, drifted.left_scope, drifted.live, drifted.want) == (policy, True, "Complete", None)
    assert [write.set for write in result.plan.writes] == ([] if policy is DriftPolicy.RESPECT else [{STATUS: None}])
    asked = [(refusal.guard, refusal.field) for refusal in result.plan.refusals]
    assert asked == ([(Guard.DRIFT, STATUS)] if policy is DriftPolicy.ASK else [])


def test_a_doubted_clock_does_not_hold_back_what_no_date_decides() -> None:
    inputs = {"projects": PlanInput(owning(), baselines(), (left(OURS),), clock_doubted=True)}
    [write] = planned(inputs).plan.writes
    assert write.asks == {}


def test_an_item_that_another_source_of_the_list_counts_is_not_cleared() -> None:
    moved = record(7, key="K7", at="others", guid="projects")
    inputs = {"projects": PlanInput(owning(), baselines(), (left(OURS),))}
    assert planned(inputs, moved).plan.writes == ()


def test_a_row_that_two_sources_leave_out_is_cleared_once_by_the_one_that_holds_most() -> None:
    both = {STATUS: "At risk", OVERDUE: "Overdue"}
    only = {STATUS: OWNED_COLUMNS[STATUS]}
    inputs = {
        "others": PlanInput(owning(name="others", owned=only), baselines(both), (left(OURS, at="others"),)),
        "projects": PlanInput(owning(), baselines(both), (left(both),)),
    }
    [write] = planned(inputs).plan.writes
    assert (write.source, write.set) == ("projects", {STATUS: None, OVERDUE: None})


def test_among_equals_the_first_source_by_name_clears() -> None:
    inputs = {
        name: PlanInput(owning(name=name), baselines(), (left(OURS, at=name),)) for name in ("projects", "others")
    }
    assert [write.source for write in planned(inputs).plan.writes] == ["others"]


def test_a_source_that_is_off_clears_nothing_and_counts_what_is_left_behind() -> None:
    binding = owning(mode=WriteMode.OFF)
    inputs = {
        "projects": PlanInput(binding, baselines(OURS, 7, 8), (left(OURS), left({STATUS: None}, 8), left(OURS, 9)))
    }
    result = planned(inputs)
    assert result.plan.writes == ()
    [finding] = result.plan.findings
    assert (finding.kind, finding.text[:6]) == (FindingKind.LEFT_BEHIND, "1 item")


def test_a_yes_no_column_is_cleared_to_no() -> None:
    binding = owning(owned={OVERDUE: column("Late", ColumnType.YES_NO)})
    [write] = alone(left({OVERDUE: True}), {OVERDUE: True}, binding).plan.writes
    assert write.set == {OVERDUE: False}


def test_only_a_write_that_clears_and_nothing_else_is_one_of_left_scope() -> None:
    [write] = alone(left(OURS)).plan.writes
    assert not is_left_scope(replace(write, grounds={}))
    assert not is_left_scope(write.only(()))
