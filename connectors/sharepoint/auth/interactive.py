"""Signing in with the browser of this machine: authorization code with PKCE, answered to a port of loopback."""

import logging
import webbrowser
from collections.abc import Mapping
from typing import Any, ClassVar

import msal

from connectors.sharepoint.auth.answers import Meaning
from connectors.sharepoint.auth.person import Person, PersonSignIn, Tell
from sync.errors import AccessError

LONGEST_WAIT = 300
"""Seconds that a person has for signing in once the browser is open."""

_ADVICE = "Set `auth: device-code`, or run the command at a machine that has a browser."


class InteractiveSignIn(PersonSignIn):
    """For an administrator's run at a machine with a browser; passes the Conditional Access rules of that browser."""

    meanings: ClassVar[tuple[Meaning, ...]] = (
        Meaning(
            r"AADSTS53000|AADSTS53001|AADSTS53003|AADSTS530\d\d",
            "a Conditional Access policy blocks it",
            "Use a browser and a machine that the policy admits, or set `auth: certificate`.",
        ),
    )

    def ask(self, application: Any, person: Person, tell: Tell) -> Mapping[str, Any]:
        try:
            webbrowser.get()
        except webbrowser.Error:
            raise AccessError(f"Signing in to {self.host} needs a browser, and there is none here.", _ADVICE) from None
        # What it logs for debugging holds the authorization code.
        logging.getLogger("msal.oauth2cli.authcode").setLevel(logging.WARNING)
        tell(f"Sign in to {self.host} in the browser that opens now.")
        try:
            answer: Mapping[str, Any] = application.acquire_token_interactive(
                self.scopes,
                timeout=LONGEST_WAIT,
                auth_uri_callback=lambda address: tell(f"No browser could be opened. Open this address: {address}"),
            )
        except msal.oauth2cli.oauth2.BrowserInteractionTimeoutError:
            raise AccessError(
                f"Nobody signed in to {self.host} in the browser within {LONGEST_WAIT // 60} minutes.",
                f"Run the command again. {_ADVICE}",
            ) from None
        return answer
