"""The audit for other programs: one CSV row or JSON object for each entry, piece by piece, so that any number fits."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from sync.core.audit import Anchor, Entry, Link, content

COLUMNS = ("number", "hash", *(each.name for each in fields(Entry)))

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of showing it."""


def csv_pieces(links: Iterable[Link]) -> Iterator[str]:
    """A heading and one line for each entry. No cell is a formula: those that could be are shown behind a `'`."""
    yield _line(COLUMNS)
    for link in links:
        told = _told(link)
        yield _line([_cell(told.get(name)) for name in COLUMNS])


def json_pieces(anchor: Anchor, links: Iterable[Link]) -> Iterator[str]:
    """`schema: 1`, where the chain begins, and its entries; each has the hash over the one before it and its own
    fields, as docs/audit.md says."""
    begins = json.dumps({"number": anchor.number, "hash": anchor.hash})
    yield f'{{"schema": 1, "anchor": {begins}, "entries": ['
    before = "\n"
    for link in links:
        yield f"{before}  {json.dumps(_told(link), ensure_ascii=False)}"
        before = ",\n"
    yield "\n]}"


def _told(link: Link) -> dict[str, Any]:
    """The entry with its number and hash; what it does not have is left out."""
    return {"number": link.number, "hash": link.hash, **json.loads(content(link.entry))}


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
