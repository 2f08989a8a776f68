"""List columns into canonical records, by the mapping of one source. A problem is a value, not an exception."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from sys import intern
from typing import Any

from sync.core.columns import Cell, Column, ColumnType, ListSchema, Row
from sync.core.convert import BoundField, Converted, cell_text, convert, read_field
from sync.core.dates import shown_instant
from sync.core.findings import Finding, FindingKind
from sync.core.model import CLASSES, HOLD_FIELDS, Fields, FieldType, Rating, field_types
from sync.core.owned import Desired, blank_value, decode, encode, fit, owned_problems
from sync.core.ownership import OwnedField, OwnedValue, WriteMode
from sync.core.policy import Labels, SourceMapping
from sync.core.risk import DEFAULT_MATRIX, Matrix
from sync.core.row_problems import row_problems
from sync.core.scales import STAGES
from sync.core.snapshot import LeftOut, Record, RecordId
from sync.core.text import fold, listed
from sync.core.vocabulary import vocabulary

_NO_GROUPS: Mapping[str, str] = {}
_PEOPLE = frozenset({ColumnType.PERSON, ColumnType.PERSON_MULTI})


PROVISION = "Run `portfolio-sync provision`, which needs the role `manage`, to make what is missing, or add it by hand."

_SLIP = 0.8
"""How alike a column's name must be to one of ours to be taken for a slip of the pen rather than for another column."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A source's mapping tied to the columns that its list has now.

    `missing`: a sentence for every column of staff's that is absent, but those of a hold: they are optional, and
    without them nothing is held. `unwritable`: one for every owned column that is absent or cannot hold its field; the
    list can be read all the same, and is not written to. `settings`: one for every setting of the list that forbids
    the same.
    `owned`: the columns that only we write. `labels`: what those say instead of an enum's name. `groups`: the mapped
    groupings, each as a field of text.
    """

    mapping: SourceMapping
    schema: ListSchema
    labels: Labels
    missing: tuple[str, ...]
    unwritable: tuple[str, ...]
    settings: tuple[str, ...]
    key: Column | None
    fields: tuple[BoundField, ...]
    constants: Mapping[str, object]
    where: tuple[tuple[Column, frozenset[str]], ...]
    owned: Mapping[OwnedField, Column]
    columns: tuple[str, ...] = field(default=())
    groups: tuple[BoundField, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    _owned: dict[tuple[OwnedValue, ...], Mapping[OwnedField, OwnedValue]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def readable(self) -> bool:
        """Whether the list has what the mapping needs; nothing may be concluded from it otherwise."""
        return not self.missing

    @property
    def lacks_owned(self) -> bool:
        """Whether columns of ours are absent that something is to be written into."""
        return bool(self.unwritable) and any(name not in self.owned for name in self.mapping.write.columns)

    @property
    def writable(self) -> bool:
        """Whether the list has, and allows, what writing into it needs."""
        return not self.unwritable and not self.settings

    def same_values(self, values: tuple[OwnedValue, ...]) -> Mapping[OwnedField, OwnedValue]:
        """Values of the owned columns, in their order, by field."""
        if values not in self._owned:
            self._owned[values] = dict(zip(self.owned, values, strict=True))
        return self._owned[values]

    @property
    def blanks(self) -> Mapping[OwnedField, OwnedValue]:
        """What an owned column holds that nobody has written into: nothing, or its default."""
        return {owned_field: blank_value(column) for owned_field, column in self.owned.items()}


def bind(
    mapping: SourceMapping, schema: ListSchema, labels: Labels | None = None, matrix: Matrix = DEFAULT_MATRIX
) -> Binding:
    """Ties a mapping to a list: internal names first, then display names. Raises nothing; see `Binding.missing`.

    `matrix`: the one that the list's scores are steps of, as `ratings.current_matrix` finds it.
    """
    labels = labels or Labels()
    types = field_types(mapping.kind)
    absent = _absent(mapping, schema)
    fields = tuple(
        BoundField(
            name=name,
            type=types[name],
            columns=schema.find_all(mapped.column),
            words=vocabulary(types[name], name, mapped.values, matrix),
            dates=mapping.dates,
            matrix=matrix,
        )
        for name, mapped in sorted(mapping.fields.items())
    )
    key = schema.find(mapping.key) if mapping.key else None
    where = tuple(
        (column, frozenset(fold(word) for word in words))
        for name, words in sorted(mapping.where.items())
        if (column := schema.find(name))
    )
    groups = tuple(
        BoundField(name=name, type=FieldType.TEXT, columns=schema.find_all(columns))
        for name, columns in sorted(mapping.groups.items())
    )
    owned = {
        owned_field: column
        for owned_field, name in sorted(mapping.write.columns.items())
        if (column := schema.find(name))
    }
    staff = [column for bound in (*fields, *groups) for column in bound.columns]
    staff += [*([key] if key else []), *(column for column, _ in where)]
    unwritable = (*_absent_owned(mapping, schema, staff), *owned_problems(mapping.kind, owned, staff, labels))
    constants, odd = _constants(mapping, types, matrix)
    return Binding(
        mapping=mapping,
        schema=schema,
        labels=labels,
        missing=(*absent, *odd, *_naming_people(groups)),
        unwritable=() if mapping.write.mode is WriteMode.OFF else unwritable,
        settings=() if mapping.write.mode is WriteMode.OFF else tuple(_in_the_way(schema)),
        key=key,
        fields=fields,
        constants=constants,
        where=where,
        owned=owned,
        columns=tuple(dict.fromkeys(column.name for column in [*staff, *owned.values()])),
        groups=groups,
        titles={bound.name: bound.columns[0].title for bound in fields if bound.columns},
    )


def absent_holds(binding: Binding) -> Iterator[Finding]:
    """One finding for every hold column that the mapping names and the list has not: no night is lost for it."""
    source = binding.mapping.name
    for bound in binding.fields:
        if bound.name in HOLD_FIELDS and not bound.columns:
            names = listed([repr(name) for name in binding.mapping.fields[bound.name].column], "or")
            said = f"the list has no column {names} of field {bound.name}; `provision` makes it"
            yield Finding(source, None, FindingKind.HOLD_COLUMN_MISSING, "", f"{source}: {said}.")


def _in_the_way(schema: ListSchema) -> Iterator[str]:
    """A clause for every setting of the list under which nothing of ours is written."""
    if schema.content_approval:
        yield "content approval is on, so what we write would hide the item until somebody approves it"
    if schema.forced_checkout:
        yield "items have to be checked out before they are edited, which would lock colleagues out"


def to_record(binding: Binding, row: Row) -> Record | None:
    """The row in canonical form, with a finding for everything in it that a person should mend.

    None where the source's `where` leaves the row out.
    """
    if not _admitted(binding, row.cells):
        return None
    zone = binding.schema.zone
    converted = {bound.name: read_field(bound, row.cells, zone) for bound in binding.fields}
    key = _key(binding, row.cells, converted)
    values: dict[str, Any] = {
        **binding.constants,
        **{name: result.value for name, result in converted.items()},
        "key": key,
    }
    values |= _spread(values, converted)
    fields = CLASSES[binding.mapping.kind](**values)
    record_id = RecordId(binding.schema.host, binding.schema.list_guid, row.item_id)
    restricted = binding.mapping.restricted or _confidential(fields, converted)
    return Record(
        id=record_id,
        source=binding.mapping.name,
        kind=binding.mapping.kind,
        key=key,
        fields=fields,
        owned=live_owned(binding, row),
        version=intern(row.version),
        modified=row.modified,
        editor_id=row.editor_id,
        created=shown_instant(row.created, zone).day if row.created else None,
        restricted=restricted,
        problems=_findings(binding, row, fields, converted, restricted),
        groups=_groups(binding, row.cells),
    )


def left_out(binding: Binding, row: Row) -> LeftOut:
    """A row that `where` leaves out, with nothing of staff's: only what our own columns hold."""
    marks = [
        read_field(bound, row.cells, binding.schema.zone) for bound in binding.fields if bound.name == "confidential"
    ]
    return LeftOut(
        id=RecordId(binding.schema.host, binding.schema.list_guid, row.item_id),
        source=binding.mapping.name,
        owned=live_owned(binding, row),
        version=intern(row.version),
        modified=row.modified,
        editor_id=row.editor_id,
        restricted=binding.mapping.restricted or any(mark.value is True or not mark.usable for mark in marks),
    )


