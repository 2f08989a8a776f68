"""What a client did, judged offline from the emulator's history: entries in, sentences about what is wrong out.

    assert judge.early_requests(history) == []

An empty list is a good client. Nothing here asks the client.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from connectors.emulator.rules.history import EDIT, Entry

_BEHIND = re.compile(r"([^;]+): edit after")
_NEAR = 300
"""Entries that may lie between an edit and the request that it was made behind: the parts of a batch, and edits."""
_UNDELIVERED = re.compile(r": (drop|truncate)")
_WRITING = frozenset({"POST", "MERGE", "PATCH", "PUT", "DELETE"})
_ITEM_WRITES = ("web/list/item", "web/list/item/deleteobject", "web/list/item/recycle",
                "web/list/item/validateupdatelistitem", "ProcessQuery")  # fmt: skip


def read_lines(text: str) -> list[Entry]:
    """The entries of a history in JSON Lines, as the control plane tells it."""
    return [_entry(json.loads(line)) for line in text.splitlines() if line]


def _entry(document: Mapping[str, Any]) -> Entry:
    known = {each.name for each in fields(Entry)}
    values = {name: value for name, value in document.items() if name in known}
    return Entry(**values | {"at": datetime.fromisoformat(document["at"]), "columns": tuple(document["columns"])})


def numbers(ranges: str) -> Iterator[int]:
    """The numbers that ranges such as `1-3,7` stand for."""
    for part in ranges.split(",") if ranges else ():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def as_it_happened(history: Iterable[Entry]) -> list[Entry]:
    """The entries in the order in which they took effect.

    A request is noted when it is answered, and so after an edit that a rule had made behind it.
    """
    order: list[Entry] = []
    for entry in history:
        behind = {name.strip() for name in _BEHIND.findall(entry.fault)} if entry.method != EDIT else set()
        order.append(entry)
        if behind:
            moved = [each for each in order[-_NEAR:] if each.method == EDIT and each.fault in behind]
            order[-_NEAR:] = [each for each in order[-_NEAR:] if each not in moved] + moved
    return order


# Waits


def early_requests(history: Iterable[Entry], on_the_way: float = 0.0) -> list[str]:
    """Requests that a caller sent before the time had passed which a 429 or 503 told it to wait.

    `on_the_way`: the seconds within which a request may have been sent before that was known, by a caller that sends
    several at a time.

    Parts of a batch come with their batch, so only the batch is judged; what is told to a part holds for the caller,
    unless the batch's answer was lost or cut on purpose: then nobody knows whether the caller was told.
    """
    entries = _by_arrival(history)
    untold = {entry.batch or entry.number for entry in entries if _UNDELIVERED.search(entry.fault)}
    until: dict[str, datetime] = {}
    known: dict[str, datetime] = {}
    told = []
    for entry in entries:
        if entry.batch is None and known.get(entry.caller, entry.at) <= entry.at < until.get(entry.caller, entry.at):
            wait = (until[entry.caller] - entry.at).total_seconds()
            told.append(f"{_named(entry)} came {wait:g} seconds too early")
        if entry.wait is not None and entry.caller and entry.batch not in untold:
            end = entry.at + timedelta(seconds=entry.wait)
            if entry.at >= until.get(entry.caller, entry.at):
                known[entry.caller] = entry.at + timedelta(seconds=on_the_way)
            until[entry.caller] = max(until.get(entry.caller, end), end)
    return told


# Limits


def busiest(history: Iterable[Entry], seconds: int = 60) -> int:
    """The most resource units that were charged within any so many seconds, refused requests too, wherever those
    begin."""
    charged = sorted((entry.at, entry.units) for entry in history if entry.units)
    most = within = first = 0
    for at, units in charged:
        within += units
        while at - charged[first][0] >= timedelta(seconds=seconds):
            within -= charged[first][1]
            first += 1
        most = max(most, within)
    return most


# Lost updates


@dataclass
class _Item:
    """What is known of one item: who wrote which columns when, by place in the history, and who read it last when."""

    writes: list[tuple[int, str, frozenset[str]]] = field(default_factory=list)
    read_at: dict[str, int] = field(default_factory=dict)


def lost_updates(history: Iterable[Entry], *, blindly: bool = False) -> list[str]:
    """Writes that may have taken away what somebody else wrote, because the writer had not read it.

    A write that names a version is held to it by the service and never counts. Of the others it counts if somebody
    else wrote a column that it writes, after the writer had last read the item, or, where the columns are not known,
    any. With `blindly`, writing an item that the writer has not read at all counts too.
    """
    items: dict[tuple[str, str, int], _Item] = {}
    told = []
    for place, entry in enumerate(as_it_happened(history)):
        if entry.status >= 400 or not entry.list:
            continue
        for number in numbers(entry.items):
            item = items.setdefault((entry.site, entry.list, number), _Item())
            if not is_item_write(entry):
                item.read_at[entry.caller] = place
                continue
            told += _lost(entry, number, item, blindly)
            item.writes.append((place, entry.caller, frozenset(entry.columns)))
    return told


def _lost(entry: Entry, number: int, item: _Item, blindly: bool) -> Iterator[str]:
    if entry.method == EDIT or entry.if_match.strip() not in {"", "*"}:
        return
    read_at = item.read_at.get(entry.caller)
    if read_at is None and blindly:
        yield f"{_named(entry)} wrote item {number} of {entry.list} without having read it"
        return
    mine = frozenset(entry.columns)
    for place, writer, columns in item.writes:
        if writer == entry.caller or (read_at is not None and place < read_at):
            continue
        if not mine or not columns or mine & columns:
            which = f" ({', '.join(sorted(mine & columns))})" if mine & columns else ""
            yield f"{_named(entry)} overwrote what {writer} had written to item {number} of {entry.list}{which}"
            return


def foreign_columns(history: Iterable[Entry], caller: str, owned: Iterable[str]) -> list[str]:
    """Writes of a caller to columns that are not its own."""
    mine = frozenset(owned)
    return [
        f"{_named(entry)} wrote {', '.join(sorted(set(entry.columns) - mine))}"
        for entry in history
        if entry.caller == caller and is_item_write(entry) and not set(entry.columns) <= mine
    ]


# The journal


def unjournalled(history: Iterable[Entry], caller: str, journal: Iterable[tuple[str, int]]) -> list[str]:
    """Writes of a caller to items that its journal, of a list's address and an item's number, does not have.

    Whether a write was answered well, badly or not at all makes no difference: an intent comes before it.
    """
    known = set(journal)
    return [
        f"{_named(entry)} wrote item {number} of {entry.list}, which no intent names"
        for entry in history
        if entry.caller == caller and is_item_write(entry)
        for number in numbers(entry.items)
        if (entry.list, number) not in known
    ]


@dataclass(frozen=True, slots=True)
class Journalled:
    """One intent of a journal: a list's address, an item, what became of it, and what was to be written by column.

    `state` is `open`, `done`, `skipped` or `resolved`; of the `marks` among the columns the values mean nothing.
    """

    list: str
    item: int
    state: str
    values: Mapping[str, Any]
    marks: frozenset[str] = frozenset()

    @property
    def is_finished(self) -> bool:
        return self.state in ("done", "resolved")


def journal_both_ways(history: Iterable[Entry], caller: str, journal: Iterable[Journalled]) -> list[str]:
    """Writes of a caller that its journal does not tell of, and what its journal tells of that never happened.

    Every write, however it was answered, needs an intent with those columns. Of an item, as many intents have to be
    finished as writes took effect; a ProcessQuery that broke off may have had an effect on each of its items or not.
    An item that somebody removed, or in which somebody typed over what was written, can no longer be found out about
    by whoever comes back to an open intent, so there an intent less will do.
    """
    entries, intents = as_it_happened(history), list(journal)
    told = unjournalled(entries, caller, [(each.list, each.item) for each in intents])
    columns: dict[tuple[str, int], frozenset[str]] = {}
    finished: Counter[tuple[str, int]] = Counter()
    for each in intents:
        place = (each.list, each.item)
        columns[place] = columns.get(place, frozenset()) | frozenset(each.values)
        finished[place] += each.is_finished
    certain, doubtful, blurred = _effects(entries, caller)
    for entry in entries:
        if entry.caller == caller and is_item_write(entry):
            known = [columns[entry.list, number] for number in numbers(entry.items) if (entry.list, number) in columns]
            strange = set(entry.columns) - frozenset().union(*known)
            if known and strange:
                told.append(f"{_named(entry)} wrote {', '.join(sorted(strange))}, which no intent names")
    for place in sorted({*finished, *certain, *doubtful}):
        least, most, kept = certain[place], certain[place] + doubtful[place], finished[place]
        if kept > most or (kept < least and place not in blurred):
            told.append(f"item {place[1]} of {place[0]} was written {least} times, and {kept} intents are finished")
    return told


def written_twice(history: Iterable[Entry], caller: str, journal: Iterable[Journalled]) -> list[str]:
    """Values that a caller wrote although it had last written the very same, and nobody had touched them since.

    Told from the finished intents, in their order, of items whose every write certainly took effect.
    """
    entries = as_it_happened(history)
    finished: dict[tuple[str, int], list[Journalled]] = defaultdict(list)
    for each in journal:
        if each.is_finished:
            finished[each.list, each.item].append(each)
    places = _places_of_effects(entries, caller)
    told = []
    for place, intents in sorted(finished.items()):
        if len(places[place]) != len(intents):
            continue
        last: dict[str, tuple[int, Any]] = {}
        for at, intent in zip(places[place], intents, strict=True):
            for column in sorted(set(intent.values) - intent.marks):
                value = intent.values[column]
                if column in last and last[column][1] == value and not _typed(entries, last[column][0], at, place):
                    told.append(f"{column} of item {place[1]} of {place[0]} was written twice as {value!r}")
                last[column] = (at, value)
    return told


def left_unread(history: Sequence[Entry], caller: str, patience: int = 3) -> list[str]:
    """Edits by others, of one run's history, in lists that the run went on to write to and did not look at again.

    For a mode of writing that has no precondition: what changed before the last write has to be read after it changed,
    or a decision stands on what is no longer so. Items that were removed cannot be read again; and whoever has asked
    any list's change log `patience` times has decided again so often that it may leave it at that.
    """
    entries = as_it_happened(history)
    asked = Counter(
        entry.list
        for entry in entries
        if entry.caller == caller and entry.operation == "web/list/getchanges" and entry.status < 400
    )
    if max(asked.values(), default=0) >= patience:
        return []
    last_write: dict[str, int] = {}
    read_at: dict[tuple[str, int], int] = {}
    for at, entry in enumerate(entries):
        if entry.caller != caller or not entry.list:
            continue
        if is_item_write(entry):
            last_write[entry.list] = at
        elif entry.status < 400:
            read_at.update({(entry.list, number): at for number in numbers(entry.items)})
    removed = {(entry.list, entry.item) for entry in entries if entry.method == EDIT and entry.operation in _REMOVALS}
    return [
        f"{_named(entry)} changed item {entry.item} of {entry.list}, which {caller} wrote to and did not read again"
        for at, entry in enumerate(entries)
        if entry.method == EDIT and entry.item is not None and entry.status < 400
        if (entry.list, entry.item) not in removed
        if at < last_write.get(entry.list, -1) and read_at.get((entry.list, entry.item), -1) < at
    ]


_REMOVALS = frozenset({"edit/delete", "edit/recycle"})
_Places = dict[tuple[str, int], list[int]]


def _effects(
    entries: Sequence[Entry], caller: str
) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]], set[tuple[str, int]]]:
    """How often each item certainly was written, how often perhaps, and which others have since removed, or written
    the same columns of."""
    certain: Counter[tuple[str, int]] = Counter()
    doubtful: Counter[tuple[str, int]] = Counter()
    written: dict[tuple[str, int], frozenset[str]] = {}
    blurred: set[tuple[str, int]] = set()
    for entry in entries:
        places = [(entry.list, number) for number in numbers(entry.items)]
        if entry.caller == caller and is_item_write(entry) and entry.status < 400:
            (doubtful if entry.error else certain).update(places)
            written.update({place: written.get(place, frozenset()) | frozenset(entry.columns) for place in places})
        elif entry.method == EDIT and entry.status < 400:
            removed = entry.operation in _REMOVALS
            blurred.update(place for place in places if removed or written.get(place, frozenset()) & set(entry.columns))
    return certain, doubtful, blurred


def _places_of_effects(entries: Sequence[Entry], caller: str) -> _Places:
    """Where in the history each item was written for certain; nothing of items that perhaps were besides."""
    _, doubtful, _ = _effects(entries, caller)
    places: _Places = defaultdict(list)
    for at, entry in enumerate(entries):
        if entry.caller == caller and is_item_write(entry) and entry.status < 400:
            for number in numbers(entry.items):
                if (entry.list, number) not in doubtful:
                    places[entry.list, number].append(at)
    return places


def _typed(entries: Sequence[Entry], after: int, before: int, place: tuple[str, int]) -> bool:
    between = entries[after + 1 : before]
    return any(entry.method == EDIT and (entry.list, entry.item) == place for entry in between)


def is_item_write(entry: Entry) -> bool:
    """Whether an entry is about changing or removing items that exist."""
    if entry.method == EDIT:
        return entry.item is not None
    return entry.method in _WRITING and entry.operation in _ITEM_WRITES


def _by_arrival(history: Iterable[Entry]) -> list[Entry]:
    return sorted(history, key=lambda entry: entry.number)


def _named(entry: Entry) -> str:
    return f"No. {entry.number} ({entry.method} {entry.operation} by {entry.caller})"
