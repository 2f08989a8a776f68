"""What a list allows, what it lacks, and what an administrator should know before anything is written into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.core.columns import Column, ColumnType
from sync.core.convert import BoundField, convert
from sync.core.explain import FIELD_LABELS
from sync.core.findings import FindingKind
from sync.core.mapping import Binding
from sync.core.model import HOLD_FIELDS
from sync.core.ownership import OWNED_BY_KIND, OwnedField, WriteMode
from sync.core.provisioning.shape import (
    LONGEST_LIST_TO_INDEX,
    MOST_INDEXES,
    VIEW_THRESHOLD,
    FoundList,
    ItemLock,
    ListTerms,
)
from sync.core.text import counted, listed, quote

FEW_VERSIONS = 100
"""So many versions of an item and fewer are soon pushed out by a service that writes at night."""

_NEAR = 0.8
"""The part of a limit from which on it is told: there is still time to do something about it."""

_FILTERED = (OwnedField.OVERDUE, OwnedField.CHECK, OwnedField.ESCALATE_TO)
"""What views ask for first, so that on a long list it has to be indexed."""

_CHOICES = frozenset({ColumnType.CHOICE, ColumnType.MULTI_CHOICE})


class Weight(StrEnum):
    """`mend`: works today and will mislead or break; `know`: nothing is wrong."""

    MEND = "mend"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence about a list and, where something can be done, one of what to do."""

    weight: Weight
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column that a source uses. `field`: what it is to us; `ours`: whether only the service writes it."""

    name: str
    title: str
    type: ColumnType
    field: str
    ours: bool


def column_uses(binding: Binding) -> tuple[ColumnUse, ...]:
    """Every column that is read, and every one that is written, in the order of the mapping's fields."""
    key = [(binding.key, "key")] if binding.key else []
    read = [(column, bound.name) for bound in binding.fields for column in bound.columns]
    asked = [(column, "where") for column, _ in binding.where]
    return (
        *(_use(column, name, ours=False) for column, name in (*key, *read, *asked)),
        *(_use(column, name.value, ours=True) for name, column in binding.owned.items()),
    )


def _use(column: Column, field: str, *, ours: bool) -> ColumnUse:
    return ColumnUse(column.name, column.title, column.type, field, ours)


def remarks(binding: Binding, found: FoundList | None, lock: ItemLock | None = None) -> tuple[Remark, ...]:
    """What there is to say of one list beside what stops a run. `found`: its settings and indexes, None where nobody
    asked for them; `lock`: what its retention label does, None where that is not known."""
    mode = binding.mapping.write.mode
    said = [*_unknown_choices(binding), *_unmapped(binding), *_without_holds(binding)]
    if mode is not WriteMode.OFF and binding.mapping.write.columns:
        said += [*_records(lock), _flows(binding)]
    if found is not None:
        said += [*_versions(mode, found.terms), *_length(found), *_indexes(binding, found), *_plain(binding, found)]
    return tuple(said)


def write_effect(mode: WriteMode, terms: ListTerms | None) -> str:
    """What writing in that mode does to this list's items, as a clause."""
    if mode is WriteMode.OFF:
        return "only read: nothing is ever written"
    if mode is WriteMode.QUIET:
        return "quietly: no new version; Modified and Modified By stay the colleague's"
    if terms is None:
        return "as ordinary edits, refused where somebody changed the item meanwhile"
    if not terms.versioning:
        return "as ordinary edits; the list keeps no versions, so only our own record shows what was there before"
    kept = f"; {counted(terms.version_limit, 'version')} of an item are kept" if terms.version_limit else ""
    return f"as ordinary edits, each a version in the item's history{kept}"


def _unknown_choices(binding: Binding) -> Iterator[Remark]:
    """Words that staff can pick and that would read as unknown."""
    for bound in binding.fields:
        for column in bound.columns:
            if bound.words is None or column.type not in _CHOICES:
                continue
            unknown = [choice for choice in column.choices if choice.strip() and _is_unknown(bound, column, choice)]
            if unknown:
                verb = "has" if len(unknown) == 1 else "have"
                yield Remark(
                    Weight.MEND,
                    f"{quote(column.title)} offers {listed(_quoted(unknown))}, which {verb} no meaning as "
                    f"{bound.name}: rows that say so read as unknown.",
                    f"Say under `fields.{bound.name}.values` what it stands for.",
                )


def _is_unknown(bound: BoundField, column: Column, choice: str) -> bool:
    problem = convert(bound, column, choice, None).problem
    return problem is not None and problem.kind is FindingKind.UNKNOWN_VALUE


def _unmapped(binding: Binding) -> Iterator[Remark]:
    mapping = binding.mapping
    left = sorted(OWNED_BY_KIND[mapping.kind] - set(mapping.write.columns))
    if mapping.write.mode is not WriteMode.OFF and left:
        names = listed([f"{each.value} ({FIELD_LABELS[each]})" for each in left])
        yield Remark(
            Weight.KNOW,
            f"Not shown in this list: {names}.",
            "Name a column for it under `write.columns`, then run `provision`.",
        )


