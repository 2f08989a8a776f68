"""What every RunStore promises of what `provision` made: it comes back as it went in, under the lease alone."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from sync.core.audit import Act, Entry
from sync.core.provisioning.made import Made, What
from sync.errors import DefectError, LeaseLostError
from sync.store.connect import make_engine, writing
from sync.store.location import parse_url
from sync.store.memory import MemoryRunStore
from sync.store.sql import open_store
from tests.support.databases import TARGETS, new_database
from tests.support.runstores import HOST, LIST, START, STORES, AnyStore, StoreWorld, store_world, take
from tests.unit.test_store_migrations import configuration

SITE = "/sites/pmo"


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreWorld]:
    with store_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def store(world: StoreWorld) -> AnyStore:
    return world.open()


def made(name: str = "PSOverdue", what: What = What.COLUMN, **more: Any) -> Made:
    given = {"host": HOST, "site": SITE, "list_guid": LIST, "ident": name, "run_id": "r1", "at": START}
    return Made(what=what, name=name, **{**given, **more})


def test_what_was_made_comes_back_as_it_was_and_sorted(world: StoreWorld) -> None:
    forms = [{"columns": ["Title", "PSOverdue"], "query": "<Where/>", "rows": 50}]
    things = [
        made("PSOverdue", was={"type": "choice"}),
        made("Overdue", What.VIEW, ident=None, was={"forms": forms}),
        made("Lists/PortfolioRollUp", What.LIST, list_guid="", ident=LIST),
        made("PSOverdue", What.DRESS, was={"was": {"indexed": False}, "sets": [{"indexed": True}]}),
    ]
    store = world.open()
    lease = take(store)
    for thing in things:
        store.journal.keep_made(lease, thing)
    listed = world.open().made()
    assert listed == tuple(sorted(things, key=lambda each: each.key))
    assert [each.what for each in listed] == [What.LIST, What.COLUMN, What.DRESS, What.VIEW]


def test_what_is_kept_again_takes_its_place_and_what_is_forgotten_is_gone(store: AnyStore) -> None:
    lease = take(store)
    about_to = made(ident=None)
    store.journal.keep_made(lease, about_to)
    done = replace(about_to, ident="PSOverdue", at=START + timedelta(hours=1))
    store.journal.keep_made(lease, done, [Entry(at=START, act=Act.PROVISIONED, column="PSOverdue")])
    store.journal.keep_made(lease, made("PSStatus"))
    assert store.made() == (done, made("PSStatus"))
    store.journal.forget_made(lease, [about_to, made("never kept")], [Entry(at=START, act=Act.REMOVED)])
    assert store.made() == (made("PSStatus"),)
    assert [link.entry.act for link in store.audit.links()] == [Act.PROVISIONED, Act.REMOVED]


def test_whoever_lost_the_lease_changes_nothing(world: StoreWorld) -> None:
    store = world.open()
    lease = take(store)
    store.journal.keep_made(lease, made())
    store.journal.release(lease)
    with pytest.raises(LeaseLostError):
        store.journal.keep_made(lease, made("PSStatus"), [Entry(at=START, act=Act.PROVISIONED)])
    with pytest.raises(LeaseLostError):
        store.journal.forget_made(lease, [made()])
    assert store.made() == (made(),)
    assert list(store.audit.links()) == []


def test_a_time_without_a_zone_is_a_defect(store: AnyStore) -> None:
    lease = take(store)
    with pytest.raises(DefectError):
        store.journal.keep_made(lease, made(at=START.replace(tzinfo=None)))


def test_a_name_in_what_a_column_looked_like_is_found_and_left(store: AnyStore) -> None:
    lease = take(store)
    looked = made(what=What.DRESS, was={"was": {"description": "Ask Ann Officer"}, "sets": []})
    store.journal.keep_made(lease, looked)
    assert list(store.mentions("ann officer")) == [f"looks of column PSOverdue of list {LIST} before `provision`"]
    assert store.redact("Ann Officer") == 0, "it goes back into the list, which still has it"
    assert store.made() == (looked,)


def test_a_copy_of_a_memory_has_records_of_its_own() -> None:
    store = MemoryRunStore()
    store.journal.keep_made(take(store), made())
    copied = store.copy()
    copied.journal.forget_made(take(copied), [made()])
    assert (store.made(), copied.made()) == ((made(),), ())


@pytest.mark.parametrize("target", TARGETS)
def test_a_database_of_the_release_before_takes_what_is_made(target: str, tmp_path: Path) -> None:
    with new_database(target, tmp_path) as address:
        engine = make_engine(parse_url(address), 5)
        with writing(engine) as connection:
            command.upgrade(configuration(connection), "portfolio_sync_0003")
            connection.exec_driver_sql("INSERT INTO meta VALUES ('installation_id', 'installation-of-old')")
        engine.dispose()
        with closing(open_store(address, new_id=lambda: "never asked for")) as store:
            assert (store.installation_id, store.made()) == ("installation-of-old", ())
            store.journal.keep_made(take(store), made())
            assert store.made() == (made(),)
