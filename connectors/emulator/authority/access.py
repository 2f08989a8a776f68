"""SharePoint's door where Entra is in charge: real tokens, and a role for every caller at every site."""

from dataclasses import dataclass, field
from datetime import datetime

from connectors.emulator import errors
from connectors.emulator.authority.assertions import Proofs
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.authority.people import SignIns
from connectors.emulator.authority.tokens import Checker
from connectors.emulator.callers import bearer_token
from connectors.emulator.roles import Role
from connectors.emulator.state import site_roles
from connectors.emulator.state.world import Site, World
from connectors.emulator.wire.calls import Caller, Request


@dataclass(slots=True)
class Entra:
    """Callers are whom their token says, if this tenant signed it for this host and its time is not over.

    An application may do at a site what its permissions say, Sites.Selected being what was granted there; a person
    through an application may do what both of them may. What a site itself says goes before what the tenant says.
    """

    tenant: Tenant
    proofs: Proofs = field(default_factory=Proofs)
    sign_ins: SignIns = field(default_factory=SignIns)
    checker: Checker = field(init=False)

    def __post_init__(self) -> None:
        self.checker = Checker(self.tenant)

    def caller(self, request: Request, now: datetime) -> Caller:
        token = bearer_token(request)
        if token is None:
            raise errors.unauthorised(self.checker.challenge(request.origin))
        stated = self.checker.claims(token, request.origin, now)
        login = str(stated["upn"]) if stated.get("idtyp") == "user" else None
        held = str(stated.get("scp", "")).split() if login else stated.get("roles", ())
        return Caller(str(stated["appid"]), login, tuple(held))

    def role(self, caller: Caller, site: Site) -> Role:
        granted = _role(site_roles.of_app(site)) if self.tenant.is_own(caller.app) else None
        through_app = self.tenant.app_role(caller.app, caller.permissions, site.path, granted)
        if caller.login is None:
            return through_app
        own = _role(site_roles.of_person(site, caller.login))
        return min(through_app, self.tenant.person_role(caller.login, site.path) if own is None else own)

    def consent_to_people_of(self, world: World, default: Role) -> None:
        """Let people do through the applications as much as any of them may do anywhere; `default` is everybody's."""
        said = (_role(each) or Role.NONE for site in world.sites.values() for each in site_roles.of_people(site))
        self.tenant.everyone = default
        self.tenant.consent(max(default, *said, Role.NONE))


def _role(name: str | None) -> Role | None:
    return None if name is None else Role[name.upper()]
