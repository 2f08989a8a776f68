"""The control plane's ASGI application: one table of routes, JSON in and out, and errors in one sentence."""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.emulator.bodies import body_within
from connectors.emulator.clock import ClockError, VirtualClock
from connectors.emulator.control import desk as at
from connectors.emulator.control.desk import Asked, AskedWrongly, Desk, Lines
from connectors.emulator.control.guard import Guard
from connectors.emulator.rules.edits import EditError
from connectors.emulator.rules.faults import FaultError
from connectors.emulator.rules.latency import LatencyError
from connectors.emulator.service import Service
from connectors.emulator.snapshots import SnapshotError, Snapshots
from connectors.emulator.state.document import DocumentError, nearest
from connectors.emulator.storage.file import StorageError

MOST_BYTES = 1_048_576
_WRONG = (AskedWrongly, ClockError, DocumentError, EditError, FaultError, LatencyError, SnapshotError, StorageError)


@dataclass(frozen=True, slots=True)
class ControlRoute:
    """One method on one path, and what it does."""

    method: str
    path: str
    does: Callable[[Desk, Asked], Any]


ROUTES: tuple[ControlRoute, ...] = (
    ControlRoute("GET", "/info", at.info),
    ControlRoute("GET", "/clock", at.get_clock),
    ControlRoute("PUT", "/clock", at.set_clock),
    ControlRoute("POST", "/clock/advance", at.advance_clock),
    ControlRoute("POST", "/clock/freeze", at.freeze_clock),
    ControlRoute("POST", "/clock/resume", at.resume_clock),
    ControlRoute("GET", "/faults", at.get_faults),
    ControlRoute("PUT", "/faults", at.put_faults),
    ControlRoute("POST", "/faults", at.add_fault),
    ControlRoute("GET", "/faults/report", at.fault_report),
    ControlRoute("DELETE", "/faults", at.clear_faults),
    ControlRoute("GET", "/latency", at.get_latency),
    ControlRoute("PUT", "/latency", at.put_latency),
    ControlRoute("POST", "/edits", at.edit),
    ControlRoute("PUT", "/roles", at.set_role),
    ControlRoute("GET", "/history", at.get_history),
    ControlRoute("GET", "/history/digest", at.history_digest),
    ControlRoute("DELETE", "/history", at.clear_history),
    ControlRoute("GET", "/throttle", at.get_throttle),
    ControlRoute("PUT", "/throttle", at.set_throttle),
    ControlRoute("POST", "/throttle/reset", at.reset_throttle),
    ControlRoute("GET", "/snapshots", at.get_snapshots),
    ControlRoute("PUT", "/snapshots/{name}", at.take_snapshot),
    ControlRoute("POST", "/snapshots/{name}/restore", at.restore_snapshot),
    ControlRoute("DELETE", "/snapshots/{name}", at.remove_snapshot),
    ControlRoute("POST", "/reset", at.reset),
)


def create_control_app(
    service: Service, clock: VirtualClock, *, seed: int = 0, hosts: Collection[str] = ()
) -> Starlette:
    """The control plane of a service whose world has that clock.

    The world as it is now is what `reset` brings back. `seed` is for latency that is set without one. `hosts` are the
    names by which other machines may address it: none but loopback, unless it is told them.
    """
    desk = Desk(service, clock, Snapshots(service, clock), seed)
    return Starlette(
        routes=[Route(route.path, _endpoint(route, desk), methods=[route.method]) for route in ROUTES],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={404: _unknown_path, 405: _unknown_method},
    )


def _endpoint(route: ControlRoute, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await body_within(request, MOST_BYTES)
        if body is None:
            return _said(413, f"The body is larger than {MOST_BYTES:,} bytes.")
        try:
            asked = Asked(request.path_params, request.query_params, _document(body))
            # In a thread, because a large world takes seconds to keep and the other requests need not wait.
            answer = await run_in_threadpool(_done, route, desk, asked)
        except _WRONG as error:
            return _said(400, str(error))
        if isinstance(answer, Lines):
            return Response(answer.text.encode("utf-8", "replace"), media_type="application/x-ndjson")
        return JSONResponse(answer)

    return endpoint


def _done(route: ControlRoute, desk: Desk, asked: Asked) -> Any:
    with desk.service.lock:
        return route.does(desk, asked)


def _document(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise AskedWrongly(f"The body is not JSON: {error}.") from None


def _said(status: int, sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status)


async def _unknown_path(request: Request, _: Exception) -> Response:
    path = request.url.path
    return _said(404, f"There is no {path[:100]!r}; {nearest(path, list(dict.fromkeys(each.path for each in ROUTES)))}")


async def _unknown_method(request: Request, error: Exception) -> Response:
    allowed = getattr(error, "headers", None) or {}
    known = sorted({each.method for each in ROUTES if _is_path(each.path, request.url.path)})
    sentence = f"{request.url.path} takes {' and '.join(known)}, and not {request.method}."
    return JSONResponse({"error": sentence}, 405, headers=allowed)


def _is_path(pattern: str, path: str) -> bool:
    parts, given = pattern.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == one or part.startswith("{") for part, one in zip(parts, given, strict=True)
    )
