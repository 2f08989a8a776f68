"""One visit to one page: what was asked, where, and who asks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from connectors.emulator.pages import cells
from connectors.emulator.pages.places import VIEW_ID, Place
from connectors.emulator.pages.visit import Visit
from connectors.emulator.rules.history import EDIT, Entry
from connectors.emulator.service import Service
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import User
from connectors.emulator.state.versions import Item
from connectors.emulator.state.views import View
from connectors.emulator.state.world import Site, World

PERSON_COOKIE = "emulator-person"
REMEMBERED = 30 * 24 * 3600


class NoSuchPageError(Exception):
    """The page is about something that is not there: one sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A visit with its place worked out. The properties raise NoSuchPageError for what is not there."""

    service: Service
    visit: Visit
    place: Place

    @property
    def world(self) -> World:
        """What is served now."""
        return self.service.world

    @property
    def site(self) -> Site:
        """The site the page is about."""
        if self.place.site is None:
            raise NoSuchPageError("This page belongs to no site.")
        return self.place.site

    @property
    def owner(self) -> SpList:
        """The list the page is about."""
        if self.place.owner is None:
            raise NoSuchPageError("This site has no list at this address.")
        return self.place.owner

    @property
    def view(self) -> View:
        """The view of the list: the one whose number is asked for, else the one at this address, else the default."""
        asked = self.visit.asked(VIEW_ID).strip("{} ").lower()
        if not asked:
            return self.place.view or self.owner.default_view
        view = next((view for view in self.owner.views if view.id.lower() == asked), None)
        if view is None:
            raise NoSuchPageError("This list has no such view. It may have been deleted.")
        return view

    @property
    def item(self) -> Item:
        """The item the page is about."""
        number = self.visit.asked("ID")
        item = self.owner.items.get(int(number)) if number.isdecimal() and len(number) < 12 else None
        if item is None:
            raise NoSuchPageError("There is no such item in this list. It may have been recycled.")
        return item

    @property
    def person(self) -> User:
        """Who edits: the person remembered by the cookie, else the first the site knows, else the application."""
        remembered = self.visit.cookie(PERSON_COOKIE)
        known = self.site.find_user(remembered) if remembered else None
        return known or next((self.site.users[number] for number, _ in cells.people(self.site)), self.site.app)

    def remember(self, person: User) -> str:
        """The Set-Cookie that remembers a person."""
        secure = "; Secure" if self.visit.request.origin.startswith("https:") else ""
        value = quote(person.person.login, safe="")
        return f"{PERSON_COOKIE}={value}; Path=/; Max-Age={REMEMBERED}; HttpOnly; SameSite=Strict{secure}"

    def tell(self, deed: str, person: User, item: Item, columns: Iterable[str] = ()) -> None:
        """Put an edit that was made into the history, where it stands among the requests of clients."""
        history, login = self.service.history, person.person.login
        told = Entry(
            history.arrival(), self.world.instant(), login, EDIT, f"edit/{deed}", self.site.path, self.owner.url
        )
        history.append(replace(told, item=item.id, items=str(item.id), columns=tuple(sorted(columns))))
