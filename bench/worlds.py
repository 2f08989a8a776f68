"""Councils of any size for measuring: a world document for the embedded SharePoint and the portfolio file that fits it.

The same shape gives the same council every time. Lists come in pairs, one pair a site: a project list and, in turn, a
milestone list or a risk register whose rows name its projects. Dates lie around `DAY`, so that on any one day a few
items in a thousand cross a threshold; or, where `flips` says how many items of each unit are to do so, on one night
and no other. Each list has columns that the portfolio does not map, as real ones do.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

DAY = date(2026, 6, 17)
FLIPPING = DAY + timedelta(days=4)
"""The night on which those items flip whose unit says how many: they are due on the day before."""
UNTROUBLED = 20
"""So many items at the end of such a list are neither late nor finished, and bear on nothing else: staff edit these."""
PEOPLE = 12
ZONE = "Europe/London"
Document = dict[str, Any]

_OWNED = {
    "status": ("PSStatus", "Text"),
    "overdue": ("PSOverdue", "Text"),
    "overdue_since": ("PSOverdueSince", "DateTime"),
    "reason": ("PSReason", "Note"),
    "next_review": ("PSNextReview", "DateTime"),
    "escalate_to": ("PSEscalateTo", "Text"),
    "check": ("PSCheck", "Note"),
    "stamp": ("PSStamp", "Text"),
}
_ONLY_OF = {"status": "project", "next_review": "risk", "escalate_to": "risk"}
"""The kind of list that has a column for it; the others are in every list."""
_WORDS = {
    "not_started": "Not begun",
    "in_progress": "Under way",
    "on_track": "On track",
    "needs_review": "Wants a look",
    "complete": "Finished",
}
_COLUMNS = {
    "project": {
        "Ref": "Text", "Status": "Choice", "Lead": "User", "Directorate": "Text", "Starts": "DateTime",
        "Ends": "DateTime", "Budget": "Number",
        "Sponsor": "User", "Narrative": "Note", "Benefits": "Note", "Gateway": "DateTime",
    },
    "milestone": {
        "Ref": "Text", "Project": "Text", "Planned": "DateTime", "Forecast": "DateTime", "State": "Choice",
        "Comments": "Note", "Evidence": "Note",
    },
    "risk": {
        "Ref": "Text", "Project": "Text", "Owner": "User", "Likelihood": "Number", "Impact": "Number",
        "State": "Choice", "Reviewed": "DateTime", "Review_due": "DateTime",
        "Cause": "Note", "Consequence": "Note",
    },
}  # fmt: skip
"""Columns by kind of list; those after the mapped ones are there to be left alone."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many lists, and how many items in each."""

    lists: int
    items: int

    def __str__(self) -> str:
        return f"{self.lists} lists x {self.items:,} items"

    @property
    def total(self) -> int:
        """Items in all lists together."""
        return self.lists * self.items


@dataclass(frozen=True, slots=True)
class _Place:
    """One list: its number among all, and what it holds: so many items, of which the first `flips` flip on one night;
    None where dates lie anywhere."""

    number: int
    items: int = 0
    flips: int | None = None

    @property
    def unit(self) -> int:
        """The organisational unit whose site it is on."""
        return self.number // 2 + 1

    @property
    def kind(self) -> str:
        return "project" if self.number % 2 == 0 else "milestone" if self.unit % 2 else "risk"

    @property
    def title(self) -> str:
        return {"project": "Projects", "milestone": "Milestones", "risk": "Risk register"}[self.kind]

    @property
    def source(self) -> str:
        return f"{self.kind}s-{self.unit:03}"

    @property
    def site(self) -> str:
        return f"/sites/unit-{self.unit:03}"


def world(shape: Shape, seed: int = 1, flips: Sequence[int] = ()) -> Document:
    """The council as the embedded SharePoint loads it. `flips`: by unit, how many items flip on `FLIPPING`."""
    chance = Random(seed)  # noqa: S311 - sample data
    sites: dict[str, Document] = {}
    for place in _places(shape, flips):
        site = sites.setdefault(place.site, {"path": place.site, "time_zone": 2, "users": _users(), "lists": []})
        site["lists"].append(_list(place, chance))
    return {"world": f"bench-{shape.lists}-{shape.items}", "day": DAY.isoformat(), "sites": list(sites.values())}


