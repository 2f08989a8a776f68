"""Whatever a plan holds: its digest approves all that can be approved, and nothing else lets a guard be passed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.core.approval import Consent, Level, Reviewed, allowed, approves, waits
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.plan_file import compare, document, read, standing
from sync.core.snapshot import RecordId
from tests.support.lists import HOST, TAKEN, TODAY

FINAL = frozenset(
    {Guard.PARTIAL_READ, Guard.COLUMN_GONE, Guard.LIST_SETTINGS, Guard.COLUMN_CHANGED, Guard.CHOICE_REMOVED}
)
FIELD_GUARDS = (Guard.FOREIGN_VALUE, Guard.DRIFT, Guard.CLOCK_DIFFERS)
SOURCES = ("milestones", "projects")
FIELDS = tuple(name for name in OwnedField if name is not OwnedField.STAMP)
VALUES = st.sampled_from(("On track", "At risk", None, True, TODAY, "(restricted)"))


@st.composite
def writes(draw: st.DrawFn) -> tuple[PlannedWrite, ...]:
    places = draw(st.lists(st.tuples(st.sampled_from(SOURCES), st.integers(1, 4)), unique=True, max_size=6))
    return tuple(draw(_write(source, number)) for source, number in sorted(places))


@st.composite
def _write(draw: st.DrawFn, source: str, number: int) -> PlannedWrite:
    said = draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1))
    asks = draw(st.dictionaries(st.sampled_from(sorted(said)), st.sampled_from(FIELD_GUARDS)))
    restricted = draw(st.booleans())
    return PlannedWrite(
        source=source,
        id=RecordId(HOST, source, number),
        key=f"item {number}",
        version="1",
        set=said,
        was={name: draw(VALUES) for name in said},
        why=tuple(f"{name}." for name in said),
        restricted=restricted,
        asks=asks,
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Every value that asks has its refusal; sources are held by any guards."""
    planned = draw(writes())
    held = draw(st.lists(st.tuples(st.sampled_from(SOURCES), st.sampled_from(sorted(set(Guard) - set(FIELD_GUARDS))))))
    asking = {(write.source, guard, name) for write in planned for name, guard in write.asks.items()}
    refusals = [
        *(_refusal(source, guard, None) for source, guard in sorted(set(held))),
        *(_refusal(source, guard, name) for source, guard, name in sorted(asking)),
    ]
    return Plan(planned, tuple(refusals), (), draw(st.sampled_from(("policy", "other"))))


def _refusal(source: str, guard: Guard, field: OwnedField | None) -> Refusal:
    named = None if guard is Guard.CLOCK_DIFFERS else field
    return Refusal(source, guard, "Seen.", "Limit.", "Advice.", guard not in FINAL, named)


def consents() -> st.SearchStrategy[Consent]:
    reviews = plans().map(
        lambda plan: Reviewed(
            plan.digest,
            plan.policy_digest,
            frozenset(write.digest for write in plan.writes),
            frozenset((each.source, each.guard, each.seen) for each in plan.refusals),
        )
    )
    return st.builds(
        Consent,
        write=st.booleans(),
        level=st.sampled_from(Level),
        reviewed=st.none() | reviews,
        through=st.just("test"),
    )


def finally_held(plan: Plan) -> set[str]:
    return {each.source for each in plan.refusals if each.guard in FINAL}


@given(plans())
def test_a_digest_lets_through_everything_whose_guards_can_be_approved(plan: Plan) -> None:
    passed = allowed(plan, Consent(write=True, level=Level.DIGEST, through="test"))
    free = [write for write in plan.writes if write.source not in finally_held(plan)]
    assert [(write.id, write.set) for write in passed] == [(write.id, write.set) for write in free]


@given(plans(), consents())
def test_nothing_lets_through_what_a_final_guard_holds(plan: Plan, consent: Consent) -> None:
    for write in allowed(plan, consent):
        assert consent.write
        assert write.source not in finally_held(plan)
        assert not write.asks


@given(plans(), consents())
def test_what_is_let_through_is_part_of_the_plan_and_a_lesser_word_lets_no_more_through(
    plan: Plan, consent: Consent
) -> None:
    every = {write.id: write.set for write in allowed(plan, Consent(write=True, level=Level.DIGEST))}
    for write in allowed(plan, consent):
        assert write.set.items() <= every[write.id].items()


@given(plans())
def test_without_a_word_nothing_passes_that_anybody_has_to_be_asked_about(plan: Plan) -> None:
    silent = Consent(write=True)
    held = {each.source for each in plan.refusals if each.holds_source}
    assert not approves(plan, silent)
    for write in allowed(plan, silent):
        asked: Any = next(each.asks for each in plan.writes if each.id == write.id)
        assert write.source not in held
        assert asked.keys().isdisjoint(write.set)


@given(plans())
def test_a_plan_that_was_reviewed_in_a_file_passes_as_its_digest_would(plan: Plan) -> None:
    held = read(document(plan, portfolio="Council", made=TAKEN, today=TODAY), portfolio="Council")
    reviewed = Consent(write=True, through="test", reviewed=standing(held, plan))
    assert allowed(plan, reviewed) == allowed(plan, Consent(write=True, level=Level.DIGEST))
    assert compare(held, plan).as_planned == len(plan.writes)
    assert not waits(plan, reviewed)


@given(plans(), plans())
def test_every_write_of_two_plans_is_as_planned_moved_gone_or_new(then: Plan, now: Plan) -> None:
    compared = compare(read(document(then, portfolio="Council", made=TAKEN, today=TODAY)), now)
    assert compared.as_planned + len(compared.moved) + len(compared.new) == len(now.writes)
    assert compared.as_planned + len(compared.moved) + len(compared.gone) == len(then.writes)
