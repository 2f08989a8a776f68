"""The pages people see: entering a device's code, choosing who they are, and what came of it."""

import secrets
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_TEMPLATES = Environment(
    loader=PackageLoader(__package__, "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def page(name: str, *, status: int = 200, sends_to: str = "", **values: Any) -> HTMLResponse:
    """A page that nothing may frame, whose forms go nowhere but here and to `sends_to`."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {sends_to}".rstrip()
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(_TEMPLATES.get_template(f"{name}.html").render(nonce=nonce, **values), status, headers)


def is_own_page(headers: Mapping[str, str], origin: str) -> bool:
    """Whether a form was sent from a page of ours, as far as a browser says where from."""
    sent_from = headers.get("origin")
    if sent_from is not None:
        return sent_from.lower() == origin.lower()
    return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
