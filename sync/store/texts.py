"""Words that stand in what a database keeps of the lists: where they do, and how they are taken out for good."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, select, update

from sync.engine.state import IntentState
from sync.store.keys import fold_key
from sync.store.schema import baselines, decisions, intents, runs
from sync.store.words import in_baseline, in_decision, in_journal, in_report, pattern_of, stands_in, without


def mentions(connection: Connection, text: str) -> tuple[str, ...]:
    """The places where the words stand, sorted."""
    pattern = pattern_of(text)
    return tuple(sorted({place for place, said in _texts(connection) if stands_in(pattern, said)}))


def redact(connection: Connection, text: str) -> int:
    """Takes the words out of reports, decisions and settled intents; answers how many of these were changed."""
    pattern = pattern_of(text)
    return (
        _redact(connection, pattern, runs, ("report",))
        + _redact(connection, pattern, decisions, ("key", "content"))
        + _redact(connection, pattern, intents, ("owned", "was"))
    )


def _texts(connection: Connection) -> Iterator[tuple[str, Any]]:
    """Every place where words may stand, and what is there."""
    for row in _rows(connection, runs):
        yield in_report(row.id), row.report
    for row in _rows(connection, decisions):
        yield in_decision(row.source, row.item_id), [row.key, row.content]
    for row in _rows(connection, intents):
        yield in_journal(row.run_id, row.source, row.item_id), [row.owned, row.was]
    for row in _rows(connection, baselines):
        yield in_baseline(row.list_guid, row.item_id), row.owned


def _redact(connection: Connection, pattern: re.Pattern[str], table: Table, names: tuple[str, ...]) -> int:
    keys: list[Column[Any]] = list(table.primary_key)
    changed = [row._mapping for row in _rows(connection, table) if stands_in(pattern, [row._mapping[n] for n in names])]
    count = 0
    for kept in changed:
        if kept.get("state") == IntentState.OPEN.value:
            continue  # what it was to write is compared with the list before anything else is decided
        values = {name: without(pattern, kept[name]) for name in names}
        if table is decisions:
            values["folded_key"] = fold_key(values["key"])
        connection.execute(update(table).where(*(key == kept[key.name] for key in keys)).values(values))
        count += 1
    return count


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    yield from connection.execute(select(table).order_by(*table.primary_key))
