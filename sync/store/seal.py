"""Seals what is kept of staff's words and names, so that whoever reads the database, or a copy of it, reads none.

The key is no part of the database. Where it is lost, what was sealed is as good as never kept.
"""

import base64
import binascii
import hashlib
import os
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.errors import ConfigurationError

KEY_BYTES = 32
_NONCE = 12
_QUICK = 1
"""zlib's level: what is kept is read and written every night."""


class Seal:
    """AES-256-GCM under one key; `name` tells the key from others and nothing about it."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.name = hashlib.sha256(b"portfolio-sync mirror key " + key).hexdigest()[:16]

    def close(self, content: bytes, about: str) -> bytes:
        """`about` is bound to the content: it opens only where the same is said."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(content, _QUICK), about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """ValueError for what was not closed with this key and about that, whole."""
        try:
            return zlib.decompress(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode()))
        except (InvalidTag, zlib.error):
            raise ValueError("What was sealed does not open.") from None


def new_key() -> bytes:
    """One that nobody else has."""
    return os.urandom(KEY_BYTES)


def key_from_text(text: str) -> bytes:
    """A key as settings hold it: 32 bytes in base64. ConfigurationError for anything else, which is not repeated."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            "PORTFOLIO_SYNC_MIRROR_KEY is no key.", "Set it to 32 random bytes in base64, or leave it unset."
        )
    return key


def key_in(file: Path) -> bytes:
    """The key in a file that only this account may read; made where there is none, or none that is whole."""
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        key = b""
    except OSError as error:
        raise _unusable(file, error) from error
    return key if len(key) == KEY_BYTES else _made(file)


def _made(file: Path) -> bytes:
    key, beside = new_key(), file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(key)
        beside.replace(file)
        return file.read_bytes()  # of two processes that made one, the last one's
    except OSError as error:
        raise _unusable(file, error) from error


def _unusable(file: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The key file {file} cannot be used: {error.strerror or type(error).__name__}.",
        "Let this account read and write it, or set PORTFOLIO_SYNC_MIRROR_KEY.",
    )
