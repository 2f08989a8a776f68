"""Managed identity: the token service of the machine is a scripted wire under msal's own client."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.sharepoint.auth import ManagedIdentitySignIn, make_sign_in
from connectors.sharepoint.settings import Transport
from sync.errors import AccessError, UnreachableError
from tests.support.wire import Answer, ScriptedTransport, ScriptedWire, Step, json_reply, status_reply

HOST = "https://contoso.sharepoint.com"
IDENTITY = "bbbbbbbb-1111-2222-3333-444444444444"
ON_APP_SERVICE = {"IDENTITY_ENDPOINT": "http://169.254.129.2:8081/msi/token", "IDENTITY_HEADER": "hush-header"}


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the variables by which msal tells one kind of machine from another, and a proxy for everything."""
    names = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT", "MSI_ENDPOINT")
    for name in (*names, "MSI_SECRET", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://environment.example:3128")


def grant(word: str, **more: Any) -> Answer:
    """What both kinds of machine answer, in one: a VM says `expires_in`, App Service `expires_on`."""
    life = {"expires_in": "3600", "expires_on": str(int(time.time()) + 3600)}
    return json_reply({"access_token": word, "token_type": "Bearer", "resource": HOST, **life, **more})


def identity(*steps: Step, client_id: str | None = None) -> tuple[ManagedIdentitySignIn, ScriptedWire]:
    wire = ScriptedWire(*steps)
    transport = ScriptedTransport(wire, Transport(proxy="http://proxy.example:8080"))
    return ManagedIdentitySignIn(HOST, client_id, transport.session()), wire


def query(request: requests.PreparedRequest) -> Mapping[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}


def test_a_vm_asks_its_metadata_service_for_the_host_and_never_through_a_proxy() -> None:
    signed, wire = identity(grant("access-1"))
    token = signed.token()
    assert token["access_token"] == "access-1"
    assert 3200 <= token["expires_in"] <= 3300
    (request,) = wire.requests
    assert str(request.url).startswith("http://169.254.169.254/metadata/identity/oauth2/token?")
    assert query(request) == {"api-version": "2018-02-01", "resource": HOST}
    assert request.headers["Metadata"] == "true"
    assert wire.options[0]["proxies"] == {}
    assert wire.options[0]["timeout"] == (10.0, 60.0)


def test_a_user_assigned_identity_is_named_by_its_client_id() -> None:
    signed, wire = identity(grant("access-1"), client_id=IDENTITY)
    signed.token()
    assert query(wire.requests[0])["client_id"] == IDENTITY


def test_app_service_is_asked_at_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ON_APP_SERVICE.items():
        monkeypatch.setenv(name, value)
    signed, wire = identity(grant("access-1"), client_id=IDENTITY)
    assert signed.token()["access_token"] == "access-1"
    (request,) = wire.requests
    assert str(request.url).startswith(ON_APP_SERVICE["IDENTITY_ENDPOINT"])
    assert request.headers["X-IDENTITY-HEADER"] == "hush-header"
    assert query(request)["client_id"] == IDENTITY
    assert wire.options[0]["proxies"] == {}


def test_the_second_token_comes_from_memory_and_a_forgotten_one_does_not() -> None:
    signed, wire = identity(grant("access-1"), grant("access-2"))
    words = [signed.token()["access_token"] for _ in range(2)]
    signed.forget()
    words += [signed.token()["access_token"] for _ in range(2)]
    assert words == ["access-1", "access-1", "access-2", "access-2"]
    assert len(wire.requests) == 2


def test_a_token_that_was_replaced_since_it_was_refused_is_not_replaced_again() -> None:
    signed, wire = identity(grant("access-1"), grant("access-2"))
    refused = signed.token()["access_token"]
    for _ in range(2):
        signed.forget(refused)
        assert signed.token()["access_token"] == "access-2"
    assert len(wire.requests) == 2


REFUSALS = {
    "no identity": ({"error": "invalid_request", "error_description": "Identity not found SECRET"}, "no such managed"),
    "no permission": ({"error": "x", "error_description": "AADSTS500011: resource SECRET"}, "not known to the tenant"),
    "something new": ({"error": "x", "error_description": "AADSTS999999: SECRET"}, "refused (AADSTS999999)"),
}


@pytest.mark.parametrize(("body", "said"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_why_and_repeats_nothing(body: Mapping[str, str], said: str) -> None:
    signed, _ = identity(json_reply(body, 400))
    with pytest.raises(AccessError) as raised:
        signed.token()
    assert said in raised.value.what
    assert "SECRET" not in str(raised.value)


NO_SERVICE: dict[str, Step] = {
    "nothing there": requests.ConnectTimeout("timed out"),
    "another cloud": status_reply(404, {"Content-Type": "text/html"}, b"<html>not found</html>"),
    "cut short": status_reply(200, {}, b'{"access_token": "a'),
}


@pytest.mark.parametrize("step", NO_SERVICE.values(), ids=NO_SERVICE)
def test_a_machine_without_a_token_service_is_told_where_this_works(step: Step) -> None:
    signed, _ = identity(step)
    with pytest.raises(UnreachableError, match=r"169\.254\.169\.254") as raised:
        signed.token()
    assert "where Azure gives the machine an identity" in raised.value.advice
    assert "`auth: certificate`" in raised.value.advice


def test_an_app_service_that_refuses_is_a_matter_of_access(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ON_APP_SERVICE.items():
        monkeypatch.setenv(name, value)
    signed, _ = identity(status_reply(400, {}, json.dumps({"statusCode": 400, "message": "No MSI: hush"}).encode()))
    with pytest.raises(AccessError, match="Sign-in was refused") as raised:
        signed.token()
    assert "hush" not in str(raised.value)


def test_a_managed_identity_is_made_of_nothing_but_the_host() -> None:
    assert isinstance(make_sign_in("managed-identity", HOST), ManagedIdentitySignIn)
