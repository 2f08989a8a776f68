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
from connectors.emulator.loopback import HOSTS
from connectors.emulator.roles import Role
from connectors.emulator.rules.fault_rules import parse_plan
from connectors.emulator.rules.faults import FaultPlan
from connectors.emulator.rules.latency import Latency, Prompt
from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.document import WorldError
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.world import World
from connectors.emulator.storage.file import WorldFile
from connectors.emulator.storage.keeping import Keeping


class ListenError(OSError):
    """A port that cannot be had: one sentence saying which and why. `directs`: it is the control plane's."""

    def __init__(self, host: str, port: int, reason: str, *, directs: bool) -> None:
        what = "control plane" if directs else "emulator"
        super().__init__(f"The {what} cannot listen on {host}:{port} ({reason}).")
        self.directs = directs


class Auth(StrEnum):
    """Who is let in: whoever brings any token, or whoever signed in to the emulator's own authority."""

    ANY = "any"
    ENTRA = "entra"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a world is served.

    `seed` decides everything that is left to chance. `role` is what the application, and everybody through it, may do
    at sites that do not say it themselves, where people and applications sign in. `faults` is a plan as a JSON
    document. `store` is the file that keeps the world.
    """

    host: str = "127.0.0.1"
    port: int = 0
    admin_port: int | None = None
    auth: Auth = Auth.ANY
    role: Role = Role.WRITE
    tls: bool = False
    throttle: Mode = Mode.DEFAULT
    multiplier: int = 1
    licences: int = 1
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
    file: WorldFile | None = None

    @property
    def tenant(self) -> Tenant | None:
        """Where its callers sign in; None where any token will do."""
        return self.service.access.tenant if isinstance(self.service.access, Entra) else None

    def label(self, proposed: str) -> str:
        """The word that tells this world from every other: the proposed one, or what its file was given first."""
        return proposed if self.file is None else self.file.label(proposed)

    def keep(self) -> None:
        """Keep the world as it is now, where it has a file. Raises StorageError."""
        if self.file is not None:
            self.file.save(self.service.world)

    def write_client_files(self, folder: Path, connection: str) -> ClientFiles:
        """Put what a client has to trust and to sign in with into a folder. Raises FolderError."""
        ca_pem = self.tls.ca_pem if self.tls else None
        return write_client_files(
            folder, self.tenant, authority=self.server.base_url, ca_pem=ca_pem, connection=connection
        )


@contextmanager
def hosted(document: Mapping[str, Any], terms: Terms) -> Iterator[Hosted]:
    """A world document on its terms, with its ports bound and nothing served nor kept yet, until the block ends.

    Raises WorldError, FaultError and StorageError for what cannot be served, ListenError for a port that is taken.
    """
    clock = VirtualClock()
    plan = FaultPlan(terms.seed) if terms.faults is None else parse_plan(terms.faults, terms.seed)
    with ExitStack() as stack:
        # Absolute, because to SQLite some names are no files.
        file = None if terms.store is None else WorldFile(terms.store.absolute())
        if file is not None:
            stack.callback(file.close)
        world = World(clock=clock)
        resumed = file is not None and file.load(world)
        if not resumed:
            world = load_world(document, clock=clock)
        if not world.sites:
            raise WorldError("There is no site to serve.")
        service = _service(world, terms, plan)
        tls = make_tls(datetime.now(UTC), dict.fromkeys((*HOSTS, terms.host))) if terms.tls else None
        server = _listening(_keeping(create_app(service), service, file), terms.host, terms.port, tls)
        stack.callback(server.stop)
        if isinstance(service.access, Entra):
            service.access.tenant.serve_at(server.base_url)
        control = None
        if terms.admin_port is not None:
            app = _keeping(create_control_app(service, clock, seed=terms.seed), service, file)
            control = _listening(app, HOSTS[0], terms.admin_port, directs=True)
            stack.callback(control.stop)
        yield Hosted(service, server, control, tls, resumed, file)


def _listening(app: ASGIApp, host: str, port: int, tls: Tls | None = None, *, directs: bool = False) -> EmulatorServer:
    try:
        return EmulatorServer(app, host, port, tls=tls)
    except OSError as error:
        raise ListenError(host, port, error.strerror or str(error), directs=directs) from None
    except (TypeError, ValueError):  # a name that no name server could be asked for
        raise ListenError(host, port, "It is no address", directs=directs) from None


def _service(world: World, terms: Terms, plan: FaultPlan) -> Service:
    throttle = Throttle(terms.throttle, multiplier=terms.multiplier, licences=terms.licences, seed=terms.seed)
    return Service(world, access=_access(world, terms), throttle=throttle, faults=plan, latency=terms.latency)


def _access(world: World, terms: Terms) -> Access:
    if terms.auth is Auth.ANY:
        return AnyToken()
    tenant = Tenant.make(terms.seed, clock=world.clock)
    for client in (tenant.app.id, tenant.identity.client_id, tenant.assigned.client_id):
        for site in world.sites.values():
            tenant.grant(client, site.path, terms.role)
    entra = Entra(tenant)
    entra.consent_to_people_of(world, terms.role)
    return entra


def _keeping(app: ASGIApp, service: Service, file: WorldFile | None) -> ASGIApp:
    return app if file is None else Keeping(app, service, file)
