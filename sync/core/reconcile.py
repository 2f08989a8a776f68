"""Three values per owned field, one decision: what we last wrote, what is there now, what should be there.

| baseline | live              | outcome                                                   |
|----------|-------------------|-----------------------------------------------------------|
| any      | equals desired    | same; the baseline heals to it                            |
| none     | blank             | write                                                     |
| none     | anything else     | foreign: asked about, unless it may be adopted            |
| some     | equals baseline   | write                                                     |
| some     | anything else     | drift: restored, respected or asked about, by the field   |

A value that is asked about is planned all the same, and written once a person has approved it. A record that left the
rows that count has its values cleared by the same table, where blank is what is desired.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Literal

from sync.core import explain
from sync.core.columns import ColumnType
from sync.core.mapping import Binding
from sync.core.owned import blank_value, limit
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.plan import Guard
from sync.core.snapshot import Baseline, LeftOut, Record
from sync.core.text import cut, length, tidy


class Missing(Enum):
    """There is no baseline: we never wrote this field of this record, nor agreed to its value."""

    MISSING = "missing"


MISSING: Literal[Missing.MISSING] = Missing.MISSING
MaybeValue = OwnedValue | Literal[Missing.MISSING]

BY_DATE: frozenset[OwnedField] = frozenset(
    {
        OwnedField.STATUS,
        OwnedField.OVERDUE,
        OwnedField.OVERDUE_SINCE,
        OwnedField.REASON,
        OwnedField.NEXT_REVIEW,
        OwnedField.ESCALATE_TO,
        OwnedField.CHECK,
    }
)
"""The fields that a date may change: those that a doubted clock leaves as they are."""


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing to do; the baseline heals to `value`."""

    value: OwnedValue


@dataclass(frozen=True, slots=True)
class Write:
    old: OwnedValue
    new: OwnedValue


@dataclass(frozen=True, slots=True)
class Drift:
    """A person changed what we wrote."""

    base: OwnedValue
    live: OwnedValue
    want: OwnedValue
    policy: DriftPolicy


@dataclass(frozen=True, slots=True)
class Foreign:
    """Somebody else wrote into a column that is ours alone."""

    live: OwnedValue
    want: OwnedValue


FieldOutcome = Same | Write | Drift | Foreign


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """What to do about one record, by owned field in a stable order.

    `set`: values to write; `was`: what was there; `asks`: those of `set` that wait for a person, by the guard that
    asks. `drifts`: what people changed, with the policy as it acts in this run. `healed`: values that live and desired
    agree on and that the baseline does not hold yet.
    """

    set: Mapping[OwnedField, OwnedValue]
    was: Mapping[OwnedField, OwnedValue]
    asks: Mapping[OwnedField, Guard]
    drifts: Mapping[OwnedField, Drift]
    healed: Mapping[OwnedField, OwnedValue]


def decide(
    baseline: MaybeValue,
    live: OwnedValue,
    want: OwnedValue,
    *,
    drift: DriftPolicy = DriftPolicy.RESTORE,
    adopt: bool = False,
    blank: OwnedValue = None,
) -> FieldOutcome:
    """The outcome for one field, by the table above. `blank`: what the column holds by itself, its default."""
    if alike(live, want):
        return Same(want)
    if isinstance(baseline, Missing):
        ours = adopt or alike(live, None) or alike(live, blank)
        return Write(live, want) if ours else Foreign(live, want)
    if alike(live, baseline):
        return Write(live, want)
    return Drift(baseline, live, want, drift)


def alike(one: OwnedValue, other: OwnedValue) -> bool:
    """Whether two owned values are the same to a reader: line ends and outer space make no difference."""
    return _normal(one) == _normal(other)


