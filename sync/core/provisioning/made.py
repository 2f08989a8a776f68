"""What `provision` made, so that it knows its own work again and can take exactly that away.

A record is kept before a thing is made and once more after, so that a run that was killed in between leaves none behind
that nobody knows. `was`, by what it is:

| what   | name                  | ident          | was                                                            |
|--------|-----------------------|----------------|----------------------------------------------------------------|
| list   | its address           | its GUID       | `template`, where it was made blank for staff to fill          |
| column | its internal name     | its id         | `type`; `hold`, where it is staff's own from then on           |
| view   | its title             | its id         | `forms`: columns, query and rows, as it was left by us         |
| dress  | its internal name     | the same       | `was` before we came, and `sets` as it was left by us          |

`forms` and `sets` are lists, because a change that was cut short leaves a thing in one form or the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """What was made. `dress`: a column that was there before, and only looks different now."""

    LIST = "list"
    COLUMN = "column"
    VIEW = "view"
    DRESS = "dress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One thing that was made, or was about to be (`ident` is None then). `list_guid` is blank for a list itself.
    `at`: aware UTC."""

    host: str
    site: str
    list_guid: str
    what: What
    name: str
    run_id: str
    at: datetime
    ident: str | None = None
    was: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from everything else that was made, and how all of it is sorted."""
        return self.host, self.site, self.list_guid, self.what.value, self.name

    @property
    def place(self) -> tuple[str, str, str]:
        """Host, site and list, in the form in which they are compared."""
        return place(self.host, self.site, (self.ident or "") if self.what is What.LIST else self.list_guid)


def place(host: str, site: str, list_guid: str) -> tuple[str, str, str]:
    """Where a list is, however its parts were spelt."""
    return host.rstrip("/").casefold(), site.rstrip("/").casefold(), list_guid.strip("{}").casefold()


def of_list(made: Iterable[Made], host: str, site: str, list_guid: str) -> tuple[Made, ...]:
    """What was made in that list, and the list itself where that was."""
    wanted = place(host, site, list_guid)
    return tuple(each for each in made if each.place == wanted)


def list_at(made: Iterable[Made], host: str, site: str, url: str) -> Made | None:
    """The list that was made, or was about to be, at that address of a site."""
    wanted = (*place(host, site, "")[:2], url.strip("/").casefold())
    return next(
        (
            each
            for each in made
            if each.what is What.LIST and (*each.place[:2], each.name.strip("/").casefold()) == wanted
        ),
        None,
    )


def find(made: Iterable[Made], what: What, name: str) -> Made | None:
    """The one of that name, without regard to case."""
    return next((each for each in made if each.what is what and each.name.casefold() == name.casefold()), None)
