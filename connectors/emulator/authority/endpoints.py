"""The token endpoint and the device code endpoint: a form goes in, a document comes out or SignInRefused is raised."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.emulator.authority import problems, tokens
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.assertions import PUBLIC
from connectors.emulator.authority.directory import App
from connectors.emulator.authority.keys import ALGORITHM, encoded
from connectors.emulator.authority.people import DEVICE_CODE_LIVES, Asked
from connectors.emulator.authority.scopes import asked_for, audience_of
from connectors.emulator.authority.tokens import Subject
from connectors.emulator.state.users import Person

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
Form = Mapping[str, str]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AtAuthority:
    """The authority as one request meets it: at this address, at this time. `tenant_name` is as it was asked for."""

    entra: Entra
    origin: str
    tenant_name: str
    now: datetime

    def address(self, rest: str) -> str:
        """The address of an endpoint."""
        return f"{self.origin}/{self.entra.tenant.id}/{rest}"

    @property
    def issuer(self) -> str:
        """Who signs what a client reads about a person."""
        return self.address("v2.0")

    @property
    def audiences(self) -> frozenset[str]:
        """What an assertion may be addressed to: the token endpoint or the issuer, by every name of the tenant."""
        tenant = self.entra.tenant
        names = {tenant.id, tenant.domain.lower(), self.tenant_name.lower()}
        return frozenset(
            f"{self.origin}/{name}/{rest}".lower() for name in names for rest in ("oauth2/v2.0/token", "v2.0")
        )


def openid_document(at: AtAuthority) -> Document:
    """Where everything is."""
    return {
        "token_endpoint": at.address("oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "jwks_uri": at.address("discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": at.issuer,
        "authorization_endpoint": at.address("oauth2/v2.0/authorize"),
        "device_authorization_endpoint": at.address("oauth2/v2.0/devicecode"),
        "code_challenge_methods_supported": ["S256"],
    }


def keys_document(at: AtAuthority) -> Document:
    """The public keys that tokens are verified with."""
    return {"keys": [at.entra.tenant.key.document(tokens.issuer(at.entra.tenant))]}


def begin_device_sign_in(at: AtAuthority, form: Form) -> Document:
    """A code for a person to enter, and one for the device to ask with."""
    app = at.entra.tenant.find_app(_needed(form, "client_id"))
    asked = asked_for(at.entra.tenant, app, _needed(form, "scope"))
    code, waiting = at.entra.sign_ins.begin_device(app.id, asked, at.entra.tenant.device_interval, at.now)
    page = f"{at.origin}/devicelogin"
    return {
        "user_code": waiting.user_code,
        "device_code": code,
        "verification_uri": page,
        "expires_in": int(DEVICE_CODE_LIVES.total_seconds()),
        "interval": at.entra.tenant.device_interval,
        "message": f"To sign in, use a web browser to open the page {page} and enter the code {waiting.user_code} to "
        "authenticate.",
    }


def token(at: AtAuthority, form: Form) -> Document:
    """A token for whoever can show a right to one."""
    grant = _needed(form, "grant_type")
    if grant not in _GRANTS:
        raise problems.grant_unsupported()
    app = at.entra.tenant.find_app(_needed(form, "client_id"))
    machine_now = at.entra.tenant.machine()
    proof = at.entra.proofs.of(app, form, at.audiences, machine_now, at.now)
    return _GRANTS[grant](at, app, proof, form)


def _by_itself(at: AtAuthority, app: App, proof: str, form: Form) -> Document:
    """client_credentials: an application for itself."""
    if proof == PUBLIC:
        raise problems.proof_missing()
    scope = _needed(form, "scope").strip()
    resource, slash, permission = scope.rpartition("/")
    if " " in scope or not slash or permission != ".default":
        raise problems.default_scope_needed(scope)
    audience = audience_of(at.entra.tenant, resource)
    subject = Subject(app.id, proof, app.permissions, app.name, object_id=at.entra.tenant.principal_id(app.id))
    return _bearer(tokens.issue(at.entra.tenant, subject, audience, at.now))


def _by_device(at: AtAuthority, app: App, proof: str, form: Form) -> Document:
    """The device's turn again: a person may have entered the code by now."""
    code = _needed(form, "device_code")
    machine_seconds = at.entra.tenant.machine().timestamp()
    found = at.entra.sign_ins.poll_device(code, app.id, machine_seconds, at.now)
    if found.person is None:
        raise problems.authorization_pending()
    return _for_person(at, app, proof, found.person, found.asked)


def _by_code(at: AtAuthority, app: App, proof: str, form: Form) -> Document:
    """A code that came back from the sign-in page, with the verifier it was asked for with."""
    code, redirect = _needed(form, "code"), _needed(form, "redirect_uri")
    verifier = _needed(form, "code_verifier")
    found = at.entra.sign_ins.redeem_code(code, app.id, redirect, verifier, at.now)
    return _for_person(at, app, proof, found.person, found.asked, found.nonce)


def _by_refresh(at: AtAuthority, app: App, proof: str, form: Form) -> Document:
    """A refresh token: the person signed in before, and need not again."""
    found = at.entra.sign_ins.refresh(_needed(form, "refresh_token"), app.id, at.now)
    asked = asked_for(at.entra.tenant, app, _needed(form, "scope"))
    return _for_person(at, app, proof, found.person, asked)


_GRANTS: dict[str, Callable[[AtAuthority, App, str, Form], Document]] = {
    "client_credentials": _by_itself,
    DEVICE_GRANT: _by_device,
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
}


def _for_person(at: AtAuthority, app: App, proof: str, person: Person, asked: Asked, nonce: str = "") -> Document:
    tenant = at.entra.tenant
    who = tenant.object_id(person)
    subject = Subject(app.id, proof, asked.permissions, app.name, person, who)
    issued = tokens.issue(tenant, subject, asked.audience, at.now)
    names = (*asked.permissions, ".default") if asked.by_default else asked.permissions
    document = _bearer(issued) | {"scope": " ".join(f"{asked.audience}/{name}" for name in names)}
    info = json.dumps({"uid": who, "utid": tenant.id}).encode()
    document |= {"client_info": encoded(info)}
    if asked.offline:
        document["refresh_token"] = at.entra.sign_ins.give_refresh(app.id, person, at.now)
    if asked.openid:
        document["id_token"] = _id_token(at, app, person, issued.seconds, nonce)
    return document


def _id_token(at: AtAuthority, app: App, person: Person, seconds: int, nonce: str) -> str:
    tenant = at.entra.tenant
    start, who = int(at.now.timestamp()), tenant.object_id(person)
    claims: Document = {
        "aud": app.id,
        "iss": at.issuer,
        "iat": start,
        "nbf": start,
        "exp": start + seconds,
        "name": person.name,
        "oid": who,
        "preferred_username": person.principal_name or person.login,
        "sub": who,
        "tid": tenant.id,
        "ver": "2.0",
    }
    return tenant.key.sign(claims | ({"nonce": nonce} if nonce else {}))


def _bearer(issued: tokens.Issued) -> Document:
    # One second short, as the service tells it.
    seconds = issued.seconds - 1
    return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": issued.token}


def _needed(form: Form, name: str) -> str:
    if not form.get(name):
        raise problems.parameter_missing(name)
    return form[name]
