"""What a person's word lets through: of a plan, the writes that nothing holds back any more.

| said                | lifts                                               | for which writes                   |
|---------------------|-----------------------------------------------------|------------------------------------|
| nothing             | nothing                                             | all                                |
| `--yes`, the prompt | a first run, a changed policy, an undo              | all                                |
| `--approve DIGEST`  | whatever can be approved                            | all, if the plan has that digest   |
| `--plan FILE`       | whatever can be approved and the file's plan showed | those of the file, as they were    |
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal


class Level(IntEnum):
    """How much was said."""

    NOTHING = 0
    YES = 1
    DIGEST = 2


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan that a person has looked through: its digest, those of its writes, and what it was refused for: source,
    guard, and what was seen."""

    digest: str
    policy_digest: str
    writes: frozenset[str]
    refusals: frozenset[tuple[str, Guard, str]]

    def showed(self, refusal: Refusal) -> bool:
        """Whether that refusal was looked at. Of a reading in doubt only the very same one was: that thirty records
        are gone says nothing about four hundred. What holds writes back may count fewer or more of them by now."""
        if refusal.doubts_read:
            return (refusal.source, refusal.guard, refusal.seen) in self.refusals
        return any((source, guard) == (refusal.source, refusal.guard) for source, guard, _ in self.refusals)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person, or nobody, says to a plan. `write`: whether to go on; `through`: how an approval was given;
    `asked`: somebody was asked and took the time to answer."""

    write: bool
    level: Level = Level.NOTHING
    through: str | None = None
    reviewed: Reviewed | None = None
    asked: bool = False

    @classmethod
    def nothing(cls) -> "Consent":
        return cls(write=False)

    def lifts(self, refusal: Refusal, write: PlannedWrite | None = None) -> bool:
        """Whether the refusal no longer holds back that write; without one, whether it is lifted for everything."""
        if not refusal.approvable:
            return False
        if self.level is Level.DIGEST or (self.level is Level.YES and refusal.yes_lifts):
            return True
        if self.reviewed is None or not self.reviewed.showed(refusal):
            return False
        return write is None or write.digest in self.reviewed.writes

    def leaves_out(self, write: PlannedWrite) -> bool:
        """Whether the write is none of those that were looked through, so that nobody has asked for it yet."""
        return self.reviewed is not None and self.level is Level.NOTHING and write.digest not in self.reviewed.writes


def allowed(plan: Plan, consent: Consent) -> tuple[PlannedWrite, ...]:
    """What may be written: whole writes, or of a write the values that nobody has to be asked about any more."""
    return tuple(_allowed(plan, consent)) if consent.write else ()


def waits(plan: Plan, consent: Consent) -> bool:
    """Whether a person's word is all that is missing somewhere: a refusal that can be lifted, a prompt answered with
    no, or a write that a reviewed plan does not hold."""
    if not consent.write:
        return bool(plan.writes) or any(refusal.approvable for refusal in plan.refusals)
    held = any(refusal.approvable and not consent.lifts(refusal) for refusal in plan.refusals)
    return held or any(consent.leaves_out(write) for write in plan.writes)


def lifted(plan: Plan, consent: Consent) -> frozenset[Refusal]:
    """The refusals of the plan that the consent lifts for everything."""
    return frozenset(refusal for refusal in plan.refusals if consent.write and consent.lifts(refusal))


def approves(plan: Plan, consent: Consent) -> bool:
    """Whether the consent lifts any refusal of the plan: then it is an approval, and goes on record."""
    return bool(lifted(plan, consent))


def _allowed(plan: Plan, consent: Consent) -> Iterator[PlannedWrite]:
    by_source: dict[str, list[Refusal]] = {}
    for refusal in plan.refusals:
        by_source.setdefault(refusal.source, []).append(refusal)
    for write in plan.writes:
        of_source = by_source.get(write.source, ())
        freed = {(refusal.guard, refusal.field) for refusal in of_source if consent.lifts(refusal, write)}
        held = any(each.holds_source and (each.guard, each.field) not in freed for each in of_source)
        if held or consent.leaves_out(write):
            continue
        free = [name for name in write.set if _is_free(write.asks.get(name), name, freed)]
        if free:
            yield write.only(free)


def _is_free(guard: Guard | None, name: OwnedField, freed: set[tuple[Guard, OwnedField | None]]) -> bool:
    return guard is None or (guard, name) in freed or (guard, None) in freed
