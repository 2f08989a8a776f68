"""Lists and people as resources: the properties the service shows for each."""

from typing import Any

from connectors.emulator.roles import Role, base_permissions
from connectors.emulator.state import list_settings
from connectors.emulator.state.changes import ChangeToken
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import APP_ID, User
from connectors.emulator.state.views import address
from connectors.emulator.wire.field_resource import fields_of
from connectors.emulator.wire.items import expanded_items
from connectors.emulator.wire.odata import Options
from connectors.emulator.wire.projection import Expander, Resource, collect, project
from connectors.emulator.wire.shapes import Collection, Complex, Entity
from connectors.emulator.wire.view_resource import view_resource

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_LIST_ABSENT = frozenset(
    {"ContentTypes", "Forms", "RoleAssignments", "EventReceivers", "UserCustomActions",
     "WorkflowAssociations", "Subscriptions", "InformationRightsManagementSettings", "SchemaXml", "Author", "ParentWeb"}
)  # fmt: skip


_ICON = "/_layouts/15/images/itgen.png?rev=47"
# Every property of a list in the recorded order; what a list has of its own is filled in.
_LIST_DEFAULTS: dict[str, Any] = {
    "AllowContentTypes": True,
    "BaseTemplate": 100,
    "BaseType": 0,
    "ContentTypesEnabled": False,
    "CrawlNonDefaultViews": False,
    "Created": None,
    "CurrentChangeToken": None,
    "DefaultContentApprovalWorkflowId": ZERO_GUID,
    "DefaultItemOpenUseListSetting": False,
    "Description": None,
    "Direction": "none",
    "DisableCommenting": False,
    "DisableGridEditing": False,
    "DocumentTemplateUrl": None,
    "DraftVersionVisibility": 0,
    "EnableAttachments": True,
    "EnableFolderCreation": False,
    "EnableMinorVersions": False,
    "EnableModeration": False,
    "EnableRequestSignOff": True,
    "EnableVersioning": None,
    "EntityTypeName": None,
    "ExemptFromBlockDownloadOfNonViewableFiles": False,
    "FileSavePostProcessingEnabled": False,
    "ForceCheckout": False,
    "HasExternalDataSource": False,
    "Hidden": None,
    "Id": None,
    "ImagePath": Complex("SP.ResourcePath", {"DecodedUrl": _ICON}),
    "ImageUrl": _ICON,
    "DefaultSensitivityLabelForLibrary": "",
    "IrmEnabled": False,
    "IrmExpire": False,
    "IrmReject": False,
    "IsApplicationList": False,
    "IsCatalog": False,
    "IsPrivate": False,
    "ItemCount": None,
    "LastItemDeletedDate": None,
    "LastItemModifiedDate": None,
    "LastItemUserModifiedDate": None,
    "ListExperienceOptions": 0,
    "ListItemEntityTypeFullName": None,
    "MajorVersionLimit": None,
    "MajorWithMinorVersionsLimit": 0,
    "MultipleDataList": False,
    "NoCrawl": False,
    "ParentWebPath": None,
    "ParentWebUrl": None,
    "ParserDisabled": False,
    "ServerTemplateCanCreateFolders": True,
    "TemplateFeatureId": "00bfea71-de22-43b2-a848-c05709900100",
    "Title": None,
}


def change_token(token: ChangeToken) -> Complex:
    """A change token as a property."""
    return Complex("SP.ChangeToken", {"StringValue": str(token)})


def resource_path(url: str) -> Complex:
    """An address as a property."""
    return Complex("SP.ResourcePath", {"DecodedUrl": url})


