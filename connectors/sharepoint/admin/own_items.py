"""Items of the service's own lists, and how many items of any list hold something in a column.

A mistake elsewhere must never write into a list of staff's. So no GUID is believed: a list is ours only if it has, by
its own description, the column that every list of ours has and no list of staff's: the row key, a unique text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.sharepoint.admin.calls import Calls
from connectors.sharepoint.admin.lists import Fields
from connectors.sharepoint.batch import Part, chunks
from connectors.sharepoint.columns import encode_json, wire_columns
from connectors.sharepoint.describing import Described, recalled
from connectors.sharepoint.read import Pages
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.write_batches import WriteBatches, item_part
from sync.core.columns import Cell, ColumnType, ListSchema, Row
from sync.core.provisioning.shape import FoundList
from sync.core.provisioning.status_columns import Kept
from sync.engine.admin import OwnWrite
from sync.engine.ports import Failed, Outcome, Raced
from sync.errors import DefectError, NotFoundError


@dataclass(frozen=True, slots=True)
class Known:
    """A list as it was described last. `is_own`: whether it is the service's own."""

    described: Described
    is_own: bool

    @property
    def schema(self) -> ListSchema:
        """What `recalled_list` needs, of a list of ours."""
        schema = self.described.with_handle("", None).schema
        return replace(schema, handle=f"{_OWN}{schema.handle}") if self.is_own else schema


_OWN = "own "


def recalled_list(schema: ListSchema) -> Known | None:
    """A list of ours as it was found before; None for a schema that does not say that it is of one."""
    told = recalled(replace(schema, handle=schema.handle.removeprefix(_OWN)))
    return Known(told.described, is_own=True) if told is not None and schema.handle.startswith(_OWN) else None


def known(found: FoundList, fields: Fields) -> Known:
    wires = wire_columns(fields)
    schema = ListSchema(
        host=found.host,
        list_guid=found.guid,
        title=found.title,
        columns=tuple(wire.column for wire in wires),
        zone=None,
        item_count=found.item_count,
    )
    return Known(Described(schema, wires), any(_is_row_key(field) for field in fields))


def _is_row_key(field: Mapping[str, Any]) -> bool:
    unique, kind = field.get("EnforceUniqueValues") is True, field.get("TypeAsString")
    return unique and kind == "Text" and field.get("InternalName") == Kept.KEY


class OwnItems:
    """The items of one list."""

    def __init__(self, calls: Calls, known: Known, limits: Limits) -> None:
        self._calls = calls
        self._known = known
        self._limits = limits
        self._schema = known.described.schema
        self._about = f"the list '{self._schema.title}'"

    def count_filled(self, columns: Sequence[str]) -> dict[str, int]:
        """Of any list: yes counts, and no does not, because a blank one reads as no."""
        counts = dict.fromkeys(columns, 0)
        for rows in Pages(self._calls.site, self._known.described, columns, self._limits) if columns else ():
            for row in rows:
                for name in counts:
                    counts[name] += _holds(row.cells[name])
        return counts

    def all(self, columns: Sequence[str]) -> dict[int, Row]:
        self._check_own()
        pages = Pages(self._calls.site, self._known.described, columns, self._limits)
        return {row.item_id: row for rows in pages for row in rows}

    def write(self, writes: Sequence[OwnWrite], batches: WriteBatches) -> list[Outcome]:
        """Over whatever is there, unless a version is named: nobody else writes into these columns, and what somebody
        did is put right. An item whose adding is uncertain is not added twice: its row key is unique."""
        self._check_own()
        parts = [self._part(write) for write in writes]
        outcomes: list[Outcome] = []
        for group in chunks(parts, self._limits):
            is_one = len(group) == 1
            outcomes += [batches.send_alone(group[0], self._about)] if is_one else batches.send(group, self._about)
        return [_meaning(write, outcome) for write, outcome in zip(writes, outcomes, strict=True)]

    def _part(self, write: OwnWrite) -> Part:
        return item_part(
            self._calls.site, self._schema, write.item_id, self._body(write.cells), version=write.version or "*"
        )

    def _body(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        wires = {name: self._known.described.wire(name) for name in cells}
        for name, wire in wires.items():
            if wire.column.read_only or wire.expands or wire.column.type is ColumnType.LINK:
                raise DefectError(f"Column {name} of {self._about} is none that is written.")
        if not cells:
            raise DefectError(f"A write into {self._about} is empty.")
        return {wire.prop: encode_json(cells[name]) for name, wire in wires.items()}

    def _check_own(self) -> None:
        if not self._known.is_own:
            raise DefectError(f"{self._about} has no column {Kept.KEY} of ours, so it is a list of staff's.")


def _meaning(write: OwnWrite, outcome: Outcome) -> Outcome:
    """An item that is not there any more is not the one that was read."""
    is_gone = isinstance(outcome, Failed) and isinstance(outcome.error, NotFoundError)
    return Raced() if is_gone and write.version is not None else outcome


def _holds(cell: Cell) -> bool:
    return cell is not None and cell is not False and cell != "" and cell != ()
