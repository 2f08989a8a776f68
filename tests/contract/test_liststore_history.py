"""What every list store promises of what has been: its change log, its version histories, and the time it has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from sync.core.columns import ListSchema, PersonCell
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Unknown
from sync.errors import NotFoundError
from tests.support.asking import changes
from tests.support.benches import BENCHES, bench
from tests.support.liststore_world import COLUMNS, DUE, Bench

MODES = [WriteMode.QUIET, WriteMode.VERSIONED]


@pytest.fixture(params=sorted(BENCHES))
def held(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


def schema_and_token(held: Bench) -> tuple[ListSchema, str]:
    schema = held.store.describe(held.source())
    assert schema.change_token is not None
    return schema, schema.change_token


def write(held: Bench, mode: WriteMode, item_id: int, **cells: str) -> object:
    source = held.source(mode)
    schema = held.store.describe(source)
    row = held.store.read_items(source, schema, ["Ref"], [item_id])[item_id]
    (outcome,) = held.store.apply(source, schema, [ItemWrite(item_id, row.version, cells)])
    return outcome


# The change log


def test_nothing_has_changed_since_just_now(held: Bench) -> None:
    schema, token = schema_and_token(held)
    held.store.read_items(held.source(), schema, COLUMNS, [1, 2])
    assert changes(held.store, held.source(), schema, token) == frozenset()


@pytest.mark.parametrize("mode", MODES)
def test_writes_of_ours_and_of_others_have_changed_their_items(held: Bench, mode: WriteMode) -> None:
    schema, token = schema_and_token(held)
    held.edit(1, Ref="DS-11")
    assert isinstance(write(held, mode, 4, PSStatus="At risk"), Applied)
    held.edit(4, Ref="DS-44")
    assert changes(held.store, held.source(), schema, token) == {1, 4}
    schema, token = schema_and_token(held)
    held.edit(2, Ref="DS-22")
    assert changes(held.store, held.source(), schema, token) == {2}, "and nothing from before the token"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("done", [True, False])
def test_a_write_whose_answer_was_lost_is_among_the_changes_if_it_was_done(
    held: Bench, mode: WriteMode, done: bool
) -> None:
    schema, token = schema_and_token(held)
    held.lose_answer(5, done=done)
    assert isinstance(write(held, mode, 5, PSStatus="At risk"), Unknown)
    assert changes(held.store, held.source(), schema, token) == ({5} if done else frozenset())


def test_an_item_that_was_deleted_or_restored_has_changed(held: Bench) -> None:
    schema, token = schema_and_token(held)
    before = held.store.read_items(held.source(), schema, COLUMNS, [5])[5]
    held.recycle(5)
    assert changes(held.store, held.source(), schema, token) == {5}
    assert held.store.read_items(held.source(), schema, COLUMNS, [5]) == {}
    schema, token = schema_and_token(held)
    held.restore(5)
    assert changes(held.store, held.source(), schema, token) == {5}
    assert held.store.read_items(held.source(), schema, COLUMNS, [5])[5].cells == before.cells


def test_a_token_from_before_the_log_tells_nothing(held: Bench) -> None:
    schema, token = schema_and_token(held)
    expired = held.expired(token)
    held.edit(2, Ref="DS-22")
    assert changes(held.store, held.source(), schema, expired) is None


@pytest.mark.parametrize("what", ["another list's", "none at all"])
def test_a_token_that_is_not_this_lists_tells_nothing(held: Bench, what: str) -> None:
    schema, token = schema_and_token(held)
    wrong = token.replace(schema.list_guid, "0" * 8 + schema.list_guid[8:]) if what == "another list's" else "token"
    assert wrong != token
    assert changes(held.store, held.source(), schema, wrong) is None


# Version histories


def test_versions_tell_who_left_which_values_and_when_the_newest_first(held: Bench) -> None:
    schema, _ = schema_and_token(held)
    first = held.trace(1)
    held.edit(1, Ref="DS-11", PSStatus="Ours, they say")
    second = held.trace(1)
    held.edit(1, Ref="DS-12")
    found = held.store.versions(held.source(), schema, ["Ref", "PSStatus"], 1)
    assert [(each.made, each.editor_id, each.label) for each in found] == [held.trace(1), second, first]
    assert all(each.made.tzinfo is UTC for each in found)
    assert [dict(each.cells) for each in found] == [
        {"Ref": "DS-12", "PSStatus": "Ours, they say"},
        {"Ref": "DS-11", "PSStatus": "Ours, they say"},
        {"Ref": "DS-01", "PSStatus": None},
    ]


def test_every_type_of_column_is_read_from_a_version_as_from_an_item_but_for_logins(held: Bench) -> None:
    source = held.source()
    schema, _ = schema_and_token(held)
    names = [*COLUMNS, "PSOverdue", "PSSince", "PSReason", "_PSCheck"]
    values = {"PSOverdue": True, "PSSince": DUE, "PSReason": "was due\n3 June & <late>", "_PSCheck": "x_y"}
    for number in (1, 2):
        row = held.store.read_items(source, schema, names, [number])[number]
        assert list(held.store.apply(source, schema, [ItemWrite(number, row.version, values)])) == [Applied()]
        expected = dict(held.store.read_items(source, schema, names, [number])[number].cells)
        (newest, *_) = held.store.versions(source, schema, names, number)
        assert {name: _anonymous(cell) for name, cell in newest.cells.items() if name != "Live"} == {
            name: _anonymous(cell) for name, cell in expected.items() if name != "Live"
        }
        assert newest.cells["Live"] in (expected["Live"], None), "a Yes/No that nobody set may be blank in a version"


def _anonymous(cell: object) -> object:
    if isinstance(cell, tuple):
        return tuple(_anonymous(each) for each in cell)
    return replace(cell, login=None) if isinstance(cell, PersonCell) else cell


def test_a_quiet_write_changes_the_newest_version_in_place(held: Bench) -> None:
    schema, _ = schema_and_token(held)
    held.edit(4, Ref="DS-44")
    newest, *older = held.store.versions(held.source(), schema, ["Ref", "PSStatus"], 4)
    assert isinstance(write(held, WriteMode.QUIET, 4, PSStatus="At risk"), Applied)
    again, *rest = held.store.versions(held.source(), schema, ["Ref", "PSStatus"], 4)
    assert rest == older
    assert (again.label, again.made, again.editor_id) == (newest.label, newest.made, newest.editor_id)
    assert again.cells == {"Ref": "DS-44", "PSStatus": "At risk"}


def test_a_versioned_write_adds_a_version(held: Bench) -> None:
    schema, _ = schema_and_token(held)
    before = held.store.versions(held.source(), schema, ["PSStatus"], 4)
    assert isinstance(write(held, WriteMode.VERSIONED, 4, PSStatus="At risk"), Applied)
    newest, *older = held.store.versions(held.source(), schema, ["PSStatus"], 4)
    assert tuple(older) == before
    assert newest.cells == {"PSStatus": "At risk"}


def test_a_list_that_keeps_no_versions_has_none_to_tell(held: Bench) -> None:
    held.edit(4, Ref="DS-44")
    held.keep_no_versions()
    schema = held.store.describe(held.source())
    assert held.store.versions(held.source(), schema, ["Ref"], 4) == ()


def test_an_item_that_is_gone_has_no_versions_to_tell(held: Bench) -> None:
    schema = held.store.describe(held.source())
    with pytest.raises(NotFoundError, match="no longer exists"):
        held.store.versions(held.source(), schema, ["Ref"], 3)


# The time


def test_the_servers_clock_is_compared_with_ours_once_it_has_answered(held: Bench) -> None:
    assert held.store.clock_difference() is None
    held.store.describe(held.source())
    difference = held.store.clock_difference()
    assert difference is not None
    assert abs(difference) < timedelta(minutes=5)
