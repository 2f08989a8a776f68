"""The items query: filter, order, threshold, pages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import Any

from connectors.emulator import errors
from connectors.emulator.state.fields import REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.filters import Node, first_clauses, matches, number_bounds, parse_filter, paths
from connectors.emulator.wire.items import Columns, Projection, projection
from connectors.emulator.wire.odata import Options, Order, quote_lower, split_query
from connectors.emulator.wire.projection import plain

_DATE_KEY = "%Y%m%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of items; `skip_token` leads to the next, None on the last."""

    items: list[Item]
    projection: Projection
    skip_token: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a list's items, in whatever language: the rows that pass, in an order, from a place on.

    `joined` are the people and lookup columns that are read through, `place` the keys of a page's token.
    """

    where: Node | None
    order: tuple[Order, ...]
    joined: frozenset[str]
    size: int
    place: Mapping[str, str]


def run(owner: SpList, options: Options) -> Page:
    """Answer an items query, or raise what the service would say."""
    columns = Columns(owner)
    chosen = projection(columns, options.select, options.expand)
    where = parse_filter(options.filter) if options.filter else None
    expanded = frozenset(name.partition("/")[0] for name in options.expand) & columns.references.keys()
    if where is not None:
        _check_filter(columns, where)
    limits = owner.limits
    size = min(options.top if options.top is not None else limits.default_page, limits.largest_page)
    question = Question(where, options.order, expanded, size, _place(options))
    items, token = answer(columns, question)
    return Page(items, chosen, token)


def answer(columns: Columns, question: Question) -> tuple[list[Item], str | None]:
    """The items a question is answered with, and the token that leads to the next; raises what the service would."""
    owner, where = columns.owner, question.where
    reader = _Reader(columns, question.joined)
    for path in paths(where) if where is not None else ():
        reader.getter(path)
    if len(question.joined) > owner.limits.joined_lookups:
        raise errors.lookup_threshold()
    keys = [order for order in question.order if order.name not in {"Id", "ID"}]
    for order in question.order:
        reader.check_order(order)
    if len(owner.items) > owner.limits.list_view_threshold:
        _check_threshold(owner, reader, where, keys)
    # One row more than the page holds tells whether another page follows.
    rows = list(islice(_rows(owner, question, reader), question.size + 1))
    page = rows[: question.size]
    more = len(rows) > question.size > 0
    return page, _token(page[-1], keys, reader) if more else None


def _rows(owner: SpList, question: Question, reader: "_Reader") -> Iterator[Item]:
    """The rows from the page's place on, found as they are asked for wherever the order is that of the numbers."""
    by_number = all(order.name in {"Id", "ID"} for order in question.order[:1])
    if by_number and not any(order.descending for order in question.order[:1]):
        marked = whole_number(question.place.get("p_ID", ""))
        low, high = number_bounds(question.where)
        start = max(low, marked or 0)
        until = takewhile(lambda item: item.id <= high, owner.items.after(start))
        yield from _passing(owner, until, question.where, reader)
        return
    passing = list(_passing(owner, owner.items.values(), question.where, reader))
    yield from _after(_sorted(passing, question.order, reader), question, reader)


def _passing(owner: SpList, items: Iterable[Item], where: Node | None, reader: "_Reader") -> Iterator[Item]:
    if where is None:
        return iter(items)
    zone = owner.site.zone.zone
    return (item for item in items if matches(where, reader.of(item), zone))


def _check_filter(columns: Columns, node: Node) -> None:
    """Refuse a filter on a column whose type the REST interface does not filter."""
    for path in paths(node):
        column = columns.fields.get(path.partition("/")[0])
        if column is not None and not column.about.filterable:
            raise errors.not_filterable(column.name, column.type)


def _place(options: Options) -> Mapping[str, str]:
    """Where a page begins; the keys of a token that came unencoded stand beside it."""
    if not options.skip_token:
        return {}
    loose = {name: value for name, value in options.parameters.items() if name.startswith("p_")}
    return loose | dict(split_query(options.skip_token))


