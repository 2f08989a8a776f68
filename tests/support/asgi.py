"""HTTP without a network: requests go straight into an ASGI application and follow no redirect."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from starlette.types import ASGIApp


class AsgiClient:
    """Requests to an application as if it were served at an origin."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self.origin = origin

    def get(self, url: str, **options: Any) -> httpx.Response:
        """GET a path or an address."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        """POST to a path or an address."""
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One request; the options are httpx's."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=self.origin, trust_env=False) as client:
                return await client.request(method, url, **options)

        # In a thread of its own: a browser that other tests drive may keep an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, send()).result()
