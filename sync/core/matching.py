"""Which record belongs to which: parents by lookup or key, duplicates, orphans, and what an unread list leaves open.

A reference is resolved or reported, never guessed. Where a list could not be read, nothing is concluded from what is
missing in it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from sync.core.findings import Finding, FindingKind
from sync.core.model import REFERENCES, REGISTERED, Kind, Reference
from sync.core.policy import PrecedencePolicy, SourceMapping
from sync.core.record_findings import finding
from sync.core.sharing import shared
from sync.core.snapshot import Complete, Record, RecordId, Snapshot
from sync.core.text import fold, quote

_NEEDS_PARENT = frozenset({Kind.MILESTONE, Kind.ACTION})
_ORPHANS = frozenset({Kind.MILESTONE, Kind.RISK, Kind.ISSUE, Kind.ACTION})

_K = TypeVar("_K")
_V = TypeVar("_V")
_Index = dict[str, tuple[Record, ...]]
"""Records by what they are called, folded."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Every record that was read completely, and how they hang together.

    `records` are sorted by source and item. `parents`: the record that a reference field names. `duplicates` share
    their key with another record: they count, and are not written. `copies`: records of what another list tells of as
    well, by declared precedence, with the record that counts for it. `findings` are all there are so far, those of the
    conversion included. `uncertain`: for a record whose decision they could have changed, the sources not read.
    `doubtful`: records whose own reference may yet turn out to name a record of a list that was not read. `unsettled`:
    records of which it cannot be told what there is to mend in their row: those, and what an unread list bears on.
    """

    records: tuple[Record, ...]
    by_id: Mapping[RecordId, Record]
    parents: Mapping[RecordId, Record]
    duplicates: frozenset[RecordId]
    copies: Mapping[RecordId, RecordId]
    findings: tuple[Finding, ...]
    unread: frozenset[str]
    uncertain: Mapping[RecordId, tuple[str, ...]]
    doubtful: frozenset[RecordId]
    unsettled: frozenset[RecordId]
    mappings: Mapping[str, SourceMapping]
    _children: Mapping[RecordId, tuple[Record, ...]] = field(repr=False)
    _about: Mapping[tuple[str, int | None], tuple[Finding, ...]] = field(repr=False)

    def children(self, record_id: RecordId, kind: Kind) -> tuple[Record, ...]:
        """The records of that kind whose reference names this one, sorted by source and item."""
        return tuple(child for child in self._children.get(record_id, ()) if child.kind is kind)

    def of_source(self, name: str) -> tuple[Record, ...]:
        """The records of one source, by item."""
        by_source = attrgetter("source")
        first = bisect_left(self.records, name, key=by_source)
        return self.records[first : bisect_right(self.records, name, lo=first, key=by_source)]

    def about(self, record: Record) -> tuple[Finding, ...]:
        """The findings of one record, in stable order."""
        return self._about.get((record.source, record.id.item_id), ())

    def with_records(self, records: Iterable[Record], parents: Mapping[RecordId, Record]) -> "Matched":
        """The same with these records instead, and what their references name."""
        held = tuple(records)
        return replace(
            self,
            records=held,
            by_id={record.id: record for record in held},
            parents=parents,
            _children=_grouped((parents[record.id].id, record) for record in held if record.id in parents),
        )

    def with_findings(self, more: Iterable[Finding]) -> "Matched":
        """The same with what else was found."""
        findings = tuple(sorted({*self.findings, *more}))
        about = _grouped(((finding.source, finding.item), finding) for finding in findings)
        return replace(self, findings=findings, _about=about)


def match(
    snapshots: Sequence[Snapshot],
    mappings: Mapping[str, SourceMapping],
    unread: frozenset[str] = frozenset(),
    precedence: Mapping[Kind, PrecedencePolicy] | None = None,
) -> Matched:
    """Joins what the sources held. Only complete snapshots take part; a partial one makes its source unread.

    `mappings` are those of every configured source, by name; `unread` the sources of which there is no snapshot.
    `precedence`: which list is believed where several tell of one thing; without it they are duplicates.
    """
    declared = precedence or {}
    partial = {snapshot.source for snapshot in snapshots if not isinstance(snapshot.read, Complete)}
    whole = [snapshot for snapshot in snapshots if snapshot.source not in partial]
    missing = frozenset(unread | partial)
    records, twice = _distinct(whole)
    duplicates, copies, repeated = shared(records, mappings, declared)
    resolver = _Resolver(records, _lists(whole, records), mappings, missing, copies)
    parents, dangling = _resolve(records, resolver)
    awaited = {record.id: resolver.awaited(record) for record in records if record.id in parents}
    doubtful = frozenset(
        record.id for record in records if resolver.waits(record.source) and awaited.get(record.id, missing)
    )
    borne_on = _borne_on(mappings, missing, declared)
    own = (problem for snapshot in whole for problem in snapshot.problems)
    rows = (problem for record in records for problem in record.problems)
    findings = tuple(sorted({*own, *rows, *twice, *repeated, *dangling}))
    return Matched(
        records=records,
        by_id={record.id: record for record in records},
        parents=parents,
        duplicates=frozenset(duplicates),
        copies=copies,
        findings=findings,
        unread=missing,
        uncertain=_uncertain(records, parents, awaited, _open_into(mappings, missing, declared)),
        doubtful=doubtful,
        unsettled=doubtful | {record.id for record in records if record.source in borne_on},
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


def _distinct(snapshots: Iterable[Snapshot]) -> tuple[tuple[Record, ...], list[Finding]]:
    """Every item once, also where the `where` of two sources admits it; the first source in name order has it."""
    seen: dict[RecordId, Record] = {}
    ordered: list[Record] = []
    again: list[Record] = []
    for held in sorted(snapshots, key=lambda held: held.source):
        of_source = sorted(held.records, key=attrgetter("id"))
        ordered += (record for record in of_source if seen.setdefault(record.id, record) is record)
        again += (record for record in of_source if seen[record.id] is not record)
    findings = [finding(record, FindingKind.DUPLICATE_KEY, "The item belongs to two sources") for record in again]
    return tuple(ordered), findings


def _lists(snapshots: Iterable[Snapshot], records: Iterable[Record]) -> frozenset[tuple[str, str]]:
    """The lists that were read, also those of which no row counts."""
    told = {snapshot.place for snapshot in snapshots if snapshot.place}
    return frozenset(told | {(record.id.host, record.id.list_guid) for record in records})


def _grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    """Values by their key, in the order in which they come."""
    groups: dict[_K, list[_V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _by_source(records: Sequence[Record]) -> dict[str, Sequence[Record]]:
    """Of records in the order of their sources."""
    return {name: tuple(of_source) for name, of_source in groupby(records, key=attrgetter("source"))}


class _Resolver:
    """Finds the record that a reference names. A list is indexed once something refers to it."""

    def __init__(
        self,
        records: Sequence[Record],
        lists: frozenset[tuple[str, str]],
        mappings: Mapping[str, SourceMapping],
        unread: frozenset[str],
        copies: Mapping[RecordId, RecordId],
    ) -> None:
        self._by_id = {record.id: record for record in records}
        self._lists = lists
        self._targets = {name: targets(mapping, mappings) for name, mapping in mappings.items()}
        self._unread = unread
        self._copies = copies
        self._by_source = _by_source(records)
        self._by_key: dict[str, _Index] = {}
        self._by_title: dict[str, _Index] = {}

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
        has_key = any(self._with_key(name, fold(reference.text)) for name in names)
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
        by_key = [found for name in names for found in self._with_key(name, words)]
        if by_key:
            return self._as_one(by_key)
        return self._as_one([found for name in names for found in self._with_title(name, words)])

    def _with_key(self, name: str, words: str) -> tuple[Record, ...]:
        if name not in self._by_key:
            told = ((fold(each.key), each) for each in self._by_source.get(name, ()) if each.key)
            self._by_key[name] = _grouped(told)
        return self._by_key[name].get(words, ())

    def _with_title(self, name: str, words: str) -> tuple[Record, ...]:
        if name not in self._by_title:
            titled = ((fold(each.fields.title), each) for each in self._by_source.get(name, ()) if each.fields.title)
            self._by_title[name] = _grouped(titled)
        return self._by_title[name].get(words, ())

    def _as_one(self, found: list[Record]) -> list[Record]:
        """Of records that several lists tell of as one thing, the one that counts, or else the first."""
        counting = {self._copies.get(record.id, record.id) for record in found}
        return sorted(found, key=lambda record: record.id not in counting)[:1] if len(counting) == 1 else found


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
        quotes=True,
    )


def _orphan(record: Record, reference: Reference | None) -> Iterator[Finding]:
    name = _reference_name(record)
    if reference and record.kind in _ORPHANS:
        mend = f"{name} {quote(reference.text)} is in no list that was read"
        yield finding(record, FindingKind.ORPHAN, mend, plain=f"{name} is in no list that was read", quotes=True)
    elif not reference and record.kind in _NEEDS_PARENT:
        to = " to a risk, an issue or a project" if record.kind is Kind.ACTION else ""
        yield finding(record, FindingKind.ORPHAN, f"{name}{to} is blank")


def _reference_name(record: Record) -> str:
    """What staff would call it: what an action belongs to may be a risk, an issue or a project."""
    name = next(name for name, _ in REFERENCES[record.kind])
    return "Reference" if name == "parent" else name.capitalize()


def _uncertain(
    records: Sequence[Record],
    parents: Mapping[RecordId, Record],
    awaited: Mapping[RecordId, frozenset[str]],
    into: Mapping[str, frozenset[str]],
) -> dict[RecordId, tuple[str, ...]]:
    """A project's status depends on what refers to it, a programme's on its projects; nothing else waits.

    `awaited`: by record, the lists not read that its reference may really have meant. `into`: by source, those that
    bear on it.
    """
    open_for: dict[RecordId, set[str]] = {
        record.id: set(into[record.source]) for record in records if record.kind in (Kind.PROGRAMME, Kind.PROJECT)
    }
    for record in records:
        above = parents.get(record.id)
        while above is not None and above.id not in open_for:
            above = parents.get(above.id)
        if above is not None:
            open_for[above.id] |= awaited[record.id]
    for record in records:
        if record.kind is Kind.PROJECT and record.id in parents:
            open_for[parents[record.id].id] |= open_for[record.id]
    return {record_id: tuple(sorted(names)) for record_id, names in open_for.items() if names}


def _open_into(
    mappings: Mapping[str, SourceMapping], unread: frozenset[str], precedence: Mapping[Kind, PrecedencePolicy]
) -> dict[str, frozenset[str]]:
    """By source of projects or programmes, the unread lists that bear on their status. Where one list of projects may
    be believed before another, an unread one bears on every programme that the others bear on."""
    reach = {name: _reach(mapping, mappings) for name, mapping in mappings.items()}
    if Kind.PROJECT in precedence:
        projects = [name for name, mapping in mappings.items() if mapping.kind is Kind.PROJECT]
        together = {target for name in projects for target in reach[name]}
        reach |= dict.fromkeys(projects, together)
    return {target: frozenset(name for name in unread if target in reach[name]) for target in mappings}


def _borne_on(
    mappings: Mapping[str, SourceMapping], unread: frozenset[str], precedence: Mapping[Kind, PrecedencePolicy]
) -> frozenset[str]:
    """The sources in whose rows something may be to mend, or no longer, once the unread lists are read: what refers to
    them, directly or through others, and what may tell of the same project."""
    alike = {mappings[name].kind for name in unread if mappings[name].key} & {Kind.PROJECT, *precedence}
    told = {name for name, mapping in mappings.items() if mapping.kind in alike and mapping.key}
    return frozenset(told).union(*(_all_targets(name, mappings) for name in unread))


def _reach(mapping: SourceMapping, mappings: Mapping[str, SourceMapping]) -> set[str]:
    """The sources of projects or programmes that records of this source bear on, through risks and issues too."""
    direct = set(targets(mapping, mappings))
    through = {
        target for name in direct if mappings[name].kind in REGISTERED for target in targets(mappings[name], mappings)
    }
    return {name for name in direct | through if mappings[name].kind in (Kind.PROGRAMME, Kind.PROJECT)}
