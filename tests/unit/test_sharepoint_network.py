"""How the network is reached: one proxy and one CA bundle, for SharePoint and for sign-in alike."""

from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sharepoint.settings import Transport, is_loopback
from sync.errors import ConfigurationError
from tests.support.wire import ScriptedWire, status_reply

OUTSIDE = "https://contoso.sharepoint.com/sites/pmo"
LOCAL = "http://127.0.0.1:8790/sites/pmo"


def options_for(url: str, transport: Transport) -> dict[str, Any]:
    wire = ScriptedWire(status_reply(200))
    with transport.session() as session:
        session.mount("http://", wire)
        session.mount("https://", wire)
        # As msal calls it: with nothing but an address and a form.
        session.post(url, data={"a": "b"})
    return wire.options[0]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_certificates_are_checked_unless_told_otherwise() -> None:
    options = options_for(OUTSIDE, Transport())
    assert options["verify"] is True
    assert not options["proxies"]
    assert options["timeout"] == (10.0, 60.0)


def test_an_explicit_ca_bundle_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "environment.pem"))
    ours = tmp_path / "ours.pem"
    ours.touch()
    assert options_for(OUTSIDE, Transport(ca_bundle=str(ours)))["verify"] == str(ours)
    assert options_for(OUTSIDE, Transport())["verify"] == str(tmp_path / "environment.pem")


def test_a_ca_bundle_that_is_not_there_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no file of CA certificates at .*gone\.pem"):
        Transport(ca_bundle=str(tmp_path / "gone.pem")).session()


def test_an_explicit_proxy_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://environment.example:3128")
    ours = "http://proxy.example:8080"
    assert options_for(OUTSIDE, Transport(proxy=ours))["proxies"] == {"http": ours, "https": ours}
    assert options_for(OUTSIDE, Transport())["proxies"]["https"] == "http://environment.example:3128"


def test_a_proxys_password_is_not_told() -> None:
    transport = Transport(proxy="http://user:secret-word@proxy.example:3128", ca_bundle="ca.pem")
    assert repr(transport) == "Transport(ca_bundle='ca.pem')"


def test_loopback_is_never_sent_to_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://environment.example:3128")
    assert options_for(LOCAL, Transport())["proxies"] == {}
    assert options_for(LOCAL, Transport(proxy="http://proxy.example:8080"))["proxies"] == {}


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.129.2:8081", "[fe80::1]"])
def test_a_machines_own_token_service_is_never_sent_to_a_proxy(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://environment.example:3128")
    url = f"http://{address}/metadata/identity/oauth2/token"
    assert options_for(url, Transport())["proxies"] == {}
    assert options_for(url, Transport(proxy="http://proxy.example:8080"))["proxies"] == {}
    assert options_for("http://169.255.1.1/", Transport())["proxies"]["http"] == "http://environment.example:3128"


def test_hosts_outside_the_proxy_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "contoso.sharepoint.com")
    assert not options_for(OUTSIDE, Transport(proxy="http://proxy.example:8080"))["proxies"]


def test_a_netrc_file_does_not_replace_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine contoso.sharepoint.com login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire = ScriptedWire(status_reply(200))
    with Transport().session() as session:
        session.mount("https://", wire)
        session.get(OUTSIDE, headers={"Authorization": "Bearer token"})
    assert wire.requests[0].headers["Authorization"] == "Bearer token"


def test_a_redirect_is_not_followed() -> None:
    wire = ScriptedWire(status_reply(302, {"Location": "https://elsewhere.example/"}))
    with Transport().session() as session:
        session.mount("https://", wire)
        with pytest.raises(requests.TooManyRedirects):
            session.get(OUTSIDE, headers={"Authorization": "Bearer token"})
    assert len(wire.requests) == 1


def test_loopback_is_told_from_everything_else() -> None:
    assert all(is_loopback(f"http://{host}:1/x") for host in ("127.0.0.1", "127.9.9.9", "localhost", "[::1]"))
    assert not any(is_loopback(f"http://{host}/x") for host in ("10.0.0.1", "localhost.example", "[::2]", ""))
