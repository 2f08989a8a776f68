"""Signing in as the identity that Azure gives a machine: nothing to keep, nothing to renew, nothing to lose."""

import threading
from collections.abc import Mapping
from typing import Any

import msal

from connectors.sharepoint.auth.answers import COMMON, Meaning, asking, granted, refused
from connectors.sharepoint.auth.sign_in import LastGiven
from connectors.sharepoint.settings import Transport

_NONE_HERE = "Run this where Azure gives the machine an identity (a VM, App Service, Arc), or set `auth: certificate`."
_MEANINGS = (
    Meaning(
        r"identity not found|ManagedIdentityNotFound|no (user[- ])?assigned|no managed identity",
        "this machine has no such managed identity",
        "Switch on its system-assigned identity, or assign the one whose client id is set for this connection.",
    ),
)

_OF_MACHINES = "http://169.254.169.254"


class ManagedIdentitySignIn:
    """The system-assigned identity of this machine, or the user-assigned one with `client_id`.

    Tokens are kept in memory only. The machine's own service keeps tokens as well, and may answer a call after
    `forget` with the token it gave before, while that is good for some time.
    """

    def __init__(self, host: str, client_id: str | None = None, http_client: Any = None) -> None:
        self._resource = host.rstrip("/")
        self._tokens = msal.TokenCache()
        self._given = LastGiven()
        self._lock = threading.Lock()
        identity = msal.UserAssignedManagedIdentity(client_id=client_id) if client_id else None
        self._client = msal.ManagedIdentityClient(
            identity or msal.SystemAssignedManagedIdentity(),
            http_client=http_client or Transport().session(),
            token_cache=self._tokens,
        )

    def token(self) -> Mapping[str, Any]:
        with self._lock, asking(_OF_MACHINES, _NONE_HERE):
            answer = self._client.acquire_token_for_client(resource=self._resource)
            self._given.note(answer)
        if "access_token" not in answer:
            raise refused(
                answer,
                (*_MEANINGS, *COMMON),
                "Check the identity of this machine in Azure, and its permission Sites.Selected on SharePoint.",
            )
        return granted(answer)

    def forget(self, refused: str | None = None) -> None:
        with self._lock:
            if not self._given.is_it(refused):
                return
            for token in list(self._tokens.search(msal.TokenCache.CredentialType.ACCESS_TOKEN)):
                self._tokens.remove_at(token)
