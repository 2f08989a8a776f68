"""Which address is which page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlencode

from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.state.views import View
from connectors.emulator.state.world import Site, World


class Kind(Enum):
    """The pages there are; the value is the last part of an address, but that NO_LIST stands at any."""

    HOME = ""
    STYLE = "_layouts/15/pages.css"
    SITE = "_layouts/15/viewlsts.aspx"
    PERSON = "_layouts/15/person.aspx"
    LIST = "AllItems.aspx"
    ITEM = "DispForm.aspx"
    EDIT = "EditForm.aspx"
    NEW = "NewForm.aspx"
    RECYCLE = "Recycle.aspx"
    NO_LIST = "no list"


@dataclass(frozen=True, slots=True)
class Place:
    """A page, with the site, the list and the view it is about; no view is the list's default one."""

    kind: Kind
    site: Site | None = None
    owner: SpList | None = None
    view: View | None = None


STYLE_PATH = f"/{Kind.STYLE.value}"
VIEW_ID = "viewid"
_SITE_PAGES = {"", "sitepages/home.aspx", Kind.SITE.value.lower()}
_ITEM_PAGES = {kind.value.lower(): kind for kind in (Kind.ITEM, Kind.EDIT, Kind.NEW, Kind.RECYCLE)}


def find(world: World, path: str) -> Place | None:
    """The page at a decoded path; None where there is none. Letter case and a slash at the end make no difference."""
    wanted = "/" + path.strip("/").lower()
    if wanted == "/":
        return Place(Kind.HOME)
    if wanted == STYLE_PATH:
        return Place(Kind.STYLE)
    site = _site(world, wanted)
    return None if site is None else _below(site, wanted.removeprefix(site.path.rstrip("/").lower()).strip("/"))


def _site(world: World, path: str) -> Site | None:
    """The site of the longest path that this one begins with."""
    while path:
        if path in world.sites:
            return world.sites[path]
        path = path.rpartition("/")[0]
    return world.sites.get("/")


def _below(site: Site, rest: str) -> Place | None:
    if rest in _SITE_PAGES:
        return Place(Kind.SITE, site)
    if rest == Kind.PERSON.value.lower():
        return Place(Kind.PERSON, site)
    for owner in site.lists.values():
        url = owner.url.lower()
        if rest == url:
            return Place(Kind.LIST, site, owner)
        if rest.startswith(url + "/"):
            return _in_list(site, owner, rest[len(url) + 1 :])
    return Place(Kind.NO_LIST, site) if rest.startswith("lists/") else None


def _in_list(site: Site, owner: SpList, page: str) -> Place | None:
    if page in _ITEM_PAGES:
        return Place(_ITEM_PAGES[page], site, owner)
    view = next((view for view in owner.views if view.page.lower() == page), None)
    known = view is not None or page == Kind.LIST.value.lower()
    return Place(Kind.LIST, site, owner, view) if known else None


def site_address(site: Site) -> str:
    """Where a site's lists are shown; the root site's address alone is the page of all sites."""
    return quote(site.path) if site.path != "/" else f"/{Kind.SITE.value}"


def person_address(site: Site) -> str:
    """Where the choice of a person is sent."""
    return f"{quote(site.path.rstrip('/'))}/{Kind.PERSON.value}"


def list_address(owner: SpList, query: Mapping[str, str] | None = None, view: View | None = None) -> str:
    """Where a list is shown, in one of its views or in its default one."""
    shown = view or owner.default_view
    if shown.page.lower() in _ITEM_PAGES:
        # A view of such a name shares its address with a form, so it is told by its number.
        return _address(owner, Kind.LIST.value, {VIEW_ID: f"{{{shown.id}}}", **(query or {})})
    return _address(owner, shown.page, query or {})


def new_address(owner: SpList) -> str:
    """Where an item is added."""
    return _address(owner, Kind.NEW.value, {})


def item_address(owner: SpList, item: Item | int, kind: Kind = Kind.ITEM, **query: str) -> str:
    """Where one item is shown, edited or recycled."""
    number = item if isinstance(item, int) else item.id
    return _address(owner, kind.value, {"ID": str(number), **query})


def _address(owner: SpList, page: str, query: Mapping[str, str]) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return f"{quote(owner.server_relative_url)}/{quote(page)}{asked}"
