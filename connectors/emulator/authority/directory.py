"""What an administrator has set up in a tenant: applications, machines with an identity, who may do what where."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum

from cryptography import x509

from connectors.emulator.authority import problems
from connectors.emulator.authority.addresses import leads_to
from connectors.emulator.authority.keys import SigningKey
from connectors.emulator.certificates import Pair, make_signing_pair
from connectors.emulator.roles import Role
from connectors.emulator.state.users import Person
from connectors.emulator.state.world import Clock, system_clock

DOMAIN = "contoso.onmicrosoft.com"
SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
GRAPH = ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000")
SELECTED = "Sites.Selected"
PERMISSIONS = {
    "Sites.Read.All": Role.READ,
    "Sites.ReadWrite.All": Role.WRITE,
    "Sites.Manage.All": Role.MANAGE,
    "Sites.FullControl.All": Role.FULLCONTROL,
    "AllSites.Read": Role.READ,
    "AllSites.Write": Role.WRITE,
    "AllSites.Manage": Role.MANAGE,
    "AllSites.FullControl": Role.FULLCONTROL,
}
"""Permissions that hold at every site, and the role each is; Sites.Selected is whatever was granted site by site."""

_DELEGATED = {
    Role.NONE: "AllSites.Read",
    Role.READ: "AllSites.Read",
    Role.WRITE: "AllSites.Write",
    Role.MANAGE: "AllSites.Manage",
    Role.FULLCONTROL: "AllSites.FullControl",
}


class AppState(Enum):
    """Whether an application may sign in."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    BLOCKED = "blocked by a Conditional Access policy"


@dataclass(frozen=True, slots=True)
class App:
    """A registered application. `permissions` are its own, `delegated` those it has through a person."""

    id: str
    name: str
    certificates: tuple[x509.Certificate, ...] = ()
    secrets: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    permissions: tuple[str, ...] = (SELECTED,)
    delegated: tuple[str, ...] = ()
    state: AppState = AppState.ENABLED

    @property
    def public(self) -> bool:
        """Whether it has nothing to prove itself with."""
        return not self.certificates and not self.secrets


@dataclass(frozen=True, slots=True)
class ManagedIdentity:
    """A machine's own identity, or one that was given to it; `resource_id` is Azure's path of it."""

    client_id: str
    object_id: str
    resource_id: str
    system: bool
    permissions: tuple[str, ...] = (SELECTED,)


