"""What lists held when they were seen last: kept whole, changed in place, sealed, and lost without harm."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.core.columns import Cell, Column, ColumnType, LinkCell, ListSchema, LookupCell, PersonCell, Row
from sync.core.mirror import Mirrored, Wanted
from sync.engine.mirrors import MirrorLostError, Mirrors
from sync.errors import UnreadableError
from tests.support.databases import TARGETS
from tests.support.runstores import HOST, LIST, STORES, AnyStore, StoreWorld, store_world


@pytest.fixture(params=STORES)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture(params=TARGETS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    """The stores that seal what they keep."""
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(stores: StoreWorld) -> AnyStore:
    return stores.open()


SEEN = datetime(2026, 7, 1, 1, 17, 30, 123456, tzinfo=UTC)
COLUMNS = ("Title", "Lead", "Team", "Project", "Page", "Due", "Cost", "Done", "Tags", "None")
SCHEMA = ListSchema(
    host=HOST,
    list_guid=LIST,
    title="Projects",
    columns=(
        Column("Title", "Title", ColumnType.TEXT),
        Column("Tags", "Tags", ColumnType.MULTI_CHOICE, choices=("a",)),
    ),
    zone="Europe/London",
    item_count=3,
    change_token="1;3;token",
    handle='{"names": {}}',
)
PLACE = (HOST, LIST)


def row(number: int, title: str = "Bridge") -> Row:
    cells: dict[str, Cell] = {
        "Title": title,
        "Lead": PersonCell(7, "Ann Smith", None),
        "Team": (PersonCell(8, "Bo", "bo@example.org"), PersonCell(9, "Cy", None)),
        "Project": (LookupCell(1, "P-1"),),
        "Page": LinkCell("https://example.org", "\ud800 and \x00"),
        "Due": SEEN,
        "Cost": 12.5,
        "Done": True,
        "Tags": ("a", "b"),
        "None": None,
    }
    return Row(number, f'"{number}"', cells, modified=SEEN, editor_id=7, created=None)


def told(rows: int) -> Mirrored:
    return Mirrored(
        schema=SCHEMA,
        wanted=Wanted(COLUMNS, "mapping"),
        mark="1;3;token",
        since="1;3;since",
        shape='"7"',
        rows=rows,
        others=1,
        looked_into={"guid": "mark", "other": None},
        described=SEEN,
        read_whole=SEEN,
    )


def keep(mirrors: Mirrors, *pages: tuple[Row, ...]) -> Mirrored:
    return mirrors.keep(PLACE, COLUMNS, pages, told)


def rows_of(mirrors: Mirrors) -> list[Row]:
    return [row for page in mirrors.pages(PLACE) for row in page]


def test_rows_come_back_as_they_were_to_another_process(stores: StoreWorld) -> None:
    kept = keep(stores.open().mirrors, (row(1), row(499)), (), (row(500), row(1_700)))
    assert kept == told(4)
    again = stores.open().mirrors
    assert again.kept() == {PLACE: told(4)}
    assert rows_of(again) == [row(1), row(499), row(500), row(1_700)]
    assert again.held(PLACE, {1, 2, 500, 9_999}) == {1, 500}


def test_a_list_without_items_is_kept_as_such(store: AnyStore) -> None:
    keep(store.mirrors)
    assert rows_of(store.mirrors) == []
    assert store.mirrors.kept()[PLACE].rows == 0


def test_what_is_kept_takes_the_place_of_what_was(store: AnyStore) -> None:
    keep(store.mirrors, (row(1), row(2)))
    keep(store.mirrors, (row(2, "Tunnel"),))
    assert rows_of(store.mirrors) == [row(2, "Tunnel")]


def test_a_reading_that_breaks_off_leaves_all_as_it_was(stores: StoreWorld) -> None:
    def broken() -> Iterator[tuple[Row, ...]]:
        yield (row(1, "New"), row(900, "New"), row(2_000, "New"))
        raise UnreadableError("The page was cut short.")

    mirrors = stores.open().mirrors
    keep(mirrors, (row(1),))
    with pytest.raises(UnreadableError):
        mirrors.keep(PLACE, COLUMNS, broken(), told)
    assert rows_of(mirrors) == [row(1)]
    if stores.target != "memory":
        assert stores.count("mirror_blocks") == 1


def test_items_change_and_go_in_place(store: AnyStore) -> None:
    keep(store.mirrors, (row(1), row(2), row(3), row(700)))
    after = replace(told(4), mark="1;3;later")
    store.mirrors.change(after, [row(2, "Tunnel"), row(1_200)], {3, 4})
    assert rows_of(store.mirrors) == [row(1), row(2, "Tunnel"), row(700), row(1_200)]
    assert store.mirrors.kept() == {PLACE: after}


def test_what_is_new_about_a_list_leaves_its_rows(store: AnyStore) -> None:
    keep(store.mirrors, (row(1),))
    elsewhere = replace(told(1), schema=replace(SCHEMA, list_guid="another"))
    store.mirrors.tell([replace(told(1), shape='"8"'), elsewhere])
    assert store.mirrors.kept() == {PLACE: replace(told(1), shape='"8"')}
    assert rows_of(store.mirrors) == [row(1)]


def test_what_is_forgotten_is_lost_and_forgetting_twice_is_no_error(store: AnyStore) -> None:
    keep(store.mirrors, (row(1),))
    for _ in range(2):
        store.mirrors.forget([PLACE])
        assert store.mirrors.kept() == {}
    for lost in (
        lambda: rows_of(store.mirrors),
        lambda: store.mirrors.held(PLACE, {1}),
        lambda: store.mirrors.change(told(1), [row(1)], ()),
    ):
        with pytest.raises(MirrorLostError):
            lost()


def test_with_another_key_nothing_is_kept_and_keeping_goes_on(databases: StoreWorld) -> None:
    keep(databases.open().mirrors, (row(1),))
    databases.key = b"o" * 32
    other = databases.open().mirrors
    assert other.kept() == {}
    with pytest.raises(MirrorLostError):
        rows_of(other)
    other.tell([told(9)])
    keep(other, (row(2),))
    assert rows_of(other) == [row(2)]
    assert databases.count("mirror_blocks") == 1


@pytest.mark.parametrize("statement", ["DELETE FROM mirror_blocks", "UPDATE mirror_blocks SET content = 'x'"])
def test_blocks_that_are_gone_or_damaged_are_never_taken_for_rows(databases: StoreWorld, statement: str) -> None:
    store = databases.open()
    keep(store.mirrors, (row(1),))
    databases.execute(statement)
    with pytest.raises(MirrorLostError):
        rows_of(store.mirrors)
    assert store.mentions("Bridge") == ()


def test_a_row_of_another_form_counts_as_never_kept(databases: StoreWorld) -> None:
    store = databases.open()
    keep(store.mirrors, (row(1),))
    databases.execute("UPDATE mirrors SET content = '{}'")
    assert store.mirrors.kept() == {}
    with pytest.raises(MirrorLostError):
        rows_of(store.mirrors)


def test_what_a_dead_run_left_behind_goes(stores: StoreWorld) -> None:
    store = stores.open()
    keep(store.mirrors, (row(1),))
    if stores.target != "memory":
        stores.execute("INSERT INTO mirror_blocks (generation, number, content) VALUES ('dead', 0, 'x')")
    store.mirrors.tidy()
    assert rows_of(store.mirrors) == [row(1)]
    if stores.target != "memory":
        assert stores.count("mirror_blocks") == 1


def test_a_name_is_found_and_its_erasure_drops_all_copies(store: AnyStore) -> None:
    keep(store.mirrors, (row(1), row(2)))
    assert store.mentions("ann  SMITH") == tuple(
        f"copy of item {number} of list {LIST}, renewed every night" for number in (1, 2)
    )
    assert store.mentions("Nobody") == ()
    store.redact("Ann Smith")
    assert store.mirrors.kept() == {}
    assert store.mentions("Ann Smith") == ()


def test_no_word_of_it_is_in_the_database(tmp_path: Path) -> None:
    with store_world("sqlite", tmp_path) as stores:
        keep(stores.open().mirrors, (row(1, "Dismissal of a director"),))
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"1;3;token" in held, "or else the wrong files are looked into"
    assert [word for word in (b"Dismissal", b"director", b"Ann Smith", b"example.org") if word in held] == []
