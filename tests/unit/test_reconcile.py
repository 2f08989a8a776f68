"""Baseline, live and desired decide each owned field; what a person did by hand is never lost silently."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.columns import ColumnType
from sync.core.mapping import Binding
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.plan import Guard
from sync.core.reconcile import (
    MISSING,
    Drift,
    FieldOutcome,
    Foreign,
    MaybeValue,
    RecordOutcome,
    Same,
    Write,
    decide,
    leave,
    reconcile,
)
from sync.core.snapshot import Baseline, LeftOut, RecordId
from sync.core.text import length
from tests.support.lists import HOST, OWNED_COLUMNS, STAMPED_COLUMNS, TODAY, column, owning, record

STATUS, REASON, OVERDUE, CHECK = OwnedField.STATUS, OwnedField.REASON, OwnedField.OVERDUE, OwnedField.CHECK
SINCE, STAMP = OwnedField.OVERDUE_SINCE, OwnedField.STAMP
BOARD = OwnedField.ESCALATE_TO
WITH_BOARD = OWNED_COLUMNS | {BOARD: column("PSEscalateTo")}
ASK, RESPECT, RESTORE = DriftPolicy.ASK, DriftPolicy.RESPECT, DriftPolicy.RESTORE
Values = Mapping[OwnedField, OwnedValue]
RESTORED = "Status was changed by hand to 'Complete'; restored on 17 June 2026."


@pytest.mark.parametrize(
    ("base", "live", "want", "outcome"),
    [
        ("A", "A", "A", Same("A")),
        ("A", "B", "B", Same("B")),
        (MISSING, "B", "B", Same("B")),
        (MISSING, None, None, Same(None)),
        (MISSING, None, "B", Write(None, "B")),
        (MISSING, "", "B", Write("", "B")),
        (MISSING, "X", "B", Foreign("X", "B")),
        (MISSING, "X", None, Foreign("X", None)),
        (MISSING, False, True, Foreign(False, True)),
        ("A", "A", "B", Write("A", "B")),
        ("A", "A", None, Write("A", None)),
        (None, None, "B", Write(None, "B")),
        ("A", "X", "B", Drift("A", "X", "B", DriftPolicy.RESTORE)),
        ("A", None, "B", Drift("A", None, "B", DriftPolicy.RESTORE)),
        ("A", "X", "A", Drift("A", "X", "A", DriftPolicy.RESTORE)),
        ("one\r\ntwo", "one\ntwo ", "three", Write("one\ntwo ", "three")),
        ("A", " A\r\n", "A", Same("A")),
        (
            date(2026, 6, 3),
            date(2026, 6, 4),
            None,
            Drift(date(2026, 6, 3), date(2026, 6, 4), None, DriftPolicy.RESTORE),
        ),
    ],
)
def test_one_field_is_decided_by_three_values(
    base: MaybeValue, live: OwnedValue, want: OwnedValue, outcome: FieldOutcome
) -> None:
    assert decide(base, live, want) == outcome


def test_a_columns_own_default_is_blank_and_not_somebody_elses_value() -> None:
    assert decide(MISSING, "On time", "Overdue", blank="On time") == Write("On time", "Overdue")
    assert decide(MISSING, False, True, blank=False) == Write(False, True)
    assert decide("Overdue", "On time", "Overdue", blank="On time") == Drift(
        "Overdue", "On time", "Overdue", DriftPolicy.RESTORE
    )


def test_adopting_takes_over_what_others_wrote() -> None:
    assert decide(MISSING, "X", "B", adopt=True) == Write("X", "B")


def run(
    live: Values,
    want: Values,
    base: Values | None,
    binding: Binding | None = None,
    *,
    today: date = TODAY,
    adopt: bool = False,
    clock_doubted: bool = False,
) -> RecordOutcome:
    item = record(7, key="DS-07", owned=live)
    baseline = None if base is None else Baseline(item.id, base, None, "run-1")
    return reconcile(item, want, baseline, binding or owning(), today, adopt=adopt, clock_doubted=clock_doubted)


def test_a_first_write_fills_blanks_and_agrees_with_what_is_already_right() -> None:
    outcome = run({STATUS: None, OVERDUE: "On time"}, {OVERDUE: "On time", STATUS: "At risk"}, None)
    assert outcome.set == {STATUS: "At risk"}
    assert outcome.was == {STATUS: None}
    assert outcome.healed == {OVERDUE: "On time"}
    assert (outcome.asks, outcome.drifts) == ({}, {})


def test_the_baseline_heals_only_where_it_does_not_hold_the_value() -> None:
    outcome = run({STATUS: "At risk", OVERDUE: "Overdue"}, {STATUS: "At risk", OVERDUE: "Overdue"}, {STATUS: "At risk"})
    assert outcome.healed == {OVERDUE: "Overdue"}
    assert outcome.set == {}


def test_a_foreign_value_is_asked_about_and_holds_back_its_field_only() -> None:
    outcome = run({STATUS: "Bob's view"}, {STATUS: "At risk", OVERDUE: "Overdue"}, None)
    assert outcome.set == {STATUS: "At risk", OVERDUE: "Overdue"}
    assert outcome.was == {STATUS: "Bob's view", OVERDUE: None}
    assert outcome.asks == {STATUS: Guard.FOREIGN_VALUE}


@pytest.mark.parametrize(("binding", "adopt"), [(owning(adopt=True), False), (owning(), True)])
def test_what_may_be_adopted_is_written_unasked(binding: Binding, adopt: bool) -> None:
    outcome = run({STATUS: "Bob's view"}, {STATUS: "At risk"}, None, binding, adopt=adopt)
    assert (outcome.set, outcome.asks) == ({STATUS: "At risk"}, {})


def test_fields_without_a_decision_stay_as_they_are() -> None:
    outcome = run({STATUS: "Complete", OVERDUE: None}, {OVERDUE: "Overdue"}, {STATUS: "At risk", OVERDUE: None})
    assert outcome.set == {OVERDUE: "Overdue"}
    assert outcome.drifts == {}


def test_values_are_written_in_the_order_of_the_owned_fields() -> None:
    outcome = run({}, {CHECK: "c", REASON: "r", STATUS: "s"}, None)
    assert list(outcome.set) == [STATUS, REASON, CHECK]


def test_a_change_by_hand_is_restored_and_dated_in_the_reason() -> None:
    base = {STATUS: "At risk", REASON: "At risk: late."}
    outcome = run(base | {STATUS: "Complete"}, base, base)
    assert outcome.set == {STATUS: "At risk", REASON: f"At risk: late. {RESTORED}"}
    assert outcome.was == {STATUS: "Complete", REASON: "At risk: late."}
    assert outcome.drifts == {STATUS: Drift("At risk", "Complete", "At risk", RESTORE)}
    assert outcome.asks == {}


def test_of_a_restricted_record_the_dated_sentence_quotes_nothing_and_stays_all_the_same() -> None:
    base: Values = {STATUS: "At risk", REASON: "Late."}
    told = "Late. Status was changed by hand; restored on 17 June 2026."

    def decided(live: Values, known: Values) -> RecordOutcome:
        item = record(7, owned=live, restricted=True)
        return reconcile(item, base, Baseline(item.id, known, None, "run-1"), owning(), TODAY)

    assert decided(base | {STATUS: "Ann's words"}, base).set == {STATUS: "At risk", REASON: told}
    assert decided(base | {REASON: told}, base | {REASON: told}).set == {}


def test_the_dated_sentence_stays_until_the_reason_changes_for_another_cause() -> None:
    held = {STATUS: "At risk", REASON: f"At risk: late. {RESTORED}"}
    later = date(2026, 7, 1)
    same_reason = run(held, {STATUS: "At risk", REASON: "At risk: late."}, held, today=later)
    assert (same_reason.set, same_reason.healed, same_reason.drifts) == ({}, {}, {})
    other_reason = run(held, {STATUS: "At risk", REASON: "At risk: later."}, held, today=later)
    assert other_reason.set == {REASON: "At risk: later."}
    no_reason = run(held, {STATUS: "On track", REASON: None}, held, today=later)
    assert no_reason.set == {STATUS: "On track", REASON: None}


def test_a_second_change_by_hand_replaces_the_dated_sentence() -> None:
    held = {STATUS: "At risk", REASON: f"At risk: late. {RESTORED}"}
    outcome = run(
        held | {STATUS: "On hold"}, {STATUS: "At risk", REASON: "At risk: late."}, held, today=date(2026, 7, 1)
    )
    assert outcome.set[REASON] == "At risk: late. Status was changed by hand to 'On hold'; restored on 1 July 2026."


def test_a_change_by_hand_is_told_where_there_is_no_other_reason() -> None:
    base = {STATUS: "On track", REASON: None}
    first = run(base | {STATUS: "Complete"}, base, base)
    assert first.set[REASON] == RESTORED
    held = {STATUS: "On track", REASON: RESTORED}
    assert run(held, base, held).set == {}


def test_several_changes_by_hand_are_told_one_after_the_other() -> None:
    base = {STATUS: "At risk", OVERDUE: "Overdue", REASON: "Late."}
    outcome = run(base | {STATUS: "Complete", OVERDUE: None}, base, base)
    told = outcome.set[REASON]
    assert told == f"Late. {RESTORED} Overdue was cleared by hand; restored on 17 June 2026."
    held = base | {REASON: told}
    assert run(held, base, held).set == {}


def test_a_reason_changed_by_hand_is_restored_and_says_so() -> None:
    base = {REASON: "At risk: late."}
    outcome = run({REASON: "All is well"}, base, base)
    assert outcome.set[REASON] == (
        "At risk: late. Reason was changed by hand to 'All is well'; restored on 17 June 2026."
    )
    held = {REASON: outcome.set[REASON]}
    assert run(held, base, held).set == {}


def test_a_dated_sentence_that_was_taken_out_by_hand_is_put_back() -> None:
    held = {STATUS: "At risk", REASON: f"At risk: late. {RESTORED}"}
    outcome = run({STATUS: "At risk", REASON: "At risk: late."}, {STATUS: "At risk", REASON: "At risk: late."}, held)
    assert outcome.set == {REASON: held[REASON]}
    assert list(outcome.drifts) == [REASON]


def test_a_reason_that_already_reads_right_is_ours_to_add_to() -> None:
    outcome = run({STATUS: "Complete", REASON: "Late."}, {STATUS: "At risk", REASON: "Late."}, {STATUS: "At risk"})
    assert outcome.set == {STATUS: "At risk", REASON: f"Late. {RESTORED}"}
    assert outcome.asks == {}
    assert list(outcome.drifts) == [STATUS]


def test_unless_told_otherwise_nothing_is_adopted_and_the_clock_is_believed() -> None:
    outcome = reconcile(record(owned={STATUS: "Bob's"}), {STATUS: "At risk", OVERDUE: "Overdue"}, None, owning(), TODAY)
    assert outcome.asks == {STATUS: Guard.FOREIGN_VALUE}


def single_line(longest: int | None = None) -> Binding:
    reason = column("PSReason", ColumnType.TEXT, "Why", max_length=longest)
    return owning(owned=OWNED_COLUMNS | {REASON: reason})


@pytest.mark.parametrize("size", [150, 187, 188, 189, 255])
def test_the_dated_sentence_survives_in_a_single_line(size: int) -> None:
    reason = "x" * size
    base = {STATUS: "At risk", REASON: reason}
    told = run(base | {STATUS: "Complete"}, base, base, single_line()).set[REASON]
    assert isinstance(told, str)
    assert told.endswith(f" {RESTORED}")
    assert length(told) <= 255
    assert told.startswith("x" * 150)
    held = base | {REASON: told}
    assert run(held, base, held, single_line()).set == {}


@pytest.mark.parametrize(
    ("longest", "told"),
    [
        (length(RESTORED) - 1, "At risk: late."),
        (length(RESTORED), RESTORED),
        (length(RESTORED) + 2, RESTORED),
        (length(RESTORED) + 3, f"A… {RESTORED}"),
    ],
)
def test_a_short_column_keeps_whole_sentences(longest: int, told: str) -> None:
    base = {STATUS: "At risk", REASON: "At risk: late."}
    outcome = run(base | {STATUS: "Complete"}, base, base, single_line(longest))
    assert outcome.set.get(REASON, base[REASON]) == told
    held = base | {REASON: told}
    assert run(held, base, held, single_line(longest)).set == {}


def test_a_respected_change_is_left_and_known_every_run() -> None:
    binding = owning(drift=RESPECT)
    base = {STATUS: "At risk", REASON: "Late."}
    live = base | {STATUS: "Complete"}
    for _ in range(2):
        outcome = run(live, base, base, binding)
        assert (outcome.set, outcome.asks, outcome.healed) == ({}, {}, {})
        assert outcome.drifts == {STATUS: Drift("At risk", "Complete", "At risk", RESPECT)}


def test_a_change_that_is_asked_about_is_planned_and_the_reason_does_not_call_it_restored() -> None:
    binding = owning(drift=ASK)
    base = {STATUS: "At risk", REASON: "Late."}
    outcome = run(base | {STATUS: "Complete"}, base | {REASON: "Later."}, base, binding)
    assert outcome.set == {STATUS: "At risk", REASON: "Later."}
    assert outcome.was == {STATUS: "Complete", REASON: "Late."}
    assert outcome.asks == {STATUS: Guard.DRIFT}
    assert outcome.drifts == {STATUS: Drift("At risk", "Complete", "At risk", ASK)}


def test_each_field_has_a_drift_policy_of_its_own() -> None:
    binding = owning(drift={STATUS: ASK, OVERDUE: RESPECT})
    base: Values = {STATUS: "At risk", OVERDUE: "Overdue", SINCE: date(2026, 6, 3), REASON: "Late."}
    live: Values = {STATUS: "Complete", OVERDUE: "On time", SINCE: None, REASON: "Late."}
    outcome = run(live, base, base, binding)
    told = "Late. Overdue since was cleared by hand; restored on 17 June 2026."
    assert outcome.set == {STATUS: "At risk", SINCE: date(2026, 6, 3), REASON: told}
    assert outcome.asks == {STATUS: Guard.DRIFT}
    assert {name: drift.policy for name, drift in outcome.drifts.items()} == {
        STATUS: ASK,
        OVERDUE: RESPECT,
        SINCE: RESTORE,
    }


@pytest.mark.parametrize(("policy", "asks"), [(RESPECT, {}), (ASK, {REASON: Guard.DRIFT})])
def test_a_changed_reason_waits_even_when_there_is_something_to_tell(
    policy: DriftPolicy, asks: dict[OwnedField, Guard]
) -> None:
    base = {STATUS: "At risk", REASON: "Late."}
    outcome = run({STATUS: "Complete", REASON: "Well."}, base, base, owning(drift={REASON: policy}))
    assert outcome.set == {STATUS: "At risk"} | ({REASON: f"Late. {RESTORED}"} if asks else {})
    assert outcome.asks == asks


def test_a_doubted_clock_asks_about_whatever_a_date_may_change() -> None:
    base = {STATUS: "At risk", OVERDUE: "Overdue", CHECK: "Mend it", REASON: "Late.", BOARD: "Risk panel"}
    live = base | {STATUS: "Complete", SINCE: None}
    want = {STATUS: "At risk", OVERDUE: "On time", SINCE: None, CHECK: None, REASON: "Well.", BOARD: None}
    outcome = run(live, want, base, owning(owned=WITH_BOARD), clock_doubted=True)
    assert outcome.set == {STATUS: "At risk", OVERDUE: "On time", CHECK: None, REASON: "Well.", BOARD: None}
    assert outcome.asks == dict.fromkeys((STATUS, OVERDUE, CHECK, REASON, BOARD), Guard.CLOCK_DIFFERS)
    assert outcome.drifts == {STATUS: Drift("At risk", "Complete", "At risk", ASK)}
    assert outcome.healed == {}


def test_somebodys_value_comes_before_a_doubted_clock() -> None:
    binding = owning(drift={OVERDUE: ASK, SINCE: RESPECT})
    base: Values = {OVERDUE: "Overdue", SINCE: date(2026, 6, 3)}
    live: Values = {STATUS: "Bob's", OVERDUE: "Fine", SINCE: None}
    want: Values = {STATUS: "At risk", OVERDUE: "Overdue", SINCE: date(2026, 6, 3)}
    outcome = run(live, want, base, binding, clock_doubted=True)
    assert outcome.asks == {STATUS: Guard.FOREIGN_VALUE, OVERDUE: Guard.DRIFT}
    assert outcome.drifts[SINCE].policy is RESPECT


def test_without_a_reason_column_a_change_is_restored_and_known_all_the_same() -> None:
    binding = owning(owned={STATUS: OWNED_COLUMNS[STATUS]})
    outcome = run({STATUS: "Complete"}, {STATUS: "At risk"}, {STATUS: "At risk"}, binding)
    assert outcome.set == {STATUS: "At risk"}
    assert list(outcome.drifts) == [STATUS]


def test_a_foreign_reason_is_asked_about_even_when_there_is_something_to_tell() -> None:
    outcome = run({STATUS: "Complete", REASON: "Bob's"}, {STATUS: "At risk", REASON: "Late."}, {STATUS: "At risk"})
    assert outcome.set == {STATUS: "At risk", REASON: f"Late. {RESTORED}"}
    assert outcome.asks == {REASON: Guard.FOREIGN_VALUE}


@pytest.mark.parametrize(
    "before",
    [
        f"At risk: sooner. {RESTORED}",
        f"At risk: late. {RESTORED} And more.",
        "At risk: late. Status was changed by hand to 'Complete'.",
        f"At risk: late.{RESTORED}",
        True,
    ],
)
def test_only_what_we_wrote_ourselves_is_carried_on(before: Any) -> None:
    held = {REASON: before}
    assert run(held, {REASON: "At risk: late."}, held).set == {REASON: "At risk: late."}


def test_defaults_of_columns_are_blank() -> None:
    owned = {OVERDUE: replace(OWNED_COLUMNS[OVERDUE], default="On time")}
    assert run({OVERDUE: "On time"}, {OVERDUE: "Overdue"}, None, owning(owned=owned)).set == {OVERDUE: "Overdue"}


LATE = column("Late", ColumnType.YES_NO)


def left(live: Values, base: Values, binding: Binding | None = None) -> RecordOutcome:
    row = LeftOut(RecordId(HOST, "projects", 7), "projects", live, '"7"')
    return leave(row, Baseline(row.id, base, None, "run-1"), binding or owning(owned=STAMPED_COLUMNS))


def test_what_left_scope_is_cleared_of_what_is_ours() -> None:
    day = date(2026, 6, 3)
    base: Values = {STATUS: "At risk", SINCE: day, CHECK: None}
    outcome = left({STATUS: "At risk", SINCE: day, REASON: "Bob's", STAMP: "i 20260617T011700Z-ab"}, base)
    assert outcome.set == {STATUS: None, SINCE: None, STAMP: None}
    assert outcome.was == {STATUS: "At risk", SINCE: day, STAMP: "i 20260617T011700Z-ab"}
    assert (outcome.asks, outcome.drifts, outcome.healed) == ({}, {}, {})


@pytest.mark.parametrize(
    ("into", "live", "base", "cleared"),
    [
        (OWNED_COLUMNS[OVERDUE], "Overdue", "Overdue", {OVERDUE: None}),
        (LATE, True, True, {OVERDUE: False}),
        (LATE, False, False, {}),
        (replace(LATE, default="1"), True, True, {}),
        (replace(LATE, default="1"), False, False, {}),
        (replace(OWNED_COLUMNS[OVERDUE], default="On time"), "On time", "On time", {}),
        (replace(OWNED_COLUMNS[OVERDUE], default="On time"), "Overdue", "Overdue", {OVERDUE: None}),
        (OWNED_COLUMNS[OVERDUE], " ", None, {}),
    ],
)
def test_clearing_leaves_a_column_blank_and_a_default_alone(
    into: Any, live: OwnedValue, base: OwnedValue, cleared: Values
) -> None:
    assert left({OVERDUE: live}, {OVERDUE: base}, owning(owned={OVERDUE: into})).set == cleared


def test_a_default_that_stays_is_what_the_baseline_heals_to() -> None:
    binding = owning(owned={OVERDUE: replace(OWNED_COLUMNS[OVERDUE], default="On time")})
    assert left({OVERDUE: "On time"}, {OVERDUE: "Overdue"}, binding).healed == {OVERDUE: "On time"}


@pytest.mark.parametrize(
    ("policy", "cleared", "asks"),
    [
        (RESTORE, {STATUS: None}, {}),
        (RESPECT, {}, {}),
        (ASK, {STATUS: None}, {STATUS: Guard.DRIFT}),
    ],
)
def test_what_a_person_changed_before_the_record_left_follows_the_drift_policy(
    policy: DriftPolicy, cleared: Values, asks: dict[OwnedField, Guard]
) -> None:
    outcome = left({STATUS: "Complete"}, {STATUS: "At risk"}, owning(drift=policy))
    assert (outcome.set, outcome.asks) == (cleared, asks)
    assert outcome.drifts == {STATUS: Drift("At risk", "Complete", None, policy)}


def test_the_baseline_of_what_is_blank_already_heals_but_never_the_stamp() -> None:
    outcome = left({STATUS: None, CHECK: None, STAMP: None}, {STATUS: "At risk", CHECK: None})
    assert (outcome.set, outcome.healed) == ({}, {STATUS: None})