def reconcile(
    record: Record,
    want: Mapping[OwnedField, OwnedValue],
    baseline: Baseline | None,
    binding: Binding,
    today: date,
    *,
    adopt: bool = False,
    clock_doubted: bool = False,
) -> RecordOutcome:
    """The outcome for one record. `want` holds the fields to decide; fields that are not in it stay as they are.

    `adopt`: what others wrote may be replaced in this run, whatever the mapping says. `clock_doubted`: what day it is
    cannot be trusted, so values of `BY_DATE` are asked about. Where a person's change is undone, the reason says so,
    with the date, until it changes for another cause.
    """
    case = _Case(record.owned, baseline.values if baseline else {}, binding, adopt, clock_doubted, record.restricted)
    outcomes = {name: case.outcome(name, value) for name, value in want.items()}
    if OwnedField.REASON in want:
        told = _reason(outcomes, want[OwnedField.REASON], case, today)
        # Where it is just the baseline that would be written again, somebody took a sentence out of it: that is drift.
        is_ours = _agrees(outcomes) and not alike(told, case.known.get(OwnedField.REASON))
        agreed = {OwnedField.REASON: record.owned.get(OwnedField.REASON)} if is_ours else {}
        outcomes[OwnedField.REASON] = case.with_known(agreed).outcome(OwnedField.REASON, told)
    return case.sorted_out(outcomes)


def leave(left: LeftOut, baseline: Baseline, binding: Binding) -> RecordOutcome:
    """The outcome for a record that left the rows that count: what is known to be ours is cleared, the stamp with it.

    Values that we never agreed to are somebody else's and stay; so does a column's own default.
    """
    case = _Case(left.owned, baseline.values, binding)
    outcomes: dict[OwnedField, FieldOutcome] = {}
    for name in binding.owned:
        live, cleared = left.owned.get(name), _cleared(binding, name)
        if name not in baseline.values and name is not OwnedField.STAMP:
            continue
        if alike(live, cleared) or alike(live, blank_value(binding.owned[name])):
            outcomes[name] = Same(live)
        else:
            outcomes[name] = Write(live, cleared) if name is OwnedField.STAMP else case.outcome(name, cleared)
    return case.sorted_out(outcomes)


def _cleared(binding: Binding, name: OwnedField) -> OwnedValue:
    return False if binding.owned[name].type is ColumnType.YES_NO else None


@dataclass(frozen=True, slots=True)
class _Case:
    """One record: what its columns hold, what the baseline holds, and what decides between them."""

    live: Mapping[OwnedField, OwnedValue]
    known: Mapping[OwnedField, OwnedValue]
    binding: Binding
    adopt: bool = False
    clock_doubted: bool = False
    restricted: bool = False

    def with_known(self, agreed: Mapping[OwnedField, OwnedValue]) -> "_Case":
        """The same, with values that count as ours whatever the baseline has."""
        return replace(self, known={**self.known, **agreed})

    def outcome(self, name: OwnedField, want: OwnedValue) -> FieldOutcome:
        policy = self.binding.mapping.write
        return decide(
            self.known.get(name, MISSING),
            self.live.get(name),
            want,
            drift=policy.drift_of(name),
            adopt=self.adopt or policy.adopt,
            blank=blank_value(self.binding.owned[name]),
        )

    def asks(self, name: OwnedField, outcome: FieldOutcome) -> Guard | None:
        """The guard that holds the value back until a person has approved it; a value of somebody's that would be
        replaced comes before a doubt about the day."""
        if isinstance(outcome, Foreign):
            return Guard.FOREIGN_VALUE
        if isinstance(outcome, Drift) and outcome.policy is DriftPolicy.ASK:
            return Guard.DRIFT
        return Guard.CLOCK_DIFFERS if self.doubts(name) else None

    def doubts(self, name: OwnedField) -> bool:
        return self.clock_doubted and name in BY_DATE

    def drift(self, name: OwnedField, outcome: FieldOutcome) -> Drift | None:
        """A person's change, with the policy as it acts in this run: nothing is restored that is only asked about."""
        if not isinstance(outcome, Drift):
            return None
        waits = outcome.policy is DriftPolicy.RESTORE and self.doubts(name)
        return replace(outcome, policy=DriftPolicy.ASK) if waits else outcome

    def sorted_out(self, outcomes: Mapping[OwnedField, FieldOutcome]) -> RecordOutcome:
        in_order = [(name, outcomes[name]) for name in OwnedField if name in outcomes]
        writes = {name: change for name, outcome in in_order if (change := _change(outcome))}
        return RecordOutcome(
            set={name: change.new for name, change in writes.items()},
            was={name: change.old for name, change in writes.items()},
            asks={name: guard for name in writes if (guard := self.asks(name, outcomes[name]))},
            drifts={name: drift for name, outcome in in_order if (drift := self.drift(name, outcome))},
            healed={
                name: outcome.value
                for name, outcome in in_order
                if isinstance(outcome, Same) and self._heals(name, outcome.value)
            },
        )

    def _heals(self, name: OwnedField, value: OwnedValue) -> bool:
        """Whether the baseline has yet to hold it. A stamp is never agreed to, nor what a doubted clock made."""
        return not (name is OwnedField.STAMP or self.doubts(name) or self.known.get(name, MISSING) == value)


