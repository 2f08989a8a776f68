"""One site, spoken to through the client library's context, transport and token callback, and nothing else of it.

The library's queries are not used: they page without end, drop ETags and retry what must not be repeated. After an
exception it also keeps what failed in a queue, so nothing is ever put there.
"""

import json
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any
from urllib.parse import quote

import requests
from office365.runtime.http.http_method import HttpMethod
from office365.runtime.http.request_options import RequestOptions
from office365.sharepoint.client_context import ClientContext

from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.errors import refusal, unreachable
from connectors.sharepoint.messages import Meter, Reply, Request
from connectors.sharepoint.pacing import Pacer
from connectors.sharepoint.settings import TIMEOUT

JSON_BODY = "application/json;odata=nometadata"


def user_agent(company: str) -> str:
    """The decoration by which SharePoint tells a well-behaved application from an anonymous script."""
    try:
        release = version("portfolio-sync")
    except PackageNotFoundError:
        release = "0"
    plain = re.sub(r"[^A-Za-z0-9]+", "", company)[:40] or "Council"
    return f"NONISV|{plain}|PortfolioSync/{release}"


class Site:
    """A site's address and the only way requests reach it. `path` is server-relative, as in the portfolio file.

    For any number of threads: the session is one that they may share, and a site sends one request at a time.
    """

    def __init__(
        self,
        host: str,
        path: str,
        *,
        sign_in: SignIn,
        pacer: Pacer,
        meter: Meter,
        session: requests.Session,
        agent: str,
    ) -> None:
        self.path = "/" + path.strip("/") if path.strip("/") else ""
        self.url = host + quote(self.path, safe="/%")
        self._sign_in = sign_in
        self._pacer = pacer
        self._meter = meter
        self._agent = agent
        self._token: Mapping[str, Any] = {}
        self._turn = Lock()
        context = ClientContext(self.url).with_access_token(self._library_token)
        self._context = context.with_transport(timeout=TIMEOUT, session=session)
        self._library = self._context.pending_request()
        self._library.with_client_request_id(True)
        # A bearer token needs no form digest: this saves a POST before every read.
        self._library.beforeExecute -= self._library.ensure_form_digest

    def api(self, resource: str) -> str:
        return f"{self.url}/_api/{resource}"

    def exchange(self, request: Request, attempts: int | None = None) -> Reply:
        """The reply, whatever its status. Raises only where there is none, or where waiting would take too long."""
        return self._pacer.run(request, self._with_fresh_token, attempts)

    def rest(self, seconds: float) -> None:
        """Nothing more is sent to the host before so many seconds have passed."""
        self._pacer.told_to_wait(seconds)

    def fetch(self, request: Request) -> dict[str, Any]:
        """The JSON object that answers a request; raises what a refusal stands for."""
        reply = self.exchange(request)
        if reply.status >= 400:
            raise refusal(reply, request.about, self.url)
        return reply.mapping(request.about)

    def close(self) -> None:
        self._context.close()

    def _with_fresh_token(self, request: Request) -> Reply:
        with self._turn:
            reply = self._once(request)
            if reply.status != 401:
                return reply
            self._sign_in.forget(self._token["access_token"])
            return self._once(request)

    def _once(self, request: Request) -> Reply:
        # Asked for here, because the library logs a traceback when its callback raises.
        self._token = self._sign_in.token()
        with self._pacer.turn(request):
            reply = self._send(request)
            self._pacer.heard(request, reply)
        return reply

    def _send(self, request: Request) -> Reply:
        options = RequestOptions(request.url)
        options.method = HttpMethod.Post if request.method == "POST" else HttpMethod.Get
        # The library would add a Content-Type of its own, even to a GET.
        standard = {"Accept": request.accept, "Content-Type": JSON_BODY, "User-Agent": self._agent}
        options.headers = {**standard, **request.headers}
        if request.body is not None:
            options.data = request.body
        self._meter.sent(request)
        try:
            answer = self._library.execute_request_direct(options)
        except requests.RequestException as error:
            if error.response is None or isinstance(error, requests.exceptions.TooManyRedirects):
                raise unreachable(error, request.url) from None
            answer = error.response
        return Reply(answer.status_code, answer.headers, answer.content)

    def _library_token(self) -> dict[str, Any]:
        # Zero, so that the library asks every time: msal keeps the only cache, the one `forget` empties.
        return {**self._token, "expires_in": 0}


def json_body(values: Mapping[str, Any]) -> bytes:
    """Values as a request body."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
