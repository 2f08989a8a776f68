"""The authority over HTTP: which address is which, and what an answer and a refusal look like."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.emulator.authority import authorize, endpoints, machines, problems
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.addresses import is_loopback_address
from connectors.emulator.authority.directory import people_who_sign_in
from connectors.emulator.authority.endpoints import AtAuthority
from connectors.emulator.authority.pages import page
from connectors.emulator.authority.people import Decision
from connectors.emulator.authority.problems import SignInRefused
from connectors.emulator.bodies import body_within
from connectors.emulator.browsers import from_own_page
from connectors.emulator.service import Service
from connectors.emulator.state.users import Person

_LONGEST_FORM = 64 * 1024
_MOST_FIELDS = 50
_PLAIN = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}
_RETIRED = ("/{tenant}/tokens/OAuth/2", "/tokens/OAuth/2", "/extSTS.srf", "/GetUserRealm.srf", "/_vti_bin/idcrl.svc")
"""Where Azure ACS and user names with passwords were served: SharePoint Online has ended both."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """One request to the authority, read."""

    at: AtAuthority
    http: Request
    query: dict[str, str]
    form: dict[str, str]


Answering = Callable[["Authority", SignInRequest], Response]


def routes(service: Service, entra: Entra) -> Sequence[BaseRoute]:
    """Everything the authority serves, beside a service."""
    authority = Authority(service, entra)
    table: tuple[tuple[str, str, Answering], ...] = (
        ("GET", "/{tenant}/v2.0/.well-known/openid-configuration", _openid),
        ("GET", "/{tenant}/discovery/v2.0/keys", _keys),
        ("POST", "/{tenant}/oauth2/v2.0/token", _token),
        ("POST", "/{tenant}/oauth2/v2.0/devicecode", _device_code),
        ("GET", "/{tenant}/oauth2/v2.0/authorize", _authorize),
        ("POST", "/{tenant}/oauth2/v2.0/authorize", _authorize),
        ("GET", "/devicelogin", _device_page),
        ("POST", "/devicelogin", _device_page),
        ("GET", "/metadata/identity/oauth2/token", _imds),
        ("GET", "/msi/token", _app_service),
    )
    served = [Route(path, authority.serving(answer), methods=[method]) for method, path, answer in table]
    ended = [Route(path, _not_there, methods=["GET", "POST"]) for path in _RETIRED]
    return [*served, *ended]


@dataclass(frozen=True, slots=True)
class Authority:
    """A service's own sign-in authority: its people and its clock are the world's."""

    service: Service
    entra: Entra

    def serving(self, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint: the request is read, answered under the service's lock, and dated by the world's clock."""

        async def endpoint(http: Request) -> Response:
            body = await body_within(http, _LONGEST_FORM)
            with self.service.lock:
                response = self._answered(http, body, answer)
                now = self.service.world.instant().replace(microsecond=0)
            response.headers.update({**_PLAIN, "Date": format_datetime(now, usegmt=True)})
            return response

        return endpoint

    def people(self) -> list[Person]:
        """Everybody who can sign in."""
        return people_who_sign_in(self.service.world.directory())

    def person(self, name: str) -> Person | None:
        """The person of a sign-in name."""
        return next((person for person in self.people() if person.answers_to(name)), None)

    def _answered(self, http: Request, body: bytes | None, answer: Answering) -> Response:
        origin = f"{http.url.scheme}://{http.headers.get('host') or http.url.netloc}"
        tenant = str(http.path_params.get("tenant", self.entra.tenant.id))
        at = AtAuthority(self.entra, origin, tenant, self.service.world.instant())
        if not (is_loopback_address(origin) or self.entra.tenant.is_reached_by(origin)):
            return _not_here()
        try:
            if not self.entra.tenant.is_named(tenant):
                raise problems.tenant_unknown(tenant)
            return answer(self, SignInRequest(at, http, _fields(http.url.query), _fields(_text(body))))
        except SignInRefused as refused:
            return _refusal(refused, at, http.headers)


def _openid(authority: Authority, request: SignInRequest) -> Response:
    return JSONResponse(endpoints.openid_document(request.at))


def _keys(authority: Authority, request: SignInRequest) -> Response:
    return JSONResponse(endpoints.keys_document(request.at))


def _token(authority: Authority, request: SignInRequest) -> Response:
    return JSONResponse(endpoints.token(request.at, request.form))


