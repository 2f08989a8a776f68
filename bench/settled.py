"""Councils too large to be held: their lists are made unit by unit, with the values of ours that belong there on the
first night, so that a run over them writes nothing.
"""

import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import worlds
from bench.worlds import DAY, Document, Shape
from config.portfolio import load_portfolio
from sync.core.columns import Cell, Column, ColumnType, ListSchema, PersonCell, Row
from sync.core.mapping import Binding, bind, encode_owned, to_record
from sync.core.planning import PlanInput, make_plan
from sync.core.ratings import current_matrix
from sync.core.snapshot import Complete, Snapshot
from sync.engine.targets import Portfolio, Source
from sync.engine.understand import understand

HOST = "http://127.0.0.1:8790"
ITEMS = 1667
"""In each list: a million in six hundred."""
_MADE = datetime(2026, 6, 1, 9, tzinfo=UTC)
_TYPES = {
    "Text": ColumnType.TEXT,
    "Note": ColumnType.NOTE,
    "Number": ColumnType.NUMBER,
    "Choice": ColumnType.CHOICE,
    "User": ColumnType.PERSON,
    "DateTime": ColumnType.DATE,
}

Unit = Mapping[str, tuple[ListSchema, tuple[Row, ...]]]
"""The lists of one unit, by source."""


def shape_of(records: int) -> Shape:
    """About so many records."""
    return Shape(max(2, round(records / ITEMS / 2) * 2), ITEMS)


def made_portfolio(shape: Shape) -> Portfolio:
    """The portfolio of a council of that shape."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "portfolio.yaml"
        file.write_text(json.dumps(worlds.portfolio(shape, HOST)), encoding="utf-8")
        portfolio = load_portfolio(file)
    # One site after the other: what making the lists takes could not be told from the run's own time otherwise.
    return replace(portfolio, pace=replace(portfolio.pace, sites_at_once=1))


def settled(portfolio: Portfolio, number: int, items: int) -> Unit:
    """The lists of one unit with the values of ours that belong there on the first night."""
    return settled_lists(portfolio, number, worlds.unit(number, items))


def settled_lists(portfolio: Portfolio, number: int, found: Sequence[Document]) -> Unit:
    """The same of lists that are there already."""
    sources = [each for each in portfolio.sources.values() if each.site.endswith(f"-{number:03}")]
    policies, read = portfolio.policies, {}
    for source, of_list in zip(sources, found, strict=True):
        schema = ListSchema(
            HOST, guid(source), of_list["title"], columns_of(of_list), worlds.ZONE, len(of_list["items"])
        )
        rows = [replace(row, modified=_MADE + timedelta(seconds=row.item_id), editor_id=7) for row in rows_of(of_list)]
        read[source.name] = bind(source, schema, policies.labels, current_matrix(source.matrix, policies)), rows
    wanted = _wanted(replace(portfolio, sources={source.name: source for source in sources}), read)
    return {
        name: (
            binding.schema,
            tuple(replace(row, cells={**row.cells, **wanted.get((name, row.item_id), {})}) for row in rows),
        )
        for name, (binding, rows) in read.items()
    }


def _wanted(portfolio: Portfolio, read: Mapping[str, tuple[Binding, Iterable[Row]]]) -> Mapping[tuple[str, int], Any]:
    """Our cells, by source and item."""
    snapshots = [
        Snapshot(name, [record for row in rows if (record := to_record(binding, row))], Complete(), "", _MADE)
        for name, (binding, rows) in read.items()
    ]
    judged = understand(portfolio, snapshots, frozenset(), DAY, (), {}).judged
    inputs = {name: PlanInput(binding, {}) for name, (binding, _) in read.items()}
    plan = make_plan(judged.matched, judged.assessments, inputs, today=DAY, policy_digest="").plan
    return {
        (write.source, write.id.item_id): encode_owned(inputs[write.source].binding, write.set) for write in plan.writes
    }


def guid(source: Source) -> str:
    """The id of a source's list."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, source.name))


def columns_of(found: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of a list of a world document."""
    types = {"Title": ColumnType.TEXT} | {each["name"]: _TYPES[each["type"]] for each in found["fields"]}
    return tuple(Column(name, name, of) for name, of in types.items())


def rows_of(found: Mapping[str, Any]) -> Iterator[Row]:
    """The items of a list of a world document, as a connector would give them."""
    types = {column.name: column.type for column in columns_of(found)}
    for number, item in enumerate(found["items"], start=1):
        cells = {name: _cell(of, item["values"].get(name)) for name, of in types.items()}
        yield Row(number, f'"{number}"', cells)


def _cell(of: ColumnType, said: Any) -> Cell:
    if said is None:
        return None
    if of is ColumnType.DATE:
        return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(worlds.ZONE)).astimezone(UTC)
    if of is ColumnType.PERSON:
        return PersonCell(1, said, said)
    return float(said) if of is ColumnType.NUMBER else str(said)
