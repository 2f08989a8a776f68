"""What `provision` made, row by row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from sync.core.provisioning.made import Made, What
from sync.store import schema
from sync.store.statements import upsert

_KEYS = tuple(schema.made.primary_key)


def keep(connection: Connection, made: Made) -> None:
    """Keeps it in place of what was kept of the same thing."""
    upsert(connection, schema.made, [_row(made)])


def forget(connection: Connection, made: Sequence[Made]) -> None:
    """Forgets these; one that is not kept is no error."""
    for each in made:
        row = _row(each)
        connection.execute(delete(schema.made).where(*(key == row[key.name] for key in _KEYS)))


def everything(connection: Connection) -> tuple[Made, ...]:
    """All of it, sorted by where and what it is."""
    rows = connection.execute(select(schema.made))
    return tuple(sorted((_made_of(row) for row in rows), key=lambda each: each.key))


def _row(made: Made) -> dict[str, Any]:
    return {
        "host": made.host,
        "site": made.site,
        "list_guid": made.list_guid,
        "what": made.what.value,
        "name": made.name,
        "ident": made.ident,
        "was": made.was,
        "run_id": made.run_id,
        "at": made.at,
    }


def _made_of(row: Row[Any]) -> Made:
    return Made(
        host=row.host,
        site=row.site,
        list_guid=row.list_guid,
        what=What(row.what),
        name=row.name,
        ident=row.ident,
        was=row.was,
        run_id=row.run_id,
        at=row.at,
    )
