"""Histories of records, the doubts about them, and what people answered."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from sync.core.archived_history import history_from_json, history_to_json
from sync.core.doubts import Answer, Doubt, doubt_from_json, doubt_to_json
from sync.core.history import History
from sync.store import schema
from sync.store.statements import upsert


def keep(connection: Connection, histories: Iterable[History]) -> None:
    """Keeps each in place of the one of its number."""
    upsert(connection, schema.histories, map(_row, histories))


def everything(connection: Connection) -> tuple[History, ...]:
    """All of them, by number."""
    rows = connection.execute(select(schema.histories.c.content).order_by(schema.histories.c.number))
    return tuple(history_from_json(row.content) for row in rows)


def replace_doubts(connection: Connection, run_id: str, doubts: Sequence[Doubt]) -> None:
    """Forgets the doubts of the run before and keeps these."""
    connection.execute(delete(schema.doubts))
    rows = [
        {"id": doubt.id, "place": place, "content": doubt_to_json(doubt), "run_id": run_id}
        for place, doubt in enumerate(doubts)
    ]
    if rows:
        connection.execute(insert(schema.doubts), rows)


def doubts(connection: Connection) -> tuple[Doubt, ...]:
    """The doubts that are kept, in their order."""
    rows = connection.execute(select(schema.doubts.c.content).order_by(schema.doubts.c.place))
    return tuple(doubt_from_json(row.content) for row in rows)


def keep_answer(connection: Connection, answer: Answer) -> None:
    """Keeps an answer in place of an earlier one."""
    row = {"doubt_id": answer.doubt_id, "same": answer.same, "person": answer.by, "at": answer.at}
    upsert(connection, schema.answers, [row])


def answers(connection: Connection) -> dict[str, Answer]:
    """Every answer by the id of its doubt, in the order of ids."""
    rows = connection.execute(select(schema.answers).order_by(schema.answers.c.doubt_id))
    return {row.doubt_id: Answer(row.doubt_id, row.same, row.person, row.at) for row in rows}


def _row(history: History) -> dict[str, Any]:
    return {
        "number": history.number,
        "host": history.id.host,
        "list_guid": history.id.list_guid,
        "item_id": history.id.item_id,
        "kind": history.kind.value,
        "gone": history.gone,
        "content": history_to_json(history),
    }