def user_resource(user: User) -> Resource:
    """A user of a site."""
    person = user.person
    name_id = Complex(
        "SP.UserIdInfo", {"NameId": f"1003{user.id:012x}", "NameIdIssuer": "urn:federation:microsoftonline"}
    )
    properties = {
        "Id": user.id,
        "IsHiddenInUI": user.id == APP_ID,
        "LoginName": person.login,
        "Title": person.name,
        "PrincipalType": 1,
        "Email": person.email,
        "Expiration": "",
        "IsEmailAuthenticationGuestUser": False,
        "IsShareByEmailGuestUser": False,
        "IsSiteAdmin": False,
        "UserId": None if user.id == APP_ID else name_id,
        "UserPrincipalName": person.principal_name,
    }
    return Resource(
        "SP.User",
        f"Web/GetUserById({user.id})",
        properties,
        absent=frozenset({"Groups", "Alerts"}),
        context="SP.ApiData.Users/@Element",
    )


def list_uri(known: SpList) -> str:
    """A list's canonical address below `_api`."""
    return f"Web/Lists(guid'{known.id}')"


def list_resource(known: SpList, role: Role) -> Resource:
    """A list as somebody of this role sees it, without its items: those need the items query."""
    return Resource(
        "SP.List",
        list_uri(known),
        _list_properties(known),
        extras={
            "EffectiveBasePermissions": base_permissions(role),
            "HasUniqueRoleAssignments": known.own_rights is not None,
            "DefaultViewUrl": address(known, known.default_view),
            "DefaultDisplayFormUrl": f"{known.server_relative_url}/DispForm.aspx",
            "DefaultEditFormUrl": f"{known.server_relative_url}/EditForm.aspx",
            "DefaultNewFormUrl": f"{known.server_relative_url}/NewForm.aspx",
            "OnQuickLaunch": False,
            "ReadSecurity": 1,
            "WriteSecurity": 1,
            "ValidationFormula": None,
            "ValidationMessage": None,
        },
        navigations=_list_navigations(known),
        absent=_LIST_ABSENT,
        etag=known.etag,
        context="SP.ApiData.Lists/@Element",
    )


def _list_navigations(known: SpList) -> dict[str, Expander]:
    def columns(select: tuple[str, ...], expand: tuple[str, ...]) -> Collection:
        return collect(fields_of(known), Options(select=select, expand=expand), "SP.ApiData.Fields")

    def folder(select: tuple[str, ...], _: tuple[str, ...]) -> Entity:
        return project(folder_resource(known), select, ())

    def rows(select: tuple[str, ...], expand: tuple[str, ...]) -> Collection:
        return expanded_items(known, select, expand)

    def views(select: tuple[str, ...], expand: tuple[str, ...]) -> Collection:
        found = (view_resource(known, view) for view in known.views)
        return collect(found, Options(select=select, expand=expand), "SP.ApiData.Views")

    def default_view(select: tuple[str, ...], expand: tuple[str, ...]) -> Entity:
        return project(view_resource(known, known.default_view), select, expand)

    return {"DefaultView": default_view, "Fields": columns, "Items": rows, "RootFolder": folder, "Views": views}


def folder_resource(known: SpList) -> Resource:
    """A list's root folder: its name and address."""
    properties: dict[str, Any] = {
        "Exists": True,
        "ItemCount": len(known.items),
        "Name": known.url_name,
        "ServerRelativeUrl": known.server_relative_url,
        "TimeCreated": known.created,
        "TimeLastModified": known.last_modified,
        "UniqueId": known.id,
        "WelcomePage": "",
    }
    return Resource("SP.Folder", f"{list_uri(known)}/RootFolder", properties, context="SP.ApiData.Folders/@Element")


def _list_properties(known: SpList) -> dict[str, Any]:
    return {
        **_LIST_DEFAULTS,
        "Created": known.created,
        "CurrentChangeToken": change_token(known.log.current),
        "Description": known.description,
        **list_settings.shown(known.settings),
        "EntityTypeName": known.entity_type,
        "Hidden": known.hidden,
        "Id": known.id,
        "ItemCount": len(known.items),
        "LastItemDeletedDate": known.last_deleted,
        "LastItemModifiedDate": known.last_modified,
        "LastItemUserModifiedDate": known.last_user_modified,
        "ListItemEntityTypeFullName": known.item_type,
        "ParentWebPath": resource_path(known.site.path),
        "ParentWebUrl": known.site.path,
        "Title": known.title,
    }
