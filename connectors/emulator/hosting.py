"""From what somebody asks for to something that serves: a world, the rules it is served under, and its ports."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from connectors.emulator.app import create_app
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.client_files import ClientFiles, write_client_files
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.callers import Access, AnyToken
from connectors.emulator.certificates import Tls, make_tls
from connectors.emulator.clock import VirtualClock
from connectors.emulator.control.app import create_control_app
from connectors.emulator.fault_rules import parse_plan
from connectors.emulator.faults import FaultPlan
from connectors.emulator.latency import Latency, Prompt
from connectors.emulator.loading import load_world
from connectors.emulator.roles import Role
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.storage.file import WorldFile
from connectors.emulator.storage.keeping import Keeping
from connectors.emulator.throttle import Mode, Throttle
from connectors.emulator.world import World


class Auth(StrEnum):
    """Who is let in: whoever brings any token, or whoever signed in to the emulator's own authority."""

    ANY = "any"
    ENTRA = "entra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a world is served.

    `seed` decides everything that is left to chance. `role` is what the application may do at every site, where people
    and applications sign in. `faults` is a plan as a JSON document. `store` is the file that keeps the world.
    """

    host: str = "127.0.0.1"
    port: int = 0
    admin_port: int | None = None
    auth: Auth = Auth.ANY
    role: Role = Role.WRITE
    tls: bool = False
    throttle: Mode = Mode.DEFAULT
    multiplier: int = 1
    latency: Latency = field(default_factory=Prompt)
    faults: Any = None
    seed: int = 0
    store: Path | None = None


@dataclass(frozen=True, slots=True)
class Hosted:
    """What serves. `control` is the control plane's server, `tls` what its clients have to trust.

    `resumed` says that the world comes from its file, and not from what was asked for.
    """

    service: Service
    server: EmulatorServer
    control: EmulatorServer | None
    tls: Tls | None
    resumed: bool

    @property
    def tenant(self) -> Tenant | None:
        """Where its callers sign in; None where any token will do."""
        return self.service.access.tenant if isinstance(self.service.access, Entra) else None

    def write_client_files(self, folder: Path, connection: str) -> ClientFiles:
        """Put what a client has to trust and to sign in with into a folder. Raises FolderError."""
        ca_pem = self.tls.ca_pem if self.tls else None
        return write_client_files(
            folder, self.tenant, authority=self.server.base_url, ca_pem=ca_pem, connection=connection
        )


@contextmanager
def hosted(document: Mapping[str, Any], terms: Terms) -> Iterator[Hosted]:
    """A world document on its terms, with its ports bound and nothing served yet, until the block ends.

    Raises WorldError, FaultError and StorageError for what cannot be served, OSError for a port that is taken.
    """
    clock = VirtualClock()
    with ExitStack() as stack:
        kept = None if terms.store is None else WorldFile(terms.store)
        if kept is not None:
            stack.callback(kept.close)
        world = World(clock=clock)
        resumed = kept is not None and kept.load(world)
        if not resumed:
            world = load_world(document, clock=clock)
        service = _service(world, terms)
        tls = make_tls(datetime.now(UTC)) if terms.tls else None
        server = EmulatorServer(_keeping(create_app(service), service, kept), host=terms.host, port=terms.port, tls=tls)
        stack.callback(server.stop)
        control = None
        if terms.admin_port is not None:
            app = _keeping(create_control_app(service, clock, seed=terms.seed), service, kept)
            control = EmulatorServer(app, port=terms.admin_port)
            stack.enter_context(control)
        if kept is not None:
            kept.save(world)
        yield Hosted(service, server, control, tls, resumed)


def _service(world: World, terms: Terms) -> Service:
    plan = FaultPlan(terms.seed) if terms.faults is None else parse_plan(terms.faults, terms.seed)
    throttle = Throttle(terms.throttle, multiplier=terms.multiplier, seed=terms.seed)
    return Service(world, access=_access(world, terms), throttle=throttle, faults=plan, latency=terms.latency)


def _access(world: World, terms: Terms) -> Access:
    if terms.auth is Auth.ANY:
        return AnyToken()
    tenant = Tenant.make(terms.seed, clock=world.clock)
    for client in (tenant.app.id, tenant.identity.client_id, tenant.assigned.client_id):
        for site in world.sites.values():
            tenant.grant(client, site.path, terms.role)
    return Entra(tenant)


def _keeping(app: ASGIApp, service: Service, file: WorldFile | None) -> ASGIApp:
    return app if file is None else Keeping(app, service, file)
