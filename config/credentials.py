"""What a connection signs in with, read from its settings: text ready for a token request, checked to fit together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from config.names import connection_part, variable
from config.settings import ConnectionSecrets, Settings, secrets_of
from sync.engine.targets import Auth
from sync.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

LARGEST_FILE = 256 * 1024
_MARK = "-----BEGIN "
_ADVICE = "docs/settings.md tells how a certificate is given."


NEEDED: dict[Auth, tuple[str, ...]] = {
    Auth.CERTIFICATE: ("tenant", "client_id", "certificate"),
    Auth.MANAGED_IDENTITY: (),
    Auth.DEVICE_CODE: ("tenant", "client_id"),
    Auth.INTERACTIVE: ("tenant", "client_id"),
    Auth.EMULATOR: (),
}
"""The settings that each way of signing in cannot do without."""

_WAYS = {
    Auth.CERTIFICATE: "with a certificate",
    Auth.DEVICE_CODE: "by device code",
    Auth.INTERACTIVE: "in a browser",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a connection signs in with, as far as its way of signing in uses it. `certificate_pem` holds the leaf
    first; `passphrase` opens `private_key_pem`."""

    tenant: str | None = None
    client_id: str | None = None
    private_key_pem: str | None = field(default=None, repr=False)
    certificate_pem: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    authority: str


def credentials(settings: Settings, connection_name: str, auth: Auth = Auth.CERTIFICATE) -> Credentials:
    """What a connection signs in with, or a ConfigurationError that names the variable that is missing or wrong."""
    others = sorted(set(settings.connections) - {connection_part(connection_name)})
    return read_credentials(secrets_of(settings, connection_name), connection_name, others, auth)


def read_credentials(
    secrets: ConnectionSecrets, connection: str, others: Sequence[str] = (), auth: Auth = Auth.CERTIFICATE
) -> Credentials:
    """The credentials of a connection, or a ConfigurationError that names the variable that is missing or wrong.

    `others`: connections that something is set for, named where one of them may have been meant.
    """
    for setting in NEEDED[auth]:
        if getattr(secrets, setting) is None:
            raise _missing(connection, setting, others, _WAYS[auth])
    known = Credentials(tenant=secrets.tenant, client_id=secrets.client_id, authority=secrets.authority)
    if auth is not Auth.CERTIFICATE:
        return known
    passphrase = secrets.passphrase.get_secret_value() if secrets.passphrase else None
    key_pem, certificate_pem, passphrase = _pair(secrets, connection, passphrase)
    return replace(known, private_key_pem=key_pem, certificate_pem=certificate_pem, passphrase=passphrase)


def _missing(connection: str, setting: str, others: Sequence[str], way: str) -> ConfigurationError:
    name = variable(connection, setting)
    seen = f" (there are settings for {', '.join(others)})" if others else ""
    text = f"Connection '{connection}' signs in {way}, and {name} is not set{seen}."
    return ConfigurationError(text, f"Set {name} in the environment, in .env, or as a secret file of that name.")


def _pair(secrets: ConnectionSecrets, connection: str, passphrase: str | None) -> tuple[str, str, str | None]:
    """The private key and certificate as PEM text, with the passphrase that the key still needs."""
    certificate_name = variable(connection, "certificate")
    certificate = secrets.certificate.get_secret_value() if secrets.certificate else ""
    content = _content(certificate, certificate_name)
    if _MARK.encode() not in content:
        return _from_pfx(content, certificate_name, variable(connection, "passphrase"), passphrase)
    key_name, key_content = certificate_name, content
    if secrets.private_key is not None:
        key_name = variable(connection, "private_key")
        key_content = _content(secrets.private_key.get_secret_value(), key_name)
    key_text = _block(key_content, "PRIVATE KEY")
    if key_text is None:
        name = variable(connection, "private_key")
        raise ConfigurationError(f"{key_name} holds no private key.", f"Put the private key there, or set {name}.")
    key = _load_key(key_text, key_name, variable(connection, "passphrase"), passphrase)
    return key_text, _leaf_first(content, key, certificate_name, key_name), passphrase


def _content(value: str, name: str) -> bytes:
    """PEM text as it stands, else the bytes of the file that the value names."""
    if _MARK in value:
        return value.replace("\\n", "\n").encode()
    path = Path(value)
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a path"
        raise ConfigurationError(
            f"{name} names a file that cannot be read: {reason}.", "Give the path of a PEM or PFX file, or PEM text."
        ) from None


def _block(content: bytes, kind: str) -> str | None:
    """The first PEM block whose label ends so."""
    lines: list[str] = []
    for line in content.decode("ascii", "replace").splitlines():
        if line.startswith(_MARK) and line.rstrip().endswith(f"{kind}-----"):
            lines = [line.rstrip()]
        elif lines:
            lines.append(line.rstrip())
            if line.startswith("-----END "):
                return "\n".join(lines) + "\n"
    return None


def _load_key(text: str, name: str, passphrase_name: str, passphrase: str | None) -> "PrivateKeyTypes":
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = "ENCRYPTED" in text
    if encrypted and passphrase is None:
        raise ConfigurationError(f"The private key in {name} is encrypted.", f"Set {passphrase_name}.")
    try:
        return load_pem_private_key(text.encode(), passphrase.encode() if passphrase and encrypted else None)
    except (ValueError, TypeError):
        reason = f"does not open with {passphrase_name}" if encrypted else "is damaged"
        raise ConfigurationError(f"The private key in {name} {reason}.", _ADVICE) from None


def _leaf_first(content: bytes, key: "PrivateKeyTypes", name: str, key_name: str) -> str:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        chain = load_pem_x509_certificates(content)
    except ValueError:
        raise ConfigurationError(f"{name} holds no certificate that can be read.", _ADVICE) from None
    leaf = [each for each in chain if _public(each) == _public(key)]
    if not leaf:
        raise ConfigurationError(
            f"The private key in {key_name} does not belong to the certificate in {name}.", _ADVICE
        )
    return _pem([*leaf[:1], *(each for each in chain if each != leaf[0])])


def _public(holder: "Certificate | PrivateKeyTypes") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return holder.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(chain: list["Certificate"]) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)


def _from_pfx(content: bytes, name: str, passphrase_name: str, passphrase: str | None) -> tuple[str, str, str | None]:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    try:
        key, leaf, others = load_key_and_certificates(content, passphrase.encode() if passphrase else None)
    except ValueError:
        text = f"The file that {name} names is neither PEM nor a PFX file that opens with {passphrase_name}."
        raise ConfigurationError(
            text, f"Compare {passphrase_name} with the password the file was exported with."
        ) from None
    if key is None or leaf is None:
        raise ConfigurationError(f"The PFX file that {name} names lacks the private key or the certificate.", _ADVICE)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return text, _pem([leaf, *others]), None
