"""A plan that was carried out leaves an empty one, whatever people, other programs and `where` did before it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import planning
from sync.core.approval import Consent, Level, allowed
from sync.core.mapping import Binding
from sync.core.matching import match
from sync.core.model import WorkStatus
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.planning import PlanInput, Planned, make_plan
from sync.core.policy import Calendar, Policies
from sync.core.reconcile import RecordOutcome, leave
from sync.core.snapshot import Baseline, LeftOut, Record, RecordId
from sync.core.status import assess
from tests.support.lists import HOST, OWNED_COLUMNS, STAMPED_COLUMNS, TODAY, owning, record, snapshot, source

Values = Mapping[OwnedField, OwnedValue]
FIELDS = tuple(OWNED_COLUMNS)
WORDS = st.sampled_from([None, "At risk", "Complete", "Overdue", "On time", "Bob's view"])
DAYS = st.sampled_from([None, date(2026, 6, 3), date(2026, 12, 1)])


def _values(*, whole: bool) -> st.SearchStrategy[Values]:
    each = {name: DAYS if name is OwnedField.OVERDUE_SINCE else WORDS for name in FIELDS}
    return st.fixed_dictionaries(each) if whole else st.fixed_dictionaries({}, optional=each)


HELD, KNOWN = _values(whole=True), st.none() | _values(whole=False)
DRIFTS = st.sampled_from(DriftPolicy) | st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(DriftPolicy))
STAMPS = st.none() | st.just("elsewhere 20260616T011700Z-ab12")


@dataclass(frozen=True)
class World:
    """One list: the records that count, the rows that do not, and what was agreed of either."""

    binding: Binding
    records: tuple[Record, ...]
    left_out: tuple[LeftOut, ...]
    baselines: Mapping[RecordId, Baseline]

    def planned(self, day: date = TODAY, *, adopt: bool = False, doubted: bool = False) -> Planned:
        matched = match([snapshot("projects", *self.records)], {"projects": source()})
        inputs = {"projects": PlanInput(self.binding, self.baselines, self.left_out, adopt, doubted)}
        decided = assess(matched, Policies(), Calendar(), day)
        return make_plan(matched, decided, inputs, today=day, policy_digest="p")

    def after(self, planned: Planned, consent: Consent) -> "World":
        """The list once everything that the consent lets through was written and recorded."""
        written = {write.id: write.set for write in allowed(planned.plan, consent)}
        agreed: dict[RecordId, dict[OwnedField, OwnedValue]] = {
            each: dict(known.values) for each, known in self.baselines.items()
        }
        for values in (planned.healed.get("projects", {}), written):
            for each, news in values.items():
                kept = {name: value for name, value in news.items() if name is not OwnedField.STAMP}
                agreed.setdefault(each, {}).update(kept)
        return replace(
            self,
            records=tuple(replace(row, owned={**row.owned, **written.get(row.id, {})}) for row in self.records),
            left_out=tuple(replace(row, owned={**row.owned, **written.get(row.id, {})}) for row in self.left_out),
            baselines={each: Baseline(each, values, None, "r") for each, values in agreed.items()},
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    records, left_out, baselines = [], [], {}
    for number in range(1, draw(st.integers(1, 5)) + 1):
        held = {**draw(HELD), OwnedField.STAMP: draw(STAMPS)}
        known = draw(KNOWN)
        place = RecordId(HOST, "projects", number)
        if draw(st.booleans()):
            status, end = draw(st.sampled_from([None, WorkStatus.ON_TRACK, WorkStatus.COMPLETE])), draw(DAYS)
            records.append(record(number, key=f"K{number}", status=status, end=end, owned=held))
        else:
            left_out.append(LeftOut(place, "projects", held, '"1"'))
        if known is not None:
            baselines[place] = Baseline(place, known, None, "r")
    binding = owning(owned=STAMPED_COLUMNS, drift=draw(DRIFTS), adopt=draw(st.booleans()))
    return World(binding, tuple(records), tuple(left_out), baselines)


NOTHING, ALL = Consent(write=True), Consent(write=True, level=Level.DIGEST)


@settings(deadline=None)
@given(world=worlds(), adopt=st.booleans(), nights=st.integers(0, 7))
def test_an_approved_plan_leaves_nothing_to_write_or_to_ask(world: World, adopt: bool, nights: int) -> None:
    settled = world.after(world.planned(adopt=adopt), ALL).planned(TODAY + timedelta(nights))
    assert (settled.plan.writes, settled.plan.refusals, settled.healed) == ((), (), {})
    assert {drifted.policy for drifted in settled.drifts} <= {DriftPolicy.RESPECT}


@settings(deadline=None)
@given(world=worlds(), doubted=st.booleans())
def test_an_unapproved_plan_leaves_nothing_that_may_be_written(world: World, doubted: bool) -> None:
    first = world.planned(doubted=doubted)
    second = world.after(first, NOTHING).planned(doubted=doubted)
    assert allowed(second.plan, NOTHING) == ()
    assert second.healed == {}
    assert {(each.guard, each.field) for each in second.plan.refusals} <= {
        (each.guard, each.field) for each in first.plan.refusals
    }


@settings(deadline=None)
@given(world=worlds())
def test_nothing_is_cleared_that_was_never_ours(world: World) -> None:
    rows = {row.id for row in world.left_out}
    for write in world.planned().plan.writes:
        if write.id in rows:
            known = world.baselines[write.id].values
            assert set(write.set) <= {*known, OwnedField.STAMP}
            assert all(value is None for value in write.set.values())


def test_a_clearing_that_forgets_whose_a_value_was_is_caught() -> None:
    def clears_everything(left: LeftOut, baseline: Baseline, binding: Binding) -> RecordOutcome:
        return leave(left, replace(baseline, values=left.owned), binding)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "leave", clears_everything)
        with pytest.raises((AssertionError, ExceptionGroup)):
            test_nothing_is_cleared_that_was_never_ours()


def test_a_decision_that_overwrites_unasked_is_caught() -> None:
    """Planted where decisions become writes: what a person has to be asked about is written all the same."""

    def unasked(outcome: RecordOutcome) -> RecordOutcome:
        return replace(outcome, asks={})

    decided = planning.reconcile
    world = World(owning(), (record(1, key="K1", owned={OwnedField.STATUS: "Bob's view"}),), (), {})
    assert all(OwnedField.STATUS not in write.set for write in allowed(world.planned().plan, NOTHING))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "reconcile", lambda *known, **more: unasked(decided(*known, **more)))
        assert any(OwnedField.STATUS in write.set for write in allowed(world.planned().plan, NOTHING))
