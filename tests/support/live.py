"""The real site that the environment names, if it names one.

    PORTFOLIO_SYNC_TEST_LIVE_SITE    https://contoso.sharepoint.com/sites/scratch
    PORTFOLIO_SYNC_TEST_LIVE_AUTH    certificate (the default), managed-identity, device-code or interactive
    PORTFOLIO_SYNC_TEST_LIVE_PEOPLE  two addresses of people that the site may be told about, with a comma between
    PORTFOLIO_SYNC_TEST_LIVE_REPORT  where the report goes; build/live-report.md unless told otherwise

Credentials are those of a connection called `live`: PORTFOLIO_SYNC_CONNECTIONS__LIVE__TENANT and its kin.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.settings import load_settings
from connectors.sharepoint.auth import Person, SignIn
from connectors.sharepoint.settings import Transport
from sync.engine.targets import Auth, Connection
from sync.wiring import SystemClock, sign_in_for
from tests.support.remote import Remote
from tests.support.scratch import Scratch, new_suffix

SITE, AUTH, PEOPLE, REPORT = (f"PORTFOLIO_SYNC_TEST_LIVE_{name}" for name in ("SITE", "AUTH", "PEOPLE", "REPORT"))


@dataclass(frozen=True)
class LiveSite:
    """A scratch site, how to sign in to it, and how to reach it."""

    connection: Connection
    path: str
    sign_in: SignIn
    transport: Transport
    people: tuple[str, ...]
    report: Path

    def scratch(self) -> Scratch:
        """Where lists can be made and removed again."""
        session = self.transport.session()
        remote = Remote(self.connection.host, lambda: str(self.sign_in.token()["access_token"]), session)
        return Scratch(remote, self.path, new_suffix())


def live_site(environment: Mapping[str, str] = os.environ) -> LiveSite | None:
    """The site the environment names; None where it names none."""
    address = urlsplit(environment.get(SITE, ""))
    if not address.netloc:
        return None
    host = f"{address.scheme}://{address.netloc}"
    connection = Connection(name="live", host=host, auth=Auth(environment.get(AUTH, "certificate")))
    settings = load_settings()
    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    transport = Transport(proxy=proxy, ca_bundle=str(settings.ca_bundle) if settings.ca_bundle else None)
    # A person may be asked: whoever runs these is there.
    person = Person(tokens=Path("build/live-sign-in.json"), command="make live", clock=SystemClock(), tell=_tell)
    people = tuple(each.strip() for each in environment.get(PEOPLE, "").split(",") if each.strip())
    report = Path(environment.get(REPORT, "build/live-report.md"))
    sign_in = sign_in_for(connection, settings, transport, person)
    return LiveSite(connection, address.path, sign_in, transport, people, report)


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


needs_live_site = pytest.mark.skipif(
    not os.environ.get(SITE), reason=f"no real site to ask: {SITE} is not set (docs/first-contact.md)"
)