class _Reader:
    """Values of items by property path, as filters and orders name them."""

    def __init__(self, columns: Columns, joined: frozenset[str]) -> None:
        self.columns = columns
        self.joined = joined
        self._getters: dict[str, Callable[[Item], Any]] = {}

    def column(self, path: str) -> Field | None:
        """The column a path is about."""
        return self.columns.fields.get(path.partition("/")[0])

    def value(self, path: str, item: Item) -> Any:
        """The value of a path for an item; several values as a tuple."""
        return self.getter(path)(item)

    def of(self, item: Item) -> Callable[[str], Any]:
        """One item's values by path."""
        return lambda path: self.getter(path)(item)

    def sort_key(self, path: str) -> Callable[[Item], tuple[bool, Any]]:
        """What items are sorted by."""
        get = self.getter(path)
        return lambda item: _key(get(item))

    def getter(self, path: str) -> Callable[[Item], Any]:
        if path not in self._getters:
            self._getters[path] = self._make(path)
        return self._getters[path]

    def _make(self, path: str) -> Callable[[Item], Any]:
        head, slash, inner = path.partition("/")
        if not slash:
            get = self.columns.getter(head)
            return lambda item: plain(get(item))
        column = self.columns.references.get(head)
        if column is None:
            raise errors.unknown_column(head)
        if head not in self.joined:
            raise errors.expand_needed(head)
        target = self.columns.target_getter(column, inner)

        def joined(item: Item) -> Any:
            held = self.columns.reference_value(column, item)
            if isinstance(held, tuple):
                return tuple(target(int(number)) for number in held)
            return target(held) if isinstance(held, int) else None

        return joined

    def check_order(self, order: Order) -> None:
        """Refuse an order by a column that is not there or cannot be sorted."""
        self.getter(order.name)
        column = self.column(order.name)
        if column is not None and not column.about.sortable:
            raise errors.not_filterable(column.name, column.type)

    def indexed(self, path: str) -> bool:
        """Whether the database has an index that this path can use; an indexed lookup does not help."""
        if path in {"Id", "ID"}:
            return True
        column = self.column(path)
        return column is not None and column.indexed and column.type not in REFERENCES


def _check_threshold(owner: SpList, reader: _Reader, node: Node | None, keys: list[Order]) -> None:
    if any(not reader.indexed(order.name) for order in keys):
        raise errors.list_view_threshold()
    for clause in first_clauses(node) if node is not None else []:
        named = list(paths(clause))
        if not named or any(not reader.indexed(path) for path in named):
            raise errors.list_view_threshold()
        if all(path in {"Id", "ID"} for path in named):
            continue
        zone = owner.site.zone.zone
        found = sum(matches(clause, reader.of(item), zone) for item in owner.items.values())
        if found > owner.limits.list_view_threshold:
            raise errors.list_view_threshold()


def _sorted(rows: list[Item], orders: tuple[Order, ...], reader: _Reader) -> list[Item]:
    ordered = rows
    for order in reversed(orders):
        ordered = sorted(ordered, key=reader.sort_key(order.name), reverse=order.descending)
    return ordered


def _key(value: Any) -> tuple[bool, Any]:
    """Blank sorts first; text without case; everything else as a number or an instant."""
    if value is None:
        return (False, 0)
    return (True, value.casefold() if isinstance(value, str) else value)


def _token(last: Item, keys: list[Order], reader: _Reader) -> str:
    parts = ["Paged=TRUE"]
    for order in keys:
        name = order.name.partition("/")[0]
        parts.append(f"p_{name}={quote_lower(_key_text(reader.value(order.name, last)))}")
    parts.append(f"p_ID={last.id}")
    return "&".join(parts)


def _key_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(_DATE_KEY)
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _after(rows: list[Item], question: Question, reader: _Reader) -> list[Item]:
    """The rows behind the place a token marks; the marked item itself need not be there any more."""
    token = question.place
    marked = whole_number(token.get("p_ID", ""))
    if marked is None:
        return rows
    orders = list(question.order)
    if not any(order.name in {"Id", "ID"} for order in orders):
        orders.append(Order("ID"))

    def compare(item: Item) -> int:
        for order in orders:
            value = reader.value(order.name, item)
            if order.name in {"Id", "ID"}:
                found = (item.id > marked) - (item.id < marked)
            else:
                text = token.get(f"p_{order.name.partition('/')[0]}")
                found = 0 if text is None else _compare_keys(_key(value), _key(_from_text(text, value)))
            if found:
                return -found if order.descending else found
        return 0

    return [item for item in rows if compare(item) > 0]


def _compare_keys(left: tuple[bool, Any], right: tuple[bool, Any]) -> int:
    return (left > right) - (left < right)


def _from_text(text: str, like: Any) -> Any:
    """A token's text as a value of the column's kind."""
    if text == "":
        return None
    if isinstance(like, datetime):
        try:
            return datetime.strptime(text, _DATE_KEY).replace(tzinfo=UTC)
        except ValueError:
            return None
    if isinstance(like, int | float):
        try:
            return float(text)
        except ValueError:
            return None
    return text
