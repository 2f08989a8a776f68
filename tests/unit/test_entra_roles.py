"""Roles at a site: every operation of the table for every role, what is granted, and people through applications."""

from itertools import product

import pytest

from connectors.emulator.authority import tokens
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.assertions import CERTIFICATE, PUBLIC
from connectors.emulator.authority.tokens import Subject
from connectors.emulator.roles import Role
from connectors.emulator.routes import ROUTES, Route
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.paths import canonical
from tests.support.emulator import Direct, DirectAnswer, ManualClock
from tests.support.entra import ANN, DOCUMENT, SITE, make_entra

ORIGIN = "http://tenant.example"
LIST = "web/lists/GetByTitle('Projects')"
_WRITTEN = {
    "web/list": LIST,
    "web/list/item": f"{LIST}/items(1)",
    "web/list/field": f"{LIST}/fields/GetByTitle('Title')",
    "web/list/item/version": f"{LIST}/items(1)/versions(512)",
    "web/list/view": f"{LIST}/views/GetByTitle('All Items')",
    "web/user": "web/siteusers(7)",
    "web/recycled": "web/recyclebin('7d1a2c1e-0000-4000-8000-000000000000')",
}
QUERY = (
    '<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009" SchemaVersion="15.0.0.0" '
    'LibraryVersion="16.0.0.0" ApplicationName="test"><Actions/><ObjectPaths/></Request>'
)
THROUGH_AN_APP = {"AllSites.Read": Role.READ, "AllSites.Write": Role.WRITE, "AllSites.Manage": Role.MANAGE}
# ENTRA is one tenant for the whole module, because making its keys takes longer than everything else here.
CLOCK = ManualClock()
ENTRA = make_entra(load_world(DOCUMENT, clock=CLOCK), machine=CLOCK)


@pytest.fixture
def entra() -> Entra:
    ENTRA.tenant.granted.clear()
    ENTRA.tenant.admitted.clear()
    ENTRA.tenant.everyone = Role.WRITE
    return ENTRA


def world() -> Direct:
    return Direct(Service(load_world(DOCUMENT, clock=CLOCK), access=ENTRA))


def app_token(*permissions: str) -> str:
    subject = Subject(ENTRA.tenant.app.id, CERTIFICATE, permissions or ("Sites.Selected",))
    return tokens.issue(ENTRA.tenant, subject, ORIGIN, CLOCK()).token


def person_token(emulator: Direct, *permissions: str, login: str = ANN) -> str:
    person = next(each for each in emulator.world.directory() if each.answers_to(login))
    subject = Subject(ENTRA.tenant.desktop.id, PUBLIC, permissions or ("AllSites.Write",), person=person)
    return tokens.issue(ENTRA.tenant, subject, ORIGIN, CLOCK()).token


def send(emulator: Direct, method: str, path: str, token: str, body: object = None) -> DirectAnswer:
    tunnelled = {} if method in {"GET", "POST"} else {"X-HTTP-Method": method}
    headers = {"Authorization": f"Bearer {token}", "If-Match": "*", **tunnelled}
    return emulator.send("GET" if method == "GET" else "POST", path, body, headers=headers)


def address(pattern: str) -> str:
    """A path that is brought to this canonical form."""
    longest = max((known for known in _WRITTEN if f"{pattern}/".startswith(f"{known}/")), key=len, default="")
    path = _WRITTEN.get(longest, "") + pattern[len(longest) :].replace("*", "Id")
    assert canonical(path, {}).pattern == pattern.replace("*", "id")
    return path


def state(emulator: Direct) -> tuple[object, ...]:
    site = emulator.site
    return site.version, [(known.title, known.etag) for known in site.lists.values()], len(site.users)


def named(route: Route) -> str:
    return f"{route.method} {route.pattern}"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.pattern != "contextinfo"], ids=named)
def test_an_operation_is_denied_to_exactly_the_roles_below_its_own(entra: Entra, route: Route) -> None:
    for role in Role:
        emulator = world()
        entra.tenant.grant(entra.tenant.app.id, SITE, role)
        before = state(emulator)
        body: object = None if route.method == "GET" else {}
        answer = send(emulator, route.method, address(route.pattern), app_token(), body)
        assert (answer.status_code == 403) is (role < route.needs), (role, answer.status_code, answer.text)
        assert answer.status_code not in {401, 501}
        if role < route.needs:
            assert answer.json()["odata.error"]["code"] == "-2147024891, System.UnauthorizedAccessException"
            assert state(emulator) == before


