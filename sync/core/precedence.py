"""Which list is believed where several tell of one thing: by kind and field, as the portfolio file declares.

A list says nothing of a field that it leaves blank, or whose word nobody knows. Nothing is guessed: where lists differ
and none of them is declared to be believed, no value wins.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields
from typing import Any

from sync.core.model import (
    CLASSES,
    HOLD_FIELDS,
    Band,
    Confidence,
    Fields,
    Health,
    Person,
    Reference,
    RiskStatus,
    WorkStatus,
)
from sync.core.policy import PrecedencePolicy
from sync.core.snapshot import Record, RecordId
from sync.core.text import fold

Meaning = Callable[[Record, str], Hashable]
"""What a record's value of a field is compared by."""

ON_ONE_MATRIX: frozenset[str] = frozenset(
    {
        "inherent_likelihood",
        "inherent_impact",
        "likelihood",
        "impact",
        "target_likelihood",
        "target_impact",
        "rating",
        "score",
        "band",
        "matrix_version",
    }
)
"""What a risk's list says in steps of its own matrix: of another list's scales it means nothing, so all of it is the
record's own that counts."""

_SAYS_NOTHING = (WorkStatus.UNKNOWN, RiskStatus.UNKNOWN, Health.UNKNOWN, Confidence.NOT_RATED, Band.NOT_ASSESSED)


def lead(records: Sequence[Record], policy: PrecedencePolicy | None) -> Record | None:
    """The record that counts for all of these, which share a key in several lists; None where nothing is declared.

    It is that of the first of the declared sources. A restricted one counts only where all are: what it says may not
    be told elsewhere, and what the others say may.
    """
    if policy is None or not any(record.source in policy.sources for record in records):
        return None
    order = {source: place for place, source in enumerate(policy.sources)}
    return min(tellable(records), key=lambda record: (order.get(record.source, len(order)), *_place(record)))


def tellable(records: Sequence[Record]) -> Sequence[Record]:
    """Those that are not restricted, or all where all of them are."""
    return [record for record in records if not record.restricted] or records


def states(record: Record, name: str) -> bool:
    """Whether a record says anything of a field: it is not blank, and no word that nobody knows."""
    value = getattr(record.fields, name)
    return value is not None and value != () and not _says_nothing(value)


def meaning(record: Record, name: str) -> Hashable:
    """A record's value in the form in which two lists are compared: case, width and space make no difference, nor does
    the order of people. They go by their names, which every list has."""
    value = getattr(record.fields, name)
    match value:
        case tuple():
            return frozenset(fold(person.name) for person in value if isinstance(person, Person))
        case Reference():
            return fold(value.text)
        case str():
            return fold(value)
        case _:
            said: Hashable = value
            return said


def declared_source(records: Sequence[Record], name: str, policy: PrecedencePolicy | None) -> Record | None:
    """The record whose value of a field is declared to be believed, among those that say something of it."""
    order = policy.fields.get(name, policy.sources) if policy else ()
    saying = [record for record in tellable(records) if states(record, name)]
    return next((record for source in order for record in saying if record.source == source), None)


def believed_source(
    records: Sequence[Record], name: str, policy: PrecedencePolicy | None, means: Meaning = meaning
) -> Record | None:
    """The record whose value of a field is believed: as declared, else where all that say something of it agree; None
    where they differ undecided. `means` is what values are compared by."""
    if declared := declared_source(records, name, policy):
        return declared
    saying = sorted((record for record in tellable(records) if states(record, name)), key=_place)
    return saying[0] if len({means(record, name) for record in saying}) == 1 else None


def believed(records: Sequence[Record], policy: PrecedencePolicy | None, means: Meaning = meaning) -> Fields:
    """One thing as its lists together tell of it: each field from the list that is believed, blank where none is.

    The key, whether it is confidential, its hold, and a risk's scores are those of the record that leads.
    """
    first = lead(records, policy) or min(tellable(records), key=_place)
    values: dict[str, Any] = {}
    for each in fields(CLASSES[first.kind]):
        source = first if is_leads_own(each.name) else believed_source(records, each.name, policy, means)
        values[each.name] = getattr(source.fields, each.name) if source else _blank(first, each.name)
    return CLASSES[first.kind](**values)


def believed_groups(records: Sequence[Record], policy: PrecedencePolicy | None) -> dict[str, str]:
    """What one thing is counted under as its lists together tell: for each mapped grouping the word of the first of
    the declared sources that has one, else the word on which all agree."""
    told = sorted(tellable(records), key=_place)
    order = policy.sources if policy else ()
    groups: dict[str, str] = {}
    for name in sorted({name for record in told for name in record.groups}):
        saying = [record for record in told if name in record.groups]
        declared = [record for source in order for record in saying if record.source == source]
        if declared or len({fold(record.groups[name]) for record in saying}) == 1:
            groups[name] = (declared or saying)[0].groups[name]
    return groups


def is_leads_own(name: str) -> bool:
    """Whether a field is never another list's to tell. A hold is of the row that it is set in, all of it."""
    return name in ("key", "confidential", *HOLD_FIELDS) or name in ON_ONE_MATRIX


def _says_nothing(value: object) -> bool:
    """Members only: a title may well be `Unknown`."""
    return any(value is silent for silent in _SAYS_NOTHING)


def _blank(record: Record, name: str) -> object:
    return () if isinstance(getattr(record.fields, name), tuple) else None


def _place(record: Record) -> tuple[str, RecordId]:
    return record.source, record.id
