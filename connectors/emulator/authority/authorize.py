"""The sign-in page's business: what an application may ask a browser for, and how the answer goes back to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from connectors.emulator.authority import problems
from connectors.emulator.authority.directory import App
from connectors.emulator.authority.endpoints import AtAuthority
from connectors.emulator.authority.people import CODE_LIVES, Asked, CodeSignIn, is_challenge
from connectors.emulator.authority.problems import SignInRefused
from connectors.emulator.authority.scopes import asked_for
from connectors.emulator.loopback import is_loopback
from connectors.emulator.state.users import Person

RESPONSE_MODES = ("query", "fragment", "form_post")


@dataclass(frozen=True, slots=True)
class Return:
    """The way back: an address that is the application's own, how the answer is carried there, and its state."""

    redirect: str
    mode: str
    state: str

    def fields(self, answer: Mapping[str, str]) -> dict[str, str]:
        """The answer with the state it belongs to."""
        return {**answer, **({"state": self.state} if self.state else {})}

    def location(self, answer: Mapping[str, str]) -> str:
        """Where a browser is sent; not for form_post."""
        mark = "#" if self.mode == "fragment" else "&" if urlsplit(self.redirect).query else "?"
        return f"{self.redirect}{mark}{urlencode(self.fields(answer))}"

    @property
    def origin(self) -> str:
        """The address's scheme, host and port."""
        parts = urlsplit(self.redirect)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Wish:
    """A sign-in that an application asks for, found to be in order."""

    app: App
    asked: Asked
    challenge: str
    nonce: str
    hint: str


def way_back(at: AtAuthority, query: Mapping[str, str]) -> tuple[App, Return]:
    """Who asks, and where the answer goes. Raises SignInRefused, which then goes to nobody but the reader."""
    for name in ("client_id", "redirect_uri"):
        if not query.get(name):
            raise problems.parameter_missing(name)
    app = at.entra.tenant.find_app(query["client_id"])
    if not is_registered(app, query["redirect_uri"]):
        raise problems.redirect_unknown(app.id)
    mode = query.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise problems.malformed()
    return app, Return(query["redirect_uri"], mode, query.get("state", ""))


def wish(at: AtAuthority, app: App, query: Mapping[str, str]) -> Wish:
    """What is asked for. Raises SignInRefused, which the application is told."""
    if query.get("response_type") != "code":
        raise problems.response_type_unsupported()
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not is_challenge(challenge):
        raise problems.proof_key_needed()
    if not query.get("scope"):
        raise problems.parameter_missing("scope")
    asked = asked_for(at.entra.tenant, app, query["scope"])
    if query.get("prompt") == "none":
        raise problems.sign_in_needed()
    return Wish(app, asked, challenge, query.get("nonce", ""), query.get("login_hint", ""))


def sign_in(at: AtAuthority, wanted: Wish, back: Return, person: Person) -> dict[str, str]:
    """The person has said yes: the answer is a code."""
    code = CodeSignIn(
        wanted.app.id, wanted.asked, person, back.redirect, wanted.challenge, wanted.nonce, at.now + CODE_LIVES
    )
    return {"code": at.entra.sign_ins.give_code(code)}


def refusal(refused: SignInRefused) -> dict[str, str]:
    """A refusal as an answer to an application."""
    return {"error": refused.error, "error_description": f"AADSTS{refused.number}: {refused.sentence}"}


def is_registered(app: App, redirect: str) -> bool:
    """Whether an address is one of the application's. On loopback, and there only, any port is the same address."""
    if redirect in app.redirects:
        return True
    try:
        asked = urlsplit(redirect)
        asked_port = asked.port
    except ValueError:
        return False
    # Put together again it must be what was sent: a reader of addresses may overlook line ends and empty parts.
    if redirect != f"http://{asked.hostname}:{asked_port}{asked.path}":
        return False
    return any(
        known.scheme == "http"
        and is_loopback(known.hostname or "")
        and (known.hostname, known.path.rstrip("/")) == (asked.hostname, asked.path.rstrip("/"))
        for known in map(urlsplit, app.redirects)
    )