def test_changing_what_staff_see_takes_manage_and_changing_items_takes_write() -> None:
    structure = ("web/lists", "web/list", "web/list/fields", "web/list/field")
    for route in ROUTES:
        if route.method in {"MERGE", "PATCH", "DELETE"} or "/add" in route.pattern or "/create" in route.pattern:
            about_structure = route.pattern in structure or "/field" in route.pattern or "/view" in route.pattern
            assert route.needs is (Role.MANAGE if about_structure else Role.WRITE), named(route)
        if route.method == "GET":
            assert route.needs is Role.READ, named(route)


@pytest.mark.parametrize("role", Role)
def test_an_update_by_process_query_takes_write(entra: Entra, role: Role) -> None:
    emulator = world()
    entra.tenant.grant(entra.tenant.app.id, SITE, role)
    answer = send(emulator, "POST", f"{SITE}/_vti_bin/client.svc/ProcessQuery", app_token(), QUERY)
    assert answer.status_code == (200 if role >= Role.WRITE else 403)


_NAMED = 'xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"'
_WHICH_WEB = (
    '<Query Id="1" ObjectPathId="5"><Query SelectAllProperties="false"><Properties>'
    '<Property Name="Title" ScalarProperty="true" /></Properties></Query></Query>'
)
_WEB = (
    '<ObjectPaths><Property Id="5" ParentId="3" Name="Web" />'
    '<StaticProperty Id="3" TypeId="{3747adcd-a3c3-41b9-bfab-4a64dd2f1e0a}" Name="Current" /></ObjectPaths>'
)


def asked_of_web(actions: str, named: str = _NAMED) -> str:
    return f"<Request {named}><Actions>{actions}</Actions>{_WEB}</Request>"


def test_the_question_which_web_this_is_takes_read_and_makes_nobody_known_to_the_site(entra: Entra) -> None:
    address = f"{SITE}/_vti_bin/client.svc/ProcessQuery"
    for role in Role:
        emulator = world()
        entra.tenant.grant(entra.tenant.app.id, SITE, role)
        before = state(emulator)
        answer = send(emulator, "POST", address, app_token(), asked_of_web(_WHICH_WEB))
        assert answer.status_code == (200 if role >= Role.READ else 403)
        assert state(emulator) == before
        assert role < Role.READ or answer.json()[2]["Title"] == "Demo"


@pytest.mark.parametrize(
    "body",
    [
        asked_of_web(_WHICH_WEB + '<Method Name="Update" Id="2" ObjectPathId="5" />'),
        asked_of_web(f'{_WHICH_WEB}<é:Method xmlns:é={_NAMED[6:]} Name="Update" Id="2" ObjectPathId="5" />'),
        asked_of_web(f'{_WHICH_WEB}<Method Name="Update" Id="2" ObjectPathId="5" />').encode("utf-16"),
        asked_of_web(""),
        asked_of_web(_WHICH_WEB, named=""),
        f"<!-- {_WHICH_WEB} -->",
        "no XML",
    ],
)
def test_a_query_that_does_or_may_do_more_than_ask_takes_write(entra: Entra, body: str | bytes) -> None:
    entra.tenant.grant(entra.tenant.app.id, SITE, Role.READ)
    answer = send(world(), "POST", f"{SITE}/_vti_bin/client.svc/ProcessQuery", app_token(), body)
    assert answer.status_code == 403


def test_the_parts_of_a_batch_are_judged_one_by_one(entra: Entra) -> None:
    entra.tenant.grant(entra.tenant.app.id, SITE, Role.READ)
    emulator, token = world(), app_token()
    begin = "--b\r\nContent-Type: application/http\r\n\r\n"
    read = f"{begin}GET {SITE}/_api/{LIST}/items(1) HTTP/1.1\r\n\r\n\r\n"
    write = f'{begin}MERGE {SITE}/_api/{LIST}/items(1) HTTP/1.1\r\nIf-Match: *\r\n\r\n{{"Title": "Two"}}\r\n'
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/mixed; boundary=b"}
    answer = emulator.post("$batch", f"{read}{write}{read}--b--", headers=headers)
    statuses = [line.split()[1] for line in answer.text.splitlines() if line.startswith("HTTP/1.1")]
    assert (answer.status_code, statuses) == (200, ["200", "403", "200"])
    entra.tenant.grant(entra.tenant.app.id, SITE, Role.NONE)
    assert emulator.post("$batch", f"{read}--b--", headers=headers).status_code == 403


