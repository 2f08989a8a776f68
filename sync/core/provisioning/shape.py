"""What a list should have and what it has: columns, views and lists as values, free of any wire format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sync.core.columns import Column, ColumnType


class Tone(StrEnum):
    """How much a value asks of its reader. A renderer adds the colour; the words and the icon say it without one."""

    GOOD = "good"
    INFORMATION = "information"
    WARNING = "warning"
    SEVERE = "severe"
    PLAIN = "plain"


class Icon(StrEnum):
    """What a picture beside a value stands for, whatever it is called where it is drawn."""

    DONE = "done"
    CLOCK = "clock"
    ALERT = "alert"
    WARNING = "warning"
    PAUSE = "pause"
    QUESTION = "question"
    BOARD = "board"
    MEND = "mend"
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Badge:
    tone: Tone
    icon: Icon


@dataclass(frozen=True, slots=True)
class HoldBeside:
    """How a row tells that its flag is held: the column `told_in` begins with `words` and the last day. `until`: the
    column in which staff gave theirs, where they have one: once it has passed nothing is held, whatever is told still.

    What staff asked for is not what is shown: the hold may count for a shorter time, or not at all."""

    told_in: str
    words: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Badges:
    """A word of a known few, each with its badge; any other is shown plain. `hold`: while it is told of, the value is
    shown with a pause and the last day beside it."""

    of: Mapping[str, Badge]
    hold: HoldBeside | None = None


@dataclass(frozen=True, slots=True)
class DaysSince:
    """A date that has passed, with how many days ago that was, counted where it is read: nothing is written nightly."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """A date that is quiet until it has passed: on the day itself it is due, not overdue."""


@dataclass(frozen=True, slots=True)
class StaleAfter:
    """An instant that is good for so many hours, and alarming after: it changes by itself while nobody writes."""

    hours: int


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A sentence, all of it in the row, with an icon before it where there is one to read."""

    badge: Badge


Look = Badges | DaysSince | DueDay | StaleAfter | Wrapped
"""How a column's values are shown in a list. Always words; icon and colour stand beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    """A column as it should be. `name`: the internal name, ASCII, at most 32 characters. `in_forms`: whether staff see
    it where they enter and edit items. `lines`: of a note, how many are shown when it is edited. `lookup`: of a lookup,
    the title of the list on the same site that it looks into."""

    name: str
    title: str
    description: str
    type: ColumnType
    choices: tuple[str, ...] = ()
    default: str | None = None
    required: bool = False
    in_forms: bool = False
    indexed: bool = False
    unique: bool = False
    lines: int = 6
    decimals: int | None = None
    lookup: str | None = None
    look: Look | None = None


class Ask(StrEnum):
    """What a view asks of a column."""

    IS = "is"
    IS_NOT = "is_not"
    IS_BLANK = "is_blank"
    IS_NOT_BLANK = "is_not_blank"
    IS_ME = "is_me"
    IS_TODAY_OR_LATER = "is_today_or_later"


@dataclass(frozen=True, slots=True)
class Condition:
    """`values`: of IS, the words any of which will do; of IS_NOT, those none of which may stand there, a blank may."""

    column: str
    test: Ask
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewShape:
    """A view as it should be. Columns by internal name. `where`: all of them have to hold, in this order: on a long
    list the first has to be of an indexed column."""

    title: str
    columns: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    rows: int = 50
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """A list as it should be. `url`: relative to its site, `Lists/PortfolioRollUp`; it stays when the title changes.
    `title_column`: what the built-in Title is called there. `restricted`: whoever may read the site may not read it,
    only administrators of the site collection, until one of them shares it."""

    title: str
    url: str
    description: str
    columns: tuple[ColumnShape, ...]
    views: tuple[ViewShape, ...] = ()
    title_column: str = "Title"
    versioned: bool = True
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundColumn:
    """A column as it is. `id`: what tells it from one that is made under its name later; blank where that is not told.
    `formatter`: what formats it, as the host keeps it, blank where nothing does."""

    column: Column
    description: str = ""
    indexed: bool = False
    formatter: str = ""
    in_new_form: bool = True
    in_edit_form: bool = True
    hidden: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """What is to be different about a column; None leaves a thing as it is. `formatter`: as the host keeps it, blank
    to take it away."""

    title: str | None = None
    description: str | None = None
    formatter: str | None = None
    indexed: bool | None = None
    in_new_form: bool | None = None
    in_edit_form: bool | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    """A view as it is. `query`: what selects and orders its rows, as the host keeps it; `asks`: the columns that it
    does so by."""

    id: str
    title: str
    columns: tuple[str, ...]
    query: str
    rows: int
    default: bool = False
    personal: bool = False
    asks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """What an owner decided on a list's settings page, as far as it bears on us. `version_limit`: how many major
    versions are kept, 0 where no limit is told."""

    versioning: bool = True
    version_limit: int = 0
    content_approval: bool = False
    forced_checkout: bool = False


class ItemLock(StrEnum):
    """What the retention label that a list gives its items does to their edits."""

    NONE = "none"
    RECORDS = "records"
    """They are records: whether their columns may still be edited is the tenant's own setting."""
    REGULATORY = "regulatory"
    """They are regulatory records, which nobody can edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the service may do with a list."""

    read: bool = True
    edit: bool = True
    manage: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundList:
    """A list as it is, with every column staff may mean and every view that is not hidden. `url` as in `ListShape`."""

    host: str
    guid: str
    title: str
    url: str
    item_count: int
    columns: tuple[FoundColumn, ...]
    views: tuple[FoundView, ...]
    terms: ListTerms = field(default_factory=ListTerms)
    rights: Rights = field(default_factory=Rights)

    def column(self, name: str) -> FoundColumn | None:
        """The column of that internal name, else of that display name, without regard to case."""
        wanted = name.strip().casefold()
        by_name = {each.column.name.casefold(): each for each in self.columns}
        by_title = {each.column.title.strip().casefold(): each for each in self.columns}
        return by_name.get(wanted) or by_title.get(wanted)

    def view(self, title: str) -> FoundView | None:
        """The view that everybody sees under that title, without regard to case."""
        wanted = title.strip().casefold()
        return next(
            (each for each in self.views if not each.personal and each.title.strip().casefold() == wanted), None
        )

    @property
    def indexes(self) -> int:
        return sum(each.indexed for each in self.columns)


LONGEST_LIST_TO_INDEX = 20_000
"""Items up to which SharePoint adds an index to a list, or takes one away."""

MOST_INDEXES = 20
"""Indexes that one list may have."""

VIEW_THRESHOLD = 5_000
"""Items beyond which a view has to begin with an indexed column."""
