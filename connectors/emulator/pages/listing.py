"""The sites, a site's lists, and a list's items page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.emulator.pages import cells
from connectors.emulator.pages.cells import Cell
from connectors.emulator.pages.places import list_address, site_address
from connectors.emulator.pages.rendering import page, redirect
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state import approval
from connectors.emulator.state.fields import Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.wire.answers import Response

PAGE_SIZES: Final = (30, 100)
SHORT_NOTE: Final = 160
_KEPT = frozenset({"Modified", "Editor", approval.STATUS})
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
    back = turn.site.list_with_id(form.get("list", [""])[0])
    address = site_address(turn.site) if back is None else list_address(back)
    if chosen not in numbers:
        return redirect(address)
    return redirect(address, **{"Set-Cookie": turn.remember(turn.site.users[numbers[chosen]])})


@dataclass(frozen=True, slots=True)
class Order:
    """What the rows are sorted by; no column is the order of their numbers."""

    column: Field | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading: `sorted` as aria-sort says it, and the address that sorts by it ("" where it cannot)."""

    text: str
    style: str
    sorted: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One item: its title, and a cell for every other column."""

    item: Item
    title: str
    cells: Sequence[Cell]


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


def show_list(turn: Turn) -> Response:
    """One page of a list."""
    owner, asked = turn.owner, turn.visit.asked
    columns = _columns(owner)
    order = _order(columns, asked("SortField"), asked("SortDir"))
    size = int(asked("RowLimit")) if asked("RowLimit") in map(str, PAGE_SIZES) else PAGE_SIZES[0]
    items = _sorted(turn, order)
    paging = _paging(owner, order, size, len(items), asked("Page"))
    shown = items[paging.first - 1 : paging.last] if items else []
    return page(
        "list.html",
        turn,
        owner=owner,
        heads=[_head(owner, column, order, size) for column in columns],
        rows=[_row(turn, columns, item) for item in shown],
        paging=paging,
        done=done(turn),
        choosing=True,
    )


def _columns(owner: SpList) -> list[Field]:
    """What the table shows: the title, by which a row is known, the list's visible columns, and what became of it."""
    others = [column for column in cells.visible(owner) if column is not owner.title_field]
    kept = [column for column in cells.system(owner) if column.name in _KEPT]
    return [owner.title_field, *others, *kept]


def done(turn: Turn) -> str:
    """What the visitor has just done, by the address they were sent on to."""
    return _DONE.get(turn.visit.asked("done"), "")


def _order(columns: Sequence[Field], name: str, direction: str) -> Order:
    found = next((column for column in columns if column.name == name and column.about.sortable), None)
    return Order(found, found is not None and direction == "Desc")


def _sorted(turn: Turn, order: Order) -> list[Item]:
    items = turn.owner.ordered()
    if order.column is None:
        return items
    return sorted(items, key=cells.sort_key(turn.site, order.column), reverse=order.descending)


def _query(order: Order, size: int, number: int = 1) -> dict[str, str]:
    query: dict[str, str] = {}
    if order.column is not None:
        query |= {"SortField": order.column.name, "SortDir": "Desc" if order.descending else "Asc"}
    if size != PAGE_SIZES[0]:
        query["RowLimit"] = str(size)
    if number > 1:
        query["Page"] = str(number)
    return query


def _paging(owner: SpList, order: Order, size: int, total: int, asked: str) -> Paging:
    pages = max(1, -(-total // size))
    number = min(max(1, int(asked)), pages) if asked.isdecimal() and len(asked) < 12 else 1
    return Paging(
        first=(number - 1) * size + 1 if total else 0,
        last=min(number * size, total),
        total=total,
        number=number,
        pages=pages,
        before=list_address(owner, _query(order, size, number - 1)) if number > 1 else "",
        after=list_address(owner, _query(order, size, number + 1)) if number < pages else "",
        sizes=[(each, "" if each == size else list_address(owner, _query(order, each))) for each in PAGE_SIZES],
    )


def _head(owner: SpList, column: Field, order: Order, size: int) -> Head:
    mine = order.column is not None and order.column.name == column.name
    said = ("descending" if order.descending else "ascending") if mine else ""
    address = ""
    if column.about.sortable:
        address = list_address(owner, _query(Order(column, mine and not order.descending), size))
    return Head(column.title, "number" if _is_number(column) else "", said, address)


def _is_number(column: Field) -> bool:
    return column.type in {"Number", "Currency"} or (
        column.type == "Calculated" and column.output_type in {"Number", "Currency"}
    )


def _row(turn: Turn, columns: Sequence[Field], item: Item) -> Row:
    shown = [cells.cell(turn.site, column, cells.held(column, item)) for column in columns[1:]]
    return Row(item, cells.title(turn.owner, item), [_shortened(each) for each in shown])


def _shortened(cell: Cell) -> Cell:
    """A long note by its beginning: the item's own page shows all of it."""
    if cell.style != "note" or len(cell.text) <= SHORT_NOTE:
        return cell
    return Cell((cells.Part(cell.text[:SHORT_NOTE].rstrip() + "…"),), "note")
