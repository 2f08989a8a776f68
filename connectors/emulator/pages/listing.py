"""The sites, a site's lists, and a list's items page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.emulator.pages import cells, viewing
from connectors.emulator.pages.cells import Cell
from connectors.emulator.pages.formats import Formats, Formatted, formats
from connectors.emulator.pages.places import list_address, site_address
from connectors.emulator.pages.rendering import page, redirect
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state.fields import Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.state.views import View
from connectors.emulator.wire.answers import Response

PAGE_SIZES: Final = (30, 100)
SHORT_NOTE: Final = 160
_DONE = {
    "added": "The item was added.",
    "recycled": "The item was moved to the recycle bin.",
    "saved": "Your change was saved.",
    "unchanged": "Nothing was different, so nothing was saved.",
}


def home(turn: Turn) -> Response:
    """Every site."""
    return page("home.html", turn, sites=sorted(turn.world.sites.values(), key=lambda site: site.path))


def show_site(turn: Turn) -> Response:
    """A site's lists, with how much is in them and when that last changed."""
    lists = [known for known in turn.site.lists.values() if not known.hidden]
    return page("site.html", turn, lists=sorted(lists, key=lambda known: known.title.casefold()), choosing=True)


def choose_person(turn: Turn) -> Response:
    """Remember who edits, and go back to where that was chosen."""
    form = turn.visit.form()
    chosen = form.get("person", [""])[0]
    numbers = {str(number): number for number, _ in cells.people(turn.site)}
    address = _back(turn, form.get("list", [""])[0], form.get("view", [""])[0])
    if chosen not in numbers:
        return redirect(address)
    return redirect(address, **{"Set-Cookie": turn.remember(turn.site.users[numbers[chosen]])})


def _back(turn: Turn, list_id: str, view_id: str) -> str:
    """The page on which a person was chosen."""
    owner = turn.site.list_with_id(list_id)
    if owner is None:
        return site_address(turn.site)
    return list_address(owner, view=next((view for view in owner.views if view.id == view_id), None))


@dataclass(frozen=True, slots=True)
class Order:
    """What the rows are sorted by; no column is the order of their numbers."""

    column: Field | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list as its address names it: in which view, by which order, and how many rows."""

    owner: SpList
    view: View
    order: Order
    size: int

    def address(self, order: Order | None = None, size: int | None = None, number: int = 1) -> str:
        """The address of another page of the same view."""
        sorted_by, rows = order or self.order, size or self.size
        query: dict[str, str] = {}
        if sorted_by.column is not None:
            query |= {"SortField": sorted_by.column.name, "SortDir": "Desc" if sorted_by.descending else "Asc"}
        if rows != sizes(self.view)[0]:
            query["RowLimit"] = str(rows)
        if number > 1:
            query["Page"] = str(number)
        return list_address(self.owner, query, self.view)


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading: `sorted` as aria-sort says it, and the address that sorts by it ("" where it cannot)."""

    text: str
    style: str
    sorted: str
    address: str
    about: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: its value, and how its column's formatting draws it."""

    cell: Cell
    formatted: Formatted