def test_a_grant_is_for_one_site_and_one_application_and_can_be_taken_back(entra: Entra) -> None:
    emulator, token = world(), app_token()
    entra.tenant.grant("somebody-else", SITE, Role.MANAGE)
    assert send(emulator, "GET", "web", token).status_code == 403
    entra.tenant.grant(entra.tenant.app.id, SITE.upper() + "/", Role.READ)
    assert send(emulator, "GET", "web", token).status_code == 200
    assert send(emulator, "GET", "/sites/other/_api/web", token).status_code == 403
    entra.tenant.grant(entra.tenant.app.id, SITE, Role.NONE)
    assert send(emulator, "GET", "web", token).status_code == 403


@pytest.mark.parametrize(
    ("permission", "role"),
    [
        ("Sites.Read.All", Role.READ),
        ("Sites.ReadWrite.All", Role.WRITE),
        ("Sites.Manage.All", Role.MANAGE),
        ("Sites.FullControl.All", Role.FULLCONTROL),
        ("Lists.SelectedOperations.Selected", Role.NONE),
        ("Mail.Read", Role.NONE),
    ],
)
def test_what_holds_for_all_sites_needs_no_grant_and_what_is_not_for_sharepoint_gives_none(
    entra: Entra, permission: str, role: Role
) -> None:
    entra.tenant.grant(entra.tenant.app.id, "/sites/other", Role.MANAGE)
    attempts = {Role.READ: ("GET", "web"), Role.WRITE: ("DELETE", f"{LIST}/items(1)"), Role.MANAGE: ("DELETE", LIST)}
    emulator = world()
    for needed, (method, path) in attempts.items():
        allowed = send(emulator, method, path, app_token(permission)).status_code != 403
        assert allowed is (needed <= role)


@pytest.mark.parametrize(("person", "through"), list(product(Role, THROUGH_AN_APP)))
def test_a_person_through_an_application_may_do_what_both_may(entra: Entra, person: Role, through: str) -> None:
    emulator = world()
    entra.tenant.admit(ANN, SITE, person)
    token = person_token(emulator, through)
    may = min(person, THROUGH_AN_APP[through])
    assert (send(emulator, "GET", "web", token).status_code == 200) is (may >= Role.READ)
    wrote = send(emulator, "MERGE", f"{LIST}/items(1)", token, {"Title": "x"}).status_code == 204
    assert wrote is (may >= Role.WRITE)
    managed = send(emulator, "MERGE", LIST, token, {"Description": "x"}).status_code == 204
    assert managed is (may >= Role.MANAGE)


def test_everybody_may_what_the_tenant_says_unless_something_else_was_said_about_them(entra: Entra) -> None:
    emulator = world()
    entra.tenant.everyone = Role.NONE
    token = person_token(emulator)
    assert send(emulator, "GET", "web", token).status_code == 403
    entra.tenant.admit(ANN.upper(), SITE, Role.READ)
    assert send(emulator, "GET", "web", token).status_code == 200
    assert send(emulator, "GET", "/sites/other/_api/web", token).status_code == 403


def test_nobody_becomes_known_to_a_site_by_being_refused_there(entra: Entra) -> None:
    emulator = world()
    entra.tenant.everyone = Role.NONE
    token = person_token(emulator)
    other = emulator.world.site("/sites/other")
    for path in ("_api/web/CurrentUser", "_api/web?$expand=CurrentUser", "_vti_bin/client.svc/ProcessQuery"):
        method, body = ("POST", QUERY) if "Query" in path else ("GET", None)
        assert send(emulator, method, f"/sites/other/{path}", token, body).status_code == 403
    assert other.find_user(ANN) is None
    entra.tenant.everyone = Role.READ
    assert send(emulator, "GET", "/sites/other/_api/web/CurrentUser", token).json()["Email"] == ANN
    assert other.find_user(ANN) is not None


def test_a_person_with_sites_selected_comes_as_far_as_the_grant_to_the_application(entra: Entra) -> None:
    emulator = world()
    token = person_token(emulator, "Sites.Selected")
    assert send(emulator, "GET", "web", token).status_code == 403
    entra.tenant.grant(entra.tenant.desktop.id, SITE, Role.READ)
    assert send(emulator, "GET", "web", token).status_code == 200
    assert send(emulator, "DELETE", f"{LIST}/items(1)", token).status_code == 403
