"""What an application asks for, in OAuth's words, brought to a resource and permissions there."""

from urllib.parse import urlsplit

from connectors.emulator.authority import problems
from connectors.emulator.authority.directory import GRAPH, SHAREPOINT, App, Tenant
from connectors.emulator.authority.people import Asked
from connectors.emulator.loopback import is_loopback

_OPENID = frozenset({"openid", "profile", "email"})
_OFFLINE = "offline_access"


def audience_of(tenant: Tenant, resource: str, origin: str) -> str:
    """What a token for a resource is addressed to. Raises SignInRefused where the tenant has no such resource.

    SharePoint is known by its id, by the origin it is asked at, by the other names of loopback on the same port, and
    by the tenant's further hosts.
    """
    plain = resource.rstrip("/")
    lowered = plain.lower()
    if lowered == SHAREPOINT or lowered in GRAPH or lowered in tenant.hosts or _same_server(lowered, origin):
        return lowered
    raise problems.resource_unknown(plain, tenant.domain)


def asked_for(tenant: Tenant, app: App, scope: str, origin: str) -> Asked:
    """What a scope for a person asks for: `.default`, or permissions that were consented to. Raises SignInRefused."""
    words = scope.split()
    openid, offline = bool(_OPENID.intersection(words)), _OFFLINE in words
    rest = [word for word in words if word not in _OPENID and word != _OFFLINE]
    split = [word.rpartition("/") for word in rest]
    resources = {resource for resource, _, _ in split}
    if len(resources) != 1 or not all(resources):
        raise problems.scope_invalid(scope)
    audience = audience_of(tenant, resources.pop(), origin)
    names = [name for _, _, name in split]
    if names == [".default"]:
        return Asked(audience, app.delegated, openid, offline, by_default=True)
    consented = {name.lower(): name for name in app.delegated}
    if any(name.lower() not in consented for name in names):
        raise problems.consent_missing(app.id, app.name)
    return Asked(audience, tuple(consented[name.lower()] for name in names), openid, offline)


def _same_server(resource: str, origin: str) -> bool:
    if resource == origin.lower():
        return True
    try:
        asked, own = urlsplit(resource), urlsplit(origin.lower())
        same = (asked.scheme, asked.port) == (own.scheme, own.port)
    except ValueError:
        return False
    return (
        same and not asked.path and not asked.query and all(is_loopback(each.hostname or "") for each in (asked, own))
    )
