"""`_vti_bin/client.svc/ProcessQuery`: setting values on items and saving them in one of three ways.

The object model of the service is far larger. Here are the calls that write list items, and the one question that
clients ask beforehand; anything else is a 501.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated, SharePointError
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import User
from connectors.emulator.state.values import Stored, from_text
from connectors.emulator.state.versions import Item, WriteMode
from connectors.emulator.state.world import Site, World
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.calls import Request
from connectors.emulator.wire.csom_values import parameter_text, parameter_value
from connectors.emulator.wire.csom_web import NAMESPACE as _NAMESPACE
from connectors.emulator.wire.csom_web import answer_query, check_query, web_paths
from connectors.emulator.wire.xml import read_xml

_IDENTITY = re.compile(
    r"(?:^|\|)740c6a0b-85e2-48a0-a494-e0f1759d4aa7:site:(?P<site>[^:]+):web:(?P<web>[^:]+):list:(?P<list>[^:]+)"
    r":item:(?P<item>\d{1,18}),1$",
    re.IGNORECASE,
)
_QUERY = f"{_NAMESPACE}Query"
_SETS = frozenset({"SetFieldValue", "ParseAndSetFieldValue"})
_SAVES = {mode.value: mode for mode in WriteMode}
# Read from the bytes, because the price is known before anything is done; no value of a column can hold a bare `<`.
_SAVING = re.compile(rf"<(?:[\w.-]+:)?Method\s[^<>]*?\bName\s*=\s*[\"'](?:{'|'.join(_SAVES)})[\"']".encode())


@dataclass(slots=True)
class _Target:
    """An item a request works on, with the values it has set and not yet saved."""

    owner: SpList
    item: Item
    pending: dict[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a request acts for, and which lists they may change items of."""

    user: User
    may_write: Callable[[SpList], bool]


def process_query(
    world: World, site: Site, request: Request, actor: Actor, saves_allowed: int | None = None
) -> Response:
    """Do the actions in order. The first that fails ends the request; those before it have happened.

    After `saves_allowed` saves, where that is given, the request fails on purpose.
    """
    trace = world.new_guid()
    results: list[Any] = []
    try:
        root = _parsed(request.body, world.limits)
        targets = _Targets(site, root, actor.may_write)
        actions = list(root.iterfind(f"{_NAMESPACE}Actions/*"))
        for action in actions:
            _check_known(action, targets.webs)
        for action in _until(actions, saves_allowed):
            if action.tag == _QUERY:
                results += answer_query(site, action, trace)
            else:
                _act(site, targets, action, actor.user)
    except RecursionError:
        return _answer(trace, _error_info(errors.bad_query("The request is nested too deeply."), trace))
    except SharePointError as error:
        return _answer(trace, _error_info(error, trace))
    return _answer(trace, None, results)


def _until(actions: list[Element], saves_allowed: int | None) -> Iterator[Element]:
    """The actions that are still done, and then the failure where one is wanted."""
    saved = 0
    for action in actions:
        if saved == saves_allowed:
            break
        yield action
        saved += action.get("Name") in _SAVES
    if saves_allowed is not None:
        raise errors.broken_off()


def price(body: bytes) -> int:
    """What a request costs: two units for every item it saves, one where it saves none (assumed)."""
    return 2 * saves(body) or 1


def saves(body: bytes) -> int:
    """How many times a request saves an item, whether or not it comes to that."""
    return len(_SAVING.findall(body))


def only_asks(body: bytes) -> bool:
    """Whether a request does nothing but ask which web this is; what cannot be read does not."""
    if b"Method" in body:
        return False  # soon told, of the large ones
    root = read_xml(body)
    actions = [] if root is None else root.findall(f"{_NAMESPACE}Actions/*")
    return bool(actions) and all(action.tag == _QUERY for action in actions)


def _parsed(body: bytes, limits: Limits) -> Element:
    if len(body) > limits.query_bytes:
        raise SharePointError(
            200,
            "-1, Microsoft.SharePoint.Client.InvalidClientQueryException",
            "The request message is too big. The server does not allow messages larger than "
            f"{limits.query_bytes} bytes.",
        )
    root = read_xml(body)
    if root is None:
        raise errors.bad_query("The request is not well-formed XML.")
    if root.tag != f"{_NAMESPACE}Request":
        raise errors.bad_query("The request must be a Request element.")
    _check_size(root, limits)
    return root


