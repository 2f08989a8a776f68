"""What a colleague does in the browser while programs are at work: edits of items, columns and lists, as JSON.

    {"do": "change", "list": "Digital projects", "item": 4, "by": "ann@example.org", "values": {"Due": "2026-07-01"}}
    {"do": "add", "list": "Digital projects", "values": {"Title": "A new one"}}
    {"do": "delete", "list": "Digital projects", "item": 4}         {"do": "recycle", ...}
    {"do": "rename-column", "list": "Digital projects", "column": "Due", "to": "Target date"}
    {"do": "rename-list", "list": "Digital projects", "to": "Projects 2027"}

An edit is an ordinary one: it makes a version, and Modified, Modified By, the ETag and the change log say so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from connectors.emulator.errors import SharePointError
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.history import EDIT, Entry
from connectors.emulator.rules.subject import find_list
from connectors.emulator.state.document import check, nearest
from connectors.emulator.state.fields import PEOPLE, REFERENCES, Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import APP_ID, User
from connectors.emulator.state.values import Stored, from_json
from connectors.emulator.state.versions import Item, WriteMode
from connectors.emulator.state.world import Site, World


class EditError(ValueError):
    """An edit that cannot be made: one sentence saying why."""


class Deed(StrEnum):
    """The kinds of edits."""

    CHANGE = "change"
    ADD = "add"
    DELETE = "delete"
    RECYCLE = "recycle"
    RENAME_COLUMN = "rename-column"
    RENAME_LIST = "rename-list"


_NEEDS: dict[Deed, tuple[str, ...]] = {
    Deed.CHANGE: ("item", "values"),
    Deed.ADD: ("values",),
    Deed.DELETE: ("item",),
    Deed.RECYCLE: ("item",),
    Deed.RENAME_COLUMN: ("column", "to"),
    Deed.RENAME_LIST: ("to",),
}
_NAME = {"type": "string", "pattern": r"\S"}
_PLACE = {"site": _NAME, "list": _NAME, "by": _NAME}
_DETAILS: dict[str, dict[str, Any]] = {
    "item": {"type": "integer", "minimum": 1},
    "values": {"type": "object"},
    "column": _NAME,
    "to": _NAME,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit. `site` may be left out where there is one, `by` to mean the site's first person.

    Columns go by internal or display name; values are JSON as in a world document: people by login or address,
    lookups by item number or by what they show.
    """

    do: Deed
    list: str = ""
    site: str = ""
    by: str = ""
    item: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    to: str = ""

    def document(self) -> dict[str, Any]:
        """The edit as JSON values."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, {})}

    def about(self, exchange: Exchange) -> "Edit":
        """The edit with what it leaves open taken from a request: its site, list and item."""
        first = exchange.items[0] if exchange.items and "item" in _NEEDS[self.do] else None
        return replace(
            self,
            site=self.site or exchange.site,
            list=self.list or exchange.list,
            item=first if self.item is None else self.item,
        )


def parse_edit(document: Any, where: str = "", *, about_a_request: bool = False) -> Edit:
    """Read an edit; of one about a request, site, list and item may be left open. Raises DocumentError."""
    kinds = {"type": "string", "enum": [deed.value for deed in Deed]}
    everything = {"type": "object", "properties": {"do": kinds, **_PLACE, **_DETAILS}, "required": ["do"]}
    check(document, everything, where, "The body")
    needs = _NEEDS[Deed(document["do"])]
    open_to_requests = {"list", "item"} if about_a_request else set()
    schema = {
        "type": "object",
        "properties": {"do": kinds, **_PLACE, **{name: _DETAILS[name] for name in needs}},
        "required": [name for name in ("list", *needs) if name not in open_to_requests],
    }
    check(document, schema, where, "The body")
    return Edit(**document | {"do": Deed(document["do"])})


def perform(world: World, edit: Edit) -> Entry:
    """Make an edit now and tell it as the history does, but for its number. Raises EditError."""
    site = _site(world, edit.site)
    person = _person(site, edit.by)
    owner = find_list(site, edit.list)
    if owner is None:
        known = [one.title for one in site.lists.values()]
        raise EditError(f"There is no list {edit.list!r} at {site.path}; {nearest(edit.list, known)}")
    told = Entry(0, world.instant(), person.person.login, EDIT, f"edit/{edit.do}", site.path, owner.url)
    try:
        return _done(edit, owner, person, told)
    except SharePointError as error:
        raise EditError(f"The edit {edit.do} of {owner.title!r} is refused: {error.message}") from None


def failed(world: World, edit: Edit, reason: str) -> Entry:
    """The history's line for an edit that could not be made when its turn came."""
    return Entry(
        0, world.instant(), edit.by, EDIT, f"edit/{edit.do}", edit.site, edit.list, edit.item, status=409, error=reason
    )


