"""The real site that the environment names, if it names one.

    PORTFOLIO_SYNC_TEST_LIVE_SITE    https://contoso.sharepoint.com/sites/scratch
    PORTFOLIO_SYNC_TEST_LIVE_AUTH    certificate (the default), managed-identity, device-code or interactive
    PORTFOLIO_SYNC_TEST_LIVE_PEOPLE  two addresses of people that the site may be told about, with a comma between
    PORTFOLIO_SYNC_TEST_LIVE_REPORT  where the report goes; build/live-report.md unless told otherwise

Credentials are those of a connection called `live`: PORTFOLIO_SYNC_CONNECTIONS__LIVE__TENANT and its kin.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.settings import load_settings
from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.settings import Transport
from sync.engine.targets import Auth, Connection
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
    from sync.wiring import sign_in_for

    host = f"{address.scheme}://{address.netloc}"
    connection = Connection(name="live", host=host, auth=Auth(environment.get(AUTH, "certificate")))
    settings = load_settings()
    transport = Transport(ca_bundle=str(settings.ca_bundle) if settings.ca_bundle else None)
    people = tuple(each.strip() for each in environment.get(PEOPLE, "").split(",") if each.strip())
    report = Path(environment.get(REPORT, "build/live-report.md"))
    return LiveSite(connection, address.path, sign_in_for(connection, settings, transport), transport, people, report)


needs_live_site = pytest.mark.skipif(
    not os.environ.get(SITE), reason=f"no real site to ask: {SITE} is not set (docs/first-contact.md)"
)
