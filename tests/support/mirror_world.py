"""A site whose lists people change in every way there is, and a mirror of them that may break at any moment."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core.columns import Cell, Column, ColumnType, ListSchema, LookupCell, PersonCell, Row
from sync.core.dates import site_midnight
from sync.core.model import Kind
from sync.core.ownership import WriteMode
from sync.core.policy import FieldMapping
from sync.engine.apply import Target, target_of
from sync.engine.asked import Answer, Asked, ChangesAsked, HeadsAsked, ItemsAsked, SchemaAsked, WholeAsked
from sync.engine.mirrors import Mirrors
from sync.engine.ports import ItemWrite
from sync.engine.read import SourceRead, mirror_of, read_sources
from sync.engine.settle import look_before, settle
from sync.engine.targets import Auth, Connection, ListAddress, Portfolio, Source
from sync.errors import UnreachableError
from tests.support.crashing import Killed
from tests.support.deciding import source
from tests.support.fake_clock import FakeClock
from tests.support.lists import OWNED_COLUMNS

SITE, LONDON = "/sites/demo", "Europe/London"
_MOMENTS = (
    *(each.__name__ for each in (HeadsAsked, SchemaAsked, WholeAsked, ChangesAsked, ItemsAsked)),
    "a page",
    "a write",
)
"""When something may happen during a run."""
_DAYS = [site_midnight(date(2026, month, 3), LONDON) for month in range(1, 13)]


class Troubled(MemoryStore):
    """Lets something happen before an answer is given and after each of its pages, and now and then gives none."""

    between: Callable[[str], None] = staticmethod(lambda _moment: None)

    def _answer(self, site: str, asked: Asked) -> Answer:
        try:
            self.between(type(asked).__name__)
        except UnreachableError as error:
            return error
        return super()._answer(site, asked)

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        """Each page as the list is when it is asked for."""
        after = 0
        while numbers := [each for each in sorted(self._list(source).items) if each > after][: self.page_size]:
            yield tuple(self.read_items(source, schema, columns, numbers).values())
            after = numbers[-1]
            self.between("a page")

    def _row(self, found: MemoryList, number: int, columns: Sequence[str]) -> Row:
        """What was a date is words in a column of text."""
        row = super()._row(found, number, columns)
        dates = {name: cell for name, cell in row.cells.items() if isinstance(cell, datetime)}
        text = [column.name for column in found.columns if column.type is ColumnType.TEXT and column.name in dates]
        said = {name: f"{dates[name]:%d/%m/%Y}" for name in text}
        return replace(row, cells={**row.cells, **said}) if said else row


class MirrorWorld:
    """Projects, and milestones that look into them. `chance` decides everything; `steps` tells what it decided."""

    def __init__(self, chance: random.Random, mirrors: Mirrors) -> None:
        self.chance = chance
        self.clock = FakeClock()
        self.store = Troubled(page_size=chance.choice([1, 2, 3, 100]), now=self.clock.now)
        self.mirrors = mirrors
        self.held = chance.choice([2, 5000])
        self.steps: list[str] = []
        self.added, self.made = 0, 0
        self.lead = PersonCell(7, "A. Jones", "jones")
        self.versioned = chance.random() < 0.5
        self.projects = self._new("Projects", "Lists/Projects")
        self.milestones = self._new("Milestones", "Lists/Milestones")
        mode = WriteMode.VERSIONED if self.versioned else WriteMode.QUIET
        project = source("projects", mode=mode, list_title="Projects")
        lead = {**project.fields, "owner": FieldMapping(column=("Lead",))}
        milestone = source("milestones", Kind.MILESTONE, mode=mode)
        self.portfolio = Portfolio(
            name="Mirrored",
            time_zone=LONDON,
            path=Path("portfolio.yaml"),
            connections={"memory": Connection(name="memory", host=self.store.host, auth=Auth.EMULATOR)},
            sources={
                "projects": replace(project, list=ListAddress(url="Lists/Projects"), fields=lead),
                "milestones": replace(milestone, list=ListAddress(url="Lists/Milestones")),
            },
        )
        for _ in range(chance.randint(0, 9)):
            self.somebody_adds()

    @property
    def lists(self) -> tuple[MemoryList, MemoryList]:
        return self.projects, self.milestones

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Of longer lists than those that may be held at once a few items are enough."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sync.engine.mirror.HELD", self.held)
            patch.setattr("sync.engine.settle.HELD", self.held)
            yield

    def act(self) -> None:
        """Anything that people, time, or trouble do between two runs."""
        happens = self.chance.choice(
            [
                *[self.somebody_adds, self.somebody_edits, self.something_shown_changes] * 3,
                *[self.somebody_deletes, self.somebody_restores, self.a_program_edits] * 2,
                self.a_list_is_renamed,
                self.a_list_is_replaced,
                self.a_column_changes,
                self.the_mapping_changes,
                self.the_log_forgets,
                self.time_passes,
                self.what_was_kept_is_lost,
                self.an_item_vanishes,
                self.a_week_hides_something,
            ]
        )
        self.steps.append(happens.__name__)
        happens()

    def somebody_adds(self) -> None:
        self.added += 1
        due = self.chance.choice(_DAYS)
        if self.chance.random() < 0.5 or not self.projects.items:
            about: dict[str, Cell] = {"Status": "On track", "RAG": "Amber", "Due": due}
            self.projects.add(Title=f"Project {self.added}", Ref=f"P-{self.added}", Lead=self.lead, **about)
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

    def something_shown_changes(self) -> None:
        """The title of a project that a milestone shows, in either way; often of the one that changed last."""
        numbers = sorted({looked.item_id for looked in self._looked() if looked.item_id in self.projects.items})
        if numbers:
            mode = self.chance.choice([WriteMode.QUIET, WriteMode.VERSIONED])
            last = [number for number in numbers if number == self.projects.log[-1]]
            number = self.chance.choice(numbers if self.chance.random() < 0.5 else last or numbers)
            self.projects.write(number, {"Title": f"Shown {self.chance.randint(1, 99)}"}, mode)
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

    def an_item_vanishes(self) -> None:
        """For good, and the change log does not name it."""
        found = self._an_item()
        if found is not None:
            kept, number = found
            del kept.items[number]
            # What looks into a list can tell by its mark alone.
            if kept is self.projects or self.chance.random() < 0.5:
                kept.touch(kept.last_id + 1)
            self._show_titles()

    def a_week_hides_something(self) -> None:
        """What no mark, no change log and no number of items tells, and has to be seen after a week."""
        if self.chance.random() < 0.5:
            self.lead = replace(self.lead, name=f"A. Jones-{self.chance.randint(1, 99)}")
            for item in self.projects.items.values():
                item.cells["Lead"] = self.lead
        else:
            kept = self.chance.choice(self.lists)
            kept.zone = "America/Los_Angeles" if kept.zone == LONDON else LONDON
        self.clock.sleep(timedelta(days=8).total_seconds())

    def a_list_is_renamed(self) -> None:
        kept = self.chance.choice(self.lists)
        kept.title = f"{kept.title.split()[0]} {self.chance.randint(1, 99)}"

    def a_list_is_replaced(self) -> None:
        """Another one at its address, with items of the same numbers, and at times of the same title."""
        old = self.projects
        title = self.chance.choice([old.title, f"Projects {self.chance.randint(100, 999)}"])
        self.store.lists = {place: kept for place, kept in self.store.lists.items() if kept is not old}
        self.projects = self._new(title, old.url)
        for number in range(1, old.last_id + self.chance.randint(1, 4)):
            due = self.chance.choice(_DAYS)
            self.projects.add(Title=f"Other {number}", Ref=f"O-{number}", Lead=self.lead, Status="At risk", Due=due)
        looks = {column.name: column for column in self.milestones.columns}
        parent = replace(looks["Parent"], lookup_list=self.projects.guid)
        self.milestones.columns = tuple(parent if each.name == "Parent" else each for each in self.milestones.columns)
        self._show_titles()

    def a_column_changes(self) -> None:
        kept = self.chance.choice(self.lists)
        match self.chance.randint(1, 4):
            case 1:
                self._is_made_anew(kept, self.chance.choice(["Due", "RAG", "Status"]))
            case 2:
                kept.columns = (*kept.columns, Column(f"New{len(kept.columns)}", "New", ColumnType.TEXT))
            case 3:
                kept.columns = tuple(self._retyped(each) if each.name == "Due" else each for each in kept.columns)
            case _:
                kept.columns = tuple(
                    replace(each, title=f"{each.name} {self.chance.randint(1, 9)}") if each.name == "RAG" else each
                    for each in kept.columns
                )

    def _is_made_anew(self, kept: MemoryList, name: str) -> None:
        """A column is deleted, and another of its name and type is made, which holds nothing."""
        self.made += 1
        kept.columns = tuple(replace(c, meaning=str(self.made)) if c.name == name else c for c in kept.columns)
        for item in kept.items.values():
            item.cells[name] = None

    def the_mapping_changes(self) -> None:
        now = self.portfolio.sources["projects"]
        if "health" in now.fields:
            fields = {name: each for name, each in now.fields.items() if name != "health"}
        else:
            fields = {**now.fields, "health": FieldMapping(column=("RAG",))}
        sources = {**self.portfolio.sources, "projects": replace(now, fields=fields)}
        self.portfolio = replace(self.portfolio, sources=sources)

    def the_log_forgets(self) -> None:
        """What just happened as well."""
        self.somebody_edits()
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
        at = self.chance.choice([None, None, *_MOMENTS])
        left = self.chance.randint(1, 12 if at is None else 2)
        changes = [self.somebody_adds, self.somebody_deletes, self.somebody_restores]
        people = [self.somebody_edits, self.a_program_edits, *[self.something_shown_changes] * 2, *changes]

        def between(moment: str) -> None:
            nonlocal left
            if at not in (None, moment):
                return
            left -= 1
            if left == 0:
                trouble = self.chance.choice([*people, *[self._is_killed, self._is_down] * 2])
                self.steps.append(trouble.__name__)
                left = self.chance.randint(1, 12)
                trouble()

        self.store.between = between
        self.store.before_apply = lambda _write: between("a write")
        try:
            self._run()
        except (Killed, UnreachableError):
            pass
        finally:
            self.store.between = lambda _moment: None
            self.store.before_apply = None

    @staticmethod
    def _is_killed() -> None:
        raise Killed

    @staticmethod
    def _is_down() -> None:
        raise UnreachableError("No answer.")

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
        share = self.chance.choice([0, 0.4, 1])
        records = [record for record in reads[target.source.name].records if self.chance.random() < share]
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
        due, lead = Column("Due", "Due", ColumnType.DATE), Column("Lead", "Lead", ColumnType.PERSON)
        kept = self.store.add_list(SITE, title, [*text, looks, status, due, lead, *OWNED_COLUMNS.values()], url=url)
        self.made += 1
        kept.guid = f"{kept.guid[:-4]}{self.made:04x}"
        return kept

    def _retyped(self, column: Column) -> Column:
        others = {ColumnType.DATE, ColumnType.DATE_TIME, ColumnType.TEXT} - {column.type}
        return replace(column, type=self.chance.choice(sorted(others)))

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

    def _looked(self) -> list[LookupCell]:
        cells = [item.cells.get("Parent") for item in self.milestones.items.values()]
        return [cell for cell in cells if isinstance(cell, LookupCell)]

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
