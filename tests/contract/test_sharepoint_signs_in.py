"""The store signs in for real, in every way, at an authority that checks everything and over TLS."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msal
import pytest

from connectors.emulator.authority.directory import AppState
from connectors.sharepoint.settings import Transport
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite
from sync.errors import AccessError, UnreachableError
from tests.support.certificates import pair
from tests.support.emulator import ManualClock
from tests.support.entra import ANN, running_tenant
from tests.support.proxy import ConnectProxy, connect_proxy
from tests.support.signing_in import (
    COMMAND,
    TITLES,
    WAYS,
    Desk,
    Way,
    become,
    desk_beside,
    document,
    is_owners_alone,
    read,
    source,
)

PERSONAL = {name: way for name, way in WAYS.items() if way.is_personal}
DEVICE, CERTIFICATE = WAYS["device code"], WAYS["certificate"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def desk(clock: ManualClock, tmp_path: Path) -> Iterator[Desk]:
    with desk_beside(tmp_path, clock) as made:
        yield made


every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
every_personal_way = pytest.mark.parametrize("way", PERSONAL.values(), ids=PERSONAL)


def asked_for_tokens(desk: Desk) -> int:
    """How often a token, or the way to one, was asked for."""
    return sum(path.endswith(("/token", "/devicecode", "/authorize")) for path in desk.paths)


def answers(desk: Desk, method: str) -> Counter[int]:
    """How often SharePoint answered a method with each status; parts of a batch do not count."""
    entries = desk.tenant.service.history.entries
    return Counter(entry.status for entry in entries if entry.method == method and entry.batch is None)


@every_way
def test_every_way_reads_a_list_through_the_real_store(desk: Desk, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    become(way, desk, monkeypatch)
    store = desk.store(desk.sign_in(way))
    assert read(store) == TITLES
    assert desk.told[-1:] == ([f"Signed in to {desk.host} as {ANN}."] if way.is_personal else [])
    assert set(answers(desk, "GET")) == {200}
    store.close()


@every_way
def test_a_token_that_expires_between_pages_is_renewed_without_a_word(
    desk: Desk, clock: ManualClock, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(way, desk, monkeypatch)
    signed = desk.sign_in(way)
    first = signed.token()["access_token"]
    told = list(desk.told)
    store = desk.store(signed)
    assert read(store, between=lambda: clock.advance(hours=2)) == TITLES
    # A page may have been on its way already when the token expired.
    assert 1 <= answers(desk, "GET")[401] <= 2, "at most once for each of the two pages that followed an expiry"
    assert signed.token()["access_token"] != first
    assert desk.told == told
    store.close()


@every_way
@pytest.mark.parametrize("mode", [WriteMode.QUIET, WriteMode.VERSIONED])
def test_a_write_that_meets_an_expired_token_is_done_once(
    desk: Desk, clock: ManualClock, way: Way, mode: WriteMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(way, desk, monkeypatch)
    store = desk.store(desk.sign_in(way))
    schema = store.describe(source(mode))
    (first, second), *_ = store.read(source(mode), schema, ["Title"])
    for row in (first, second):
        write = ItemWrite(row.item_id, row.version, {"PSStatus": "On track"})
        (outcome,) = store.apply(source(mode), schema, [write])
        assert isinstance(outcome, Applied)
        clock.advance(hours=2)
    assert answers(desk, "POST") == {200: 2, 401: 1}
    found = store.read_items(source(mode), schema, ["PSStatus"], [first.item_id, second.item_id])
    assert [row.cells["PSStatus"] for row in found.values()] == ["On track"] * 2
    store.close()


@every_way
def test_check_sees_every_hop_of_every_way(desk: Desk, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    become(way, desk, monkeypatch)
    store = desk.store(desk.sign_in(way))
    assert [hop.name for hop in store.probe(source())] == ["host", "sign-in", "site", "list", "permission"]
    store.close()


@every_personal_way
def test_the_second_process_signs_in_silently_from_a_file_that_is_its_owners_alone(
    desk: Desk, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(way, desk, monkeypatch)
    first = desk.sign_in(way).token()["access_token"]
    assert is_owners_alone(desk.tokens)
    assert is_owners_alone(desk.tokens.parent)
    asked = asked_for_tokens(desk)
    later = desk.sign_in(way, attended=False)
    assert later.token()["access_token"] == first
    assert asked_for_tokens(desk) == asked
    store = desk.store(later)
    assert read(store) == TITLES
    store.close()
    assert asked_for_tokens(desk) == asked


@every_personal_way
def test_a_sign_in_that_an_administrator_took_back_names_the_command_where_nobody_is_there(
    desk: Desk, clock: ManualClock, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(way, desk, monkeypatch)
    desk.sign_in(way).token()
    desk.tenant.entra.sign_ins.revoke()
    clock.advance(hours=2)
    store = desk.store(desk.sign_in(way, attended=False))
    with pytest.raises(AccessError, match=r"The sign-in to .* has lapsed") as raised:
        read(store)
    assert COMMAND in raised.value.advice
    store.close()
    attended = desk.sign_in(way)
    attended.forget()
    attended.token()
    assert [line for line in desk.told if line.startswith("Signed in")] == [f"Signed in to {desk.host} as {ANN}."] * 2


@every_personal_way
def test_a_person_who_declines_has_declined(desk: Desk, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    become(way, desk, monkeypatch)
    desk.decline = True
    with pytest.raises(AccessError, match="it was declined in the browser"):
        desk.sign_in(way).token()
    assert "AccessToken" not in (desk.tokens.read_text() if desk.tokens.exists() else "")


def test_a_tenant_that_blocks_the_application_blocks_device_codes_with_advice(desk: Desk) -> None:
    blocked = replace(desk.tenant.tenant.desktop, state=AppState.BLOCKED)
    desk.tenant.tenant.register(blocked)
    with pytest.raises(AccessError, match=r"does not allow device codes \(AADSTS53003\)") as raised:
        desk.sign_in(DEVICE).token()
    assert "`auth: interactive`" in raised.value.advice


def test_a_code_that_nobody_enters_expires(desk: Desk) -> None:
    signed = desk.sign_in(DEVICE)
    desk.clock.sleep = lambda seconds: desk.clock.slept.append(seconds) or _later(desk, 60)  # type: ignore[method-assign]
    with pytest.raises(AccessError, match="the code expired before anybody had used it"):
        signed.token()
    assert 10 <= len(desk.clock.slept) <= 20


def _later(desk: Desk, seconds: float) -> None:
    desk.clock._now += timedelta(seconds=seconds)


class Given:
    """A token from elsewhere."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> Mapping[str, Any]:
        return {"access_token": self._token, "token_type": "Bearer", "expires_in": 3000}

    def forget(self, refused: str | None = None) -> None:
        """There is no other."""


