"""What every list store promises, whatever is behind it. One suite; each store passes all of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC

import pytest

from sync.core.columns import Cell, ColumnType, PersonCell, Row
from sync.core.ownership import OwnedField, WriteMode
from sync.engine.ports import Applied, Failed, ItemWrite, Raced, Unknown
from sync.engine.targets import ListAddress
from sync.errors import DefectError, LeaseLostError, NotFoundError, SchemaError
from tests.support.benches import BENCHES, bench
from tests.support.liststore_world import COLUMNS, DUE, Bench

MODES = [WriteMode.QUIET, WriteMode.VERSIONED]


@pytest.fixture(params=sorted(BENCHES))
def held(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


def rows_of(held: Bench) -> dict[int, Row]:
    schema = held.store.describe(held.source())
    return {row.item_id: row for page in held.store.read(held.source(), schema, COLUMNS) for row in page}


def write(held: Bench, mode: WriteMode, *writes: ItemWrite) -> list[object]:
    source = held.source(mode)
    return list(held.store.apply(source, held.store.describe(source), writes))


def test_a_list_is_described_with_its_columns_and_the_zone_of_its_site(held: Bench) -> None:
    schema = held.store.describe(held.source())
    assert (schema.title, schema.zone, schema.item_count) == (held.title, "Europe/London", 5)
    assert schema.host == schema.host.lower()
    kinds = {name: column.type for name in COLUMNS if (column := schema.find(name))}
    assert kinds["Due"] is ColumnType.DATE
    assert kinds["Team"] is ColumnType.PERSON_MULTI
    assert kinds["Programme"] is ColumnType.LOOKUP
    assert set(kinds) == set(COLUMNS)


def test_the_schema_stays_the_same_while_only_items_change(held: Bench) -> None:
    before = held.store.describe(held.source()).digest
    held.edit(1, Ref="DS-99")
    assert held.store.describe(held.source()).digest == before


def test_a_list_is_found_by_any_address(held: Bench) -> None:
    by_title = held.store.describe(held.source(address=ListAddress(title=held.title.upper())))
    by_url = held.store.describe(held.source(address=ListAddress(url=held.address)))
    by_guid = held.store.describe(held.source(address=ListAddress(id=by_title.list_guid)))
    assert by_title == by_url == by_guid


def test_a_list_that_is_not_there_is_named(held: Bench) -> None:
    with pytest.raises(NotFoundError, match="There is no list 'Elsewhere'"):
        held.store.describe(held.source(address=ListAddress(title="Elsewhere")))


def test_every_item_is_read_once_by_ascending_id(held: Bench) -> None:
    schema = held.store.describe(held.source())
    pages = list(held.store.read(held.source(), schema, ["Ref"]))
    assert [[row.item_id for row in page] for page in pages] == [[1, 2], [4, 5], [6]]
    assert {tuple(row.cells) for page in pages for row in page} == {("Ref",)}


def test_every_type_of_column_is_read_as_ours(held: Bench) -> None:
    cells = dict(rows_of(held)[1].cells)
    people = {"Lead": (cells.pop("Lead"),), "Team": cells.pop("Team")}
    for column, expected in {"Lead": held.people[:1], "Team": held.people}.items():
        found = people[column]
        assert isinstance(found, tuple)
        named = [(each.name, each.login) for each in found if isinstance(each, PersonCell)]
        assert named == [(each.name, each.login) for each in expected]
    assert cells == {name: held.first.get(name) for name in cells}
    assert cells["Due"] == DUE


def test_blank_cells_are_none_and_blank_lists_are_empty(held: Bench) -> None:
    cells = dict(rows_of(held)[2].cells)
    assert (cells.pop("Team"), cells.pop("Tags")) == ((), ())
    assert cells.pop("Live") in (None, False), "SharePoint may answer a blank Yes/No with No"
    assert cells == dict.fromkeys(cells) | {"Title": "Project 2", "Ref": "DS-02"}


def test_a_column_that_is_not_there_cannot_be_read(held: Bench) -> None:
    schema = held.store.describe(held.source())
    with pytest.raises(SchemaError, match="no column 'Gone'"):
        list(held.store.read(held.source(), schema, ["Ref", "Gone"]))


@pytest.mark.parametrize("wanted", [[4], [6, 3, 1, 6]])
def test_items_are_read_again_by_number_and_those_that_are_gone_are_absent(held: Bench, wanted: list[int]) -> None:
    schema = held.store.describe(held.source())
    found = held.store.read_items(held.source(), schema, COLUMNS, wanted)
    everything = rows_of(held)
    assert dict(found) == {number: everything[number] for number in set(wanted) - {3}}
    assert held.store.read_items(held.source(), schema, COLUMNS, []) == {}


@pytest.mark.parametrize("columns", [["Ref"], COLUMNS], ids=["one column", "all of them"])
def test_many_items_are_read_again_as_each_of_them_would_be(held: Bench, columns: list[str]) -> None:
    schema = held.store.describe(held.source())
    held.edit(5, Ref="DS-55")
    many = held.store.read_items(held.source(), schema, columns, range(1, 100))
    singly = [held.store.read_items(held.source(), schema, columns, [number]) for number in (1, 2, 4, 5, 6)]
    assert dict(many) == {number: row for found in singly for number, row in found.items()}
    assert len(many) == 5


@pytest.mark.parametrize("mode", MODES)
def test_a_write_changes_the_named_columns_and_nothing_else(held: Bench, mode: WriteMode) -> None:
    before = rows_of(held)
    values: dict[str, Cell] = {"PSStatus": "At risk: £5 'late' & <new>", "PSOverdue": True, "PSSince": DUE}
    status = ItemWrite(4, before[4].version, values)
    assert [type(outcome) for outcome in write(held, mode, status)] == [Applied]
    schema = held.store.describe(held.source())
    names = [*COLUMNS, "PSOverdue", "PSSince"]
    after = {row.item_id: row for page in held.store.read(held.source(), schema, names) for row in page}
    assert after[4].cells == {**before[4].cells, **values}
    assert after[4].version != before[4].version
    assert all(after[number].version == before[number].version for number in (1, 2, 5, 6))


@pytest.mark.parametrize("mode", MODES)
def test_values_are_cleared_and_kept_to_the_letter(held: Bench, mode: WriteMode) -> None:
    text = "First line\nsecond & <third>"
    set_ = ItemWrite(2, rows_of(held)[2].version, {"PSReason": text, "_PSCheck": "x", "PSSince": DUE})
    assert [type(outcome) for outcome in write(held, mode, set_)] == [Applied]
    schema = held.store.describe(held.source())
    row = held.store.read_items(held.source(), schema, ["PSReason", "_PSCheck", "PSSince"], [2])[2]
    assert row.cells == {"PSReason": text, "_PSCheck": "x", "PSSince": DUE}
    clear = ItemWrite(2, row.version, {"PSReason": None, "_PSCheck": None, "PSSince": None})
    assert [type(outcome) for outcome in write(held, mode, clear)] == [Applied]
    again = held.store.read_items(held.source(), schema, ["PSReason", "_PSCheck", "PSSince"], [2])[2]
    assert again.cells == {"PSReason": None, "_PSCheck": None, "PSSince": None}


def test_the_quiet_mode_leaves_no_trace_that_people_see(held: Bench) -> None:
    before = held.trace(1)
    outcome = write(held, WriteMode.QUIET, ItemWrite(1, rows_of(held)[1].version, {"PSStatus": "On track"}))
    assert [type(each) for each in outcome] == [Applied]
    assert held.trace(1) == before


def test_the_versioned_mode_adds_one_version_and_tells_its_etag(held: Bench) -> None:
    (_, _, before), row = held.trace(1), rows_of(held)[1]
    (outcome,) = write(held, WriteMode.VERSIONED, ItemWrite(1, row.version, {"PSStatus": "On track"}))
    assert outcome == Applied(rows_of(held)[1].version)
    assert float(held.trace(1)[2]) == float(before) + 1


def test_a_versioned_write_loses_to_a_colleague_who_was_faster(held: Bench) -> None:
    rows = rows_of(held)
    held.edit(4, Ref="DS-44")
    writes = [ItemWrite(number, rows[number].version, {"PSStatus": "At risk"}) for number in (2, 4, 5)]
    outcomes = write(held, WriteMode.VERSIONED, *writes)
    assert [type(outcome) for outcome in outcomes] == [Applied, Raced, Applied], "in the order of the writes"
    after = rows_of(held)
    assert (after[4].cells["Ref"], after[4].cells["PSStatus"]) == ("DS-44", None)


def test_an_item_that_is_gone_fails_alone_in_the_versioned_mode(held: Bench) -> None:
    rows = rows_of(held)
    writes = [ItemWrite(number, rows[1].version, {"PSStatus": "At risk"}) for number in (3, 1)]
    gone, done = write(held, WriteMode.VERSIONED, *writes)
    assert isinstance(gone, Failed)
    assert isinstance(gone.error, NotFoundError)
    assert isinstance(done, Applied)


def test_an_item_that_is_gone_leaves_a_quiet_write_unknown(held: Bench) -> None:
    (outcome,) = write(held, WriteMode.QUIET, ItemWrite(3, '"1"', {"PSStatus": "At risk"}))
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("done", [True, False])
def test_a_lost_answer_is_an_unknown_outcome_whether_or_not_the_write_was_done(
    held: Bench, mode: WriteMode, done: bool
) -> None:
    row = rows_of(held)[5]
    held.lose_answer(5, done=done)
    (outcome,) = write(held, mode, ItemWrite(5, row.version, {"PSStatus": "At risk"}))
    assert isinstance(outcome, Unknown)
    assert outcome.reason
    assert rows_of(held)[5].cells["PSStatus"] == ("At risk" if done else None)


def test_a_column_of_staff_is_refused_before_anything_is_sent(held: Bench) -> None:
    rows = rows_of(held)
    writes = [ItemWrite(1, rows[1].version, {"PSStatus": "x"}), ItemWrite(2, rows[2].version, {"Ref": "x"})]
    schema = held.store.describe(held.source())
    asked = held.store.usage().total
    with pytest.raises(DefectError):
        held.store.apply(held.source(), schema, writes)
    assert held.store.usage().total == asked
    assert rows_of(held) == rows


@pytest.mark.parametrize("column", ["Title", "ID"])
def test_a_column_that_every_list_has_is_refused_even_where_it_is_called_ours(held: Bench, column: str) -> None:
    rows, source = rows_of(held), held.source()
    claimed = replace(source, write=replace(source.write, columns={OwnedField.STATUS: column}))
    schema = held.store.describe(claimed)
    with pytest.raises(DefectError):
        held.store.apply(claimed, schema, [ItemWrite(1, rows[1].version, {column: "x"})])
    assert rows_of(held) == rows


@pytest.mark.parametrize("version", ["", "*"])
def test_a_versioned_write_that_does_not_say_what_was_read_is_refused(held: Bench, version: str) -> None:
    source = held.source(WriteMode.VERSIONED)
    schema, rows = held.store.describe(source), rows_of(held)
    with pytest.raises(DefectError):
        held.store.apply(source, schema, [ItemWrite(1, version, {"PSStatus": "x"})])
    assert rows_of(held) == rows


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_nothing_is_sent_once_it_is_no_longer_permitted(held: Bench, mode: WriteMode) -> None:
    def refuse() -> None:
        raise LeaseLostError("Another run took over.")

    source, rows = held.source(mode), rows_of(held)
    schema = held.store.describe(source)
    with pytest.raises(LeaseLostError):
        list(held.store.apply(source, schema, [ItemWrite(1, rows[1].version, {"PSStatus": "x"})], refuse))
    assert rows_of(held) == rows


def test_a_list_that_is_only_read_is_never_written(held: Bench) -> None:
    source = held.source(WriteMode.OFF)
    schema = held.store.describe(source)
    with pytest.raises(DefectError):
        held.store.apply(source, schema, [ItemWrite(1, '"1"', {"PSStatus": "x"})])
    assert list(held.store.apply(source, schema, [])) == []


def test_a_write_into_a_list_that_is_gone_is_an_outcome_and_no_exception(held: Bench) -> None:
    source = held.source(WriteMode.VERSIONED)
    schema, rows = held.store.describe(source), rows_of(held)
    held.delete_list()
    outcomes = list(held.store.apply(source, schema, [ItemWrite(1, rows[1].version, {"PSStatus": "x"})]))
    assert [type(outcome) for outcome in outcomes] == [Failed]
    with pytest.raises(NotFoundError):
        held.store.describe(source)


def test_the_way_to_a_list_is_shown_hop_by_hop(held: Bench) -> None:
    hops = list(held.store.probe(held.source()))
    assert [hop.name for hop in hops] == ["host", "sign-in", "site", "list", "permission"]
    assert "5 items" in hops[3].detail
    assert "edit" in hops[4].detail


def test_every_row_says_when_and_by_whom_it_was_changed_last(held: Bench) -> None:
    row = rows_of(held)[4]
    assert row.modified is not None
    assert row.modified.tzinfo is UTC
    assert (row.modified, row.editor_id) == held.trace(4)[:2]


def test_every_row_says_when_it_was_made_however_often_it_is_changed(held: Bench) -> None:
    before = rows_of(held)[4]
    assert before.created is not None
    assert before.created.tzinfo is UTC
    held.edit(4, Ref="DS-99")
    write(held, WriteMode.QUIET, ItemWrite(4, before.version, {"PSStatus": "At risk"}))
    after = rows_of(held)[4]
    assert after.version != before.version
    assert after.created == before.created
    source = held.source()
    again = held.store.read_items(source, held.store.describe(source), COLUMNS, [1, 4])
    assert again[4].created == before.created
