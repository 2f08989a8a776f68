"""What tests arrange with lists in memory: colleagues between two writes, other times, and copies to branch from."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.memory import MemoryStore
from connectors.memory_list import OURSELVES, MemoryList
from sync.core.columns import Column, ColumnType
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Raced, Unknown
from sync.errors import UnreachableError
from tests.support.project_list import source

SITE, TITLE = "/sites/pmo", "Digital projects"
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


def world() -> tuple[MemoryStore, MemoryList]:
    store = MemoryStore(now=lambda: NOON)
    columns = [Column(name, name, ColumnType.TEXT) for name in ("Ref", "PSStatus", "PSReason")]
    made = store.add_list(SITE, TITLE, columns)
    for number in range(1, 4):
        made.add(Ref=f"DS-0{number}")
    return store, made


def apply(store: MemoryStore, mode: WriteMode, *writes: ItemWrite) -> list[object]:
    target = source(mode)
    return list(store.apply(target, store.describe(target), writes))


def test_a_copy_goes_its_own_way() -> None:
    store, projects = world()
    projects.edit(1, Ref="DS-11")
    projects.delete(2)
    store.lost, store.broken = {3: True}, {"read": UnreachableError("No.")}
    token = projects.token
    branch = store.copy()
    other = branch.list_at(SITE, TITLE.upper())
    assert (other.items, other.recycled, other.token) == (projects.items, projects.recycled, token)
    other.edit(1, Ref="DS-99")
    other.restore(2)
    assert apply(branch, WriteMode.QUIET, ItemWrite(3, '"1"', {"PSStatus": "At risk"})) == [
        Unknown("the answer was lost")
    ]
    branch.broken.clear()
    assert projects.items[1].cells == {"Ref": "DS-11"}
    assert (sorted(projects.items), sorted(projects.recycled), projects.token) == ([1, 3], [2], token)
    assert projects.items[3].cells == {"Ref": "DS-03"}
    assert (store.lost, list(store.broken), store.writes) == ({3: True}, ["read"], [])
    assert len(branch.writes) == 1
    assert other.changed_since(token) == {1, 2, 3}


def test_a_copy_counts_on_from_where_its_original_was() -> None:
    store, _ = world()
    store.describe(source())
    branch = store.copy()
    branch.describe(source())
    assert (store.usage().total, branch.usage().total) == (1, 2)


@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_colleague_may_come_between_two_writes_of_one_request(mode: WriteMode) -> None:
    store, projects = world()

    def colleague(write: ItemWrite) -> None:
        if write.item_id == 1:
            projects.edit(2, Ref="DS-22", PSStatus="Mine")

    store.before_apply = colleague
    writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in (1, 2)]
    outcomes = apply(store, mode, *writes)
    versioned = mode is WriteMode.VERSIONED
    assert [type(each) for each in outcomes] == ([Applied, Raced] if versioned else [Applied, Applied])
    assert projects.items[2].cells == {"Ref": "DS-22", "PSStatus": "Mine" if versioned else "At risk"}
    assert store.copy().before_apply is None


def test_what_raises_before_a_write_leaves_it_undone() -> None:
    store, projects = world()

    def crash(write: ItemWrite) -> None:
        if write.item_id == 2:
            raise KeyboardInterrupt

    store.before_apply = crash
    writes = [ItemWrite(number, '"1"', {"PSStatus": "At risk"}) for number in (1, 2, 3)]
    with pytest.raises(KeyboardInterrupt):
        apply(store, WriteMode.QUIET, *writes)
    assert [projects.items[number].cells.get("PSStatus") for number in (1, 2, 3)] == ["At risk", None, None]
    assert [write.item_id for write in store.writes] == [1]


def test_edits_are_dated_and_signed() -> None:
    store, projects = world()
    assert (projects.items[1].modified, projects.items[1].created) == (NOON, NOON)
    projects.edit(1, editor_id=7, Ref="DS-11")
    assert (projects.items[1].modified, projects.items[1].editor_id) == (NOON, 7)
    projects.edit(1, at=NOON + timedelta(days=1), Ref="DS-12")
    assert apply(store, WriteMode.QUIET, ItemWrite(1, "", {"PSStatus": "At risk"})) == [Applied()]
    assert (projects.items[1].modified, projects.items[1].editor_id) == (NOON + timedelta(days=1), 2)
    assert apply(store, WriteMode.VERSIONED, ItemWrite(1, '"4"', {"PSStatus": "On track"})) == [Applied('"5"')]
    assert (projects.items[1].modified, projects.items[1].editor_id) == (NOON, OURSELVES)
    projects.edit(1, at=NOON + timedelta(days=2), Ref="DS-13")
    assert projects.items[1].created == NOON, "an edit makes no item new"


def test_a_list_without_versions_keeps_one_label() -> None:
    store = MemoryStore()
    made = store.add_list(SITE, TITLE, [Column("Ref", "Ref", ColumnType.TEXT)], versioned=False)
    made.add(Ref="DS-01")
    made.edit(1, Ref="DS-11")
    assert (made.items[1].label, made.items[1].etag) == (1, 2)


def test_the_servers_clock_may_be_set() -> None:
    store, _ = world()
    store.difference = timedelta(minutes=6)
    assert store.clock_difference() is None, "nobody has asked it anything yet"
    store.describe(source())
    assert store.clock_difference() == timedelta(minutes=6)
    assert store.copy().clock_difference() == timedelta(minutes=6)


def test_a_history_is_told_back_to_its_newest_hundred() -> None:
    store, projects = world()
    for number in range(150):
        projects.edit(1, Ref=str(number))
    schema = store.describe(source())
    found = store.versions(source(), schema, ["Ref"], 1)
    assert [each.cells["Ref"] for each in found] == [str(number) for number in range(149, 49, -1)]
