"""The form of a world document, as JSON Schema. The loader checks against this very table, and docs/ publishes it."""

from typing import Any, get_args

from connectors.emulator.state import site_roles
from connectors.emulator.state.approval import Approval
from connectors.emulator.state.fields import TYPES
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.list_settings import VISIBILITIES
from connectors.emulator.state.locales import DEFAULT_LOCALE, LOCALES
from connectors.emulator.state.world import MissingIfMatch
from connectors.emulator.state.zones import DEFAULT_ZONE, ZONES

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_INSTANT = {"type": "string", "description": "an ISO instant, for example 2026-03-02T09:15:00Z"}


def _object(about: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_USER = _object(
    "somebody the site knows",
    {
        "login": {"type": "string", "description": "the claims login, for example i:0#.f|membership|ann@example.org"},
        "name": _TEXT,
        "email": _TEXT,
        "department": _TEXT,
        "job_title": _TEXT,
    },
    "login",
    "name",
)
_FIELD = _object(
    "one column",
    {
        "name": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "description": "the internal name"},
        "title": {"type": "string", "description": "the display name; the internal name where absent"},
        "type": {"type": "string", "enum": list(TYPES)},
        "description": _TEXT,
        "required": _FLAG,
        "indexed": _FLAG,
        "unique": _FLAG,
        "hidden": _FLAG,
        "read_only": _FLAG,
        "default": {"type": ["string", "number", "boolean", "null"]},
        "max_length": {"type": "integer", "minimum": 1, "maximum": 255},
        "choices": {"type": "array", "items": _TEXT},
        "fill_in": _FLAG,
        "date_only": {"type": "boolean", "description": "true where absent"},
        "rich_text": _FLAG,
        "lookup_list": {"type": "string", "description": "title or url of a list of the same site"},
        "lookup_field": {"type": "string", "description": "the column shown; Title where absent"},
        "formula": {"type": "string", "description": "kept as text; the items carry the results"},
        "custom_formatter": {"type": "string", "description": "column formatting: JSON as text"},
        "show_in_new_form": {"type": "boolean", "description": "true where absent"},
        "show_in_edit_form": {"type": "boolean", "description": "true where absent"},
        "show_in_display_form": {"type": "boolean", "description": "true where absent"},
        "output_type": {"type": "string", "enum": ["Text", "Number", "Currency", "DateTime", "Boolean"]},
    },
    "name",
    "type",
)
_TITLE_FIELD = _object(
    "what is different about the Title column",
    {"title": _TEXT, "description": _TEXT, "required": _FLAG, "indexed": _FLAG, "unique": _FLAG},
)
_ITEM = _object(
    "one item",
    {
        "id": {"type": "integer", "minimum": 1},
        "values": {
            "type": "object",
            "description": "by internal name; people by login or address, lookups by the target's key or id",
        },
        "created": _INSTANT,
        "modified": _INSTANT,
        "author": _TEXT,
        "editor": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "approval": {"type": "string", "enum": [status.name.lower() for status in Approval]},
        "approval_comment": _TEXT,
        "checked_out_to": {"type": "string", "description": "login or address of who has checked the item out"},
    },
    "values",
)
_LABEL = _object(
    "the retention label that every item of the list has",
    {
        "name": _TEXT,
        "locks_items": {"type": "boolean", "description": "the items are records: nobody can edit or remove them"},
        "regulatory": {"type": "boolean", "description": "they are regulatory records, which is the same for good"},
    },
    "name",
)
_LIST = _object(
    "one generic list",
    {
        "title": _TEXT,
        "url": {"type": "string", "description": "site-relative, for example Lists/Projects"},
        "description": _TEXT,
        "versioning": {"type": "boolean", "description": "true where absent"},
        "version_limit": {
            "type": "integer",
            "minimum": 0,
            "maximum": Limits().largest_version_limit,
            "description": "versions kept of each item, the current one included; 0 keeps all",
        },
        "content_approval": _FLAG,
        "draft_visibility": {"type": "string", "enum": list(VISIBILITIES), "description": "kept and shown"},
        "approvers": {"type": "array", "items": _TEXT, "description": "who may approve items, by login or address"},
        "forced_checkout": {"type": "boolean", "description": "an edit of an item not checked out is refused"},
        "label": _LABEL,
        "hidden": _FLAG,
        "key": {"type": "string", "description": "internal name of the column by whose value lookups name an item"},
        "fields": {"type": "array", "items": _FIELD},
        "title_field": _TITLE_FIELD,
        "items": {"type": "array", "items": _ITEM},
    },
    "title",
)
_SITE = _object(
    "one site",
    {
        "path": {"type": "string", "pattern": "^/", "description": "server-relative, for example /sites/digital"},
        "title": _TEXT,
        "time_zone": {"type": "integer", "enum": list(ZONES), "description": f"{DEFAULT_ZONE} (London) where absent"},
        "locale": {"type": "integer", "enum": list(LOCALES), "description": f"{DEFAULT_LOCALE} (British) where absent"},
        "users": {"type": "array", "items": _USER},
        "roles": {
            "type": "object",
            "description": 'who may do what where callers sign in: "app", or a person by login or address',
            "additionalProperties": {"type": "string", "enum": list(site_roles.NAMES)},
        },
        "lists": {"type": "array", "items": _LIST},
    },
    "path",
)

WORLD_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A world of the embedded SharePoint",
    **_object(
        "sites with their people, lists and items",
        {
            "world": {"type": "string", "description": "a name"},
            "day": {
                "type": "string",
                "pattern": r"^\d{4}-\d{2}-\d{2}$",
                "description": "the day the data was made for; the server does not use it",
            },
            "missing_if_match": {
                "type": "string",
                "enum": list(get_args(MissingIfMatch)),
                "description": "what an update without If-Match does; overwrite where absent",
            },
            "strict_change_tokens": {
                "type": "boolean",
                "description": "a change token older than the log is an error, as documented; false where absent",
            },
            "sites": {"type": "array", "items": _SITE},
        },
        "sites",
    ),
}
