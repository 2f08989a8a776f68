"""CAML: a view's XML read into what the items query answers.

Supported in Where: And, Or, Eq, Neq, Gt, Geq, Lt, Leq, IsNull, IsNotNull, BeginsWith, Contains, In, Includes and
NotIncludes, with the values Today, Now and UserID. Joins, groups and the rest of the language answer 501. Names are
internal names in their own case; anything else is the service's error about columns that are not installed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from xml.etree.ElementTree import Element

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.naming import property_name
from connectors.emulator.state.users import User
from connectors.emulator.state.values import parse_instant
from connectors.emulator.wire.filters import Both, Call, Comparison, Literal, Node, Not, Property
from connectors.emulator.wire.items import Columns
from connectors.emulator.wire.odata import Order
from connectors.emulator.wire.xml import read_xml

MOST_CHARACTERS = 65_536
DEEPEST = 50
MOST_VALUES = 500
_BINARY = {"Eq": "eq", "Neq": "ne", "Gt": "gt", "Geq": "ge", "Lt": "lt", "Leq": "le"}
_MEMBERS = {"Includes": "eq", "NotIncludes": "ne"}
_BLANK = {"IsNull": "eq", "IsNotNull": "ne"}
_NUMBERS = frozenset({"Number", "Currency", "Counter", "Integer"})


@dataclass(frozen=True, slots=True)
class CamlView:
    """A view as read: its columns (None where it names none), the rows it asks for, in which order and how many."""

    fields: tuple[Field, ...] | None = None
    where: Node | None = None
    order: tuple[Order, ...] = ()
    joined: frozenset[str] = frozenset()
    row_limit: int | None = None
    paged: bool = False


def read_view(columns: Columns, text: str, me: User) -> CamlView:
    """Read a `<View>`; raises the service's error for what is not one. Blank text is a view of everything."""
    if not text.strip():
        return CamlView()
    root = parsed(text)
    if root.tag != "View":
        raise errors.bad_caml()
    for part in root:
        if part.tag in {"Joins", "ProjectedFields", "Formats"}:
            raise NotEmulated(f"CAML {part.tag}")
    reader = _Reader(columns, me)
    named = root.find("ViewFields")
    shown = None if named is None else tuple(reader.column(reference) for reference in named.iterfind("FieldRef"))
    where, order = reader.query(root.find("Query"))
    limit = root.find("RowLimit")
    return CamlView(
        shown,
        where,
        order,
        frozenset(reader.joined),
        None if limit is None else _count(limit.text),
        limit is not None and limit.get("Paged", "").upper() == "TRUE",
    )


def parsed(text: str) -> Element:
    """The root of a bounded document without entities or a document type."""
    root = read_xml(text) if len(text) <= MOST_CHARACTERS else None
    if root is None:
        raise errors.bad_caml()
    return root


def _count(text: str | None) -> int | None:
    """A row limit; 0 is none."""
    if not (text or "").strip().isdecimal() or len(str(text)) > 9:
        raise errors.bad_caml()
    return int(str(text)) or None