def unit(number: int, items: int, seed: int = 1) -> list[Document]:
    """The lists of one unit, counted from 1: a council that is too large to be held is made of these."""
    chance = Random(f"{seed}/{number}")  # noqa: S311 - sample data
    return [_list(_Place(2 * number - 2 + each, items), chance) for each in range(2)]


def lists(shape: Shape) -> list[tuple[str, str, str]]:
    """Site, title and kind of every list."""
    return [(place.site, place.title, place.kind) for place in _places(shape)]


def portfolio(shape: Shape, host: str) -> Document:
    """The portfolio file, as YAML is JSON too."""
    return {
        "version": 1,
        "name": f"Bench {shape.lists} {shape.items}",
        "time_zone": ZONE,
        "connections": {"bench": {"kind": "sharepoint", "host": host, "auth": "emulator"}},
        "sources": {place.source: _source(place) for place in _places(shape)},
        "policies": {"ladder": list(_ladder(shape))},
    }


def columns(kind: str) -> Mapping[str, str]:
    """A list's columns beside Title: type by internal name, the service's own ones last."""
    return _COLUMNS[kind] | {_OWNED[name][0]: _OWNED[name][1] for name in _owned_by(kind)}


def owned_columns() -> dict[str, str]:
    """Our columns' names by what they hold."""
    return {name: column for name, (column, _) in _OWNED.items()}


