"""What a request is about: the list, the items and the columns it names, for rules and for the history.

Nothing here refuses anything: what a request does not tell, or tells wrongly, is left out.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator

from connectors.emulator.rules.exchange import Exchange, Saves
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.state.world import Site
from connectors.emulator.wire.calls import Request
from connectors.emulator.wire.csom import saves
from connectors.emulator.wire.paths import Resource
from connectors.emulator.wire.shapes import Body, Collection, Entity

_IDENTITY = re.compile(rb"<Identity\b([^<>]{0,600}):list:\{?([0-9A-Fa-f-]{36})\}?:item:(\d{1,18}),1([^<>]{0,200})>")
_SET = re.compile(
    rb'<Method\b([^<>]{0,200}Name="(?:ParseAnd)?SetFieldValue"[^<>]{0,200})>\s*<Parameters>\s*'
    rb"<Parameter[^<>/]{0,200}>([^<]{1,255})<"
)
_ID = re.compile(rb'\bId="(\d{1,9})"')
_PATH = re.compile(rb'\bObjectPathId="(\d{1,9})"')
_ITEM = re.compile(r"/Items\((\d+)\)$")
_REMOVING = frozenset({"web/list/item/deleteobject", "web/list/item/recycle"})


def note_resource(exchange: Exchange, site: Site, resource: Resource) -> None:
    """Note the list and the item a path names, and the columns its body writes."""
    chosen = resource.selectors.get("list")
    owner = site.chosen_list(chosen.by, chosen.value) if chosen is not None else None
    if owner is not None:
        _note_list(exchange, owner)
    number = whole_number(resource.selectors["item"].value) if "item" in resource.selectors else None
    if number is not None:
        exchange.item = number
        exchange.items = (exchange.item,)
    if resource.pattern.startswith("web/list/item"):
        exchange.columns = _columns(exchange.request)


def note_saves(exchange: Exchange, site: Site) -> None:
    """Note the lists, the items and the columns of a ProcessQuery."""
    saves = [(owner, each) for owner, each in _saves(exchange.request.body, site) if each.items]
    if len(saves) == 1:
        ((owner, (_, exchange.items, exchange.columns)),) = saves
        _note_list(exchange, owner)
        exchange.item = exchange.items[0] if len(exchange.items) == 1 else None
        return
    exchange.saves = tuple(each for _, each in saves)
    exchange.list_names = frozenset(name for owner, _ in saves for name in _names(owner))
    exchange.items = tuple(sorted({number for each in exchange.saves for number in each.items}))


def _saves(body: bytes, site: Site) -> Iterator[tuple[SpList, Saves]]:
    """By list, in the order of their identifiers; lists that the site has not are left out."""
    places: dict[bytes, str] = {}
    items: dict[str, set[int]] = {}
    for before, guid, item, after in _IDENTITY.findall(body):
        found = _ID.search(before) or _ID.search(after)
        places[found[1] if found else b""] = guid.decode().lower()
        items.setdefault(guid.decode().lower(), set()).add(int(item))
    columns: dict[str, set[str]] = {}
    for attributes, name in _SET.findall(body):
        path = _PATH.search(attributes)
        place = places.get(path[1]) if path else None
        columns.setdefault(place or "", set()).add(html.unescape(name.decode("utf-8", "replace")))
    for guid in sorted(items):
        owner = site.list_with_id(guid)
        if owner is not None:
            yield owner, Saves(owner.url, tuple(sorted(items[guid])), tuple(sorted(columns.get(guid, ()))))


def note_shown(exchange: Exchange, body: Body) -> None:
    """Note the items an answer shows."""
    if exchange.operation == "web/list/items" and isinstance(body, Collection):
        exchange.items = tuple(_numbers(body.entities))
    elif exchange.operation == "web/list/items" and isinstance(body, Entity):
        exchange.items = tuple(_numbers([body]))


def note_written(exchange: Exchange, status: int) -> None:
    """Count what was written, with the request itself, as the time it takes depends on that."""
    request, whole = exchange.request, exchange.outermost
    if status >= 400 or not exchange.changes:
        return
    if exchange.operation == "ProcessQuery":
        whole.saved += saves(request.body)
    elif exchange.operation in _REMOVING or request.verb == "DELETE":
        whole.removed += 1
    else:
        whole.saved += 1


def find_list(site: Site, named: str) -> SpList | None:
    """The list of this title, address or identifier."""
    return site.list_titled(named) or site.list_at(named) or site.list_with_id(named)


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in order as text that runs shorten: `1-5000`, `1-2,4`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _note_list(exchange: Exchange, owner: SpList) -> None:
    exchange.list = owner.url
    exchange.list_names = _names(owner)


def _names(owner: SpList) -> frozenset[str]:
    addresses = {owner.url, owner.server_relative_url.strip("/")}
    return frozenset(name.lower() for name in addresses | {owner.title, owner.id})


def _numbers(entities: Iterable[Entity]) -> Iterable[int]:
    return (int(match[1]) for entity in entities if (match := _ITEM.search(entity.uri)))


def _columns(request: Request) -> tuple[str, ...]:
    if request.verb in {"GET", "HEAD", "DELETE"} or not request.body.lstrip().startswith(b"{"):
        return ()
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return ()
    form = document.get("formValues")
    if isinstance(form, list):
        return tuple(
            sorted({str(each["FieldName"]) for each in form if isinstance(each, dict) and "FieldName" in each})
        )
    return tuple(sorted(name for name in document if name != "__metadata" and "odata" not in name))
