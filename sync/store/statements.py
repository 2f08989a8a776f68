"""Statements that SQLite and PostgreSQL both know and the SQL standard does not."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert of this database's dialect: only those know what to do on a conflict."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


TOGETHER = 1000
"""Rows that are sent at once, so that what is written as it is made is never all held."""


def in_batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The rows in their order, so many at a time."""
    left = iter(rows)
    while some := list(islice(left, TOGETHER)):
        yield some


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Inserts the rows, replacing those with the same primary key; the last of equal ones stays."""
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    replacing = statement.on_conflict_do_update(index_elements=keys, set_=replaced)
    for some in in_batches(rows):
        connection.execute(replacing, some)
