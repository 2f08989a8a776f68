"""What an owner decides on a list's settings page, and the properties of SP.List that show and change it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from connectors.emulator import errors
from connectors.emulator.state.json_kinds import checked_kind
from connectors.emulator.state.limits import Limits
from connectors.emulator.state.retention import Label


@dataclass(frozen=True, slots=True)
class ListSettings:
    """The settings of one list. `version_limit` counts the current version too; 0 keeps as many as the service can.

    `draft_visibility` is the place in VISIBILITIES of who sees what is not approved; it is kept and shown.
    `approvers` are the numbers of the users who may approve items. `label` is the default retention label of the items.
    """

    versioning: bool = True
    version_limit: int = Limits().major_versions
    content_approval: bool = False
    draft_visibility: int = 0
    forced_checkout: bool = False
    approvers: frozenset[int] = frozenset()
    label: Label | None = None


# REST name -> attribute of ListSettings, with the JSON type it takes.
_PROPERTIES: dict[str, tuple[str, type]] = {
    "EnableVersioning": ("versioning", bool),
    "MajorVersionLimit": ("version_limit", int),
    "EnableModeration": ("content_approval", bool),
    "DraftVersionVisibility": ("draft_visibility", int),
    "ForceCheckout": ("forced_checkout", bool),
}
VISIBILITIES = ("readers", "editors", "approvers")


def shown(settings: ListSettings) -> dict[str, Any]:
    """The settings as a list's properties; a list without versions has the version limit 0."""
    properties = {name: getattr(settings, attribute) for name, (attribute, _) in _PROPERTIES.items()}
    return properties if settings.versioning else properties | {"MajorVersionLimit": 0}


def changed(settings: ListSettings, given: Mapping[str, Any], limits: Limits) -> ListSettings:
    """The settings with those properties a body gives; the others of a body are left alone. Raises SharePointError."""
    changes: dict[str, Any] = {}
    for name, (attribute, kind) in _PROPERTIES.items():
        if given.get(name) is not None:
            changes[attribute] = checked_kind(given[name], kind)
    if not 0 <= changes.get("version_limit", 0) <= limits.largest_version_limit:
        raise errors.out_of_range("MajorVersionLimit", limits.largest_version_limit)
    if not 0 <= changes.get("draft_visibility", 0) < len(VISIBILITIES):
        raise errors.out_of_range("DraftVersionVisibility", len(VISIBILITIES) - 1)
    return replace(settings, **changes)


def versions_kept(settings: ListSettings, limits: Limits) -> int:
    """How many versions of an item stay, the current one included."""
    return settings.version_limit or limits.largest_version_limit


SETTABLE = frozenset(_PROPERTIES)
