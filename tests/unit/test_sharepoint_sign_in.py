"""Signing in with a certificate through msal, and what is refused. The authority is a fake `http_client`."""

import base64
import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from connectors.sharepoint.auth import CertificateSignIn, EmulatorSignIn, make_sign_in, refuse
from sync.errors import AccessError, ConfigurationError, UnreachableError

HOST = "https://contoso.sharepoint.com"
TENANT = "contoso.onmicrosoft.com"
CLIENT = "aaaaaaaa-1111-2222-3333-444444444444"
TOKEN_URL = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"


@dataclass(frozen=True)
class KeyPair:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def private_pem(self, passphrase: str | None = None) -> str:
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, encryption).decode()

    @property
    def public_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def make_pair() -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Portfolio Sync")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(datetime(2027, 6, 3, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, made)


@pytest.fixture(scope="module")
def pair() -> KeyPair:
    return make_pair()


@dataclass
class Response:
    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise requests.HTTPError(str(self.status_code))


@dataclass
class Authority:
    """Answers as the sign-in service does; `refusal` is its error, where it refuses."""

    refusal: Mapping[str, str] | None = None
    status: int = 200
    page: str = ""
    failure: Exception | None = None
    gets: list[str] = field(default_factory=list)
    posts: list[Mapping[str, str]] = field(default_factory=list)

    def get(self, url: str, **_: Any) -> Response:
        self.gets.append(url)
        if self.failure is not None:
            raise self.failure
        base = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0"
        known = {"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token"}
        return Response(200, json.dumps(known))

    def post(self, url: str, *, data: Mapping[str, str], **_: Any) -> Response:
        assert url == TOKEN_URL
        self.posts.append(data)
        if self.status >= 500:
            return Response(self.status, "")
        if self.page:
            return Response(200, self.page)
        if self.refusal is not None:
            return Response(401, json.dumps(self.refusal))
        granted = {"token_type": "Bearer", "expires_in": 3599, "access_token": f"token-{len(self.posts)}"}
        return Response(200, json.dumps(granted))

    def close(self) -> None:
        """Nothing is open."""


def sign_in(pair: KeyPair, authority: Authority, passphrase: str | None = None) -> CertificateSignIn:
    private = pair.private_pem(passphrase)
    return CertificateSignIn(HOST, TENANT, CLIENT, private, pair.public_pem, passphrase, http_client=authority)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_the_assertion_is_signed_with_sha_256_by_the_certificates_key(pair: KeyPair, passphrase: str | None) -> None:
    authority = Authority()
    token = sign_in(pair, authority, passphrase).token()
    assert token == {"access_token": "token-1", "token_type": "Bearer", "expires_in": 3299}
    (form,) = authority.posts
    assert form["grant_type"] == "client_credentials"
    assert form["client_id"] == CLIENT
    assert "client_secret" not in form
    scope = form["scope"]
    assert (scope if isinstance(scope, str) else " ".join(scope)) == f"{HOST}/.default"
    assertion = form["client_assertion"]
    head, claims, signature = (assertion if isinstance(assertion, str) else bytes(assertion).decode()).split(".")
    header = json.loads(decoded(head))
    fingerprint = hashlib.sha256(pair.certificate.public_bytes(serialization.Encoding.DER)).digest()
    assert header["alg"] == "PS256"
    assert decoded(header["x5t#S256"]) == fingerprint
    stated = json.loads(decoded(claims))
    assert (stated["aud"], stated["iss"], stated["sub"]) == (TOKEN_URL, CLIENT, CLIENT)
    assert timedelta(0) < timedelta(seconds=stated["exp"] - stated["iat"]) <= timedelta(minutes=15)
    pair.key.public_key().verify(
        decoded(signature),
        f"{head}.{claims}".encode(),
        padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH),
        hashes.SHA256(),
    )


def test_the_second_token_comes_from_the_cache_without_a_request(pair: KeyPair) -> None:
    authority = Authority()
    signed = sign_in(pair, authority)
    assert signed.token()["access_token"] == signed.token()["access_token"] == "token-1"
    assert len(authority.posts) == 1
    assert len(authority.gets) == 1, "one long-lived application: its authority is looked up once"


def test_a_forgotten_token_does_not_come_back(pair: KeyPair) -> None:
    authority = Authority()
    signed = sign_in(pair, authority)
    signed.forget()
    first = signed.token()["access_token"]
    signed.forget()
    assert (first, signed.token()["access_token"]) == ("token-1", "token-2")
    assert len(authority.gets) == 1


