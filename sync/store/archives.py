"""Frozen reports, and the one latest: a header and a part for each source, so that no row is large."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from sync.core.frozen import Occasion
from sync.engine.state import LATEST, Archive, Frozen, latest_of
from sync.errors import DefectError
from sync.store.schema import archive_parts, archives, runs
from sync.store.statements import insert_into

_OF = archives.c
_FROZEN = _OF.occasion != Occasion.LATEST.value


def replace_latest(connection: Connection, run_id: str, header: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    """Keeps what a run saw in place of what the one before saw; DefectError for a run that has not begun."""
    run = connection.execute(select(runs.c.today, runs.c.started).where(runs.c.id == run_id)).first()
    if run is None:
        raise DefectError(f"Run {run_id} has not begun, and had seen something.")
    connection.execute(delete(archives).where(_OF.id == LATEST))
    keep(connection, latest_of(run_id, run.today, run.started), header, parts)


def keep(connection: Connection, frozen: Frozen, header: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
    """Keeps an archive; False where one of that id, or for the same, is kept already."""
    statement = insert_into(connection, archives).on_conflict_do_nothing().returning(_OF.id)
    if connection.execute(statement, _row(frozen, header)).first() is None:
        return False
    for source in sorted(parts):  # one after the other: together they may be larger than all else that a run holds
        row = {"archive_id": frozen.id, "source": source, "content": parts[source]}
        connection.execute(insert(archive_parts), row)
    return True


def everything_frozen(connection: Connection) -> tuple[Frozen, ...]:
    """All but the latest, the newest first."""
    columns = [column for column in archives.columns if column is not _OF.header]
    rows = connection.execute(select(*columns).where(_FROZEN).order_by(_OF.made.desc(), _OF.id.desc()))
    return tuple(_frozen_of(row) for row in rows)


def find(connection: Connection, archive_id: str) -> Archive | None:
    """The archive of that id with all its parts, by source."""
    row = connection.execute(select(archives).where(_OF.id == archive_id)).first()
    if row is None:
        return None
    of = archive_parts.c
    parts = connection.execute(select(of.source, of.content).where(of.archive_id == archive_id).order_by(of.source))
    return Archive(_frozen_of(row), row.header, {part.source: part.content for part in parts})


def header(connection: Connection, archive_id: str) -> Mapping[str, Any] | None:
    """What was kept of the whole under that id."""
    found: Mapping[str, Any] | None = connection.execute(
        select(archives.c.header).where(_OF.id == archive_id)
    ).scalar_one_or_none()
    return found


def purge(connection: Connection, before: date) -> int:
    """Deletes what was frozen as of an earlier day; answers how many went."""
    return connection.execute(delete(archives).where(_FROZEN, _OF.as_of < before)).rowcount


def _row(frozen: Frozen, header: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": frozen.id,
        "occasion": frozen.occasion.value,
        "board": frozen.board or "",
        "as_of": frozen.as_of,
        "period": frozen.period,
        "run_id": frozen.run_id,
        "made": frozen.made,
        "revision": frozen.revision,
        "restates": frozen.restates,
        "why": frozen.why,
        "header": header,
    }


def _frozen_of(row: Row[Any]) -> Frozen:
    return Frozen(
        id=row.id,
        occasion=Occasion(row.occasion),
        board=row.board or None,
        as_of=row.as_of,
        period=row.period,
        run_id=row.run_id,
        made=row.made,
        revision=row.revision,
        restates=row.restates,
        why=row.why,
    )