def live_owned(binding: Binding, row: Row) -> Mapping[OwnedField, OwnedValue]:
    """What the row's owned columns hold now, decoded; every mapped owned field is there, blank ones as None.

    Most rows hold the same few values as others do: equal ones are one and the same.
    """
    zone = binding.schema.zone
    values = tuple(decode(column, row.cells.get(column.name), zone) for column in binding.owned.values())
    return binding.same_values(values)


def fit_owned(binding: Binding, owned_field: OwnedField, value: Desired) -> OwnedValue:
    """A decision in the form that the owned column can hold: see `owned.fit`."""
    return fit(binding.owned[owned_field], binding.labels, value)


def encode_owned(binding: Binding, owned: Mapping[OwnedField, OwnedValue]) -> dict[str, Cell]:
    """Owned values as cells by internal column name, ready to be sent."""
    columns = binding.owned
    return {columns[name].name: encode(columns[name], value, binding.schema.zone) for name, value in owned.items()}


def _absent(mapping: SourceMapping, schema: ListSchema) -> Iterator[str]:
    for name, mapped in sorted(mapping.fields.items()):
        if name not in HOLD_FIELDS and not schema.find_all(mapped.column):
            yield _no_column(schema, mapped.column, f"field {name}")
    for name, columns in sorted(mapping.groups.items()):
        if not schema.find_all(columns):
            yield _no_column(schema, columns, f"grouping {name}")
    if mapping.key and not schema.find(mapping.key):
        yield _no_column(schema, (mapping.key,), "the key")
    for column in sorted(mapping.where):
        if not schema.find(column):
            yield _no_column(schema, (column,), "where")


