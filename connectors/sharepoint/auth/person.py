"""Signing in as a person: from what is remembered wherever that will do, and by asking only where somebody is there."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msal

from connectors.sharepoint.auth.answers import COMMON, Meaning, asking, code_in, granted, msal_application, refused
from connectors.sharepoint.auth.sign_in import AUTHORITY, LastGiven
from connectors.sharepoint.auth.token_file import TokenFile
from connectors.sharepoint.settings import Transport
from sync.engine.ports import Clock
from sync.errors import AccessError

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever a connection signs in as.

    `tokens`: the file that remembers the sign-in. `command`: what to run on a terminal to be asked for it. `tell`: one
    line to the person at the keyboard; None where nobody is there, so that nothing ever waits for an answer.
    """

    tokens: Path
    command: str
    clock: Clock
    tell: Tell | None = None


_LAPSED = frozenset({"invalid_grant", "interaction_required", "login_required", "consent_required"})
"""Refusals of what was remembered that a person can lift by signing in again."""

_OF_PERSONS = (
    Meaning(
        r"authorization_declined|access_denied|AADSTS65004",
        "it was declined in the browser",
        "Run the command again and accept, if the application and what it asks for are what you expect.",
    ),
    Meaning(
        r"AADSTS65001|AADSTS9009[0-9]|consent_required",
        "nobody has consented to what the application asks for",
        "Ask an administrator to grant consent to its delegated SharePoint permission AllSites.Write.",
    ),
    Meaning(
        r"AADSTS65005\d?|AADSTS650057|AADSTS650056",
        "the application's registration names no permission on SharePoint",
        "Add the delegated SharePoint permission AllSites.Write to it, and let an administrator consent.",
    ),
    Meaning(
        r"AADSTS7000218",
        "the application may not sign people in without a secret",
        "Set `Allow public client flows` to Yes under Authentication in the application's registration.",
    ),
    Meaning(
        r"AADSTS50011|AADSTS500113",
        "the application does not know the way back to this machine",
        "Add the platform `Mobile and desktop applications` with the address http://localhost to its registration.",
    ),
    Meaning(
        r"AADSTS50105",
        "this person is not assigned to the application",
        "Ask an administrator to assign them, or sign in as somebody who is.",
    ),
    Meaning(
        r"AADSTS50020|AADSTS90072",
        "this person does not belong to the tenant",
        "Sign in with an account of the council's own tenant, or correct the tenant.",
    ),
)


class PersonSignIn(ABC):
    """A person's sign-in for one host, remembered in a file that only its owner can read.

    A token comes from that file, or silently with the refresh token in it. Only where neither will do is the person
    asked, and only where one is there; otherwise an AccessError names the command that asks.
    """

    meanings: ClassVar[tuple[Meaning, ...]] = ()
    """What this way of asking can be told beyond what every way can."""

    def __init__(
        self,
        host: str,
        tenant: str,
        client_id: str,
        person: Person,
        authority: str = AUTHORITY,
        http_client: Any = None,
    ) -> None:
        self.host = host.rstrip("/")
        # What an administrator has consented to for this application, and nothing that could be asked for besides.
        self.scopes = [f"{self.host}/.default"]
        self._authority = f"{authority.rstrip('/')}/{tenant}"
        self._client_id = client_id
        self._person = person
        self._http = http_client or Transport().session()
        self._tokens = TokenFile(person.tokens)
        self._application: Any = None
        self._must_refresh = False
        self._given = LastGiven()
        self._lock = threading.Lock()

    @abstractmethod
    def ask(self, application: Any, person: Person, tell: Tell) -> Mapping[str, Any]:
        """msal's answer, once the person has signed in or has not."""

    def token(self) -> Mapping[str, Any]:
        with self._lock, asking(self._authority):
            self._application = self._application or msal_application(
                msal.PublicClientApplication,
                self._client_id,
                self._authority,
                self._http,
                token_cache=self._tokens,
            )
            answer = self._silently()
            if answer is None or answer.get("error") in _LAPSED:
                answer = self._by_asking(answer)
            self._given.note(answer)
            self._must_refresh = self._must_refresh and "access_token" not in answer
        if "access_token" not in answer:
            raise self._refused(answer)
        return granted(answer)

    def forget(self, refused: str | None = None) -> None:
        with self._lock:
            self._must_refresh = self._must_refresh or self._given.is_it(refused)

    def _silently(self) -> Mapping[str, Any] | None:
        """msal's answer from what is remembered; None where nothing is."""
        account = self._account()
        answer: Mapping[str, Any] | None = self._application.acquire_token_silent_with_error(
            self.scopes, account, force_refresh=self._must_refresh
        )
        return answer

    def _account(self) -> Mapping[str, Any] | None:
        """The one account this connection signs in as: where several are remembered, the one that was used last."""
        kind = msal.TokenCache.CredentialType.REFRESH_TOKEN
        used = {
            token.get("home_account_id"): int(token.get("last_modification_time") or 0)
            for token in self._tokens.search(kind, query={"client_id": self._client_id})
        }
        accounts = sorted(self._application.get_accounts(), key=lambda each: str(each["home_account_id"]))
        return max(accounts, key=lambda each: used.get(each["home_account_id"], -1), default=None)

    def _by_asking(self, lapsed: Mapping[str, Any] | None) -> Mapping[str, Any]:
        tell = self._person.tell
        if tell is None:
            reason = f"The sign-in to {self.host} has lapsed{code_in(lapsed)}." if lapsed else None
            raise AccessError(
                reason or f"Nobody has signed in to {self.host} yet, and nobody is here to be asked.",
                f"Run `{self._person.command}` on a terminal of this machine, as the account that runs this, and sign "
                "in; for unattended runs set `auth: certificate` or `auth: managed-identity`.",
            )
        answer = self.ask(self._application, self._person, tell)
        if "access_token" in answer:
            claims = answer.get("id_token_claims") or {}
            self._keep_only(claims.get("oid", claims.get("sub")))
            tell(f"Signed in to {self.host} as {claims.get('preferred_username', 'an account without a name')}.")
        return answer

    def _keep_only(self, local_id: str | None) -> None:
        """Forgets who signed in here before somebody else did."""
        for account in self._application.get_accounts():
            if local_id and account["local_account_id"] != local_id:
                self._application.remove_account(account)

    def _refused(self, answer: Mapping[str, Any]) -> AccessError:
        return refused(
            answer,
            (*self.meanings, *_OF_PERSONS, *COMMON),
            "Check the application's registration and its delegated permission on SharePoint.",
        )