def _check_size(root: Element, limits: Limits) -> None:
    saved = {
        action.get("ObjectPathId")
        for action in root.iterfind(f"{_NAMESPACE}Actions/{_NAMESPACE}Method")
        if action.get("Name") in _SAVES
    }
    if len(saved) > limits.query_items:
        raise errors.bad_query("The request uses too many resources.")


class _Targets:
    """The items the object paths name, found when an action first needs them."""

    def __init__(self, site: Site, root: Element, may_write: Callable[[SpList], bool]) -> None:
        self.site = site
        self.may_write = may_write
        self.names: dict[str, str] = {}
        self.found: dict[str, _Target] = {}
        paths = list(root.iterfind(f"{_NAMESPACE}ObjectPaths/*"))
        self.webs = web_paths(paths)
        for path in paths:
            if path.tag == f"{_NAMESPACE}Identity":
                self.names[path.get("Id", "")] = path.get("Name", "")

    def get(self, path_id: str) -> _Target:
        if path_id not in self.found:
            self.found[path_id] = self._find(path_id)
        return self.found[path_id]

    def _find(self, path_id: str) -> _Target:
        name = self.names.get(path_id)
        if name is None:
            raise errors.bad_query(f"The object path {path_id} does not exist.")
        match = _IDENTITY.search(name)
        if match is None:
            raise NotEmulated("ProcessQuery identity that is not a list item")
        if (_guid(match["site"]), _guid(match["web"])) != (self.site.id, self.site.web_id):
            raise errors.web_missing()
        owner = self.site.list_with_id(match["list"])
        if owner is None:
            raise errors.list_missing()
        if not self.may_write(owner):
            raise errors.access_denied()
        return _Target(owner, owner.item(int(match["item"])))


def _guid(text: str) -> str:
    return text.strip("{}").lower()


def _check_known(action: Element, webs: frozenset[str]) -> None:
    """Refuse what is not emulated before anything is done."""
    if action.tag == _QUERY:
        check_query(action, webs)
        return
    kind, name = action.tag.removeprefix(_NAMESPACE), action.get("Name", "")
    if kind != "Method":
        raise NotEmulated(f"ProcessQuery action {kind}")
    if name not in _SAVES and name not in _SETS:
        raise NotEmulated(f"ProcessQuery method {name}")


def _act(site: Site, targets: _Targets, action: Element, actor: User) -> None:
    name = action.get("Name", "")
    if name in _SAVES:
        target = targets.get(action.get("ObjectPathId", ""))
        target.owner.update(target.owner.item(target.item.id), target.pending, _SAVES[name], actor)
        target.pending = {}
    else:
        _set(
            site, targets.get(action.get("ObjectPathId", "")), name, list(action.iterfind(f"{_NAMESPACE}Parameters/*"))
        )


def _set(site: Site, target: _Target, method: str, parameters: list[Element]) -> None:
    if len(parameters) != 2:
        raise errors.bad_query(f"The method {method} takes two parameters.")
    name = parameter_text(parameters[0]) or ""
    column = next((known for known in target.owner.fields() if known.name == name), None)
    if column is None:
        raise errors.field_missing(name)
    if not target.owner.takes(column):
        raise errors.read_only()
    known = site.references()
    if method == "SetFieldValue":
        target.pending[column.name] = parameter_value(column, parameters[1], known)
    else:
        target.pending[column.name] = from_text(column, parameter_text(parameters[1]), known)


def _error_info(error: SharePointError, trace: str) -> dict[str, Any]:
    return {
        "ErrorMessage": error.message,
        "ErrorValue": None,
        "TraceCorrelationId": trace,
        "ErrorCode": error.number,
        "ErrorTypeName": error.type_name,
    }


def _answer(trace: str, error_info: dict[str, Any] | None, results: Iterable[Any] = ()) -> Response:
    head = '"SchemaVersion":"15.0.0.0","LibraryVersion":"16.0.22001.12005","ErrorInfo":'
    # The service writes a slash in a text as an escape.
    shown = "".join(f",{_compact(result)}".replace("/", "\\u002f") for result in results)
    text = f'[\r{{\r{head}{_compact(error_info)},"TraceCorrelationId":"{trace}"\r}}{shown}\r]'
    return Response(200, {"Content-Type": "application/json; charset=utf-8"}, text.encode())


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
