"""`GetItems`: the items query in CAML. It never gives a link to the next page; the client says where to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.fields import Field
from connectors.emulator.state.naming import property_name
from connectors.emulator.state.versions import Item
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.caml import CamlView, read_view
from connectors.emulator.wire.items import Columns, Projection, projection
from connectors.emulator.wire.odata import split_query
from connectors.emulator.wire.query import Question, answer
from connectors.emulator.wire.shapes import Collection, Entity, Reply

_MEMBERS = frozenset(
    {"ViewXml", "DatesInUtc", "AllowIncrementalResults", "ListItemCollectionPosition", "FolderServerRelativeUrl"}
)
_HEAD = ("FileSystemObjectType", "Id", "ServerRedirectedEmbedUri", "ServerRedirectedEmbedUrl")
# What comes with every choice of columns, as recorded.
_TAIL = ("ID", "Created", "Modified")


def get_items(call: Call) -> Reply:
    """The items a CAML query is answered with."""
    owner, given = call.list, call.parameters("query")
    for name in given:
        if name not in _MEMBERS:
            raise errors.unknown_property(name, "SP.CamlQuery")
    check_folder(call, given.get("FolderServerRelativeUrl"))
    columns = Columns(owner)
    view = read_view(columns, text_of(given, "ViewXml"), call.actor)
    shown = view.fields if view.fields is not None else tuple(owner.fields())
    items, _ = ask(columns, view, shown, _place(given.get("ListItemCollectionPosition")), view.row_limit)
    if call.options.select:
        chosen = projection(columns, call.options.select, call.options.expand)
    else:
        chosen = _chosen(columns, view.fields)
    entities = [chosen.entity(item) for item in items]
    if given.get("DatesInUtc") is not True:
        entities = [_local(entity, owner.site.zone.zone) for entity in entities]
    return Reply(Collection(entities, f"SP.ListData.{owner.entity_type}Items"))


def ask(
    columns: Columns, view: CamlView, shown: Sequence[Field], place: Mapping[str, str], size: int | None
) -> tuple[list[Item], str | None]:
    """A view's items from a place on, all of them where `size` is None, and the token of the next page.

    Every lookup and person among the columns that are shown is joined.
    """
    owner = columns.owner
    joined = view.joined | {column.rest_name for column in shown if column.rest_name in columns.references}
    everything = len(owner.items)
    if everything > owner.limits.list_view_threshold and (size is None or size > owner.limits.largest_page):
        raise errors.list_view_threshold()
    # Page tokens name columns as CAML does, by internal names.
    renamed = {f"p_{property_name(name.removeprefix('p_'))}": value for name, value in place.items()}
    return answer(columns, Question(view.where, view.order, joined, size or max(everything, 1), renamed))


def text_of(given: Mapping[str, Any], name: str) -> str:
    """A member that is text, "" where it is absent."""
    value = given.get(name)
    if not isinstance(value, str | None):
        raise errors.wrong_kind("Edm.String")
    return value or ""


def check_folder(call: Call, url: Any) -> None:
    """Refuse folders: a list's items all lie in its root folder here."""
    if url and not f"/{url}".rstrip("/").lower().endswith(f"/{call.list.url.lower()}"):
        raise NotEmulated("folders in lists")


def _place(position: Any) -> Mapping[str, str]:
    if position is None:
        return {}
    if not isinstance(position, dict):
        raise errors.wrong_node("PrimitiveValue", "StartObject")
    return place_of(text_of(position, "PagingInfo"))


def place_of(paging: str) -> Mapping[str, str]:
    """The keys of a page's token; going back is not emulated."""
    place = dict(split_query(paging.removeprefix("?")))
    if place.get("PagedPrev", "").upper() == "TRUE":
        raise NotEmulated("PagedPrev")
    return {name: value for name, value in place.items() if name.startswith("p_")}


def _chosen(columns: Columns, fields: tuple[Field, ...] | None) -> Projection:
    if fields is None:
        return projection(columns, (), ())
    names = list(_HEAD)
    for column in fields:
        names += [column.rest_name, column.write_property, f"{column.rest_name}StringId"]
    known = dict.fromkeys(name for name in (*names, *_TAIL) if name in columns.getters)
    return Projection(columns, [(name, columns.getters[name]) for name in known])


def _local(entity: Entity, zone: ZoneInfo) -> Entity:
    """The dates of a row in the site's own time, without a Z."""
    return replace(entity, properties={name: _local_value(value, zone) for name, value in entity.properties.items()})


def _local_value(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, Entity):
        return _local(value, zone)
    if isinstance(value, Collection):
        return replace(value, entities=[_local(entity, zone) for entity in value.entities])
    return value
