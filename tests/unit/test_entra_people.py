"""People at the authority: the device code, the sign-in page with PKCE, and what keeps them signed in."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.emulator.authority.assertions import ASSERTION_TYPE
from connectors.emulator.authority.directory import App
from tests.support.entra import ANN, BO, Form
from tests.support.entra_desk import DEFAULT, ORIGIN, REDIRECT, Desk, assert_refused, claims_of, opened_desk

OTHER = App("22222222-2222-3333-4444-555555555555", "Other", delegated=("AllSites.Read",))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened_desk() as opened:
        yield opened


# Device code


def test_a_device_waits_until_a_person_has_entered_its_code(desk: Desk) -> None:
    flow = desk.begin_device()
    assert flow["verification_uri"] == f"{ORIGIN}/devicelogin"
    assert flow["user_code"] in flow["message"]
    assert (flow["interval"], flow["expires_in"]) == (desk.tenant.device_interval, 900)
    assert_refused(desk.poll(flow["device_code"]), "authorization_pending", 70016)
    typed = f" {flow['user_code'][:4].lower()}-{flow['user_code'][4:]} "
    assert "Ann Field" in desk.enter(typed).text
    desk.machine.advance(seconds=1)
    assert_refused(desk.poll(flow["device_code"]), "authorization_pending", 70016)
    assert "You have signed in" in desk.enter(typed, person=ANN).text
    answer = desk.poll(flow["device_code"]).json()
    assert claims_of(answer["access_token"])["upn"] == ANN
    assert claims_of(answer["id_token"])["preferred_username"] == ANN
    info = json.loads(base64.urlsafe_b64decode(answer["client_info"] + "=="))
    assert info == {"uid": claims_of(answer["id_token"])["oid"], "utid": desk.tenant.id}
    assert_refused(desk.poll(flow["device_code"]), "bad_verification_code", 70018)


def test_a_device_that_asks_too_often_is_told_to_wait_longer(desk: Desk) -> None:
    desk.tenant.device_interval = 5
    code = desk.begin_device()["device_code"]
    for wait, error in ((0, "authorization_pending"), (4, "authorization_pending"), (3, "slow_down"),
                        (8, "slow_down"), (14, "authorization_pending")):  # fmt: skip
        desk.machine.advance(seconds=wait)
        assert desk.poll(code).json()["error"] == error


def test_a_person_can_say_no(desk: Desk) -> None:
    flow = desk.begin_device()
    assert "You have declined" in desk.enter(flow["user_code"], decline="1").text
    assert_refused(desk.poll(flow["device_code"]), "authorization_declined", 70017)
    assert desk.enter(flow["user_code"], person=ANN).status_code == 400


def test_a_device_code_is_over_by_the_worlds_clock_and_only_its_own_application_may_use_it(desk: Desk) -> None:
    flow = desk.begin_device()
    assert_refused(desk.poll("guessed"), "bad_verification_code", 70018)
    other = desk.tenant.register(OTHER)
    assert_refused(desk.poll(flow["device_code"], client_id=other.id), "bad_verification_code", 70018)
    desk.clock.advance(minutes=15)
    assert_refused(desk.poll(flow["device_code"]), "expired_token", 70020)
    page = desk.enter(flow["user_code"], person=ANN)
    assert (page.status_code, 'role="alert"' in page.text) == (400, True)


@pytest.mark.parametrize(
    ("scope", "error", "number"),
    [
        ("openid offline_access", "invalid_scope", 70011),
        (f"{DEFAULT} https://graph.microsoft.com/.default", "invalid_scope", 70011),
        (f"{ORIGIN}/AllSites.FullControl", "invalid_grant", 65001),
        (f"{DEFAULT} {ORIGIN}/AllSites.Write", "invalid_grant", 65001),
        ("https://nowhere.example/.default", "invalid_resource", 500011),
    ],
)
def test_what_may_not_be_asked_for_a_person_is_refused_at_once(desk: Desk, scope: str, error: str, number: int) -> None:
    form = {"client_id": desk.tenant.desktop.id, "scope": scope}
    assert_refused(desk.post(f"/{desk.tenant.id}/oauth2/v2.0/devicecode", form), error, number)


# The sign-in page and PKCE


def test_a_person_signs_in_and_the_code_is_redeemed_with_its_verifier(desk: Desk) -> None:
    page = desk.page()
    assert (page.status_code, "Ann Field" in page.text, "Bo Marsh" in page.text) == (200, True, True)
    location = urlsplit(desk.sign_in().headers["Location"])
    assert f"{location.scheme}://{location.netloc}" == REDIRECT
    back = parse_qs(location.query)
    assert (back["state"], set(back)) == (["s t&te"], {"code", "state"})
    answer = desk.redeem(back["code"][0]).json()
    assert claims_of(answer["access_token"])["upn"] == ANN
    assert (claims_of(answer["id_token"])["nonce"], claims_of(answer["id_token"])["aud"]) == (
        "n",
        desk.tenant.desktop.id,
    )
    assert answer["refresh_token"]


@pytest.mark.parametrize(("mode", "mark"), [("query", "?code="), ("fragment", "#code="), (None, "?code=")])
def test_the_answer_is_carried_back_as_was_asked(desk: Desk, mode: str | None, mark: str) -> None:
    assert desk.sign_in(response_mode=mode).headers["Location"].startswith(f"{REDIRECT}{mark}")


def test_the_answer_can_be_posted_by_a_page_that_may_send_it_nowhere_else(desk: Desk) -> None:
    page = desk.sign_in(response_mode="form_post")
    form = Form.of(page.text)
    assert (page.status_code, form.action, form.hidden["state"]) == (200, REDIRECT, "s t&te")
    assert desk.redeem(form.hidden["code"]).status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {REDIRECT}" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "redirect",
    [
        "https://evil.example", "http://evil.example:51234", "http://localhost.evil.example:51234",
        "http://localhost:51234@evil.example", "http://user@localhost:51234", "http://localhost:51234/elsewhere",
        "https://localhost:51234", "http://localhost:51234#x", "http://localhost:51234?x=1", "http://localhost:99999",
        "http://local\nhost:51234", "http://localhost:51234\r\nX: y", "javascript:alert(1)", "//localhost:51234", "x",
        "http://[::1]:51234", "http://localhost:51234?", "http://localhost:51234#",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_an_address_that_is_not_the_applications(desk: Desk, redirect: str) -> None:
    for answer in (desk.page(redirect_uri=redirect), desk.sign_in(redirect_uri=redirect)):
        assert answer.status_code == 400
        assert "AADSTS50011" in answer.text
        assert "Location" not in answer.headers
        assert Form.of(answer.text).action == ""


@pytest.mark.parametrize("redirect", ["http://localhost:1", "http://127.0.0.1:65535", "http://localhost:8400/"])
def test_on_loopback_any_port_is_the_same_address(desk: Desk, redirect: str) -> None:
    assert desk.sign_in(redirect_uri=redirect).headers["Location"].startswith(f"{redirect}?code=")


@pytest.mark.parametrize(
    ("changed", "number"),
    [({"client_id": None}, 900144), ({"client_id": "x"}, 700016), ({"redirect_uri": None}, 900144),
     ({"response_mode": "web_message"}, 9002313)],
)  # fmt: skip
def test_what_leads_nowhere_is_told_on_the_page(desk: Desk, changed: dict[str, str | None], number: int) -> None:
    answer = desk.page(**changed)
    assert (answer.status_code, f"AADSTS{number}" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("changed", "error", "number"),
    [
        ({"response_type": "token"}, "unsupported_response_type", 700054),
        ({"response_type": None}, "unsupported_response_type", 700054),
        ({"code_challenge": None}, "invalid_request", 9002325),
        ({"code_challenge": "short"}, "invalid_request", 9002325),
        ({"code_challenge_method": "plain"}, "invalid_request", 9002325),
        ({"code_challenge_method": None}, "invalid_request", 9002325),
        ({"scope": None}, "invalid_request", 900144),
        ({"scope": "https://nowhere.example/.default"}, "invalid_resource", 500011),
        ({"prompt": "none"}, "login_required", 50058),
    ],
)
def test_what_is_wrong_in_a_request_is_told_to_the_application(
    desk: Desk, changed: dict[str, str | None], error: str, number: int
) -> None:
    for answer in (desk.page(**changed), desk.sign_in(**changed)):
        back = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert (back["error"], back["state"]) == ([error], ["s t&te"])
        assert back["error_description"][0].startswith(f"AADSTS{number}: ")


def test_a_person_can_cancel_and_somebody_unknown_does_not_sign_in(desk: Desk) -> None:
    for form in ({"decline": "1"}, {"decline": "1", "person": ANN}, {"person": "nobody@example.org"}, {}):
        answer = desk.sign_in(form)
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Origin": ORIGIN}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, False),
        ({}, False),
    ],
)
def test_a_form_is_taken_from_our_own_page_only(desk: Desk, headers: dict[str, str], allowed: bool) -> None:
    flow = desk.begin_device()
    page = desk.enter(flow["user_code"], headers, person=ANN)
    assert (page.status_code == 200) is allowed
    assert ("access_token" in desk.poll(flow["device_code"]).json()) is allowed
    answer = desk.post(desk.page_address(), {"person": ANN}, headers)
    assert answer.status_code == (302 if allowed else 403)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8790", "localhost.evil.example", "tenant.example:1", ""]
)
def test_a_page_that_lets_its_own_name_mean_this_machine_signs_nobody_in(desk: Desk, host: str) -> None:
    flow = desk.begin_device()
    theirs = {"Host": host, "Origin": f"https://{host}", "Sec-Fetch-Site": "same-origin"}
    for answer in (
        desk.http.get("/devicelogin", headers={"Host": host}),
        desk.enter(flow["user_code"], theirs, person=ANN),
        desk.http.get(desk.page_address(), headers={"Host": host}),
        desk.post(desk.page_address(), {"person": ANN}, theirs),
        desk.post(f"/{desk.tenant.id}/oauth2/v2.0/devicecode", {"client_id": desk.tenant.desktop.id}, theirs),
    ):
        assert (answer.status_code, "under that name of a host" in answer.text) == (403, True)
        assert ANN not in answer.text
    assert_refused(desk.poll(flow["device_code"]), "authorization_pending", 70016)


@pytest.mark.parametrize("host", ["localhost:8790", "127.0.0.1", "[::1]:8790", "TENANT.example", "tenant.example:443"])
def test_the_pages_are_there_under_loopback_and_under_what_the_tenant_is_served_at(desk: Desk, host: str) -> None:
    flow = desk.begin_device()
    page = desk.enter(flow["user_code"], {"Host": host, "Origin": f"https://{host}"}, person=ANN)
    assert (page.status_code, "You have signed in" in page.text) == (200, True)


def test_a_code_is_good_once_for_ten_minutes_and_for_whom_it_was_given(desk: Desk) -> None:
    code = desk.code()
    other = desk.tenant.register(OTHER)
    assert_refused(desk.redeem(code, client_id=other.id), "invalid_grant", 70000)
    assert_refused(desk.redeem(code, redirect_uri="http://localhost:1"), "invalid_grant", 500112)
    assert_refused(desk.redeem(code, code_verifier="w" * 43), "invalid_grant", 501481)
    assert_refused(desk.redeem(code, code_verifier=""), "invalid_request", 900144)
    assert_refused(desk.redeem("guessed"), "invalid_grant", 70000)
    assert desk.redeem(code).status_code == 200
    assert_refused(desk.redeem(code), "invalid_grant", 54005)
    late = desk.code()
    desk.clock.advance(minutes=10)
    assert_refused(desk.redeem(late), "invalid_grant", 70008)


def test_what_a_page_shows_is_text_whatever_it_is(desk: Desk) -> None:
    hostile = "<script>alert(1)</script>"
    desk.tenant.register(replace(desk.tenant.desktop, name=hostile))
    pages = [
        desk.page(login_hint=hostile, state=hostile),
        desk.sign_in(response_mode="form_post", state=f'">{hostile}'),
        desk.http.get("/devicelogin", params={"code": f'">{hostile}'}),
        desk.post("/devicelogin", {"code": f'">{hostile}'}),
        desk.post("/devicelogin", {"code": desk.begin_device()["user_code"]}),
        desk.page(redirect_uri=hostile),
    ]
    for page in pages:
        assert hostile not in page.text
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


# Refresh


def test_a_refresh_token_gets_a_new_access_token_and_a_new_refresh_token(desk: Desk) -> None:
    first = desk.redeem(desk.code()).json()
    desk.clock.advance(hours=2)
    second = desk.refresh(first["refresh_token"]).json()
    assert claims_of(second["access_token"])["iat"] == int(desk.clock().timestamp())
    assert claims_of(second["access_token"])["upn"] == ANN
    assert second["refresh_token"] != first["refresh_token"]
    for token in (first["refresh_token"], second["refresh_token"]):
        assert desk.refresh(token).status_code == 200
    assert "refresh_token" not in desk.refresh(second["refresh_token"], scope=DEFAULT).json()


def test_a_refresh_token_ends_and_can_be_taken_back(desk: Desk) -> None:
    token = desk.redeem(desk.code()).json()["refresh_token"]
    other = desk.tenant.register(OTHER)
    assert_refused(desk.refresh(token, client_id=other.id), "invalid_grant", 50173)
    assert_refused(desk.refresh("guessed"), "invalid_grant", 50173)
    assert_refused(desk.refresh(token, scope=f"{ORIGIN}/AllSites.Manage"), "invalid_grant", 65001)
    desk.clock.advance(days=90)
    assert_refused(desk.refresh(token), "invalid_grant", 70008)
    fresh = desk.redeem(desk.code()).json()["refresh_token"]
    desk.entra.sign_ins.revoke()
    assert_refused(desk.refresh(fresh), "invalid_grant", 50173)


def test_a_confidential_application_signs_people_in_only_with_its_proof(desk: Desk) -> None:
    app = desk.tenant.register(replace(desk.tenant.app, redirects=("https://portal.example/back",)))
    back = {"client_id": app.id, "redirect_uri": "https://portal.example/back"}
    code = parse_qs(urlsplit(desk.sign_in(**back).headers["Location"]).query)["code"][0]
    assert_refused(desk.redeem(code, **back), "invalid_client", 7000218, 401)
    proof = {"client_assertion": desk.assertion(), "client_assertion_type": ASSERTION_TYPE}
    stated = claims_of(desk.redeem(code, **back, **proof).json()["access_token"])
    assert (stated["upn"], stated["appidacr"]) == (ANN, "2")


def test_a_narrower_permission_than_was_consented_to_can_be_asked_for(desk: Desk) -> None:
    both = replace(desk.tenant.desktop, delegated=("AllSites.Read", "AllSites.Write"))
    desk.tenant.register(both)
    flow = desk.begin_device(f"{ORIGIN}/allsites.read openid")
    desk.enter(flow["user_code"], person=BO)
    answer = desk.poll(flow["device_code"]).json()
    assert claims_of(answer["access_token"])["scp"] == "AllSites.Read"
    assert answer["scope"] == f"{ORIGIN}/AllSites.Read"
    assert "refresh_token" not in answer
