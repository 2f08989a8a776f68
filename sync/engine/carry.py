"""Carries a decided plan through, from a person's word to what the next run has to know."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.approval import Consent, approves
from sync.core.audit import Act, Entry
from sync.core.ownership import OwnedField
from sync.core.plan import Plan, Refusal
from sync.core.snapshot import RecordId
from sync.engine.decide import Decided
from sync.engine.histories import Advanced
from sync.engine.holds import holds_set
from sync.engine.journal import Pen
from sync.engine.observed import Observed
from sync.engine.outcomes import Attempt, Written, summed_up
from sync.engine.ports import Applied
from sync.engine.remember import rows_to_remember
from sync.engine.rounds import FirstWords, Grounds, Rounds
from sync.engine.state import Approval, SourceState
from sync.engine.stop import Stop
from sync.engine.targets import Portfolio
from sync.engine.write import OnWrite, Writer


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of a plan: the newest decision, what became of every write, and the histories as they are kept."""

    decided: Decided
    written: Written
    histories: Advanced


def nothing_carried(decided: Decided, portfolio: Portfolio) -> Carried:
    """A plan that was only looked at."""
    return Carried(decided, Written(), Advanced.of(decided, portfolio))


def carry_through(
    grounds: Grounds,
    pen: Pen,
    decided: Decided,
    consent: Consent,
    *,
    stop: Stop,
    on_write: OnWrite,
    person: Callable[[], int],
    observed: Observed,
) -> Carried:
    """Writes what the consent allows and leaves the next run what it has to know.

    `person` is asked for the number of whoever approves, if anybody does.
    """
    approval = approval_of(decided.plan, consent, pen, person)
    free = _free(decided, consent)
    said = FirstWords(
        states=_approved(grounds, decided, pen, free - _left_out(decided, consent)),
        approval=approval,
        audit=(*told_of(approval, pen), *observed.entries(pen)),
    )
    writer = Writer(pen, stop, on_write)
    rounds = Rounds(grounds, pen, writer, decided)
    rounds.run(consent, said)
    last = rounds.decided
    raised = _free(last, rounds.later(consent)) if last is not decided else free
    through = sorted(free & raised - rounds.pending() - set(rounds.given_up))
    pen.agree({row: values for name in sorted(free) for row, values in last.planned.healed.get(name, {}).items()})
    if grounds.terms.resync:
        pen.accept({row.id: row.owned[OwnedField.STAMP] for row in observed.strangers() if row.source in through})
    held = [refusal for refusal in decided.plan.refusals if not consent.lifts(refusal)]
    holds = holds_set(last, through, grounds.lists, observed.runs)
    histories = Advanced.of(last, grounds.portfolio, through, holds)
    pen.conclude(
        [last.applied(name, pen.run_id) for name in through],
        rows_to_remember(last, through, grounds.portfolio.sources, _versions(writer.attempts)),
        audit=(*_held(held, pen, pen.clock.now()), *(each.entry(pen.clock.now(), pen.run_id) for each in holds)),
        histories=histories,
    )
    written = summed_up(decided.plan.writes, writer.attempts, rounds.given_up, stopped=stop.requested)
    return Carried(last, written, histories)


def _versions(attempts: Sequence[Attempt]) -> dict[RecordId, str]:
    """The ETags that our own writes gave, where the host told them."""
    return {
        each.write.id: each.outcome.version
        for each in attempts
        if isinstance(each.outcome, Applied) and each.outcome.version
    }


def _free(decided: Decided, consent: Consent) -> set[str]:
    """The sources that nothing holds as a whole any more."""
    held = {each.source for each in decided.plan.refusals if each.holds_source and not consent.lifts(each)}
    return set(decided.inputs) - held


def _left_out(decided: Decided, consent: Consent) -> set[str]:
    """The sources of which a reviewed plan did not show every write: their rules are asked about once more, because
    the next run writes without a word what those that were let through ask for."""
    return {write.source for write in decided.plan.writes if consent.leaves_out(write)}


def _approved(grounds: Grounds, decided: Decided, pen: Pen, free: set[str]) -> tuple[SourceState, ...]:
    """The states of sources that may be written to under other rules than before, for the first time, or because a
    person lifted what held them: kept before the first write, so that what a run leaves undone that is killed, told to
    stop or throttled needs no second approval."""
    states = [decided.state(name, pen.run_id) for name in sorted(free)]
    lifted = {refusal.source for refusal in decided.plan.refusals if refusal.holds_source}
    known = grounds.memory.of(sorted({(state.host, state.list_guid) for state in states}))
    return tuple(
        state
        for state in states
        if (before := known[state.host, state.list_guid].states.get(state.source)) is None
        or before.policy_digest != state.policy_digest
        or state.source in lifted
    )


def approval_of(plan: Plan, consent: Consent, pen: Pen, person: Callable[[], int]) -> Approval | None:
    """The approval that goes on record, where the consent is one."""
    if not approves(plan, consent):
        return None
    return Approval(plan.digest, person(), pen.clock.now(), consent.through or "")


def told_of(approval: Approval | None, pen: Pen) -> Iterator[Entry]:
    """What the audit says of an approval."""
    if approval is not None:
        why = f"plan {approval.digest} through {approval.through}"
        yield Entry(at=approval.at, act=Act.APPROVED, run_id=pen.run_id, why=why, person=approval.by)


def _held(refusals: Sequence[Refusal], pen: Pen, at: datetime) -> Iterator[Entry]:
    """What was not written because a guard held it: the guard and the column, nothing of what was seen."""
    for refusal in refusals:
        yield Entry(
            at=at,
            act=Act.HELD,
            run_id=pen.run_id,
            source=refusal.source,
            column=refusal.field.value if refusal.field else None,
            why=refusal.guard.value,
        )
