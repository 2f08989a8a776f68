"""Content types and webhooks of a list: it has the one type Item, and no webhook, because none can be made here."""

from typing import Any

from connectors.emulator.state.lists import SpList
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.projection import Resource, collect
from connectors.emulator.wire.resources import list_uri
from connectors.emulator.wire.shapes import Collection, Complex, Reply

# Every property of a content type, in the order of the service; what a list's own has of itself is filled in.
_DEFAULTS: dict[str, Any] = {
    "Description": "Create a new list item.",
    "DisplayFormTemplateName": "ListForm",
    "DisplayFormUrl": "",
    "DocumentTemplate": "",
    "DocumentTemplateUrl": "",
    "EditFormTemplateName": "ListForm",
    "EditFormUrl": "",
    "Group": "List Content Types",
    "Hidden": False,
    "Id": None,
    "JSLink": "",
    "MobileDisplayFormUrl": "",
    "MobileEditFormUrl": "",
    "MobileNewFormUrl": "",
    "Name": "Item",
    "NewFormTemplateName": "ListForm",
    "NewFormUrl": "",
    "ReadOnly": False,
    "Scope": None,
    "Sealed": False,
    "StringId": None,
}

_ABSENT = frozenset({"Parent", "Fields", "FieldLinks", "WorkflowAssociations", "SchemaXml", "CustomFormatter"})


def get_content_types(call: Call) -> Reply:
    """The types of a list's items: Item alone."""
    return Reply(collect([_item_type(call.list)], call.options, "SP.ApiData.ContentTypes"))


def get_subscriptions(call: Call) -> Reply:
    """A list's webhooks: there are none."""
    return Reply(Collection([], "SP.ApiData.Subscriptions") if call.list else None)


def _item_type(owner: SpList) -> Resource:
    number = owner.content_type_id
    own = {
        "Id": Complex("SP.ContentTypeId", {"StringValue": number}),
        "Scope": owner.server_relative_url,
        "StringId": number,
    }
    return Resource("SP.ContentType", f"{list_uri(owner)}/ContentTypes('{number}')", _DEFAULTS | own, absent=_ABSENT)