def _naming_people(groups: tuple[BoundField, ...]) -> Iterator[str]:
    """Rows of figures are named by what a grouping holds, and no row bears the name of a person."""
    for bound in groups:
        people = [repr(column.title) for column in bound.columns if column.type in _PEOPLE]
        if people:
            yield f"column {listed(people)} of grouping {bound.name} holds people, whom no row of figures may name"


def _groups(binding: Binding, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """What a row is counted under, by grouping; those under which it has nothing are not there."""
    if not binding.groups:
        return _NO_GROUPS
    said = {bound.name: read_field(bound, cells, binding.schema.zone).value for bound in binding.groups}
    return {name: value for name, value in said.items() if isinstance(value, str)}


def _absent_owned(mapping: SourceMapping, schema: ListSchema, staff: Sequence[Column]) -> Iterator[str]:
    """A clause for each that may be a slip of the pen, and one for the others. A column of staff's is never meant."""
    absent = [pair for pair in sorted(mapping.write.columns.items()) if not schema.find(pair[1])]
    if not absent:
        return
    free = replace(schema, columns=tuple(column for column in schema.columns if column not in staff))
    unlike = [column for _, column in absent if not _nearest(free, (column,), _SLIP)]
    for owned_field, column in absent:
        if column not in unlike:
            yield _no_column(free, (column,), f"owned field {owned_field}")
    if unlike:
        columns = "columns" if len(unlike) > 1 else "column"
        yield f"the list has no {columns} {listed([repr(column) for column in unlike])}, which this service writes"


def _no_column(schema: ListSchema, names: tuple[str, ...], of: str) -> str:
    """`column 'Statuss' of field status; the list has 'Status'`."""
    nearest = _nearest(schema, names)
    hint = f"the list has '{nearest}'" if nearest else "the list has no column of a similar name"
    return f"column {listed([repr(name) for name in names], 'or')} of {of}; {hint}"


def _nearest(schema: ListSchema, names: tuple[str, ...], likeness: float = 0.6) -> str | None:
    """What the list has instead, where one of the names is nearly that: `likeness` as in `difflib`, 1 for the same."""
    known = {fold(name): name for column in schema.columns for name in (column.name, column.title)}
    close = (match for name in names for match in get_close_matches(fold(name), sorted(known), 1, likeness))
    return next((known[match] for match in close), None)


def _constants(
    mapping: SourceMapping, types: Mapping[str, FieldType], matrix: Matrix
) -> tuple[dict[str, object], list[str]]:
    """What is the same for the whole list, converted like a cell of text; fields with a column keep the column's."""
    values: dict[str, object] = {}
    problems = []
    for name, text in sorted(mapping.constants.items()):
        if name in mapping.fields:
            continue
        column = Column(name, f"constant {name}", ColumnType.TEXT)
        words = vocabulary(types[name], name, {}, matrix)
        result = convert(BoundField(name, types[name], (column,), words, matrix=matrix), column, text, None)
        values[name] = result.value
        problems += [result.problem.mend] if result.problem else []
    return values, problems


def _admitted(binding: Binding, cells: Mapping[str, Cell]) -> bool:
    """Whether every column of `where` holds one of its words: the whole text, or any one of several values."""
    return all(words & _said(column, cells.get(column.name)) for column, words in binding.where)


def _said(column: Column, cell: Cell) -> set[str]:
    parts = cell if isinstance(cell, tuple) and cell else (cell,)
    return {fold(cell_text(column, part)) for part in parts}


def _spread(values: Mapping[str, Any], converted: Mapping[str, Converted]) -> dict[str, int | None]:
    """The scores that one cell holds, for each stage whose own columns say nothing. A pair stays whole: a likelihood
    from one column and an impact from another cell were never one rating."""
    rating = values.get("rating")
    if not isinstance(rating, Rating):
        return {}
    spread: dict[str, int | None] = {}
    for stage, names in STAGES.items():
        unread = any(name in converted and not converted[name].usable for name in names)
        if not unread and all(values.get(name) is None for name in names):
            scores = getattr(rating, stage)
            spread |= dict(zip(names, (scores.likelihood, scores.impact), strict=True))
    return spread


def _key(binding: Binding, cells: Mapping[str, Cell], converted: Mapping[str, Converted]) -> str | None:
    """What staff know the record by: the key column's text, else the title."""
    if binding.key is not None:
        return cell_text(binding.key, cells.get(binding.key.name)) or None
    if binding.mapping.key is not None or "title" not in converted:
        return None
    title = converted["title"].value
    return title if isinstance(title, str) else None


def _confidential(fields: Fields, converted: Mapping[str, Converted]) -> bool:
    """Marked confidential, or marked with something that cannot be read: then it is kept close all the same."""
    unread = "confidential" in converted and not converted["confidential"].usable
    return unread or getattr(fields, "confidential", None) is True


def _findings(
    binding: Binding, row: Row, fields: Fields, converted: Mapping[str, Converted], restricted: bool
) -> tuple[Finding, ...]:
    number = f"item {row.item_id}"
    label = number if restricted else fields.key or fields.title or number
    problems = [result.problem for result in converted.values() if result.problem]
    problems += row_problems(fields, converted, binding.titles, binding.key.title if binding.key else None)
    return tuple(
        sorted(
            Finding(
                source=binding.mapping.name,
                item=row.item_id,
                kind=problem.kind,
                key=label,
                text=f"{label}: {said}.",
                mend=said,
            )
            for problem, said in ((each, each.plain if restricted else each.mend) for each in problems)
        )
    )
