"""The world: sites, their people and lists, one clock, one source of identifiers, one lock."""

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from connectors.emulator import errors
from connectors.emulator.state.changes import ChangeLog, ChangeToken, ticks
from connectors.emulator.state.document import WorldError
from connectors.emulator.state.fields import TITLE, Field
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.list_settings import ListSettings
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.locales import DEFAULT_LOCALE, LOCALES, Locale
from connectors.emulator.state.users import APP_ID, APP_PERSON, FIRST_USER_ID, Person, User
from connectors.emulator.state.values import References, Stored, from_text
from connectors.emulator.state.versions import Item
from connectors.emulator.state.zones import DEFAULT_ZONE, ZONES, SiteZone

FIRST_CHANGE = 612_480_152
_BAD_IN_URLS = '"#%*:<>?/\\|'

Clock = Callable[[], datetime]
MissingIfMatch = Literal["overwrite", "refuse"]


def system_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Recycled:
    """An item in the recycle bin."""

    id: str
    list_id: str
    item: Item
    deleted: datetime
    deleted_by: int


@dataclass(slots=True, eq=False)
class Site:
    """One site: its zone, its locale, its people and what they may do there, its lists and its recycle bin."""

    world: "World"
    path: str
    title: str
    zone: SiteZone
    id: str
    web_id: str
    user_list_id: str
    created: datetime
    users: dict[int, User] = field(default_factory=dict)
    lists: dict[str, SpList] = field(default_factory=dict)
    recycled: dict[str, Recycled] = field(default_factory=dict)
    version: int = 1
    locale: Locale = LOCALES[DEFAULT_LOCALE]
    roles: dict[str, str] = field(default_factory=dict)

    # People

    def add_user(self, person: Person, number: int | None = None) -> User:
        """Make a person known to the site; a person already known keeps the number."""
        known = self.find_user(person.login)
        if known is not None:
            return known
        ordinary = [taken for taken in self.users if taken < APP_ID]
        number = number or max(ordinary, default=FIRST_USER_ID - 1) + 1
        user = User(number, person, self.world.new_guid())
        self.users[number] = user
        return user

    def find_user(self, text: str) -> User | None:
        """The user of this login, address or sign-in name."""
        return next((user for user in self.users.values() if user.person.answers_to(text)), None)

    def ensure_user(self, text: str) -> User:
        """The user of this login, added from the directory if the site has not met the person."""
        known = self.find_user(text)
        if known is not None:
            return known
        for person in self.world.directory():
            if person.answers_to(text):
                return self.add_user(person)
        raise errors.user_not_resolved(text)

    def user(self, number: int) -> User:
        """The user with this number."""
        if number not in self.users:
            raise errors.user_not_found()
        return self.users[number]

    @property
    def app(self) -> User:
        """Who an application is that acts by itself."""
        return self.users[APP_ID]

    def acting(self, login: str | None) -> User:
        """Who a change is recorded under: a person, or the application itself where there is none."""
        return self.app if login is None else self.ensure_user(login)

    # Lists

    def list_titled(self, title: str) -> SpList | None:
        """The list of this title, in any case."""
        wanted = title.lower()
        return next((known for known in self.lists.values() if known.title.lower() == wanted), None)

    def list_at(self, url: str) -> SpList | None:
        """The list at an address: site-relative, server-relative or absolute."""
        wanted = url.strip().strip("/").lower()
        for known in self.lists.values():
            full = known.server_relative_url.strip("/").lower()
            if wanted in {known.url.lower(), full} or wanted.endswith("/" + full) or wanted.startswith(full + "/"):
                return known
        return None

    def list_with_id(self, guid: str) -> SpList | None:
        """The list of this identifier, with or without braces."""
        return self.lists.get(guid.strip("{}").lower())

    def chosen_list(self, by: str, value: str) -> SpList | None:
        """The list a path selects `by` its title, its address ("url") or its identifier."""
        choose = {"title": self.list_titled, "url": self.list_at}.get(by, self.list_with_id)
        return choose(value)

    def add_list(
        self,
        title: str,
        *,
        url: str | None = None,
        description: str = "",
        settings: ListSettings | None = None,
        hidden: bool = False,
        title_field: Field = TITLE,
    ) -> SpList:
        """Make an empty generic list. Raises SharePointError where the title is taken."""
        if self.list_titled(title) is not None:
            raise errors.duplicate_list()
        guid = self.world.new_guid()
        log = ChangeLog(guid, ChangeToken(guid, ticks(self.world.instant()), self.world.next_change()))
        made = SpList(
            self,
            guid,
            title,
            url or self._free_url(title),
            self.world.now(),
            log,
            description=description,
            settings=settings or ListSettings(version_limit=self.world.limits.major_versions),
            hidden=hidden,
            title_field=title_field,
        )
        self.lists[guid] = made
        return made

    def _free_url(self, title: str) -> str:
        name = "".join(letter for letter in title if letter not in _BAD_IN_URLS).strip() or "List"
        taken = {known.url.lower() for known in self.lists.values()}
        number = 0
        candidate = f"Lists/{name}"
        while candidate.lower() in taken:
            number += 1
            candidate = f"Lists/{name}{number}"
        return candidate

    def delete_list(self, old: SpList) -> None:
        """Remove a list with everything in it."""
        del self.lists[old.id]
        for bin_id in [key for key, entry in self.recycled.items() if entry.list_id == old.id]:
            del self.recycled[bin_id]

    def recycle(self, owner: SpList, item: Item, by: User) -> str:
        """Move an item to the recycle bin; its identifier there is returned."""
        owner.delete(item)
        entry = Recycled(self.world.new_guid(), owner.id, item, self.world.now(), by.id)
        self.recycled[entry.id] = entry
        return entry.id

    # What columns need to know

    def references(self) -> References:
        """How numbers in people and lookup columns are checked at this site."""

        def item_exists(list_id: str, number: int) -> bool:
            target = self.list_with_id(list_id)
            return target is not None and number in target.items

        def find(text: str) -> int | None:
            user = self.find_user(text)
            return user.id if user else None

        return References(self.users.__contains__, item_exists, find, self.zone.zone)

    def defaults(self, owner: SpList) -> Iterator[tuple[Field, Stored]]:
        """The columns of a list that have a default, with its value now."""
        known = self.references()
        for column in (owner.title_field, *owner.custom):
            if column.default is None or not column.about.writable:
                continue
            today = column.type == "DateTime" and column.default.strip().lower() == "[today]"
            yield column, self.midnight_today() if today else from_text(column, column.default, known)

    def midnight_today(self) -> datetime:
        """The beginning of the site's own day, in UTC."""
        local = self.world.instant().astimezone(self.zone.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


class World:
    """Everything the server knows, in memory.

    `clock` gives an aware UTC datetime; it fills Created, Modified, change tokens and the Date header. The same seed
    and the same sequence of operations give the same identifiers. `missing_if_match` says what an update without
    If-Match does. A change token older than the log is answered with no changes and no word, as the service does;
    `strict_change_tokens` makes it the error the service documents. Where these two are not given, the document's own
    hold. `limits` are the service's own where absent.
    """

    def __init__(
        self,
        *,
        clock: Clock = system_clock,
        seed: int | None = None,
        missing_if_match: MissingIfMatch | None = None,
        strict_change_tokens: bool | None = None,
        limits: Limits | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        given = document or {}
        self.clock = clock
        self.missing_if_match: MissingIfMatch = missing_if_match or given.get("missing_if_match", "overwrite")
        self.strict_change_tokens: bool = (
            given.get("strict_change_tokens", False) if strict_change_tokens is None else strict_change_tokens
        )
        self.limits = limits or Limits()
        self.sites: dict[str, Site] = {}
        digest = hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()
        self.seed = int(digest[:15], 16) if seed is None else seed
        self.id = hashlib.sha256(f"{self.seed}".encode()).hexdigest()[:8]
        self.name = str(given.get("world", "empty"))
        self._identifiers = random.Random(self.seed)  # noqa: S311 - identifiers, not secrets
        self._changes = FIRST_CHANGE

    def state(self) -> dict[str, Any]:
        """What makes the world go on as it would have: its name, its options, and what is numbered or drawn next."""
        version, numbers, gauss = self._identifiers.getstate()
        chance = [version, list(numbers), gauss]
        return {
            "name": self.name,
            "missing_if_match": self.missing_if_match,
            "strict_change_tokens": self.strict_change_tokens,
            "seed": self.seed,
            "id": self.id,
            "changes": self._changes,
            "identifiers": chance,
        }

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on as the world whose `state` this is."""
        self.name, self.seed, self.id = state["name"], state["seed"], state["id"]
        self.missing_if_match = state.get("missing_if_match", self.missing_if_match)
        self.strict_change_tokens = state.get("strict_change_tokens", self.strict_change_tokens)
        self._changes = state["changes"]
        version, numbers, gauss = state["identifiers"]
        self._identifiers.setstate((version, tuple(numbers), gauss))

    def instant(self) -> datetime:
        """Now, as exact as the clock is."""
        return self.clock().astimezone(UTC)

    def now(self) -> datetime:
        """Now, to the second: items carry no fractions."""
        return self.instant().replace(microsecond=0)

    def oldest_change(self) -> datetime:
        """When the change logs begin: what happened earlier has been forgotten."""
        return self.instant() - self.limits.change_retention

    def new_guid(self) -> str:
        """The next identifier."""
        return str(uuid.UUID(int=self._identifiers.getrandbits(128), version=4))

    def next_change(self) -> int:
        """The next number in the change log."""
        self._changes += 1
        return self._changes

    def add_site(
        self, path: str, *, title: str | None = None, time_zone: int = DEFAULT_ZONE, locale: int = DEFAULT_LOCALE
    ) -> Site:
        """Make an empty site at a server-relative path."""
        clean = "/" + path.strip("/")
        if clean.lower() in self.sites:
            raise WorldError(f"There are two sites at {clean}; give each site a path of its own.")
        if time_zone not in ZONES:
            known = ", ".join(str(number) for number in ZONES)
            raise WorldError(f"The site {clean} has time zone {time_zone}, which is not emulated; known are {known}.")
        site = Site(
            self,
            clean,
            title or clean.rsplit("/", 1)[-1],
            ZONES[time_zone],
            self.new_guid(),
            self.new_guid(),
            self.new_guid(),
            self.now(),
            locale=LOCALES[locale],
        )
        site.add_user(APP_PERSON, APP_ID)
        self.sites[clean.lower()] = site
        return site

    def site(self, path: str) -> Site:
        """The site at a server-relative path."""
        found = self.sites.get("/" + path.strip("/").lower())
        if found is None:
            raise errors.web_missing()
        return found

    def directory(self) -> Iterator[Person]:
        """Everybody the tenant knows, site by site."""
        for site in self.sites.values():
            yield from (user.person for user in site.users.values())
