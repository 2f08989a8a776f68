"""TLS: a server whose certificate is good for loopback and for nothing else, and only for who trusts its authority."""

import socket
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from connectors.emulator.certificates import Tls, make_tls
from connectors.emulator.loopback import HOSTS
from connectors.emulator.server import EmulatorServer

APP: ASGIApp = PlainTextResponse("hello")


@pytest.fixture(scope="module")
def tls() -> Tls:
    return make_tls(datetime.now(UTC))


@pytest.fixture
def ca(tls: Tls, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    file.write_text(tls.ca_pem)
    return file


def session(verify: Path | bool) -> requests.Session:
    opened = requests.Session()
    opened.trust_env = False
    opened.verify = verify if isinstance(verify, bool) else str(verify)
    return opened


def test_https_is_served_to_those_who_trust_the_authority_and_to_nobody_else(tls: Tls, ca: Path) -> None:
    with EmulatorServer(APP, tls=tls) as server:
        assert server.base_url == f"https://127.0.0.1:{server.port}"
        with session(ca) as trusting, session(verify=True) as doubting:
            for host in ("127.0.0.1", "localhost"):
                assert trusting.get(f"https://{host}:{server.port}/", timeout=10).text == "hello"
            with pytest.raises(requests.exceptions.SSLError):
                doubting.get(server.base_url, timeout=10)
            with pytest.raises(requests.exceptions.ConnectionError):
                trusting.get(f"http://127.0.0.1:{server.port}/", timeout=10)


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_https_is_served_on_the_other_loopback_too(tls: Tls, ca: Path) -> None:
    try:
        server = EmulatorServer(APP, host="::1", tls=tls)
    except OSError:
        pytest.skip("there is no IPv6 loopback here")
    with server, session(ca) as trusting:
        assert trusting.get(f"https://[::1]:{server.port}/", timeout=10).text == "hello"


def test_a_strict_client_accepts_the_chain(tls: Tls) -> None:
    context = ssl.create_default_context(cadata=tls.ca_pem)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with (
        EmulatorServer(APP, tls=tls) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wrapped,
    ):
        assert wrapped.version() == "TLSv1.3"


def test_the_certificate_names_loopback_alone_and_is_good_for_ninety_days() -> None:
    now = datetime(2026, 6, 17, tzinfo=UTC)
    made = make_tls(now)
    server, authority = (x509.load_pem_x509_certificate(text.encode()) for text in (made.certificate_pem, made.ca_pem))
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert tuple(str(name.value) for name in names) == HOSTS
    assert server.not_valid_before_utc < now
    assert server.not_valid_after_utc == authority.not_valid_after_utc == now + timedelta(days=90)
    assert server.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    with pytest.raises(ValueError, match="does not match"):
        server.verify_directly_issued_by(server)


def test_two_authorities_have_nothing_in_common() -> None:
    first, second = (make_tls(datetime.now(UTC)) for _ in range(2))
    assert first.key_pem != second.key_pem
    assert first.ca_pem != second.ca_pem


def test_no_key_stays_on_disk(tls: Tls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with EmulatorServer(APP, tls=tls):
        assert list(tmp_path.iterdir()) == []


def test_a_server_ends_at_once_although_a_client_keeps_its_connection(
    tls: Tls, ca: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with session(ca) as keeping:
        with EmulatorServer(APP, tls=tls) as server:
            assert keeping.get(server.base_url, timeout=10).text == "hello"
        assert "timeout graceful shutdown exceeded" not in caplog.text
    assert "emulator" not in {thread.name for thread in threading.enumerate()}
