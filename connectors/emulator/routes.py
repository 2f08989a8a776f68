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
    since: str
    note: str
    needs: Role
    price: int


def _one(pattern: str, handler: Handler, since: str, note: str) -> Route:
    return Route("GET", pattern, handler, since, note, Role.READ, SINGLE)


def _many(pattern: str, handler: Handler, since: str, note: str, method: str = "GET") -> Route:
    return Route(method, pattern, handler, since, note, Role.READ, SEVERAL)


def _write(method: str, pattern: str, handler: Handler, since: str, note: str) -> Route:
    return Route(method, pattern, handler, since, note, Role.WRITE, WRITTEN)


def _manage(method: str, pattern: str, handler: Handler, since: str, note: str) -> Route:
    return Route(method, pattern, handler, since, note, Role.MANAGE, WRITTEN)


_ITEM, _LIST, _FIELD, _VIEW = "web/list/item", "web/list", "web/list/field", "web/list/view"

ROUTES: tuple[Route, ...] = (
    Route("POST", "contextinfo", web.contextinfo, "0.1.0", "needs no token; the digest is not asked for again",
          Role.NONE, SINGLE),
    _one("site", web.get_site, "0.1.0", "the site collection; its one web is `web`"),
    _one("web", web.get_web, "0.1.0", "$select, $expand of RegionalSettings, Lists, CurrentUser"),
    _one("web/regionalsettings", web.get_regional, "0.1.0", "British settings; the zone is the site's"),
    _one("web/regionalsettings/timezone", web.get_zone, "0.1.0", "twelve zones are known"),
    _one("web/currentuser", web.get_current_user, "0.1.0", "an application is the SharePoint App"),
    _many("web/siteusers", web.get_users, "0.1.0", "$select, $filter, $orderby, $top"),
    _one("web/user", web.get_user, "0.1.0", "by id, address or login"),
    Route("POST", "web/user", web.get_user, "0.1.0", "as GET: some clients post", Role.READ, SINGLE),
    _write("POST", "web/ensureuser", web.ensure_user, "0.1.0", "anybody another site of the world knows"),
    _many("web/recyclebin", web.get_recycle_bin, "0.1.0", "items only"),
    _write("POST", "web/recycled/restore", web.restore, "0.1.0", "the item keeps its number"),
    _many("web/lists", lists.get_lists, "0.1.0", "$select, $expand, $filter, $orderby, $top"),
    _manage("POST", "web/lists", lists.create_list, "0.1.0", "generic lists (template 100)"),
    _one(_LIST, lists.get_list, "0.1.0", "$select, $expand of Fields, Items, RootFolder"),
    _manage("MERGE", _LIST, lists.update_list, "0.1.0", "title, description, versioning, hidden"),
    _manage("PATCH", _LIST, lists.update_list, "0.1.0", "as MERGE"),
    _manage("DELETE", _LIST, lists.delete_list, "0.1.0", ""),
    _manage("POST", f"{_LIST}/deleteobject", lists.delete_list, "0.1.0", ""),
    _manage("POST", f"{_LIST}/recycle", lists.recycle_list, "0.1.0", "the list cannot be restored"),
    _one(f"{_LIST}/rootfolder", lists.get_folder, "0.1.0", ""),
    _many(f"{_LIST}/getchanges", changes.get_changes, "0.1.0",
          "60 days; an older token answers nothing, as the service does", "POST"),
    _many(f"{_LIST}/views", views.get_views, "0.1.0", "$select, $expand of ViewFields, $filter, $orderby, $top"),
    _manage("POST", f"{_LIST}/views", views.post_view, "0.1.0", "HTML views; without ViewFields the default's"),
    _manage("POST", f"{_LIST}/views/add", views.add_view, "0.1.0", "as above"),
    _one(_VIEW, views.get_view, "0.1.0", ""),
    _manage("MERGE", _VIEW, views.update_view, "0.1.0",
            "Title, ViewQuery, RowLimit, Paged, Hidden, DefaultView, Scope, CustomFormatter"),
    _manage("PATCH", _VIEW, views.update_view, "0.1.0", "as MERGE"),
    _manage("DELETE", _VIEW, views.delete_view, "0.1.0", "not the default view"),
    _manage("POST", f"{_VIEW}/deleteobject", views.delete_view, "0.1.0", "as above"),
    _manage("POST", f"{_VIEW}/setviewxml", views.set_view_xml, "0.1.0", "ViewFields, Query, RowLimit"),
    _one(f"{_VIEW}/viewfields", views.get_view_fields, "0.1.0", ""),
    _manage("POST", f"{_VIEW}/viewfields/addviewfield", views.add_view_field, "0.1.0", ""),
    _manage("POST", f"{_VIEW}/viewfields/removeviewfield", views.remove_view_field, "0.1.0", ""),
    _manage("POST", f"{_VIEW}/viewfields/removeallviewfields", views.remove_all_view_fields, "0.1.0", ""),
    _manage("POST", f"{_VIEW}/viewfields/moveviewfieldto", views.move_view_field, "0.1.0", "field and index"),
    _many(f"{_LIST}/contenttypes", content_types.get_content_types, "0.1.0", "the type Item alone"),
    _many(f"{_LIST}/subscriptions", content_types.get_subscriptions, "0.1.0", "always empty"),
    _many(f"{_LIST}/fields", fields.get_fields, "0.1.0", "$select, $filter, $orderby, $top"),
    _manage("POST", f"{_LIST}/fields", fields.post_field, "0.1.0", ""),
    _manage("POST", f"{_LIST}/fields/addfield", fields.add_field, "0.1.0", ""),
    _manage("POST", f"{_LIST}/fields/createfieldasxml", fields.create_field_as_xml, "0.1.0",
          "the internal name comes from the display name"),
    _one(_FIELD, fields.get_field, "0.1.0", ""),
    _manage("MERGE", _FIELD, fields.update_field, "0.1.0", "at most 20 indexes, none above 20,000 items"),
    _manage("PATCH", _FIELD, fields.update_field, "0.1.0", "as MERGE"),
    _manage("DELETE", _FIELD, fields.delete_field, "0.1.0", "not the built-in columns"),
    _manage("POST", f"{_FIELD}/deleteobject", fields.delete_field, "0.1.0", ""),
    _many(f"{_LIST}/items", items.get_items, "0.1.0",
          "page of 100, at most 5,000; $skip is ignored; threshold 5,000; 12 joins"),
    _many(f"{_LIST}/getitems", caml.get_items, "0.1.0",
          "CAML; the site's own times unless DatesInUtc; never a link to the next page; threshold and joins as above",
          "POST"),
    _many(f"{_LIST}/renderlistdataasstream", render.render, "0.1.0",
          "the data alone (RenderOptions 2 or none); 30 rows unless RowLimit says otherwise", "POST"),
    _write("POST", f"{_LIST}/items", items.create_item, "0.1.0", "Required is not enforced, as in REST"),
    _one(_ITEM, items.get_item, "0.1.0", "$select, $expand"),
    _write("MERGE", _ITEM, items.update_item, "0.1.0", "If-Match; without one it overwrites (assumed)"),
    _write("PATCH", _ITEM, items.update_item, "0.1.0", "as MERGE"),
    _write("DELETE", _ITEM, items.delete_item, "0.1.0", "If-Match"),
    _write("POST", f"{_ITEM}/deleteobject", items.delete_item, "0.1.0", ""),
    _write("POST", f"{_ITEM}/recycle", items.recycle_item, "0.1.0", ""),
    _write("DELETE", f"{_ITEM}/recycle", items.recycle_item, "0.1.0", "as POST: one client sends it"),
    _write("POST", f"{_ITEM}/systemupdate", items.system_update, "0.1.0", "the item as it is: takes no values"),
    _write("POST", f"{_ITEM}/updateoverwriteversion", items.update_overwrite_version, "0.1.0", "as above"),
    _write("POST", f"{_ITEM}/validateupdatelistitem", forms.validate_update, "0.1.0",
           "always 200 with a row for each field; no ETag, no If-Match; may write read-only columns"),
    _write("POST", f"{_LIST}/addvalidateupdateitem", forms.add_validate_update, "0.1.0", "as above; no folders"),
    _write("POST", f"{_LIST}/addvalidateupdateitemusingpath", forms.add_validate_update_using_path, "0.1.0",
           "as above; the new number is in the row Id"),
    _many(f"{_ITEM}/getchanges", changes.get_item_changes, "0.1.0", "as of a list, and who did it", "POST"),
    _many(f"{_ITEM}/versions", versions.get_versions, "0.1.0",
          "the last 50; $select, $expand of Fields, $filter, $orderby, $top"),
    _one(f"{_ITEM}/version", versions.get_version, "0.1.0", "512 is 1.0; $select, $expand of Fields"),
    _one(f"{_ITEM}/parentlist", items.get_parent_list, "0.1.0", ""),
    _many(f"{_ITEM}/attachmentfiles", items.get_attachments, "0.1.0", "always empty"),
    _one("site/*", web.get_site_property, "0.1.0", "one plain property"),
    _one("web/*", web.get_web_property, "0.1.0", "one plain property"),
    _one(f"{_LIST}/*", lists.get_list_property, "0.1.0", "one plain property"),
    _one(f"{_ITEM}/*", items.get_item_property, "0.1.0", "one plain property"),
    _one(f"{_VIEW}/*", views.get_view_property, "0.1.0", "one plain property"),
    _one(f"{_FIELD}/*", fields.get_field_property, "0.1.0", "one plain property"),
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
