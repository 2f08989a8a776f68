"""Filling a world from a document: sites, people, lists, columns, then items, with names resolved to numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from connectors.emulator.errors import SharePointError
from connectors.emulator.state import approval, checkout, site_roles
from connectors.emulator.state.document import DocumentError, WorldError, check, nearest
from connectors.emulator.state.fields import PEOPLE, TITLE, Field
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.list_settings import VISIBILITIES, ListSettings
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.locales import DEFAULT_LOCALE
from connectors.emulator.state.retention import Label
from connectors.emulator.state.users import Person
from connectors.emulator.state.values import EARLIEST, LATEST, Stored, UrlValue, calculated, can_be_kept, parse_instant
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Clock, MissingIfMatch, Site, World, system_clock
from connectors.emulator.state.world_schema import WORLD_SCHEMA
from connectors.emulator.state.zones import DEFAULT_ZONE

_DATE_LENGTH = 10
_OPTIONS = (
    "description", "required", "indexed", "unique", "hidden", "read_only", "max_length", "fill_in", "rich_text",
    "formula", "output_type", "lookup_field", "custom_formatter", "show_in_new_form", "show_in_edit_form",
    "show_in_display_form",
)  # fmt: skip


def load_world(
    document: Mapping[str, Any],
    *,
    clock: Clock = system_clock,
    seed: int | None = None,
    missing_if_match: MissingIfMatch | None = None,
    strict_change_tokens: bool | None = None,
    limits: Limits | None = None,
) -> World:
    """The world a document describes. Raises WorldError with one sentence saying what is wrong, and where."""
    world = World(
        clock=clock,
        seed=seed,
        missing_if_match=missing_if_match,
        strict_change_tokens=strict_change_tokens,
        limits=limits,
        document=document,
    )
    fill(world, document)
    return world


def fill(world: World, document: Mapping[str, Any]) -> None:
    """Put everything a document describes into an empty world. Raises WorldError."""
    try:
        check(document, WORLD_SCHEMA)
    except DocumentError as error:
        raise WorldError(str(error)) from None
    for number, given in enumerate(document["sites"]):
        _SiteLoader(world, given, f"sites[{number}]").load()
    # When all sites are there: a person is known to the tenant by any of them.
    for number, given in enumerate(document["sites"]):
        for who, role in given.get("roles", {}).items():
            site_roles.give(world.site(given["path"]), who, role, f"sites[{number}].roles")


@dataclass(slots=True)
class _Loading:
    """A list being loaded: its part of the document, where that is, and the items its key names."""

    owner: SpList
    given: Mapping[str, Any]
    where: str
    ids: list[int]
    by_key: dict[str, int]


class _SiteLoader:
    """Loads one site in passes, so that lists and items may refer to later ones."""

    def __init__(self, world: World, given: Mapping[str, Any], where: str) -> None:
        self.given = given
        self.where = where
        self.site: Site = world.add_site(
            given["path"],
            title=given.get("title"),
            time_zone=given.get("time_zone", DEFAULT_ZONE),
            locale=given.get("locale", DEFAULT_LOCALE),
        )
        self.lists: list[_Loading] = []

    def load(self) -> None:
        for given in self.given.get("users", ()):
            self.site.add_user(Person(**given))
        for number, given in enumerate(self.given.get("lists", ())):
            self.lists.append(self._list(given, f"{self.where}.lists[{number}]"))
        for loading in self.lists:
            for number, given in enumerate(loading.given.get("fields", ())):
                self._field(loading.owner, given, f"{loading.where}.fields[{number}]")
            loading.owner.version = 1
            loading.owner.log.entries.clear()
        for loading in self.lists:
            self._number(loading)
        for loading in self.lists:
            for number, given in enumerate(loading.given.get("items", ())):
                where = f"{loading.where}.items[{number}]"
                loading.owner.insert(self._item(loading.owner, given, loading.ids[number], where))
            self._dates(loading.owner)

    def _list(self, given: Mapping[str, Any], where: str) -> _Loading:
        try:
            owner = self.site.add_list(
                given["title"],
                url=given.get("url"),
                description=given.get("description", ""),
                settings=self._settings(given, where),
                hidden=given.get("hidden", False),
                title_field=replace(TITLE, **given.get("title_field", {})),
            )
        except SharePointError:
            raise WorldError(f"{where}.title is {given['title']!r}, which another list of the site has.") from None
        twins = [known for known in self.site.lists.values() if known.url.lower() == owner.url.lower()]
        if len(twins) > 1:
            raise WorldError(f"{where}.url is {owner.url!r}, which another list of the site has.")
        return _Loading(owner, given, where, [], {})

    def _settings(self, given: Mapping[str, Any], where: str) -> ListSettings:
        return ListSettings(
            versioning=given.get("versioning", True),
            version_limit=given.get("version_limit", self.site.world.limits.major_versions),
            content_approval=given.get("content_approval", False),
            draft_visibility=VISIBILITIES.index(given.get("draft_visibility", VISIBILITIES[0])),
            forced_checkout=given.get("forced_checkout", False),
            approvers=frozenset(self._user(login, f"{where}.approvers") for login in given.get("approvers", ())),
            label=Label(**given["label"]) if "label" in given else None,
        )

    def _field(self, owner: SpList, given: Mapping[str, Any], where: str) -> None:
        kind = given["type"]
        default = given.get("default")
        column = Field(
            id=self.site.world.new_guid(),
            name=given["name"],
            title=given.get("title", given["name"]),
            type=kind,
            default=_default(default),
            choices=tuple(given.get("choices", ())),
            date_only=kind == "DateTime" and given.get("date_only", True),
            lookup_list=self._target(given, kind, where),
            **{name: given[name] for name in _OPTIONS if name in given},
        )
        try:
            owner.add_field(column)
            if not column.hidden:
                owner.default_view.fields.append(column.name)
        except SharePointError as error:
            raise WorldError(f"{where} cannot be added: {error.message}") from None

    def _target(self, given: Mapping[str, Any], kind: str, where: str) -> str:
        if kind not in {"Lookup", "LookupMulti"}:
            return ""
        named = given.get("lookup_list")
        found = (self.site.list_titled(named) or self.site.list_at(named)) if named else None
        if found is None:
            known = [one.title for one in self.site.lists.values()]
            raise WorldError(
                f"{where}.lookup_list is {named!r}, which is no list of the site; {nearest(str(named), known)}"
            )
        return found.id

    def _number(self, loading: _Loading) -> None:
        """Give every item its number and remember which key means which."""
        key = loading.given.get("key")
        if key is not None and loading.owner.field_named(key) is None:
            names = [known.name for known in loading.owner.fields()]
            raise WorldError(f"{loading.where}.key is {key!r}, which is no column; {nearest(key, names)}")
        following = 1
        for number, given in enumerate(loading.given.get("items", ())):
            item_id = given.get("id", following)
            if item_id in loading.ids:
                raise WorldError(f"{loading.where}.items[{number}].id is {item_id}, which another item has.")
            loading.ids.append(item_id)
            following = max(following, item_id + 1)
            if key is not None and given["values"].get(key) is not None:
                # A key that occurs twice names the first: real lists hold such pairs.
                loading.by_key.setdefault(str(given["values"][key]), item_id)

    def _item(self, owner: SpList, given: Mapping[str, Any], number: int, where: str) -> Item:
        world = self.site.world
        columns = {known.name: known for known in (owner.title_field, *owner.custom)}
        values: dict[str, Stored] = {}
        for name, raw in given["values"].items():
            if name not in columns:
                raise WorldError(f"{where}.values has the unknown column {name!r}; {nearest(name, columns)}")
            values[name] = self._value(columns[name], raw, f"{where}.values.{name}")
        values |= self._state(given, where)
        created = self._instant(given.get("created"), f"{where}.created") or world.now()
        author = self._user(given["author"], f"{where}.author") if "author" in given else self.site.app.id
        version = given.get("version", 1)
        return Item(
            id=number,
            unique_id=world.new_guid(),
            guid=world.new_guid(),
            values=values,
            created=created,
            modified=self._instant(given.get("modified"), f"{where}.modified") or created,
            author=author,
            editor=self._user(given["editor"], f"{where}.editor") if "editor" in given else author,
            version=version,
            label=version if owner.settings.versioning else 1,
        )

    def _state(self, given: Mapping[str, Any], where: str) -> dict[str, Stored]:
        """What the service keeps about an item besides its columns: approval, and who has checked it out."""
        state: dict[str, Stored] = {}
        if "approval" in given:
            state[approval.STATUS] = int(approval.Approval[given["approval"].upper()])
        if "approval_comment" in given:
            state[approval.COMMENTS] = given["approval_comment"]
        if "checked_out_to" in given:
            state[checkout.HOLDER] = self._user(given["checked_out_to"], f"{where}.checked_out_to")
        return state

    def _dates(self, owner: SpList) -> None:
        if owner.items:
            latest = max(item.modified for item in owner.items.values())
            owner.created = min(owner.created, min(item.created for item in owner.items.values()))
            owner.last_modified = owner.last_user_modified = latest
        owner.last_deleted = owner.created

    # Values

    def _value(self, column: Field, raw: Any, where: str) -> Stored:
        if raw is None or raw == "" or raw == []:
            return None
        readers: dict[str, Callable[[Field, Any, str], Stored]] = {
            "Number": self._number_value,
            "Currency": self._number_value,
            "Boolean": self._flag,
            "DateTime": self._date,
            "URL": self._url,
            "Calculated": self._calculated,
            "MultiChoice": self._texts,
            "Lookup": self._one,
            "User": self._one,
            "LookupMulti": self._several,
            "UserMulti": self._several,
        }
        return readers.get(column.type, self._text)(column, raw, where)

    def _text(self, column: Field, raw: Any, where: str) -> Stored:
        if not isinstance(raw, str):
            raise _wrong(where, "text", raw)
        if column.type == "Text" and len(raw) > column.max_length:
            raise WorldError(f"{where} has {len(raw)} characters; the column takes {column.max_length}.")
        return raw

    def _number_value(self, _: Field, raw: Any, where: str) -> Stored:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise _wrong(where, "a number", raw)
        return float(raw)

    def _flag(self, _: Field, raw: Any, where: str) -> Stored:
        if not isinstance(raw, bool):
            raise _wrong(where, "true or false", raw)
        return raw

    def _date(self, _: Field, raw: Any, where: str) -> Stored:
        instant = self._instant(raw, where)
        if instant is None:
            raise _wrong(where, "a date", raw)
        return instant

    def _instant(self, raw: Any, where: str) -> datetime | None:
        """A date means midnight in the site's zone; an instant is kept as it is."""
        if raw is None:
            return None
        instant = self._read_instant(raw, where)
        if not can_be_kept(instant):
            raise WorldError(f"{where} is {raw}, which is not between {EARLIEST.year} and {LATEST.year}.")
        return instant

    def _read_instant(self, raw: Any, where: str) -> datetime:
        try:
            if isinstance(raw, str) and len(raw) == _DATE_LENGTH:
                day = date.fromisoformat(raw)
                return datetime(day.year, day.month, day.day, tzinfo=self.site.zone.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _wrong(where, "a date such as 2026-07-01", raw) from None
        instant = parse_instant(raw) if isinstance(raw, str) else None
        if instant is None:
            raise _wrong(where, "a date such as 2026-07-01 or an instant such as 2026-07-01T09:00:00Z", raw)
        return instant

    def _url(self, _: Field, raw: Any, where: str) -> Stored:
        if isinstance(raw, str):
            return UrlValue(raw, raw)
        if isinstance(raw, Mapping) and isinstance(raw.get("url"), str) and set(raw) <= {"url", "description"}:
            return UrlValue(raw["url"], str(raw.get("description", raw["url"])))
        raise _wrong(where, "an address, or an object with url and description", raw)

    def _calculated(self, _: Field, raw: Any, where: str) -> Stored:
        if not isinstance(raw, str | int | float):
            raise _wrong(where, "text or a number", raw)
        return calculated(raw)

    def _texts(self, _: Field, raw: Any, where: str) -> Stored:
        members = [raw] if isinstance(raw, str) else raw
        if not isinstance(members, Sequence) or not all(isinstance(member, str) for member in members):
            raise _wrong(where, "a list of text", raw)
        return tuple(members)

    def _one(self, column: Field, raw: Any, where: str) -> Stored:
        if isinstance(raw, list | tuple):
            raise _wrong(where, "one reference", raw)
        return self._reference(column, raw, where)

    def _several(self, column: Field, raw: Any, where: str) -> Stored:
        members = raw if isinstance(raw, list | tuple) else [raw]
        return tuple(self._reference(column, member, where) for member in members)

    def _reference(self, column: Field, raw: Any, where: str) -> int:
        if column.type in PEOPLE:
            return self._user(raw, where)
        target = next(loading for loading in self.lists if loading.owner.id == column.lookup_list)
        if isinstance(raw, int) and not isinstance(raw, bool) and raw in target.ids:
            return raw
        if str(raw) in target.by_key:
            return target.by_key[str(raw)]
        raise WorldError(
            f"{where} is {raw!r}, which no item of {target.owner.title!r} has as its key; "
            f"{nearest(str(raw), list(target.by_key)[:10])}"
        )

    def _user(self, raw: Any, where: str) -> int:
        found = self.site.find_user(raw) if isinstance(raw, str) else None
        if found is None:
            raise WorldError(f"{where} is {raw!r}, which is neither the login nor the address of a user of the site.")
        return found.id


def _default(raw: Any) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "1" if raw else "0"
    return str(raw)


def _wrong(where: str, wanted: str, raw: Any) -> WorldError:
    return WorldError(f"{where} must be {wanted}, not {raw!r}.")
