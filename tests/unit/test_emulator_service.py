"""The service as a whole: who may come in, what every answer carries, what is not emulated, and many at once."""

import asyncio
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from urllib3.util.retry import Retry

from connectors.emulator.app import VERSION, create_app
from connectors.emulator.server import EmulatorServer
from connectors.emulator.service import Service
from connectors.emulator.state.world import World
from tests.support.emulator import Direct, ManualClock, running_emulator

LIST = "web/lists/GetByTitle('Projects')"
DOCUMENT: dict[str, Any] = {
    "sites": [
        {
            "path": "/sites/demo",
            "title": "Demo",
            "users": [
                {
                    "login": "i:0#.f|membership|ann@example.org",
                    "name": "Ann Field",
                    "email": "ann@example.org",
                    "job_title": "Manager",
                }
            ],
            "lists": [{"title": "Projects", "items": [{"values": {"Title": "One"}}]}],
        },
        {
            "path": "/sites/pacific",
            "time_zone": 13,
            "users": [{"login": "i:0#.f|membership|bo@example.org", "name": "Bo Marsh", "email": "bo@example.org"}],
        },
    ]
}


@pytest.fixture
def emulator() -> Direct:
    return Direct(DOCUMENT)


def test_every_answer_carries_the_services_headers_and_the_worlds_time() -> None:
    clock = ManualClock()
    with running_emulator(DOCUMENT, clock=clock) as running:
        for path in ("/sites/demo/_api/web", "/sites/demo/_api/nothing", "/elsewhere"):
            headers = running.get(path).headers
            assert headers["X-Emulator"] == VERSION
            assert re.fullmatch(r"[0-9a-f-]{36}", headers["SPRequestGuid"])
            assert headers["X-SharePointHealthScore"] in {"0", "1", "2", "3"}
            assert headers["X-SP-SERVERSTATE"] == "ReadOnly=0"
            assert int(headers["SPClientServiceRequestDuration"]) >= 1
            assert headers["MicrosoftSharePointTeamServices"].startswith("16.0.")
            assert headers["Date"] == "Wed, 17 Jun 2026 09:30:00 GMT"
            assert "Server" not in headers
        clock.advance(days=14, hours=1)
        assert running.get("/sites/demo/_api/web").headers["Date"] == "Wed, 01 Jul 2026 10:30:00 GMT"


def test_a_head_request_has_no_body() -> None:
    with running_emulator(DOCUMENT) as running:
        answer = running.send("HEAD", "/sites/demo/_api/web")
        assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Bearer", "Bearer  "])
