"""Signing in: a token for one host, from a certificate or from the embedded SharePoint."""

import re
import threading
from collections.abc import Mapping
from typing import Any, Protocol

import msal
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msal.exceptions import MsalError

from connectors.sharepoint.errors import unreachable
from connectors.sharepoint.settings import Transport, is_loopback
from sync.errors import AccessError, ConfigurationError, UnreachableError

AUTHORITY = "https://login.microsoftonline.com"
_MARGIN = 300
"""Seconds by which a token's life is reported short, so that none expires on its way."""

_REFUSED = {
    "secret": "SharePoint refuses applications that sign in with a client secret.",
    "password": "Microsoft has ended sign-in with a user name and password for services.",
}
_ADVICE = "Give the application a certificate and set `auth: certificate`."

_MEANINGS = (
    (r"AADSTS700027.*expired|key used is expired", "the certificate has expired", "Upload a new certificate."),
    (
        r"AADSTS700027|AADSTS50012",
        "the certificate is not known to the application",
        "Upload the certificate's public part to the application's registration, or correct the path to it.",
    ),
    (
        r"AADSTS700016|AADSTS7000112",
        "the application is not known in this tenant, or is switched off",
        "Compare the client id and the tenant with the application's registration.",
    ),
    (
        r"AADSTS90002|AADSTS900023|AADSTS900021",
        "the tenant is not known",
        "Compare the tenant with the directory's id or domain name.",
    ),
    (
        r"AADSTS53003|AADSTS530\d\d",
        "a Conditional Access policy blocks it",
        "Ask the identity team to admit this machine's address.",
    ),
    (
        r"AADSTS500011|AADSTS500014",
        "the host is not known to the tenant as a resource",
        "Compare the host in the portfolio file with the tenant's SharePoint address.",
    ),
)


class SignIn(Protocol):
    """Tokens for one host."""

    def token(self) -> Mapping[str, Any]:
        """`access_token`, `token_type` and `expires_in` (seconds), from a cache where one is good for a while yet.

        Raises AccessError where sign-in is refused, UnreachableError where the sign-in service does not answer.
        """

    def forget(self) -> None:
        """The next token is a fresh one."""


class EmulatorSignIn:
    """The token that the embedded SharePoint accepts, for loopback only: it means nothing anywhere else."""

    def __init__(self, host: str) -> None:
        if not is_loopback(host):
            raise ConfigurationError(
                f"`auth: emulator` is for an embedded SharePoint on this machine, not for {host}.",
                "Use `auth: certificate` for this host, or 127.0.0.1 for the emulator.",
            )

    def token(self) -> Mapping[str, Any]:
        return {"access_token": "emulator", "token_type": "Bearer", "expires_in": 3600}

    def forget(self) -> None:
        """Nothing is kept."""


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
        self._lock = threading.Lock()

    def token(self) -> Mapping[str, Any]:
        try:
            with self._lock:
                self._application = self._application or self._make()
                answer = self._application.acquire_token_for_client([self._scope])
        except requests.HTTPError:
            raise UnreachableError(f"The sign-in service {self._authority} is not available.") from None
        except requests.RequestException as error:
            raise UnreachableError(f"Sign-in: {unreachable(error, self._authority).what}") from None
        except (MsalError, RuntimeError, ValueError, KeyError):
            # msal's answers to a page that is not what a sign-in service answers.
            raise UnreachableError(f"The sign-in service {self._authority} is not available.") from None
        if "access_token" not in answer:
            raise self._refused(answer)
        return {
            "access_token": answer["access_token"],
            "token_type": "Bearer",
            "expires_in": max(0, int(answer.get("expires_in", 0)) - _MARGIN),
        }

    def forget(self) -> None:
        with self._lock:
            if self._application is not None:
                self._application.remove_tokens_for_client()

    def _make(self) -> Any:
        try:
            return msal.ConfidentialClientApplication(
                self._client_id,
                authority=self._authority,
                client_credential=self._credential,
                http_client=self._http,
                # The authority is configuration, so there is nothing to find out about it.
                instance_discovery=False,
            )
        except ValueError:
            raise AccessError(
                f"Sign-in was refused: the tenant is not known at {self._authority}.",
                "Compare the tenant with the directory's id or domain name.",
            ) from None

    def _refused(self, answer: Mapping[str, Any]) -> AccessError:
        """Only the service's code is repeated: its description can quote what was sent."""
        text = f"{answer.get('error', '')} {answer.get('error_description', '')}"
        code = re.search(r"AADSTS\d+", text)
        named = f" ({code.group()})" if code else ""
        for pattern, meaning, advice in _MEANINGS:
            if re.search(pattern, text, re.DOTALL | re.IGNORECASE):
                until = f"; ours is valid until {self._until}" if "certificate" in meaning else ""
                return AccessError(f"Sign-in was refused: {meaning}{until}{named}.", advice)
        return AccessError(
            f"Sign-in was refused{named}.",
            "Check the application's registration, its certificate and its permission Sites.Selected on SharePoint.",
        )


def _checked(private_key: str, certificate: str, passphrase: str | None) -> str:
    """The last day of the certificate, in words; ConfigurationError where key and certificate cannot be used."""
    try:
        key = load_pem_private_key(private_key.encode(), passphrase.encode() if passphrase else None)
    except (ValueError, TypeError):
        raise ConfigurationError(
            "The private key cannot be read.", "It must be PEM text; check the passphrase as well."
        ) from None
    try:
        parsed = x509.load_pem_x509_certificate(certificate.encode())
    except ValueError:
        raise ConfigurationError("The certificate cannot be read.", "It must be PEM text.") from None
    if parsed.public_key() != key.public_key():
        raise ConfigurationError("The private key does not belong to the certificate.", "Give both parts of one pair.")
    end = parsed.not_valid_after_utc
    return f"{end.day} {end:%B %Y}"


def make_sign_in(
    auth: str,
    host: str,
    *,
    tenant: str | None = None,
    client_id: str | None = None,
    private_key: str | None = None,
    certificate: str | None = None,
    passphrase: str | None = None,
    authority: str = AUTHORITY,
    transport: Transport | None = None,
) -> SignIn:
    """The way of signing in that a connection names; what cannot work is refused with the reason."""
    if auth == "emulator":
        return EmulatorSignIn(host)
    if auth != "certificate":
        raise refuse(auth)
    if not (tenant and client_id and private_key and certificate):
        given = {"tenant": tenant, "client_id": client_id, "private_key": private_key, "certificate": certificate}
        missing = ", ".join(name for name, value in given.items() if not value)
        raise ConfigurationError(
            f"Signing in to {host} with a certificate also needs: {missing}.",
            "Set them in the environment or in secret files, never in the portfolio file.",
        )
    network = transport or Transport()
    return CertificateSignIn(
        host,
        tenant,
        client_id,
        private_key,
        certificate,
        passphrase,
        authority,
        http_client=network.session(),
    )


def refuse(auth: str) -> ConfigurationError:
    """Why a way of signing in is not offered."""
    return ConfigurationError(_REFUSED.get(auth, f"There is no way of signing in called `{auth}`."), _ADVICE)
