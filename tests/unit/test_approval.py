"""What a person's word lets through: the table of `approval`, line by line."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sync.core.approval import Consent, Level, Reviewed, allowed, approves, lifted, waits
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.snapshot import RecordId
from tests.support.lists import HOST

STATUS, OVERDUE, SINCE = OwnedField.STATUS, OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE

WRITE = PlannedWrite(
    source="projects",
    id=RecordId(HOST, "list-1", 7),
    key="DS-07",
    version="1",
    set={STATUS: "At risk", OVERDUE: "Overdue"},
    was={STATUS: "On track", OVERDUE: None},
    why=("Status.", "Overdue."),
    grounds={STATUS: "end_overdue", OVERDUE: "due"},
)
OTHER = replace(WRITE, id=RecordId(HOST, "list-1", 8), key="DS-08")
ELSEWHERE = replace(WRITE, id=RecordId(HOST, "list-2", 1), source="risks")

NOTHING = Consent(write=True)
YES = Consent(write=True, level=Level.YES, through="test")
DIGEST = Consent(write=True, level=Level.DIGEST, through="test")
EVERYBODY = (NOTHING, YES, DIGEST)


def refusal(
    guard: Guard, *, approvable: bool = True, source: str = "projects", field: OwnedField | None = None
) -> Refusal:
    return Refusal(source, guard, "Seen.", "Limit.", "Advice.", approvable, field)


def plan(*refusals: Refusal, writes: tuple[PlannedWrite, ...] = (WRITE,)) -> Plan:
    return Plan(writes, refusals, (), "policy")


def reviewed(of: Plan, **more: Any) -> Consent:
    seen = Reviewed(
        digest=of.digest,
        policy_digest=of.policy_digest,
        writes=frozenset(write.digest for write in of.writes),
        refusals=frozenset((each.source, each.guard, each.seen) for each in of.refusals),
    )
    return Consent(write=True, reviewed=seen, **more)


def values(of: Plan, consent: Consent) -> list[tuple[str, list[OwnedField]]]:
    return [(write.key, list(write.set)) for write in allowed(of, consent)]


def test_what_nothing_holds_is_written_without_a_word() -> None:
    for consent in EVERYBODY:
        assert allowed(plan(), consent) == (WRITE,)
        assert not waits(plan(), consent)
        assert not approves(plan(), consent)


def test_a_prompt_answered_with_no_writes_nothing_and_waits() -> None:
    assert allowed(plan(), Consent.nothing()) == ()
    assert waits(plan(), Consent.nothing())
    assert not waits(plan(writes=()), Consent.nothing())
    assert waits(plan(refusal(Guard.RECORDS_GONE), writes=()), Consent.nothing())
    assert not waits(plan(refusal(Guard.PARTIAL_READ, approvable=False), writes=()), Consent.nothing())
    assert not approves(plan(refusal(Guard.FIRST_RUN)), replace(YES, write=False))


@pytest.mark.parametrize(
    ("guard", "approvable", "lifted_by"),
    [
        (Guard.FIRST_RUN, True, (YES, DIGEST)),
        (Guard.POLICY_CHANGED, True, (YES, DIGEST)),
        (Guard.UNDO, True, (YES, DIGEST)),
        (Guard.EMPTY_READ, True, (DIGEST,)),
        (Guard.RECORDS_GONE, True, (DIGEST,)),
        (Guard.UNEXPLAINED_WRITES, True, (DIGEST,)),
        (Guard.FIELD_FLIPPED, True, (DIGEST,)),
        (Guard.ZONE_CHANGED, True, (DIGEST,)),
        (Guard.RESYNC, True, (DIGEST,)),
        (Guard.PARTIAL_READ, False, ()),
        (Guard.COLUMN_GONE, False, ()),
        (Guard.COLUMN_CHANGED, False, ()),
        (Guard.CHOICE_REMOVED, False, ()),
    ],
)
def test_who_lifts_what_holds_a_source(guard: Guard, approvable: bool, lifted_by: tuple[Consent, ...]) -> None:
    stopped = plan(refusal(guard, approvable=approvable), writes=(WRITE, ELSEWHERE))
    for consent in EVERYBODY:
        is_lifted = consent in lifted_by
        assert [write.source for write in allowed(stopped, consent)] == (["projects"] if is_lifted else []) + ["risks"]
        assert waits(stopped, consent) is (approvable and not is_lifted)
        assert approves(stopped, consent) is is_lifted
        assert lifted(stopped, consent) == (frozenset(stopped.refusals) if is_lifted else frozenset())


@pytest.mark.parametrize("guard", [Guard.FOREIGN_VALUE, Guard.DRIFT])
def test_what_asks_about_a_field_holds_that_field_only(guard: Guard) -> None:
    asking = plan(refusal(guard, field=STATUS), writes=(replace(WRITE, asks={STATUS: guard}),))
    assert values(asking, NOTHING) == values(asking, YES) == [("DS-07", [OVERDUE])]
    assert values(asking, DIGEST) == [("DS-07", [STATUS, OVERDUE])]
    assert [waits(asking, each) for each in EVERYBODY] == [True, True, False]
    [partly] = allowed(asking, YES)
    assert (partly.was, partly.why, partly.grounds, partly.asks) == (
        {OVERDUE: None},
        ("Overdue.",),
        {OVERDUE: "due"},
        {},
    )


def test_a_write_of_nothing_but_what_is_asked_about_waits_as_a_whole() -> None:
    asking = plan(
        refusal(Guard.DRIFT, field=STATUS),
        writes=(replace(WRITE, set={STATUS: "X"}, why=("Status.",), asks={STATUS: Guard.DRIFT}),),
    )
    assert allowed(asking, YES) == ()
    assert values(asking, DIGEST) == [("DS-07", [STATUS])]


def test_a_refusal_about_one_field_lifts_no_other() -> None:
    asks = {STATUS: Guard.DRIFT, OVERDUE: Guard.FOREIGN_VALUE}
    only_status = plan(refusal(Guard.DRIFT, field=STATUS), writes=(replace(WRITE, asks=asks),))
    assert values(only_status, DIGEST) == [("DS-07", [STATUS])]


def test_a_refusal_about_no_field_in_particular_lifts_every_field_that_its_guard_asks_about() -> None:
    asks = {OVERDUE: Guard.CLOCK_DIFFERS, SINCE: Guard.CLOCK_DIFFERS}
    late = replace(WRITE, set={**WRITE.set, SINCE: date(2026, 6, 3)}, why=(), asks=asks)
    doubted = plan(refusal(Guard.CLOCK_DIFFERS), writes=(late,))
    assert values(doubted, YES) == [("DS-07", [STATUS])]
    assert values(doubted, DIGEST) == [("DS-07", [STATUS, OVERDUE, SINCE])]


def test_one_refusal_that_stays_is_enough() -> None:
    both = plan(refusal(Guard.POLICY_CHANGED), refusal(Guard.UNEXPLAINED_WRITES))
    assert allowed(both, YES) == ()
    assert waits(both, YES)
    assert approves(both, YES), "the changed policy was approved, and that goes on record"
    assert allowed(both, DIGEST) == (WRITE,)
    final = plan(refusal(Guard.POLICY_CHANGED), refusal(Guard.COLUMN_CHANGED, approvable=False))
    assert allowed(final, DIGEST) == ()
    assert not waits(final, DIGEST), "no approval lifts what is left"


def test_a_reviewed_plan_lets_through_its_own_writes_whatever_it_was_refused_for() -> None:
    shown = plan(refusal(Guard.UNEXPLAINED_WRITES))
    assert allowed(shown, reviewed(shown)) == (WRITE,)
    assert not waits(shown, reviewed(shown))
    assert approves(shown, reviewed(shown))


def test_a_reviewed_plan_leaves_out_what_it_did_not_hold() -> None:
    shown, now = plan(), plan(writes=(WRITE, OTHER))
    assert allowed(now, reviewed(shown)) == (WRITE,)
    assert waits(now, reviewed(shown))
    assert allowed(now, reviewed(shown, level=Level.YES)) == (WRITE, OTHER)
    assert not waits(now, reviewed(shown, level=Level.YES))


def test_a_reviewed_plan_lifts_a_guard_for_its_own_writes_only() -> None:
    shown = plan(refusal(Guard.UNEXPLAINED_WRITES))
    now = plan(refusal(Guard.UNEXPLAINED_WRITES), writes=(WRITE, OTHER))
    assert allowed(now, reviewed(shown, level=Level.YES)) == (WRITE,)


def test_a_reviewed_plan_lifts_nothing_that_it_did_not_show_nor_what_is_final() -> None:
    shown = plan(refusal(Guard.FIRST_RUN), refusal(Guard.PARTIAL_READ, approvable=False))
    assert allowed(shown, reviewed(shown)) == ()
    surprised = plan(refusal(Guard.UNEXPLAINED_WRITES))
    assert allowed(surprised, reviewed(shown)) == ()
    assert waits(surprised, reviewed(shown))
    assert not approves(surprised, reviewed(shown))
    elsewhere = plan(refusal(Guard.FIRST_RUN, source="risks"), writes=(ELSEWHERE,))
    assert allowed(elsewhere, reviewed(shown, level=Level.NOTHING)) == ()


def test_a_reviewed_doubt_lifts_that_very_doubt_and_no_other() -> None:
    """That thirty records were gone when the plan was looked through says nothing about four hundred."""
    thirty = replace(refusal(Guard.RECORDS_GONE), seen="30 records are gone.")
    consent = reviewed(plan(thirty))
    assert consent.lifts(thirty, WRITE)
    assert not consent.lifts(replace(thirty, seen="400 records are gone."), WRITE)
    many = replace(refusal(Guard.UNEXPLAINED_WRITES), seen="400 writes.")
    assert reviewed(plan(many)).lifts(replace(many, seen="399 writes."), WRITE)