def test_no_bearer_token_is_a_401(emulator: Direct, authorization: str) -> None:
    for path in ("web", f"{LIST}/items", "/sites/demo/_vti_bin/client.svc/ProcessQuery", "$batch"):
        answer = emulator.post(path, headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_form_digest_needs_no_token(emulator: Direct) -> None:
    answer = emulator.post("contextInfo", level="verbose", headers={"Authorization": ""})
    info = answer.json()["d"]["GetContextWebInformation"]
    assert info["FormDigestTimeoutSeconds"] == 1800
    assert info["FormDigestValue"].endswith(",17 Jun 2026 09:30:00 -0000")
    assert info["WebFullUrl"] == info["SiteFullUrl"] == "http://tenant.example/sites/demo"
    assert info["SupportedSchemaVersions"]["results"] == ["14.0.0.0", "15.0.0.0"]
    assert emulator.post("contextinfo").json()["LibraryVersion"].startswith("16.0.")


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/sites/demo/SitePages/Home.aspx", "GET /sites/demo/SitePages/Home.aspx"),
        ("GET", "search/query", "GET search/query"),
        ("POST", f"{LIST}/contenttypes", "POST web/list/contenttypes"),
        ("GET", f"{LIST}/contenttypes?$expand=Parent", "SP.ContentType.Parent"),
        ("POST", f"{LIST}/subscriptions", "POST web/list/subscriptions"),
        ("POST", f"{LIST}/getListItemChangesSinceToken", "POST web/list/getlistitemchangessincetoken"),
        ("POST", f"{LIST}/items(1)/breakroleinheritance(true)", "POST web/list/item/breakroleinheritance"),
        ("GET", f"{LIST}/items(1)/comments", "GET web/list/item/comments"),
        ("GET", f"{LIST}/items?$expand=File", "$expand of SP.ListItem.File"),
        ("GET", f"{LIST}/items?$select=Id,FieldValuesAsText", "SP.ListItem.FieldValuesAsText"),
        ("GET", f"{LIST}/items(1)/versions?$expand=FileVersion", "SP.ListItemVersion.FileVersion"),
        ("GET", "web?$expand=Webs", "SP.Web.Webs"),
        ("PUT", f"{LIST}/items(1)", "PUT web/list/item"),
        ("GET", "/sites/demo/_vti_bin/Lists.asmx", "GET _vti_bin/lists.asmx"),
        ("GET", "$batch", "GET $batch"),
    ],
)
def test_what_is_not_emulated_says_so_by_name(emulator: Direct, method: str, path: str, what: str) -> None:
    answer = emulator.send(method, path)
    assert (answer.status_code, answer.headers["X-Emulator-Not-Emulated"]) == (501, what)
    assert answer.json()["odata.error"]["message"]["value"] == f"Not emulated: {what}."


def test_an_answer_that_is_not_json_is_not_emulated(emulator: Direct) -> None:
    assert emulator.get("web", headers={"Accept": "application/atom+xml"}).status_code == 501


@pytest.mark.parametrize(
    ("accept", "key"),
    [
        ("application/json;odata=verbose", "d"),
        ("application/json; odata=verbose", "d"),
        ("application/json", "odata.metadata"),
        ("*/*", "odata.metadata"),
        ("", "odata.metadata"),
        ("application/json;odata=minimalmetadata", "odata.metadata"),
        ("application/json;odata=nometadata", "AllowRssFeeds"),
        ("application/json;odata.metadata=none", "AllowRssFeeds"),
    ],
)
def test_the_level_is_the_one_the_client_accepts(emulator: Direct, accept: str, key: str) -> None:
    assert next(iter(emulator.get("web", headers={"Accept": accept}).json())) == key


def test_a_site_that_is_not_there_is_a_404(emulator: Direct) -> None:
    answer = emulator.get("/sites/none/_api/web")
    assert (answer.status_code, answer.json()["odata.error"]["message"]["value"]) == (404, "File Not Found.")


def test_a_site_may_stand_at_the_root() -> None:
    emulator = Direct({"sites": [{"path": "/", "title": "Root"}]}, site="/")
    web = emulator.get("/_api/web?$select=Title,Url,ServerRelativeUrl").json()
    assert web == {"Title": "Root", "Url": "http://tenant.example", "ServerRelativeUrl": "/"}


def test_each_site_has_its_own_zone(emulator: Direct) -> None:
    path = "web/RegionalSettings/TimeZone"
    assert emulator.get(path).json() == {
        "Description": "(UTC) Dublin, Edinburgh, Lisbon, London",
        "Id": 2,
        "Information": {"Bias": 0, "DaylightBias": -60, "StandardBias": 0},
    }
    pacific = emulator.get(f"/sites/pacific/_api/{path}").json()
    assert (pacific["Id"], pacific["Information"]["Bias"]) == (13, 480)
    query = "Web?$select=Id,Url,RegionalSettings/*&$expand=RegionalSettings,RegionalSettings/TimeZone"
    web = emulator.get(query).json()
    assert web["RegionalSettings"]["TimeZone"]["Id"] == 2
    assert web["RegionalSettings"]["LocaleId"] == 2057
    assert set(web) == {"Id", "Url", "RegionalSettings"}


