"""Records that share a key: duplicates, which count and are not written, or one thing that several lists tell of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sync.core.findings import Finding, FindingKind
from sync.core.model import Kind
from sync.core.policy import PrecedencePolicy, SourceMapping
from sync.core.precedence import lead
from sync.core.record_findings import finding, notice
from sync.core.snapshot import Record, RecordId
from sync.core.text import fold, listed, quote


def sharing_a_key(records: Iterable[Record], mappings: Mapping[str, SourceMapping]) -> list[list[Record]]:
    """Records of one kind that share a key, in one list or in several. A title is no key: titles may repeat."""
    first: dict[Kind, dict[str, Record]] = defaultdict(dict)
    groups: dict[tuple[Kind, str], list[Record]] = {}
    for record in records:
        if record.key and mappings[record.source].key:
            key = fold(record.key)
            one = first[record.kind].setdefault(key, record)
            if one is not record:
                groups.setdefault((record.kind, key), [one]).append(record)
    return list(groups.values())


def is_once_in_each(group: Sequence[Record]) -> bool:
    """Whether each list has one of them, so that their key tells which row of one belongs to which of the others."""
    return len({record.source for record in group}) == len(group)


def shared(
    records: Sequence[Record], mappings: Mapping[str, SourceMapping], precedence: Mapping[Kind, PrecedencePolicy]
) -> tuple[set[RecordId], dict[RecordId, RecordId], list[Finding]]:
    """What shares its key: the duplicates, and by declared precedence the copies with the record that counts."""
    duplicates: set[RecordId] = set()
    copies: dict[RecordId, RecordId] = {}
    findings: list[Finding] = []
    for group in sharing_a_key(records, mappings):
        first = lead(group, precedence.get(group[0].kind)) if is_once_in_each(group) else None
        if first is None:
            duplicates |= {record.id for record in group}
            findings += [_doubled(record, group, mappings) for record in group]
        else:
            others = [record for record in group if record is not first]
            copies |= {record.id: first.id for record in others}
            findings += [_copied(record, first) for record in others]
    return duplicates, copies, findings


def _copied(record: Record, first: Record) -> Finding:
    return notice(
        record,
        FindingKind.COUNTED_ELSEWHERE,
        f"{first.source} tells of the same {record.kind}, and its row is the one that counts",
        plain="another list tells of the same, and its row is the one that counts",
    )


def _doubled(record: Record, group: Sequence[Record], mappings: Mapping[str, SourceMapping]) -> Finding:
    said = _shared_key(record, group, mappings)
    return finding(record, FindingKind.DUPLICATE_KEY, said, plain="Its key is used twice", quotes=True)


def _shared_key(record: Record, group: Sequence[Record], mappings: Mapping[str, SourceMapping]) -> str:
    key = quote(record.key or "")
    here = sum(other.source == record.source for other in group)
    elsewhere = sorted({other.source for other in group} - {record.source})
    if not elsewhere:
        return f"Key {key} is used by {here} rows of this list"
    named = [name for name in elsewhere if not mappings[name].restricted]
    hidden = ["a restricted list"] if len(named) < len(elsewhere) else []
    return f"Key {key} is also used in {listed([*named, *hidden])}"
