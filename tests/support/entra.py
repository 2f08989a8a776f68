"""The embedded SharePoint behind its own sign-in authority, over TLS: everything a client needs to sign in for real."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin

import requests
from starlette.types import ASGIApp

from connectors.emulator.app import create_app
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.client_files import ClientFiles, write_client_files
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.certificates import make_tls
from connectors.emulator.loopback import HOSTS
from connectors.emulator.roles import Role
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from tests.support.emulator import ManualClock

WITHOUT_A_PORT = "https://tenant.example"
"""Where tests that need no network find the service."""
SITE = "/sites/demo"
ANN, BO = "ann@example.org", "bo@example.org"
DOCUMENT: dict[str, Any] = {
    "sites": [
        {
            "path": SITE,
            "title": "Demo",
            "users": [
                {"login": f"i:0#.f|membership|{ANN}", "name": "Ann Field", "email": ANN},
                {"login": f"i:0#.f|membership|{BO}", "name": "Bo Marsh", "email": BO},
            ],
            "lists": [{"title": "Projects", "items": [{"values": {"Title": "One"}}]}],
        },
        {"path": "/sites/other", "title": "Other"},
    ]
}


@dataclass
class RunningTenant:
    """A served world, its tenant, and the files of a client.

    `ca` is the file of the CA to trust, `pem` the file with the application's key and certificate; `key_pem` and
    `certificate_pem` are their text. `app_id` proves itself with the certificate; `public_id` is for people;
    `system_id` and `assigned_id` are managed identities. All four may write at SITE, and nowhere else.
    """

    base_url: str
    clock: Callable[[], datetime]
    service: Service
    entra: Entra
    files: ClientFiles
    session: requests.Session

    @property
    def tenant(self) -> Tenant:
        return self.entra.tenant

    @property
    def world(self) -> World:
        return self.service.world

    @property
    def domain(self) -> str:
        return self.tenant.domain

    @property
    def authority(self) -> str:
        """What msal takes for its authority."""
        return f"{self.base_url}/{self.domain}"

    @property
    def scope(self) -> str:
        return f"{self.base_url}/.default"

    @property
    def app_id(self) -> str:
        return self.tenant.app.id

    @property
    def public_id(self) -> str:
        return self.tenant.desktop.id

    @property
    def system_id(self) -> str:
        return self.tenant.identity.client_id

    @property
    def assigned_id(self) -> str:
        return self.tenant.assigned.client_id

    @property
    def ca(self) -> Path:
        return self.files.ca

    @property
    def pem(self) -> Path:
        return self.files.certificate

    @property
    def key_pem(self) -> str:
        return self.tenant.app_pair.key_pem

    @property
    def certificate_pem(self) -> str:
        return self.tenant.app_pair.certificate_pem

    @property
    def app_service_environment(self) -> dict[str, str]:
        """The variables of a process in App Service."""
        return {"IDENTITY_ENDPOINT": f"{self.base_url}/msi/token", "IDENTITY_HEADER": self.tenant.identity_header}

    @property
    def virtual_machine_environment(self) -> dict[str, str]:
        """The variables that lead a process to this virtual machine's metadata service."""
        return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self.base_url}

    def get(self, path: str, token: str, **headers: str) -> requests.Response:
        """GET a server-relative path with a token."""
        sent = {"Accept": "application/json;odata=nometadata", "Authorization": f"Bearer {token}", **headers}
        return self.session.get(self.base_url + path, headers=sent, timeout=30)

    def approve_device(self, user_code: str, person: str = ANN, *, decline: bool = False) -> requests.Response:
        """What a person does on the device page: enter the code, and choose who they are or say no."""
        asked = self.submit(self.session.get(f"{self.base_url}/devicelogin", timeout=30), {"code": user_code})
        return self.submit(asked, {"decline": "1"} if decline else {"person": person})

    def sign_in_page(self, address: str, person: str = ANN, *, decline: bool = False) -> requests.Response:
        """What a person does on the page of an authorization request; the answer is a redirect, or form_post's page."""
        asked = self.session.get(address, timeout=30)
        return self.submit(asked, {"decline": "1"} if decline else {"person": person})

    def submit(self, page: requests.Response, values: Mapping[str, str]) -> requests.Response:
        """Send the one form of a page, as a browser would, without following where the answer leads."""
        form = Form.of(page.text)
        headers = {"Origin": self.base_url}
        address = urljoin(page.url, form.action)
        data = {**form.hidden, **values}
        return self.session.post(address, data=data, headers=headers, timeout=30, allow_redirects=False)


class Form(HTMLParser):
    """The one form of a page: where it goes, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}

    @classmethod
    def of(cls, text: str) -> "Form":
        parser = cls()
        parser.feed(text)
        return parser

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]


def make_entra(world: World, *, machine: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Entra:
    """A tenant of a world whose applications and identities may write at SITE."""
    tenant = Tenant.make(7, clock=world.clock, machine=machine, hosts=[WITHOUT_A_PORT])
    tenant.device_interval = 1
    for client in (tenant.app.id, tenant.identity.client_id, tenant.assigned.client_id):
        tenant.grant(client, SITE, Role.WRITE)
    return Entra(tenant)


@contextmanager
def running_tenant(
    what: Mapping[str, Any] | World = DOCUMENT,
    *,
    clock: Callable[[], datetime] | None = None,
    connection: str = "council",
    wrap: Callable[[ASGIApp], ASGIApp] | None = None,
    hosts: Iterable[str] = HOSTS,
) -> Iterator[RunningTenant]:
    """Serve a world over TLS behind its own authority until the block ends. `clock` is the world's, for documents.

    `hosts` are the names its certificate is for; those beside loopback's reach it without a port.
    """
    world = what if isinstance(what, World) else load_world(what, clock=clock or ManualClock())
    entra = make_entra(world)
    service = Service(world, access=entra)
    tls = make_tls(datetime.now(UTC), hosts)
    app: ASGIApp = create_app(service)
    with (
        EmulatorServer(wrap(app) if wrap else app, tls=tls) as server,
        TemporaryDirectory(prefix="client-") as folder,
        requests.Session() as session,
    ):
        for origin in (server.base_url, *(f"https://{name}" for name in hosts if name not in HOSTS)):
            entra.tenant.serve_at(origin)
        files = write_client_files(
            Path(folder), entra.tenant, authority=server.base_url, ca_pem=tls.ca_pem, connection=connection
        )
        session.trust_env = False
        session.verify = str(files.ca)
        yield RunningTenant(server.base_url, world.clock, service, entra, files, session)
