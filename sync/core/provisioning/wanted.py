"""Which columns a source needs in its list: ours, those in which staff hold a flag, and what stands in the way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sync.core.columns import Column, ColumnType
from sync.core.model import HOLD_FIELDS
from sync.core.owned import owned_problems
from sync.core.ownership import OWNED_BY_KIND, OwnedField
from sync.core.policy import Labels, SourceMapping
from sync.core.provisioning.names import internal_name_problem
from sync.core.provisioning.owned_columns import hold_column, owned_column, told_hold
from sync.core.provisioning.shape import ColumnShape, FoundList, HoldBeside

_INDEXABLE = frozenset({ColumnType.TEXT, ColumnType.CHOICE, ColumnType.YES_NO, ColumnType.DATE, ColumnType.NUMBER})


@dataclass(frozen=True, slots=True, order=True)
class Hindrance:
    """What keeps a list from getting what it should have: one sentence of what, one of what to do."""

    what: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`columns`: ours, made where absent and dressed where there, by the internal name that the list has. `holds`:
    those that are absent; one that is there is staff's. Both in the order in which they are made."""

    columns: tuple[ColumnShape, ...] = ()
    holds: tuple[ColumnShape, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether the portfolio file has columns of ours in that list."""
        return bool(self.columns)


def wanted_of(mapping: SourceMapping, found: FoundList, labels: Labels) -> Wanted:
    """What the source needs in the list as it is."""
    hindrances: list[Hindrance] = []
    holds: dict[str, ColumnShape] = {}
    hold_until: str | None = None
    for field_name in HOLD_FIELDS:
        mapped = mapping.fields.get(field_name)
        if mapped is None:
            continue
        there = next((each for name in mapped.column if (each := found.column(name))), None)
        name = there.column.name if there else mapped.column[0]
        if there is None and (why := internal_name_problem(name)):
            hindrances.append(_unmakable(name, f"field {field_name}", why, "PSHoldReason"))
            continue
        if there is None:
            holds[name] = hold_column(field_name, name)
        if field_name == "hold_until":
            hold_until = name
    columns: dict[str, ColumnShape] = {}
    hold = told_hold(_reason(mapping, found), hold_until) if "hold_reason" in mapping.fields else None
    for owned_field in OwnedField:
        if owned_field in mapping.write.columns:
            result = _owned(mapping, owned_field, found, labels, hold)
            if isinstance(result, ColumnShape) and result.name.casefold() in {*map(str.casefold, columns)}:
                hindrances.append(_taken(result.name, owned_field))
            elif isinstance(result, ColumnShape):
                columns[result.name] = result
            else:
                hindrances += result
    return Wanted(columns=tuple(columns.values()), holds=tuple(holds.values()), hindrances=tuple(hindrances))


def _reason(mapping: SourceMapping, found: FoundList) -> str | None:
    """The internal name of our reason, where we keep one."""
    name = mapping.write.columns.get(OwnedField.REASON)
    there = found.column(name) if name else None
    return there.column.name if there else name


def _owned(
    mapping: SourceMapping, owned_field: OwnedField, found: FoundList, labels: Labels, hold: HoldBeside | None
) -> ColumnShape | list[Hindrance]:
    """The column of an owned field as it should be, or why it cannot be."""
    name = mapping.write.columns[owned_field]
    there = found.column(name)
    if there is not None:
        # What a choice does not offer yet is no hindrance: it is added.
        owned = {owned_field: replace(there.column, fill_in=True)}
        problems = owned_problems(mapping.kind, owned, list(_staff(mapping, found)), labels)
        hindrances = [Hindrance(_sentence(problem), _ADVICE) for problem in problems]
        if hindrances:
            return hindrances
        return _as_it_is(_shape(mapping, owned_field, there.column.name, labels, hold), there.column)
    if owned_field not in OWNED_BY_KIND[mapping.kind]:
        return [Hindrance(_sentence(f"owned field {owned_field}; a {mapping.kind} has no such field"), _ADVICE)]
    if why := internal_name_problem(name):
        return [_unmakable(name, f"owned field {owned_field}", why, "PSOverdue")]
    return _shape(mapping, owned_field, name, labels, hold)


def _shape(
    mapping: SourceMapping, owned_field: OwnedField, name: str, labels: Labels, hold: HoldBeside | None
) -> ColumnShape:
    drift = mapping.write.drift_of(owned_field)
    return owned_column(owned_field, name, mapping.kind, labels, hold=hold, drift=drift)


_ADVICE = "Name another column for it in the portfolio file; one that is not there yet is made."


def _as_it_is(shape: ColumnShape, column: Column) -> ColumnShape:
    """What a column that is there can be given, which keeps its type: a plain yes or no has no words to dress."""
    return replace(
        shape,
        look=None if column.type is ColumnType.YES_NO else shape.look,
        indexed=shape.indexed and column.type in _INDEXABLE,
    )


def _staff(mapping: SourceMapping, found: FoundList) -> Iterator[Column]:
    """The columns of the list that are read as staff's."""
    names = [name for mapped in mapping.fields.values() for name in mapped.column]
    for name in [*names, *([mapping.key] if mapping.key else []), *mapping.where]:
        if (there := found.column(name)) is not None:
            yield there.column


def _unmakable(name: str, of: str, why: str, such_as: str) -> Hindrance:
    return Hindrance(
        _sentence(f"the list has no column '{name}' for {of}, and none can be made under that name: {why}"),
        f"Write the column's name as the list has it, or a plain one such as {such_as}, in the portfolio file.",
    )


def _taken(name: str, owned_field: OwnedField) -> Hindrance:
    return Hindrance(
        f"Column {name} is to hold owned field {owned_field} and another one.",
        "Name a column of its own for each in the portfolio file.",
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
