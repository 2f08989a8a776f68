"""Who may direct the emulator: programs on this machine, and no page in a browser.

A page of some other site can make a browser send requests here. They carry an Origin header, or come by a host name
of that site's which it lets mean this machine: both are refused.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.emulator.loopback import is_loopback


class Guard:
    """Lets through what names this machine as the host and comes from no page; `hosts` are further names for it."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        headers = Headers(scope=scope)
        reason = refusal(headers.get("host", ""), headers.keys(), self.hosts)
        if reason is None:
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"error": reason}, 403)(scope, receive, send)


def refusal(host: str, header_names: Collection[str], hosts: Collection[str] = ()) -> str | None:
    """Why a request is refused; None where it is not."""
    if "origin" in header_names:
        return "Pages in a browser may not direct the emulator: the request carries an Origin header."
    name = host_name(host)
    if name is None or not (is_loopback(name) or name in hosts):
        return f"The emulator is directed by 127.0.0.1 or localhost, and not by the name {host[:100]!r}."
    return None


def host_name(host: str) -> str | None:
    """The name in a Host header, without port and brackets; None where it is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
