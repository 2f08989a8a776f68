"""Each way of writing is tried on the service's own status list, and what it must leave alone is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.memory_admin import MemoryAdmin
from connectors.memory_list import MemoryList
from sync.core.ownership import WriteMode
from sync.core.provisioning.own_lists import Kept, key_of, status_list
from sync.engine.check import check_own_lists
from sync.engine.ports import Applied, ItemWrite
from sync.engine.targets import OwnLists
from sync.engine.write_trial import WriteTest, try_writing
from sync.errors import AccessError, NotFoundError, SchemaError, UnreachableError, UnreadableError
from tests.support.engine_world import SITE, Council, council

AT = datetime(2026, 6, 17, 21, 40, tzinfo=UTC)
TITLE = "Portfolio Sync status"


@dataclass
class World:
    lists: Council
    admin: MemoryAdmin
    own: OwnLists

    @property
    def status(self) -> MemoryList:
        return self.lists.store.list_at(SITE, TITLE)

    def make(self) -> None:
        shape = status_list(TITLE)
        guid = self.admin.add_list(SITE, shape)
        for column in shape.columns:
            self.admin.add_column(SITE, guid, column)

    def modes(self, *modes: WriteMode) -> None:
        """The sources are written so, in turn."""
        portfolio = self.lists.context.portfolio
        changed = {
            name: replace(source, write=replace(source.write, mode=modes[place % len(modes)]))
            for place, (name, source) in enumerate(portfolio.sources.items())
        }
        self.lists.context = replace(self.lists.context, portfolio=replace(portfolio, sources=changed))

    def tried(self) -> list[WriteTest]:
        return list(try_writing(self.lists.context.portfolio, self.own, self.lists.store, self.admin, AT))

    def own_lists(self, own: OwnLists | None) -> dict[str, type | None]:
        portfolio = replace(self.lists.context.portfolio, own_lists=own)
        told = check_own_lists(portfolio, {"memory": self.admin})
        return {each.title: type(each.error) if each.error else None for each in told}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with council(tmp_path) as lists:
        yield World(lists, MemoryAdmin(lists.store), OwnLists(connection="memory", site=SITE))


def test_each_mode_in_use_is_tried_on_the_row_of_the_portfolio_and_staffs_lists_stay_as_they_are(world: World) -> None:
    world.make()
    world.modes(WriteMode.QUIET, WriteMode.VERSIONED, WriteMode.OFF)
    staff = world.lists.staff()
    quiet, versioned = world.tried()
    assert (quiet.mode, quiet.passed, versioned.mode, versioned.passed) == (
        WriteMode.QUIET, True, WriteMode.VERSIONED, True,
    )  # fmt: skip
    assert quiet.seen[1] == "Modified and Modified By are as they were, and there is no new version"
    assert versioned.seen[1] == "the version history shows it"
    [item] = world.status.items.values()
    name = world.lists.context.portfolio.name
    assert (item.cells[Kept.PORTFOLIO], item.cells[Kept.KEY]) == (name, key_of(name))
    assert item.cells[Kept.WRITE_TEST] == "versioned, 2026-06-17T21:40:00Z"
    assert world.lists.staff() == staff


def test_the_row_that_is_there_is_used_again_and_a_list_without_versions_says_so(world: World) -> None:
    world.make()
    world.modes(WriteMode.VERSIONED)
    world.status.add(**{Kept.PORTFOLIO: "Another", Kept.KEY: key_of("Another")})
    world.tried()
    world.status.versioned = False
    [trial] = world.tried()
    assert trial.seen[1] == "the list keeps no versions, so nothing but our own record shows it"
    assert len(world.status.items) == 2
    assert world.status.items[1].cells.get(Kept.WRITE_TEST) is None


def test_a_list_that_is_only_read_needs_no_trial(world: World) -> None:
    world.modes(WriteMode.OFF)
    assert world.tried() == []


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (TITLE, "Run `provision`, which makes it."),
        (None, "Name one under `own_lists` in the portfolio file, and run `provision`."),
    ],
)
def test_without_a_status_list_there_is_nothing_to_try_on(world: World, status: str | None, advice: str) -> None:
    world.own = replace(world.own, status=status)
    [trial] = world.tried()
    assert isinstance(trial.error, NotFoundError)
    assert trial.error.advice == advice


def test_what_goes_wrong_is_told_by_mode(world: World) -> None:
    world.make()
    world.lists.store.broken["apply"] = AccessError("Not allowed.")
    assert next(str(each.error) for each in world.tried()).startswith("Not allowed.")
    world.lists.store.broken.clear()
    [item_id] = world.status.items
    world.lists.store.lost[item_id] = False
    assert isinstance(world.tried()[0].error, UnreadableError)


def test_a_row_that_was_added_and_is_not_there_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()
    monkeypatch.setattr(world.admin, "write_items", lambda *_: [Applied()])
    [trial] = world.tried()
    assert str(trial.error).startswith("The row that was added to the status list is not there.")


def test_a_quiet_write_that_leaves_traces_does_not_pass(world: World) -> None:
    world.make()

    def meddle(write: ItemWrite) -> None:
        world.status.edit(write.item_id, editor_id=9)

    world.lists.store.before_apply = meddle
    [trial] = world.tried()
    assert "which it must not" in str(trial.error)


def test_a_value_that_is_not_there_afterwards_does_not_pass(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.make()
    written = MemoryList.write
    monkeypatch.setattr(MemoryList, "write", lambda kept, item, _cells, mode: written(kept, item, {}, mode))
    assert "not there when it is read again" in str(world.tried()[0].error)


def test_a_row_that_is_deleted_meanwhile_does_not_pass(world: World) -> None:
    world.make()
    world.lists.store.before_apply = lambda write: world.status.delete(write.item_id)
    assert isinstance(world.tried()[0].error, UnreadableError)


def test_a_row_that_is_gone_when_it_is_read_again_is_told(world: World) -> None:
    world.make()
    world.tried()
    store = world.lists.store
    reads, read_items = [], store.read_items

    def deleted(*asked: object, **more: object) -> object:
        reads.append(1)
        return {} if len(reads) == 2 else read_items(*asked, **more)  # type: ignore[arg-type]

    store.read_items = deleted  # type: ignore[method-assign,assignment]
    assert isinstance(world.tried()[0].error, NotFoundError)


def test_own_lists_are_told_with_what_they_lack(world: World) -> None:
    assert world.own_lists(None) == {}
    assert world.own_lists(world.own) == {"Portfolio roll-up": NotFoundError, TITLE: NotFoundError}
    world.make()
    only = replace(world.own, rollup=None)
    assert world.own_lists(only) == {TITLE: None}
    assert world.own_lists(replace(only, status=None)) == {}
    world.status.columns = tuple(each for each in world.status.columns if each.name != Kept.MESSAGE)
    assert world.own_lists(only) == {TITLE: SchemaError}
    world.admin.broken["find"] = UnreachableError("No answer.")
    assert world.own_lists(only) == {TITLE: UnreachableError}


def test_an_own_list_that_we_may_not_edit_is_told(world: World) -> None:
    world.make()
    rights = replace(world.admin.rights(SITE), edit=False)
    world.admin.list_rights[world.status.guid] = rights
    assert world.own_lists(replace(world.own, rollup=None)) == {TITLE: AccessError}
