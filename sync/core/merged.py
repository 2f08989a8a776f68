"""One project that several lists tell of: what they say differently, and one record with what is believed."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import Enum

from sync.core.dates import plain
from sync.core.findings import Finding, FindingKind
from sync.core.matching import Matched
from sync.core.model import REFERENCES, FieldType, Kind, Reference, field_types
from sync.core.policy import PrecedencePolicy
from sync.core.precedence import (
    ON_ONE_MATRIX,
    Meaning,
    believed,
    believed_groups,
    believed_source,
    declared_source,
    is_leads_own,
    lead,
    meaning,
    states,
)
from sync.core.record_findings import finding
from sync.core.sharing import is_once_in_each, sharing_a_key
from sync.core.snapshot import Record, RecordId
from sync.core.text import listed, quote

_QUOTABLE = frozenset(FieldType) - {FieldType.PEOPLE, FieldType.REFERENCE}
"""Nobody's name is told in another list; what a reference names may be of a restricted one."""


def same_in_two(matched: Matched, precedence: Mapping[Kind, PrecedencePolicy]) -> tuple[Finding, ...]:
    """One finding for every field of which two lists say different things about one project, sorted.

    It stands in the row whose value is not believed; in all of them where none is declared to be. What a list leaves
    blank contradicts nothing. Other kinds than projects are compared only where a precedence is declared: registers
    number their risks each for itself.
    """
    means = _meaning_in(matched)
    return tuple(
        sorted(
            found
            for group in sharing_a_key(matched.records, matched.mappings)
            if is_once_in_each(group) and (group[0].kind is Kind.PROJECT or group[0].kind in precedence)
            for name in _compared(group, matched)
            for found in _differing(_saying(group, name, matched), group, name, precedence.get(group[0].kind), means)
        )
    )


def as_one(matched: Matched, precedence: Mapping[Kind, PrecedencePolicy]) -> Matched:
    """The records as totals and reports count them: without copies, and what counts with the values that are believed.

    What refers to a copy belongs to the record that counts. Not for deciding what is written: each list's row goes by
    its own values, so that staff find the reason for ours beside them.
    """
    if not matched.copies:
        return matched
    together: dict[RecordId, list[Record]] = defaultdict(list)
    for record in matched.records:
        together[matched.copies.get(record.id, record.id)].append(record)
    means = _meaning_in(matched)
    by_id = {first: _told_by_all(matched.by_id[first], group, precedence, means) for first, group in together.items()}
    parents = {
        first: by_id[matched.copies.get(parent.id, parent.id)]
        for first, group in together.items()
        if (parent := _parent(group, matched, precedence, means))
    }
    waiting = {
        first: {name for each in group for name in matched.uncertain.get(each.id, ())}
        for first, group in together.items()
    }
    counting = matched.with_records([by_id[each.id] for each in matched.records if each.id in by_id], parents)
    uncertain = {first: tuple(sorted(names)) for first, names in waiting.items() if names}
    return replace(counting, copies={}, uncertain=uncertain)


def bears_on(matched: Matched, one: Matched) -> dict[RecordId, Record]:
    """What a change of each record bears on besides itself: what it refers to, and of a copy the record that counts.

    `one` is `as_one(matched, ...)`: what counts belongs where the lists together say.
    """
    counting = frozenset(matched.copies.values())
    apart = {record_id: parent for record_id, parent in matched.parents.items() if record_id not in counting}
    together = {first: one.parents[first] for first in counting if first in one.parents}
    return apart | together | {copy: matched.by_id[first] for copy, first in matched.copies.items()}


def _told_by_all(
    first: Record, group: Sequence[Record], precedence: Mapping[Kind, PrecedencePolicy], means: Meaning
) -> Record:
    if len(group) == 1:
        return first
    policy = precedence.get(first.kind)
    return replace(first, fields=believed(group, policy, means), groups=believed_groups(group, policy))


def _parent(
    group: Sequence[Record], matched: Matched, precedence: Mapping[Kind, PrecedencePolicy], means: Meaning
) -> Record | None:
    """The record that the believed reference names."""
    for name, _ in REFERENCES[group[0].kind]:
        source = group[0] if len(group) == 1 else believed_source(group, name, precedence.get(group[0].kind), means)
        return matched.parents.get(source.id) if source else None
    return None


def _meaning_in(matched: Matched) -> Meaning:
    """Compares references by what they name, where that is known: one list may look it up, another write its key."""

    def means(record: Record, name: str) -> Hashable:
        named = matched.parents.get(record.id) if isinstance(getattr(record.fields, name), Reference) else None
        return matched.copies.get(named.id, named.id) if named else meaning(record, name)

    return means


def _compared(group: Sequence[Record], matched: Matched) -> Iterator[str]:
    """The fields of which lists may differ; steps of a scale only where all of them have the same matrix."""
    matrices = {matched.mappings[record.source].matrix for record in group}
    for name, of in field_types(group[0].kind).items():
        is_score = name in ON_ONE_MATRIX and of is not FieldType.RATING and len(matrices) == 1
        if is_score or not is_leads_own(name):
            yield name


def _saying(group: Sequence[Record], name: str, matched: Matched) -> list[Record]:
    """Those that say something of a field; of a reference, something that is understood."""
    is_reference = field_types(group[0].kind)[name] is FieldType.REFERENCE
    return [each for each in group if states(each, name) and not (is_reference and each.id not in matched.parents)]


def _differing(
    saying: Sequence[Record], group: Sequence[Record], name: str, policy: PrecedencePolicy | None, means: Meaning
) -> Iterator[Finding]:
    said = {record.id: means(record, name) for record in saying}
    if len(set(said.values())) < 2:
        return
    winner = declared_source(saying, name, policy)
    if winner is None and lead(group, policy):
        winner = believed_source(saying, name, policy, means)
    for record in saying:
        if winner is None or said[record.id] != said[winner.id]:
            others = [other for other in saying if said[other.id] != said[record.id]]
            yield _told(record, name, others, winner)


def _told(record: Record, name: str, others: Sequence[Record], winner: Record | None) -> Finding:
    """`End is 1 May 2026 here and 3 June 2026 in finance; finance is believed`."""
    field = name.replace("_", " ").capitalize()
    is_quoted = field_types(record.kind)[name] in _QUOTABLE
    named = [other for other in others if not other.restricted]
    if is_quoted:
        parts = [f"{_shown(record, name)} here", *(f"{_shown(other, name)} in {other.source}" for other in named)]
        parts += ["something else in a restricted list"] if len(named) < len(others) else []
        said = f"{field} is {listed(parts)}"
    else:
        places = [other.source for other in named] + (["a restricted list"] if len(named) < len(others) else [])
        said = f"{field} is another here than in {listed(places)}"
    return finding(
        record,
        FindingKind.DIFFERING_VALUE,
        f"{said}; {_verdict(winner)}",
        plain=f"{field} is another in another list",
    )


def _verdict(winner: Record | None) -> str:
    if winner is None:
        return "no list is declared to be believed"
    return f"{'a restricted list' if winner.restricted else winner.source} is believed"


def _shown(record: Record, name: str) -> str:
    value = getattr(record.fields, name)
    match value:
        case Enum():
            return quote(str(value.value).replace("_", " "))
        case date():
            return plain(value)
        case bool():
            return "yes" if value else "no"
        case float() | int():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case _:
            return quote(str(value))
