"""Whatever is sent to the sign-in authority, and whatever is shown at SharePoint's door, is answered in good order."""

import base64
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.entra_desk import FROM_OUR_PAGE, Desk, opened_desk

PARAMETERS = (
    "client_id", "grant_type", "scope", "client_assertion", "client_assertion_type", "client_secret", "code",
    "redirect_uri", "code_verifier", "device_code", "refresh_token", "response_type", "response_mode", "state",
    "code_challenge", "code_challenge_method", "prompt", "login_hint", "resource", "api-version", "person",
    "object_id", "mi_res_id",
)  # fmt: skip
DOCUMENT = "v2.0/.well-known/openid-configuration"
ENDPOINTS = ("oauth2/v2.0/token", "oauth2/v2.0/devicecode", "oauth2/v2.0/authorize", DOCUMENT)
MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def right(desk: Desk) -> dict[str, list[str]]:
    """Values that are accepted, so that what is drawn gets past the first question."""
    tenant = desk.tenant
    return {
        "client_id": [tenant.app.id, tenant.desktop.id],
        "grant_type": ["client_credentials", "authorization_code", "refresh_token",
                       "urn:ietf:params:oauth:grant-type:device_code"],
        "scope": ["https://tenant.example/.default", "https://tenant.example/.default openid offline_access"],
        "client_assertion": [desk.assertion()],
        "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        "redirect_uri": ["http://localhost:1"],
        "response_type": ["code"],
        "response_mode": ["form_post", "fragment"],
        "code_challenge": ["c" * 43],
        "code_challenge_method": ["S256"],
        "person": ["ann@example.org"],
        "api-version": ["2018-02-01", "2019-08-01"],
    }  # fmt: skip


@MANY
@given(data=st.data())
def test_no_request_to_the_authority_is_a_defect(data: st.DataObject) -> None:
    with opened_desk() as desk:
        known = right(desk)
        values = {
            name: data.draw(st.sampled_from(known[name]) | st.text() if name in known else st.text(), label=name)
            for name in data.draw(st.sets(st.sampled_from(PARAMETERS)) | st.just(set(known)), label="names")
        }
        tenant = data.draw(st.sampled_from([desk.tenant.id, desk.tenant.domain]) | st.text("ab.-0", min_size=1))
        paths = [f"/{tenant}/{endpoint}" for endpoint in ENDPOINTS]
        path = data.draw(st.sampled_from([*paths, "/devicelogin", "/metadata/identity/oauth2/token", "/msi/token"]))
        headers = {"Metadata": "true", "X-IDENTITY-HEADER": desk.tenant.identity_header, **FROM_OUR_PAGE}
        for answer in (
            desk.http.get(path, params=values, headers=headers),
            desk.http.post(path, params=values, data=values, headers=headers),
        ):
            sentence = answer.json().get("message", "") if answer.status_code == 500 else ""
            assert answer.status_code < 500 or answer.status_code == 501 or "AADSTS" in sentence


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=4)
CLAIMS = ("aud", "iss", "sub", "jti", "exp", "nbf", "iat", "upn", "scp", "roles", "idtyp", "appid", "appidacr")


@MANY
@given(changed=st.dictionaries(st.sampled_from(CLAIMS), JSON))
def test_no_claim_of_an_assertion_is_a_defect(changed: dict[str, Any]) -> None:
    strings = {name: value for name, value in changed.items() if name not in {"iss"} or isinstance(value, str)}
    with opened_desk() as desk:
        assert desk.by_assertion(desk.assertion(**strings)).status_code in {200, 401}


@MANY
@given(head=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "x5t", "x5t#S256", "crit", "b64"]), JSON), body=JSON)
def test_no_text_is_a_defect_as_a_token_or_as_an_assertion(head: dict[str, Any], body: Any) -> None:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body))
    text = ".".join([*parts, "c2ln"])
    with opened_desk() as desk:
        assert desk.by_assertion(text).status_code == 401
        answer = desk.http.get("/sites/demo/_api/web", headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == 401


@MANY
@given(authorization=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])), host=st.text("a[]:@/?#.1"))
def test_no_header_is_a_defect(authorization: str, host: str) -> None:
    headers = {"Authorization": authorization.encode("latin-1"), "Host": host or "x"}
    with opened_desk() as desk:
        for path in (
            "/sites/demo/_api/web",
            f"/{desk.tenant.id}/v2.0/.well-known/openid-configuration",
            "/devicelogin",
        ):
            assert desk.http.get(path, headers=headers).status_code < 500
