"""Signing in by device code: the person types a short code into a browser on any machine."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from connectors.sharepoint.auth.answers import Meaning
from connectors.sharepoint.auth.person import Person, PersonSignIn, Tell

_STILL_WAITING = frozenset({"authorization_pending", "slow_down"})


class DeviceCodeSignIn(PersonSignIn):
    """For an administrator's one-off run from a terminal that has no browser beside it."""

    meanings: ClassVar[tuple[Meaning, ...]] = (
        Meaning(
            r"expired_token|code_expired|AADSTS70019|AADSTS70020",
            "the code expired before anybody had used it",
            "Run the command again and enter the new code in time.",
        ),
        Meaning(
            r"AADSTS53003|AADSTS530\d\d|AADSTS50199",
            "a Conditional Access policy does not allow device codes",
            "Set `auth: interactive` on a machine with a browser, or `auth: certificate`; many tenants block device "
            "codes on purpose.",
        ),
    )

    def ask(self, application: Any, person: Person, tell: Tell) -> Mapping[str, Any]:
        flow: dict[str, Any] = application.initiate_device_flow(scopes=self.scopes)
        if "user_code" not in flow:
            return flow
        tell(_invitation(flow))
        until = person.clock.now() + timedelta(seconds=flow["expires_in"])
        while person.clock.now() < until:
            person.clock.sleep(max(1, flow["interval"]))
            # msal would watch the wall clock as well as ours.
            flow.pop("latest_attempt_at", None)
            answer: Mapping[str, Any] = application.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
            if answer.get("error") not in _STILL_WAITING:
                return answer
        return {"error": "expired_token"}


def _invitation(flow: Mapping[str, Any]) -> str:
    """The service's own sentence, which is in the tenant's language, on one line; ours where it has none."""
    given = "".join(each if each.isprintable() else " " for each in str(flow.get("message") or ""))
    return given.strip() or f"To sign in, open {flow.get('verification_uri')} and enter the code {flow['user_code']}."
