"""Whatever was there before: after one run there is nothing left to do, and no order of things makes a difference."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.columns import Column, ColumnType
from sync.core.explain import restored
from sync.core.findings import Finding
from sync.core.mapping import Binding
from sync.core.matching import match
from sync.core.model import Reference, WorkStatus
from sync.core.owned import fit, limit
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.plan import Guard, Plan, PlannedWrite
from sync.core.planning import PlanInput, make_plan
from sync.core.policy import Calendar, Labels, Policies
from sync.core.reconcile import MISSING, RecordOutcome, Same, decide, leave, reconcile
from sync.core.snapshot import Baseline, LeftOut, RecordId
from sync.core.status import assess
from sync.core.text import length
from tests.support.lists import OWNED_COLUMNS, STAMPED_COLUMNS, TODAY, column, mapped, owning, record, snapshot, source

Values = Mapping[OwnedField, OwnedValue]
Drifts = DriftPolicy | Mapping[OwnedField, DriftPolicy]
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
PROSE = st.one_of(
    st.text(alphabet=" abc.;'…\n\r\U0001f600", max_size=300),
    st.sampled_from(["At risk: late.", "On track", "Status was changed by hand to 'x'; restored on 1 May 2026."]),
    st.builds(restored, st.sampled_from(OwnedField), st.none() | st.text(max_size=60) | DAYS, DAYS),
)
OWNED_VALUES = st.none() | st.booleans() | DAYS | PROSE


def _values(name: OwnedField) -> st.SearchStrategy[OwnedValue]:
    return st.none() | (DAYS if name is OwnedField.OVERDUE_SINCE else PROSE)


FIELDS = tuple(OWNED_COLUMNS)
HELD = st.fixed_dictionaries({name: _values(name) for name in FIELDS})
KNOWN = st.fixed_dictionaries({}, optional={name: _values(name) for name in FIELDS})
REASON_COLUMNS = st.builds(
    lambda of, longest: column("PSReason", of, "Why", max_length=longest),
    st.sampled_from([ColumnType.TEXT, ColumnType.NOTE]),
    st.none() | st.integers(1, 300),
)


def _binding(reason: Column, drift: Drifts, adopt: bool) -> Binding:
    return owning(owned=OWNED_COLUMNS | {OwnedField.REASON: reason}, drift=drift, adopt=adopt)


def _fitted(binding: Binding, values: Values) -> dict[OwnedField, OwnedValue]:
    return {name: fit(binding.owned[name], Labels(), value) for name, value in values.items()}


@given(value=OWNED_VALUES, other=OWNED_VALUES)
def test_where_everything_agrees_there_is_nothing_to_do(value: OwnedValue, other: OwnedValue) -> None:
    assert decide(value, value, value) == Same(value)
    assert decide(MISSING, value, value) == Same(value)
    assert decide(other, value, value) == Same(value)


DRIFTS = st.sampled_from(DriftPolicy) | st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(DriftPolicy))


@settings(deadline=None)
@given(
    live=HELD,
    want=HELD,
    known=KNOWN,
    reason=REASON_COLUMNS,
    drift=DRIFTS,
    adopt=st.booleans(),
    doubted=st.booleans(),
    approved=st.booleans(),
    nights=st.integers(0, 30),
)
def test_one_run_settles_a_record(
    live: Values,
    want: Values,
    known: Values,
    reason: Column,
    drift: Drifts,
    adopt: bool,
    doubted: bool,
    approved: bool,
    nights: int,
) -> None:
    """Once approved there is nothing left to ask; otherwise the next night asks about the same again, and no more: less
    where a reason that waits has lost what it had to tell."""
    binding = _binding(reason, drift, adopt)
    wanted, held = _fitted(binding, want), _fitted(binding, live)
    item = record(1, key="DS-01", owned=held)
    base = _fitted(binding, known)

    def run(owned: Values, agreed: Values, day: date) -> RecordOutcome:
        baseline = Baseline(item.id, agreed, None, "r")
        return reconcile(replace(item, owned=owned), wanted, baseline, binding, day, clock_doubted=doubted)

    first = run(held, base, TODAY)
    written = {name: value for name, value in first.set.items() if approved or name not in first.asks}
    after = {**held, **written}
    later = run(after, {**base, **first.healed, **written}, TODAY + timedelta(nights))
    assert set(later.set) == set(later.asks)
    assert later.asks.items() <= ({} if approved else first.asks).items()
    assert approved or set(first.asks) - {OwnedField.REASON} <= set(later.asks)
    assert set(first.asks) <= set(first.set)
    assert not adopt or Guard.FOREIGN_VALUE not in first.asks.values()
    told = after[OwnedField.REASON]
    longest = limit(reason)
    assert not isinstance(told, str) or longest is None or length(told) <= longest


@settings(deadline=None)
@given(live=HELD, want=HELD, known=KNOWN, drift=DRIFTS, doubted=st.booleans())
def test_nothing_is_called_restored_that_is_only_asked_about(
    live: Values, want: Values, known: Values, drift: Drifts, doubted: bool
) -> None:
    binding = _binding(OWNED_COLUMNS[OwnedField.REASON], drift, adopt=False)
    plain = {**_fitted(binding, want), OwnedField.REASON: "Late."}
    item = record(1, key="DS-01", owned=_fitted(binding, live))
    baseline = Baseline(item.id, {**_fitted(binding, known), OwnedField.REASON: "Well."}, None, "r")
    outcome = reconcile(item, plain, baseline, binding, TODAY, clock_doubted=doubted)
    for name, change in outcome.drifts.items():
        said = restored(name, change.live, TODAY) in str(outcome.set.get(OwnedField.REASON, ""))
        assert change.policy is DriftPolicy.RESTORE or not said


@settings(deadline=None)
@given(live=HELD, known=KNOWN, drift=DRIFTS, default=st.none() | st.just("On time"), approved=st.booleans())
def test_one_run_clears_what_left_scope(
    live: Values, known: Values, drift: Drifts, default: str | None, approved: bool
) -> None:
    overdue = replace(OWNED_COLUMNS[OwnedField.OVERDUE], default=default)
    columns = STAMPED_COLUMNS | {OwnedField.OVERDUE: overdue}
    binding = owning(owned=columns, drift=drift)
    row = LeftOut(RecordId("h", "l", 1), "projects", {**live, OwnedField.STAMP: "i 20260617T011700Z-ab"}, "1")
    base = Baseline(row.id, known, None, "r")
    first = leave(row, base, binding)
    written = {name: value for name, value in first.set.items() if approved or name not in first.asks}
    agreed = {name: value for name, value in written.items() if name is not OwnedField.STAMP}
    after = replace(row, owned={**row.owned, **written})
    later = leave(after, replace(base, values={**known, **first.healed, **agreed}), binding)
    assert (later.set, later.asks) == (
        ({}, {}) if approved else ({name: first.set[name] for name in first.asks}, first.asks)
    )
    assert later.healed == {}
    assert set(first.set) <= {*known, OwnedField.STAMP}
    assert OwnedField.STAMP not in first.healed


@settings(deadline=None)
@given(name=st.sampled_from(OwnedField), live=st.none() | st.booleans() | DAYS | st.text(max_size=80), day=DAYS)
def test_every_dated_sentence_is_known_again(name: OwnedField, live: OwnedValue, day: date) -> None:
    base: Values = {OwnedField.REASON: f"Late. {restored(name, live, day)}"}
    item = record(1, owned=base)
    again = reconcile(item, {OwnedField.REASON: "Late."}, Baseline(item.id, base, None, "r"), owning(), TODAY)
    assert again.set == {}


PROJECTS = st.lists(
    st.builds(
        record,
        st.integers(1, 60),
        key=st.sampled_from([None, "DS-01", "DS-02", "DS-03", "DS-04"]),
        title=st.sampled_from([None, "Roads", "Parks"]),
        status=st.none() | st.sampled_from(WorkStatus),
        end=st.none() | st.dates(date(2026, 4, 1), date(2026, 9, 1)),
        programme=st.none() | st.builds(Reference, st.sampled_from(["DS-01", "Roads", "x"])),
        owned=KNOWN,
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), records=PROJECTS, drift=st.sampled_from(DriftPolicy))
def test_the_order_in_which_records_were_read_makes_no_difference(
    data: st.DataObject, records: list[object], drift: DriftPolicy
) -> None:
    mappings = {"projects": source("projects", key="Ref", fields={"programme": mapped("P")})}
    inputs = {"projects": PlanInput(owning(drift=drift), {})}

    def planned(order: list[object]) -> Plan:
        matched = match([snapshot("projects", *order)], mappings)  # type: ignore[arg-type]
        decided = assess(matched, Policies(), Calendar(), TODAY)
        return make_plan(matched, decided, inputs, today=TODAY, policy_digest="p").plan

    one, two = planned(records), planned(data.draw(st.permutations(records)))
    assert one == two
    assert one.digest == two.digest


WRITES = st.lists(
    st.builds(
        lambda number, values, was: PlannedWrite(
            "projects", RecordId("h", "l", number), f"K{number}", f'"{number}"', values, was, ("why",)
        ),
        st.integers(1, 50),
        KNOWN,
        HELD,
    ),
    max_size=6,
    unique_by=lambda write: write.id,
)


@given(data=st.data(), writes=WRITES, sentence=st.text(max_size=20), findings=st.lists(st.just(None), max_size=2))
def test_the_digest_ignores_order_and_sentences(
    data: st.DataObject, writes: list[PlannedWrite], sentence: str, findings: list[None]
) -> None:
    told = tuple(Finding("projects", 1, "drift", "k", sentence) for _ in findings)  # type: ignore[arg-type]
    retold = tuple(replace(write, why=(sentence,), version=sentence) for write in data.draw(st.permutations(writes)))
    assert Plan(tuple(writes), (), (), "p").digest == Plan(retold, (), told, "p").digest
