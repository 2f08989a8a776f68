"""An edition as open data: one JSON document of figures and records, with what it leaves out and what it all means."""

import json
from datetime import date
from typing import Any

from sync.report.dictionary import Value, columns_for, entry
from sync.report.editions import EditionView

SCHEMA = 1
"""Raised when a column goes, or changes its meaning; a new column does not raise it."""


def render_json(view: EditionView) -> str:
    """The document as text, indented, with a line end; equal views give equal text."""
    return json.dumps(open_data(view), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def open_data(view: EditionView) -> dict[str, Any]:
    """The document.

    `items` have every column of the edition, null where a record has no such value. `restricted` counts, by kind, the
    records that are in `rollup` and not in `items`. `left_out` says in sentences what the edition does not hold.
    """
    columns = columns_for(view.edition)
    return {
        "schema": SCHEMA,
        "portfolio": view.name,
        "edition": view.edition.value,
        "marking": view.policies.reports.marking,
        "as_at": view.as_at.isoformat(),
        "today": view.today.isoformat(),
        "run": view.run_id,
        "since": view.since.isoformat() if view.since else None,
        "coverage": [
            {
                "list": seen.name,
                "kind": seen.kind.value,
                "register": seen.register,
                "read": seen.read,
                "records": seen.records if seen.read == "complete" else None,
                "restricted": seen.restricted,
            }
            for seen in view.sources
        ],
        "rollup": [row.to_json() for row in view.rows],
        "items": [{column.name: _plain(column.value(item)) for column in columns} for item in view.items],
        "restricted": {kind.value: count for kind, count in view.hidden.items()},
        "findings": {kind.value: count for kind, count in view.finding_counts.items()},
        "left_out": list(view.left_out),
        "dictionary": [entry(column) for column in columns],
    }


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
