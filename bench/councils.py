"""The councils that are measured: how large they are, what a typical night brings them, and what staff do there."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import settled, worlds
from bench.worlds import DAY, FLIPPING, Document, Shape
from sync.core.columns import ListSchema, Row

FIRST = DAY
SETTLING = DAY + timedelta(days=1)
"""The night after the first, which nobody measures: figures that were new on the first night are so no more."""
QUIET = DAY + timedelta(days=2)
EVERYTHING = DAY + timedelta(days=3)
TYPICAL = FLIPPING
OWN_SITE = "/sites/unit-001"

_STATE = {"project": "Status", "milestone": "State", "risk": "State"}
_OVER = {"project": "Finished", "milestone": "Finished", "risk": "Closed"}
_OPEN = {"project": "Under way", "milestone": "Under way", "risk": "Open"}
_TEXT = {"project": "Narrative", "milestone": "Comments", "risk": "Cause"}
_DATE = {"project": "Ends", "milestone": "Planned", "risk": "Review_due"}


@dataclass(frozen=True, slots=True)
class Council:
    """`changes` items are changed by staff before the typical night, in `changed_lists` lists, both of a site's;
    `writes` items are to be written that night. `is_settled`: our values stand there from the start, so that a first
    run reads everything and writes nothing: writing as much would take more than the budget of a day."""

    name: str
    shape: Shape
    changed_lists: int
    changes: int
    writes: int
    is_settled: bool = False

    @property
    def sites(self) -> int:
        return self.shape.lists // 2

    @property
    def flips(self) -> tuple[int, ...]:
        """By site, how many items flip by date alone: every site has its share, and half of what staff change flips."""
        by_date = self.writes - self.changes // 2
        ends = [by_date * number // self.sites for number in range(self.sites + 1)]
        return tuple(end - start for start, end in pairwise(ends))

    def world(self) -> Document:
        world = worlds.world(self.shape, flips=self.flips)
        if self.is_settled:
            portfolio = settled.made_portfolio(self.shape)
            for number, site in enumerate(world["sites"], start=1):
                _settle(site["lists"], settled.settled_lists(portfolio, number, site["lists"]).values())
        return world

    def lists(self) -> list[tuple[str, str, str]]:
        """Site, title and kind of every list."""
        return worlds.lists(self.shape)

    def portfolio(self, host: str) -> Document:
        """With the lists of the service's own, and at a pace that leaves the waiting to the network."""
        own = {"connection": "bench", "site": OWN_SITE, "rollup_readers": "site"}
        pace = {"share": 100, "licences": 100_000, "quota": 10}
        return worlds.portfolio(self.shape, host) | {"own_lists": own, "pace": pace}


SMALL = Council("small", Shape(24, 150), changed_lists=10, changes=40, writes=60)
MEDIUM = Council("medium", Shape(120, 400), changed_lists=70, changes=300, writes=350)
LARGE = Council("large", Shape(600, 1000), changed_lists=350, changes=2000, writes=2500, is_settled=True)


def of_items(items: int) -> Council:
    """The small council with lists of another length."""
    return replace(SMALL, name=f"{items} items a list", shape=Shape(SMALL.shape.lists, items))


def of_lists(lists: int) -> Council:
    """The small council with another number of lists, of which staff change none."""
    return Council(f"{lists} lists", Shape(lists, SMALL.shape.items), changed_lists=0, changes=0, writes=lists)


def of_changes(changes: int) -> Council:
    """The small council with another number of changes."""
    return replace(SMALL, name=f"{changes} changes", changes=changes, writes=changes // 2 + SMALL.sites)


def typical_edits(council: Council) -> Iterator[Document]:
    """What staff do on the day before the typical night: every other change finishes something, the others tell more of
    it. They change items that nothing else bears on."""
    changed = _changed_lists(council)
    for number in range(council.changes):
        site, title, kind = changed[number % len(changed)]
        place = number // len(changed)
        values = {_STATE[kind]: _OVER[kind]} if place % 2 == 0 else {_TEXT[kind]: f"Told on {DAY.isoformat()}."}
        yield _edit(site, title, council.shape.items - place, values)


def every_edit(council: Council) -> Iterator[Document]:
    """Staff finish everything that is open, and open everything that is finished."""
    kinds = {(site, title): kind for site, title, kind in worlds.lists(council.shape)}
    for site in council.world()["sites"]:
        for each in site["lists"]:
            kind = kinds[site["path"], each["title"]]
            for number, item in enumerate(each["items"], start=1):
                is_over = item["values"][_STATE[kind]] == _OVER[kind]
                values = {_STATE[kind]: (_OPEN if is_over else _OVER)[kind]}
                yield _edit(site["path"], each["title"], number, values)


def late_edits(council: Council) -> list[Document]:
    """What a colleague does while a program is at work: renames projects that it is about to write, and gives them
    another date, so that they are late no more."""
    last = council.sites - 1
    site, title, kind = worlds.lists(council.shape)[2 * last]
    values = {"Title": "Renamed meanwhile", _DATE[kind]: (DAY + timedelta(days=90)).isoformat()}
    return [_edit(site, title, number + 1, values) for number in range((council.flips[last] + 1) // 2)]


def _settle(lists: Iterable[Document], values: Iterable[tuple[ListSchema, tuple[Row, ...]]]) -> None:
    """Puts our values into the items."""
    ours = frozenset(worlds.owned_columns().values())
    for found, (_, rows) in zip(lists, values, strict=True):
        for item, row in zip(found["items"], rows, strict=True):
            item["values"] |= {name: _plain(cell) for name, cell in row.cells.items() if name in ours and cell}


def _plain(cell: Any) -> Any:
    return cell.astimezone(ZoneInfo(worlds.ZONE)).date().isoformat() if isinstance(cell, datetime) else cell


def _changed_lists(council: Council) -> list[tuple[str, str, str]]:
    """Both lists of sites that lie evenly among all."""
    every = worlds.lists(council.shape)
    sites = council.changed_lists // 2
    firsts = [2 * (number * council.sites // sites) for number in range(sites)]
    return [every[first + each] for first in firsts for each in range(2)]


def _edit(site: str, title: str, item: int, values: dict[str, Any]) -> Document:
    by = f"officer{item % worlds.PEOPLE + 1}@example.org"
    return {"do": "change", "site": site, "list": title, "item": item, "by": by, "values": values}


COUNCILS = {council.name: council for council in (SMALL, MEDIUM, LARGE)}


def main() -> None:
    """Writes the world of a council, told as JSON, to a file for `portfolio-sync emulator --data`."""
    told, file = sys.argv[1:]
    fields = json.loads(told)
    council = Council(**fields | {"shape": Shape(**fields["shape"])})
    Path(file).write_text(json.dumps(council.world()), encoding="utf-8")


if __name__ == "__main__":
    main()
