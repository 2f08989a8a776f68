"""What every RunStore promises of the audit: one chain, whole entries, and names in one table that can be erased."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from sync.core.audit import Act, Anchor, Entry, purge_entry, verify
from sync.engine.state import IntentState, KnownPerson
from sync.errors import UnreadableError, UsageError
from sync.store import people
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from tests.support.databases import TARGETS
from tests.support.runstores import NIGHT, START, STORES, AnyStore, StoreWorld, intent, store_world, take


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


@pytest.fixture(params=TARGETS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


def entry(item: int, run: str | None = "r1", **more: object) -> Entry:
    return Entry(at=START + timedelta(microseconds=item), act=Act.WRITTEN, run_id=run, item=item, **more)  # type: ignore[arg-type]


def items(store: AnyStore, run_id: str | None = None) -> list[int | None]:
    return [link.entry.item for link in store.audit.links(run_id)]


# The chain


def test_a_chain_without_entries_begins_and_ends_before_the_first(store: AnyStore) -> None:
    store.audit.append([])
    assert list(store.audit.links()) == []
    assert store.audit.anchor() == store.audit.head() == Anchor()


def test_an_entry_comes_back_as_it_was(store: AnyStore) -> None:
    whole = Entry(
        at=START,
        act=Act.DRIFT,
        run_id="r1",
        source="projects",
        list_guid="6f2c",
        item=7,
        column="status",
        old="At risk",
        new=None,
        why="Zoë: „changed“ \ud83d",
        version_before='"3"',
        version_after="",
        person=4,
    )
    store.audit.append([whole, Entry(at=START, act=Act.ERASED)])
    assert [link.entry for link in store.audit.links()] == [whole, Entry(at=START, act=Act.ERASED)]


def test_entries_form_one_chain_whichever_way_they_come_and_whoever_opened_it(world: StoreWorld) -> None:
    store = world.open()
    lease = take(store)
    store.journal.intend(lease, [intent(1)], audit=[entry(1), entry(2)])
    world.open().audit.append([entry(3, None)])
    store.journal.settle(lease, {intent(1).id: IntentState.DONE}, audit=[entry(4)])
    store.journal.conclude(lease, [], known={}, audit=[entry(5)])
    links = list(world.open().audit.links())
    assert [link.number for link in links] == [1, 2, 3, 4, 5]
    assert store.audit.head() == Anchor(5, links[-1].hash)
    verdict = verify(store.audit.anchor(), links)
    assert (verdict.trouble, verdict.checked) == (None, 5)


def test_the_entries_of_one_run_are_found(store: AnyStore) -> None:
    store.audit.append([entry(1), entry(2, "r2"), entry(3, None), entry(4)])
    assert items(store, "r1") == [1, 4]
    assert items(store, "r3") == []


def test_any_number_of_entries_is_read(store: AnyStore) -> None:
    store.audit.append([entry(item) for item in range(1, 2502)])
    assert items(store) == list(range(1, 2502))
    assert verify(store.audit.anchor(), store.audit.links()).checked == 2501


def test_entries_that_are_added_while_others_are_read_block_nobody(store: AnyStore) -> None:
    store.audit.append([entry(item) for item in range(1, 4)])
    seen = []
    for link in store.audit.links():
        seen.append(link.number)
        if len(seen) < 3:
            store.audit.append([entry(9)])
    assert seen[:3] == [1, 2, 3]
    assert store.audit.head().number == 5


def test_of_two_that_add_at_once_neither_breaks_the_chain(database: StoreWorld) -> None:
    stores = [database.open() for _ in range(3)]
    barrier = Barrier(len(stores))

    def add(number: int) -> None:
        barrier.wait()
        for item in range(10):
            stores[number].audit.append([entry(item, f"r{number}"), entry(item, f"r{number}")])

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(add, range(len(stores))))
    verdict = verify(stores[0].audit.anchor(), stores[0].audit.links())
    assert (verdict.trouble, verdict.checked) == (None, 60)


# What a person does to the rows


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET content = replace(content, '\"item\":2', '\"item\":7') WHERE number = 2", "Entry 2"),
        ("DELETE FROM audit WHERE number = 2", "Entry 2 is missing"),
        ("UPDATE audit SET hash = 'x' WHERE number = 2", "Entry 2"),
    ],
)
def test_a_row_that_was_altered_or_taken_out_is_found(database: StoreWorld, statement: str, said: str) -> None:
    store = database.open()
    store.audit.append([entry(item) for item in range(1, 4)])
    database.execute(statement)
    assert said in (verify(store.audit.anchor(), store.audit.links()).trouble or "")


@pytest.mark.parametrize("content", ["", "null", "{}", '{"act": "written"}', "not json"])
def test_a_row_that_is_no_entry_any_more_is_told_by_its_number(database: StoreWorld, content: str) -> None:
    store = database.open()
    store.audit.append([entry(item) for item in range(1, 4)])
    database.execute(f"UPDATE audit SET content = '{content}' WHERE number = 2")  # noqa: S608
    links = store.audit.links()
    assert next(links).number == 1
    with pytest.raises(UnreadableError, match="Entry 2 of the audit"):
        next(links)


def test_a_row_that_is_filed_under_another_run_is_told(database: StoreWorld) -> None:
    store = database.open()
    store.audit.append([entry(1), entry(2)])
    database.execute("UPDATE audit SET run_id = 'r2' WHERE number = 2")
    with pytest.raises(UnreadableError, match="Entry 2 of the audit"):
        list(store.audit.links())


# Purging


def test_a_purge_keeps_the_chain_and_the_hash_of_the_last_that_went(world: StoreWorld) -> None:
    store = world.open()
    store.audit.append([entry(item) for item in range(1, 6)])
    last = list(store.audit.links())[2]
    assert store.audit.purge(3, [purge_entry(START, None, 3, NIGHT)]) == 3
    assert store.audit.anchor() == Anchor(3, last.hash)
    assert [link.number for link in store.audit.links()] == [4, 5, 6]
    again = world.open()
    verdict = verify(again.audit.anchor(), again.audit.links())
    assert (verdict.trouble, verdict.checked) == (None, 3)


def test_a_purge_of_everything_goes_on_from_where_it_ended(store: AnyStore) -> None:
    store.audit.append([entry(1), entry(2)])
    head = store.audit.head()
    assert store.audit.purge(2, []) == 2
    assert list(store.audit.links()) == []
    assert store.audit.anchor() == store.audit.head() == head
    store.audit.append([entry(3)])
    assert [link.number for link in store.audit.links()] == [3]
    assert verify(store.audit.anchor(), store.audit.links()).checked == 1


def test_a_purge_of_what_is_gone_changes_nothing_but_adds_its_entries(store: AnyStore) -> None:
    store.audit.append([entry(1), entry(2)])
    store.audit.purge(1, [])
    anchor = store.audit.anchor()
    assert store.audit.purge(1, [entry(3)]) == 0
    assert store.audit.purge(0, []) == 0
    assert store.audit.anchor() == anchor
    assert items(store) == [2, 3]


def test_a_purge_beyond_the_end_is_refused_and_changes_nothing(store: AnyStore) -> None:
    store.audit.append([entry(1), entry(2)])
    with pytest.raises(UsageError, match="ends with number 2"):
        store.audit.purge(3, [entry(3)])
    assert items(store) == [1, 2]
    assert store.audit.anchor() == Anchor()


# People


def test_a_person_has_one_number_in_each_scope(world: StoreWorld) -> None:
    store = world.open()
    ann, other = store.audit.person("account", "ann"), store.audit.person("https://site-a", "ann")
    bob = store.audit.person("account", "bob")
    assert len({ann, other, bob}) == 3
    assert world.open().audit.person("account", "ann") == ann
    assert store.audit.people() == (
        KnownPerson(ann, "account", "ann", None),
        KnownPerson(other, "https://site-a", "ann", None),
        KnownPerson(bob, "account", "bob", None),
    )


def test_a_name_is_kept_where_it_is_given_and_follows_the_latest(store: AnyStore) -> None:
    number = store.audit.person("https://site-a", "12", "Ann Officer")
    assert store.audit.person("https://site-a", "12") == number
    assert [person.name for person in store.audit.people()] == ["Ann Officer"]
    assert store.audit.person("https://site-a", "12", "Ann Marie Officer") == number
    assert [person.name for person in store.audit.people()] == ["Ann Marie Officer"]


def test_a_name_that_comes_later_is_kept(store: AnyStore) -> None:
    number = store.audit.person("https://site-a", "12")
    assert store.audit.person("https://site-a", "12", "Ann Officer") == number
    assert store.audit.people() == (KnownPerson(number, "https://site-a", "12", "Ann Officer"),)


def test_an_erased_number_is_nobodys_for_ever(world: StoreWorld) -> None:
    store = world.open()
    ann, bob = store.audit.person("account", "ann", "Ann"), store.audit.person("account", "bob")
    store.audit.erase(bob)
    store.audit.erase(bob)
    store.audit.erase(99)
    assert store.audit.people() == (KnownPerson(ann, "account", "ann", "Ann"),)
    again = store.audit.person("account", "bob")
    assert again not in (ann, bob)
    store.audit.erase(ann)
    assert world.open().audit.people() == (KnownPerson(again, "account", "bob", None),)


def test_nothing_is_left_of_somebody_who_was_erased_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    def bytes_of_the_database() -> bytes:
        return b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())

    with store_world("sqlite", tmp_path) as world:
        store, other = world.open(), world.open()
        number = store.audit.person("https://site-a", "ann.officer@council.example", "Ann Officer")
        store.audit.person("https://site-a", "ann.officer@council.example", "Ann Marie Officer")
        assert len(other.audit.people()) == 1
        assert b"Ann Marie Officer" in bytes_of_the_database()
        store.audit.erase(number)
        for word in (b"Ann Officer", b"Ann Marie Officer", b"ann.officer"):
            assert word not in bytes_of_the_database()


def test_whoever_meets_somebody_an_instant_later_takes_no_name_away(database: StoreWorld) -> None:
    store = database.open()
    number = store.audit.person("account", "ann", "Ann")
    engine = make_engine(parse_url(database.address), 5)
    with writing(engine) as connection:
        assert people.keep(connection, "account", "ann", None) == number
    engine.dispose()
    assert [person.name for person in store.audit.people()] == ["Ann"]


def test_two_that_meet_somebody_at_once_are_told_one_number(database: StoreWorld) -> None:
    stores = [database.open() for _ in range(4)]
    barrier = Barrier(len(stores))

    def meet(number: int) -> int:
        barrier.wait()
        return stores[number].audit.person("account", "ann", None if number % 2 else "Ann")

    with ThreadPoolExecutor(len(stores)) as pool:
        assert len(set(pool.map(meet, range(len(stores))))) == 1
    assert [person.name for person in stores[0].audit.people()] == ["Ann"]
