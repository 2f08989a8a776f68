"""One item with all its columns, and the history of its versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.emulator.pages import cells, wording
from connectors.emulator.pages.cells import Cell
from connectors.emulator.pages.listing import done
from connectors.emulator.pages.rendering import page
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state.fields import Field
from connectors.emulator.state.versions import Item, Version
from connectors.emulator.wire.answers import Response


@dataclass(frozen=True, slots=True)
class Change:
    """What a version changed in one column."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Past:
    """One version: when, by whom, and what it changed; None where the version before it is not known."""

    label: str
    when: str
    who: str
    changes: Sequence[Change] | None


def show_item(turn: Turn) -> Response:
    """One item."""
    owner, item = turn.owner, turn.item
    columns = [*(each for each in cells.visible(owner) if each.show_in_display_form), *cells.system(owner)]
    return page(
        "item.html",
        turn,
        owner=owner,
        item=item,
        name=cells.title(owner, item),
        shown=[(column, _cell(turn, column, item)) for column in columns],
        versions=list(_versions(turn, item)),
        held_by=cells.held_by(turn.site, item),
        done=done(turn),
    )


def _cell(turn: Turn, column: Field, item: Item) -> Cell:
    return cells.cell(turn.site, column, cells.held(column, item))


def _versions(turn: Turn, item: Item) -> Iterator[Past]:
    """Every version that is kept, the latest first."""
    versions = [*item.history, item.now()]
    for position in range(len(versions) - 1, -1, -1):
        version = versions[position]
        before = versions[position - 1] if position else None
        yield Past(
            version.version_label,
            wording.moment(version.modified, turn.site.zone.zone),
            cells.person_name(turn.site, version.editor),
            None if before is None else list(_changes(turn, before, version)),
        )


def _changes(turn: Turn, before: Version, after: Version) -> Iterator[Change]:
    for column in cells.visible(turn.owner):
        old = cells.cell(turn.site, column, before.values.get(column.name)).text
        new = cells.cell(turn.site, column, after.values.get(column.name)).text
        if old != new:
            yield Change(column.title, old, new)
