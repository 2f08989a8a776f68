"""Which address is which page."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlencode

from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
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
    """A page, with the site and the list it is about."""

    kind: Kind
    site: Site | None = None
    owner: SpList | None = None


STYLE_PATH = f"/{Kind.STYLE.value}"
_SITE_PAGES = {"", "sitepages/home.aspx", Kind.SITE.value.lower()}
_LIST_PAGES = {kind.value.lower(): kind for kind in (Kind.LIST, Kind.ITEM, Kind.EDIT, Kind.NEW, Kind.RECYCLE)}


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
            kind = _LIST_PAGES.get(rest[len(url) + 1 :])
            return None if kind is None else Place(kind, site, owner)
    return Place(Kind.NO_LIST, site) if rest.startswith("lists/") else None


def site_address(site: Site) -> str:
    """Where a site's lists are shown; the root site's address alone is the page of all sites."""
    return quote(site.path) if site.path != "/" else f"/{Kind.SITE.value}"


def person_address(site: Site) -> str:
    """Where the choice of a person is sent."""
    return f"{quote(site.path.rstrip('/'))}/{Kind.PERSON.value}"


def list_address(owner: SpList, query: Mapping[str, str] | None = None) -> str:
    """Where a list is shown."""
    return _address(owner, Kind.LIST, query or {})


def new_address(owner: SpList) -> str:
    """Where an item is added."""
    return _address(owner, Kind.NEW, {})


def item_address(owner: SpList, item: Item | int, kind: Kind = Kind.ITEM, **query: str) -> str:
    """Where one item is shown, edited or recycled."""
    number = item if isinstance(item, int) else item.id
    return _address(owner, kind, {"ID": str(number), **query})


def _address(owner: SpList, kind: Kind, query: Mapping[str, str]) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return f"{quote(owner.server_relative_url)}/{kind.value}{asked}"
