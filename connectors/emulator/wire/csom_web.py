"""The one question ProcessQuery answers: which web this is. Clients ask it to build the identities of items."""

from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.world import Site

NAMESPACE = "{http://schemas.microsoft.com/sharepoint/clientquery/2009}"
_CONTEXT = "3747adcd-a3c3-41b9-bfab-4a64dd2f1e0a"
"""The type of the context whose Current has a Web."""
_OBJECT = "740c6a0b-85e2-48a0-a494-e0f1759d4aa7"

_PROPERTIES: dict[str, Callable[[Site], str]] = {
    "ServerRelativeUrl": lambda site: site.path,
    "Title": lambda site: site.title,
}


def web_paths(paths: Iterable[Element]) -> frozenset[str]:
    """The object paths that stand for this web: Current, and the Web of it. NotEmulated for any that is neither these
    nor an Identity."""
    known: dict[str, str] = {}
    others = [path for path in paths if _kind(path) != "Identity"]
    for path in others:
        if (
            _kind(path) == "StaticProperty"
            and path.get("Name") == "Current"
            and path.get("TypeId", "").strip("{}").lower() == _CONTEXT
        ):
            known[path.get("Id", "")] = "Current"
    for path in others:
        if _kind(path) == "Property" and path.get("Name") == "Web" and path.get("ParentId") in known:
            known[path.get("Id", "")] = "Web"
        elif path.get("Id", "") not in known:
            raise NotEmulated(f"ProcessQuery object path {_kind(path)} {path.get('Name', '')}".strip())
    return frozenset(number for number, name in known.items() if name == "Web")


def check_query(action: Element, webs: frozenset[str]) -> None:
    """NotEmulated unless a Query is about the web and selects properties that are known."""
    if action.get("ObjectPathId", "") not in webs:
        raise NotEmulated("ProcessQuery action Query")
    query = action.find(f"{NAMESPACE}Query")
    if query is None or query.get("SelectAllProperties", "").lower() == "true":
        raise NotEmulated("ProcessQuery action Query of all properties")
    for name in _selected(action):
        if name not in _PROPERTIES:
            raise NotEmulated(f"ProcessQuery property SP.Web.{name}")


def answer_query(site: Site, action: Element, trace: str) -> list[Any]:
    """The number of the action, and the web with what is selected of it."""
    number = action.get("Id", "")
    shown = {name: _PROPERTIES[name](site) for name in _selected(action)}
    identity = f"{trace}|{_OBJECT}:site:{site.id}:web:{site.web_id}"
    web = {"_ObjectType_": "SP.Web", "_ObjectIdentity_": identity, **shown}
    return [int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0, web]


def _kind(path: Element) -> str:
    return path.tag.removeprefix(NAMESPACE)


def _selected(action: Element) -> list[str]:
    found = action.iterfind(f"{NAMESPACE}Query/{NAMESPACE}Properties/{NAMESPACE}Property")
    return [each.get("Name", "") for each in found]