@dataclass(slots=True)
class Tenant:
    """One directory. `make` sets up a usual one; everything may be changed while it is served.

    `machine` is the clock that clients live by: what they sign themselves is judged by it, and by nothing else.
    `hosts` are the origins it is reached by: tokens are for these and for no other, whatever a request calls its host.
    `everyone` is what a person may do at a site about which `admit` has said nothing.
    """

    id: str
    domain: str
    key: SigningKey
    rng: random.Random
    machine: Clock
    app: App
    app_pair: Pair
    desktop: App
    identity: ManagedIdentity
    assigned: ManagedIdentity
    identity_header: str
    hosts: frozenset[str] = frozenset()
    device_interval: int = 5
    everyone: Role = Role.WRITE
    apps: dict[str, App] = field(default_factory=dict)
    identities: list[ManagedIdentity] = field(default_factory=list)
    granted: dict[tuple[str, str], Role] = field(default_factory=dict)
    admitted: dict[tuple[str, str], Role] = field(default_factory=dict)

    @classmethod
    def make(
        cls,
        seed: int = 0,
        *,
        clock: Clock,
        machine: Clock = system_clock,
        domain: str = DOMAIN,
        hosts: Iterable[str] = (),
    ) -> "Tenant":
        """A tenant with an application and its certificate, a public application, and two managed identities.

        The same seed gives the same ids and the same lives of tokens; keys and secrets are new every time. `clock` is
        the world's. `hosts` are origins that SharePoint is reached by, such as https://contoso.sharepoint.com, besides
        what `serve_at` tells later.
        """
        rng = random.Random(seed)  # noqa: S311 - ids and lives of tokens, not secrets
        first, last = sorted((clock(), machine()))
        pair = make_signing_pair("Portfolio Sync", first - timedelta(days=1), last + timedelta(days=730))
        app = App(_guid(rng), "Portfolio Sync", certificates=(pair.certificate,), delegated=("AllSites.Write",))
        desktop = App(
            _guid(rng),
            "Portfolio Sync (people)",
            redirects=("http://localhost", "http://127.0.0.1"),
            permissions=(),
            delegated=("AllSites.Write",),
        )
        own, given = _identity(rng, "machine", system=True), _identity(rng, "portfolio-sync", system=False)
        made = cls(
            _guid(rng), domain, SigningKey.make(), rng, machine, app, pair, desktop, own, given, uuid.uuid4().hex,
            frozenset(host.rstrip("/").lower() for host in hosts),
        )  # fmt: skip
        made.apps = {each.id: each for each in (app, desktop)}
        made.identities = [own, given]
        return made

    # What an administrator does

    def serve_at(self, origin: str) -> None:
        """SharePoint is reached by this origin too; by every name of loopback where it is one."""
        self.hosts |= {origin.rstrip("/").lower()}

    def register(self, app: App) -> App:
        """Add an application, or put it in the place of the one with its id."""
        self.apps[app.id] = app
        return app

    def add_secret(self, app: App, secret: str) -> App:
        """Give an application a client secret as well."""
        return self.register(replace(self.apps[app.id], secrets=(*self.apps[app.id].secrets, secret)))

    def grant(self, client_id: str, site: str, role: Role) -> None:
        """Let an application or an identity do this much at a site, under Sites.Selected; NONE takes it back."""
        self.granted[client_id, _path(site)] = role

    def consent(self, role: Role) -> None:
        """Let people do no more than this through the applications, which begin with AllSites.Write."""
        wanted = (_DELEGATED[role],)
        self.app = self.register(replace(self.apps[self.app.id], delegated=wanted))
        self.desktop = self.register(replace(self.apps[self.desktop.id], delegated=wanted))

    def consent_at_least(self, role: Role) -> None:
        """Let people do this much through the applications, and what they could do before."""
        held = (PERMISSIONS.get(name, Role.NONE) for name in self.apps[self.desktop.id].delegated)
        if max(held, default=Role.NONE) < role:
            self.consent(role)

    def admit(self, person: str, site: str, role: Role) -> None:
        """Let a person, by sign-in name, do this much at a site."""
        self.admitted[person.lower(), _path(site)] = role

    # What is asked of the directory

    def is_named(self, text: str) -> bool:
        """Whether this is the tenant's id or its domain."""
        return text.lower() in {self.id, self.domain.lower()}

    def is_reached_by(self, origin: str) -> bool:
        """Whether SharePoint is served at this origin."""
        return leads_to(origin, self.hosts)

    def find_app(self, client_id: str) -> App:
        """The application of this id. Raises SignInRefused where there is none, or it may not sign in."""
        app = self.apps.get(client_id.lower())
        if app is None:
            raise problems.app_unknown(client_id, self.domain)
        if app.state is AppState.DISABLED:
            raise problems.app_disabled(app.id, app.name)
        if app.state is AppState.BLOCKED:
            raise problems.blocked_by_policy()
        return app

    def is_own(self, client_id: str) -> bool:
        """Whether this is the application, or an identity, that the tenant was made with."""
        return client_id in {self.app.id, self.identity.client_id, self.assigned.client_id}

    def app_role(self, client_id: str, permissions: Iterable[str], site: str, said: Role | None = None) -> Role:
        """What these permissions let an application do at a site; `said` is a grant that goes before all others."""
        selected = self.granted.get((client_id, _path(site)), Role.NONE) if said is None else said
        roles = (selected if name == SELECTED else PERMISSIONS.get(name, Role.NONE) for name in permissions)
        return max(roles, default=Role.NONE)

    def person_role(self, person: str, site: str) -> Role:
        """What a person may do at a site."""
        return self.admitted.get((person.lower(), _path(site)), self.everyone)

    def principal_id(self, client_id: str) -> str:
        """An application's id in this directory."""
        return str(uuid.uuid5(uuid.UUID(self.id), client_id))

    def object_id(self, person: Person) -> str:
        """A person's id in this directory."""
        return str(uuid.uuid5(uuid.UUID(self.id), person.login.lower()))


def people_who_sign_in(people: Iterable[Person]) -> list[Person]:
    """Everybody with a sign-in name, once each, by name."""
    found = {person.principal_name.lower(): person for person in people if person.principal_name}
    return sorted(found.values(), key=lambda person: (person.name, person.login))


def _path(site: str) -> str:
    return "/" + site.strip("/").lower()


def _identity(rng: random.Random, name: str, *, system: bool) -> ManagedIdentity:
    kind = "Microsoft.Web/sites" if system else "Microsoft.ManagedIdentity/userAssignedIdentities"
    path = f"/subscriptions/{_guid(rng)}/resourcegroups/portfolio-sync/providers/{kind}/{name}"
    return ManagedIdentity(_guid(rng), _guid(rng), path, system)


def _guid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
