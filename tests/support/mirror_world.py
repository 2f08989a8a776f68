"""A site whose lists people change in every way there is, and a mirror of them that may break at any moment."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Cell, Column, ColumnType, LookupCell
from sync.core.dates import site_midnight
from sync.core.model import Kind
from sync.core.ownership import WriteMode
from sync.core.policy import FieldMapping
from sync.engine.apply import Target, target_of
from sync.engine.asked import Answer, Asked
from sync.engine.mirrors import MirrorLostError, Mirrors
from sync.engine.ports import ItemWrite
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.settle import look_before, settle
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio
from sync.errors import UnreachableError
from tests.support.crashing import Killed
from tests.support.deciding import source
from tests.support.fake_clock import FakeClock
from tests.support.lists import OWNED_COLUMNS

SITE, LONDON = "/sites/demo", "Europe/London"
_DAYS = [site_midnight(date(2026, month, 3), LONDON) for month in range(1, 13)]


class Troubled(MemoryStore):
    """Lets something happen before an answer is given, and now and then gives none."""

    between: Callable[[], None] = staticmethod(lambda: None)

    def _answer(self, site: str, asked: Asked) -> Answer:
        try:
            self.between()
        except UnreachableError as error:
            return error
        return super()._answer(site, asked)


class MirrorWorld:
    """Projects, and milestones that look into them. `chance` decides everything; `steps` tells what it decided."""

    def __init__(self, chance: random.Random, mirrors: Mirrors) -> None:
        self.chance = chance
        self.clock = FakeClock()
        self.store = Troubled(page_size=chance.choice([1, 2, 5, 100]), now=self.clock.now)
        self.mirrors = mirrors
        self.steps: list[str] = []
        self.added = 0
        self.versioned = chance.random() < 0.5
        self.projects = self._new("Projects", "Lists/Projects")
        self.milestones = self._new("Milestones", "Lists/Milestones")
        mode = WriteMode.VERSIONED if self.versioned else WriteMode.QUIET
        project = source("projects", mode=mode, list_title="Projects")
        milestone = source("milestones", Kind.MILESTONE, mode=mode)
        self.portfolio = Portfolio(
            name="Mirrored",
            time_zone=LONDON,
            path=Path("portfolio.yaml"),
            connections={"memory": Connection(name="memory", host=self.store.host, auth=Auth.EMULATOR)},
            sources={
                "projects": replace(project, list=ListAddress(url="Lists/Projects")),
                "milestones": replace(milestone, list=ListAddress(url="Lists/Milestones")),
            },
        )
        for _ in range(chance.randint(0, 5)):
            self.somebody_adds()

    @property
    def lists(self) -> tuple[MemoryList, MemoryList]:
        return self.projects, self.milestones

    def act(self) -> None:
        """Anything that people, time, or trouble do between two runs."""
        happens = self.chance.choice(
            [
                *[self.somebody_adds, self.somebody_edits, self.somebody_edits] * 3,
                *[self.somebody_deletes, self.somebody_restores, self.a_program_edits] * 2,
                self.a_list_is_renamed,
                self.a_list_is_replaced,
                self.a_column_changes,
                self.the_mapping_changes,
                self.the_log_forgets,
                self.time_passes,
                self.what_was_kept_is_lost,
            ]
        )
        self.steps.append(happens.__name__)
        happens()

    def somebody_adds(self) -> None:
        self.added += 1
        due = self.chance.choice(_DAYS)
        if self.chance.random() < 0.5 or not self.projects.items:
            self.projects.add(Title=f"Project {self.added}", Ref=f"P-{self.added}", Status="On track", Due=due)
        else:
            self.milestones.add(Title=f"Step {self.added}", Ref=f"M-{self.added}", Parent=self._a_project(), Due=due)

    def somebody_edits(self) -> None:
        found = self._an_item()
        if found is not None:
            kept, number = found
            kept.edit(number, **self._values(kept))
            self._show_titles()

    def a_program_edits(self) -> None:
        """Without a new version, as ours does."""
        found = self._an_item()
        if found is not None:
            kept, number = found
            kept.write(number, self._values(kept), WriteMode.QUIET)
            self._show_titles()

    def somebody_deletes(self) -> None:
        found = self._an_item()
        if found is not None:
            found[0].delete(found[1])
            self._show_titles()

    def somebody_restores(self) -> None:
        kept = self.chance.choice(self.lists)
        if kept.recycled:
            kept.restore(self.chance.choice(sorted(kept.recycled)))
            self._show_titles()

    def a_list_is_renamed(self) -> None:
        kept = self.chance.choice(self.lists)
        kept.title = f"{kept.title.split()[0]} {self.chance.randint(1, 99)}"

    def a_list_is_replaced(self) -> None:
        """Another one at its address, with items of the same numbers."""
        old = self.projects
        title = f"Projects {self.chance.randint(100, 999)}"
        self.store.lists = {place: kept for place, kept in self.store.lists.items() if kept is not old}
        self.projects = self._new(title, old.url)
        for number in range(1, old.last_id + 1):
            self.projects.add(
                Title=f"Other {number}", Ref=f"O-{number}", Status="At risk", Due=self.chance.choice(_DAYS)
            )
        looks = {column.name: column for column in self.milestones.columns}
        parent = replace(looks["Parent"], lookup_list=self.projects.guid)
        self.milestones.columns = tuple(parent if each.name == "Parent" else each for each in self.milestones.columns)
        self._show_titles()

    def a_column_changes(self) -> None:
        kept = self.chance.choice(self.lists)
        match self.chance.randint(1, 3):
            case 1:
                kept.columns = (*kept.columns, Column(f"New{len(kept.columns)}", "New", ColumnType.TEXT))
            case 2:
                kept.columns = tuple(self._retyped(each) if each.name == "Due" else each for each in kept.columns)
            case _:
                kept.columns = tuple(
                    replace(each, title=f"{each.name} {self.chance.randint(1, 9)}") if each.name == "RAG" else each
                    for each in kept.columns
                )

    def the_mapping_changes(self) -> None:
        now = self.portfolio.sources["projects"]
        if "health" in now.fields:
            fields = {name: each for name, each in now.fields.items() if name != "health"}
        else:
            fields = {**now.fields, "health": FieldMapping(column=("RAG",))}
        sources = {**self.portfolio.sources, "projects": replace(now, fields=fields)}
        self.portfolio = replace(self.portfolio, sources=sources)

    def the_log_forgets(self) -> None:
        self.chance.choice(self.lists).forget_changes()

    def time_passes(self) -> None:
        self.clock.sleep(timedelta(days=self.chance.choice([1, 3, 8, 40])).total_seconds())

    def what_was_kept_is_lost(self) -> None:
        places = sorted(self.mirrors.kept())
        if places:
            self.mirrors.forget([self.chance.choice(places)])

    def reads(self, mirrors: Mirrors, *, saves: bool = True) -> dict[str, SourceRead]:
        mirror = mirror_of(self.portfolio, {"memory": self.store}, mirrors, self.clock, saves=saves)
        return read_sources(self.portfolio, mirror, lambda *_: None)

    def runs(self) -> None:
        """One run: it reads, writes, and looks again, while people go on; it may be killed at any of that."""
        self.steps.append("a run")
        left = self.chance.randint(0, 12)

        def between() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                trouble = self.chance.choice(["edit", "edit", "killed", "down"])
                self.steps.append(trouble)
                if trouble == "killed":
                    raise Killed
                if trouble == "down":
                    raise UnreachableError("No answer.")
                self.somebody_edits()

        self.store.between = between
        self.store.before_apply = lambda _write: between()
        try:
            self._run()
        except (Killed, UnreachableError):
            pass
        finally:
            self.store.between = lambda: None
            self.store.before_apply = None

    def _run(self) -> None:
        mirror = mirror_of(self.portfolio, {"memory": self.store}, self.mirrors, self.clock, saves=True)
        reads = read_sources(self.portfolio, mirror, lambda *_: None)
        complete = [target_of(read, mirror.lists) for read in reads.values() if read.is_complete]
        targets = {_place(target): target for target in complete}
        if self.chance.random() < 0.3:
            look_before(mirror, targets, 1)
        written = {place: self._writes(target, reads) for place, target in targets.items()}
        ours = {place: numbers for place, numbers in written.items() if numbers}
        settle(mirror, {place: targets[place] for place in ours}, ours, 1)

    def _writes(self, target: Target, reads: dict[str, SourceRead]) -> list[int]:
        records = [record for record in reads[target.source.name].records if self.chance.random() < 0.4]
        column = OWNED_COLUMNS[next(iter(sorted(target.binding.owned)))].name
        word = f"word {self.chance.randint(1, 99)}"
        items = [ItemWrite(record.id.item_id, record.version, {column: word}) for record in records]
        list(target.store.apply(target.source, target.schema, items))
        return [item.item_id for item in items]

    def _new(self, title: str, url: str) -> MemoryList:
        text = [Column(name, name, ColumnType.TEXT) for name in ("Title", "Ref", "Scope", "RAG")]
        looks = Column(
            "Parent", "Parent", ColumnType.LOOKUP, lookup_list=self.projects.guid if "Mile" in title else None
        )
        status = Column("Status", "Status", ColumnType.CHOICE, choices=("On track", "At risk"))
        due = Column("Due", "Due", ColumnType.DATE)
        kept = self.store.add_list(SITE, title, [*text, looks, status, due, *OWNED_COLUMNS.values()], url=url)
        kept.guid = f"{kept.guid[:-4]}{self.chance.randint(0, 0xFFFF):04x}"
        return kept

    def _retyped(self, column: Column) -> Column:
        other = ColumnType.DATE_TIME if column.type is ColumnType.DATE else ColumnType.DATE
        return replace(column, type=other)

    def _an_item(self) -> tuple[MemoryList, int] | None:
        kept = self.chance.choice(self.lists)
        return (kept, self.chance.choice(sorted(kept.items))) if kept.items else None

    def _values(self, kept: MemoryList) -> dict[str, Cell]:
        own: dict[str, Cell] = {"Parent": self._a_project()} if kept is self.milestones else {}
        text = {"Title": f"Title {self.chance.randint(1, 99)}", "RAG": self.chance.choice(["Red", "Green"])}
        chosen = {**own, **text, "Due": self.chance.choice(_DAYS)}
        names = self.chance.sample(sorted(chosen), self.chance.randint(1, len(chosen)))
        return {name: chosen[name] for name in names}

    def _a_project(self) -> LookupCell | None:
        if not self.projects.items:
            return None
        number = self.chance.choice(sorted(self.projects.items))
        return LookupCell(number, str(self.projects.items[number].cells["Title"]))

    def _show_titles(self) -> None:
        """A lookup shows what its item is called now, without a change of its own."""
        for item in self.milestones.items.values():
            looked = item.cells.get("Parent")
            if isinstance(looked, LookupCell):
                found = self.projects.items.get(looked.item_id)
                item.cells["Parent"] = LookupCell(looked.item_id, str(found.cells["Title"])) if found else None


def _place(target: Target) -> tuple[str, str]:
    return target.schema.host, target.schema.list_guid


def shown(reads: dict[str, SourceRead]) -> list[Any]:
    """Everything that a reading says of the lists, but how it came by it."""
    return [
        (
            name,
            read.records,
            read.left_out,
            read.is_complete,
            str(read.error),
            read.binding and read.binding.schema.digest,
        )
        for name, read in reads.items()
    ]


def lost(mirrors: Mirrors, places: Sequence[tuple[str, str]]) -> bool:
    """Whether what was kept of any of these lists cannot be had."""
    for place in places:
        try:
            for _page in mirrors.pages(place):
                pass
        except MirrorLostError:
            return True
    return False
