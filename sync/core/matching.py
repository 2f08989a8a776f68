"""Which record belongs to which: parents by lookup or key, duplicates, orphans, and what an unread list leaves open.

A reference is resolved or reported, never guessed. Where a list could not be read, nothing is concluded from what is
missing in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sync.core.findings import Finding, FindingKind
from sync.core.model import REFERENCES, Kind, Reference
from sync.core.policy import SourceMapping
from sync.core.snapshot import Complete, Record, RecordId, Snapshot
from sync.core.text import fold, listed, quote

_NEEDS_PARENT = frozenset({Kind.MILESTONE, Kind.ACTION})
_ORPHANS = frozenset({Kind.MILESTONE, Kind.RISK, Kind.ISSUE, Kind.ACTION})
_RISKS = (Kind.RISK, Kind.ISSUE)

_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Matched:
    """Every record that was read completely, and how they hang together.

    `records` are sorted by source and item. `parents`: the record that a reference field names. `duplicates` share
    their key with another record: they count, and are not written. `findings` are all there are so far, those of the
    conversion included. `uncertain`: for a record whose decision they could have changed, the sources not read.
    `unsettled`: records whose own reference may yet turn out to name a record of a list that was not read.
    """

    records: tuple[Record, ...]
    by_id: Mapping[RecordId, Record]
    parents: Mapping[RecordId, Record]
    duplicates: frozenset[RecordId]
    findings: tuple[Finding, ...]
    unread: frozenset[str]
    uncertain: Mapping[RecordId, tuple[str, ...]]
    unsettled: frozenset[RecordId]
    mappings: Mapping[str, SourceMapping]
    _children: Mapping[RecordId, tuple[Record, ...]] = field(repr=False)
    _about: Mapping[tuple[str, int | None], tuple[Finding, ...]] = field(repr=False)

    def children(self, record_id: RecordId, kind: Kind) -> tuple[Record, ...]:
        """The records of that kind whose reference names this one, sorted by source and item."""
        return tuple(child for child in self._children.get(record_id, ()) if child.kind is kind)

    def about(self, record: Record) -> tuple[Finding, ...]:
        """The findings of one record, in stable order."""
        return self._about.get((record.source, record.id.item_id), ())


def match(
    snapshots: Sequence[Snapshot], mappings: Mapping[str, SourceMapping], unread: frozenset[str] = frozenset()
) -> Matched:
    """Joins what the sources held. Only complete snapshots take part; a partial one makes its source unread.

    `mappings` are those of every configured source, by name; `unread` the sources of which there is no snapshot.
    """
    partial = {snapshot.source for snapshot in snapshots if not isinstance(snapshot.read, Complete)}
    whole = [snapshot for snapshot in snapshots if snapshot.source not in partial]
    missing = frozenset(unread | partial)
    records, twice = _distinct(whole)
    duplicates, doubled = _duplicates(records, mappings)
    resolver = _Resolver(records, _lists(whole, records), mappings, missing)
    parents, dangling = _resolve(records, resolver)
    doubtful = {record.id: resolver.awaited(record) for record in records if record.id in parents}
    own = (problem for snapshot in whole for problem in snapshot.problems)
    rows = (problem for record in records for problem in record.problems)
    findings = tuple(sorted({*own, *rows, *twice, *doubled, *dangling}))
    return Matched(
        records=records,
        by_id={record.id: record for record in records},
        parents=parents,
        duplicates=frozenset(duplicates),
        findings=findings,
        unread=missing,
        uncertain=_uncertain(records, parents, doubtful, mappings, missing),
        unsettled=frozenset(
            record.id for record in records if resolver.waits(record.source) and doubtful.get(record.id, missing)
        ),
        mappings=mappings,
        _children=_grouped((parents[record.id].id, record) for record in records if record.id in parents),
        _about=_grouped(((finding.source, finding.item), finding) for finding in findings),
    )


def reference_of(record: Record) -> Reference | None:
    """What the record's own reference field holds, if its kind has one."""
    for name, _ in REFERENCES[record.kind]:
        value: Reference | None = getattr(record.fields, name)
        return value
    return None


def targets(mapping: SourceMapping, mappings: Mapping[str, SourceMapping]) -> tuple[str, ...]:
    """The sources into which a source's references may point; none where it does not map its reference field."""
    for name, kinds in REFERENCES[mapping.kind]:
        mapped = mapping.fields.get(name)
        if mapped is None and name not in mapping.constants:
            return ()
        chosen = mapped.refers_to if mapped else ()
        return tuple(
            sorted(
                other.name
                for other in mappings.values()
                if other.kind in kinds and (not chosen or other.name in chosen)
            )
        )
    return ()


