"""Writes docs/emulator-coverage.md from the route table, and docs/world.schema.json from the loader's own schema.

`python -m connectors.emulator.coverage` writes both into ./docs; a test keeps them fresh.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from connectors.emulator import routes
from connectors.emulator.authority.coverage import sign_in_section
from connectors.emulator.recordings import recordings_section
from connectors.emulator.routes import ROUTES
from connectors.emulator.rules import budgets
from connectors.emulator.state.fields import TYPES
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.world_schema import WORLD_SCHEMA
from connectors.emulator.state.zones import ZONES
from connectors.emulator.wire.paths import FORMS

_HEAD = """\
# What the embedded SharePoint emulates

Written by `python -m connectors.emulator.coverage` from the table that dispatches requests. Do not edit by hand.

Whatever is not listed answers **501** with the header `X-Emulator-Not-Emulated` and an error that names it. An unknown
`$` option answers 400. An unknown header is ignored and logged. Every `_api` and `_vti_bin` call but contextinfo needs
a bearer token; no token is 401. Every answer carries `X-Emulator`.
"""

_SERVICES = (
    (
        "POST",
        "_api/$batch",
        "read | of its parts",
        "parts are done in order, each by itself; no rollback; flat answer in order",
    ),
    (
        "POST",
        "_vti_bin/client.svc/ProcessQuery",
        "write | 2 for each save, else 1",
        (
            "SetFieldValue, ParseAndSetFieldValue; Update, SystemUpdate, UpdateOverwriteVersion; Identity paths of "
            "items; which web this is"
        ),
    ),
)

_STANDARD = Limits()
_LIMITS = (
    ("items page", f"{_STANDARD.default_page} unless `$top` says otherwise, at most {_STANDARD.largest_page:,}"),
    (
        "list view threshold",
        f"{_STANDARD.list_view_threshold:,}: a filter or order without an index or by a lookup, a first clause beyond",
    ),
    ("lookups joined in one query", f"{_STANDARD.joined_lookups}; one item by its number is exempt"),
    (
        "indexes of a list",
        f"{_STANDARD.indexes}; none can be added or removed above {_STANDARD.indexable_items:,} items",
    ),
    ("`$batch`", f"{_STANDARD.batch_operations} operations and {_STANDARD.batch_bytes:,} bytes, of one site"),
    ("a request", f"{_STANDARD.request_bytes:,} bytes; beyond them 413, and no entry in the history (assumed)"),
    ("ProcessQuery", f"{_STANDARD.query_items} items and {_STANDARD.query_bytes:,} bytes a request (assumed)"),
    ("row", f"{_STANDARD.row_bytes:,} bytes, notes apart"),
    ("single line of text", f"{_STANDARD.text_characters} characters"),
    (
        "versions kept",
        f"{_STANDARD.major_versions} unless the list says otherwise, at most {_STANDARD.largest_version_limit:,}",
    ),
    ("changes in one answer", f"{_STANDARD.changes_per_answer:,}, of the last {_STANDARD.change_retention.days} days"),
    (
        "an expired change token",
        'no changes and no word; the documented error where the world document says `"strict_change_tokens": true`',
    ),
    (
        "resource units",
        (
            f"{routes.SINGLE} for one thing read, {routes.SEVERAL} for several or changes, {routes.WRITTEN} for a "
            f"write and for each save of a ProcessQuery, {routes.PERMISSIONS} for permissions; a batch by its parts"
        ),
    ),
    (
        "budgets, in resource units",
        (
            f"{budgets.SMALLEST.app_minute:,} a minute and {budgets.SMALLEST.app_day:,} a day for an application, "
            f"{budgets.SMALLEST.tenant:,} in 5 minutes for the tenant; more with more licences"
        ),
    ),
    ("requests of one person", f"{budgets.USER_REQUESTS:,} in 5 minutes"),
    ("beyond a budget", "429 with Retry-After, for single parts of a batch too; refused requests are charged as well"),
    ("RateLimit headers", "from 80 % of an application's minute on, and on refusals by that budget alone"),
    ("clients without a decorated User-Agent", "refused at half of every limit, and named once in the log"),
)

_ASSUMED = (
    'Without If-Match an update overwrites; it is a 412 where the world document says `"missing_if_match": "refuse"`.',
    "A quiet write (SystemUpdate) raises the ETag and is in the change log as type 15.",
    "SystemUpdate and UpdateOverwriteVersion over REST save the item as it is, as they do in CSOM with nothing set.",
    "The limits of ProcessQuery: 100 items and 1 MiB a request.",
    "The HTTP status of a write to a read-only column (400) and of a duplicate in a unique column (400).",
    "The error codes of an over-long text, an unknown choice and a row that is too large.",
    "The HTTP status of a column that is not there (400).",
    "CreateFieldAsXml with the name hint (Options 8): a name that is taken is refused; StaticName names nothing.",
    "Options 32 refuses a display name that is taken; 1, 2 and 4 change nothing, for lists have one content type.",
    "A SchemaXml that is written to a column replaces its definition, but for its identifier, name and type.",
    "SchemaXml names the three forms where the column is not shown, and where the definition named them.",
    "Rights of a list: a caller it shuts out gets 403 by every address, and does not see it among the lists.",
    "datetime'..' without a zone in a filter is UTC; day(), month() and their kin count in the site's zone.",
    "A date that is written without a zone is the site's local time.",
    "A request without an Accept header gets minimal metadata; SharePoint would send Atom.",
    "A date column made without a format shows date and time.",
    "REST and CSOM cost what Graph publishes for the like, asking for permissions 5; strict throttling doubles all.",
    "Budgets are sliding windows, counted by the second (the day by the minute); Retry-After tells when one has room.",
    "RateLimit-Reset tells when a whole minute's budget is there again, and so no less than Retry-After.",
    "A request is refused where a budget is used up before it comes, not where it would exceed what is left.",
    "A batch's envelope is neither charged nor throttled; each part is a request of its own, to a person's limit too.",
    "The factor for undecorated clients (a half), the share of 503 in strict throttling (1 in 500) and their waits.",
    "Code and sentence of a 429 and of a 503, which the service may also send as HTML or empty.",
    "Content approval: SystemUpdate leaves an item's status alone; Update and UpdateOverwriteVersion make it pending.",
    "Content approval: an approver's own new item is approved, and an approver's edit leaves the status as it was.",
    "Content approval: status and comment are written as columns; who may not decide them is denied (403).",
    "Forced check-out: all three ways of saving are refused with 423 and the code of files; a new item is checked in.",
    "Retention labels: an item that is a record refuses every way of saving with 403 and the code of access denied.",
    "Retention labels: whoever may read a list may ask for its label; a list that is not there is a 404.",
    "Versions are evicted when a version is made; a lowered limit takes effect then. A limit of 0 keeps all.",
    "Form values: one field that fails keeps the whole item from being saved, updates too (recorded for adds alone).",
    "Form values: a name that no column has is answered as recorded for the system column MetaInfo.",
    "Form values: a date without a time and any form with a T or a zone is refused, as an ISO date.",
    "Form values: the sentences about blanks, numbers, people and dates out of range.",
    "CAML: a date is the site's own time even with a Z behind it, unless StorageTZ says otherwise.",
    "CAML: GetItems without a RowLimit gives every item, so a list above the threshold refuses it.",
    "CAML: the HTTP status of XML that cannot be read (500).",
    "CAML: IsNotNull and In on an indexed column are answered by the index; Neq finds blanks as well.",
    "A column without an index can be removed from a list of any length; one with an index up to 20,000 items.",
    "Views: the default view cannot be removed, and a view that is not there is a 400.",
    "Rendered rows: blanks of every type but text, FirstRow of an empty page, and the forms of built-in columns.",
    "Form values: setting Created, Modified, Created By and Modified By needs no more than the right to write.",
)

_DIFFERENT = (
    "Content approval: everybody reads the latest values of every item; draft visibility is shown, not applied.",
    "The service shows a reader the last approved version of an item, and an item that was never approved not at all.",
    "Content approval: who may approve is the list's `approvers` in the world document, whatever the caller's role.",
    "Check-out is a state told by the world document; there is no route for it, and it keeps nobody from deleting.",
    "Retention labels: the list's own label, told by the world document, holds for every item; there is no other.",
    "Retention labels: the service lets a record's properties be edited unless the tenant forbids it; here it does.",
    "Form digests are given out and never asked for: every write needs a bearer token, with which they do not count.",
    "A calculated column keeps its formula as text and is not evaluated: the data says what it shows.",
    "Created, Modified, Created By and Modified By can be written by form values alone.",
    "Rendered rows: `.title`, `.email` and so on of several people are empty; the service mixes columns up in them.",
    "Everything is in memory and gone when the server stops, unless a file keeps it.",
    "Required is not enforced on writes, as in SharePoint's REST interface.",
    "Pages in HTML are the emulator's own, plain and without script, for a browser on the same machine.",
    "Rights of a list: cut off with nothing copied, it is open to who did that and to whoever manages the site.",
    "The service gives who did that Full Control there, and site collection administrators alone besides.",
    "Rights of a list: where they are copied, they go on following the site's; the service keeps what they were then.",
    "Rights of a list: role assignments cannot be read or made, and who did it keeps the role they have at the site.",
    "Rights of a list: lookups into it still show its values, and the pages in HTML show every list.",
    "The role manage is shown as Design; which rights the service shows for its own role of that name is not known.",
    "Columns are made at any pace; the service answers changes in quick succession with a Save Conflict at times.",
    "Content types other than Item, attachments, files, rights on items, and search are absent.",
)


def coverage_page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "## Routes\n"
    yield "Paths are canonical: `web/list/item` stands for every way of naming a list and an item (next table). `*` is"
    yield "a plain property. MERGE, PATCH and DELETE may be sent as such or as POST with `X-HTTP-Method`.\n"
    yield "| method | path | role | units | notes |"
    yield "|---|---|---|---|"
    for route in ROUTES:
        cost = f"{route.needs.name.lower()} | {route.price}"
        yield f"| {route.method} | `_api/{route.pattern}` | {cost} | {route.note} |"
    for method, path, cost, note in _SERVICES:
        yield f"| {method} | `{path}` | {cost} | {note} |"
    yield "\n## Ways of naming things\n"
    yield "Names are read in any case; `'`, `%27` and doubled quotes are understood; `web` may be left out before"
    yield "`lists`; `site/rootweb` is `web`; arguments may be named or be aliases (`@v`).\n"
    yield "| written | means | selects by |"
    yield "|---|---|---|"
    for written, name, by in FORMS:
        yield f"| `{'/'.join(written).replace('()', '(..)')}` | {name} | {by} |"
    yield from sign_in_section()
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
    yield "\n## Recordings\n"
    yield from recordings_section()


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
