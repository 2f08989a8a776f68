"""Who is asking, what a token says about them, and what they may do at a site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connectors.emulator import errors
from connectors.emulator.roles import Role
from connectors.emulator.state.world import Site
from connectors.emulator.wire.calls import Caller, Request


class Access(Protocol):
    """Decides who a request comes from and what that caller may do."""

    def caller(self, request: Request, now: datetime) -> Caller:
        """Who sent it. Raises SharePointError (401) where the token is missing or not good."""

    def role(self, caller: Caller, site: Site) -> Role:
        """What the caller may do at a site."""


@dataclass(frozen=True, slots=True)
class AnyToken:
    """Every bearer token is the same application, which may do everything: for trying things out on loopback."""

    def caller(self, request: Request, now: datetime) -> Caller:
        if bearer_token(request) is None:
            raise errors.unauthorised()
        return Caller("emulator")

    def role(self, caller: Caller, site: Site) -> Role:
        return Role.FULLCONTROL


def bearer_token(request: Request) -> str | None:
    """The token of the Authorization header; None where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