def bearing_on(mappings: Mapping[str, SourceMapping]) -> dict[str, frozenset[str]]:
    """For every source, those whose mapping decides its values: its own, and for projects and programmes also that of
    every source that refers to it, directly or through others."""
    reach = {name: _all_targets(name, mappings) for name in mappings}
    return {
        name: frozenset(other for other in mappings if name in reach[other]) | {name}
        if mapping.kind in (Kind.PROGRAMME, Kind.PROJECT)
        else frozenset({name})
        for name, mapping in mappings.items()
    }


def _all_targets(name: str, mappings: Mapping[str, SourceMapping]) -> frozenset[str]:
    """References lead from kind to kind and never back, so this ends."""
    direct = targets(mappings[name], mappings)
    return frozenset(direct).union(*(_all_targets(target, mappings) for target in direct))


def finding(record: Record, kind: FindingKind, mend: str, *, plain: str | None = None) -> Finding:
    """A finding about one record; of a restricted one the report says only `plain`, which quotes nothing."""
    said = (plain or mend) if record.restricted else mend
    return Finding(record.source, record.id.item_id, kind, record.label, f"{record.label}: {said}.", mend)


def _distinct(snapshots: Iterable[Snapshot]) -> tuple[tuple[Record, ...], list[Finding]]:
    """Every item once, also where the `where` of two sources admits it; the first source in name order has it."""
    seen: dict[RecordId, Record] = {}
    in_order = (record for held in sorted(snapshots, key=lambda held: held.source) for record in held.records)
    again = [record for record in in_order if seen.setdefault(record.id, record) is not record]
    findings = [finding(record, FindingKind.DUPLICATE_KEY, "The item belongs to two sources") for record in again]
    return tuple(sorted(seen.values(), key=_place)), findings


