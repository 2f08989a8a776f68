"""Resource paths: from an address to the things it names.

SharePoint lets a client say the same thing in many ways: `lists/GetByTitle('t')`, `lists(guid'g')`, `getList('url')`.
A path is read into segments, and the segments are then brought to one canonical form, for example `web/list/item`
with the selectors beside it. Everything after this module knows only the canonical form.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.emulator.errors import bad_expression

_SERVICES = ("/_api", "/_vti_bin")
_NAMED = re.compile(r"^[A-Za-z]\w*=(?=['@])")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path as written: `items(1)` has an argument, `items` has none, `recycle()` has an empty one."""

    name: str
    argument: str | None = None

    @property
    def key(self) -> str:
        """The form the address table is written in."""
        return f"{self.name.lower()}()" if self.argument else self.name.lower()


@dataclass(frozen=True, slots=True)
class Selector:
    """Which one of a collection: `by` is id, title, url, name, email or login."""

    by: str
    value: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A canonical path and the selectors met on the way, by the canonical name they select."""

    pattern: str
    selectors: Mapping[str, Selector]
    last: str


# What may be written -> what it means, and how the argument selects.
FORMS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("lists", "getbytitle()"), "list", "title"),
    (("lists", "getbyid()"), "list", "id"),
    (("lists()",), "list", "id"),
    (("getlist()",), "list", "url"),
    (("getlistusingpath()",), "list", "url"),
    (("getlistbytitle()",), "list", "title"),
    (("items", "getbyid()"), "item", "id"),
    (("items", "getitembyid()"), "item", "id"),
    (("items", "getbystringid()"), "item", "id"),
    (("items()",), "item", "id"),
    (("getitembyid()",), "item", "id"),
    (("fields", "getbyinternalnameortitle()"), "field", "name"),
    (("fields", "getbytitle()"), "field", "title"),
    (("fields", "getbyid()"), "field", "id"),
    (("fields()",), "field", "id"),
    (("views", "getbytitle()"), "view", "title"),
    (("views", "getbyid()"), "view", "id"),
    (("views()",), "view", "id"),
    (("getview()",), "view", "id"),
    (("defaultview",), "view", "default"),
    (("setshowinnewform()",), "setshowinnewform", "true or false"),
    (("setshowineditform()",), "setshowineditform", "true or false"),
    (("setshowindisplayform()",), "setshowindisplayform", "true or false"),
    (("breakroleinheritance()",), "breakroleinheritance", "true or false, twice"),
    (("addviewfield()",), "addviewfield", "name"),
    (("removeviewfield()",), "removeviewfield", "name"),
    (("versions", "getbyid()"), "version", "id"),
    (("versions()",), "version", "id"),
    (("siteusers", "getbyemail()"), "user", "email"),
    (("siteusers", "getbyloginname()"), "user", "login"),
    (("siteusers", "getbyid()"), "user", "id"),
    (("siteusers()",), "user", "id"),
    (("getuserbyid()",), "user", "id"),
    (("ensureuser()",), "ensureuser", "login"),
    (("recyclebin", "getbyid()"), "recycled", "id"),
    (("recyclebin()",), "recycled", "id"),
)
_IMPLIED_WEB = ("lists", "lists()", "fields", "siteusers", "siteusers()")


def split_service(path: str) -> tuple[str, str, str] | None:
    """Cut a decoded path into the site, the service (`_api` or `_vti_bin`) and the rest; None where there is none."""
    lowered = path.lower()
    for service in _SERVICES:
        at = lowered.find(service)
        while at >= 0:
            end = at + len(service)
            if end == len(path) or path[end] == "/":
                return path[:at] or "/", service[1:], path[end:].strip("/")
            at = lowered.find(service, end)
    return None


def parse(path: str) -> list[Segment]:
    """Read a decoded path below `_api` into segments; slashes and brackets inside quotes are part of the argument."""
    segments: list[Segment] = []
    for part in _split(path):
        name, bracket, argument = part.partition("(")
        if not bracket:
            segments.append(Segment(name))
            continue
        if not name or not argument.endswith(")"):
            raise bad_expression(path)
        segments.append(Segment(name, argument[:-1].strip()))
    return segments


def _split(path: str) -> list[str]:
    parts: list[str] = []
    current: list[str] = []
    quoted, depth = False, 0
    for letter in path:
        if letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        if letter == "/" and not quoted and depth == 0:
            parts.append("".join(current))
            current = []
        else:
            current.append(letter)
    if quoted or depth:
        raise bad_expression(path)
    parts.append("".join(current))
    return [part for part in parts if part]


def literal(argument: str, parameters: Mapping[str, str]) -> str:
    """The text of an argument: `'t'`, `guid'g'`, `7`, or `@v` looked up among the query's parameters."""
    text = _NAMED.sub("", argument)
    if text.startswith("@"):
        text = parameters.get(text, "")
        if text.startswith("{"):
            return _decoded_url(text)
    if text.lower().startswith("guid'"):
        text = text[4:]
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def _decoded_url(text: str) -> str:
    try:
        alias: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise bad_expression(text) from None
    value = alias.get("DecodedUrl") if isinstance(alias, dict) else None
    if not isinstance(value, str):
        raise bad_expression(text)
    return value


def canonical(path: str, parameters: Mapping[str, str]) -> Resource:
    """The canonical form of a decoded path below `_api`."""
    segments = parse(path)
    keys = [segment.key for segment in segments]
    if keys[:2] == ["site", "rootweb"]:
        segments, keys = segments[2:], keys[2:]
        segments.insert(0, Segment("web"))
        keys.insert(0, "web")
    elif keys and keys[0] in _IMPLIED_WEB:
        segments.insert(0, Segment("web"))
        keys.insert(0, "web")
    names: list[str] = []
    selectors: dict[str, Selector] = {}
    at = 0
    while at < len(segments):
        for written, name, by in FORMS:
            if tuple(keys[at : at + len(written)]) == written:
                argument = segments[at + len(written) - 1].argument or ""
                selectors[name] = Selector(by, literal(argument, parameters))
                names.append(name)
                at += len(written)
                break
        else:
            names.append(keys[at].removesuffix("()"))
            at += 1
    last = segments[-1].name if segments else ""
    return Resource("/".join(names), selectors, last)
