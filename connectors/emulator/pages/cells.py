"""What one item holds in one column, as the pages show it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.emulator.pages import wording
from connectors.emulator.state import approval, checkout
from connectors.emulator.state.approval import Approval
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import APP_ID
from connectors.emulator.state.values import Stored, UrlValue, can_be_kept, parse_instant
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Site

SHORT: Final = 12
_SYSTEM_COLUMNS = ("ID", "Created", "Author", "Modified", "Editor", "_UIVersionString")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text, and where it leads if it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value to show: its parts, and which of the page's styles suits it (`text`, `number`, `date` or `note`)."""

    parts: tuple[Part, ...] = ()
    style: str = "text"

    @property
    def text(self) -> str:
        """The value in words; "" where it is blank."""
        return "; ".join(part.text for part in self.parts)

    @property
    def short(self) -> bool:
        """Whether the value reads best on one line, as a reference does."""
        return len(self.text) <= SHORT


def visible(owner: SpList) -> list[Field]:
    """The list's own columns in order, hidden ones left out."""
    return [column for column in (owner.title_field, *owner.custom) if not column.hidden]


def system(owner: SpList) -> list[Field]:
    """The columns that SharePoint keeps itself, as far as people know them; with approval, its status is one."""
    known = {column.name: column for column in owner.fields()}
    approved = (approval.STATUS,) if owner.settings.content_approval else ()
    return [known[name] for name in (*_SYSTEM_COLUMNS, *approved)]


def held(column: Field, item: Item) -> Stored:
    """What an item holds in one of its list's own columns, or in one that SharePoint keeps."""
    kept: dict[str, Stored] = {
        "ID": item.id,
        "Created": item.created,
        "Author": item.author,
        "Modified": item.modified,
        "Editor": item.editor,
        "_UIVersionString": item.version_label,
        approval.STATUS: approval.status(item.values),
    }
    return kept[column.name] if column.builtin and column.name in kept else item.values.get(column.name)


def cell(site: Site, column: Field, stored: Stored) -> Cell:
    """A stored value as it is shown."""
    if stored is None or stored in ("", ()):
        return Cell()
    if column.type in REFERENCES:
        return Cell(tuple(Part(name) for name in names(site, column, stored)))
    show = _SHOWN.get(column.type)
    return Cell((Part(str(stored)),)) if show is None else show(site, column, stored)


def names(site: Site, column: Field, stored: Stored) -> Iterator[str]:
    """The people or items that a column points to, by name."""
    for number in stored if isinstance(stored, tuple) else (stored,):
        if isinstance(number, int):
            yield person_name(site, number) if column.type in PEOPLE else item_name(site, column, number)


def person_name(site: Site, number: int) -> str:
    """A person's display name."""
    user = site.users.get(number)
    return user.title if user else f"Unknown person {number}"


def item_name(site: Site, column: Field, number: int) -> str:
    """What a lookup column shows for an item of the list it points to."""
    target = site.list_with_id(column.lookup_list)
    item = target.items.get(number) if target else None
    if target is None or item is None:
        return f"Missing item {number}"
    shown = target.field_named(column.lookup_field)
    text = cell(site, shown, held(shown, item)).text if shown and shown.type not in REFERENCES else ""
    return text or f"Item {number}"


def title(owner: SpList, item: Item) -> str:
    """What an item is called; its number where it has no title."""
    return str(item.values.get("Title") or "").strip() or f"Item {item.id}"


def held_by(site: Site, item: Item) -> str:
    """Who has an item checked out, so that others cannot edit it; "" where nobody has."""
    holder = checkout.holder(item)
    return "" if holder is None else f"Checked out to {person_name(site, holder)}."


def people(site: Site) -> list[tuple[int, str]]:
    """Everybody a site knows, by name, the application left out."""
    known = ((user.id, user.title) for user in site.users.values() if user.id != APP_ID)
    return sorted(known, key=lambda each: (each[1].casefold(), each[0]))


def safe_link(url: str) -> str:
    """An address that a page may link to: http or https, else none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme.lower() in {"http", "https"} and parts.netloc else ""


def sort_key(site: Site, column: Field) -> Callable[[Item], tuple[Any, ...]]:
    """What items are sorted by in a column: blank first, numbers and instants by size, words without case."""

    def key(item: Item) -> tuple[Any, ...]:
        stored = held(column, item)
        if stored is None:
            return (0, 0.0, "")
        if isinstance(stored, datetime):
            return (1, stored.timestamp(), "")
        if column.type not in REFERENCES and isinstance(stored, bool | int | float):
            return (1, float(stored), "")
        numeric = _calculated_number(column, stored)
        return (2, 0.0, cell(site, column, stored).text.casefold()) if numeric is None else (1, numeric, "")

    return key


def _calculated_number(column: Field, stored: Stored) -> float | None:
    if column.type != "Calculated" or column.output_type not in {"Number", "Currency"}:
        return None
    try:
        return float(str(stored))
    except ValueError:
        return None


def _note(_: Site, column: Field, stored: Stored) -> Cell:
    text = wording.without_markup(str(stored)) if column.rich_text else str(stored)
    return Cell((Part(text),) if text else (), "note")


def _number(site: Site, _: Field, stored: Stored) -> Cell:
    return Cell((Part(site.locale.number(_float(stored))),), "number")


def _money(site: Site, _: Field, stored: Stored) -> Cell:
    return Cell((Part(site.locale.amount(_float(stored))),), "number")


def _float(stored: Stored) -> float:
    return float(stored) if isinstance(stored, int | float) else 0.0


def _boolean(_: Site, __: Field, stored: Stored) -> Cell:
    return Cell((Part("Yes" if stored else "No"),))


def _date(site: Site, column: Field, stored: Stored) -> Cell:
    if not isinstance(stored, datetime):
        return Cell()
    zone = site.zone.zone
    midnight = column.type == "Calculated" and wording.local(stored, zone).time() == time.min
    show = wording.site_day if column.date_only or midnight else wording.moment
    return Cell((Part(show(stored, zone)),), "date")


def _several(_: Site, __: Field, stored: Stored) -> Cell:
    return Cell(tuple(Part(str(member)) for member in stored) if isinstance(stored, tuple) else ())


def _link(_: Site, __: Field, stored: Stored) -> Cell:
    if not isinstance(stored, UrlValue):
        return Cell()
    return Cell((Part(stored.description or stored.url, safe_link(stored.url)),))


def _approval(_: Site, __: Field, stored: Stored) -> Cell:
    return Cell((Part(Approval(int(_float(stored))).name.capitalize()),))


def _calculated(site: Site, column: Field, stored: Stored) -> Cell:
    text = str(stored)
    numeric = _calculated_number(column, stored)
    if numeric is not None:
        return _money(site, column, numeric) if column.output_type == "Currency" else _number(site, column, numeric)
    if column.output_type == "Boolean" and text in {"0", "1"}:
        return _boolean(site, column, text == "1")
    instant = parse_instant(text, site.zone.zone) if column.output_type == "DateTime" else None
    return _date(site, column, instant) if instant and can_be_kept(instant) else Cell((Part(text),))


_SHOWN: Mapping[str, Callable[[Site, Field, Stored], Cell]] = {
    "Note": _note,
    "Number": _number,
    "Currency": _money,
    "Boolean": _boolean,
    "DateTime": _date,
    "MultiChoice": _several,
    "URL": _link,
    "ModStat": _approval,
    "Calculated": _calculated,
}