@dataclass(frozen=True, slots=True)
class Row:
    """One item: what it is called, the cell that names it, one for every other column, and the row's classes."""

    item: Item
    title: str
    first: Shown
    named: bool
    cells: Sequence[Shown]
    classes: str


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows are shown of how many, and the addresses before, after and of the other sizes."""

    first: int
    last: int
    total: int
    number: int
    pages: int
    before: str
    after: str
    sizes: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Switch:
    """A view to choose."""

    title: str
    address: str
    current: bool


def show_list(turn: Turn) -> Response:
    """One page of a list, in one of its views."""
    owner, view, ask = turn.owner, turn.view, turn.visit.asked
    columns = viewing.columns(owner, view)
    size = int(ask("RowLimit")) if ask("RowLimit") in map(str, sizes(view)) else sizes(view)[0]
    asked = Asked(owner, view, _order(columns, ask("SortField"), ask("SortDir")), size)
    found = viewing.rows(turn, view, columns)
    items = _sorted(turn, asked.order, found.items)
    paging = _paging(asked, len(items), ask("Page"))
    shown = items[paging.first - 1 : paging.last] if items else []
    looks = formats(turn, view, columns)
    return page(
        "list.html",
        turn,
        owner=owner,
        view=view,
        views=_views(owner, view),
        heads=[_head(asked, column) for column in columns],
        rows=[_row(turn, looks, columns, item, index) for index, item in enumerate(shown)],
        problem=found.problem,
        unformatted=looks.problem,
        paging=paging,
        done=done(turn),
        choosing=True,
        sheet=looks.sheet,
    )


def _views(owner: SpList, current: View) -> list[Switch]:
    """The views that everybody may choose, in the list's own order, the default one first."""
    offered = [view for view in owner.views if not (view.hidden or view.personal)]
    ordered = sorted(offered, key=lambda view: not view.default)
    return [Switch(view.title, list_address(owner, view=view), view is current) for view in ordered]


def sizes(view: View) -> tuple[int, ...]:
    """How many rows a page may have, the view's own number first; a view that is not paged has that one only."""
    own = view.row_limit if view.row_limit > 0 else PAGE_SIZES[0]
    return (own, *(size for size in PAGE_SIZES if size > own)) if view.paged else (own,)


def done(turn: Turn) -> str:
    """What the visitor has just done, by the address they were sent on to."""
    return _DONE.get(turn.visit.asked("done"), "")


def _order(columns: Sequence[Field], name: str, direction: str) -> Order:
    found = next((column for column in columns if column.name == name and column.about.sortable), None)
    return Order(found, found is not None and direction == "Desc")


def _sorted(turn: Turn, order: Order, items: Sequence[Item]) -> Sequence[Item]:
    """The rows by the heading that was chosen, else as the view has them."""
    if order.column is None:
        return items
    return sorted(items, key=cells.sort_key(turn.site, order.column), reverse=order.descending)


def _paging(asked: Asked, total: int, wanted: str) -> Paging:
    size = asked.size
    pages = max(1, -(-total // size))
    number = min(max(1, int(wanted)), pages) if wanted.isdecimal() and len(wanted) < 12 else 1
    return Paging(
        first=(number - 1) * size + 1 if total else 0,
        last=min(number * size, total),
        total=total,
        number=number,
        pages=pages,
        before=asked.address(number=number - 1) if number > 1 else "",
        after=asked.address(number=number + 1) if number < pages else "",
        sizes=[(each, "" if each == size else asked.address(size=each)) for each in sizes(asked.view)],
    )


def _head(asked: Asked, column: Field) -> Head:
    order = asked.order
    mine = order.column is not None and order.column.name == column.name
    said = ("descending" if order.descending else "ascending") if mine else ""
    address = asked.address(Order(column, mine and not order.descending)) if column.about.sortable else ""
    style = "number" if _is_number(column) and not column.custom_formatter else ""
    return Head(column.title, style, said, address, column.description)


def _is_number(column: Field) -> bool:
    return column.type in {"Number", "Currency"} or (
        column.type == "Calculated" and column.output_type in {"Number", "Currency"}
    )


def _row(turn: Turn, looks: Formats, columns: Sequence[Field], item: Item, index: int) -> Row:
    owner = turn.owner
    shown = [
        Shown(
            _shortened(cells.cell(turn.site, column, cells.held(column, item))),
            looks.cell(column, item, index),
        )
        for column in columns
    ]
    named = bool(columns) and columns[0] is owner.title_field
    first = shown[0] if shown else Shown(Cell(), Formatted())
    return Row(item, cells.title(owner, item), first, named, shown[1:], looks.classes(item, index))


def _shortened(cell: Cell) -> Cell:
    """A long note by its beginning: the item's own page shows all of it."""
    if cell.style != "note" or len(cell.text) <= SHORT_NOTE:
        return cell
    return Cell((cells.Part(cell.text[:SHORT_NOTE].rstrip() + "…"),), "note")
