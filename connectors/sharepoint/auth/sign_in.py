"""What every way of signing in promises, and the simplest one."""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from connectors.sharepoint.settings import is_loopback
from sync.errors import ConfigurationError

AUTHORITY = "https://login.microsoftonline.com"


class SignIn(Protocol):
    """Tokens for one host, for any number of threads: they are given the same one."""

    def token(self) -> Mapping[str, Any]:
        """`access_token`, `token_type` and `expires_in` (seconds), from a cache where one is good for a while yet.

        Raises AccessError where sign-in is refused or needs a person who is not there, UnreachableError where the
        sign-in service does not answer.
        """

    def forget(self, refused: str | None = None) -> None:
        """The next token is a fresh one; but where it is said which access token was `refused`, only if no other has
        been given since: several threads are refused with one token, and need one in its place."""


class LastGiven:
    """Which token was given last, by its digest: the token itself is kept by msal, and by nobody else."""

    def __init__(self) -> None:
        self._digest: bytes | None = None

    def note(self, answer: Mapping[str, Any]) -> None:
        """msal's answer to the last call for a token."""
        self._digest = _digest(answer["access_token"]) if "access_token" in answer else None

    def is_it(self, refused: str | None) -> bool:
        """Whether that token, or any where none is named, is the one."""
        return refused is None or _digest(refused) == self._digest


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


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

    def forget(self, refused: str | None = None) -> None:
        """Nothing is kept."""
