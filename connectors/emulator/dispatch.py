"""From a request to an answer: who asks, what it costs, what it is, what comes back. Parts of batches come here too."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated, SharePointError
from connectors.emulator.roles import Role, role_at
from connectors.emulator.routes import find, price
from connectors.emulator.rules import subject
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.latency import on_its_way
from connectors.emulator.rules.trouble import THROTTLE_PATH, throttle_page
from connectors.emulator.service import Service
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.world import Site
from connectors.emulator.wire import batch, csom
from connectors.emulator.wire.answers import Response, failure, not_emulated
from connectors.emulator.wire.calls import Call, Caller, Request
from connectors.emulator.wire.odata import Options, parse_options, split_query
from connectors.emulator.wire.paths import canonical, split_service
from connectors.emulator.wire.shapes import Body, Level, Reply, Verbatim, encode, level_of, shape

log = logging.getLogger("connectors.emulator")

_KNOWN_HEADERS = frozenset(
    {"accept", "accept-encoding", "accept-language", "authorization", "cache-control", "client-request-id",
     "connection", "content-length", "content-transfer-encoding", "content-type", "cookie", "host", "if-match",
     "if-none-match", "odata-maxversion", "odata-version", "origin", "pragma", "return-client-request-id", "user-agent",
     "x-clientservice-clienttag", "x-http-method", "x-requestdigest", "x-requested-with", "dataserviceversion",
     "maxdataserviceversion", "transfer-encoding"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Operation:
    """What a request asks for: its name in the history, the role it needs, its price, and the doing of it."""

    name: str
    needs: Role
    price: int
    run: Callable[[], Response]


def respond(service: Service, request: Request) -> Response:
    """Answer one request. Never raises: what goes wrong is an answer too."""
    with service.lock:
        return _exchanged(service, Exchange(request))


def _exchanged(service: Service, exchange: Exchange) -> Response:
    exchange.number = service.history.arrival()
    response = _answered(service, exchange)
    subject.note_written(exchange, response.status)
    if exchange.batch is None:
        response = on_its_way(exchange, response, service.latency)
    service.history.add(exchange, response, service.world.instant())
    return response


def _answered(service: Service, exchange: Exchange) -> Response:
    try:
        level = level_of(exchange.request.headers.get("accept", ""))
    except NotEmulated as missing:
        return not_emulated(missing.what, Level.MINIMAL)
    try:
        return _served(service, exchange, level)
    except SharePointError as error:
        return failure(error, level)
    except NotEmulated as missing:
        return not_emulated(missing.what, level)
    except Exception:
        # A mistake of this server's own, which costs nobody else their answer: not even the other parts of a batch.
        log.exception("Request %d (%s) could not be answered", exchange.number, exchange.operation or "unknown")
        return failure(errors.unexpected(), level)


def _served(service: Service, exchange: Exchange, level: Level) -> Response:
    request = exchange.request
    for name in request.headers:
        if name not in _KNOWN_HEADERS:
            log.debug("header %s is not emulated and is ignored", name)
    split = split_service(request.path)
    if request.path.lower().endswith(THROTTLE_PATH):
        return throttle_page()
    if split is None:
        raise NotEmulated(f"{request.verb} {request.path}")
    site_path, door, rest = split
    # Who asks comes before what is asked: a stranger learns nothing, not even whether a site is there.
    exchange.caller = _caller(service, request, strangers=door == "_api" and rest.lower() == "contextinfo")
    site = service.world.site(site_path)
    operation = _operation(service, exchange, site, door, rest, level)
    exchange.operation, exchange.site, exchange.units = operation.name, site.path, operation.price
    exchange.changes = operation.needs >= Role.WRITE
    service.throttle.charge(exchange, service.world.instant())
    response = _performed(service, exchange, site, operation, level)
    if response.status in (429, 503):
        return response  # wanted by somebody else than the throttle, whose budgets have no say in it
    headers = service.throttle.headers(exchange, service.world.instant())
    return replace(response, headers={**response.headers, **headers}) if headers else response


def _caller(service: Service, request: Request, *, strangers: bool) -> Caller | None:
    """Who asks; None where `strangers` are served too and it is one."""
    try:
        return service.access.caller(request, service.world.instant())
    except SharePointError:
        if strangers:
            return None
        raise


def _performed(service: Service, exchange: Exchange, site: Site, operation: _Operation, level: Level) -> Response:
    try:
        if exchange.caller is not None:
            exchange.role = service.access.role(exchange.caller, site)
            if exchange.role < operation.needs:
                raise errors.access_denied()
        return service.faults.perform(exchange, operation.run, service.edit)
    except SharePointError as error:
        return failure(error, level)


def _operation(service: Service, exchange: Exchange, site: Site, door: str, rest: str, level: Level) -> _Operation:
    if door == "_vti_bin":
        return _client_service(service, exchange, site, rest.lower())
    if rest.lower() == "$batch":
        return _batch(service, exchange, site)
    return _routed(service, exchange, site, rest, level)


def _client_service(service: Service, exchange: Exchange, site: Site, rest: str) -> _Operation:
    request = exchange.request
    if rest != "client.svc/processquery" or request.verb != "POST":
        raise NotEmulated(f"{request.verb} _vti_bin/{rest}")
    subject.note_saves(exchange, site)
    needs = Role.READ if csom.only_asks(request.body) else Role.WRITE

    def may_write(owner: SpList) -> bool:
        return role_at(owner, exchange.caller.name if exchange.caller else "", exchange.role) >= Role.WRITE

    def run() -> Response:
        # Not before the role has been looked at: whoever acts at a site becomes known to it.
        actor = site.acting(exchange.caller.login if exchange.caller and needs >= Role.WRITE else None)
        return csom.process_query(service.world, site, request, csom.Actor(actor, may_write), exchange.saves_allowed)

    return _Operation("ProcessQuery", needs, csom.price(request.body), run)


def _batch(service: Service, exchange: Exchange, site: Site) -> _Operation:
    request = exchange.request
    if request.verb != "POST":
        raise NotEmulated(f"{request.verb} $batch")

    def part(inner: Request) -> Response:
        return _exchanged(service, Exchange(inner, batch=exchange))

    # The envelope is free: every part is charged by itself.
    return _Operation("$batch", Role.READ, 0, lambda: batch.answer(service.world, site, request, part))


def _routed(service: Service, exchange: Exchange, site: Site, rest: str, level: Level) -> _Operation:
    request = exchange.request
    query = split_query(request.query)
    resource = canonical(rest, {name: value for name, value in query if name.startswith("@")})
    verb = "GET" if request.verb == "HEAD" else request.verb
    route = find(verb, resource.pattern)
    if route is None:
        raise NotEmulated(f"{verb} {resource.pattern}")
    handler = route.handler
    subject.note_resource(exchange, site, resource)

    def run() -> Response:
        options = parse_options(request.query) if request.query else Options()
        call = Call(service.world, site, request, resource, options, level, exchange.caller, exchange.role)
        _check_list(call, route.needs)
        reply = handler(call)
        subject.note_shown(exchange, reply.body)
        return _shaped(reply, call)

    return _Operation(route.pattern, route.needs, price(route, resource.pattern, query), run)


def _check_list(call: Call, needs: Role) -> None:
    """Hold the caller to the rights of the list that the path names, where it has rights of its own."""
    chosen = call.resource.selectors.get("list")
    owner = call.site.chosen_list(chosen.by, chosen.value) if chosen is not None else None
    if owner is not None and call.role_at(owner) < needs:
        raise errors.access_denied()


def _shaped(reply: Reply, call: Call) -> Response:
    headers = {"Content-Type": call.level.value, **reply.headers}
    return Response(reply.status, headers, _content(reply.body, call))


def _content(body: Body, call: Call) -> bytes:
    if body is None:
        return b""
    return body.content if isinstance(body, Verbatim) else encode(shape(body, call.level, call.api))
