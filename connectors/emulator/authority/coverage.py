"""What the coverage page says about signing in."""

from collections.abc import Iterator

from connectors.emulator.authority.tokens import LONGEST, SHORTEST
from connectors.emulator.roles import Role

_ENDPOINTS = (
    ("GET", "{tenant}/v2.0/.well-known/openid-configuration", "where everything is; the tenant by its id or domain"),
    ("GET", "{tenant}/discovery/v2.0/keys", "the public key"),
    ("POST", "{tenant}/oauth2/v2.0/token", "client_credentials, authorization_code, device_code, refresh_token"),
    ("POST", "{tenant}/oauth2/v2.0/devicecode", "a code for a person to enter at `devicelogin`"),
    ("GET, POST", "{tenant}/oauth2/v2.0/authorize", "the sign-in page; PKCE with S256; query, fragment, form_post"),
    ("GET, POST", "devicelogin", "the page for a device's code"),
    ("GET", "metadata/identity/oauth2/token", "managed identity of a virtual machine"),
    ("GET", "msi/token", "managed identity of App Service, Functions and Automation"),
)

_RULES = (
    "An application proves itself with an assertion signed by its certificate: PS256 or RS256, `x5t#S256` or `x5t`.",
    "A client secret gets a token as well, which SharePoint refuses: 401 `Unsupported app only token.`",
    f"A token lives between {SHORTEST // 60} and {LONGEST // 60} minutes of the world's clock, drawn from the seed.",
    "Assertions, the pace of polling and `expires_on` go by the machine's clock, which is the client's.",
    "SharePoint verifies signature, key, algorithm, issuer, audience and times of every token, of batch parts too.",
    "Permissions that are known: Sites.Selected with its grants site by site, Sites.*.All, AllSites.*.",
    "A person through an application may do what both may.",
    f"Roles: {', '.join(role.name.lower() for role in Role)}. Columns, lists and views take manage, items write.",
    "EffectiveBasePermissions and CurrentUser are the caller's.",
    "Azure ACS and sign-in with a password are not there (404), as the service has ended them.",
)

_ASSUMED = (
    "The words and the diagnostic header of a 401 for a token that has expired, is not yet valid, or is no token.",
    "An assertion may come again while it is good, because msal sends one for nine minutes.",
    "Number and sentence of the refusal of an identifier that comes with another assertion.",
    "PKCE is demanded of every application; Entra demands it of some.",
    "The numbers of slow_down and authorization_declined, and App Service's statuses for what it refuses.",
    "The rights shown for a role: those of Read, Contribute and Full Control.",
    "Consent follows from the roles that people have; nobody is asked for it.",
)

_DIFFERENT = (
    "Nobody has a password: whoever opens the sign-in page chooses a person of the world.",
    "Sign-ins are not in the request history, and nothing goes wrong with them on purpose.",
    "The key that signs tokens is made when the emulator starts; a token of an earlier start is a forged one.",
)


def sign_in_section() -> Iterator[str]:
    """The lines of the section."""
    yield "\n## Signing in\n"
    yield "Unless told otherwise any bearer token is the SharePoint App with every right. With Entra in charge, the"
    yield "emulator has a sign-in authority of its own at the same address:\n"
    yield "| method | path | notes |"
    yield "|---|---|---|"
    yield from (f"| {method} | `/{path}` | {note} |" for method, path, note in _ENDPOINTS)
    yield ""
    yield from (f"- {sentence}" for sentence in _RULES)
    yield "\nAssumed:\n"
    yield from (f"- {sentence}" for sentence in _ASSUMED)
    yield "\nDifferent from the service:\n"
    yield from (f"- {sentence}" for sentence in _DIFFERENT)
