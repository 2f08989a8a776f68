"""Access tokens: what is stated in them, how long they are good for, and who is believed at SharePoint's door."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import jwt

from connectors.emulator import errors
from connectors.emulator.authority.assertions import SECRET
from connectors.emulator.authority.directory import SHAREPOINT, Tenant
from connectors.emulator.authority.keys import ALGORITHM, UNCHECKED
from connectors.emulator.errors import SharePointError
from connectors.emulator.state.users import Person

SHORTEST, LONGEST = 3600, 5400
"""Seconds that a token lives: Entra draws between an hour and an hour and a half."""
_SKEW = 300
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a token is about: an application that proved itself as `proof` says, or a person through it."""

    app: str
    proof: str
    permissions: tuple[str, ...]
    name: str = ""
    person: Person | None = None
    object_id: str = ""
    resource_id: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and the seconds it is good for from now."""

    token: str
    seconds: int


def issuer(tenant: Tenant) -> str:
    """Who signs the tokens for SharePoint."""
    return f"https://sts.windows.net/{tenant.id}/"


def issue(tenant: Tenant, subject: Subject, audience: str, now: datetime) -> Issued:
    """A token for one audience; its life is drawn from the tenant's own dice."""
    start, life = int(now.timestamp()), tenant.rng.randint(SHORTEST, LONGEST)
    person = subject.person
    claims: dict[str, Any] = {
        "aud": audience,
        "iss": issuer(tenant),
        "iat": start,
        "nbf": start,
        "exp": start + life,
        "app_displayname": subject.name,
        "appid": subject.app,
        "appidacr": subject.proof,
        "idtyp": "app" if person is None else "user",
        "oid": subject.object_id,
        "sub": subject.object_id,
        "tid": tenant.id,
        "uti": uuid.uuid4().hex[:22],
        "ver": "1.0",
    }
    if person is None:
        claims["roles"] = list(subject.permissions)
    else:
        login = person.principal_name or person.login
        claims |= {"name": person.name, "scp": " ".join(subject.permissions), "unique_name": login, "upn": login}
    if subject.resource_id:
        claims["xms_mirid"] = subject.resource_id
    return Issued(tenant.key.sign(claims), life)


@dataclass(slots=True)
class Checker:
    """Believes tokens, or says why not. Signatures already verified are remembered: a batch repeats its token."""

    tenant: Tenant
    _known: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def claims(self, token: str, origin: str, now: datetime) -> Mapping[str, Any]:
        """What a token states that is good here now. Raises SharePointError (401), which names the origin asked at."""
        stated = self._signed(token, origin)
        moment = now.timestamp()
        if stated.get("iss") != issuer(self.tenant):
            raise self._refused("issuer", origin)
        if not _is_for(str(stated.get("aud", "")), self.tenant):
            raise self._refused("audience", origin)
        times = stated.get("nbf"), stated.get("exp")
        if not all(isinstance(each, int) for each in times) or times[0] - _SKEW > moment:  # type: ignore[operator]
            raise self._refused("early", origin)
        if times[1] <= moment:  # type: ignore[operator]
            raise self._refused("expired", origin)
        if stated.get("idtyp") == "app" and stated.get("appidacr") == SECRET:
            raise errors.app_token_by_secret(self.challenge(origin))
        return stated

    def challenge(self, origin: str) -> str:
        """What the 401 says about where to sign in."""
        return (
            f'Bearer realm="{self.tenant.id}",client_id="{SHAREPOINT}",trusted_issuers="https://sts.windows.net/*/",'
            f'authorization_uri="{origin}/common/oauth2/authorize"'
        )

    def _signed(self, token: str, origin: str) -> Mapping[str, Any]:
        if token in self._known:
            return self._known[token]
        try:
            header = jwt.get_unverified_header(token)
            if header.get("kid") != self.tenant.key.id:
                raise self._refused("signature", origin)
            stated = jwt.decode(token, self.tenant.key.public, algorithms=[ALGORITHM], options=UNCHECKED)  # type: ignore[arg-type]
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
            raise self._refused("signature", origin) from None
        except jwt.InvalidTokenError:
            raise self._refused("form", origin) from None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[token] = stated
        return stated

    def _refused(self, why: "Reason", origin: str) -> SharePointError:
        number, said, sentence = _REFUSALS[why]
        diagnosis = f'{number};reason="{said}";category="invalid_client"'
        return errors.token_refused(sentence, diagnosis, self.challenge(origin))


Reason = Literal["signature", "issuer", "audience", "early", "expired", "form"]
_FORGED = "Invalid issuer or signature."
_TOO_EARLY = "Invalid JWT token. The token is not yet valid."
_TOO_LATE = "Invalid JWT token. The token is expired."
_UNREADABLE = "Unsupported security token."
_REFUSALS: dict[Reason, tuple[int, str, str]] = {
    "signature": (3000006, "Token contains invalid signature.", _FORGED),
    "issuer": (3000006, "Token contains invalid signature.", _FORGED),
    "audience": (3000003, "Invalid audience Uri.", _FORGED),
    "early": (3000003, _TOO_EARLY, _TOO_EARLY),
    "expired": (3000003, _TOO_LATE, _TOO_LATE),
    "form": (3000003, _UNREADABLE, _UNREADABLE),
}


def _is_for(audience: str, tenant: Tenant) -> bool:
    """Whether an audience is SharePoint: by its id, or by an address it is served at, whatever a request says."""
    return audience.rstrip("/").lower() == SHAREPOINT or tenant.is_reached_by(audience)
