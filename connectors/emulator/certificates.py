"""Certificates made when they are needed: a private authority, what a server shows, what an application signs with.

Nothing here outlives the process unless somebody writes it down; a client trusts the authority only where it is told.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from connectors.emulator.loopback import HOSTS

_SERVED_FOR = timedelta(days=90)
_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and the certificate that belongs to it."""

    key: CertificateIssuerPrivateKeyTypes
    certificate: x509.Certificate

    @property
    def key_pem(self) -> str:
        """The key, unencrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def certificate_pem(self) -> str:
        """The public part."""
        return self.certificate.public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server needs to speak TLS, as PEM text, and the authority its clients have to trust."""

    certificate_pem: str
    key_pem: str
    ca_pem: str


def make_tls(now: datetime, hosts: Iterable[str] = HOSTS) -> Tls:
    """A new private authority and a server certificate of its for these names and addresses, good for 90 days.

    `now` is the machine's time: it is what clients judge a certificate by.
    """
    authority = _private_authority(now)
    server = _server(authority, now, tuple(hosts))
    return Tls(server.certificate_pem, server.key_pem, authority.certificate_pem)


def make_signing_pair(name: str, start: datetime, end: datetime) -> Pair:
    """An RSA key with a self-signed certificate, as an administrator uploads it to an application's registration."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = _name(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(key, SHA256())
    )
    return Pair(key, made)


def _private_authority(now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Portfolio Sync emulator, private authority")
    builder = _begun(name, name, key, now).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    return Pair(key, builder.sign(key, SHA256()))


def _server(authority: Pair, now: datetime, hosts: tuple[str, ...]) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    identifier = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    )
    builder = (
        _begun(_name(hosts[0]), issuer.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        .add_extension(identifier, critical=False)
    )
    return Pair(key, builder.sign(authority.key, SHA256()))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _SERVED_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{each: each in names for each in _USAGES})


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