def test_everybody_is_the_sharepoint_app(emulator: Direct) -> None:
    for token in ("a", "b"):
        me = emulator.get("web/currentUser", headers={"Authorization": f"Bearer {token}"}).json()
        assert me["LoginName"] == "i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint"
        assert me["Title"] == "SharePoint App"


@pytest.mark.parametrize(
    "path",
    [
        "web/siteusers/GetByEmail('ann@example.org')",
        "web/siteUsers/getByLoginName('i%3A0%23.f|membership|ann@example.org')".replace("%3A", ":").replace("%23", "#"),
        "web/siteusers(7)",
        "web/siteusers/getById(7)",
        "web/GetUserById(7)",
    ],
)
def test_a_user_is_found_by_every_address(emulator: Direct, path: str) -> None:
    user = emulator.get(path).json()
    assert user["Title"] == "Ann Field"
    assert user["UserPrincipalName"] == "ann@example.org"
    assert user["UserId"]["NameIdIssuer"] == "urn:federation:microsoftonline"


def test_a_user_who_is_not_there_is_the_recorded_500(emulator: Direct) -> None:
    for path in ("web/GetUserById(99)", "web/siteusers/GetByEmail('x@example.org')"):
        answer = emulator.get(path)
        assert answer.status_code == 500
        assert answer.json()["odata.error"]["code"] == "-2146232832, Microsoft.SharePoint.SPException"
    assert emulator.get("web/GetUserById(seven)").status_code == 400


def test_somebody_another_site_knows_can_be_ensured_and_nobody_else(emulator: Direct) -> None:
    by_path = emulator.post("web/EnsureUser('bo@example.org')").json()
    by_body = emulator.post("web/ensureuser", {"logonName": "i:0#.f|membership|bo@example.org"}).json()
    assert (by_path["Id"], by_body["Id"], by_path["Title"]) == (8, 8, "Bo Marsh")
    assert [user["Title"] for user in emulator.rows("web/siteusers?$select=Title&$filter=Id lt 100")] == [
        "Ann Field",
        "Bo Marsh",
    ]
    unknown = emulator.post("web/EnsureUser('nobody@example.org')")
    assert unknown.status_code == 400
    assert "could not be found" in unknown.json()["odata.error"]["message"]["value"]
    assert emulator.post("web/ensureuser", {}).status_code == 400


def test_one_plain_property_can_be_asked_for(emulator: Direct) -> None:
    assert emulator.get("web/Title").json() == {"value": "Demo"}
    assert emulator.get("web/title", level="verbose").json() == {"d": {"Title": "Demo"}}
    assert emulator.get("site/Id").json() == {"value": emulator.site.id}
    assert emulator.get(f"{LIST}/ItemCount").json() == {"value": 1}
    assert emulator.get(f"{LIST}/items(1)/Title").json() == {"value": "One"}
    assert emulator.get(f"{LIST}/items(1)/parentList?$select=ListItemEntityTypeFullName").json() == {
        "ListItemEntityTypeFullName": "SP.Data.ProjectsListItem"
    }
    assert emulator.get(f"{LIST}/items(1)?$select=Id,AttachmentFiles&$expand=AttachmentFiles").json() == {
        "AttachmentFiles": [],
        "Id": 1,
        "ID": 1,
    }


def test_an_unknown_header_is_ignored_and_logged(emulator: Direct, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="connectors.emulator"):
        assert emulator.get("web", headers={"X-Something-New": "1"}).status_code == 200
    assert "x-something-new" in caplog.text


