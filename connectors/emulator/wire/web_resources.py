"""A site, its web and its regional settings as resources."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors.emulator.roles import Role, base_permissions
from connectors.emulator.state.changes import ChangeToken, ticks
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.users import User
from connectors.emulator.state.world import Site
from connectors.emulator.wire.odata import Options
from connectors.emulator.wire.projection import Expander, Resource, collect, project
from connectors.emulator.wire.resources import ZERO_GUID, change_token, list_resource, resource_path, user_resource
from connectors.emulator.wire.shapes import Complex, Entity, iso

# What a web leads to, in the recorded order; most of it is not emulated.
_WEB_LEADS_TO = (
    "FirstUniqueAncestorSecurableObject", "RoleAssignments", "AccessRequestsList", "Activities", "ActivityLogger",
    "Alerts", "AllProperties", "AppTiles", "AssociatedMemberGroup", "AssociatedOwnerGroup", "AssociatedVisitorGroup",
    "Author", "AvailableContentTypes", "AvailableFields", "CanModernizeHomepage", "ClientWebParts", "ContentTypes",
    "CurrentUser", "DataLeakagePreventionStatusInfo", "DescriptionResource", "EventReceivers", "Features", "Fields",
    "Folders", "HostedApps", "Lists", "ListTemplates", "MultilingualSettings", "Navigation", "OneDriveSharedItems",
    "ParentWeb", "PushNotificationSubscribers", "RecycleBin", "RegionalSettings", "RoleDefinitions", "RootFolder",
    "SiteCollectionAppCatalog", "SiteGroups", "SiteUserInfoList", "SiteUsers", "TenantAppCatalog", "ThemeInfo",
    "TitleResource", "UserCustomActions", "Webs", "WebInfos", "WorkflowAssociations", "WorkflowTemplates",
)  # fmt: skip
# Every property of a web in the recorded order; what a web has of its own is filled in.
_WEB_DEFAULTS: dict[str, Any] = {
    "AllowRssFeeds": True,
    "AlternateCssUrl": "",
    "AppInstanceId": ZERO_GUID,
    "ClassicWelcomePage": None,
    "Configuration": 0,
    "Created": None,
    "CurrentChangeToken": None,
    "CustomMasterUrl": None,
    "Description": "",
    "DesignPackageId": ZERO_GUID,
    "DocumentLibraryCalloutOfficeWebAppPreviewersDisabled": False,
    "EnableMinimalDownload": False,
    "FooterEmphasis": 0,
    "FooterEnabled": True,
    "FooterLayout": 0,
    "HeaderEmphasis": 0,
    "HeaderLayout": 0,
    "HideTitleInHeader": False,
    "HorizontalQuickLaunch": False,
    "Id": None,
    "IsHomepageModernized": False,
    "IsMultilingual": True,
    "IsRevertHomepageLinkHidden": False,
    "Language": 1033,
    "LastItemModifiedDate": None,
    "LastItemUserModifiedDate": None,
    "LogoAlignment": 0,
    "MasterUrl": None,
    "MegaMenuEnabled": True,
    "NavAudienceTargetingEnabled": False,
    "NoCrawl": False,
    "ObjectCacheEnabled": False,
    "OverwriteTranslationsOnChange": False,
    "ResourcePath": None,
    "QuickLaunchEnabled": True,
    "RecycleBinEnabled": True,
    "SearchScope": 0,
    "ServerRelativeUrl": None,
    "SiteLogoUrl": None,
    "SyndicationEnabled": True,
    "TenantAdminMembersCanShare": 0,
    "Title": None,
    "TreeViewEnabled": False,
    "UIVersion": 15,
    "UIVersionConfigurationEnabled": False,
    "Url": None,
    "WebTemplate": "STS",
    "WelcomePage": "SitePages/Home.aspx",
}
_REGIONAL: dict[str, Any] = {
    "AdjustHijriDays": 0,
    "AlternateCalendarType": 0,
    "AM": "AM",
    "CalendarType": 1,
    "Collation": 25,
    "CollationLCID": 2070,
    "DateFormat": None,
    "DateSeparator": None,
    "DecimalSeparator": None,
    "DigitGrouping": "3;0",
    "FirstDayOfWeek": 1,
    "FirstWeekOfYear": 0,
    "IsEastAsia": False,
    "IsRightToLeft": False,
    "IsUIRightToLeft": False,
    "ListSeparator": ",",
    "LocaleId": None,
    "NegativeSign": "-",
    "NegNumberMode": 1,
    "PM": "PM",
    "PositiveSign": "",
    "ShowWeeks": False,
    "ThousandSeparator": None,
    "Time24": None,
    "TimeMarkerPosition": 0,
    "TimeSeparator": ":",
    "WorkDayEndHour": 1020,
    "WorkDays": 62,
    "WorkDayStartHour": 480,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a web: their role there and at each of its lists, and which user they are."""

    role: Role
    role_at: Callable[[SpList], Role]
    user: Callable[[], User]


