"""Finds when and by whom our values were changed: in the version history where a list keeps one, else in the item."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from sync.core.columns import PersonCell, Version
from sync.core.drift import Drifted, Edit, last_change
from sync.core.mapping import Binding
from sync.core.model import Person
from sync.core.owned import decode
from sync.core.ownership import OwnedField
from sync.core.snapshot import LeftOut, Record, RecordId
from sync.engine.decide import Decided
from sync.engine.ports import AuditTrail, ListStore
from sync.engine.targets import Source
from sync.errors import SourceError

MOST_ITEMS = 50
"""Items whose version history a run reads; of the others the item itself tells when it was last changed."""

EDITOR = "Editor"
"""The internal name of SharePoint's Modified By."""

Edits = Mapping[tuple[RecordId, OwnedField], Edit]


def edits_of(decided: Decided, lists: Mapping[str, ListStore], audit: AuditTrail) -> Edits:
    """The edit behind every value that a person changed, as far as it can be told; one request for each item.

    A history that cannot be read stops nothing: then the item's own last change is told instead.
    """
    in_order = sorted(decided.planned.drifts, key=lambda drifted: (drifted.source, drifted.id))
    rows = _rows(decided, {(drifted.source, drifted.id) for drifted in in_order})
    found: dict[tuple[RecordId, OwnedField], Edit] = {}
    items = groupby(in_order, key=lambda drifted: (drifted.source, drifted.id))
    for number, ((name, record_id), drifts) in enumerate(items):
        source = decided.reads[name].source
        binding = decided.inputs[name].binding
        history = _History(source, binding, rows[name, record_id], lists[source.connection], audit)
        found |= history.edits(tuple(drifts), read_versions=number < MOST_ITEMS)
    return found


def _rows(decided: Decided, wanted: Collection[tuple[str, RecordId]]) -> dict[tuple[str, RecordId], Record | LeftOut]:
    """The rows of these records, by source."""
    reads = [decided.reads[name] for name in sorted({name for name, _ in wanted})]
    rows: Iterator[Record | LeftOut] = chain.from_iterable((*read.records, *read.left_out) for read in reads)
    return {(row.source, row.id): row for row in rows if (row.source, row.id) in wanted}


def site_address(host: str, source: Source) -> str:
    """Among whom a user's number is unique: the people of one site."""
    return f"{host}{source.site}".rstrip("/").lower()


@dataclass(frozen=True, slots=True)
class _History:
    """One item that drifted, and where to ask about it."""

    source: Source
    binding: Binding
    row: Record | LeftOut
    store: ListStore
    audit: AuditTrail

    def edits(
        self, drifts: Sequence[Drifted], *, read_versions: bool
    ) -> Iterator[tuple[tuple[RecordId, OwnedField], Edit]]:
        versions = self._versions([drifted.field for drifted in drifts]) if read_versions else ()
        for drifted in drifts:
            yield (drifted.id, drifted.field), self._edit(drifted, versions)

    def _versions(self, names: Sequence[OwnedField]) -> tuple[Version, ...]:
        columns = [self.binding.owned[name].name for name in names]
        columns += [EDITOR] if self._editor_fields() else []
        try:
            return self.store.versions(self.source, self.binding.schema, columns, self.row.id.item_id)
        except SourceError:
            return ()

    def _edit(self, drifted: Drifted, versions: Sequence[Version]) -> Edit:
        column, zone = self.binding.owned[drifted.field], self.binding.schema.zone
        made = last_change(versions, lambda each: decode(column, each.cells.get(column.name), zone), drifted.live)
        if made is None:
            return self._told(self.row.modified, self.row.editor_id, self._mapped_name())
        cell = made.cells.get(EDITOR) if self._editor_fields() else None
        name = cell.name if isinstance(cell, PersonCell) else None
        return replace(self._told(made.made, made.editor_id, name), from_versions=True)

    def _told(self, made: datetime | None, editor_id: int | None, name: str | None) -> Edit:
        scope = site_address(self.binding.schema.host, self.source)
        person = None if editor_id is None else self.audit.person(scope, str(editor_id), name)
        zone = ZoneInfo(self.binding.schema.zone) if self.binding.schema.zone else UTC
        return Edit(made=made.astimezone(zone) if made else None, person=person, name=name)

    def _editor_fields(self) -> list[str]:
        """The fields that come from Modified By and from nothing else: only then may a name be told, and never of a
        restricted record."""
        if self.row.restricted:
            return []
        return [bound.name for bound in self.binding.fields if [column.name for column in bound.columns] == [EDITOR]]

    def _mapped_name(self) -> str | None:
        """The name that the item's own Modified By holds, where it is mapped."""
        if isinstance(self.row, LeftOut):
            return None
        held = [getattr(self.row.fields, name) for name in self._editor_fields()]
        people = [person for value in held if isinstance(value, tuple) for person in value]
        return next((person.name for person in people if isinstance(person, Person)), None)
