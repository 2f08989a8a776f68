"""What is read of a list, by what its site says of it and what was kept; and what is done where either is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Column, ColumnType, LookupCell
from sync.core.mirror import Way
from sync.core.model import Kind
from sync.core.ownership import WriteMode
from sync.core.policy import FieldMapping
from sync.engine import mirror as mirroring
from sync.engine.apply import target_of
from sync.engine.asked import Answer, Asked, Heads, HeadsAsked, Items, SchemaAsked
from sync.engine.in_step import the
from sync.engine.mirror import Mirror
from sync.engine.mirrors import Place
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.settle import Again, look_before, settle
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio
from sync.errors import DefectError, SchemaError, SourceError, UnreachableError
from sync.store.memory import MemoryRunStore
from tests.support.deciding import SITE, columns, source
from tests.support.fake_clock import FakeClock

LONG = 1
"""Items on a page of a list that costs more as a whole than what changes in it."""
UNCHANGED, CHANGES, WHOLE = Way.UNCHANGED, Way.CHANGES, Way.WHOLE


class Answering(MemoryStore):
    """Answers as `instead` does, where it does."""

    instead: Callable[[Asked], Answer | None] = staticmethod(lambda _asked: None)

    def _answer(self, site: str, asked: Asked) -> Answer:
        return self.instead(asked) or super()._answer(site, asked)


@dataclass
class Lists:
    """Projects one to six, and milestones that look into them."""

    store: Answering
    portfolio: Portfolio
    projects: MemoryList
    milestones: MemoryList
    clock: FakeClock = field(default_factory=FakeClock)
    runs: MemoryRunStore = field(default_factory=MemoryRunStore)
    mirror: Mirror | None = None
    seen: dict[str, SourceRead] = field(default_factory=dict)

    def read(self, *, saves: bool = True, anew: bool = False) -> dict[str, SourceRead]:
        stores = {"memory": self.store}
        self.mirror = mirror_of(self.portfolio, stores, self.runs.mirrors, self.clock, saves=saves, anew=anew)
        self.seen = read_sources(self.portfolio, self.mirror, lambda *_: None)
        return self.seen

    def route(self, name: str = "projects", **how: Any) -> tuple[Way, str]:
        """How a list came to be known; it must have been known rightly."""
        read = self.read(**how)[name]
        assert read.is_complete
        assert {record.id.item_id: record.version for record in read.records} == {
            number: f'"{item.etag}"' for number, item in self.of(name).items.items()
        }
        assert read.route is not None
        return read.route.way, read.route.why

    def asks(self, act: Callable[[], Any]) -> dict[str, int]:
        """What the host is asked while that is done."""
        before = dict(self.store.usage().by_kind)
        act()
        after = self.store.usage().by_kind
        return {kind: count - before.get(kind, 0) for kind, count in after.items() if count != before.get(kind, 0)}

    def of(self, name: str) -> MemoryList:
        return self.projects if name == "projects" else self.milestones

    def place(self, kept: MemoryList) -> Place:
        return self.store.host, kept.guid

    def settle(self, *numbers: int, kept: MemoryList | None = None) -> Again | SourceError:
        place = self.place(kept or self.projects)
        name = "projects" if kept is None else "milestones"
        assert self.mirror is not None
        target = target_of(self.seen[name], self.mirror.lists)
        return settle(self.mirror, {place: target}, {place: numbers}, 1)[place]


@pytest.fixture
def lists() -> Lists:
    store = Answering()
    projects = store.add_list(SITE, "projects", columns())
    looks = Column("Parent", "Parent", ColumnType.LOOKUP, lookup_list=projects.guid)
    kept = [looks if each.name == "Parent" else each for each in columns()]
    milestones = store.add_list(SITE, "milestones", kept)
    for number in range(1, 7):
        projects.add(Title=f"Project {number}", Ref=f"P-{number}", Status="On track")
    milestones.add(Title="Go live", Ref="M-1", Parent=LookupCell(1, "Project 1"))
    portfolio = Portfolio(
        name="Mirrored",
        time_zone="Europe/London",
        path=Path("portfolio.yaml"),
        connections={"memory": Connection(name="memory", host=store.host, auth=Auth.EMULATOR)},
        sources={"projects": source("projects"), "milestones": source("milestones", Kind.MILESTONE)},
    )
    made = Lists(store, portfolio, projects, milestones)
    made.read()
    return made


def test_what_did_not_change_takes_one_request_for_the_site(lists: Lists) -> None:
    assert lists.asks(lists.read) == {"heads": 1}
    assert lists.route()[0] is UNCHANGED
    assert lists.asks(lambda: lists.read(saves=False)) == {"heads": 1}


def test_a_short_list_is_read_whole_and_alone(lists: Lists) -> None:
    lists.milestones.edit(1, Title="Launch")
    assert lists.asks(lists.read) == {"heads": 1, "read": 1}
    lists.milestones.edit(1, Title="Live")
    way, why = lists.route("milestones")
    assert (way, why) == (WHOLE, "it costs 2 units, and asking what changed (2) and reading one item (1) no less")


@pytest.mark.parametrize("saves", [True, False])
def test_of_a_long_list_only_what_changed_is_read(lists: Lists, saves: bool) -> None:
    lists.store.page_size = LONG
    lists.projects.edit(3, Title="Third")
    lists.projects.delete(4)
    lists.projects.add(Title="Seventh", Ref="P-7")
    assert lists.route(saves=saves) == (CHANGES, "3 items changed, read for 5 units instead of 12")
    assert lists.route(saves=saves)[0] is (UNCHANGED if saves else CHANGES)


def test_where_as_much_changed_as_the_list_costs_it_is_read_whole(lists: Lists) -> None:
    lists.store.page_size = 3
    for number in range(1, 5):
        lists.projects.edit(number, Title="New")
    assert lists.route() == (WHOLE, "4 items changed in it, and it costs 4 units as a whole")


def test_a_log_that_does_not_reach_back_has_the_list_read_whole(lists: Lists) -> None:
    lists.store.page_size = LONG
    lists.projects.edit(3, Title="Third")
    lists.projects.forget_changes()
    assert lists.route() == (WHOLE, "its change log does not reach back to when it was seen last")


def test_a_log_that_keeps_quiet_about_an_item_is_found_out_by_their_number(lists: Lists) -> None:
    lists.store.page_size = LONG
    lists.projects.delete(4)
    lists.projects.log[-1] = 3
    assert lists.route() == (WHOLE, "it holds 5 items, and by its change log 6")
    del lists.projects.items[5]
    assert lists.route() == (WHOLE, "it holds 4 items, and 5 were kept")


def test_what_was_kept_and_is_lost_is_read_whole(lists: Lists) -> None:
    lists.store.page_size = LONG
    lists.projects.edit(3, Title="Third")
    assert lists.mirror is not None
    forgotten = lists.runs.mirrors.kept()
    lists.runs.mirrors.kept = lambda: forgotten  # type: ignore[method-assign]
    lists.runs.mirrors.forget(list(forgotten))
    assert lists.route() == (WHOLE, "what was kept of it cannot be read")
    lists.runs.mirrors.forget(list(forgotten))
    lists.runs.mirrors.kept = lambda: {  # type: ignore[method-assign]
        place: replace(kept, mark=lists.projects.token) for place, kept in forgotten.items()
    }
    assert lists.route()[0] is UNCHANGED, "it was thought to be, and read after all"


def test_a_week_later_and_on_request_everything_is_read(lists: Lists) -> None:
    lists.clock.sleep(timedelta(days=7).total_seconds())
    assert lists.asks(lambda: lists.route()) == {"heads": 1, "describe": 2, "read": 2}
    lists.clock.sleep(timedelta(days=7).total_seconds())
    way, why = lists.route()
    assert (way, why.split(",")[0]) == (WHOLE, "it was read as a whole last on 24 June 2026")
    assert lists.route(anew=True) == (WHOLE, "it was not read before")


def test_another_mapping_or_type_has_the_list_read_and_another_column_only_described(lists: Lists) -> None:
    lists.projects.columns = (*lists.projects.columns, Column("New", "New", ColumnType.TEXT))
    assert lists.asks(lists.read) == {"heads": 1, "describe": 1}
    assert lists.asks(lists.read) == {"heads": 1}
    due = next(each for each in lists.projects.columns if each.name == "Due")
    retyped = replace(due, type=ColumnType.DATE_TIME)
    lists.projects.columns = tuple(retyped if each is due else each for each in lists.projects.columns)
    assert lists.route() == (WHOLE, "its columns are others than when it was read last")
    mapped = lists.portfolio.sources["projects"]
    more = replace(mapped, fields={**mapped.fields, "theme": FieldMapping(column=("Scope",))})
    lists.portfolio = replace(lists.portfolio, sources={**lists.portfolio.sources, "projects": more})
    assert lists.route() == (WHOLE, "its mapping or its columns are others than when it was read last")


def test_a_list_that_looks_into_another_is_read_with_it_but_not_for_our_writes(lists: Lists) -> None:
    lists.projects.edit(1, Title="Renamed")
    assert lists.route("milestones") == (WHOLE, "a list that it looks into has changed")
    lists.read()
    lists.projects.write(2, {"PSOverdue": "Overdue"}, WriteMode.QUIET)
    found = lists.settle(2)
    assert isinstance(found, Again)
    assert (found.changed, list(found.rows), found.is_echo) == (frozenset({2}), [2], True)
    assert lists.asks(lists.read) == {"heads": 1}


def test_a_host_that_tells_no_mark_has_everything_read_and_nothing_kept(lists: Lists) -> None:
    def unmarked(asked: Asked) -> Answer | None:
        if not isinstance(asked, HeadsAsked):
            return None
        heads = the(Heads, MemoryStore._answer(lists.store, SITE, asked))
        known = {name: replace(head, mark=None, shape=None) for name, head in heads.by_name.items()}
        return Heads(known, dict.fromkeys(heads.marks))

    lists.store.instead = unmarked
    assert lists.route() == (WHOLE, "its host does not tell whether anything happened in it")
    lists.projects.write(2, {"PSOverdue": "Overdue"}, WriteMode.QUIET)
    assert isinstance(lists.settle(2), Again)
    assert lists.place(lists.projects) not in lists.runs.mirrors.kept()


def test_a_list_that_its_site_does_not_tell_of_is_read_by_its_address(lists: Lists) -> None:
    lists.store.instead = lambda asked: Heads({}, {}) if isinstance(asked, HeadsAsked) else None
    assert lists.route() == (WHOLE, "its site does not tell of it")
    gone = replace(lists.portfolio.sources["projects"], list=ListAddress(title="Nowhere"))
    lists.portfolio = replace(lists.portfolio, sources={**lists.portfolio.sources, "projects": gone})
    assert "There is no list" in str(lists.read()["projects"].error)
    assert lists.read()["milestones"].is_complete


def test_a_site_that_does_not_answer_fails_all_its_lists(lists: Lists) -> None:
    lists.store.broken["heads"] = UnreachableError("No answer.")
    assert {str(read.error) for read in lists.read().values()} == {str(UnreachableError("No answer."))}


def test_a_column_that_is_not_what_it_was_is_asked_for_anew_once(lists: Lists) -> None:
    lists.projects.edit(1, Title="First")
    answers: list[Answer] = [SchemaError("There is no such column.")]
    described = (HeadsAsked, SchemaAsked)
    lists.store.instead = lambda asked: None if isinstance(asked, described) or not answers else answers.pop()
    assert lists.route() == (WHOLE, "a column of it is not what it was")
    lists.clock.sleep(timedelta(days=7).total_seconds())
    answers += [SchemaError("There is no such column.")] * 2
    read = lists.read()["projects"]
    assert (read.is_complete, type(read.error)) == (False, SchemaError)


def test_a_list_longer_than_is_held_goes_page_by_page(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "HELD", 5)
    lists.store.page_size = 2
    assert lists.route(anew=True)[0] is WHOLE
    assert lists.route()[0] is UNCHANGED
    assert lists.route(anew=True, saves=False)[0] is WHOLE
    lists.store.break_after = (1, UnreachableError("The connection broke."))
    read = lists.read(anew=True)["projects"]
    assert (read.is_complete, [record.id.item_id for record in read.records]) == (False, [1, 2])
    lists.store.break_after = None
    assert lists.route()[0] is UNCHANGED, "what was kept before is kept"


def test_two_sources_of_one_list_share_what_is_read(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "HELD", 5)
    other = replace(source("others", list_title="projects"), fields={"title": FieldMapping(column=("Scope",))})
    lists.portfolio = replace(lists.portfolio, sources={**lists.portfolio.sources, "others": other})
    assert lists.asks(lists.read) == {"heads": 1, "read": 1}
    read = lists.read()
    assert [len(read[name].records) for name in ("projects", "others")] == [6, 6]


def test_settling_a_long_list_reads_what_its_log_names(lists: Lists) -> None:
    lists.store.page_size = LONG
    lists.read()
    lists.projects.write(2, {"PSOverdue": "Overdue"}, WriteMode.QUIET)
    lists.projects.edit(3, Title="Third")
    lists.projects.delete(4)
    found = lists.settle(2)
    assert isinstance(found, Again)
    assert (found.changed, sorted(found.rows), found.is_echo) == (frozenset({2, 3, 4}), [2, 3], False)
    assert lists.route()[0] is UNCHANGED


@pytest.mark.parametrize("how", ["log", "lost"])
def test_settling_goes_on_where_the_log_or_what_was_kept_is_lost(lists: Lists, how: str) -> None:
    lists.store.page_size = LONG
    lists.read()
    lists.projects.write(2, {"PSOverdue": "Overdue"}, WriteMode.QUIET)
    if how == "log":
        lists.projects.forget_changes()
    else:
        lists.runs.mirrors.forget([lists.place(lists.projects)])
    assert isinstance(lists.settle(2), Again)
    assert lists.route()[0] is (UNCHANGED if how == "log" else WHOLE)


@pytest.mark.parametrize("page_size", [LONG, 100])
def test_what_is_looked_at_without_knowing_how_the_list_stands_is_not_kept(lists: Lists, page_size: int) -> None:
    lists.store.page_size = page_size
    lists.read()
    lists.projects.write(2, {"PSOverdue": "Overdue"}, WriteMode.QUIET)
    lists.store.broken["heads"] = UnreachableError("No answer.")
    found = lists.settle(2)
    assert isinstance(found, Again)
    assert found.changed == {2}
    assert lists.place(lists.projects) not in lists.runs.mirrors.kept()


def test_of_a_list_that_is_not_kept_everything_counts_as_changed(lists: Lists) -> None:
    lists.runs.mirrors.forget([lists.place(lists.projects)])
    found = lists.settle(2)
    assert isinstance(found, Again)
    assert (len(found.changed), found.is_echo) == (6, False)


def test_before_writing_only_lists_in_which_something_happened_are_read(lists: Lists) -> None:
    assert lists.mirror is not None
    reads = lists.read()
    targets = {
        lists.place(lists.of(name)): target_of(reads[name], lists.mirror.lists) for name in ("projects", "milestones")
    }
    lists.milestones.edit(1, Title="Launch")
    asked: list[dict[Place, Any]] = []
    assert lists.asks(lambda: asked.append(look_before(lists.mirror, targets, 1))) == {"heads": 1, "read": 1}  # type: ignore[arg-type]
    assert list(asked[0]) == [lists.place(lists.milestones)]
    lists.store.broken["heads"] = UnreachableError("No answer.")
    assert set(map(type, look_before(lists.mirror, targets, 1).values())) == {UnreachableError}


def test_an_answer_to_another_question_is_a_defect() -> None:
    with pytest.raises(DefectError, match="A Items was answered where Heads was asked"):
        the(Heads, Items({}))
