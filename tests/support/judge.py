"""What a client did, judged offline from the emulator's history: entries in, sentences about what is wrong out.

    assert judge.early_requests(history) == []

An empty list is a good client. Nothing here asks the client.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from connectors.emulator.rules.history import EDIT, Entry

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


# Waits


def early_requests(history: Iterable[Entry]) -> list[str]:
    """Requests that a caller sent before the time had passed which a 429 or 503 told it to wait.

    Parts of a batch come with their batch, so only the batch is judged; what is told to a part holds for the caller.
    """
    until: dict[str, datetime] = {}
    told = []
    for entry in _by_arrival(history):
        if entry.batch is None and entry.caller and entry.at < until.get(entry.caller, entry.at):
            wait = (until[entry.caller] - entry.at).total_seconds()
            told.append(f"{_named(entry)} came {wait:g} seconds too early")
        if entry.wait is not None and entry.caller:
            end = entry.at + timedelta(seconds=entry.wait)
            until[entry.caller] = max(until.get(entry.caller, end), end)
    return told


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
    for place, entry in enumerate(history):
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


def is_item_write(entry: Entry) -> bool:
    """Whether an entry is about changing or removing items that exist."""
    if entry.method == EDIT:
        return entry.item is not None
    return entry.method in _WRITING and entry.operation in _ITEM_WRITES


def _by_arrival(history: Iterable[Entry]) -> list[Entry]:
    return sorted(history, key=lambda entry: entry.number)


def _named(entry: Entry) -> str:
    return f"No. {entry.number} ({entry.method} {entry.operation} by {entry.caller})"
