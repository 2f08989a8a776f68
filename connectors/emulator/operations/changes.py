"""What happened to a list or to one of its items, by change token: identifiers and kinds, no values."""

from collections.abc import Callable
from typing import Any

from connectors.emulator import errors
from connectors.emulator.operations.lists import GENERIC_TEMPLATE
from connectors.emulator.state.changes import Change, ChangeToken, ChangeType
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.whole_numbers import whole_number
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.resources import change_token
from connectors.emulator.wire.shapes import Collection, Entity, Reply, iso

_FLAGS = {
    ChangeType.ADD: "Add",
    ChangeType.UPDATE: "Update",
    ChangeType.DELETE: "DeleteObject",
    ChangeType.RESTORE: "Restore",
    ChangeType.SYSTEM_UPDATE: "SystemUpdate",
}


def get_changes(call: Call) -> Reply:
    """What happened to a list since a token."""
    owner = call.list
    return _answer(call, [_change(owner, change, call.world.new_guid()) for change in _chosen(call, lambda _: True)])


def get_item_changes(call: Call) -> Reply:
    """What happened to one item since a token. Here, and not in a list's changes, the service says who did it."""
    owner, item = call.list, call.item
    editor = call.site.users.get(item.editor)
    about = {
        "Editor": editor.person.name if editor else "",
        "EditorEmailHint": (editor.person.email or None) if editor else None,
        "ServerRelativeUrl": f"{owner.server_relative_url}/{item.leaf_name}",
    }
    found = _chosen(call, lambda change: change.subject == "Item" and change.item_id == item.id)
    entities = [_change(owner, change, call.world.new_guid()) for change in found]
    for entity in entities:
        entity.properties = {**entity.properties, **about}
    return _answer(call, entities)


def _answer(call: Call, entities: list[Entity]) -> Reply:
    return Reply(Collection(entities, "SP.ApiData.Changes"))


def _chosen(call: Call, concerns: Callable[[Change], bool]) -> list[Change]:
    """The changes a query asks for, among those that concern its object."""
    owner = call.list
    query = call.parameters("query")
    start, end = _token(query, "ChangeTokenStart"), _token(query, "ChangeTokenEnd")
    limit = _limit(query.get("FetchLimit"), owner.limits.changes_per_answer)
    oldest = call.world.oldest_change()
    if call.world.strict_change_tokens and start is not None and start.time < oldest:
        raise errors.change_token_expired(owner.limits.change_retention.days)
    chosen = [
        change
        for change in owner.log.after(start, end, oldest)
        if concerns(change) and query.get(change.subject) is True and query.get(_FLAGS[change.type]) is True
    ]
    if query.get("LatestFirst") is True:
        chosen.reverse()
    return chosen[:limit]


def _token(query: dict[str, Any], name: str) -> ChangeToken | None:
    held = query.get(name)
    if held is None:
        return None
    text = held.get("StringValue") if isinstance(held, dict) else None
    if not isinstance(text, str):
        raise errors.bad_change_token()
    return ChangeToken.parse(text)


def _limit(asked: Any, largest: int) -> int:
    number = largest if asked is None else whole_number(str(asked))
    if number is None:
        raise errors.wrong_kind("Edm.Int64")
    return min(number or largest, largest)


def _change(owner: SpList, change: Change, guid: str) -> Entity:
    shared: dict[str, Any] = {
        "ChangeToken": change_token(change.token),
        "ChangeType": int(change.type),
        "SiteId": owner.site.id,
        "Time": iso(change.time.replace(microsecond=0)),
    }
    if change.subject == "Item":
        about = {
            "Editor": "",
            "EditorEmailHint": None,
            "ItemId": change.item_id,
            "ListId": owner.id,
            "ServerRelativeUrl": "",
            "SharedByUser": None,
            "SharedWithUsers": None,
            "UniqueId": change.unique_id,
            "WebId": owner.site.web_id,
        }
    elif change.subject == "Field":
        about = {"FieldId": change.unique_id, "WebId": owner.site.web_id}
    elif change.subject == "View":
        about = {"ListId": owner.id, "ViewId": change.unique_id, "WebId": owner.site.web_id}
    else:
        about = {
            "BaseTemplate": GENERIC_TEMPLATE,
            "Editor": "",
            "Hidden": owner.hidden,
            "ListId": owner.id,
            "RootFolderUrl": owner.server_relative_url,
            "Title": owner.title,
            "WebId": owner.site.web_id,
        }
    name = f"SP.Change{change.subject}"
    return Entity(name, f"{name}{guid}", {**shared, **about})
