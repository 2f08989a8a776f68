"""Signing in as an application that proves itself with a certificate: the way for a service that runs by itself."""

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

import msal
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connectors.sharepoint.auth.answers import COMMON, Meaning, asking, granted, msal_application, refused
from connectors.sharepoint.auth.sign_in import AUTHORITY, LastGiven
from connectors.sharepoint.settings import Transport
from sync.errors import ConfigurationError

_ADVICE = "Check the application's registration, its certificate and its permission Sites.Selected on SharePoint."


class CertificateSignIn:
    """An application that proves itself with a certificate; both are PEM text.

    One long-lived msal application, made at the first token. Given a key and a certificate, msal signs its assertion
    with SHA-256 (PS256, `x5t#S256`); a thumbprint alone would fall back to SHA-1.
    """

    def __init__(
        self,
        host: str,
        tenant: str,
        client_id: str,
        private_key: str,
        certificate: str,
        passphrase: str | None = None,
        authority: str = AUTHORITY,
        http_client: Any = None,
    ) -> None:
        self._scope = f"{host.rstrip('/')}/.default"
        self._authority = f"{authority.rstrip('/')}/{tenant}"
        self._client_id = client_id
        self._until = _checked(private_key, certificate, passphrase)
        self._credential = {"private_key": private_key, "public_certificate": certificate}
        if passphrase:
            self._credential["passphrase"] = passphrase
        self._http = http_client or Transport().session()
        self._application: Any = None
        self._given = LastGiven()
        self._lock = threading.Lock()

    def token(self) -> Mapping[str, Any]:
        with self._lock, asking(self._authority):
            self._application = self._application or self._make()
            answer = self._application.acquire_token_for_client([self._scope])
            self._given.note(answer)
        if "access_token" not in answer:
            raise refused(
                answer,
                (*_of_certificates(self._until), *COMMON),
                _ADVICE,
            )
        return granted(answer)

    def forget(self, refused: str | None = None) -> None:
        with self._lock:
            if self._application is not None and self._given.is_it(refused):
                self._application.remove_tokens_for_client()

    def _make(self) -> Any:
        return msal_application(
            msal.ConfidentialClientApplication,
            self._client_id,
            self._authority,
            self._http,
            client_credential=self._credential,
        )


def _of_certificates(until: str) -> tuple[Meaning, ...]:
    ours = f"; ours is valid until {until}"
    return (
        Meaning(
            r"AADSTS700027.*expired|key used is expired",
            f"the certificate has expired{ours}",
            "Upload a new certificate.",
        ),
        Meaning(
            r"AADSTS700027|AADSTS700025|AADSTS50012",
            f"the certificate is not known to the application{ours}",
            "Upload the certificate's public part to the application's registration, or correct the path to it.",
        ),
    )


def _checked(private_key: str, certificate: str, passphrase: str | None) -> str:
    """The last day of the certificate, in words; ConfigurationError where key and certificate cannot be used."""
    try:
        key = load_pem_private_key(private_key.encode(), passphrase.encode() if passphrase else None)
    except (ValueError, TypeError):
        raise ConfigurationError(
            "The private key cannot be read.", "It must be PEM text; check the passphrase as well."
        ) from None
    parsed = _parsed(certificate)
    if parsed.public_key() != key.public_key():
        raise ConfigurationError("The private key does not belong to the certificate.", "Give both parts of one pair.")
    end = parsed.not_valid_after_utc
    return f"{end.day} {end:%B %Y}"


def last_day(certificate: str) -> date:
    """The day, in UTC, on which a certificate of PEM text ends; ConfigurationError where it cannot be read."""
    return _parsed(certificate).not_valid_after_utc.date()


def _parsed(certificate: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(certificate.encode())
    except ValueError:
        raise ConfigurationError("The certificate cannot be read.", "It must be PEM text.") from None