class _Reader:
    """Reads the parts of one view against the columns of its list; `joined` gathers the lookups it reads through."""

    def __init__(self, columns: Columns, me: User) -> None:
        self.columns = columns
        self.me = me
        self.joined: set[str] = set()
        self.named = {column.name: column for column in columns.owner.fields()}

    def column(self, reference: Element | None) -> Field:
        """The column a FieldRef names."""
        if reference is None:
            raise errors.bad_caml()
        name, guid = reference.get("Name"), reference.get("ID")
        found = self.named.get(name) if name else self.columns.owner.field_with_id(guid) if guid else None
        if found is None:
            raise errors.caml_column()
        return found

    def query(self, element: Element | None) -> tuple[Node | None, tuple[Order, ...]]:
        """A Query's condition and order."""
        if element is None:
            return None, ()
        if element.find("GroupBy") is not None:
            raise NotEmulated("CAML GroupBy")
        where, order = element.find("Where"), element.find("OrderBy")
        node = None
        if where is not None and len(where):
            if len(where) > 1:
                raise errors.bad_caml()
            node = self.node(where[0], 0)
        return node, () if order is None else tuple(self.key(one) for one in order.iterfind("FieldRef"))

    def key(self, reference: Element) -> Order:
        """One key of OrderBy: lookups and people by what they show."""
        path = self.path(self.column(reference), by_id=False)
        return Order(path, reference.get("Ascending", "TRUE").upper() == "FALSE")

    def path(self, column: Field, *, by_id: bool) -> str:
        """The property that holds a column's value; looking through a lookup joins it."""
        if column.type not in REFERENCES or (column.builtin and column.type not in PEOPLE):
            return self.property(column.rest_name)
        if by_id:
            return self.property(column.write_property)
        self.joined.add(column.rest_name)
        shown = "Title" if column.type in PEOPLE else property_name(column.lookup_field or "Title")
        return f"{column.rest_name}/{shown}"

    def property(self, name: str) -> str:
        if name not in self.columns.getters and name not in self.columns.extras:
            raise NotEmulated(f"CAML on the column {name}")
        return name

    def node(self, element: Element, depth: int) -> Node:
        """One condition."""
        if depth > DEEPEST:
            raise errors.bad_caml()
        name = element.tag
        if name in {"And", "Or"}:
            if len(element) != 2:
                raise errors.bad_caml()
            left, right = (self.node(part, depth + 1) for part in element)
            return Both(name.lower(), left, right)
        reference = element.find("FieldRef")
        column = self.column(reference)
        by_id = reference is not None and reference.get("LookupId", "").upper() == "TRUE"
        value = element.find("Value")
        # The number of the caller is a number wherever it stands.
        by_id = by_id or (value is not None and value.find("UserID") is not None)
        path = self.path(column, by_id=by_id)
        if name in _BLANK:
            return Comparison(_BLANK[name], Property(path), Literal(None))
        if name == "In":
            return self.one_of(element, column, path, by_id=by_id)
        if value is None:
            raise errors.bad_caml()
        return self.test(name, column, path, value, by_id=by_id)

    def test(self, name: str, column: Field, path: str, value: Element, *, by_id: bool) -> Node:
        """A condition that compares a column with one value."""
        if name in {"BeginsWith", "Contains"}:
            part = Literal(value.text or "")
            if column.type == "MultiChoice":
                return Comparison("eq", Property(path), part)
            begins = name == "BeginsWith"
            return Call("startswith", (Property(path), part)) if begins else Call("substringof", (part, Property(path)))
        operator = (_BINARY | _MEMBERS).get(name)
        if operator is None:
            raise NotEmulated(f"CAML {name}")
        if column.type == "DateTime":
            return self.date_test(operator, path, value)
        return Comparison(operator, Property(path), Literal(self.value(column, value, by_id=by_id)))

    def one_of(self, element: Element, column: Field, path: str, *, by_id: bool) -> Node:
        """In: any of several values, at most five hundred."""
        values = list(element.iterfind("Values/Value"))
        if not 0 < len(values) <= MOST_VALUES:
            raise errors.bad_caml()
        return _balanced([self.test("Eq", column, path, value, by_id=by_id) for value in values])

    def value(self, column: Field, value: Element, *, by_id: bool) -> Any:
        """A value as the column's kind."""
        if value.find("UserID") is not None:
            return float(self.me.id)
        text = value.text or ""
        kind = column.output_type if column.type == "Calculated" else column.type
        if by_id or kind in _NUMBERS:
            try:
                return float(text)
            except ValueError:
                raise errors.bad_caml() from None
        if kind in {"Boolean", "Attachments"}:
            return text.strip().lower() in {"1", "true", "yes", "-1"}
        return text.strip("{}").lower() if kind == "Guid" else text

    def date_test(self, operator: str, path: str, value: Element) -> Node:
        """Days are compared unless the value asks for its time, each day the site's own."""
        instant = self.instant(value)
        if value.get("IncludeTimeValue", "").upper() == "TRUE":
            return Comparison(operator, Property(path), Literal(instant))
        zone = self.columns.owner.site.zone.zone
        day = instant.astimezone(zone).date()
        begins, ends = (datetime.combine(day + timedelta(days=days), time(), zone).astimezone(UTC) for days in (0, 1))
        from_then = Comparison("ge", Property(path), Literal(begins))
        before_next = Comparison("lt", Property(path), Literal(ends))
        tests: dict[str, Callable[[], Node]] = {
            "eq": lambda: Both("and", from_then, before_next),
            "ne": lambda: Not(Both("and", from_then, before_next)),
            "ge": lambda: from_then,
            "gt": lambda: Comparison("ge", Property(path), Literal(ends)),
            "le": lambda: before_next,
            "lt": lambda: Comparison("lt", Property(path), Literal(begins)),
        }
        return tests[operator]()

    def instant(self, value: Element) -> datetime:
        """A date of the site, even where a Z follows it, unless it says it is stored in UTC."""
        site = self.columns.owner.site
        today = value.find("Today")
        if value.find("Now") is not None:
            return site.world.now()
        if today is not None:
            return self.day_from_today(today.get("OffsetDays", today.get("Offset", "0")))
        stored = value.get("StorageTZ", "").upper() in {"TRUE", "UTC"}
        text = (value.text or "").strip().removesuffix("Z")
        found = parse_instant(f"{text}Z" if stored and "T" in text else text, site.zone.zone)
        if found is None or not 1 < found.year < 9999:
            raise errors.bad_caml()
        return found

    def day_from_today(self, offset: str) -> datetime:
        """The beginning of a day counted from the site's own."""
        site = self.columns.owner.site
        today = site.midnight_today().astimezone(site.zone.zone).date()
        try:
            day = today + timedelta(days=int(offset))
            return datetime.combine(day, time(), site.zone.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise errors.bad_caml() from None


def _balanced(nodes: Sequence[Node]) -> Node:
    """One condition that holds where any of several does, as flat as can be."""
    if len(nodes) == 1:
        return nodes[0]
    middle = len(nodes) // 2
    return Both("or", _balanced(nodes[:middle]), _balanced(nodes[middle:]))
