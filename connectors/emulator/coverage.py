"""Writes docs/emulator-coverage.md from the route table, and docs/world.schema.json from the loader's own schema.

`python -m connectors.emulator.coverage` writes both into ./docs; a test keeps them fresh.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from connectors.emulator import batch, csom, handle_lists, items, lists, query
from connectors.emulator.fields import TYPES
from connectors.emulator.paths import FORMS
from connectors.emulator.routes import ROUTES
from connectors.emulator.world_schema import WORLD_SCHEMA
from connectors.emulator.zones import ZONES

_HEAD = """\
# What the embedded SharePoint emulates

Written by `python -m connectors.emulator.coverage` from the table that dispatches requests. Do not edit by hand.

Whatever is not listed answers **501** with the header `X-Emulator-Not-Emulated` and an error that names it. An unknown
`$` option answers 400. An unknown header is ignored and logged. Every `_api` and `_vti_bin` call but contextinfo needs
a bearer token; any token is the user "SharePoint App"; no token is 401. Every answer carries `X-Emulator`.
"""

_SERVICES = (
    ("POST", "_api/$batch", f"{batch.MOST_PARTS} parts, {batch.MOST_BYTES:,} bytes; no rollback; flat answer in order"),
    (
        "POST",
        "_vti_bin/client.svc/ProcessQuery",
        "SetFieldValue, ParseAndSetFieldValue; Update, SystemUpdate, UpdateOverwriteVersion; Identity paths of items",
    ),
)

_LIMITS = (
    ("items page", f"{items.DEFAULT_PAGE} unless `$top` says otherwise, at most {query.LARGEST_PAGE:,}"),
    ("list view threshold", "5,000: a filter or order on a column without an index, a first clause that matches more"),
    ("lookups joined in one query", f"{items.LOOKUP_LIMIT}; one item by its number is exempt"),
    ("indexes of a list", f"{lists.MAXIMUM_INDEXES}; none can be added above {lists.INDEX_ITEM_LIMIT:,} items"),
    ("ProcessQuery", f"{csom.MOST_ITEMS} items and {csom.MOST_BYTES:,} bytes a request (assumed)"),
    ("row", f"{lists.MAXIMUM_ROW:,} bytes, notes apart"),
    ("single line of text", "255 characters"),
    ("versions kept", f"{lists.KEPT_VERSIONS}"),
    ("changes in one answer", f"{handle_lists.CHANGE_LIMIT:,}, of the last 60 days"),
)

_ASSUMED = (
    'Without If-Match an update overwrites; `missing_if_match="refuse"` makes it a 412.',
    "A quiet write (SystemUpdate) raises the ETag and is in the change log as type 15.",
    "The limits of ProcessQuery: 100 items and 1 MiB a request.",
    "The HTTP status of a write to a read-only column (400) and of a duplicate in a unique column (400).",
    "The error codes of an over-long text, an unknown choice and a row that is too large.",
    "The HTTP status of a column that is not there (400).",
    "datetime'..' without a zone in a filter is UTC; day(), month() and their kin count in the site's zone.",
    "A date that is written without a zone is the site's local time.",
    "A request without an Accept header gets minimal metadata; SharePoint would send Atom.",
    "A date column made without a format shows date and time.",
)

_DIFFERENT = (
    "A calculated column keeps its formula as text and is not evaluated: the data says what it shows.",
    "Created, Modified, Created By and Modified By cannot be written by a client.",
    "Everything is in memory and gone when the server stops.",
    "Required is not enforced on writes, as in SharePoint's REST interface.",
    "Site and list pages in HTML, views, content types, attachments, files, permissions and search are absent.",
)


def coverage_page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "## Routes\n"
    yield "Paths are canonical: `web/list/item` stands for every way of naming a list and an item (next table). `*` is"
    yield "a plain property. MERGE, PATCH and DELETE may be sent as such or as POST with `X-HTTP-Method`.\n"
    yield "| method | path | since | notes |"
    yield "|---|---|---|---|"
    for route in ROUTES:
        yield f"| {route.method} | `_api/{route.pattern}` | {route.since} | {route.note} |"
    for method, path, note in _SERVICES:
        yield f"| {method} | `{path}` | 0.1.0 | {note} |"
    yield "\n## Ways of naming things\n"
    yield "Names are read in any case; `'`, `%27` and doubled quotes are understood; `web` may be left out before"
    yield "`lists`; `site/rootweb` is `web`; arguments may be named or be aliases (`@v`).\n"
    yield "| written | means | selects by |"
    yield "|---|---|---|"
    for written, name, by in FORMS:
        yield f"| `{'/'.join(written).replace('()', '(..)')}` | {name} | {by} |"
    yield "\n## Columns\n"
    yield "Types: " + ", ".join(TYPES) + ".\n"
    yield "## Time zones\n"
    yield from (f"- {zone.id}: {zone.description}" for zone in ZONES.values())
    yield "\n## Limits, in force from the start\n"
    yield from (f"- {what}: {limit}" for what, limit in _LIMITS)
    yield "\n## Assumed, because no recording shows it\n"
    yield from (f"- {sentence}" for sentence in _ASSUMED)
    yield "\n## Different from the service\n"
    yield from (f"- {sentence}" for sentence in _DIFFERENT)


def schema_text() -> str:
    """The schema of a world document."""
    return json.dumps(WORLD_SCHEMA, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write both files into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "emulator-coverage.md").write_text(coverage_page(), encoding="utf-8")
    (folder / "world.schema.json").write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write(Path("docs"))