def _agrees(outcomes: Mapping[OwnedField, FieldOutcome]) -> bool:
    """Whether the live reason is the one we would give: then it counts as ours, also where we have to add to it."""
    return isinstance(outcomes[OwnedField.REASON], Same)


def _change(outcome: FieldOutcome) -> Write | None:
    """What would be written, whether a person has to be asked first or not."""
    match outcome:
        case Write():
            return outcome
        case Foreign(live, want):
            return Write(live, want)
        case Drift(_, live, want, policy) if policy is not DriftPolicy.RESPECT:
            return Write(live, want)
        case _:
            return None


def _reason(outcomes: Mapping[OwnedField, FieldOutcome], core: OwnedValue, case: _Case, today: date) -> OwnedValue:
    """The reason with what it has to tell of changes undone: today's, else those it told so far.

    The baseline's reason is the only memory: as long as it is what this reason and its sentences make, they stay. What
    is only asked about has not been undone, so nothing is said of it.
    """
    longest = limit(case.binding.owned[OwnedField.REASON])
    own = core if isinstance(core, str) else ""
    before = case.known.get(OwnedField.REASON)
    carried = _carried(before, own, longest) if isinstance(before, str) else ""
    text = _joined(own, [carried] if carried else [], longest)
    drifts = {name: case.drift(name, outcome) for name, outcome in outcomes.items()}
    undone = [
        explain.restored(name, drift.live, today, quoted=not case.restricted)
        for name in OwnedField
        if (drift := drifts.get(name)) and drift.policy is DriftPolicy.RESTORE
    ]
    return (_joined(own, undone, longest) if undone else text) or None


_SENTENCE_START = re.compile(f"(?:{'|'.join(explain.FIELD_LABELS.values())}) was (?:changed|cleared) by hand")
_SENTENCES = re.compile(f"(?:{_SENTENCE_START.pattern}.*; restored on [0-9]+ [A-Z][a-z]+ [0-9]+\\. ?)+")


def _carried(before: str, own: str, longest: int | None) -> str:
    """The sentences about undone changes at the end of the last reason, if its beginning still holds."""
    tails = (before[found.start() :] for found in _SENTENCE_START.finditer(before))
    still_said = (tail for tail in tails if _SENTENCES.fullmatch(tail) and _joined(own, [tail], longest) == before)
    return next(still_said, "")


def _joined(own: str, sentences: Sequence[str], longest: int | None) -> str:
    """A reason and sentences after it. Sentences that do not fit are left out, then the reason is cut."""
    added = " ".join(_fitting(sentences, longest))
    if not own or not added:
        return own or added
    room = None if longest is None else longest - length(added) - 1
    return added if room is not None and room < 2 else f"{cut(own, room)} {added}"


def _fitting(sentences: Sequence[str], longest: int | None) -> Iterator[str]:
    used = -1
    for sentence in sentences:
        used += length(sentence) + 1
        if longest is None or used <= longest:
            yield sentence


def _normal(value: OwnedValue) -> OwnedValue:
    return (tidy(value) or None) if isinstance(value, str) else value
