"""What an application asks for, in OAuth's words, brought to a resource and permissions there."""

from connectors.emulator.authority import problems
from connectors.emulator.authority.directory import GRAPH, SHAREPOINT, App, Tenant
from connectors.emulator.authority.people import Asked

_OPENID = frozenset({"openid", "profile", "email"})
_OFFLINE = "offline_access"


def audience_of(tenant: Tenant, resource: str) -> str:
    """What a token for a resource is addressed to. Raises SignInRefused where the tenant has no such resource.

    SharePoint is known by its id and by the addresses it is served at.
    """
    plain = resource.rstrip("/")
    lowered = plain.lower()
    if lowered == SHAREPOINT or lowered in GRAPH or tenant.is_reached_by(lowered):
        return lowered
    raise problems.resource_unknown(plain, tenant.domain)


def asked_for(tenant: Tenant, app: App, scope: str) -> Asked:
    """What a scope for a person asks for: `.default`, or permissions that were consented to. Raises SignInRefused."""
    words = scope.split()
    openid, offline = bool(_OPENID.intersection(words)), _OFFLINE in words
    rest = [word for word in words if word not in _OPENID and word != _OFFLINE]
    split = [word.rpartition("/") for word in rest]
    resources = {resource for resource, _, _ in split}
    if len(resources) != 1 or not all(resources):
        raise problems.scope_invalid(scope)
    audience = audience_of(tenant, resources.pop())
    names = [name for _, _, name in split]
    if names == [".default"]:
        return Asked(audience, app.delegated, openid, offline, by_default=True)
    consented = {name.lower(): name for name in app.delegated}
    if any(name.lower() not in consented for name in names):
        raise problems.consent_missing(app.id, app.name)
    return Asked(audience, tuple(consented[name.lower()] for name in names), openid, offline)
