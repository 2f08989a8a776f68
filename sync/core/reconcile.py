"""Three values per owned field, one decision: what we last wrote, what is there now, what should be there.

| baseline | live              | outcome                                                   |
|----------|-------------------|-----------------------------------------------------------|
| any      | equals desired    | same; the baseline heals to it                            |
| none     | blank             | write                                                     |
| none     | anything else     | foreign: left alone, unless the source's `adopt` is true  |
| some     | equals baseline   | write                                                     |
| some     | anything else     | drift: restored or respected, by the source's policy      |
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal

from sync.core import explain
from sync.core.findings import Finding, FindingKind
from sync.core.mapping import Binding
from sync.core.owned import blank_value, limit
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.snapshot import Baseline, Record
from sync.core.text import cut, length, tidy


class Missing(Enum):
    """There is no baseline: we never wrote this field of this record, nor agreed to its value."""

    MISSING = "missing"


MISSING: Literal[Missing.MISSING] = Missing.MISSING
MaybeValue = OwnedValue | Literal[Missing.MISSING]


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
    """What to do about one record: values to write (and what was there), values that are not ours, and findings.

    `healed`: values that live and desired agree on and that the baseline does not hold yet.
    """

    set: Mapping[OwnedField, OwnedValue]
    was: Mapping[OwnedField, OwnedValue]
    foreign: Mapping[OwnedField, Foreign]
    healed: Mapping[OwnedField, OwnedValue]
    findings: tuple[Finding, ...]


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
    record: Record, want: Mapping[OwnedField, OwnedValue], baseline: Baseline | None, binding: Binding, today: date
) -> RecordOutcome:
    """The outcome for one record. `want` holds the fields to decide; fields that are not in it stay as they are.

    Where a person's change is undone, the reason says so, with the date, until it changes for another cause.
    """
    known = baseline.values if baseline else {}
    outcomes = {name: _outcome(record, name, value, known, binding) for name, value in want.items()}
    if OwnedField.REASON in want:
        told = _reason(outcomes, want[OwnedField.REASON], known, binding, today)
        agreed = {OwnedField.REASON: record.owned.get(OwnedField.REASON)} if _agrees(outcomes) else {}
        outcomes[OwnedField.REASON] = _outcome(record, OwnedField.REASON, told, {**agreed, **known}, binding)
    in_order = [(name, outcomes[name]) for name in OwnedField if name in outcomes]
    writes = {name: change for name, outcome in in_order if (change := _written(outcome))}
    return RecordOutcome(
        set={name: change.new for name, change in writes.items()},
        was={name: change.old for name, change in writes.items()},
        foreign={name: outcome for name, outcome in in_order if isinstance(outcome, Foreign)},
        healed={
            name: outcome.value
            for name, outcome in in_order
            if isinstance(outcome, Same) and known.get(name, MISSING) != outcome.value
        },
        findings=tuple(
            _drift_finding(record, name, outcome, today) for name, outcome in in_order if isinstance(outcome, Drift)
        ),
    )


def _outcome(
    record: Record, name: OwnedField, want: OwnedValue, known: Mapping[OwnedField, OwnedValue], binding: Binding
) -> FieldOutcome:
    policy = binding.mapping.write
    live = record.owned.get(name)
    base = known.get(name, MISSING)
    blank = blank_value(binding.owned[name])
    return decide(base, live, want, drift=policy.drift_of(name), adopt=policy.adopt, blank=blank)


def _agrees(outcomes: Mapping[OwnedField, FieldOutcome]) -> bool:
    """Whether the live reason is the one we would give: then it counts as ours, also where we have to add to it."""
    return isinstance(outcomes[OwnedField.REASON], Same)


def _written(outcome: FieldOutcome) -> Write | None:
    if isinstance(outcome, Drift) and outcome.policy is DriftPolicy.RESTORE:
        return Write(outcome.live, outcome.want)
    return outcome if isinstance(outcome, Write) else None


def _drift_finding(record: Record, name: OwnedField, drift: Drift, today: date) -> Finding:
    restore = drift.policy is DriftPolicy.RESTORE
    if record.restricted:
        said = f"{explain.FIELD_LABELS[name]} was changed by hand and {'restored' if restore else 'left so'}."
    elif restore:
        said = explain.restored(name, drift.live, today)
    else:
        said = explain.respected(name, drift.live, drift.want)
    return Finding(record.source, record.id.item_id, FindingKind.DRIFT, record.label, f"{record.label}: {said}")


def _reason(
    outcomes: Mapping[OwnedField, FieldOutcome],
    core: OwnedValue,
    known: Mapping[OwnedField, OwnedValue],
    binding: Binding,
    today: date,
) -> OwnedValue:
    """The reason with what it has to tell of changes undone: today's, else those it told so far.

    The baseline's reason is the only memory: as long as it is what this reason and its sentences make, they stay.
    """
    longest = limit(binding.owned[OwnedField.REASON])
    own = core if isinstance(core, str) else ""
    before = known.get(OwnedField.REASON)
    carried = _carried(before, own, longest) if isinstance(before, str) else ""
    text = _joined(own, [carried] if carried else [], longest)
    undone = [
        explain.restored(name, outcome.live, today)
        for name in OwnedField
        if isinstance(outcome := outcomes.get(name), Drift) and outcome.policy is DriftPolicy.RESTORE
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
