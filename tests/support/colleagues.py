"""What colleagues did in a town, and what must therefore be in its lists: kept beside the world, out of its history.

colleagues.edits(change(("Projects", 1), Due="2026-07-01"))                 now
colleagues.will_edit(change(...))                                           as the rule of that name, once
shadow = colleagues.shadow(history); shadow.losses(items) == []
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from connectors.emulator.rules.edits import Deed, Edit
from connectors.emulator.rules.history import EDIT, Entry
from tests.support import oracle, town
from tests.support.oracle import Place

Items = Mapping[Place, Mapping[str, Any]]
"""The lists as people see them: every column of every item."""

WORDS = (
    "Steady", "Čekáme na dodavatele", "Line one\nline two", 'He said "no" & <left>', "  spaces around  ", "=1+1",
    "On time", "Overdue", "日本語のメモ", "a" * 300,
)  # fmt: skip
"""Texts that people type, some of them trying."""


def change(place: Place, by: str = "", **values: Any) -> Edit:
    """A colleague changes an item."""
    return Edit(do=Deed.CHANGE, site=town.SITE, list=place[0], item=place[1], by=by, values=values)


def adds(title: str, values: Mapping[str, Any], by: str = "") -> Edit:
    """A colleague makes an item."""
    return Edit(do=Deed.ADD, site=town.SITE, list=title, by=by, values=dict(values))


def recycles(place: Place, by: str = "") -> Edit:
    """A colleague throws an item away."""
    return Edit(do=Deed.RECYCLE, site=town.SITE, list=place[0], item=place[1], by=by)


@dataclass
class Shadow:
    """What staff last wrote, item by item; `typed`: columns of ours that somebody typed into, ever."""

    cells: dict[Place, dict[str, Any]]
    typed: set[tuple[Place, str]] = field(default_factory=set)
    editors: dict[Place, str] = field(default_factory=dict)
    gone: set[Place] = field(default_factory=set)
    edits: int = 0

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Shadow":
        """Of a world as its document has it."""
        return cls(
            {
                (each["title"], number): dict(item["values"])
                for each in document["sites"][0]["lists"]
                for number, item in enumerate(each["items"], start=1)
            }
        )

    def after(self, edit: Edit, entry: Entry) -> None:
        """One more edit took effect."""
        assert entry.item is not None
        place = (edit.list, entry.item)
        self.edits += 1
        if edit.do in (Deed.DELETE, Deed.RECYCLE):
            del self.cells[place]
            self.gone.add(place)
            return
        staff = {name: value for name, value in edit.values.items() if name not in town.OURS}
        self.cells[place] = {**self.cells.get(place, {}), **staff}
        self.typed |= {(place, name) for name in edit.values if name in town.OURS}
        self.editors[place] = entry.caller

    def losses(self, items: Items) -> list[str]:
        """Everything in which the lists are not what staff last made them."""
        told = [f"{place} is there, and nobody made it" for place in sorted(set(items) - set(self.cells))]
        for place, values in sorted(self.cells.items()):
            if place not in items:
                told.append(f"{place} is gone, and nobody removed it")
                continue
            for name in town.STAFF[place[0]]:
                wrote, there = _typed(name, values.get(name)), items[place].get(name)
                if wrote != there:
                    told.append(f"{name} of {place} is {there!r}, and staff wrote {wrote!r}")
        return told

    def wants(self, today: date) -> dict[Place, dict[str, oracle.Want]]:
        """What our columns should hold, by the second opinion."""
        rows = {place: town.row(place, values) for place, values in self.cells.items()}
        return oracle.wanted(rows, today, town.SOON_DAYS)

    def wrong_flags(self, items: Items, today: date) -> list[str]:
        """Everything in which our columns do not say what they should. Of a row out of scope, a word that somebody
        typed into a column of ours may be nobody's business."""
        told = []
        for place, wants in sorted(self.wants(today).items()):
            out = bool(self.cells[place].get("Archived"))
            for name, want in wants.items():
                column = town.COLUMN[name]
                live = items[place].get(column)
                if not want.fits(live) and not (out and (place, column) in self.typed):
                    told.append(f"{column} of {place} is {live!r}, and {want} is wanted on {today}")
        return told


def _typed(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "Due" and value else town.shown(value)


@dataclass
class Colleagues:
    """Who edits what; every edit has a name, by which the history tells whether and when it took effect."""

    document: Mapping[str, Any]
    named: dict[str, Edit] = field(default_factory=dict)

    def name(self, edit: Edit) -> str:
        """The name under which an edit is to be made, by a rule or at once."""
        name = f"colleague {len(self.named) + 1}"
        self.named[name] = edit
        return name

    def rule(self, edit: Edit, **when: Any) -> dict[str, Any]:
        """A rule of a fault plan that has the edit made in the middle of something, once."""
        return {"name": self.name(edit), "times": 1, "do": "edit", "edit": edit.document(), **when}

    def shadow(self, history: Iterable[Entry]) -> Shadow:
        """What staff last wrote, by the edits that the history says took effect, in their order."""
        shadow = Shadow.of(self.document)
        for entry in history:
            if entry.method == EDIT and entry.status < 400:
                shadow.after(self.named[entry.fault or numbered(entry.number)], entry)
        return shadow


def numbered(number: int) -> str:
    """The name of an edit that was made at once, through the control plane: its place in the history."""
    return f"no. {number}"


@dataclass
class Moods:
    """What a colleague thinks of next, out of a seed. `top`: the highest project number so far."""

    random: random.Random
    top: int

    def edit(self, shadow: Shadow, today: date) -> Edit:
        """An edit that fits what is there."""
        by = self.random.choice(town.PEOPLE)
        place = self.random.choice(sorted(shadow.cells))
        made = self.random.choices(
            [self._date, self._status, self._notes, self._types, self._archives, self._adds, self._removes],
            weights=[24, 18, 24, 14, 6, 6, 3],
        )[0](place, today)
        return replace(made, by=by)

    def _date(self, place: Place, today: date) -> Edit:
        due = today + timedelta(days=self.random.randint(-60, 60))
        return change(place, Due=None if self.random.random() < 0.05 else due.isoformat())

    def _status(self, place: Place, today: date) -> Edit:
        if place[0] == town.MILESTONES:
            return self._date(place, today)
        return change(place, Status=self.random.choice(town.STATUSES))

    def _notes(self, place: Place, _today: date) -> Edit:
        return change(place, Notes=self.random.choice(WORDS), Title=f"Renamed {self.random.randint(1, 999)}")

    def _types(self, place: Place, _today: date) -> Edit:
        name = self.random.choice([name for name in oracle.COLUMNS[place[0]] if name != "overdue_since"])
        return change(place, **{town.COLUMN[name]: self.random.choice((*WORDS[:7], None))})

    def _archives(self, place: Place, today: date) -> Edit:
        if place[0] == town.MILESTONES:
            return self._date(place, today)
        return change(place, Archived=self.random.random() < 0.5)

    def _adds(self, place: Place, today: date) -> Edit:
        due = today + timedelta(days=self.random.randint(-40, 40))
        self.top += 1
        if place[0] == town.MILESTONES:
            return adds(place[0], town.milestone(self.top, f"P-{self.random.randint(1, self.top)}", due))
        return adds(place[0], town.project(self.top, due=due))

    def _removes(self, place: Place, today: date) -> Edit:
        return recycles(place) if place[1] > 2 else self._date(place, today)
