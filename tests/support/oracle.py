"""A second opinion on what our columns should say, written without a line of the product: dates, words and sets.

`wanted` says it of a small world of projects and milestones. `Cell` remembers of one owned value what is there, who
wrote it last and what we may take for agreed, and `verdicts` says what an undisturbed run may do about it:

| the value                              | a run                                                          |
|----------------------------------------|----------------------------------------------------------------|
| is what is wanted                      | leaves it, and agrees to it                                    |
| was last written by us, or is blank    | writes                                                         |
| is a person's, and we never wrote here | leaves it, and says so (a row out of scope: without a word)    |
| is a person's, and what we agreed to   | writes                                                         |
| is a person's own                      | restores it, leaves it or asks, by the policy, and says so     |

More than one verdict is right only where a run was killed before anybody can know what it had agreed to.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

Value = str | bool | date | None
Place = tuple[str, int]
"""A list's title and an item's number."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Projects": ("status", "overdue", "overdue_since", "reason", "check"),
    "Milestones": ("overdue", "overdue_since", "reason", "check"),
}
_LATE_DAYS = 28
_WORST = ("Off track", "At risk", "On track", "Complete")
_DECLARED = {"On track": "On track", "At risk": "At risk", "Done": "Complete"}
_BY_HAND = re.compile(r"\S[^.]* was (?:changed|cleared) by hand")
_MORE = re.compile(r"; and (\d+) more\.")
_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b")


@dataclass(frozen=True, slots=True)
class Row:
    """What staff say of a project, or of a milestone: then `ref` is its project's, and it has no status."""

    ref: str
    due: date | None
    status: str = ""
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Exactly:
    """This value and no other."""

    value: Value

    def fits(self, live: Value) -> bool:
        return live == self.value


@dataclass(frozen=True, slots=True)
class Naming:
    """A text that names these dates and no others, but for those that it counts because there is no room for them;
    where there are none, it only tells of restored values, if any."""

    dates: frozenset[date]

    def fits(self, live: Value) -> bool:
        text = live or ""
        if not isinstance(text, str):
            return False
        own = _BY_HAND.split(text)[0].strip()
        named, wants = set(_DATE.findall(own)), {f"{day.day} {day:%B} {day.year}" for day in self.dates}
        more = _MORE.search(own)
        unnamed = int(more[1]) if more else 0
        return named <= wants and len(wants - named) <= unnamed and bool(own) == bool(self.dates)


@dataclass(frozen=True, slots=True)
class Mentioning:
    """A text with this word in it."""

    word: str

    def fits(self, live: Value) -> bool:
        return isinstance(live, str) and self.word in live


Want = Exactly | Naming | Mentioning


def wanted(rows: Mapping[Place, Row], today: date, soon_days: int) -> dict[Place, dict[str, Want]]:
    """What our columns should hold in every row that is there; in a row out of scope, nothing."""
    return {place: _of_row(place[0], row, rows, today, soon_days) for place, row in rows.items()}


def _of_row(title: str, row: Row, rows: Mapping[Place, Row], today: date, soon_days: int) -> dict[str, Want]:
    if row.archived:
        return {column: Exactly(None) for column in COLUMNS[title]}
    closed = row.status == "Done"
    label = "Closed" if closed else _label(row.due, today, soon_days)
    told = {row.due} if row.due and label in ("Overdue", "Due soon") else set()
    check: Want = Exactly(None)
    status: dict[str, Want] = {}
    if title == "Projects":
        late = set() if closed else {each for each in _milestones_of(row, rows) if each < today}
        ends = {row.due} if row.due and label == "Overdue" else set()
        status = {"status": Exactly(_worst(_DECLARED[row.status], late | ends, today))}
        told |= late
    elif row.ref not in _projects(rows):
        check = Mentioning(row.ref)
    since = row.due if label == "Overdue" else None
    return {
        **status,
        "overdue": Exactly(label),
        "overdue_since": Exactly(since),
        "reason": Naming(frozenset(told)),
        "check": check,
    }


def _label(due: date | None, today: date, soon_days: int) -> str:
    if due is None:
        return "No date"
    if due < today:
        return "Overdue"
    return "Due soon" if due <= today + timedelta(days=soon_days) else "On time"


def _worst(declared: str, passed: set[date], today: date) -> str:
    made = {"Off track" if each + timedelta(days=_LATE_DAYS) < today else "At risk" for each in passed}
    return min({declared, *made}, key=_WORST.index)


def _milestones_of(project: Row, rows: Mapping[Place, Row]) -> list[date]:
    return [row.due for (title, _), row in rows.items() if title == "Milestones" and row.ref == project.ref and row.due]


def _projects(rows: Mapping[Place, Row]) -> set[str]:
    return {row.ref for (title, _), row in rows.items() if title == "Projects" and not row.archived}


class Verdict(Enum):
    """What a run may do about one value."""

    SAME = "same"
    WRITES = "writes"
    RESTORES = "restores"
    RESPECTS = "respects"
    ASKS = "asks"
    LEAVES = "leaves"  # a stranger's, and said to be
    IGNORES = "ignores"  # a stranger's in a row that does not count

    @property
    def is_written(self) -> bool:
        return self in (Verdict.WRITES, Verdict.RESTORES)


DRIFT = {"restore": Verdict.RESTORES, "respect": Verdict.RESPECTS, "ask": Verdict.ASKS}


class Never(Enum):
    """We agreed to no value yet."""

    NEVER = "never"


NEVER = Never.NEVER


@dataclass(frozen=True, slots=True)
class Cell:
    """One owned value. `agreed`: everything that may be what we last agreed to."""

    live: Value = None
    by_person: bool = False
    agreed: frozenset[Value | Never] = frozenset({NEVER})

    @property
    def is_known(self) -> bool:
        """Whether we may have been here."""
        return self.agreed != {NEVER}

    def typed(self, value: Value) -> "Cell":
        """A person writes."""
        return replace(self, live=value, by_person=True)

    def written(self, value: Value) -> "Cell":
        """We write."""
        return replace(self, live=value, by_person=False, agreed=self.agreed | {value})

    def after_a_run(self, want: Want, *, in_scope: bool) -> "Cell":
        """A run went to its end undisturbed: what it found right, or made right, is agreed; what it left is not. Of a
        row out of scope nothing new is agreed, so what may never have been ours may be a stranger's still."""
        if not want.fits(self.live):
            return self
        if not in_scope and NEVER in self.agreed:
            return self.perhaps_agreed(self.live)
        return Cell(self.live, agreed=frozenset({self.live}))

    def perhaps_agreed(self, value: Value) -> "Cell":
        """A run that was killed or disturbed may have agreed to a value that it found right, or not."""
        return replace(self, agreed=self.agreed | {value})


def verdicts(cell: Cell, want: Want, drift: str, *, in_scope: bool) -> frozenset[Verdict]:
    """What an undisturbed run may do about a value."""
    if not in_scope and not cell.is_known:
        return frozenset({Verdict.IGNORES})
    if want.fits(cell.live):
        return frozenset({Verdict.SAME})
    if not cell.by_person:
        return frozenset({Verdict.WRITES})
    return frozenset(_verdict(cell.live, agreed, drift, in_scope=in_scope) for agreed in cell.agreed)


def _verdict(live: Value, agreed: Value | Never, drift: str, *, in_scope: bool) -> Verdict:
    """About a person's value that is not what is wanted."""
    if isinstance(agreed, Never):
        strange = Verdict.LEAVES if live is not None else Verdict.WRITES
        return strange if in_scope else Verdict.IGNORES
    return Verdict.WRITES if agreed == live else DRIFT[drift]