def test_threads_that_are_refused_with_one_token_get_one_new_one(pair: KeyPair) -> None:
    authority = Authority()
    signed = sign_in(pair, authority)
    refused = signed.token()["access_token"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(signed.forget, [refused] * 4))
        given = {each["access_token"] for each in threads.map(lambda _: signed.token(), range(4))}
    assert given == {"token-2"}
    signed.forget(refused)
    assert signed.token()["access_token"] == "token-2", "what was refused is not what is given now"
    assert len(authority.posts) == 2


REASONS = {
    "Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key: 'SECRET']": (
        "AADSTS700027",
        "the certificate is not known to the application; ours is valid until 3 June 2027",
    ),
    "Client assertion contains an invalid signature. [Reason - The key used is expired., x: 'SECRET']": (
        "AADSTS700027",
        "the certificate has expired; ours is valid until 3 June 2027",
    ),
    "Application with identifier 'SECRET' was not found in the directory": ("AADSTS700016", "the application is not"),
    "Access has been blocked by Conditional Access policies. SECRET": ("AADSTS53003", "Conditional Access"),
    "Something new. SECRET": ("AADSTS999999", "Sign-in was refused (AADSTS999999)"),
}


@pytest.mark.parametrize(("description", "expected"), REASONS.items(), ids=[code for code, _ in REASONS.values()])
def test_a_refusal_says_why_and_repeats_nothing_that_was_sent(
    pair: KeyPair, description: str, expected: tuple[str, str]
) -> None:
    code, sentence = expected
    authority = Authority({"error": "invalid_client", "error_description": f"{code}: {description} Trace ID: 1"})
    with pytest.raises(AccessError) as raised:
        sign_in(pair, authority).token()
    assert sentence in raised.value.what
    assert code in raised.value.what
    shown = f"{raised.value!r} {raised.value}"
    assert "SECRET" not in shown
    assert str(authority.posts[0]["client_assertion"]) not in shown


def test_an_authority_that_does_not_answer_is_unreachable(pair: KeyPair) -> None:
    with pytest.raises(UnreachableError, match=r"sign-in|Sign-in"):
        sign_in(pair, Authority(failure=requests.ConnectionError("refused"))).token()
    for authority in (Authority(status=503), Authority(page="<html>Your network asks you to log in</html>")):
        with pytest.raises(UnreachableError, match="sign-in service"):
            sign_in(pair, authority).token()


def test_a_pair_that_does_not_match_is_refused_at_once(pair: KeyPair) -> None:
    with pytest.raises(ConfigurationError, match="does not belong"):
        CertificateSignIn(HOST, TENANT, CLIENT, make_pair().private_pem(), pair.public_pem)


@pytest.mark.parametrize(("private", "certificate"), [("no key", None), (None, "no certificate")])
def test_text_that_is_no_pem_is_refused_at_once(pair: KeyPair, private: str | None, certificate: str | None) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        CertificateSignIn(HOST, TENANT, CLIENT, private or pair.private_pem(), certificate or pair.public_pem)


def test_a_wrong_passphrase_is_refused_at_once(pair: KeyPair) -> None:
    with pytest.raises(ConfigurationError, match="private key cannot be read"):
        CertificateSignIn(HOST, TENANT, CLIENT, pair.private_pem("right"), pair.public_pem, "wrong")


@pytest.mark.parametrize("host", ["http://127.0.0.1:8790", "http://localhost:1", "http://[::1]:8790"])
def test_the_emulators_token_is_for_loopback(host: str) -> None:
    assert EmulatorSignIn(host).token()["token_type"] == "Bearer"


@pytest.mark.parametrize("host", [HOST, "http://localhost.example.org", "http://10.0.0.1:8790", "http://0.0.0.0:1"])
def test_the_emulators_token_is_for_loopback_only(host: str) -> None:
    with pytest.raises(ConfigurationError, match="on this machine"):
        EmulatorSignIn(host)


@pytest.mark.parametrize(
    ("auth", "reason"),
    [("secret", "client secret"), ("password", "user name and password"), ("magic", "no way of signing in")],
)
def test_what_cannot_work_is_refused_with_the_reason(auth: str, reason: str) -> None:
    assert reason in refuse(auth).what
    with pytest.raises(ConfigurationError, match=reason):
        make_sign_in(auth, HOST)


def test_what_a_certificate_sign_in_lacks_is_named() -> None:
    with pytest.raises(ConfigurationError, match="tenant, private_key, certificate"):
        make_sign_in("certificate", HOST, client_id=CLIENT)
    assert isinstance(make_sign_in("emulator", "http://127.0.0.1:1"), EmulatorSignIn)


def test_a_complete_certificate_sign_in_is_made_without_a_request(pair: KeyPair) -> None:
    made = make_sign_in(
        "certificate",
        HOST,
        tenant=TENANT,
        client_id=CLIENT,
        private_key=pair.private_pem(),
        certificate=pair.public_pem,
    )
    assert isinstance(made, CertificateSignIn)
