"""Device code and browser: silent wherever that will do, and a person is asked only where one is there."""

import logging
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msal
import pytest
import requests

from connectors.sharepoint.auth import AUTHORITY, DeviceCodeSignIn, InteractiveSignIn, Person, make_sign_in
from connectors.sharepoint.auth.person import PersonSignIn
from sync.errors import AccessError, ConfigurationError, UnreachableError
from tests.support.fake_clock import FakeClock
from tests.support.sign_in_service import BROWSER, CLIENT, DEVICE, HOST, REFRESH, TENANT, SignInService, error

COMMAND = "portfolio-sync check -c portfolio.yaml"
SECRETS = ("access-", "refresh-", "device-secret", "SECRET")


class Desk:
    """One machine: its file of sign-ins, the person at its terminal, and what they were told."""

    def __init__(self, folder: Path, service: SignInService) -> None:
        self.file = folder / "sign-ins" / "council.json"
        self.service = service
        self.clock = FakeClock()
        self.told: list[str] = []

    def sign_in(self, *, attended: bool = True, way: type[PersonSignIn] = DeviceCodeSignIn) -> PersonSignIn:
        """A new process that signs in."""
        tell = self.told.append if attended else None
        person = Person(tokens=self.file, command=COMMAND, clock=self.clock, tell=tell)
        return way(HOST, TENANT, CLIENT, person, AUTHORITY, self.service)

    def word(self, **options: Any) -> str:
        return str(self.sign_in(**options).token()["access_token"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, SignInService())


@pytest.fixture
def browsers(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Stands for msal's wait at a port of loopback: every call is kept, and answered with the code's token."""
    calls: list[Mapping[str, Any]] = []

    def interact(self: Any, scopes: list[str], **options: Any) -> Any:
        calls.append({"scopes": scopes, **options})
        scope = [*scopes, "openid", "profile", "offline_access"]
        return self.client._obtain_token(BROWSER, data={"code": "code-1", "scope": scope})

    monkeypatch.setattr(msal.PublicClientApplication, "acquire_token_interactive", interact)
    monkeypatch.setattr(webbrowser, "get", lambda: object())
    return calls


def test_a_person_is_told_where_to_enter_the_code_and_then_who_they_are(desk: Desk) -> None:
    desk.service.refusals[DEVICE] = [error("authorization_pending"), error("authorization_pending")]
    assert desk.word().startswith("access-")
    assert desk.told == [
        "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH.",
        f"Signed in to {HOST} as ann@example.org.",
    ]
    assert desk.clock.slept == [5, 5, 5]
    assert desk.service.grants() == [DEVICE] * 3
    asked = desk.service.posts[0]
    assert set(asked["scope"].split()) == {f"{HOST}/.default", "offline_access", "openid", "profile"}


def test_told_to_slow_down_the_wait_grows(desk: Desk) -> None:
    desk.service.refusals[DEVICE] = [error("authorization_pending"), error("slow_down")]
    desk.word()
    assert desk.clock.slept == [5, 5, 10]


def test_a_service_without_a_sentence_of_its_own_gets_ours_and_none_reaches_the_terminal_raw(desk: Desk) -> None:
    desk.service.flow = {"message": None}
    desk.word()
    assert desk.told[0] == "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH."
    desk.file.unlink()
    desk.service.flow = {"message": "Enter\x1b[2J\nABCD"}
    desk.word()
    assert desk.told[2] == "Enter [2J ABCD"


def test_a_code_that_nobody_uses_expires_by_our_clock(desk: Desk) -> None:
    desk.service.flow = {"expires_in": 60, "interval": 5}
    desk.service.refusals[DEVICE] = [error("authorization_pending")] * 100
    with pytest.raises(AccessError, match="the code expired before anybody had used it") as raised:
        desk.word()
    assert "new code" in raised.value.advice
    assert sum(desk.clock.slept) == 60


def test_the_second_process_signs_in_without_a_request_or_a_word(desk: Desk) -> None:
    first = desk.word()
    before = len(desk.service.posts)
    assert desk.word(attended=False) == first
    assert len(desk.service.posts) == before
    assert len(desk.told) == 2


@pytest.mark.parametrize("way", [DeviceCodeSignIn, InteractiveSignIn])
def test_a_forgotten_token_is_renewed_silently_and_once(
    desk: Desk, browsers: list[Any], way: type[PersonSignIn]
) -> None:
    first = desk.word(way=way)
    later = desk.sign_in(attended=False, way=way)
    assert later.token()["access_token"] == first
    later.forget()
    second = later.token()["access_token"]
    assert second != first
    later.forget(first)
    assert later.token()["access_token"] == second, "also for a thread that was refused with the one before"
    assert desk.service.grants()[1:] == [REFRESH]
    assert desk.word(attended=False, way=way) == second, "the next process starts from the renewed token"


@pytest.mark.parametrize("way", [DeviceCodeSignIn, InteractiveSignIn])
def test_without_a_person_nothing_waits_and_the_command_is_named(
    desk: Desk, browsers: list[Any], way: type[PersonSignIn]
) -> None:
    with pytest.raises(AccessError, match="Nobody has signed in to https://contoso") as raised:
        desk.word(attended=False, way=way)
    assert f"Run `{COMMAND}` on a terminal" in raised.value.advice
    assert (desk.clock.slept, desk.service.posts, browsers) == ([], [], [])


LAPSED = error("invalid_grant", "AADSTS700082: The refresh token has expired: 'SECRET'", suberror="bad_token")


def test_a_lapsed_sign_in_names_its_code_and_the_command_where_nobody_is_there(desk: Desk) -> None:
    desk.word()
    later = desk.sign_in(attended=False)
    later.forget()
    desk.service.refusals[REFRESH] = [dict(LAPSED), dict(LAPSED)]
    with pytest.raises(AccessError) as raised:
        later.token()
    assert raised.value.what == f"The sign-in to {HOST} has lapsed (AADSTS700082)."
    assert COMMAND in raised.value.advice
    assert "SECRET" not in str(raised.value)


def test_a_lapsed_sign_in_asks_the_person_who_is_there(desk: Desk) -> None:
    desk.word()
    later = desk.sign_in()
    later.forget()
    desk.service.refusals[REFRESH] = [dict(LAPSED), dict(LAPSED)]
    later.token()
    assert desk.service.grants()[-1] == DEVICE
    assert len(desk.told) == 4


def test_a_refusal_that_no_person_can_lift_asks_nobody(desk: Desk) -> None:
    desk.word()
    later = desk.sign_in()
    later.forget()
    gone = error("unauthorized_client", "AADSTS700016: Application 'SECRET' was not found")
    desk.service.refusals[REFRESH] = [dict(gone), dict(gone)]
    with pytest.raises(AccessError, match="the application is not known"):
        later.token()
    assert len(desk.told) == 2


def test_who_signs_in_last_is_who_the_connection_signs_in_as(desk: Desk) -> None:
    desk.word()
    desk.service.person = "bob"
    later = desk.sign_in()
    later.forget()
    desk.service.refusals[REFRESH] = [dict(LAPSED), dict(LAPSED)]
    word = later.token()["access_token"]
    assert desk.told[-1] == f"Signed in to {HOST} as bob@example.org."
    assert "oid-ann" not in desk.file.read_text()
    assert desk.word(attended=False) == word


def test_of_several_remembered_accounts_the_one_used_last_belongs_to_the_connection(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PersonSignIn, "_keep_only", lambda *_: None)
    desk.word()
    desk.service.person = "aaron"
    again = desk.sign_in()
    monkeypatch.setattr(again, "_silently", lambda: None)
    again.token()
    text = desk.file.read_text()
    assert "oid-ann" in text
    assert "oid-aaron" in text
    for person, used in (("ann", "2000000000"), ("aaron", "2100000000")):
        cache = msal.SerializableTokenCache()
        cache.deserialize(desk.file.read_text())
        kind = msal.TokenCache.CredentialType.REFRESH_TOKEN
        (token,) = cache.search(kind, query={"home_account_id": f"oid-{person}.tenant-1"})
        cache.modify(kind, token, {"last_modification_time": used})
        desk.file.write_text(cache.serialize())
        account = desk.sign_in(attended=False)
        account.token()
        chosen = account._account()
        assert chosen is not None
        assert chosen["username"] == f"{person}@example.org"


REFUSALS = {
    "AADSTS65001: The user or administrator has not consented SECRET": ("consented", "AllSites.Write"),
    "AADSTS65004: User declined to consent SECRET": ("declined", "Run the command again"),
    "AADSTS7000218: The request body must contain client_assertion SECRET": ("without a secret", "public client flows"),
    "AADSTS50105: The signed in user is not assigned SECRET": ("not assigned", "assign them"),
    "AADSTS50020: User account SECRET does not exist in tenant": ("does not belong to the tenant", "own tenant"),
    "AADSTS650057: Invalid resource SECRET": ("names no permission on SharePoint", "AllSites.Write"),
    "AADSTS70020: The provided value for the input parameter 'device_code' is expired": ("expired", "new code"),
    "AADSTS90002: Tenant 'SECRET' not found": ("tenant is not known", "Compare the tenant"),
    "AADSTS999999: Something new SECRET": ("Sign-in was refused (AADSTS999999)", "delegated permission"),
}


@pytest.mark.parametrize(("description", "expected"), REFUSALS.items(), ids=[text[:13] for text in REFUSALS])
def test_a_refusal_says_why_and_repeats_nothing_that_was_sent(
    desk: Desk, description: str, expected: tuple[str, str]
) -> None:
    what, advice = expected
    desk.service.refusals[DEVICE] = [error("bad_request", description)]
    with pytest.raises(AccessError) as raised:
        desk.word()
    assert what in raised.value.what
    assert description.split(":")[0] in raised.value.what
    assert advice in raised.value.advice
    assert not any(secret in f"{raised.value!r} {raised.value}" for secret in SECRETS)


@pytest.mark.parametrize("code", ["AADSTS53003", "AADSTS53000", "AADSTS50199"])
@pytest.mark.parametrize("at", ["start", "end"])
def test_a_tenant_that_blocks_device_codes_gets_the_advice_to_use_another_way(desk: Desk, code: str, at: str) -> None:
    blocked = error("invalid_grant", f"{code}: Access has been blocked by Conditional Access policies.")
    if at == "start":
        desk.service.flow_refusal = blocked
    else:
        desk.service.refusals[DEVICE] = [blocked]
    with pytest.raises(AccessError, match=rf"does not allow device codes \({code}\)") as raised:
        desk.word()
    assert "`auth: interactive`" in raised.value.advice
    assert "`auth: certificate`" in raised.value.advice


def test_the_person_who_declines_is_told_so(desk: Desk) -> None:
    desk.service.refusals[DEVICE] = [error("authorization_declined", "declined")]
    with pytest.raises(AccessError, match="it was declined in the browser"):
        desk.word()


def test_a_service_that_does_not_answer_is_unreachable(desk: Desk) -> None:
    desk.service.failure = requests.ConnectionError("refused")
    with pytest.raises(UnreachableError, match="Sign-in: No answer from https://login"):
        desk.word()
    desk.service.failure = None
    desk.service.page = "<html>Your network asks you to log in</html>"
    with pytest.raises(UnreachableError, match="is not available"):
        desk.word()


def test_a_broken_connection_leaves_what_is_remembered(desk: Desk) -> None:
    first = desk.word()
    later = desk.sign_in(attended=False)
    assert later.token()["access_token"] == first
    later.forget()
    desk.service.failure = requests.ConnectionError("refused")
    with pytest.raises(UnreachableError):
        later.token()
    desk.service.failure = None
    assert later.token()["access_token"] not in ("", first), "still owed a fresh one"


def test_the_browser_is_opened_for_the_person_and_waited_for_no_longer_than_five_minutes(
    desk: Desk, browsers: list[Mapping[str, Any]]
) -> None:
    desk.word(way=InteractiveSignIn)
    (call,) = browsers
    assert call["scopes"] == [f"{HOST}/.default"]
    assert call["timeout"] == 300
    assert desk.told == [
        f"Sign in to {HOST} in the browser that opens now.",
        f"Signed in to {HOST} as ann@example.org.",
    ]
    call["auth_uri_callback"]("https://login.example/authorize?x")
    assert desk.told[-1] == "No browser could be opened. Open this address: https://login.example/authorize?x"


def test_a_machine_without_a_browser_is_told_to_use_a_device_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_here() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none_here)
    with pytest.raises(AccessError, match="needs a browser, and there is none here") as raised:
        desk.word(way=InteractiveSignIn)
    assert "`auth: device-code`" in raised.value.advice


def test_a_browser_in_which_nobody_signs_in_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **__: Any) -> None:
        raise msal.BrowserInteractionTimeoutError("User did not complete the flow in time")

    monkeypatch.setattr(msal.PublicClientApplication, "acquire_token_interactive", late)
    monkeypatch.setattr(webbrowser, "get", lambda: object())
    with pytest.raises(AccessError, match="within 5 minutes"):
        desk.word(way=InteractiveSignIn)


def test_no_token_reaches_a_log_or_what_is_shown_of_a_sign_in(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signed = desk.sign_in()
    signed.token()
    signed.forget()
    signed.token()
    parts = {name: part for name, part in vars(signed).items() if name != "_http"}
    shown = f"{caplog.text} {signed!r} {parts}"
    assert len(caplog.records) > 3, "msal does log"
    assert not any(secret in shown for secret in ("access-", "refresh-", "device-secret"))


@pytest.mark.parametrize("auth", ["device-code", "interactive"])
def test_what_a_persons_sign_in_lacks_is_named(auth: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tenant, person"):
        make_sign_in(auth, HOST, client_id=CLIENT)
    person = Person(tokens=tmp_path / "x.json", command=COMMAND, clock=FakeClock())
    made = make_sign_in(auth, HOST, tenant=TENANT, client_id=CLIENT, person=person)
    assert isinstance(made, InteractiveSignIn if auth == "interactive" else DeviceCodeSignIn)
    assert not (tmp_path / "x.json").exists()