def test_many_clients_at_once_lose_no_update() -> None:
    with running_emulator(DOCUMENT) as running:
        path = f"{running.base_url}/sites/demo/_api/{LIST}/items"

        def work(number: int) -> int:
            with requests.Session() as session:
                session.trust_env = False
                headers = {"Authorization": "Bearer x", "If-Match": "*", "X-HTTP-Method": "MERGE"}
                for turn in range(10):
                    answer = session.post(f"{path}(1)", json={"Title": f"{number}-{turn}"}, headers=headers, timeout=30)
                    assert answer.status_code == 204
            return number

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(work, range(8))) == list(range(8))
        item = running.get(f"/sites/demo/_api/{LIST}/items(1)").json()
        assert item["OData__UIVersionString"] == "81.0"


def test_a_client_that_hangs_up_in_the_middle_is_not_answered_and_no_error() -> None:
    answered: list[Message] = []

    async def hang_up() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": "POST", "path": "/_api/$batch", "headers": [], "query_string": b""}
    asyncio.run(create_app(Service(World()))(scope, hang_up, send))
    assert answered == []


def test_two_servers_choose_ports_of_their_own_and_give_them_back() -> None:
    with running_emulator(DOCUMENT) as first, running_emulator(DOCUMENT) as second:
        assert first.base_url != second.base_url
        assert second.get("/sites/demo/_api/web").status_code == 200
        port = int(first.base_url.rpartition(":")[2])
    world = World(clock=ManualClock())
    world.add_site("/sites/again")
    with running_emulator(world) as running:
        assert running.get("/sites/again/_api/web/Title").json() == {"value": "again"}
    with EmulatorServer(lambda *_: None, port=port) as server:  # type: ignore[arg-type,return-value]
        assert server.base_url == f"http://127.0.0.1:{port}"


def test_a_wrapper_stands_in_front_of_the_service() -> None:
    def refuse_everything(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"].endswith("/web"):
                await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"7")]})
                await send({"type": "http.response.body", "body": b""})
            else:
                await app(scope, receive, send)

        return wrapped

    with running_emulator(DOCUMENT, wrap=refuse_everything) as running:
        assert running.get("/sites/demo/_api/web").headers["Retry-After"] == "7"
        assert running.get("/sites/demo/_api/web/lists").status_code == 200


def test_the_same_requests_give_the_same_answers() -> None:
    def answers() -> list[bytes]:
        emulator = Direct(DOCUMENT)
        emulator.post(f"{LIST}/items", {"Title": "x"})
        return [emulator.get(path).content for path in (f"{LIST}/items", "web/lists", f"{LIST}/fields")]

    assert answers() == answers()


DEEP_TOKEN = f"1;3;{'0' * 8}-0000-0000-0000-{'0' * 12};{'9' * 40};1"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{LIST}/items", "[" * 100_000, 400),
        ("MERGE", f"{LIST}/items(²)", "{}", 400),
        ("GET", f"{LIST}/item", None, 501),
        ("POST", f"{LIST}/getchanges", {"query": {"ChangeTokenStart": {"StringValue": DEEP_TOKEN}}}, 500),
        ("POST", "/sites/demo/_vti_bin/client.svc/ProcessQuery", "<a>" * 50_000, 200),
    ],
)
def test_what_is_far_too_deep_or_too_large_is_refused_in_good_order(
    emulator: Direct, method: str, path: str, body: Any, status: int
) -> None:
    assert emulator.send(method, path, body).status_code == status


def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    with running_emulator(DOCUMENT) as running, pytest.raises(OSError, match="in use"):
        EmulatorServer(lambda *_: None, port=int(running.base_url.rpartition(":")[2]))  # type: ignore[arg-type,return-value]


def test_the_foreground_server_serves_until_it_is_stopped() -> None:
    world = World(clock=ManualClock())
    world.add_site("/sites/demo")
    server = EmulatorServer(create_app(Service(world)))
    thread = threading.Thread(target=server.run_forever)
    thread.start()
    try:
        headers = {"Authorization": "Bearer x"}
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.05)))
            assert session.get(f"{server.base_url}/sites/demo/_api/web", headers=headers, timeout=10).status_code == 200
    finally:
        server.stop()
        thread.join(10)
    assert not thread.is_alive()