def web_resource(site: Site, origin: str, asker: Asker) -> Resource:
    """A site's web; `origin` is scheme and host as the client sees them."""
    url = f"{origin}{site.path}".rstrip("/")
    lists = list(site.lists.values())
    latest = max((known.last_modified for known in lists), default=site.created)
    latest_by_people = max((known.last_user_modified for known in lists), default=site.created)
    log = max((known.log.current for known in lists), key=lambda token: token.number, default=None)
    token = ChangeToken(site.web_id, log.ticks if log else ticks(site.created), log.number if log else 0, 2)
    master = f"{site.path.rstrip('/')}/_catalogs/masterpage/seattle.master"
    properties = {
        **_WEB_DEFAULTS,
        # The service leaves the Z away here.
        "Created": iso(site.created).removesuffix("Z"),
        "CurrentChangeToken": change_token(token),
        "CustomMasterUrl": master,
        "Id": site.web_id,
        "LastItemModifiedDate": latest,
        "LastItemUserModifiedDate": latest_by_people,
        "MasterUrl": master,
        "ResourcePath": resource_path(url),
        "ServerRelativeUrl": site.path,
        "Title": site.title,
        "Url": url,
    }
    return Resource(
        "SP.Web",
        "Web",
        properties,
        extras={"EffectiveBasePermissions": base_permissions(asker.role), "HasUniqueRoleAssignments": True},
        navigations=_web_navigations(site, asker),
        leads_to=_WEB_LEADS_TO,
        context="SP.ApiData.Webs/@Element",
    )


def _web_navigations(site: Site, asker: Asker) -> dict[str, Expander]:
    def lists() -> Iterator[Resource]:
        """Those that the asker may read: of the others nothing is told."""
        roles = ((known, asker.role_at(known)) for known in site.lists.values())
        return (list_resource(known, role) for known, role in roles if role >= Role.READ)

    return {
        "RegionalSettings": lambda select, expand: project(regional_resource(site), select, expand),
        "Lists": lambda select, expand: collect(lists(), Options(select=select, expand=expand), "SP.ApiData.Lists"),
        "CurrentUser": lambda select, _: project(user_resource(asker.user()), select, ()),
        "SiteUsers": lambda select, _: collect(
            map(user_resource, site.users.values()), Options(select=select), "SP.ApiData.Users"
        ),
    }


def site_resource(site: Site, origin: str) -> Resource:
    """A site collection: here always of one web."""
    url = f"{origin}{site.path}".rstrip("/")
    properties = {
        "AllowDesigner": True,
        "Classification": "",
        "CompatibilityLevel": 15,
        "GroupId": ZERO_GUID,
        "Id": site.id,
        "LockIssue": None,
        "ReadOnly": False,
        "RequiredDesignerVersion": "15.0.0.0",
        "ServerRelativeUrl": site.path,
        "ShareByEmailEnabled": False,
        "Url": url,
        "WriteLocked": False,
    }
    return Resource("SP.Site", "Site", properties, context="SP.ApiData.Sites/@Element")


def regional_resource(site: Site) -> Resource:
    """A site's regional settings: British habits, but for the site's own locale and zone."""

    def zone(select: tuple[str, ...], _: tuple[str, ...]) -> Entity:
        return project(zone_resource(site), select, ())

    return Resource(
        "SP.RegionalSettings",
        "Web/RegionalSettings",
        {**_REGIONAL, **_locale_properties(site)},
        navigations={"TimeZone": zone},
        absent=frozenset({"TimeZones", "InstalledLanguages"}),
        context="SP.ApiData.RegionalSettingss/@Element",
    )


def _locale_properties(site: Site) -> dict[str, Any]:
    locale = site.locale
    return {
        "DateFormat": {"mdy": 0, "dmy": 1, "ymd": 2}[locale.order],
        "DateSeparator": locale.separator,
        "DecimalSeparator": locale.decimal,
        "LocaleId": locale.id,
        "ThousandSeparator": locale.thousand,
        "Time24": locale.time24,
    }


def zone_resource(site: Site) -> Resource:
    """The site's time zone."""
    zone = site.zone
    bias = {"Bias": zone.bias, "DaylightBias": zone.daylight_bias, "StandardBias": 0}
    properties = {
        "Description": zone.description,
        "Id": zone.id,
        "Information": Complex("SP.TimeZoneInformation", bias),
    }
    return Resource("SP.TimeZone", "Web/RegionalSettings/TimeZone", properties, context="SP.ApiData.TimeZones/@Element")