def _places(shape: Shape, flips: Sequence[int] = ()) -> Iterator[_Place]:
    """Of a unit's flips its project list has the odd one: each of the others is one of such a project."""
    for number in range(shape.lists):
        of_unit = flips[number // 2] if flips else None
        yield _Place(number, shape.items, None if of_unit is None else (of_unit + 1 - number % 2) // 2)


def _owned_by(kind: str) -> list[str]:
    return [name for name in _OWNED if _ONLY_OF.get(name, kind) == kind]


def _list(place: _Place, chance: Random) -> Document:
    return {
        "title": place.title,
        "fields": [_field(name, kind) for name, kind in columns(place.kind).items()],
        "items": [{"values": _row(place, n, chance)} for n in range(1, place.items + 1)],
    }


def _users() -> list[Document]:
    return [
        {"login": _login(n), "name": f"Officer {n}", "email": f"officer{n}@example.org"} for n in range(1, PEOPLE + 1)
    ]


def _login(number: int) -> str:
    return f"i:0#.f|membership|officer{number}@example.org"


def _field(name: str, kind: str) -> Document:
    choices = {"choices": ["Open", "Closed", *_WORDS.values()]} if kind == "Choice" else {}
    return {"name": name, "type": kind, **choices}


def _row(place: _Place, number: int, chance: Random) -> Document:
    own = {"project": _project, "milestone": _milestone, "risk": _risk}[place.kind]
    filler = {name: "As discussed at the board. " * 8 for name, kind in _COLUMNS[place.kind].items() if kind == "Note"}
    return {**filler, **own(place, number, chance)}


def _project(place: _Place, number: int, chance: Random) -> Document:
    end = _due(place, number, chance)
    return {
        "Title": f"Project {number} of unit {place.unit}",
        "Ref": f"P{place.unit:03}-{number:05}",
        "Status": _word(place, number, end, chance),
        "Lead": _login(chance.randint(1, PEOPLE)),
        "Sponsor": _login(chance.randint(1, PEOPLE)),
        "Directorate": f"Directorate {place.unit % 7}",
        "Starts": (end - timedelta(days=chance.randint(60, 600))).isoformat(),
        "Ends": end.isoformat(),
        "Budget": chance.randint(1, 900) * 1000,
    }


def _milestone(place: _Place, number: int, chance: Random) -> Document:
    planned = _due(place, number, chance)
    return {
        "Title": f"Milestone {number}",
        "Ref": f"M{place.unit:03}-{number:05}",
        "Project": _project_of(place, number, chance),
        "Planned": planned.isoformat(),
        "State": _word(place, number, planned, chance),
    }


def _risk(place: _Place, number: int, chance: Random) -> Document:
    due = _due(place, number, chance)
    return {
        "Title": f"Risk {number}",
        "Ref": f"R{place.unit:03}-{number:05}",
        "Project": _project_of(place, number, chance),
        "Owner": _login(chance.randint(1, PEOPLE)),
        "Likelihood": 1 if _is_staged(place, number) else chance.randint(1, 5),
        "Impact": chance.randint(1, 5),
        "State": "Closed" if due < DAY and chance.random() < 0.9 else "Open",
        "Reviewed": _reviewed(place, due).isoformat(),
        "Review_due": due.isoformat(),
    }


def _due(place: _Place, number: int, chance: Random) -> date:
    if place.flips is None:
        return DAY + timedelta(days=chance.randint(-300, 300))
    if number <= place.flips:
        return FLIPPING - timedelta(days=1)
    # More than a month away from every night that is measured, because the rules look a month back and a week ahead.
    far = timedelta(days=chance.randint(60, 300))
    return DAY + far if _is_staged(place, number) or chance.random() < 0.5 else DAY - far


def _reviewed(place: _Place, due: date) -> date:
    if place.flips is not None and due >= DAY:
        return DAY - timedelta(days=3)
    return min(due - timedelta(days=90), DAY)


def _project_of(place: _Place, number: int, chance: Random) -> str:
    """What flips belongs to a project that flips as well: so it makes no other item read otherwise."""
    flips = number <= (place.flips or 0)
    return f"P{place.unit:03}-{number if flips else chance.randint(1, place.items):05}"


def _is_staged(place: _Place, number: int) -> bool:
    """Whether it is known beforehand what an item does on which night."""
    return place.flips is not None and (number <= place.flips or number > place.items - UNTROUBLED)


def _word(place: _Place, number: int, due: date, chance: Random) -> str:
    """Most of what was due is finished; most of what is not due is not."""
    if _is_staged(place, number):
        return _WORDS["on_track"]
    finished = 0.92 if due < DAY else 0.05
    return _WORDS["complete"] if chance.random() < finished else chance.choice(list(_WORDS.values())[:-1])


def _source(place: _Place) -> Document:
    described = {
        "connection": "bench",
        "site": place.site,
        "list": place.title,
        "kind": place.kind,
        "key": "Ref",
        "fields": _fields(place),
        "write": {"mode": "quiet", "columns": {name: _OWNED[name][0] for name in _owned_by(place.kind)}},
    }
    return described | ({"register": _register(place)} if place.kind == "risk" else {})


def _ladder(shape: Shape) -> Iterator[Document]:
    """One board, to which every register's high risks go."""
    if registers := [_register(place) for place in _places(shape) if place.kind == "risk"]:
        accepts = [{"source": registers, "band": "high"}]
        yield {"name": "Board", "board": "Programme Board", "accepts": accepts, "decide_within_days": 28}


def _register(place: _Place) -> str:
    return f"unit-{place.unit:03}"


def _fields(place: _Place) -> Document:
    words = {canonical: [word] for canonical, word in _WORDS.items()}
    project = {"column": "Project", "refers_to": [_Place(place.number - place.number % 2).source]}
    return {
        "project": {
            "title": "Title", "status": {"column": "Status", "values": words}, "owner": "Lead",
            "department": "Directorate", "start": "Starts", "end": "Ends", "budget": "Budget",
        },
        "milestone": {
            "title": "Title", "project": project, "original": "Planned", "forecast": "Forecast",
            "status": {"column": "State", "values": words},
        },
        "risk": {
            "title": "Title", "project": project, "owner": "Owner", "likelihood": "Likelihood", "impact": "Impact",
            "status": {"column": "State", "values": {"open": ["Open"], "closed": ["Closed"]}},
            "last_reviewed": "Reviewed", "next_review": "Review_due",
        },
    }[place.kind]  # fmt: skip


def main() -> None:
    """Writes a world to a file, for `portfolio-sync emulator --data`."""
    parser = argparse.ArgumentParser(prog="python -m bench.worlds", description=main.__doc__)
    parser.add_argument("lists", type=int)
    parser.add_argument("items", type=int)
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    given.file.write_text(json.dumps(world(Shape(given.lists, given.items))), encoding="utf-8")


if __name__ == "__main__":
    main()
