"""The key that tokens are signed with, and its public half as clients are told it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

ALGORITHM = "RS256"
UNCHECKED = dict.fromkeys(
    ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"), False
)
"""What a reader of tokens leaves to its caller: everything but the signature."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key pair and its name in tokens."""

    private: RSAPrivateKey
    id: str

    @classmethod
    def make(cls) -> "SigningKey":
        """A new one, of this process alone."""
        private = generate_private_key(public_exponent=65537, key_size=2048)
        canonical = json.dumps(_public_parts(private.public_key()), separators=(",", ":"), sort_keys=True)
        return cls(private, encoded(hashlib.sha256(canonical.encode()).digest()))

    @property
    def public(self) -> RSAPublicKey:
        """What verifies."""
        return self.private.public_key()

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token that states these claims."""
        headers = {"kid": self.id, "x5t": self.id}
        return jwt.encode(dict(claims), self.private, algorithm=ALGORITHM, headers=headers)

    def document(self, issuer: str) -> dict[str, Any]:
        """The public half as a JSON Web Key."""
        return {"use": "sig", "kid": self.id, "x5t": self.id, "issuer": issuer, **_public_parts(self.public)}


def encoded(raw: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _public_parts(key: RSAPublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    size = (key.key_size + 7) // 8
    return {"kty": "RSA", "n": encoded(numbers.n.to_bytes(size, "big")), "e": encoded(numbers.e.to_bytes(3, "big"))}
