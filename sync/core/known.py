"""What a run remembers of the lists it read, so that the next can tell an edit of staff's from a surprise.

Nothing that staff wrote is kept: digests only, and the places of records.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime

from sync.core.columns import Column, ColumnType
from sync.core.mapping import Binding
from sync.core.model import Person, Reference
from sync.core.ownership import OwnedField
from sync.core.policy import OVERDUE_LABELS, STATUS_LABELS, Labels, digest
from sync.core.snapshot import LeftOut, Record, RecordId
from sync.core.text import fold, listed, quote
from sync.core.vocabulary import Vocabulary

_CHOICES = frozenset({ColumnType.CHOICE, ColumnType.MULTI_CHOICE})


@dataclass(frozen=True, slots=True)
class Known:
    """One record as the last applied run saw it: digests of its key (if it has one) and of staff's values, when it
    was last modified, the record that its reference named, and its ETag once we had written it. A row that `where`
    left out has no digests."""

    id: RecordId
    source: str
    key_digest: str | None = None
    fields_digest: str | None = None
    modified: datetime | None = None
    parent: RecordId | None = None
    version: str | None = None

    def is_as_left(self, then: "Known") -> bool:
        """Whether nobody has modified the item since: by its Modified, which the quiet mode leaves alone, or by its
        ETag, which was that of our own write."""
        return self.modified == then.modified or (self.version is not None and self.version == then.version)

    @property
    def counts(self) -> bool:
        """Whether the source's `where` admitted it."""
        return self.fields_digest is not None


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """What a mapped column was: its type, and the choices that it offered."""

    type: ColumnType
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastApplied:
    """What the last applied run of one source saw. `rows`: items, admitted by `where` or not. `columns`: the mapped
    ones, by internal name. `release`: of this program, whose rules may differ from another's."""

    run_id: str
    today: date
    rows: int
    zone: str | None
    columns: Mapping[str, ColumnShape] = field(default_factory=dict)
    release: str = ""


def known_rows(binding: Binding, records: Iterable[Record], left_out: Iterable[LeftOut]) -> tuple[Known, ...]:
    """Every row of one source as it is to be remembered, by item. Only a key column makes a key: titles may repeat."""
    has_key = binding.mapping.key is not None
    admitted = (_known(record, has_key=has_key) for record in records)
    left = (Known(row.id, row.source, modified=row.modified, version=row.version) for row in left_out)
    return tuple(sorted((*admitted, *left), key=lambda row: row.id.item_id))


def as_before(rows: Iterable[Known], then: Iterable[Known]) -> tuple[Known, ...]:
    """The same rows; one of which nothing changed, as far as it can be told without its parent, is the one of `then`:
    nearly all are, and are held once."""
    before = {row.id: row for row in then}
    return tuple(
        was if (was := before.get(row.id)) is not None and replace(was, parent=None) == row else row for row in rows
    )


def with_parents(rows: Iterable[Known], parents: Mapping[RecordId, Record]) -> tuple[Known, ...]:
    """The same rows with the records that their references name now."""
    named = ((row, parents[row.id].id if row.id in parents else None) for row in rows)
    return tuple(row if row.parent == parent else replace(row, parent=parent) for row, parent in named)


def shapes(binding: Binding) -> dict[str, ColumnShape]:
    """What every mapped column is now, by internal name."""
    return {column.name: ColumnShape(column.type, column.choices) for column in _mapped(binding)}


def retyped(binding: Binding, then: Mapping[str, ColumnShape]) -> Iterator[str]:
    """One clause for every mapped column that has another type than it had."""
    for column in _mapped(binding):
        if column.name in then and then[column.name].type is not column.type:
            was, now = (kind.replace("_", " ") for kind in (then[column.name].type, column.type))
            yield f"column {column.title!r} was of type {was} and is now of type {now}"


def choices_removed(binding: Binding, then: Mapping[str, ColumnShape]) -> Iterator[str]:
    """One clause for every column that no longer offers a choice on which the mapping or our labels rest."""
    words = _words(binding)
    for column in _mapped(binding):
        if column.name not in then or column.type not in _CHOICES or then[column.name].type is not column.type:
            continue
        offered = {fold(choice) for choice in column.choices}
        absent = [choice for choice in then[column.name].choices if fold(choice) not in offered]
        used = [quote(choice) for choice in absent if any(knows(choice) for knows in words.get(column.name, ()))]
        if used:
            yield f"column {column.title!r} no longer offers {listed(used)}"


def _known(record: Record, *, has_key: bool) -> Known:
    """Digests change with a release that knows more fields; then the release tells (see `explained`). What a project is
    counted under in mapped groupings decides nothing that is written, and is no part of them."""
    values = [_lasting(getattr(record.fields, each.name)) for each in fields(record.fields)]
    mends = [(problem.kind, problem.mend) for problem in record.problems]
    return Known(
        id=record.id,
        source=record.source,
        key_digest=digest(record.kind, fold(record.key)) if has_key and record.key else None,
        fields_digest=digest(record.key, values, mends),
        modified=record.modified,
        version=record.version,
    )


def _lasting(value: object) -> object:
    """What stays of a value when whom or what it names is called something else: that is no edit of this record, and
    a lookup or a person shows it by itself."""
    match value:
        case Reference(item_id=int(number), list_guid=guid):
            return number, guid
        case tuple():
            return tuple(each.login or each.name if isinstance(each, Person) else each for each in value)
        case _:
            return value


def _mapped(binding: Binding) -> Sequence[Column]:
    """The columns of the mapping, staff's and ours, as the list has them now."""
    names = frozenset(binding.columns)
    return [column for column in binding.schema.columns if column.name in names]


def _words(binding: Binding) -> dict[str, list[Callable[[str], bool]]]:
    """By column, what knows a choice: a field's vocabulary, the words of `where`, our own labels."""
    words: dict[str, list[Callable[[str], bool]]] = defaultdict(list)
    for bound in binding.fields:
        if bound.words is not None:
            for column in bound.columns:
                words[column.name].append(bound.words.knows)
    for column, admitted in binding.where:
        words[column.name].append(Vocabulary(dict.fromkeys(admitted)).knows)
    for owned_field, column in binding.owned.items():
        words[column.name].append(Vocabulary(dict.fromkeys(_labels(owned_field, binding.labels))).knows)
    return words


def _labels(owned_field: OwnedField, labels: Labels) -> frozenset[str]:
    if owned_field is OwnedField.STATUS:
        return frozenset(fold(labels.of_status(status)) for status in STATUS_LABELS)
    if owned_field is OwnedField.OVERDUE:
        return frozenset(fold(labels.of_overdue(state)) for state in OVERDUE_LABELS)
    return frozenset()
