"""Who the pages answer: somebody at this machine, under its own name, and changes only from a page of theirs."""

from collections.abc import Mapping

import pytest

from tests.support.emulator import running_emulator
from tests.support.forms import Page, over_http
from tests.support.list_pages import LIST, ORIGIN, SITE, Desk, document

EDIT = f"{LIST}/EditForm.aspx?ID=1"
OURS = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


def changed(desk: Desk) -> bool:
    return bool(desk.item().version > 1)


def send_edit(desk: Desk, headers: Mapping[str, str]) -> Page:
    page = desk.visitor.get(EDIT)
    page.form.fill("Weight", "5")
    return desk.visitor.post(EDIT, page.form.body(), headers)


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        {"Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_of_ours_is_taken(headers: dict[str, str]) -> None:
    desk = Desk()
    assert send_edit(desk, headers).status == 200
    assert changed(desk)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8790"},
        {"Origin": "https://127.0.0.1:8790"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": f"{ORIGIN}{EDIT}"},
    ],
    ids=str,
)
def test_a_form_of_anybody_else_is_refused_in_a_plain_sentence(headers: dict[str, str]) -> None:
    desk = Desk()
    page = send_edit(desk, headers)
    assert page.status == 403
    assert "was sent by another page than one of this server's, so nothing was changed." in page.words
    assert not changed(desk)


@pytest.mark.parametrize(
    "address", [EDIT, f"{LIST}/NewForm.aspx", f"{LIST}/Recycle.aspx?ID=1", f"{SITE}/_layouts/15/person.aspx"]
)
def test_every_form_there_is_looks_where_it_comes_from(address: str) -> None:
    desk = Desk()
    items = len(desk.list.items)
    page = desk.visitor.post(address, b"person=8&etag=%221%22&f-Title=x", {"Origin": "https://evil.example"})
    assert (page.status, page.headers.get("set-cookie")) == (403, None)
    assert (changed(desk), len(desk.list.items)) == (False, items)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example:8790",
        "http://127.0.0.1.evil.example:8790",
        "http://localhost.evil.example",
        "http://[",
        "x",
    ],
)
def test_a_name_of_somebody_elses_that_leads_here_is_refused_for_looking_and_for_changing(origin: str) -> None:
    desk = Desk(origin=origin)
    for method, said in (("GET", {}), ("POST", {"Origin": origin, "Sec-Fetch-Site": "same-origin"})):
        answer = desk.answer(method, EDIT, said, b"etag=%221%22&f-Weight=5")
        assert answer is not None
        assert answer[0] == 403
        assert b"Library" not in answer[2]
    assert not changed(desk)


@pytest.mark.parametrize(
    "origin", ["http://localhost:8790", "http://[::1]:8790", "https://127.0.0.1", "http://127.8.9.1:1"]
)
def test_this_machines_own_names_are_answered(origin: str) -> None:
    desk = Desk(origin=origin)
    assert send_edit(desk, {"Origin": origin, "Sec-Fetch-Site": "same-origin"}).status == 200
    assert changed(desk)


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.7", "", "unix"])
def test_another_machine_sees_no_pages_at_all(client: str) -> None:
    desk = Desk(client=client)
    for method, address in (("GET", "/"), ("GET", SITE), ("GET", LIST), ("GET", EDIT), ("POST", EDIT)):
        assert desk.answer(method, address, OURS | {"Accept": "text/html"}) is None


