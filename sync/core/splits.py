"""Where one thing became several: told by keys that count on from one, and by titles that do.

| what was left               | what came                                     | how it is told                     |
|-----------------------------|-----------------------------------------------|------------------------------------|
| P-7, gone                   | P-7a and P-7b; or P-7-1, P-7-2; or P-7.i, ... | each may continue it: asked        |
| `Learning quarter`, there   | is now `Learning quarter - Island`, and beside | the old one goes on, the other is |
|                             | it is a new `Learning quarter - Lane`         | new                                |
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from sync.core.history import History
from sync.core.marks import digest_of, marks_of
from sync.core.snapshot import RecordId
from sync.core.text import fold

_PART = re.compile(r"(?P<base>.*\d)[a-z]|(?P<parted>.*\w)[\s._/-]+(?:[a-z]|\d{1,2}|[ivx]{1,4})")
_FEWEST_WORDS = 2


def by_key(missing: Iterable[History], new: Iterable[History]) -> dict[RecordId, int]:
    """For every new record that is a part of what is missing: the number of that. One part alone is none."""
    whole = {each.key_digest: each.number for each in missing if each.key_digest}
    parts: dict[int, list[RecordId]] = defaultdict(list)
    for each in new:
        base = _base_of(each.key)
        number = whole.get(digest_of(each.kind, base) or "")
        if number is not None:
            parts[number].append(each.id)
    return {record: number for number, records in parts.items() if len(records) > 1 for record in records}


def by_title(renamed: Iterable[tuple[History, History]], new: Iterable[History]) -> dict[RecordId, list[RecordId]]:
    """By what goes on under a longer title, as it was and is now: the new records beside it that began like it."""
    begun = [(then, now) for then, now in renamed if _begins(then, now)]
    beside: dict[object, list[History]] = defaultdict(list)
    for each in new if begun else ():
        beside[_surroundings(each)].append(each)
    found = {now.id: [part.id for part in beside[_surroundings(now)] if _begins(then, part)] for then, now in begun}
    return {record: parts for record, parts in found.items() if parts}


def _base_of(key: str | None) -> str | None:
    match = _PART.fullmatch(fold(key)) if key else None
    return (match["base"] or match["parted"]) if match else None


def _begins(then: History, now: History) -> bool:
    """Whether a title begins with the whole of an older one, of more than a word, and then goes on."""
    if then.title is None or now.title is None:
        return False
    older, newer = fold(then.title), fold(now.title)
    is_longer = newer.startswith(older) and not newer[len(older) : len(older) + 1].isalnum()
    return is_longer and newer != older and len(older.split()) >= _FEWEST_WORDS


def _surroundings(history: History) -> object:
    """Where other parts of it are to be looked for: in its place, or in its source where it has none."""
    return history.kind, marks_of(history).place or history.source
