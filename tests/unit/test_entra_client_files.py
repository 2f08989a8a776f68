"""What a client is given: three files that are its owner's alone, in a folder that is left as it was where in doubt."""

import os
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dotenv import dotenv_values

from config.credentials import credentials
from config.settings import load_settings, secrets_of
from connectors.emulator.authority.client_files import FolderError, write_client_files
from connectors.emulator.authority.directory import Tenant
from tests.support.emulator import ManualClock

CLOCK = ManualClock()
TENANT = Tenant.make(1, clock=CLOCK, machine=CLOCK)
AUTHORITY = "https://127.0.0.1:8790"
CA = "-----BEGIN CERTIFICATE-----\nCA\n-----END CERTIFICATE-----\n"


def write(folder: Path, ca: str = CA) -> None:
    write_client_files(folder, TENANT, authority=AUTHORITY, ca_pem=ca, connection="east-council")


def test_the_files_are_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "client"
    write(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["ca.pem", "client.pem", "settings.env"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_settings_are_read_by_the_product_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    settings = load_settings(Path("settings.env"))
    secrets = secrets_of(settings, "east-council")
    assert (secrets.tenant, secrets.client_id) == (TENANT.domain, TENANT.app.id)
    assert (secrets.authority, settings.ca_bundle) == (AUTHORITY, tmp_path / "ca.pem")
    assert set(dotenv_values("settings.env")) == {
        "PORTFOLIO_SYNC_CONNECTIONS__EAST_COUNCIL__TENANT",
        "PORTFOLIO_SYNC_CONNECTIONS__EAST_COUNCIL__CLIENT_ID",
        "PORTFOLIO_SYNC_CONNECTIONS__EAST_COUNCIL__CERTIFICATE",
        "PORTFOLIO_SYNC_CONNECTIONS__EAST_COUNCIL__AUTHORITY",
        "PORTFOLIO_SYNC_CA_BUNDLE",
    }


def test_key_and_certificate_are_those_that_the_tenant_knows(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "client.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(text)
    assert certificate == TENANT.app.certificates[0]
    assert load_pem_private_key(text, None).public_key() == certificate.public_key()


def test_the_files_of_an_earlier_emulator_are_replaced(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "ca.pem").chmod(0o644)
    write(tmp_path, CA.replace("CA", "NEW"))
    assert "NEW" in (tmp_path / "ca.pem").read_text()
    assert stat.S_IMODE((tmp_path / "ca.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["ca.pem", "client.pem", "settings.env"])
def test_a_file_that_is_not_ours_is_left_alone_and_nothing_else_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(FolderError, match=name):
        write(tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {name: "mine"}


@pytest.mark.parametrize("name", ["ca.pem", "client.pem", "settings.env"])
def test_a_symbolic_link_is_not_followed(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    write(folder)
    outside.write_text((folder / name).read_text())
    (folder / name).unlink()
    (folder / name).symlink_to(outside)
    before = outside.read_text()
    with pytest.raises(FolderError, match="not a plain file"):
        write(folder, CA.replace("CA", "NEW"))
    assert outside.read_text() == before


def test_a_folder_that_is_a_link_or_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("x")
    for name, words in (("link", "symbolic link"), ("file", "not a folder")):
        with pytest.raises(FolderError, match=words):
            write(tmp_path / name)
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="owners are a matter of POSIX")
def test_somebody_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.getuid()
    monkeypatch.setattr("connectors.emulator.authority.client_files.os.getuid", lambda: owner + 1)
    with pytest.raises(FolderError, match="belongs to somebody else"):
        write(tmp_path)


def test_only_what_there_is_is_written(tmp_path: Path) -> None:
    for name, tenant, ca, written in (
        ("plain", None, None, {"settings.env"}),
        ("encrypted", None, CA, {"settings.env", "ca.pem"}),
        ("entra", TENANT, None, {"settings.env", "client.pem"}),
    ):
        folder = tmp_path / name
        write_client_files(folder, tenant, authority=AUTHORITY, ca_pem=ca, connection="x")
        assert {file.name for file in folder.iterdir()} == written
        settings = dotenv_values(folder / "settings.env")
        assert ("PORTFOLIO_SYNC_CA_BUNDLE" in settings) is (ca is not None)
        assert ("PORTFOLIO_SYNC_CONNECTIONS__X__TENANT" in settings) is (tenant is not None)


def test_a_folder_that_no_settings_file_can_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="plainer folder"):
        write(tmp_path / "o'clock")


def test_the_product_takes_the_certificate_for_signing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    taken = credentials(load_settings(Path("settings.env")), "east-council")
    assert taken.private_key_pem is not None
    assert taken.private_key_pem.strip() == TENANT.app_pair.key_pem.strip()
    assert taken.certificate_pem is not None
    assert taken.certificate_pem.strip() == TENANT.app_pair.certificate_pem.strip()


def test_the_settings_tell_which_application_is_for_people(tmp_path: Path) -> None:
    write(tmp_path)
    (line,) = [each for each in (tmp_path / "settings.env").read_text().splitlines() if TENANT.desktop.id in each]
    assert line.startswith("# ")
    assert line.endswith(f"PORTFOLIO_SYNC_CONNECTIONS__EAST_COUNCIL__CLIENT_ID='{TENANT.desktop.id}'")
