"""Ending a connection in the middle of an answer, which ASGI has no word for, and noticing that a client did.

The server puts a way to do it into the scope, where the applications inside find it, however many are around them.
"""

import asyncio
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

_CLOSE = "emulator.close_connection"


class WithHangUp:
    """An application whose requests can be hung up on; it has to be the one that uvicorn calls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            # uvicorn hands over the `send` of its own cycle; the connection underneath is what has to close.
            scope[_CLOSE] = send.__self__.transport.close  # type: ignore[attr-defined]
        # A client that goes before it has sent everything leaves nobody to answer.
        with suppress(ClientDisconnect):
            await self._app(scope, receive, send)


async def hang_up(scope: Scope, receive: Receive) -> None:
    """End the connection of a request, and come back when it has ended."""
    scope[_CLOSE]()
    while (await receive())["type"] != "http.disconnect":
        pass


async def is_gone_within(seconds: float, receive: Receive) -> bool:
    """Let time pass, of which a client that goes in the meantime needs no more; whether it went."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    return False