@pytest.mark.parametrize("client", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
def test_this_machine_sees_them(client: str) -> None:
    answer = Desk(client=client).answer("GET", SITE, {})
    assert answer is not None
    assert answer[0] == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"f-Weight=5", "text/plain"),
        (b'{"f-Weight": 5}', "application/json"),
        (b"f-Weight=5", "multipart/form-data; boundary=x"),
        (b"f-Weight=" + b"5" * 1024 * 1024, "application/x-www-form-urlencoded"),
        (b"&a=b" * 6000, "application/x-www-form-urlencoded"),
    ],
    ids=["text", "json", "multipart", "large", "many"],
)
def test_what_is_no_form_of_ours_is_not_read(body: bytes, kind: str) -> None:
    desk = Desk()
    page = desk.visitor.post(EDIT, body, OURS | {"Content-Type": kind})
    assert page.status == 400
    assert not changed(desk)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"%ff%fe=%ff&was=%ff",
        b"etag=%221%22&was=",
        b"etag=%221%22&was=null",
        b"etag=%221%22&was=" + b"%5B" * 20_000,
        b'etag=%221%22&was={"Title":"x","Weight":[1],"Due":null}&f-Weight=5',
        b'etag=%221%22&was={"Nothing":["x"]}&f-Nothing=y',
        b"etag=%22999%22",
        b"as=999&etag=%221%22",
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing_and_breaks_nothing(body: bytes) -> None:
    desk = Desk()
    for address in (EDIT, f"{LIST}/NewForm.aspx", f"{SITE}/_layouts/15/person.aspx"):
        assert desk.visitor.post(address, body, OURS).status in {200, 409, 422}
    assert not changed(desk)
    assert list(desk.list.items) == [1]


@pytest.mark.parametrize(
    ("cookie", "person"),
    [
        ("i%3A0%23.f%7Cmembership%7Cben%40example.org", "Ben Ng"),
        ("ben%40example.org", "Ben Ng"),
        ("nobody", "Ann Lee"),
        ("", "Ann Lee"),
        ("%00%ff", "Ann Lee"),
    ],
)
def test_the_cookie_names_a_person_of_the_site_or_nobody(cookie: str, person: str) -> None:
    desk = Desk()
    desk.visitor.cookies["emulator-person"] = cookie
    assert f"You are {person}" in desk.visitor.get(EDIT).words


def test_the_cookie_stays_with_the_browser_and_this_site() -> None:
    desk = Desk()
    answer = desk.answer("POST", f"{SITE}/_layouts/15/person.aspx", FORM | OURS, b"person=8")
    assert answer is not None
    status, headers, _ = answer
    assert (status, headers["Location"]) == (303, SITE)
    parts = {part.strip() for part in headers["Set-Cookie"].split(";")}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= parts
    assert "Secure" not in parts
    secure = Desk(origin="https://localhost:8790")
    own = {"Origin": "https://localhost:8790"}
    answer = secure.answer("POST", f"{SITE}/_layouts/15/person.aspx", FORM | own, b"person=8")
    assert answer is not None
    assert "Secure" in {part.strip() for part in answer[1]["Set-Cookie"].split(";")}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# Through the server


def test_the_pages_and_the_api_share_a_port_and_one_world() -> None:
    with running_emulator(document()) as running:
        visitor = over_http(running.session, running.base_url)
        page = visitor.get(EDIT)
        page.form.fill("Weight", "5")
        assert "Your change was saved." in visitor.submit(page).words
        row = running.get(f"{SITE}/_api/web/lists/GetByTitle('Everything')/items(1)?$select=Weight,EditorId")
        assert (row.json()["Weight"], row.json()["EditorId"], row.headers["ETag"]) == (5.0, 7, '"2"')
        changes = running.post(
            f"{SITE}/_api/web/lists/GetByTitle('Everything')/getchanges", {"query": {"Item": True, "Update": True}}
        )
        assert [change["ItemId"] for change in changes.json()["value"]] == [1]
        assert running.get(SITE).headers["Cache-Control"] == "no-store"
        assert running.session.head(running.base_url + SITE, timeout=30).content == b""
        lied = running.session.get(running.base_url + SITE, headers={"Host": "evil.example"}, timeout=30)
        assert lied.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/sites/none"),
        ("GET", f"{SITE}/SitePages/Other.aspx"),
        ("GET", f"{LIST}/Unknown.aspx"),
        ("POST", f"{LIST}/AllItems.aspx"),
        ("POST", SITE),
        ("DELETE", LIST),
        ("GET", f"{LIST}/_api"),
        ("OPTIONS", LIST),
    ],
)
def test_what_is_no_page_is_still_not_emulated(method: str, path: str) -> None:
    with running_emulator(document()) as running:
        assert running.send(method, path).status_code in ({501, 404} if path.endswith("_api") else {501})


def test_a_browser_that_is_lost_gets_a_page_that_leads_home() -> None:
    with running_emulator(document()) as running:
        answer = running.get("/sites/none", accept="text/html,*/*")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert 'href="/"' in answer.text