def _duplicates(
    records: Sequence[Record], mappings: Mapping[str, SourceMapping]
) -> tuple[set[RecordId], list[Finding]]:
    """Records of one kind that share a key, in one list or in several. A title is no key: titles may repeat."""
    by_key: dict[tuple[Kind, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.key and mappings[record.source].key:
            by_key[record.kind, fold(record.key)].append(record)
    shared = [group for group in by_key.values() if len(group) > 1]
    findings = [
        finding(record, FindingKind.DUPLICATE_KEY, _shared_key(record, group, mappings), plain="Its key is used twice")
        for group in shared
        for record in group
    ]
    return {record.id for group in shared for record in group}, findings


def _shared_key(record: Record, group: Sequence[Record], mappings: Mapping[str, SourceMapping]) -> str:
    key = quote(record.key or "")
    here = sum(other.source == record.source for other in group)
    elsewhere = sorted({other.source for other in group} - {record.source})
    if not elsewhere:
        return f"Key {key} is used by {here} rows of this list"
    named = [name for name in elsewhere if not mappings[name].restricted]
    hidden = ["a restricted list"] if len(named) < len(elsewhere) else []
    return f"Key {key} is also used in {listed([*named, *hidden])}"


def _lists(snapshots: Iterable[Snapshot], records: Iterable[Record]) -> frozenset[tuple[str, str]]:
    """The lists that were read, also those of which no row counts."""
    told = {snapshot.place for snapshot in snapshots if snapshot.place}
    return frozenset(told | {(record.id.host, record.id.list_guid) for record in records})


def _place(record: Record) -> tuple[str, RecordId]:
    return record.source, record.id


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    """Values by their key, in the order in which they come."""
    groups: dict[_K, list[_V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


class _Resolver:
    """Finds the record that a reference names."""

    def __init__(
        self,
        records: Sequence[Record],
        lists: frozenset[tuple[str, str]],
        mappings: Mapping[str, SourceMapping],
        unread: frozenset[str],
    ) -> None:
        self._by_id = {record.id: record for record in records}
        self._lists = lists
        self._targets = {name: targets(mapping, mappings) for name, mapping in mappings.items()}
        self._unread = unread
        self._by_key: dict[tuple[str, str], list[Record]] = defaultdict(list)
        self._by_title: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in records:
            if record.key:
                self._by_key[record.source, fold(record.key)].append(record)
            if record.fields.title:
                self._by_title[record.source, fold(record.fields.title)].append(record)

    def mapped(self, source: str) -> bool:
        return bool(self._targets[source])

    def waits(self, source: str) -> bool:
        """Whether a list that this source's references may point into was not read."""
        return not self._unread.isdisjoint(self._targets[source])

    def awaited(self, record: Record) -> frozenset[str]:
        """The lists not read that a resolved reference may really mean: a lookup into one of them fell back on its
        words, or a title was taken where one of them may hold the key."""
        reference = reference_of(record)
        if reference is None or self._is_link(record, reference):
            return frozenset()
        names = self._targets[record.source]
        has_key = any((name, fold(reference.text)) in self._by_key for name in names)
        return frozenset() if has_key and reference.item_id is None else self._unread & frozenset(names)

    def _is_link(self, record: Record, reference: Reference) -> bool:
        """Whether the reference names an item of a list that was read, and so nothing else."""
        return reference.item_id is not None and (record.id.host, reference.list_guid or "") in self._lists

    def candidates(self, record: Record, reference: Reference) -> list[Record]:
        """The records that the reference may mean: by item id, else by key, else by title."""
        if reference.item_id is not None and self._is_link(record, reference):
            home = (record.id.host, reference.list_guid or "")
            found = self._by_id.get(RecordId(*home, reference.item_id))
            return [found] if found and found.source in self._targets[record.source] else []
        words = fold(reference.text)
        names = self._targets[record.source]
        by_key = [found for name in names for found in self._by_key.get((name, words), ())]
        return by_key or [found for name in names for found in self._by_title.get((name, words), ())]


def _resolve(records: Sequence[Record], resolver: _Resolver) -> tuple[dict[RecordId, Record], list[Finding]]:
    parents: dict[RecordId, Record] = {}
    findings = []
    for record in records:
        reference = reference_of(record)
        found = resolver.candidates(record, reference) if reference else []
        if len(found) == 1:
            parents[record.id] = found[0]
        elif found and reference:
            findings.append(_ambiguous(record, reference, found))
        elif resolver.mapped(record.source) and not resolver.waits(record.source):
            findings.extend(_orphan(record, reference))
    return parents, findings


def _ambiguous(record: Record, reference: Reference, found: Sequence[Record]) -> Finding:
    name = _reference_name(record)
    return finding(
        record,
        FindingKind.AMBIGUOUS_REFERENCE,
        f"{name} {quote(reference.text)} fits {len(found)} records",
        plain=f"{name} fits {len(found)} records",
    )


def _orphan(record: Record, reference: Reference | None) -> Iterator[Finding]:
    name = _reference_name(record)
    if reference and record.kind in _ORPHANS:
        mend = f"{name} {quote(reference.text)} is in no list that was read"
        yield finding(record, FindingKind.ORPHAN, mend, plain=f"{name} is in no list that was read")
    elif not reference and record.kind in _NEEDS_PARENT:
        yield finding(record, FindingKind.ORPHAN, f"{name} is blank")


def _reference_name(record: Record) -> str:
    return next(name for name, _ in REFERENCES[record.kind]).capitalize()


def _uncertain(
    records: Sequence[Record],
    parents: Mapping[RecordId, Record],
    doubtful: Mapping[RecordId, frozenset[str]],
    mappings: Mapping[str, SourceMapping],
    unread: frozenset[str],
) -> dict[RecordId, tuple[str, ...]]:
    """A project's status depends on what refers to it, a programme's on its projects; nothing else waits.

    `doubtful`: by record, the lists not read that its reference may really have meant.
    """
    into: dict[str, set[str]] = {name: set() for name in mappings}
    for name in sorted(unread):
        for target in _reach(mappings[name], mappings):
            into[target].add(name)
    open_for: dict[RecordId, set[str]] = {
        record.id: set(into[record.source]) for record in records if record.kind in (Kind.PROGRAMME, Kind.PROJECT)
    }
    for record in records:
        above = parents.get(record.id)
        while above is not None and above.id not in open_for:
            above = parents.get(above.id)
        if above is not None:
            open_for[above.id] |= doubtful[record.id]
    for record in records:
        if record.kind is Kind.PROJECT and record.id in parents:
            open_for[parents[record.id].id] |= open_for[record.id]
    return {record_id: tuple(sorted(names)) for record_id, names in open_for.items() if names}


def _reach(mapping: SourceMapping, mappings: Mapping[str, SourceMapping]) -> set[str]:
    """The sources of projects or programmes that records of this source bear on, through risks and issues too."""
    direct = set(targets(mapping, mappings))
    through = {
        target for name in direct if mappings[name].kind in _RISKS for target in targets(mappings[name], mappings)
    }
    return {name for name in direct | through if mappings[name].kind in (Kind.PROGRAMME, Kind.PROJECT)}
