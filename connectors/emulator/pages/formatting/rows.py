"""What an item holds, as formatting expressions see it: the columns of its view, and no others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.emulator.pages import cells, wording
from connectors.emulator.pages.formatting.values import Record, Value
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.values import Stored, UrlValue, parse_instant
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Site

_TITLES = ("LinkTitle", "LinkTitleNoMenu", "LinkFilename")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item among the columns of a view, by internal name; its number is always among them.

    The service, too, gives a formatter nothing of a column that the view does not show.
    """

    site: Site
    columns: Mapping[str, Field]
    item: Item

    def value(self, name: str) -> Value:
        """What the column holds; blank where the view does not show it."""
        if name == "ID":
            return float(self.item.id)
        column = self._column(name)
        return "" if column is None else value(self.site, column, cells.held(column, self.item))

    def shown(self, name: str) -> str:
        """The same in words."""
        column = self._column(name)
        return "" if column is None else cells.cell(self.site, column, cells.held(column, self.item)).text

    def title(self, name: str) -> str:
        """The column's display name."""
        column = self._column(name)
        return "" if column is None else column.title

    def _column(self, name: str) -> Field | None:
        return self.columns.get("Title" if name in _TITLES else name)


def value(site: Site, column: Field, stored: Stored) -> Value:
    """A stored value as a formatter works with it; blank is the empty text, or nothing of several."""
    if stored is None or stored in ("", ()):
        return () if column.multiple else ""
    if column.type in REFERENCES:
        return _referred(site, column, stored)
    make = _MADE.get(column.type)
    if make is not None:
        return make(site, column, stored)
    if isinstance(stored, int | float) and not isinstance(stored, bool):
        return float(stored)
    return stored if isinstance(stored, str | bool | datetime) else str(stored)


def _referred(site: Site, column: Field, stored: Stored) -> Value:
    one = _person if column.type in PEOPLE else _lookup
    numbers = stored if isinstance(stored, tuple) else (stored,)
    found = tuple(one(site, column, number) for number in numbers if isinstance(number, int))
    return found if column.multiple else found[0] if found else ""


def _person(site: Site, _: Field, number: int) -> Record:
    user = site.users.get(number)
    if user is None:
        return Record(cells.person_name(site, number), {"id": str(number), "title": cells.person_name(site, number)})
    person = user.person
    parts: dict[str, Value] = {
        "id": str(number),
        "title": person.name,
        "email": person.email,
        "sip": person.email,
        "jobTitle": person.job_title,
        "department": person.department,
        "picture": "",
    }
    return Record(person.name, parts)


def _lookup(site: Site, column: Field, number: int) -> Record:
    name = cells.item_name(site, column, number)
    return Record(name, {"lookupId": str(number), "lookupValue": name})


def _note(_: Site, column: Field, stored: Stored) -> Value:
    return wording.without_markup(str(stored)) if column.rich_text else str(stored)


def _several(_: Site, __: Field, stored: Stored) -> Value:
    return tuple(str(member) for member in stored) if isinstance(stored, tuple) else (str(stored),)


def _link(_: Site, __: Field, stored: Stored) -> Value:
    if not isinstance(stored, UrlValue):
        return str(stored)
    return Record(stored.url, {"desc": stored.description or stored.url})


def _approval(site: Site, column: Field, stored: Stored) -> Value:
    words = cells.cell(site, column, stored).text
    number = float(stored) if isinstance(stored, int | float) else 0.0
    return Record(words, {"displayValue": words, "numeric": number}, number)


def _calculated(site: Site, column: Field, stored: Stored) -> Value:
    words = str(stored)
    if column.output_type == "Boolean" and words in {"0", "1"}:
        return words == "1"
    if column.output_type == "DateTime":
        return parse_instant(words, site.zone.zone) or words
    try:
        return float(words) if column.output_type in {"Number", "Currency"} else words
    except ValueError:
        return words


_MADE: Mapping[str, Callable[[Site, Field, Stored], Value]] = {
    "Note": _note,
    "MultiChoice": _several,
    "URL": _link,
    "ModStat": _approval,
    "Calculated": _calculated,
}
