"""What every way of signing in promises, and the simplest one."""

from collections.abc import Mapping
from typing import Any, Protocol

from connectors.sharepoint.settings import is_loopback
from sync.errors import ConfigurationError

AUTHORITY = "https://login.microsoftonline.com"


class SignIn(Protocol):
    """Tokens for one host."""

    def token(self) -> Mapping[str, Any]:
        """`access_token`, `token_type` and `expires_in` (seconds), from a cache where one is good for a while yet.

        Raises AccessError where sign-in is refused or needs a person who is not there, UnreachableError where the
        sign-in service does not answer.
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