def _without_holds(binding: Binding) -> Iterator[Remark]:
    """Hold columns that are mapped and absent; a run reads the list without them."""
    absent = [bound.name for bound in binding.fields if bound.name in HOLD_FIELDS and not bound.columns]
    if absent:
        yield Remark(
            Weight.KNOW,
            f"There is no column yet for {listed(absent)}, with which staff would hold a flag.",
            "Run `provision`, which makes it.",
        )


def _records(lock: ItemLock | None) -> Iterator[Remark]:
    """Of regulatory records nothing is said here: they stop the check."""
    if lock is ItemLock.RECORDS:
        yield Remark(
            Weight.MEND,
            "A retention label makes records of the items: unless the organisation lets the properties of records be "
            "edited, nobody can edit them, and what the service writes is refused.",
            "Ask who keeps the labels whether that is allowed, or set `write: {mode: off}` for this source.",
        )


def _flows(binding: Binding) -> Remark:
    """SharePoint's flows fire on our writes too, in either mode."""
    if binding.mapping.write.mode is WriteMode.QUIET:
        why = "A quiet write leaves Modified as it was"
        condition = "@greaterOrEquals(triggerOutputs()?['body/Modified'], addMinutes(utcNow(), -60))"
    else:
        why = "What an application edits is by SharePoint App, or by the application's own name"
        condition = "@not(equals(triggerOutputs()?['body/Editor/DisplayName'], 'SharePoint App'))"
    return Remark(
        Weight.KNOW,
        "A flow that starts when an item of this list is modified may also start when the service writes.",
        f"{why}, so this trigger condition lets the flow ignore the service: {condition}",
    )


def _versions(mode: WriteMode, terms: ListTerms) -> Iterator[Remark]:
    if mode is WriteMode.VERSIONED and terms.versioning and 0 < terms.version_limit <= FEW_VERSIONS:
        yield Remark(
            Weight.MEND,
            f"Of an item {counted(terms.version_limit, 'version')} are kept: as many nights on which it is written "
            "push out every version that staff made before.",
            "Keep more versions in the list's settings, or set `write: {mode: quiet}`.",
        )


def _length(found: FoundList) -> Iterator[Remark]:
    if found.item_count > VIEW_THRESHOLD:
        yield Remark(
            Weight.KNOW,
            f"The list has more than {VIEW_THRESHOLD:,} items: a view that filters or sorts by a column without an "
            "index shows an error instead of items. The service reads it all the same.",
            "The views that `provision` makes begin with an indexed column.",
        )
    elif found.item_count >= _NEAR * VIEW_THRESHOLD:
        yield Remark(
            Weight.KNOW,
            f"The list has {found.item_count:,} items; beyond {VIEW_THRESHOLD:,} a view that filters or sorts by a "
            "column without an index stops working.",
        )


def _indexes(binding: Binding, found: FoundList) -> Iterator[Remark]:
    wanted = [binding.owned[each] for each in _FILTERED if each in binding.owned]
    without = [column for column in wanted if not _is_indexed(column, found)]
    if not without:
        return
    names = listed(_quoted([column.title for column in without]))
    if found.item_count > LONGEST_LIST_TO_INDEX:
        yield Remark(
            Weight.MEND,
            f"{names} cannot be indexed any more: SharePoint adds no index above {LONGEST_LIST_TO_INDEX:,} items, and "
            "views that begin with it do not open.",
            "Move old items away until there are fewer, and run `provision`.",
        )
    elif found.item_count >= _NEAR * LONGEST_LIST_TO_INDEX:
        yield Remark(
            Weight.MEND,
            f"{names} will soon be too late to index: that is possible up to {LONGEST_LIST_TO_INDEX:,} items.",
            "Run `provision` now.",
        )
    if found.indexes + len(without) > MOST_INDEXES:
        yield Remark(
            Weight.MEND,
            f"The list uses {found.indexes} of {MOST_INDEXES} indexes, and {names} would need {len(without)} more.",
            "Remove an index that no view uses from a column of staff's.",
        )


def _is_indexed(column: Column, found: FoundList) -> bool:
    known = found.column(column.name)
    return known is not None and known.indexed


def _plain(binding: Binding, found: FoundList) -> Iterator[Remark]:
    """Columns of ours that no `provision` has been at."""
    bare = [
        column.title
        for column in binding.owned.values()
        if (known := found.column(column.name)) is not None and not known.formatter and known.in_edit_form
    ]
    if bare and binding.mapping.write.mode is not WriteMode.OFF:
        yield Remark(
            Weight.KNOW,
            f"Shown as they are, and open in the list's forms: {listed(_quoted(bare))}.",
            "`provision` gives them icons and colours, and takes them out of the forms.",
        )


def _quoted(titles: Sequence[str]) -> list[str]:
    return [quote(title) for title in titles]
