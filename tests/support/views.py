"""Items and views said in one line, for tests of what reports compare and leave out."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sync.core.findings import Finding
from sync.core.model import Kind
from sync.core.policy import Policies
from sync.core.rollup import Rollup, Scope
from sync.core.snapshot import RecordId
from sync.core.view import Item, SourceSeen, View
from tests.support.lists import HOST, TODAY

AS_AT = datetime(2026, 6, 17, 2, 17, tzinfo=UTC)


def item(row: int = 1, kind: Kind = Kind.PROJECT, *, at: str | None = None, guid: str = "", **values: Any) -> Item:
    """An item of list `at`, else of the list that bears its kind's name; its row is its number, too, unless told."""
    source = at or f"{kind}s"
    place = RecordId(HOST, guid or source, row)
    called = f"{kind[:2].upper()}-{values.get('number') or row}"
    return Item(**{"id": place, "number": row, "source": source, "kind": kind, "ref": called, **values})


def seen(name: str, kind: Kind, read: str = "complete", **more: Any) -> SourceSeen:
    return SourceSeen(name=name, kind=kind, read=read, records=1, **more)


def view(
    *items: Item,
    read: Mapping[str, str] | None = None,
    policies: Policies | None = None,
    rollup: Iterable[Rollup] = (),
    findings: Iterable[Finding] = (),
    restricted: Iterable[str] = (),
) -> View:
    """A view of these items. Its lists are those that the items are in, and `read` tells how they were read where that
    is not `complete`."""
    kinds = {each.source: each.kind for each in items} | {name: Kind(name[:-1]) for name in read or {}}
    sources = [
        seen(name, kind, (read or {}).get(name, "complete"), restricted=name in set(restricted))
        for name, kind in sorted(kinds.items())
    ]
    return View(
        name="Portfolio",
        as_at=AS_AT,
        today=TODAY,
        run_id="run",
        zone="Europe/London",
        sources=tuple(sources),
        items=items,
        rollup=tuple(rollup),
        findings=tuple(findings),
        policies=policies or Policies(),
    )


def row(name: str = "Places", scope: Scope = Scope.THEME, **values: Any) -> Rollup:
    """A row of figures, all 0 but those that are told."""
    nothing: dict[str, Any] = {name: {} for name in ("counts", "percent", "computed", "confidence", "open_risks")}
    rest = {"total": 0, "worst": None, "differs": 0, "overdue": 0, "stale": 0, "coverage": ""}
    return Rollup(**{"scope": scope, "name": name, **nothing, **rest, **values})