def test_a_token_by_a_client_secret_is_refused_with_the_sentence_an_administrator_needs(desk: Desk) -> None:
    desk.tenant.tenant.add_secret(desk.tenant.tenant.app, "a-secret")
    application = msal.ConfidentialClientApplication(
        desk.tenant.app_id,
        authority=desk.tenant.authority,
        client_credential="a-secret",
        http_client=desk.transport.session(),
        instance_discovery=False,
    )
    answer = application.acquire_token_for_client([f"{desk.host}/.default"])
    store = desk.store(Given(answer["access_token"]))
    with pytest.raises(AccessError, match="refuses tokens that were obtained with a client secret") as raised:
        read(store)
    assert "Use a certificate" in raised.value.advice
    store.close()


def test_a_certificate_that_the_application_does_not_know_is_named(desk: Desk) -> None:
    for known in ((), (pair("another").certificate,)):
        desk.tenant.tenant.register(replace(desk.tenant.tenant.app, certificates=known))
        with pytest.raises(AccessError, match=r"the certificate is not known to the application.*\(AADSTS\d+\)"):
            desk.sign_in(CERTIFICATE).token()


def test_an_identity_that_the_machine_does_not_have_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("identity of a VM", "identity in App Service"):
        way = replace(WAYS[name], client=lambda _: "00000000-0000-0000-0000-000000000000")
        become(way, desk, monkeypatch)
        with pytest.raises(AccessError, match=r"no such managed identity|Sign-in was refused"):
            desk.sign_in(way).token()


