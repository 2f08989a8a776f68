"""What a plan tells is told of the right list, in the portfolio's words, and of a restricted row never with dates."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sync.core.desired import kept_fields
from sync.core.findings import Finding, FindingKind
from sync.core.matching import match
from sync.core.model import Kind, Reference, WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue, WriteMode
from sync.core.plan import Guard
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import Calendar, Labels, Policies
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.status import assess
from tests.support.lists import HOST, OWNED_COLUMNS, TODAY, owning, record, snapshot, source

STATUS, OVERDUE, SINCE = OwnedField.STATUS, OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE
Values = Mapping[OwnedField, OwnedValue]
MAPPINGS = {
    each.name: each
    for each in (
        source("milestones", Kind.MILESTONE, fields={"project": "P"}),
        source("others"),
        source("programmes", Kind.PROGRAMME),
        source("projects", fields={"programme": "P"}),
    )
}
LATE = {"status": WorkStatus.ON_TRACK, "end": date(2026, 6, 3)}
OFF = owning(mode=WriteMode.OFF)


def planned(inputs: Mapping[str, PlanInput], *records: Record, unread: frozenset[str] = frozenset()) -> Planned:
    names = sorted({each.source for each in records})
    read = [snapshot(name, *(each for each in records if each.source == name)) for name in names]
    matched = match(read, MAPPINGS, unread)
    decided = assess(matched, Policies(), Calendar(), TODAY)
    return make_plan(matched, decided, inputs, today=TODAY, policy_digest="rules of today")


def base(number: int, values: Values, guid: str = "projects") -> dict[RecordId, Baseline]:
    place = RecordId(HOST, guid, number)
    return {place: Baseline(place, values, None, "run-1")}


def left(number: int, live: Values, at: str = "projects") -> LeftOut:
    return LeftOut(RecordId(HOST, "projects", number), at, live, '"1"')


def test_a_plan_bears_the_digest_of_its_rules() -> None:
    assert planned({}).plan.policy_digest == "rules of today"


def test_a_sentence_tells_from_what_to_what() -> None:
    held: Values = {STATUS: "On track"}
    item = record(1, key="P-1", owned=held, **LATE)
    [write] = planned({"projects": PlanInput(owning(), base(1, held))}, item).plan.writes
    assert write.why[0] == "Status: On track -> At risk, because its end date was 3 June 2026."


def test_a_programme_is_explained_in_the_words_of_the_portfolio() -> None:
    labels = Labels(status={WorkStatus.ON_HOLD: "Paused"})
    programme = record(1, Kind.PROGRAMME, at="programmes", key="G-1")
    project = record(2, key="P-1", status=WorkStatus.ON_HOLD, programme=Reference("G-1"))
    binding = owning(Kind.PROGRAMME, name="programmes", labels=labels)
    [write] = planned({"programmes": PlanInput(binding, {})}, programme, project).plan.writes
    assert write.set[STATUS] == "Paused"
    assert "Paused" in write.why[0].split("because")[1]
    assert "'Paused'" in str(write.set[OwnedField.REASON])


def test_of_a_restricted_record_no_date_is_recorded_and_its_change_is_told_as_restricted() -> None:
    item = record(1, restricted=True, owned={STATUS: "Complete"}, **LATE)
    result = planned({"projects": PlanInput(owning(), base(1, {STATUS: "At risk"}))}, item)
    [write], [drifted] = result.plan.writes, result.drifts
    assert (write.grounds[OVERDUE], write.grounds[SINCE]) == ("due", "due")
    assert (drifted.restricted, drifted.label) == (True, "item 1")


def test_what_a_person_changed_before_the_row_left_is_cleared_only_once_that_was_approved() -> None:
    rows = (left(7, {STATUS: "Complete"}),)
    [write] = planned(
        {"projects": PlanInput(owning(drift=DriftPolicy.ASK), base(7, {STATUS: "At risk"}), rows)}
    ).plan.writes
    assert write.asks == {STATUS: Guard.DRIFT}


def test_a_doubted_clock_hides_no_other_question() -> None:
    item = record(1, key="P-1", owned={OwnedField.CHECK: "Bob's view"}, **LATE)
    plan = planned({"projects": PlanInput(owning(), {}, clock_doubted=True)}, item).plan
    [refusal] = plan.refusals
    assert (refusal.guard, refusal.field) == (Guard.FOREIGN_VALUE, OwnedField.CHECK)
    assert refusal.limit.endswith(".")


def test_neither_a_source_that_is_off_nor_a_row_that_was_never_ours_ends_the_clearing() -> None:
    ours: Values = {STATUS: "At risk"}
    inputs = {
        "others": PlanInput(owning(name="others", mode=WriteMode.OFF), base(7, ours), (left(7, ours, "others"),)),
        "projects": PlanInput(owning(), base(9, ours), (left(8, ours), left(9, ours))),
    }
    assert [write.id.item_id for write in planned(inputs).plan.writes] == [9]


def test_values_kept_are_told_of_their_own_list_and_of_no_item() -> None:
    [finding] = planned(
        {"projects": PlanInput(owning(), {})}, record(1, key="P-1", **LATE), unread=frozenset({"milestones"})
    ).plan.findings
    assert replace(finding, text="") == Finding("projects", None, FindingKind.KEPT, "", "")


def test_what_to_mend_is_kept_only_where_it_may_rest_on_an_unread_list() -> None:
    project = record(1, key="P-1", programme=Reference("G-1"))
    lists = snapshot("projects", project), snapshot("programmes", record(2, Kind.PROGRAMME, at="programmes", key="G-1"))
    assert kept_fields(project, match(lists[:1], MAPPINGS, frozenset({"programmes"}))) == {OwnedField.CHECK}
    assert kept_fields(project, match(lists, MAPPINGS, frozenset({"milestones"}))) == {
        STATUS,
        OwnedField.REASON,
        OwnedField.CHECK,
    }
    assert (
        kept_fields(project, match(lists, MAPPINGS | {"others": source("others")}, frozenset({"others"})))
        == frozenset()
    )
    assert kept_fields(project, match(lists, MAPPINGS)) == frozenset()


def test_values_left_behind_are_told_of_their_own_list_and_counted_by_what_we_once_wrote() -> None:
    ours: Values = {STATUS: "At risk"}
    rows = tuple(left(number, ours) for number in (7, 8, 9))
    [finding] = planned({"projects": PlanInput(OFF, base(7, ours) | base(8, ours), rows)}).plan.findings
    assert replace(finding, text="") == Finding("projects", None, FindingKind.LEFT_BEHIND, "", "")
    assert finding.text.startswith("2 items ")


def test_neither_a_blank_nor_a_columns_own_default_is_a_value_left_behind() -> None:
    status: Any = replace(OWNED_COLUMNS[STATUS], default="On track")
    binding = owning(mode=WriteMode.OFF, owned={STATUS: status})
    items = [record(n, key=f"P-{n}", owned={STATUS: live}) for n, live in enumerate((None, "On track"), 1)]
    assert planned({"projects": PlanInput(binding, {})}, *items).plan.findings == ()
