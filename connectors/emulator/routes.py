"""The one table of what is emulated. It dispatches requests, and the coverage page is written from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from connectors.emulator.operations import (
    caml,
    changes,
    content_types,
    fields,
    forms,
    items,
    lists,
    render,
    versions,
    views,
    web,
)
from connectors.emulator.roles import Role
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.shapes import Reply

Handler = Callable[[Call], Reply]

# Resource units: what Graph publishes for the like of it, because REST has no published prices.
SINGLE, SEVERAL, WRITTEN, PERMISSIONS = 1, 2, 2, 5
_RIGHTS = "effectivebasepermissions"


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one canonical path. `*` stands for the name of a plain property.

    `needs` is the role it takes, `price` what it costs in resource units.
    """

    method: str
    pattern: str
    handler: Handler
    note: str
    needs: Role
    price: int


def _one(pattern: str, handler: Handler, note: str) -> Route:
    return Route("GET", pattern, handler, note, Role.READ, SINGLE)


def _many(pattern: str, handler: Handler, note: str, method: str = "GET") -> Route:
    return Route(method, pattern, handler, note, Role.READ, SEVERAL)


def _write(method: str, pattern: str, handler: Handler, note: str) -> Route:
    return Route(method, pattern, handler, note, Role.WRITE, WRITTEN)


def _manage(method: str, pattern: str, handler: Handler, note: str) -> Route:
    return Route(method, pattern, handler, note, Role.MANAGE, WRITTEN)


_ITEM, _LIST, _FIELD, _VIEW = "web/list/item", "web/list", "web/list/field", "web/list/view"

