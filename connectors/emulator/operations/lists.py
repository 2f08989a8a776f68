"""Lists: read, made, changed, removed."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.roles import Role
from connectors.emulator.state.json_kinds import checked_kind
from connectors.emulator.state.list_settings import SETTABLE, changed
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.own_rights import OwnRights
from connectors.emulator.state.retention import Label
from connectors.emulator.wire.arguments import flags
from connectors.emulator.wire.calls import Call, one_property
from connectors.emulator.wire.projection import Resource, collect, project
from connectors.emulator.wire.resources import folder_resource, list_resource, list_uri
from connectors.emulator.wire.shapes import Complex, Reply, Scalar

GENERIC_TEMPLATE = 100
# Settings a client may send and that change nothing here.
_ACCEPTED = frozenset(
    {"BaseTemplate", "AllowContentTypes", "ContentTypesEnabled", "EnableAttachments", "EnableFolderCreation",
     "EnableMinorVersions", "NoCrawl", "OnQuickLaunch", "ImageUrl", "TemplateFeatureId", "DisableGridEditing",
     "ListExperienceOptions"}
)  # fmt: skip


def get_lists(call: Call) -> Reply:
    """Every list of the site."""
    resources = (list_resource(known, call.role_at(known)) for known in call.open_lists)
    return Reply(collect(resources, call.options, "SP.ApiData.Lists"))


def get_list(call: Call) -> Reply:
    """One list."""
    entity = project(_resource(call), call.options.select, call.options.expand)
    return Reply(entity, headers={"ETag": call.list.etag})


def get_folder(call: Call) -> Reply:
    """A list's root folder."""
    return Reply(project(folder_resource(call.list), call.options.select, call.options.expand))


def get_list_property(call: Call) -> Reply:
    """One plain property of a list."""
    return Reply(one_property(call, _resource(call)))


def _resource(call: Call) -> Resource:
    return list_resource(call.list, call.role_at(call.list))


def create_list(call: Call) -> Reply:
    """Make a generic list."""
    settings = call.parameters("parameters")
    template = settings.get("BaseTemplate", GENERIC_TEMPLATE)
    if template != GENERIC_TEMPLATE:
        raise NotEmulated(f"lists of template {template}")
    title = _title(settings)
    _check_settings(settings)
    made = call.site.add_list(title)
    _apply(made, settings)
    headers = {"ETag": made.etag, "Location": f"{call.api}/{list_uri(made)}"}
    return Reply(project(list_resource(made, call.role), (), ()), 201, headers)


def update_list(call: Call) -> Reply:
    """Change a list's settings."""
    owner = call.list
    call.check_if_match(owner.etag)
    settings = call.parameters("parameters")
    _check_settings(settings)
    if "Title" in settings and call.site.list_titled(_title(settings)) not in {None, owner}:
        raise errors.duplicate_list()
    _apply(owner, settings)
    owner.touched()
    return Reply(status=204, headers={"ETag": owner.etag})


def _title(settings: dict[str, Any]) -> str:
    title = settings.get("Title")
    if not isinstance(title, str) or not title.strip():
        raise errors.bad_query("The parameter Title cannot be null or empty.")
    return title.strip()


def _check_settings(settings: dict[str, Any]) -> None:
    known = _ACCEPTED | SETTABLE | {"Title", "Description", "Hidden"}
    for name in settings:
        if name not in known:
            raise errors.unknown_property(name, "SP.List")


def _apply(owner: SpList, settings: dict[str, Any]) -> None:
    owner.settings = changed(owner.settings, settings, owner.limits)
    owner.title = str(settings.get("Title", owner.title)).strip()
    owner.description = str(settings.get("Description") or ("" if "Description" in settings else owner.description))
    owner.hidden = bool(settings.get("Hidden", owner.hidden))


def delete_list(call: Call) -> Reply:
    """Remove a list."""
    owner = call.list
    call.check_if_match(owner.etag)
    call.site.delete_list(owner)
    return Reply()


def recycle_list(call: Call) -> Reply:
    """Remove a list; its identifier in the recycle bin is answered, though this server keeps only items there."""
    call.site.delete_list(call.list)
    return Reply(Scalar("Recycle", call.world.new_guid()))


def break_role_inheritance(call: Call) -> Reply:
    """Give a list rights of its own; one that has them keeps those it has, as documented."""
    asked = flags(call, "breakroleinheritance", ("copyRoleAssignments", "clearSubscopes"))
    if call.list.own_rights is None:
        call.list.give_rights(OwnRights(asked["copyRoleAssignments"], call.caller.name if call.caller else ""))
    return Reply(Scalar("BreakRoleInheritance", None))


def reset_role_inheritance(call: Call) -> Reply:
    """Let a list inherit the site's rights again."""
    call.list.give_rights(None)
    return Reply(Scalar("ResetRoleInheritance", None))


def get_compliance_tag(call: Call) -> Reply:
    """The default retention label of the list whose absolute address the body gives; nothing where it has none."""
    owner = call.site.list_at(checked_kind(call.json().get("listUrl"), str))
    if owner is None:
        raise errors.list_missing()
    if call.role_at(owner) < Role.READ:
        raise errors.access_denied()
    label = owner.settings.label
    told = Complex("SP.CompliancePolicy.ComplianceTag", _compliance_tag(label)) if label is not None else None
    return Reply(Scalar("SP_CompliancePolicy_SPPolicyStoreProxy_GetListComplianceTag", told))


def _compliance_tag(label: Label) -> dict[str, Any]:
    """A label as the service tells it: one that keeps items for seven years from when they were made."""
    return {
        "AcceptMessagesOnlyFromSendersOrMembers": False,
        "AccessType": None,
        "AllowAccessFromUnmanagedDevice": None,
        "AutoDelete": False,
        "BlockDelete": True,
        "BlockEdit": label.blocks_edits,
        "ContainsSiteLabel": False,
        "DisplayName": "",
        "EncryptionRMSTemplateId": None,
        "HasRetentionAction": True,
        "IsEventTag": False,
        "Notes": None,
        "RequireSenderAuthenticationEnabled": False,
        "ReviewerEmail": None,
        "SharingCapabilities": None,
        "SuperLock": label.regulatory,
        "TagDuration": 2555,
        "TagId": str(uuid5(NAMESPACE_URL, label.name)),
        "TagName": label.name,
        "TagRetentionBasedOn": "CreationAgeInDays",
    }
