"""The pages people see: entering a device's code, choosing who they are, and what came of it."""

import secrets
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from connectors.emulator.browsers import PAGE_HEADERS

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
    headers = {**PAGE_HEADERS, "Content-Security-Policy": policy}
    return HTMLResponse(_TEMPLATES.get_template(f"{name}.html").render(nonce=nonce, **values), status, headers)
