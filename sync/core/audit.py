"""The record of what was decided and written: entries, and the hash chain that shows a missing or altered one.

An entry holds no text of staff's and no name: owned labels, dates and yes/no as they are, longer texts by their digest,
people by number, restricted records by the number of their item.

| what was done to the record                | how it is found                                           |
|--------------------------------------------|-----------------------------------------------------------|
| an entry, its number or its hash changed   | the hash over the previous hash, number and content       |
| an entry taken out, put in, or moved       | numbers without a gap; the next entry's hash              |
| the end cut off                            | a head kept outside is beyond the end                     |
| everything written anew                    | a head kept outside has another hash                      |
| the beginning cut off without a purge      | no entry tells of a purge up to there                     |
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum

from sync.core.ownership import OwnedField, OwnedValue
from sync.core.plan import WITHHELD
from sync.core.text import counted, fold


class Act(StrEnum):
    """What an entry tells of. `written` by the run that wrote, `resolved` by the one that found it written."""

    APPROVED = "approved"
    WRITTEN = "written"
    RESOLVED = "resolved"
    NOT_WRITTEN = "not_written"
    HELD = "held"
    DRIFT = "drift"
    HOLD_SET = "hold_set"
    PROVISIONED = "provisioned"
    REMOVED = "removed"
    PURGED = "purged"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision or write about one owned column of one item, or an act of a person upon the record itself.

    `old`, `new`: as `auditable` shows owned values. `why`: grounds without a word of staff's. `version_before`,
    `version_after`: the item's ETags where they are known. `person`: whose act it was, by number.
    """

    at: datetime
    act: Act
    run_id: str | None = None
    source: str | None = None
    list_guid: str | None = None
    item: int | None = None
    column: str | None = None
    old: str | None = None
    new: str | None = None
    why: str = ""
    version_before: str | None = None
    version_after: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry in the chain: its number, from 1 without a gap, and its hash over the previous hash and itself."""

    number: int
    hash: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the chain: the number and hash of its last link so far; 0 and nothing before the first."""

    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class KeptHead:
    """Where the chain ended when a run concluded, as it was noted down outside the database. `run_id` is None where a
    person's act upon the record itself moved it."""

    anchor: Anchor
    run_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain came to: how many entries hold, where that ends, and the first thing that is wrong."""

    checked: int
    head: Anchor
    trouble: str | None = None

    @property
    def holds(self) -> bool:
        return self.trouble is None


_LABELLED = frozenset({OwnedField.STATUS, OwnedField.OVERDUE})
_PURGED_THROUGH = re.compile(r"entries up to (\d+), ")


def content(entry: Entry) -> str:
    """The one text of an entry, which is hashed and kept: JSON in ASCII, keys sorted, blank fields left out."""
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    given = {name: value for name, value in values.items() if value is not None}
    given["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def entry_of(text: str) -> Entry:
    """The entry that `content` made that text of; ValueError where it is not exactly such a text."""
    try:
        given = json.loads(text)
        entry = Entry(**{**given, "at": datetime.fromisoformat(given["at"]), "act": Act(given["act"])})
        if content(entry) == text:
            return entry
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        pass
    raise ValueError("This is no entry of the audit as it was recorded.")


def seal(previous: Anchor, entry: Entry) -> Link:
    """The entry as the next link of the chain."""
    number = previous.number + 1
    return Link(number, _hash(number, previous.hash, entry), entry)


def auditable(
    owned_field: OwnedField, value: OwnedValue, *, known: Collection[str], restricted: bool, ours: bool = True
) -> str | None:
    """How the record shows an owned value: none of a restricted record; dates, yes/no and `known` labels of ours as
    they are; any other text, which may repeat staff's words, by its length, and where it is `ours` by the beginning of
    its digest. A digest of what a person typed would confirm a guess, such as a name."""
    if restricted:
        return WITHHELD
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if owned_field in _LABELLED and _is_known(value, known):
        return value
    told = f"text of {counted(len(value), 'character')}"
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{told}, sha256:{digest[:12]}" if ours else told


def purge_entry(at: datetime, person: int | None, through: int, before: date) -> Entry:
    """What the record says of its own beginning, from which on it can be checked again."""
    return Entry(at=at, act=Act.PURGED, person=person, why=f"entries up to {through}, recorded before {before}")


def verify(anchor: Anchor, links: Iterable[Link], heads: Iterable[KeptHead] = ()) -> Verdict:
    """Checks the chain from its anchor to its end, and against every head that was kept outside.

    The first missing, altered or cut-off entry is told in one sentence. Heads of before the anchor were purged.
    """
    kept: dict[int, list[KeptHead]] = {}
    for head in heads:
        kept.setdefault(head.anchor.number, []).append(head)
    last, purged_through, checked = anchor, 0, 0
    trouble = _unlike(anchor, kept)
    for link in links if trouble is None else ():
        place = Anchor(link.number, link.hash)
        trouble = _break(last, link) or _unlike(place, kept)
        if trouble is not None:
            break
        last, checked = place, checked + 1
        purged_through = _through(link.entry, purged_through)
    trouble = trouble or _cut_off(last, kept) or _unpurged(anchor, purged_through)
    return Verdict(checked, last, trouble)


def _hash(number: int, previous: str, entry: Entry) -> str:
    return hashlib.sha256(f"{number}\n{previous}\n{content(entry)}".encode()).hexdigest()


def _is_known(text: str, known: Collection[str]) -> bool:
    return text in known or fold(text) in map(fold, known)


def _break(last: Anchor, link: Link) -> str | None:
    """What is wrong between the last entry that holds and the one that follows it."""
    if link.number <= last.number:
        return f"Entry {link.number} comes after entry {last.number}: it was put in, or moved."
    if link.number > last.number + 1:
        return f"Entry {last.number + 1} is missing; entry {link.number} comes next."
    if link.hash != _hash(link.number, last.hash, link.entry):
        return f"Entry {link.number} is not what was recorded: it was altered, or the one before it was."
    return None


def _unlike(place: Anchor, kept: Mapping[int, Iterable[KeptHead]]) -> str | None:
    """Whether a head kept outside says that another entry had that number."""
    for head in kept.get(place.number, ()):
        if head.anchor.hash != place.hash:
            return f"Entry {place.number} is not the one that was kept outside the database{_since(head)}."
    return None


def _cut_off(last: Anchor, kept: Mapping[int, list[KeptHead]]) -> str | None:
    beyond = min((number for number in kept if number > last.number), default=None)
    if beyond is None:
        return None
    return f"The record ends with entry {last.number}, and had entry {beyond}{_since(kept[beyond][0])}."


def _unpurged(anchor: Anchor, purged_through: int) -> str | None:
    if anchor.number == purged_through:
        return None
    return f"The record begins after entry {anchor.number}, and tells of no purge up to there."


def _since(head: KeptHead) -> str:
    by = f" at the end of run {head.run_id}" if head.run_id else ""
    return f"{by} on {head.at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC"


def _through(entry: Entry, so_far: int) -> int:
    if entry.act is not Act.PURGED:
        return so_far
    found = _PURGED_THROUGH.match(entry.why)
    return int(found[1]) if found else so_far
