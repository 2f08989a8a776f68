"""A list's columns are found by either name, and its digest tells when its shape changed."""

from dataclasses import replace

import pytest

from sync.core.columns import ColumnType
from tests.support.lists import column, schema

SCHEMA = schema(
    column("field_4", ColumnType.CHOICE, "Status", choices=("Open", "Closed")),
    column("Status", ColumnType.TEXT, "Old status"),
    column("Title", ColumnType.TEXT, "Project name"),
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("Title", "Title"), ("project name", "Title"), ("STATUS", "Status"), (" field_4 ", "field_4"), ("Owner", None)],
)
def test_an_internal_name_is_tried_before_a_display_name(asked: str, found: str | None) -> None:
    hit = SCHEMA.find(asked)
    assert (hit and hit.name) == found


def test_the_digest_ignores_items_order_and_defaults() -> None:
    same = replace(SCHEMA, item_count=99, title="Renamed list", columns=tuple(reversed(SCHEMA.columns)))
    assert same.digest == SCHEMA.digest


@pytest.mark.parametrize(
    "change",
    [
        {"zone": None},
        {"columns": SCHEMA.columns[:2]},
        {"columns": (replace(SCHEMA.columns[0], choices=("Open",)), *SCHEMA.columns[1:])},
        {"columns": (replace(SCHEMA.columns[0], read_only=True), *SCHEMA.columns[1:])},
        {"columns": (replace(SCHEMA.columns[0], type=ColumnType.TEXT), *SCHEMA.columns[1:])},
        {"columns": (replace(SCHEMA.columns[0], title="State"), *SCHEMA.columns[1:])},
    ],
)
def test_the_digest_moves_with_zone_and_columns(change: dict[str, object]) -> None:
    assert replace(SCHEMA, **change).digest != SCHEMA.digest