@every_way
def test_no_token_reaches_a_log(
    desk: Desk, way: Way, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    become(way, desk, monkeypatch)
    caplog.set_level(logging.DEBUG)
    store = desk.store(desk.sign_in(way))
    read(store)
    store.close()
    assert len(caplog.records) > 5
    assert "eyJ0" not in caplog.text, "the beginning of every signed token"
    sign_ins = desk.tenant.entra.sign_ins
    kept = [*sign_ins.devices, *sign_ins.codes, *sign_ins.refreshes]
    assert bool(kept) is way.is_personal
    assert not [secret for secret in kept if secret in caplog.text]


SHAREPOINT, LOGIN = "contoso.sharepoint.example", "login.contoso.example"


@pytest.fixture(params=[None, "proxy-password"], ids=["open proxy", "proxy with a password"])
def behind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Desk, ConnectProxy]]:
    """A desk in a network with a proxy and a private CA: no name leads anywhere but through the proxy."""
    hosts = ("127.0.0.1", SHAREPOINT, LOGIN)
    with running_tenant(document(), hosts=hosts) as tenant:
        port = int(tenant.base_url.rpartition(":")[2])
        with connect_proxy({f"{host}:443": port for host in (SHAREPOINT, LOGIN)}, request.param) as proxy:
            transport = Transport(
                proxy=proxy.url_with_password if request.param else proxy.url, ca_bundle=str(tenant.ca)
            )
            yield Desk(tenant, tmp_path, f"https://{SHAREPOINT}", f"https://{LOGIN}", transport), proxy


@every_way
def test_every_way_works_behind_a_proxy_and_a_private_ca(
    behind: tuple[Desk, ConnectProxy], way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, proxy = behind
    become(way, desk, monkeypatch)
    store = desk.store(desk.sign_in(way))
    assert read(store) == TITLES
    store.close()
    through = (
        {f"CONNECT {SHAREPOINT}:443"}
        if way.machine(desk.tenant)
        else {f"CONNECT {SHAREPOINT}:443", f"CONNECT {LOGIN}:443"}
    )
    assert set(proxy.asked) == through, "a machine's own token service is asked directly"


def test_without_the_private_ca_the_error_says_what_to_set(
    behind: tuple[Desk, ConnectProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, _ = behind
    become(CERTIFICATE, desk, monkeypatch)
    trusting = desk.transport
    desk.transport = Transport(proxy=trusting.proxy)
    with pytest.raises(UnreachableError, match=f"No answer from https://{LOGIN}: its certificate is not trusted") as no:
        desk.sign_in(CERTIFICATE).token()
    assert "set the CA bundle" in no.value.advice
    untrusting = desk.store(Given("any"))
    with pytest.raises(UnreachableError, match=f"No answer from https://{SHAREPOINT}: its certificate is not trusted"):
        read(untrusting)
    untrusting.close()


def test_a_proxy_that_refuses_is_named_and_its_password_is_not(
    behind: tuple[Desk, ConnectProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, proxy = behind
    become(CERTIFICATE, desk, monkeypatch)
    wrong = proxy.url.replace("://", "://council:hush-hush@")
    proxy.password = "something else"
    desk.transport = replace(desk.transport, proxy=wrong)
    with pytest.raises(UnreachableError, match="the proxy did not let us through") as raised:
        desk.sign_in(CERTIFICATE).token()
    assert "hush" not in f"{raised.value!r} {raised.value}"