def _device_code(authority: Authority, request: SignInRequest) -> Response:
    return JSONResponse(endpoints.begin_device_sign_in(request.at, request.form))


def _imds(authority: Authority, request: SignInRequest) -> Response:
    answer = machines.imds(request.at, request.query, request.http.headers)
    return JSONResponse(answer.document, answer.status)


def _app_service(authority: Authority, request: SignInRequest) -> Response:
    answer = machines.app_service(request.at, request.query, request.http.headers)
    return JSONResponse(answer.document, answer.status)


def _authorize(authority: Authority, request: SignInRequest) -> Response:
    try:
        app, back = authorize.way_back(request.at, request.query)
    except SignInRefused as refused:
        # Told to whoever reads the page: nothing is sent to an address that is not known to be the application's.
        return _problem(refused)
    try:
        wanted = authorize.wish(request.at, app, request.query)
        if request.http.method == "GET":
            action = f"?{request.http.url.query}"
            return page("choose", sends_to=back.origin, app=app.name, people=authority.people(), action=action,
                        hidden={}, hint=wanted.hint)  # fmt: skip
        if not from_own_page(request.http.headers, request.at.origin):
            return _not_ours()
        person = authority.person(request.form.get("person", ""))
        if "decline" in request.form or person is None:
            raise problems.declined()
        answer = authorize.sign_in(request.at, wanted, back, person)
    except SignInRefused as refused:
        answer = authorize.refusal(refused)
    if back.mode == "form_post":
        return page("return", sends_to=back.origin, action=back.redirect, fields=back.fields(answer))
    return Response(status_code=302, headers={"Location": back.location(answer)})


def _device_page(authority: Authority, request: SignInRequest) -> Response:
    if request.http.method == "GET":
        return page("device", code=request.query.get("code", ""), problem="")
    if not from_own_page(request.http.headers, request.at.origin):
        return _not_ours()
    code = request.form.get("code", "")
    waiting = request.at.entra.sign_ins.waiting(code, request.at.now)
    if waiting is None:
        return page("device", status=400, code=code, problem="No application waits for this code, or no longer.")
    person = authority.person(request.form.get("person", ""))
    app = request.at.entra.tenant.find_app(waiting.app).name
    if "decline" in request.form:
        waiting.decision = Decision.DECLINED
        return _said("You have declined", f"{app} has not been signed in. You can close this page.")
    if person is None:
        return page("choose", app=app, people=authority.people(), action="/devicelogin", hidden={"code": code}, hint="")
    waiting.decision, waiting.person = Decision.APPROVED, person
    return _said("You have signed in", f"{app} acts for {person.name} from now on. You can close this page.")


def _said(heading: str, text: str) -> Response:
    return page("message", heading=heading, text=text, problem=False)


def _problem(refused: SignInRefused) -> Response:
    text = f"AADSTS{refused.number}: {refused.sentence}"
    return page("message", status=400, heading="Sign-in did not work", text=text, problem=True)


def _not_ours() -> Response:
    text = "The form was sent from another site's page. Open the sign-in page itself and try again."
    return page("message", status=403, heading="Sign-in did not work", text=text, problem=True)


def _not_here() -> Response:
    # A page elsewhere may let its own name lead to this machine; the browser then takes us for that page.
    text = "Nobody signs in here under that name of a host. Open the address that the emulator has told."
    return page("message", status=403, heading="Sign-in did not work", text=text, problem=True)


async def _not_there(http: Request) -> Response:
    return PlainTextResponse("Not Found", 404)


def _refusal(refused: SignInRefused, at: AtAuthority, headers: Mapping[str, str]) -> Response:
    stamp = f"{at.now:%Y-%m-%d %H:%M:%SZ}"
    trace, correlation = str(uuid.uuid4()), _guid(headers.get("client-request-id", ""))
    text = (
        f"AADSTS{refused.number}: {refused.sentence} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    )
    document: dict[str, Any] = {
        "error": refused.error,
        "error_description": text,
        "error_codes": [refused.number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{at.origin}/error?code={refused.number}",
    }
    return JSONResponse(document, refused.status)


def _guid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def _text(body: bytes | None) -> str:
    if body is None:
        raise problems.malformed()
    return body.decode("utf-8", "replace")


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise problems.malformed() from None