def _done(edit: Edit, owner: SpList, person: User, told: Entry) -> Entry:
    if edit.do is Deed.ADD:
        made = owner.create(_values(owner, edit.values), person)
        return _about(told, owner, made, edit)
    if edit.do is Deed.RENAME_COLUMN:
        column = _column(owner, edit.column)
        owner.change_field(column, replace(column, title=edit.to))
        return replace(told, columns=(column.name,))
    if edit.do is Deed.RENAME_LIST:
        _rename(owner, edit.to)
        return told
    item = owner.item(edit.item or 0)
    if edit.do is Deed.CHANGE:
        owner.update(item, _values(owner, edit.values), WriteMode.UPDATE, person)
    elif edit.do is Deed.DELETE:
        owner.delete(item)
    else:
        owner.site.recycle(owner, item, person)
    return _about(told, owner, item, edit)


def _about(told: Entry, owner: SpList, item: Item, edit: Edit) -> Entry:
    columns = tuple(sorted(_column(owner, named).name for named in edit.values))
    return replace(told, item=item.id, items=str(item.id), columns=columns)


def _rename(owner: SpList, title: str) -> None:
    other = owner.site.list_titled(title)
    if other is not None and other is not owner:
        raise EditError(f"There is already a list {title!r} at {owner.site.path}.")
    owner.title = title
    owner.touched()


def _site(world: World, path: str) -> Site:
    if not path and len(world.sites) == 1:
        return next(iter(world.sites.values()))
    known = [site.path for site in world.sites.values()]
    if not path:
        raise EditError(f"The edit names no site; {nearest('', known)}")
    found = world.sites.get("/" + path.strip("/").lower())
    if found is None:
        raise EditError(f"There is no site {path!r}; {nearest(path, known)}")
    return found


def _person(site: Site, named: str) -> User:
    if named:
        try:
            return site.ensure_user(named)
        except SharePointError:
            people = [one.person.email or one.person.login for one in site.users.values() if one.id != APP_ID]
            raise EditError(f"There is nobody {named!r} at {site.path}; {nearest(named, people)}") from None
    ordinary = [number for number in site.users if number != APP_ID]
    if not ordinary:
        raise EditError(f"The site {site.path} has no people, so nobody can edit anything; add a user to the world.")
    return site.users[min(ordinary)]


def _column(owner: SpList, named: str) -> Field:
    found = owner.field_named(named) or owner.field_titled(named)
    if found is None or (found.builtin and found.name != "Title"):
        own = [column for column in (owner.title_field, *owner.custom) if not column.hidden]
        known = [column.name for column in own] + [column.title for column in own if column.title != column.name]
        raise EditError(f"The list {owner.title!r} has no column {named!r}; {nearest(named, known)}")
    return found


def _values(owner: SpList, given: Mapping[str, Any]) -> dict[str, Stored]:
    values: dict[str, Stored] = {}
    for named, raw in given.items():
        column = _column(owner, named)
        if not column.writable:
            raise EditError(f"The column {column.title!r} cannot be written.")
        values[column.name] = from_json(column, _resolved(owner, column, raw), owner.site.references())
    return values


def _resolved(owner: SpList, column: Field, raw: Any) -> Any:
    """A value with people and lookup items as numbers, and the rest as a JSON body writes it."""
    if column.type == "URL" and isinstance(raw, dict):
        return {name[:1].upper() + name[1:]: member for name, member in raw.items()}
    if column.type not in REFERENCES or raw is None:
        return raw
    if column.multiple:
        return [_number(owner, column, member) for member in (raw if isinstance(raw, list) else [raw])]
    return _number(owner, column, raw)


def _number(owner: SpList, column: Field, named: Any) -> Any:
    if not isinstance(named, str):
        return named
    if column.type in PEOPLE:
        return _person(owner.site, named).id
    target = owner.site.list_with_id(column.lookup_list)
    for item in target.items.values() if target is not None else ():
        if item.values.get(column.lookup_field) == named:
            return item.id
    raise EditError(f"The column {column.title!r} of {owner.title!r} points to nothing that is called {named!r}.")
