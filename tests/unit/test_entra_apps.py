"""Applications at the authority: who gets a token for itself, and with which of Entra's codes others are refused."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from connectors.emulator.authority.assertions import ASSERTION_TYPE
from connectors.emulator.authority.directory import AppState
from connectors.emulator.authority.keys import encoded
from tests.support.entra_desk import DEFAULT, ORIGIN, Desk, assert_refused, claims_of, opened_desk, stranger


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened_desk() as opened:
        yield opened


# Finding the authority


def test_the_document_says_where_everything_is_and_the_keys_verify_a_token(desk: Desk) -> None:
    base = f"{ORIGIN}/{desk.tenant.id}"
    for name in (desk.tenant.domain, desk.tenant.id, desk.tenant.domain.upper()):
        document = desk.http.get(f"/{name}/v2.0/.well-known/openid-configuration").json()
        assert document["issuer"] == f"{base}/v2.0"
        assert document["token_endpoint"] == f"{base}/oauth2/v2.0/token"
        assert document["device_authorization_endpoint"] == f"{base}/oauth2/v2.0/devicecode"
        assert document["authorization_endpoint"] == f"{base}/oauth2/v2.0/authorize"
    (key,) = desk.http.get(document["jwks_uri"]).json()["keys"]
    token = desk.by_assertion(desk.assertion()).json()["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    unchecked = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    verified = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
    assert verified["appid"] == desk.tenant.app.id


@pytest.mark.parametrize(
    ("tenant", "number"),
    [
        ("fabrikam.onmicrosoft.com", 90002),
        ("11111111-2222-3333-4444-555555555555", 90002),
        ("00000000-0000-0000-0000-000000000000", 900021),
        ("fabrikam", 900023),
    ],
)
def test_a_tenant_that_is_not_this_one_is_refused_everywhere(desk: Desk, tenant: str, number: int) -> None:
    assert_refused(desk.http.get(f"/{tenant}/v2.0/.well-known/openid-configuration"), "invalid_request", number)
    assert_refused(desk.token({"grant_type": "client_credentials"}, tenant), "invalid_request", number)


def test_answers_are_kept_nowhere_and_dated_by_the_worlds_clock(desk: Desk) -> None:
    for answer in (desk.by_assertion(desk.assertion()), desk.by_assertion("x"), desk.http.get("/devicelogin")):
        assert answer.headers["Cache-Control"].startswith("no-store")
        assert answer.headers["Date"] == "Wed, 17 Jun 2026 09:30:00 GMT"


@pytest.mark.parametrize("path", ["/contoso/tokens/OAuth/2", "/extSTS.srf", "/GetUserRealm.srf", "/_vti_bin/idcrl.svc"])
def test_what_microsoft_has_ended_is_not_there(desk: Desk, path: str) -> None:
    assert (desk.post(path, {}).status_code, desk.http.get(path).status_code) == (404, 404)


# Proving who an application is


def test_a_certificate_gets_a_token_that_says_so(desk: Desk) -> None:
    answer = desk.by_assertion(desk.assertion()).json()
    stated = claims_of(answer["access_token"])
    assert (stated["appid"], stated["appidacr"], stated["idtyp"]) == (desk.tenant.app.id, "2", "app")
    assert (stated["roles"], stated["aud"]) == (["Sites.Selected"], ORIGIN)
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == answer["ext_expires_in"] == stated["exp"] - stated["iat"] - 1
    assert stated["iat"] == int(desk.clock().timestamp())
    assert "refresh_token" not in answer


@pytest.mark.parametrize("alg", ["PS256", "RS256"])
def test_a_certificate_is_named_by_either_thumbprint_and_signs_by_either_algorithm(desk: Desk, alg: str) -> None:
    certificate = desk.tenant.app_pair.certificate
    for head in (
        {"x5t": encoded(certificate.fingerprint(SHA1()))},  # noqa: S303 - the name a certificate has, not a proof
        {"x5t#S256": encoded(certificate.fingerprint(SHA256()))},
    ):
        assert desk.by_assertion(desk.assertion(alg=alg, head=head)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"iss": "11111111-2222-3333-4444-555555555555"}, 700021),
        ({"sub": "11111111-2222-3333-4444-555555555555"}, 700021),
        ({"iss": None}, 700021),
        ({"sub": None}, 700021),
        ({"aud": "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token"}, 700023),
        ({"aud": ORIGIN}, 700023),
        ({"aud": None}, 700023),
        ({"aud": [f"{ORIGIN}/oauth2/v2.0/token"]}, 700023),
        ({"jti": None}, 50027),
        ({"jti": 7}, 50027),
        ({"exp": None}, 700024),
        ({"exp": "soon"}, 700024),
        ({"exp": True}, 700024),
        ({"exp": 10**400}, 700024),
        ({"exp": float("nan")}, 700024),
        ({"nbf": []}, 700024),
        ({"nbf": 10**400}, 700024),
    ],
)
def test_an_assertion_that_states_something_else_is_refused(desk: Desk, changed: dict[str, Any], number: int) -> None:
    assert_refused(desk.by_assertion(desk.assertion(**changed)), "invalid_client", number, 401)


@pytest.mark.parametrize(
    ("ends_in", "begins_in", "accepted"),
    [
        (600, 0, True),
        (-299, -900, True),
        (-301, -900, False),
        (600, 299, True),
        (600, 301, False),
        (86_400, 0, True),
        (86_401, 0, False),
    ],
)
def test_an_assertions_time_is_judged_by_the_clock_its_client_lives_by(
    desk: Desk, ends_in: int, begins_in: int, accepted: bool
) -> None:
    now = desk.machine().timestamp()
    desk.clock.advance(days=30)
    answer = desk.by_assertion(desk.assertion(exp=now + ends_in, nbf=now + begins_in))
    assert (answer.status_code == 200) is accepted
    if not accepted:
        assert_refused(answer, "invalid_client", 700024, 401)


def test_an_assertion_may_come_again_but_its_identifier_on_another_is_a_replay(desk: Desk) -> None:
    first = desk.assertion(jti="one")
    assert [desk.by_assertion(first).status_code for _ in range(2)] == [200, 200]
    assert_refused(
        desk.by_assertion(desk.assertion(jti="one", exp=desk.machine().timestamp() + 60)), "invalid_client", 50013, 401
    )
    desk.machine.advance(minutes=16)
    assert desk.by_assertion(desk.assertion(jti="one")).status_code == 200


def test_an_assertion_by_an_unknown_certificate_names_its_thumbprint_and_nothing_else(desk: Desk) -> None:
    assertion = desk.assertion(pair=stranger())
    answer = desk.by_assertion(assertion)
    assert_refused(answer, "invalid_client", 700027, 401)
    assert "not registered" in answer.text
    assert stranger().certificate.fingerprint(SHA256()).hex().upper() in answer.text
    assert assertion.split(".")[2] not in answer.text


def test_an_assertion_signed_by_another_key_under_our_certificates_name_is_refused(desk: Desk) -> None:
    head = {"x5t#S256": encoded(desk.tenant.app_pair.certificate.fingerprint(SHA256()))}
    answer = desk.by_assertion(desk.assertion(pair=stranger(), head=head))
    assert_refused(answer, "invalid_client", 700027, 401)
    assert "signature" in answer.text


def test_an_expired_certificate_is_refused_by_the_worlds_clock_in_words_the_connector_knows(desk: Desk) -> None:
    desk.clock.now = desk.tenant.app_pair.certificate.not_valid_after_utc
    assert desk.by_assertion(desk.assertion()).status_code == 200
    desk.clock.advance(seconds=1)
    answer = desk.by_assertion(desk.assertion())
    assert_refused(answer, "invalid_client", 700027, 401)
    assert "The key used is expired" in answer.text


@pytest.mark.parametrize("make", ["text", "none", "hs256", "no thumbprint", "bad thumbprint", "type"])
def test_what_is_no_assertion_is_refused(desk: Desk, make: str) -> None:
    good, head = desk.assertion(), {"x5t#S256": encoded(desk.tenant.app_pair.certificate.fingerprint(SHA256()))}
    wrong = {
        "text": "nonsense",
        "none": f"{encoded(json.dumps({'alg': 'none', **head}).encode())}.{good.split('.')[1]}.",
        "hs256": jwt.encode({"iss": "x"}, "s" * 32, algorithm="HS256", headers=head),
        "no thumbprint": desk.assertion(head={}),
        "bad thumbprint": desk.assertion(head={"x5t": "é"}),
        "type": good,
    }[make]
    answer = desk.by_assertion(wrong, client_assertion_type="" if make == "type" else ASSERTION_TYPE)
    assert_refused(answer, "invalid_client", 700027 if make == "bad thumbprint" else 50027, 401)


def test_a_secret_gets_a_token_that_says_so_and_a_wrong_one_none(desk: Desk) -> None:
    app = desk.tenant.add_secret(desk.tenant.app, "open sesame")
    form = {"client_id": app.id, "grant_type": "client_credentials", "scope": DEFAULT, "client_secret": "open sesame"}
    assert claims_of(desk.token(form).json()["access_token"])["appidacr"] == "1"
    for secret in ("open sesam", "open sesame ", "é"):
        answer = desk.token(form | {"client_secret": secret})
        assert_refused(answer, "invalid_client", 7000215, 401)
        assert secret not in answer.json()["error_description"]
    assert desk.by_assertion(desk.assertion()).status_code == 200


@pytest.mark.parametrize(
    ("changed", "error", "number", "status"),
    [
        ({"grant_type": ""}, "invalid_request", 900144, 400),
        ({"grant_type": "password"}, "unsupported_grant_type", 70003, 400),
        ({"client_id": ""}, "invalid_request", 900144, 400),
        ({"client_id": "11111111-2222-3333-4444-555555555555"}, "unauthorized_client", 700016, 400),
        ({"client_id": "<script>"}, "unauthorized_client", 700016, 400),
        ({"client_assertion": ""}, "invalid_client", 7000218, 401),
        ({"scope": ""}, "invalid_request", 900144, 400),
        ({"scope": "openid"}, "invalid_scope", 1002012, 400),
        ({"scope": f"{ORIGIN}/AllSites.Write"}, "invalid_scope", 1002012, 400),
        ({"scope": f"{DEFAULT} offline_access"}, "invalid_scope", 1002012, 400),
        ({"scope": "https://nowhere.example/.default"}, "invalid_resource", 500011, 400),
        ({"scope": "https://[/.default"}, "invalid_resource", 500011, 400),
        ({"scope": "/.default"}, "invalid_resource", 500011, 400),
    ],
)
def test_a_request_with_something_wrong_is_refused_as_entra_does(
    desk: Desk, changed: dict[str, str], error: str, number: int, status: int
) -> None:
    assert_refused(desk.by_assertion(desk.assertion(), **changed), error, number, status)


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        (f"{ORIGIN}//.default", ORIGIN),
        (f"{ORIGIN.upper()}/.default", ORIGIN),
        ("00000003-0000-0ff1-ce00-000000000000/.default", "00000003-0000-0ff1-ce00-000000000000"),
        ("https://graph.microsoft.com/.default", "https://graph.microsoft.com"),
    ],
)
def test_a_resource_is_known_by_its_names(desk: Desk, scope: str, audience: str) -> None:
    answer = desk.by_assertion(desk.assertion(), scope=scope)
    assert claims_of(answer.json()["access_token"])["aud"] == audience


@pytest.mark.parametrize(
    ("state", "error", "number"),
    [(AppState.DISABLED, "unauthorized_client", 7000112), (AppState.BLOCKED, "access_denied", 53003)],
)
def test_an_application_that_may_not_sign_in_does_not(desk: Desk, state: AppState, error: str, number: int) -> None:
    desk.tenant.register(replace(desk.tenant.app, state=state))
    assert_refused(desk.by_assertion(desk.assertion()), error, number)


def test_a_public_application_proves_nothing_and_gets_nothing_for_itself(desk: Desk) -> None:
    form = {"client_id": desk.tenant.desktop.id, "grant_type": "client_credentials", "scope": DEFAULT}
    assert_refused(desk.token(form), "invalid_client", 7000218, 401)
    assert_refused(desk.token(form | {"client_secret": "x"}), "invalid_client", 700025, 401)


@pytest.mark.parametrize("body", [b"\xff" * 10, b"a=1&" * 1000, b"x" * 70_000, b'{"grant_type": "client_credentials"}'])
def test_a_body_that_is_no_form_is_refused_in_good_order(desk: Desk, body: bytes) -> None:
    answer = desk.http.post(f"/{desk.tenant.id}/oauth2/v2.0/token", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