ROUTES: tuple[Route, ...] = (
    Route("POST", "contextinfo", web.contextinfo, "needs no token; the digest is not asked for again",
          Role.NONE, SINGLE),
    _one("site", web.get_site, "the site collection; its one web is `web`"),
    _one("web", web.get_web, "$select, $expand of RegionalSettings, Lists, CurrentUser"),
    _one("web/regionalsettings", web.get_regional, "British but for the site's locale and zone"),
    _one("web/regionalsettings/timezone", web.get_zone, "twelve zones are known"),
    _one("web/currentuser", web.get_current_user, "an application is the SharePoint App"),
    _many("web/siteusers", web.get_users, "$select, $filter, $orderby, $top"),
    _one("web/user", web.get_user, "by id, address or login"),
    Route("POST", "web/user", web.get_user, "as GET: some clients post", Role.READ, SINGLE),
    _write("POST", "web/ensureuser", web.ensure_user, "anybody another site of the world knows"),
    _many("web/recyclebin", web.get_recycle_bin, "items only"),
    _write("POST", "web/recycled/restore", web.restore, "the item keeps its number"),
    _many("web/lists", lists.get_lists, "$select, $expand, $filter, $orderby, $top"),
    _manage("POST", "web/lists", lists.create_list, "generic lists (template 100)"),
    _one(_LIST, lists.get_list, "$select, $expand of Fields, Items, RootFolder"),
    _manage("MERGE", _LIST, lists.update_list, "title, description, hidden, versions, approval, check-out"),
    _manage("PATCH", _LIST, lists.update_list, "as MERGE"),
    _manage("DELETE", _LIST, lists.delete_list, ""),
    _manage("POST", f"{_LIST}/deleteobject", lists.delete_list, ""),
    _manage("POST", f"{_LIST}/recycle", lists.recycle_list, "the list cannot be restored"),
    Route("POST", f"{_LIST}/breakroleinheritance", lists.break_role_inheritance,
          "copyRoleAssignments, clearSubscopes; without a copy for who asks and who manages the site alone",
          Role.FULLCONTROL, PERMISSIONS),
    Route("POST", f"{_LIST}/resetroleinheritance", lists.reset_role_inheritance, "", Role.FULLCONTROL, PERMISSIONS),
    _one(f"{_LIST}/rootfolder", lists.get_folder, ""),
    Route("POST", "sp_compliancepolicy_sppolicystoreproxy_getlistcompliancetag", lists.get_compliance_tag,
          "listUrl, absolute; the label is the world document's", Role.READ, SINGLE),
    _many(f"{_LIST}/getchanges", changes.get_changes,
          "60 days; an older token answers nothing, as the service does", "POST"),
    _many(f"{_LIST}/views", views.get_views, "$select, $expand of ViewFields, $filter, $orderby, $top"),
    _manage("POST", f"{_LIST}/views", views.post_view, "HTML views; without ViewFields the default's"),
    _manage("POST", f"{_LIST}/views/add", views.add_view, "as above"),
    _one(_VIEW, views.get_view, ""),
    _manage("MERGE", _VIEW, views.update_view,
            "Title, ViewQuery, RowLimit, Paged, Hidden, DefaultView, Scope, CustomFormatter"),
    _manage("PATCH", _VIEW, views.update_view, "as MERGE"),
    _manage("DELETE", _VIEW, views.delete_view, "not the default view"),
    _manage("POST", f"{_VIEW}/deleteobject", views.delete_view, "as above"),
    _manage("POST", f"{_VIEW}/setviewxml", views.set_view_xml, "ViewFields, Query, RowLimit"),
    _one(f"{_VIEW}/viewfields", views.get_view_fields, ""),
    _manage("POST", f"{_VIEW}/viewfields/addviewfield", views.add_view_field, ""),
    _manage("POST", f"{_VIEW}/viewfields/removeviewfield", views.remove_view_field, ""),
    _manage("POST", f"{_VIEW}/viewfields/removeallviewfields", views.remove_all_view_fields, ""),
    _manage("POST", f"{_VIEW}/viewfields/moveviewfieldto", views.move_view_field, "field and index"),
    _many(f"{_LIST}/contenttypes", content_types.get_content_types, "the type Item alone"),
    _many(f"{_LIST}/subscriptions", content_types.get_subscriptions, "always empty"),
    _many(f"{_LIST}/fields", fields.get_fields, "$select, $filter, $orderby, $top"),
    _manage("POST", f"{_LIST}/fields", fields.post_field, ""),
    _manage("POST", f"{_LIST}/fields/addfield", fields.add_field, ""),
    _manage("POST", f"{_LIST}/fields/createfieldasxml", fields.create_field_as_xml,
          "the internal name comes from the display name, or from Name where Options has 8"),
    _one(_FIELD, fields.get_field, ""),
    _manage("MERGE", _FIELD, fields.update_field, "SchemaXml too; at most 20 indexes, none above 20,000 items"),
    _manage("PATCH", _FIELD, fields.update_field, "as MERGE"),
    _manage("DELETE", _FIELD, fields.delete_field, "not the built-in columns"),
    _manage("POST", f"{_FIELD}/deleteobject", fields.delete_field, ""),
    _manage("POST", f"{_FIELD}/setshowinnewform", fields.set_show_in_new_form, "the flag in the path or the body"),
    _manage("POST", f"{_FIELD}/setshowineditform", fields.set_show_in_edit_form, "as above"),
    _manage("POST", f"{_FIELD}/setshowindisplayform", fields.set_show_in_display_form, "as above"),
    _many(f"{_LIST}/items", items.get_items,
          "page of 100, at most 5,000; $skip is ignored; threshold 5,000; 12 joins"),
    _many(f"{_LIST}/getitems", caml.get_items,
          "CAML; the site's own times unless DatesInUtc; never a link to the next page; threshold and joins as above",
          "POST"),
    _many(f"{_LIST}/renderlistdataasstream", render.render,
          "the data alone (RenderOptions 2 or none); 30 rows unless RowLimit says otherwise", "POST"),
    _write("POST", f"{_LIST}/items", items.create_item, "Required is not enforced, as in REST"),
    _one(_ITEM, items.get_item, "$select, $expand"),
    _write("MERGE", _ITEM, items.update_item, "If-Match; without one it overwrites (assumed)"),
    _write("PATCH", _ITEM, items.update_item, "as MERGE"),
    _write("DELETE", _ITEM, items.delete_item, "If-Match"),
    _write("POST", f"{_ITEM}/deleteobject", items.delete_item, ""),
    _write("POST", f"{_ITEM}/recycle", items.recycle_item, ""),
    _write("DELETE", f"{_ITEM}/recycle", items.recycle_item, "as POST: one client sends it"),
    _write("POST", f"{_ITEM}/systemupdate", items.system_update, "the item as it is: takes no values"),
    _write("POST", f"{_ITEM}/updateoverwriteversion", items.update_overwrite_version, "as above"),
    _write("POST", f"{_ITEM}/validateupdatelistitem", forms.validate_update,
           "always 200 with a row for each field; no ETag, no If-Match; may write read-only columns"),
    _write("POST", f"{_LIST}/addvalidateupdateitem", forms.add_validate_update, "as above; no folders"),
    _write("POST", f"{_LIST}/addvalidateupdateitemusingpath", forms.add_validate_update_using_path,
           "as above; the new number is in the row Id"),
    _many(f"{_ITEM}/getchanges", changes.get_item_changes, "as of a list, and who did it", "POST"),
    _many(f"{_ITEM}/versions", versions.get_versions,
          "as many as the list keeps; $select, $expand of Fields, $filter, $orderby, $top"),
    _one(f"{_ITEM}/version", versions.get_version, "512 is 1.0; $select, $expand of Fields"),
    _one(f"{_ITEM}/parentlist", items.get_parent_list, ""),
    _many(f"{_ITEM}/attachmentfiles", items.get_attachments, "always empty"),
    _one("site/*", web.get_site_property, "one plain property"),
    _one("web/*", web.get_web_property, "one plain property"),
    _one(f"{_LIST}/*", lists.get_list_property, "one plain property"),
    _one(f"{_ITEM}/*", items.get_item_property, "one plain property"),
    _one(f"{_VIEW}/*", views.get_view_property, "one plain property"),
    _one(f"{_FIELD}/*", fields.get_field_property, "one plain property"),
)  # fmt: skip

_BY_KEY = {(route.method, route.pattern): route for route in ROUTES}


def find(method: str, pattern: str) -> Route | None:
    """The route of a request; a property name matches last."""
    exact = _BY_KEY.get((method, pattern))
    if exact is not None:
        return exact
    return _BY_KEY.get((method, f"{pattern.rpartition('/')[0]}/*"))


def price(route: Route, path: str, query: Iterable[tuple[str, str]]) -> int:
    """What a request of a route costs; reading permissions, by their path or among others, is dearer (assumed)."""
    asked = [value for name, value in query if name in {"$select", "$expand"}]
    return PERMISSIONS if any(_RIGHTS in each.lower() for each in (path, *asked)) else route.price
