"""Managed identities: the two endpoints that a machine in Azure asks instead of signing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.emulator.authority import tokens
from connectors.emulator.authority.assertions import CERTIFICATE
from connectors.emulator.authority.directory import ManagedIdentity
from connectors.emulator.authority.endpoints import AtAuthority
from connectors.emulator.authority.problems import SignInRefused
from connectors.emulator.authority.scopes import audience_of
from connectors.emulator.authority.tokens import Issued, Subject

Document = dict[str, Any]
IMDS_VERSION, APP_SERVICE_VERSION = "2018-02-01", "2019-08-01"
_BY_CLIENT, _BY_OBJECT = ("client_id",), ("object_id", "principal_id")
_BY_RESOURCE = ("msi_res_id", "mi_res_id")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a document."""

    status: int
    document: Document


def imds(at: AtAuthority, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """A virtual machine's metadata service. The header keeps requests out that somebody was tricked into."""
    if headers.get("metadata", "").lower() != "true" or "x-forwarded-for" in headers:
        return _bad("invalid_request", "Required metadata header not specified")
    if query.get("api-version") != IMDS_VERSION:
        return _bad("invalid_request", "Required query variable 'api-version' is missing or not supported")
    if not query.get("resource"):
        return _bad("invalid_request", "Required query variable 'resource' is missing")
    identity = _identity(at, query)
    if identity is None:
        return _bad("invalid_request", "Identity not found")
    try:
        issued = _issue(at, identity, query["resource"])
    except SignInRefused as refused:
        return _bad(refused.error, f"AADSTS{refused.number}: {refused.sentence}")
    times = {"expires_in": str(issued.seconds), "ext_expires_in": str(issued.seconds)}
    return Answer(200, _token(at, identity, issued, query["resource"]) | times)


def app_service(at: AtAuthority, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """The identity endpoint of App Service, Functions and Automation; its header is the secret of the place."""
    if headers.get("x-identity-header") != at.entra.tenant.identity_header:
        return _failed(401, "The X-IDENTITY-HEADER is missing or wrong.")
    if query.get("api-version") != APP_SERVICE_VERSION:
        return _failed(400, "The api-version is missing or not supported.")
    if not query.get("resource"):
        return _failed(400, "The resource is missing.")
    identity = _identity(at, query)
    if identity is None:
        return _failed(400, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId.")
    try:
        issued = _issue(at, identity, query["resource"])
    except SignInRefused as refused:
        return _failed(500, f"AADSTS{refused.number}: {refused.sentence}")
    return Answer(200, _token(at, identity, issued, query["resource"]))


def _identity(at: AtAuthority, query: Mapping[str, str]) -> ManagedIdentity | None:
    """The identity that a query names; the machine's own where it names none."""
    known = at.entra.tenant.identities
    for names, attribute in ((_BY_CLIENT, "client_id"), (_BY_OBJECT, "object_id"), (_BY_RESOURCE, "resource_id")):
        for name in names:
            if name in query:
                wanted = query[name].lower()
                return next((each for each in known if getattr(each, attribute).lower() == wanted), None)
    return next((each for each in known if each.system), None)


def _issue(at: AtAuthority, identity: ManagedIdentity, resource: str) -> Issued:
    audience = audience_of(at.entra.tenant, resource)
    # What Azure gives a machine is a certificate in the end, and SharePoint takes it for one.
    subject = Subject(
        identity.client_id,
        CERTIFICATE,
        identity.permissions,
        identity.resource_id.rpartition("/")[2],
        object_id=identity.object_id,
        resource_id=identity.resource_id,
    )
    return tokens.issue(at.entra.tenant, subject, audience, at.now)


def _token(at: AtAuthority, identity: ManagedIdentity, issued: Issued, resource: str) -> Document:
    # By the machine's clock: whoever asks takes its own time from this.
    machine = int(at.entra.tenant.machine().timestamp())
    return {
        "access_token": issued.token,
        "client_id": identity.client_id,
        "expires_on": str(machine + issued.seconds),
        "not_before": str(machine),
        "resource": resource,
        "token_type": "Bearer",
    }


def _bad(error: str, sentence: str) -> Answer:
    return Answer(400, {"error": error, "error_description": sentence})


def _failed(status: int, sentence: str) -> Answer:
    return Answer(status, {"statusCode": status, "message": sentence})
