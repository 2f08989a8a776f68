"""What is under way between an application and a person: device codes, authorization codes and refresh tokens."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from connectors.emulator.authority import problems
from connectors.emulator.authority.keys import encoded
from connectors.emulator.state.users import Person

DEVICE_CODE_LIVES = timedelta(minutes=15)
CODE_LIVES = timedelta(minutes=10)
REFRESH_LIVES = timedelta(days=90)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_USER_CODE = 9
_HASTE = 1.0
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_HELD = 1000
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an application asked for: a resource, permissions there, and what comes beside the access token.

    `by_default` says that it asked for `.default`, which the answer then names beside the permissions: that is how a
    client finds the token again among those it keeps.
    """

    audience: str
    permissions: tuple[str, ...]
    openid: bool = False
    offline: bool = False
    by_default: bool = False


class Decision(Enum):
    """What has become of a device code."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    REDEEMED = "redeemed"


@dataclass(slots=True)
class DeviceSignIn:
    """A device that waits for somebody to enter its code. `polled` is when it last asked, by its own clock."""

    app: str
    asked: Asked
    user_code: str
    ends: datetime
    interval: float
    decision: Decision = Decision.PENDING
    person: Person | None = None
    polled: float | None = None


@dataclass(slots=True)
class CodeSignIn:
    """An authorization code: who signed in, for which application, and what it takes to redeem it."""

    app: str
    asked: Asked
    person: Person
    redirect: str
    challenge: str
    nonce: str
    ends: datetime
    redeemed: bool = False


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token: a new access token for the same person and application, without the person."""

    app: str
    person: Person
    ends: datetime


@dataclass(slots=True)
class SignIns:
    """Everything under way. Codes and tokens are random and never the seed's: they are what lets somebody in."""

    devices: dict[str, DeviceSignIn] = field(default_factory=dict)
    codes: dict[str, CodeSignIn] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)

    # Device code

    def begin_device(self, app: str, asked: Asked, interval: float, now: datetime) -> tuple[str, DeviceSignIn]:
        """A new device code, and what goes with it."""
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(_USER_CODE))
        waiting = DeviceSignIn(app, asked, user_code, now + DEVICE_CODE_LIVES, interval)
        return _kept(self.devices, waiting), waiting

    def waiting(self, user_code: str, now: datetime) -> DeviceSignIn | None:
        """The device that waits for this code; None where none does, or no longer."""
        wanted = re.sub(r"[\s-]", "", user_code).upper()
        for waiting in self.devices.values():
            if waiting.user_code == wanted and waiting.decision is Decision.PENDING and now < waiting.ends:
                return waiting
        return None

    def poll_device(self, code: str, app: str, machine_seconds: float, now: datetime) -> DeviceSignIn:
        """The sign-in of a device whose person has approved it; the code is redeemed by that. Raises SignInRefused.

        How soon a device asks again is judged by the clock it lives by, which is the machine's.
        """
        waiting = self.devices.get(code)
        if waiting is None or waiting.app != app or waiting.decision is Decision.REDEEMED:
            raise problems.device_code_unknown()
        if waiting.decision is Decision.DECLINED:
            raise problems.authorization_declined()
        if now >= waiting.ends:
            raise problems.device_code_expired()
        if waiting.decision is Decision.PENDING:
            last, waiting.polled = waiting.polled, machine_seconds
            if last is not None and machine_seconds - last < waiting.interval - _HASTE:
                waiting.interval += 5
                raise problems.slow_down()
            raise problems.authorization_pending()
        waiting.decision = Decision.REDEEMED
        return waiting

    # Authorization code

    def give_code(self, sign_in: CodeSignIn) -> str:
        """A code that stands for a sign-in."""
        return _kept(self.codes, sign_in)

    def redeem_code(self, code: str, app: str, redirect: str, verifier: str, now: datetime) -> CodeSignIn:
        """The sign-in that a code stands for; it is redeemed by that. Raises SignInRefused."""
        found = self.codes.get(code)
        if found is None or found.app != app:
            raise problems.code_unknown()
        if found.redeemed:
            raise problems.code_redeemed()
        if now >= found.ends:
            raise problems.grant_expired()
        if redirect != found.redirect:
            raise problems.redirect_changed()
        if not hmac.compare_digest(challenge_of(verifier).encode(), found.challenge.encode()):
            raise problems.verifier_wrong()
        found.redeemed = True
        return found

    # Refresh token

    def give_refresh(self, app: str, person: Person, now: datetime) -> str:
        """A refresh token. Those given out before stay good, as Entra's do."""
        return _kept(self.refreshes, Refresh(app, person, now + REFRESH_LIVES))

    def refresh(self, token: str, app: str, now: datetime) -> Refresh:
        """What a refresh token stands for. Raises SignInRefused."""
        found = self.refreshes.get(token)
        if found is None or found.app != app:
            raise problems.grant_revoked()
        if now >= found.ends:
            raise problems.grant_expired()
        return found

    def revoke(self) -> None:
        """Take back every sign-in there is, of everybody: an administrator's `revoke sessions` for all."""
        self.devices.clear()
        self.codes.clear()
        self.refreshes.clear()


def is_challenge(text: str) -> bool:
    """Whether this can be the S256 challenge of a verifier."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return encoded(hashlib.sha256(verifier.encode()).digest())


def _kept(table: dict[str, _Value], value: _Value) -> str:
    """A new secret name for a value; the oldest give way."""
    while len(table) >= _MOST_HELD:
        del table[next(iter(table))]
    name = secrets.token_urlsafe(48)
    table[name] = value
    return name
