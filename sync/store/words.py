"""Words that stand in what is kept of the lists: finding them, taking them out, and how their place is called."""

import re
from collections.abc import Container, Mapping
from typing import Any

ERASED = "(erased)"


def pattern_of(text: str) -> re.Pattern[str]:
    """Finds these words whole, without regard to case and to how much space is between them."""
    words = r"\s+".join(re.escape(word) for word in text.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE) if words else re.compile(r"(?!)")


def stands_in(pattern: re.Pattern[str], value: Any, spared: Container[str] = ()) -> bool:
    """Whether any text of a document has the words. What stands under a `spared` name is not looked at."""
    match value:
        case str():
            return pattern.search(value) is not None
        case Mapping():
            return any(stands_in(pattern, each, spared) for name, each in value.items() if name not in spared)
        case list() | tuple():
            return any(stands_in(pattern, each, spared) for each in value)
        case _:
            return False


def without(pattern: re.Pattern[str], value: Any, spared: Container[str] = ()) -> Any:
    """The document with the words taken out of all its texts but those under a `spared` name."""
    match value:
        case str():
            return pattern.sub(ERASED, value)
        case Mapping():
            return {name: each if name in spared else without(pattern, each, spared) for name, each in value.items()}
        case list() | tuple():
            return [without(pattern, each, spared) for each in value]
        case _:
            return value


def in_report(run_id: str) -> str:
    """How the report of a run is called."""
    return f"report of run {run_id}"


def in_decision(source: str, item_id: int) -> str:
    """How the last decision about an item is called."""
    return f"decision about item {item_id} of {source}"


def in_journal(run_id: str, source: str, item_id: int) -> str:
    """How what a run wrote to an item is called."""
    return f"journal of run {run_id}, item {item_id} of {source}"


def in_baseline(list_guid: str, item_id: int) -> str:
    """How what an item was last known to hold is called."""
    return f"last values written to item {item_id} of list {list_guid}"


def in_made(list_guid: str, name: str) -> str:
    """How what a column looked like before it was dressed is called."""
    return f"looks of column {name} of list {list_guid} before `provision`"


def in_history(number: int) -> str:
    """How the history of a record is called."""
    return f"history {number}"


def in_doubt(doubt_id: str) -> str:
    """How a question that is open is called."""
    return f"question {doubt_id}"


def in_mirror(list_guid: str, item_id: int) -> str:
    """How what an item held when it was seen last is called."""
    return f"copy of item {item_id} of list {list_guid}, renewed every night"


def in_archive(archive_id: str, source: str | None = None) -> str:
    """How a frozen report is called, or what it says of one source; `latest` is what the newest run saw."""
    report = f"frozen report {archive_id}"
    return report if source is None else f"{report}, records of {source}"
