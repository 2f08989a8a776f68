"""The web, its regional settings, its people and the form digest."""

from collections.abc import Iterator

from connectors.emulator import errors
from connectors.emulator.roles import Role
from connectors.emulator.wire.calls import Call, one_property
from connectors.emulator.wire.projection import Resource, collect, project
from connectors.emulator.wire.resources import user_resource
from connectors.emulator.wire.shapes import Collection, Complex, Entity, Multi, Reply, Scalar
from connectors.emulator.wire.web_resources import Asker, regional_resource, site_resource, web_resource, zone_resource


def contextinfo(call: Call) -> Reply:
    """The form digest; served without a token, and not asked for again by calls that carry one."""
    digest = f"0x{call.world.seed:0128X}"[:130] + f",{call.world.now():%d %b %Y %H:%M:%S} -0000"
    info = {
        "FormDigestTimeoutSeconds": call.world.limits.digest_seconds,
        "FormDigestValue": digest,
        "LibraryVersion": "16.0.22001.12005",
        "SiteFullUrl": call.site_url,
        "SupportedSchemaVersions": Multi("Edm.String", ["14.0.0.0", "15.0.0.0"]),
        "WebFullUrl": call.site_url,
    }
    return Reply(Scalar("GetContextWebInformation", Complex("SP.ContextWebInformation", info)))


def get_site(call: Call) -> Reply:
    """The site collection."""
    return _one(call, site_resource(call.site, call.request.origin))


def get_site_property(call: Call) -> Reply:
    """One plain property of the site collection."""
    return Reply(one_property(call, site_resource(call.site, call.request.origin)))


def get_web(call: Call) -> Reply:
    """The web."""
    return _one(call, _web(call))


def get_regional(call: Call) -> Reply:
    """The regional settings."""
    return _one(call, regional_resource(call.site))


def get_zone(call: Call) -> Reply:
    """The time zone."""
    return _one(call, zone_resource(call.site))


def get_web_property(call: Call) -> Reply:
    """One plain property of the web."""
    return Reply(one_property(call, _web(call)))


def _web(call: Call) -> Resource:
    return web_resource(call.site, call.request.origin, Asker(call.role, call.role_at, lambda: call.actor))


def get_current_user(call: Call) -> Reply:
    """Who the token is."""
    return _one(call, user_resource(call.actor))


def get_users(call: Call) -> Reply:
    """Everybody the site has met."""
    resources: Iterator[Resource] = (user_resource(user) for user in call.site.users.values())
    return Reply(collect(resources, call.options, "SP.ApiData.Users"))


def get_user(call: Call) -> Reply:
    """One of them."""
    return _one(call, user_resource(call.user))


def ensure_user(call: Call) -> Reply:
    """Make somebody from the directory known to the site; the login is in the path or in the body."""
    if "ensureuser" in call.resource.selectors:
        login = call.selector("ensureuser").value
    else:
        login = str(call.json().get("logonName", ""))
    if not login:
        raise errors.bad_query("The parameter logonName is missing.")
    return _one(call, user_resource(call.site.ensure_user(login)))


def get_recycle_bin(call: Call) -> Reply:
    """What has been recycled, latest first."""
    entities = []
    for entry in reversed(call.site.recycled.values()):
        owner, deleter = call.site.list_with_id(entry.list_id), call.site.user(entry.deleted_by).person
        if owner is not None and call.role_at(owner) < Role.READ:
            continue
        properties = {
            "DeletedByEmail": deleter.email,
            "DeletedByName": deleter.name,
            "DeletedDate": entry.deleted,
            "DirName": owner.server_relative_url.strip("/") if owner else "",
            "Id": entry.id,
            "ItemState": 1,
            "ItemType": 3,
            "LeafName": entry.item.leaf_name,
            "Title": entry.item.values.get("Title"),
        }
        uri = f"Web/RecycleBin('{entry.id}')"
        entities.append(Entity("SP.RecycleBinItem", uri, properties, context="SP.ApiData.RecycleBinItems/@Element"))
    return Reply(Collection(entities, "SP.ApiData.RecycleBinItems"))


def restore(call: Call) -> Reply:
    """Put a recycled item back."""
    entry = call.site.recycled.get(call.selector("recycled").value)
    owner = call.site.list_with_id(entry.list_id) if entry else None
    if entry is None or owner is None:
        raise errors.item_missing()
    if call.role_at(owner) < Role.WRITE:
        raise errors.access_denied()
    del call.site.recycled[entry.id]
    owner.restore(entry.item)
    return Reply(Scalar("Restore", None))


def _one(call: Call, resource: Resource) -> Reply:
    return Reply(project(resource, call.options.select, call.options.expand))
