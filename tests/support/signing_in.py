"""The connector's store signing in for real: against the embedded authority, in each of its ways."""

import os
import re
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.sharepoint.auth import Person, SignIn, make_sign_in
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.store import SharePointStore
from sync.core.model import Kind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import WritePolicy
from sync.engine.targets import Auth, Connection, ListAddress, Source
from tests.support.emulator import ManualClock
from tests.support.entra import ANN, SITE, RunningTenant, running_tenant
from tests.support.fake_clock import FakeClock

COMMAND = "portfolio-sync check -c portfolio.yaml"
TITLES = ["One", "Two", "Three", "Four", "Five"]


def document() -> dict[str, Any]:
    """One list of five items at SITE, with a column of ours."""
    users = [{"login": f"i:0#.f|membership|{ANN}", "name": "Ann Field", "email": ANN}]
    fields = [{"name": "PSStatus", "title": "PSStatus", "type": "Text"}]
    items = [{"values": {"Title": title}} for title in TITLES]
    projects = {"title": "Projects", "fields": fields, "items": items}
    return {"sites": [{"path": SITE, "title": "Demo", "users": users, "lists": [projects]}]}


@dataclass(frozen=True)
class Way:
    """How a connection signs in, as what kind of machine, and as whom of the tenant."""

    auth: Auth
    client: Callable[[RunningTenant], str | None]
    machine: Callable[[RunningTenant], dict[str, str]] = lambda _: {}

    @property
    def is_personal(self) -> bool:
        return self.auth in (Auth.DEVICE_CODE, Auth.INTERACTIVE)


WAYS = {
    "certificate": Way(Auth.CERTIFICATE, lambda tenant: tenant.app_id),
    "identity of a VM": Way(Auth.MANAGED_IDENTITY, lambda _: None, lambda tenant: tenant.virtual_machine_environment),
    "identity in App Service": Way(
        Auth.MANAGED_IDENTITY, lambda tenant: tenant.assigned_id, lambda tenant: tenant.app_service_environment
    ),
    "device code": Way(Auth.DEVICE_CODE, lambda tenant: tenant.public_id),
    "browser": Way(Auth.INTERACTIVE, lambda tenant: tenant.public_id),
}


class PersonsClock(FakeClock):
    """Whoever waits gives the person time: at the first sleep they do what they were asked to do."""

    def __init__(self) -> None:
        super().__init__()
        self.to_do: list[Callable[[], object]] = []

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.to_do:
            self.to_do.pop(0)()


@dataclass
class Desk:
    """A machine in the council's network, with somebody at its terminal.

    `paths` is every path that the tenant's server was asked for.
    """

    tenant: RunningTenant
    folder: Path
    host: str
    authority: str
    transport: Transport
    clock: PersonsClock = field(default_factory=PersonsClock)
    told: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    decline: bool = False

    @property
    def tokens(self) -> Path:
        return self.folder / "state" / "sign-ins" / "council.json"

    def tell(self, line: str) -> None:
        """The person reads the line, and goes to the device page with the code in it."""
        self.told.append(line)
        if code := re.search(r"enter the code ([A-Z0-9]{9})", line):
            self.clock.to_do.append(lambda: self.tenant.approve_device(code[1], decline=self.decline))

    def sign_in(self, way: Way, *, attended: bool = True) -> SignIn:
        """A new process that signs in."""
        person = Person(tokens=self.tokens, command=COMMAND, clock=self.clock, tell=self.tell if attended else None)
        return make_sign_in(
            way.auth,
            self.host,
            tenant=self.tenant.domain,
            client_id=way.client(self.tenant),
            private_key=self.tenant.key_pem,
            certificate=self.tenant.certificate_pem,
            authority=self.authority,
            transport=self.transport,
            person=person,
        )

    def store(self, sign_in: SignIn) -> SharePointStore:
        connection = Connection(name="council", host=self.host, auth=Auth.CERTIFICATE)
        limits = Limits(page_size=2)
        return SharePointStore(connection, sign_in, self.clock, transport=self.transport, limits=limits)


@contextmanager
def desk_beside(folder: Path, clock: ManualClock) -> Iterator[Desk]:
    """A tenant that is served until the block ends, and a desk whose network leads straight to it."""
    paths: list[str] = []
    with running_tenant(document(), clock=clock, wrap=lambda app: _Noting(app, paths)) as tenant:
        transport = Transport(ca_bundle=str(tenant.ca))
        yield Desk(tenant, folder, tenant.base_url, tenant.base_url, transport, paths=paths)


@dataclass(frozen=True)
class _Noting:
    app: ASGIApp
    paths: list[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.paths.append(str(scope.get("path")))
        await self.app(scope, receive, send)


def source(mode: WriteMode = WriteMode.QUIET) -> Source:
    policy = WritePolicy(mode=mode, columns={OwnedField.STATUS: "PSStatus"})
    return replace(
        Source(name="projects", kind=Kind.PROJECT, connection="council", site=SITE, list=ListAddress(title="Projects")),
        write=policy,
    )


def become(way: Way, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process look as on the kind of machine that a way of signing in is for."""
    for name in (*_OF_MACHINES, "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in way.machine(desk.tenant).items():
        monkeypatch.setenv(name, value)
    if way.auth is Auth.INTERACTIVE:
        monkeypatch.setattr(webbrowser, "get", lambda *_: object())
        monkeypatch.setattr(webbrowser, "open", lambda address: open_browser(desk, address))


_OF_MACHINES = (
    "AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT",
    "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET", "CURL_CA_BUNDLE",
)  # fmt: skip


def open_browser(desk: Desk, address: str) -> bool:
    """A browser with a person before it: they sign in, and the page's form goes back to whoever opened it.

    It reaches the tenant in its own way, whatever name the address has.
    """
    page = address.replace(desk.authority, desk.tenant.base_url, 1)

    def browse() -> None:
        desk.tenant.submit(desk.tenant.sign_in_page(page, decline=desk.decline), {})

    threading.Thread(target=browse, name="browser", daemon=True).start()
    return True


def read(store: SharePointStore, between: Callable[[], object] = lambda: None) -> list[str]:
    """The titles of the list, page by page; `between` happens after each page."""
    schema = store.describe(source())
    titles: list[str] = []
    for page in store.read(source(), schema, ["Title"]):
        titles += [str(row.cells["Title"]) for row in page]
        between()
    return titles


def is_owners_alone(path: Path) -> bool:
    return os.name != "posix" or path.stat().st_mode & 0o077 == 0
