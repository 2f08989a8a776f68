"""How a confidential application proves itself: an assertion signed by its certificate's key, or a secret."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from connectors.emulator.authority import problems
from connectors.emulator.authority.directory import App
from connectors.emulator.authority.keys import UNCHECKED

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PUBLIC, SECRET, CERTIFICATE = "0", "1", "2"
"""How an application proved itself, as the claim `appidacr` says it."""
_ALGORITHMS = ("PS256", "RS256")
_SKEW = 300.0
_LONGEST_LIFE = 24 * 3600.0
_LAST_SECOND = 1e12
_THUMBPRINTS: tuple[tuple[str, type[HashAlgorithm]], ...] = (("x5t#S256", SHA256), ("x5t", SHA1))


@dataclass(slots=True)
class Proofs:
    """Judges what applications prove themselves with, and remembers which identifier stood for which assertion.

    The same assertion may come again while it is good, because msal sends one for nine minutes; its identifier on
    another assertion is a replay.
    """

    seen: dict[str, tuple[str, float]] = field(default_factory=dict)

    def of(
        self, app: App, form: Mapping[str, str], audiences: frozenset[str], machine_now: datetime, now: datetime
    ) -> str:
        """How an application has proved itself: PUBLIC, SECRET or CERTIFICATE. Raises SignInRefused.

        `machine_now` judges what the client signed, `now` the certificate's own time.
        """
        assertion, secret = form.get("client_assertion", ""), form.get("client_secret", "")
        if app.public:
            if assertion or secret:
                raise problems.public_app()
            return PUBLIC
        if assertion:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise problems.assertion_malformed()
            claims = verified(app, assertion, now)
            _check_claims(app, claims, audiences, machine_now.timestamp())
            self._check_first_use(assertion, claims, machine_now.timestamp())
            return CERTIFICATE
        if not secret:
            raise problems.proof_missing()
        if not any(hmac.compare_digest(secret.encode(), known.encode()) for known in app.secrets):
            raise problems.secret_wrong(app.id)
        return SECRET

    def _check_first_use(self, assertion: str, claims: Mapping[str, Any], now: float) -> None:
        self.seen = {jti: known for jti, known in self.seen.items() if known[1] + _SKEW > now}
        known = self.seen.setdefault(str(claims["jti"]), (assertion, float(claims["exp"])))
        if known[0] != assertion:
            raise problems.assertion_replayed()


def verified(app: App, assertion: str, now: datetime) -> dict[str, Any]:
    """The claims of an assertion that a certificate of the application signed. Raises SignInRefused."""
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError:
        raise problems.assertion_malformed() from None
    if header.get("alg") not in _ALGORITHMS:
        raise problems.assertion_malformed()
    certificate, thumbprint = _certificate(app, header)
    if not certificate.not_valid_before_utc <= now.astimezone(UTC) <= certificate.not_valid_after_utc:
        raise problems.certificate_expired(thumbprint)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise problems.signature_wrong(thumbprint)
    try:
        return jwt.decode(assertion, key, algorithms=[str(header["alg"])], options=UNCHECKED)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        raise problems.signature_wrong(thumbprint) from None
    except jwt.InvalidTokenError:
        raise problems.assertion_malformed() from None


def _certificate(app: App, header: Mapping[str, Any]) -> tuple[x509.Certificate, str]:
    """The registered certificate that a header names, and its thumbprint as an administrator reads it."""
    for name, algorithm in _THUMBPRINTS:
        if name not in header:
            continue
        wanted = _decoded(header[name])
        for certificate in app.certificates:
            if certificate.fingerprint(algorithm()) == wanted:
                return certificate, wanted.hex().upper()
        raise problems.certificate_unknown(wanted.hex().upper())
    raise problems.assertion_malformed()


def _decoded(text: object) -> bytes:
    try:
        return base64.urlsafe_b64decode(str(text).encode() + b"==")
    except (binascii.Error, ValueError):
        raise problems.assertion_malformed() from None


def _check_claims(app: App, claims: Mapping[str, Any], audiences: frozenset[str], now: float) -> None:
    for claim in ("iss", "sub"):
        if str(claims.get(claim, "")).lower() != app.id:
            raise problems.assertion_of_another(claim)
    audience = claims.get("aud")
    if not isinstance(audience, str) or audience.rstrip("/").lower() not in audiences:
        raise problems.assertion_of_another("aud")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise problems.assertion_malformed()
    end = _seconds(claims, "exp", None)
    start = _seconds(claims, "nbf", 0.0)
    if not start - _SKEW <= now <= end + _SKEW or end - now > _LONGEST_LIFE:
        raise problems.assertion_out_of_time()


def _seconds(claims: Mapping[str, Any], name: str, missing: float | None) -> float:
    value = claims.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LAST_SECOND:
        raise problems.assertion_out_of_time()
    return float(value)
