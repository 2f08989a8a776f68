"""Words that stand in what a database keeps of the lists: where they do, and how they are taken out for good."""

import re
from collections.abc import Container, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, select, update

from sync.core.archive import WORDLESS
from sync.engine.state import IntentState
from sync.store.keys import fold_key
from sync.store.schema import archive_parts, archives, baselines, decisions, doubts, histories, intents, made, runs
from sync.store.words import (
    in_archive,
    in_baseline,
    in_decision,
    in_doubt,
    in_history,
    in_journal,
    in_made,
    in_report,
    pattern_of,
    stands_in,
    without,
)


def mentions(connection: Connection, text: str) -> tuple[str, ...]:
    """The places where the words stand, sorted."""
    pattern = pattern_of(text)
    plain = {place for place, said in _texts(connection) if stands_in(pattern, said)}
    return tuple(
        sorted(plain | {place for place, said in _documents(connection) if stands_in(pattern, said, WORDLESS)})
    )


def redact(connection: Connection, text: str) -> int:
    """Takes the words out of all but open intents, the values last written, and what goes back with `provision
    --remove`; answers how many rows were changed."""
    pattern = pattern_of(text)
    return (
        _redact(connection, pattern, runs, ("report",))
        + _redact(connection, pattern, decisions, ("key", "content"))
        + _redact(connection, pattern, intents, ("owned", "was"))
        + _redact(connection, pattern, histories, ("content",), WORDLESS)
        + _redact(connection, pattern, doubts, ("content",), WORDLESS)
        + _redact(connection, pattern, archives, ("why", "header"), WORDLESS)
        + _redact(connection, pattern, archive_parts, ("content",), WORDLESS)
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
    for row in _rows(connection, made):
        yield in_made(row.list_guid, row.name), row.was


def _documents(connection: Connection) -> Iterator[tuple[str, Any]]:
    """The same of documents that have wordless parts."""
    for row in _rows(connection, histories):
        yield in_history(row.number), row.content
    for row in _rows(connection, doubts):
        yield in_doubt(row.id), row.content
    for row in _rows(connection, archives):
        yield in_archive(row.id), [row.why, row.header]
    for row in _rows(connection, archive_parts):
        yield in_archive(row.archive_id, row.source), row.content


def _redact(
    connection: Connection,
    pattern: re.Pattern[str],
    table: Table,
    names: tuple[str, ...],
    spared: Container[str] = (),
) -> int:
    keys: list[Column[Any]] = list(table.primary_key)
    rows = (row._mapping for row in _rows(connection, table))
    changed = [kept for kept in rows if stands_in(pattern, [kept[name] for name in names], spared)]
    count = 0
    for kept in changed:
        if kept.get("state") == IntentState.OPEN.value:
            continue  # what it was to write is compared with the list before anything else is decided
        values = {name: without(pattern, kept[name], spared) for name in names}
        if table is decisions:
            values["folded_key"] = fold_key(values["key"])
        connection.execute(update(table).where(*(key == kept[key.name] for key in keys)).values(values))
        count += 1
    return count


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    yield from connection.execute(select(table).order_by(*table.primary_key))
