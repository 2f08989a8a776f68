"""The last wall before the wire: what is refused, whatever a plan or a portfolio file says, before anything is sent."""

from dataclasses import replace
from datetime import datetime

import pytest

from sync.core.columns import Cell, LookupCell
from sync.core.ownership import OwnedField, WriteMode
from sync.engine.ports import ItemWrite
from sync.engine.targets import Source
from sync.errors import DefectError
from tests.support.project_list import FIELDS, description, field, source, web
from tests.support.wire import ScriptedWire, json_reply, scripted_store

EVERY_LIST_HAS = [
    field(name, "Text")
    for name in ("Created", "Modified", "Author", "Editor", "GUID", "_UIVersionString", "_ModerationStatus", "FileRef")
]


def refused(target: Source, cells: dict[str, Cell], version: str = '"1"') -> str:
    """Why; that a good write comes first does not help it."""
    wire = ScriptedWire(json_reply(web()), json_reply(description([*FIELDS, *EVERY_LIST_HAS])))
    store = scripted_store(wire)
    schema = store.describe(target)
    good = ItemWrite(1, '"1"', {"PSStatus": "At risk"})
    with pytest.raises(DefectError) as raised:
        store.apply(target, schema, [good, ItemWrite(4, version, cells)])
    assert len(wire.requests) == 2, "what it takes to describe the list, and nothing more"
    return raised.value.what


def owning(*columns: str) -> Source:
    """A source whose portfolio file calls these columns ours, too."""
    fields = [OwnedField.OVERDUE, OwnedField.OVERDUE_SINCE, OwnedField.REASON, OwnedField.CHECK, OwnedField.STAMP]
    claimed = {OwnedField.STATUS: "PSStatus", **dict(zip(fields, columns, strict=False))}
    made = source()
    return replace(made, write=replace(made.write, columns=claimed))


@pytest.mark.parametrize("column", ["Title", "Lead", "Target_x0020_date", "Nowhere", "psstatus", "Roll-up status"])
def test_a_column_that_is_not_ours_by_its_internal_name(column: str) -> None:
    assert "columns of staff" in refused(source(), {"PSStatus": "At risk", column: "x"})


@pytest.mark.parametrize("column", ["ID", "Title", *(str(each["InternalName"]) for each in EVERY_LIST_HAS)])
def test_a_column_that_every_list_has_even_if_it_is_called_ours(column: str) -> None:
    assert f"every list comes with: ['{column}']" in refused(owning(column), {column: "x"})


def test_a_column_of_ours_that_is_called_by_its_title_is_ours_by_its_internal_name() -> None:
    claimed = owning("Target date")
    wire = ScriptedWire(json_reply(web()), json_reply(description()))
    store = scripted_store(wire)
    schema = store.describe(claimed)
    store.apply(claimed, schema, [ItemWrite(4, '"1"', {"Target_x0020_date": None})])


def test_an_empty_write_and_a_value_that_no_column_of_ours_holds() -> None:
    assert "is empty" in refused(source(), {})
    assert "LookupCell" in refused(source(), {"PSStatus": LookupCell(1, "x")})
    assert "without a time zone" in refused(source(), {"PSSince": datetime(2026, 6, 30)})  # noqa: DTZ001


@pytest.mark.parametrize("version", ["", " ", "*", " * "])
def test_an_edit_that_would_overwrite_whatever_is_there(version: str) -> None:
    versioned = source(WriteMode.VERSIONED)
    assert "which version of it was read" in refused(versioned, {"PSStatus": "x"}, version)


def test_a_list_that_is_only_read() -> None:
    assert "is only read" in refused(source(WriteMode.OFF), {"PSStatus": "x"})
