"""An authority's endpoints without a network: a desk that asks them as clients and people do."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.emulator.app import create_app
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.assertions import ASSERTION_TYPE
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.authority.endpoints import DEVICE_GRANT
from connectors.emulator.authority.keys import encoded
from connectors.emulator.authority.people import challenge_of
from connectors.emulator.certificates import Pair, make_signing_pair
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from tests.support.asgi import AsgiClient
from tests.support.emulator import ManualClock
from tests.support.entra import ANN, DOCUMENT, make_entra

ORIGIN = "https://tenant.example"
DEFAULT = f"{ORIGIN}/.default"
FROM_OUR_PAGE = {"Origin": ORIGIN}
REDIRECT, VERIFIER = "http://localhost:51234", "v" * 43
_STAMPED = re.compile(r"AADSTS(\d+): \S.* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \S+ \S+Z")


@dataclass
class Desk:
    """An authority, and requests to it that are right but for what a test changes.

    `clock` is the world's, `machine` the one that clients live by: an hour and a half apart.
    """

    entra: Entra
    clock: ManualClock
    machine: ManualClock
    http: AsgiClient

    @property
    def tenant(self) -> Tenant:
        return self.entra.tenant

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.http.post(path, data=dict(form), headers=headers)

    def token(self, form: Mapping[str, str], tenant: str = "") -> httpx.Response:
        return self.post(f"/{tenant or self.tenant.domain}/oauth2/v2.0/token", form)

    # An application for itself

    def assertion(self, *, alg: str = "PS256", pair: Pair | None = None, head: Any = None, **changed: Any) -> str:
        """A client's assertion; None leaves a claim out."""
        signer, now = pair or self.tenant.app_pair, self.machine().timestamp()
        claims = {
            "aud": f"{ORIGIN}/{self.tenant.id}/oauth2/v2.0/token", "iss": self.tenant.app.id,
            "sub": self.tenant.app.id, "jti": str(uuid.uuid4()), "nbf": now, "exp": now + 600,
        } | changed  # fmt: skip
        named = {"x5t#S256": encoded(signer.certificate.fingerprint(SHA256()))}
        key = signer.key
        assert isinstance(key, RSAPrivateKey)
        return jwt.encode(_given(claims), key, algorithm=alg, headers=named if head is None else head)

    def by_assertion(self, assertion: str, **changed: str) -> httpx.Response:
        form = {
            "client_id": self.tenant.app.id, "grant_type": "client_credentials", "scope": DEFAULT,
            "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion,
        } | changed  # fmt: skip
        return self.token(_given(form))

    # A person at another device

    def begin_device(self, scope: str = f"{DEFAULT} openid profile offline_access") -> dict[str, Any]:
        form = {"client_id": self.tenant.desktop.id, "scope": scope}
        return dict(self.post(f"/{self.tenant.id}/oauth2/v2.0/devicecode", form).json())

    def enter(self, code: str, headers: Mapping[str, str] | None = None, /, **form: str) -> httpx.Response:
        """Enter a device's code on its page."""
        return self.post("/devicelogin", {"code": code, **form}, FROM_OUR_PAGE if headers is None else headers)

    def poll(self, code: str, **changed: str) -> httpx.Response:
        form = {"client_id": self.tenant.desktop.id, "grant_type": DEVICE_GRANT, "device_code": code}
        return self.token(form | changed)

    # A person at this device

    def page(self, **changed: str | None) -> httpx.Response:
        """Open the sign-in page."""
        return self.http.get(self.page_address(**changed))

    def sign_in(self, form: Mapping[str, str] | None = None, /, **changed: str | None) -> httpx.Response:
        """Choose a person on the sign-in page: Ann unless the form says otherwise."""
        return self.post(self.page_address(**changed), {"person": ANN} if form is None else form, FROM_OUR_PAGE)

    def page_address(self, **changed: str | None) -> str:
        query: dict[str, str | None] = {
            "client_id": self.tenant.desktop.id, "redirect_uri": REDIRECT, "response_type": "code",
            "scope": f"{DEFAULT} openid offline_access", "state": "s t&te", "nonce": "n",
            "code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256",
        }  # fmt: skip
        return f"/{self.tenant.id}/oauth2/v2.0/authorize?{urlencode(_given(query | changed))}"

    def code(self) -> str:
        return parse_qs(urlsplit(self.sign_in().headers["Location"]).query)["code"][0]

    def redeem(self, code: str, **changed: str) -> httpx.Response:
        form = {
            "client_id": self.tenant.desktop.id, "grant_type": "authorization_code", "code": code,
            "redirect_uri": REDIRECT, "code_verifier": VERIFIER,
        } | changed  # fmt: skip
        return self.token(_given(form))

    def refresh(self, token: str, scope: str = f"{DEFAULT} offline_access", **changed: str) -> httpx.Response:
        form = {"client_id": self.tenant.desktop.id, "grant_type": "refresh_token", "refresh_token": token}
        return self.token(form | {"scope": scope} | changed)


@contextmanager
def opened_desk() -> Iterator[Desk]:
    """A desk of its own; its tenant has the keys of all others, because making keys takes longer than a test."""
    clock, machine = ManualClock(), ManualClock(datetime(2026, 6, 17, 11, 0, tzinfo=UTC))
    world = load_world(DOCUMENT, clock=clock)
    shared = _shared_tenant()
    tenant = replace(
        shared, machine=machine, apps=dict(shared.apps), granted=dict(shared.granted), identities=[*shared.identities]
    )
    entra = Entra(tenant)
    yield Desk(entra, clock, machine, AsgiClient(create_app(Service(world, access=entra)), ORIGIN))


@cache
def stranger() -> Pair:
    """A key and a certificate that nobody has registered."""
    start = ManualClock()() - timedelta(days=1)
    return make_signing_pair("Somebody", start, start + timedelta(days=9000))


def claims_of(token: str) -> dict[str, Any]:
    """What a token states, unchecked."""
    return dict(jwt.decode(token, options={"verify_signature": False}))


def assert_refused(answer: httpx.Response, error: str, number: int, status: int = 400) -> None:
    """The answer is this refusal, in the form that Entra gives it."""
    document = answer.json()
    assert (answer.status_code, document["error"], document["error_codes"]) == (status, error, [number]), document
    stamped = _STAMPED.fullmatch(document["error_description"])
    assert stamped, document["error_description"]
    assert stamped[1] == str(number)
    assert document["error_uri"] == f"{ORIGIN}/error?code={number}"
    assert "access_token" not in document


@cache
def _shared_tenant() -> Tenant:
    clock = ManualClock()
    return make_entra(load_world(DOCUMENT, clock=clock), machine=clock).tenant


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
