"""The ASGI application: HTTP on one side, the dispatcher on the other, and the headers every answer carries."""

import random
import uuid
from email.utils import format_datetime
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from connectors.emulator.authority import routes as authority
from connectors.emulator.authority.access import Entra
from connectors.emulator.bodies import body_within
from connectors.emulator.dispatch import respond
from connectors.emulator.hang_up import hang_up, is_gone_within
from connectors.emulator.pages import front
from connectors.emulator.pages.visit import Visit
from connectors.emulator.service import Service
from connectors.emulator.wire.answers import Delivery, Response
from connectors.emulator.wire.calls import Request

try:
    VERSION = version("portfolio-sync")
except PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "0"
SERVICES_VERSION = "16.0.0.22001"


class SharePoint:
    """Answers by one service. Every request is answered whole before the next is looked at."""

    def __init__(self, service: Service) -> None:
        self.service = service
        # Apart from the world's own identifiers: reading must not change what is written next.
        self._noise = random.Random(service.world.seed + 1)  # noqa: S311 - request identifiers, not secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        started = perf_counter()
        http = HttpRequest(scope, receive)
        try:
            body = await body_within(http, self.service.world.limits.request_bytes)
        except ClientDisconnect:
            return  # nobody is left to answer
        response = self._answer(_request(http, body), scope) if body is not None else self._too_large()
        content = b"" if scope["method"] == "HEAD" else response.content
        headers = self._headers(response, perf_counter() - started)
        answer = HttpResponse(content, response.status, headers)
        await deliver(response.delivery, answer, scope, receive, send)

    def _answer(self, request: Request, scope: Scope) -> Response:
        return self._page(request, scope) or respond(self.service, request)

    def _too_large(self) -> Response:
        """What the server in front of SharePoint says, which never reads such a request."""
        sentence = f"The request is larger than {self.service.world.limits.request_bytes} bytes."
        return Response(413, {"Content-Type": "text/plain; charset=utf-8"}, sentence.encode())

    def _page(self, request: Request, scope: Scope) -> Response | None:
        client, _ = scope.get("client") or ("", 0)
        return front.respond(self.service, Visit(request, client))

    def _headers(self, response: Response, seconds: float) -> dict[str, str]:
        guid = str(uuid.UUID(int=self._noise.getrandbits(128), version=4))
        own = {
            "Date": format_datetime(self.service.world.instant().replace(microsecond=0), usegmt=True),
            "Cache-Control": "private, max-age=0",
            "X-Emulator": VERSION,
            "SPRequestGuid": guid,
            "request-id": guid,
            "X-SharePointHealthScore": str(self._noise.randint(0, 3)),
            "X-SP-SERVERSTATE": "ReadOnly=0",
            "SPClientServiceRequestDuration": str(max(1, round(seconds * 1000))),
            "MicrosoftSharePointTeamServices": SERVICES_VERSION,
        }
        return {**own, **response.headers}


async def deliver(delivery: Delivery, answer: HttpResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer on its way: late, cut short, or not at all, as its delivery says."""
    if delivery.delay and await is_gone_within(delivery.delay, receive):
        return
    if delivery.lost:
        await hang_up(scope, receive)
    elif delivery.cut is None:
        await answer(scope, receive, send)
    else:
        await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await send({"type": "http.response.body", "body": bytes(answer.body)[: delivery.cut], "more_body": True})
        await hang_up(scope, receive)


def _request(http: HttpRequest, body: bytes) -> Request:
    scope = http.scope
    host = http.headers.get("host") or "{}:{}".format(*(scope.get("server") or ("127.0.0.1", 80)))
    path = scope["path"]
    raw = scope.get("raw_path") or quote(path).encode()
    return Request(
        method=scope["method"],
        path=path,
        raw_path=raw.decode("ascii", "replace"),
        query=scope.get("query_string", b"").decode("utf-8", "replace"),
        headers=dict(http.headers.items()),
        body=body,
        origin=f"{scope.get('scheme', 'http')}://{host}",
    )


def create_app(service: Service) -> Starlette:
    """The ASGI application of a service, with the authority where its callers have to sign in."""
    signing_in = authority.routes(service, service.access) if isinstance(service.access, Entra) else ()
    return Starlette(routes=[*signing_in, Mount("/", app=SharePoint(service))])
