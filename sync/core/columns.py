"""What a list looks like from outside: its columns and the values in them, free of any wire format."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain


class ColumnType(StrEnum):
    TEXT = "text"
    NOTE = "note"
    RICH_NOTE = "rich_note"
    NUMBER = "number"
    CURRENCY = "currency"
    YES_NO = "yes_no"
    DATE = "date"
    DATE_TIME = "date_time"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    LOOKUP = "lookup"
    LOOKUP_MULTI = "lookup_multi"
    PERSON = "person"
    PERSON_MULTI = "person_multi"
    LINK = "link"
    CALCULATED = "calculated"
    COUNTER = "counter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list. `name` is the internal name, which never changes; `title` is what staff see."""

    name: str
    title: str
    type: ColumnType
    read_only: bool = False
    choices: tuple[str, ...] = ()
    fill_in: bool = False
    default: str | None = None
    max_length: int | None = None
    lookup_list: str | None = None  # GUID of the list a lookup looks into, lower case, no braces
    meaning: str = field(default="", compare=False)  # another where what it holds means something else


@dataclass(frozen=True, slots=True)
class ListSchema:
    """A list as described by its host, before any item is read."""

    host: str
    list_guid: str
    title: str
    columns: tuple[Column, ...]
    zone: str | None  # the site's IANA time zone; None where the host's zone is not known to us
    item_count: int
    change_token: str | None = None  # where the list's change log stood when it was described
    content_approval: bool = False  # what is written waits for an approver before others see it
    forced_checkout: bool = False  # only who has checked an item out may write into it
    handle: str = ""  # what its host has to be told so that nothing is asked of it again; means nothing to anyone else

    def find(self, name: str) -> Column | None:
        """The column of that internal name, else of that display name (both without regard to case)."""
        wanted = name.strip().casefold()
        by_name = (column for column in self.columns if column.name.casefold() == wanted)
        by_title = (column for column in self.columns if column.title.strip().casefold() == wanted)
        return next(chain(by_name, by_title), None)

    def find_all(self, names: Iterable[str]) -> tuple["Column", ...]:
        """Those of the columns that are there, in the order of the names."""
        return tuple(column for name in names if (column := self.find(name)))

    @property
    def digest(self) -> str:
        """Changes when a column is added, dropped, renamed or retyped, or the zone changes; not when items do."""
        shape = [
            [c.name, c.title, c.type, c.read_only, list(c.choices), c.fill_in, c.lookup_list] for c in self.columns
        ]
        return hashlib.sha256(json.dumps([self.zone, sorted(shape)], ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ListHead:
    """A list as its site tells of it among all others, before anybody looks into it.

    `mark` is another after anything that happened to an item, ours or staff's; `shape` after anything that happened to
    a column or a setting. None where the host does not tell. `since`: what to ask the change log for what happens from
    now on.
    """

    host: str
    list_guid: str
    title: str
    item_count: int
    mark: str | None
    since: str | None
    shape: str | None


@dataclass(frozen=True, slots=True)
class LookupCell:
    item_id: int
    text: str


@dataclass(frozen=True, slots=True)
class PersonCell:
    user_id: int
    name: str
    login: str | None


@dataclass(frozen=True, slots=True)
class LinkCell:
    url: str
    description: str


Cell = (
    str
    | float
    | bool
    | datetime
    | LookupCell
    | PersonCell
    | LinkCell
    | tuple[str, ...]
    | tuple[LookupCell, ...]
    | tuple[PersonCell, ...]
    | None
)
"""A column's value: text (also choice, note, calculated), number, yes/no, aware UTC instant, lookup, person, link.
A multi-valued column holds a tuple, empty when blank; any other blank is None."""


@dataclass(frozen=True, slots=True)
class Row:
    """One list item as read: `version` is the opaque ETag, `cells` are by internal column name. `modified` and
    `created` are aware UTC."""

    item_id: int
    version: str
    cells: Mapping[str, Cell]
    modified: datetime | None = None
    editor_id: int | None = None
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of an item's version history: the values from then on, who made it, and when (aware UTC)."""

    label: str
    made: datetime
    editor_id: int | None
    cells: Mapping[str, Cell]
