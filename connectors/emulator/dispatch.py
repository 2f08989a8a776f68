"""From a request to an answer: authorise, find the route, call it, shape the reply. Batches come through here too."""

import logging

from connectors.emulator import batch, csom, errors
from connectors.emulator.answers import Response, failure, not_emulated
from connectors.emulator.calls import Call, Request
from connectors.emulator.errors import NotEmulated, SharePointError
from connectors.emulator.odata import Options, parse_options, split_query
from connectors.emulator.paths import canonical, split_service
from connectors.emulator.routes import find
from connectors.emulator.shapes import Level, Reply, encode, level_of, shape
from connectors.emulator.world import World

log = logging.getLogger("connectors.emulator")

_KNOWN_HEADERS = frozenset(
    {"accept", "accept-encoding", "accept-language", "authorization", "cache-control", "client-request-id",
     "connection", "content-length", "content-transfer-encoding", "content-type", "cookie", "host", "if-match",
     "if-none-match", "odata-maxversion", "odata-version", "origin", "pragma", "return-client-request-id", "user-agent",
     "x-clientservice-clienttag", "x-http-method", "x-requestdigest", "x-requested-with", "dataserviceversion",
     "maxdataserviceversion", "transfer-encoding"}
)  # fmt: skip


def respond(world: World, request: Request) -> Response:
    """Answer one request. Never raises: what goes wrong is an answer too."""
    try:
        level = level_of(request.headers.get("accept", ""))
    except NotEmulated as missing:
        return not_emulated(missing.what, Level.MINIMAL)
    try:
        with world.lock:
            return _served(world, request, level)
    except SharePointError as error:
        return failure(error, level)
    except NotEmulated as missing:
        return not_emulated(missing.what, level)


def _served(world: World, request: Request, level: Level) -> Response:
    for name in request.headers:
        if name not in _KNOWN_HEADERS:
            log.debug("header %s is not emulated and is ignored", name)
    split = split_service(request.path)
    if split is None:
        raise NotEmulated(f"{request.verb} {request.path}")
    site_path, service, rest = split
    lowered = rest.lower()
    if not (service == "_api" and lowered == "contextinfo") and not authorised(request):
        raise errors.unauthorised()
    if service == "_vti_bin":
        return _client_service(world, site_path, lowered, request)
    if lowered == "$batch":
        return _batch(world, site_path, request)
    return _routed(world, site_path, rest, request, level)


def authorised(request: Request) -> bool:
    """Whether a bearer token was sent; any will do."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(token.strip())


def _client_service(world: World, site_path: str, rest: str, request: Request) -> Response:
    if rest != "client.svc/processquery" or request.verb != "POST":
        raise NotEmulated(f"{request.verb} _vti_bin/{rest}")
    return csom.process_query(world, world.site(site_path), request)


def _batch(world: World, site_path: str, request: Request) -> Response:
    if request.verb != "POST":
        raise NotEmulated(f"{request.verb} $batch")
    return batch.answer(world, world.site(site_path), request, respond)


def _routed(world: World, site_path: str, rest: str, request: Request, level: Level) -> Response:
    site = world.site(site_path)
    parameters = {name: value for name, value in split_query(request.query) if name.startswith("@")}
    resource = canonical(rest, parameters)
    verb = "GET" if request.verb == "HEAD" else request.verb
    route = find(verb, resource.pattern)
    if route is None:
        raise NotEmulated(f"{verb} {resource.pattern}")
    options = parse_options(request.query) if request.query else Options()
    call = Call(world, site, request, resource, options, level)
    return _shaped(route.handler(call), call)


def _shaped(reply: Reply, call: Call) -> Response:
    headers = {"Content-Type": call.level.value, **reply.headers}
    content = b"" if reply.body is None else encode(shape(reply.body, call.level, call.api))
    return Response(reply.status, headers, content)
