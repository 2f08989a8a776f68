"""A certificate is read from text, a PEM file or a PFX file, and what is wrong with it is named by its variable."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from config.credentials import NEEDED, Credentials, credentials
from config.settings import ConnectionSecrets, Settings
from sync.engine.targets import Auth
from sync.errors import ConfigurationError, ExitCode
from tests.support.certificates import pair

PREFIX = "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL"


def read(auth: Auth = Auth.CERTIFICATE, **given: Any) -> Credentials:
    known = {"tenant": "contoso", "client_id": "app", **given}
    secrets = ConnectionSecrets(**{name: value for name, value in known.items() if value is not None})
    return credentials(Settings(connections={"council": secrets}), "council", auth)


def refusal(**given: Any) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(**given)
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    return caught.value


def opens(found: Credentials) -> bool:
    """Whether the key opens with the passphrase that came with it, and is the right one."""
    passphrase = found.passphrase.encode() if found.passphrase else None
    return load_pem_private_key(found.private_key_pem.encode(), passphrase).public_key() == pair().key.public_key()


def test_pem_text_holds_both_certificate_and_key() -> None:
    found = read(certificate=pair().key_pem() + pair().certificate_pem)
    assert (found.tenant, found.client_id, found.authority) == ("contoso", "app", "https://login.microsoftonline.com")
    assert found.certificate_pem == pair().certificate_pem
    assert found.passphrase is None
    assert opens(found)


def test_pem_text_in_one_line_is_read() -> None:
    text = (pair().certificate_pem + pair().key_pem()).replace("\n", "\\n")
    found = read(certificate=text)
    assert found.certificate_pem == pair().certificate_pem
    assert opens(found)


def test_a_pem_file_holds_both_certificate_and_key(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text("Bag Attributes: none\n" + pair().certificate_pem + pair().key_pem())
    assert opens(read(certificate=str(tmp_path / "app.pem")))


def test_the_key_may_come_on_its_own_as_file_or_text(tmp_path: Path) -> None:
    (tmp_path / "app.key").write_text(pair().key_pem())
    (tmp_path / "app.crt").write_text(pair().certificate_pem)
    assert opens(read(certificate=str(tmp_path / "app.crt"), private_key=str(tmp_path / "app.key")))
    assert opens(read(certificate=pair().certificate_pem, private_key=pair().key_pem()))


def test_an_encrypted_key_keeps_its_passphrase() -> None:
    found = read(certificate=pair().certificate_pem + pair().key_pem("hush-hush"), passphrase="hush-hush")
    assert "ENCRYPTED" in found.private_key_pem
    assert found.passphrase == "hush-hush"
    assert opens(found)


@pytest.mark.parametrize("passphrase", ["hush-hush", None])
def test_a_pfx_file_gives_an_open_key(tmp_path: Path, passphrase: str | None) -> None:
    (tmp_path / "app.pfx").write_bytes(pair().pfx(passphrase))
    found = read(certificate=str(tmp_path / "app.pfx"), passphrase=passphrase)
    assert found.certificate_pem == pair().certificate_pem
    assert found.passphrase is None
    assert opens(found)


def test_the_leaf_comes_first_in_a_chain() -> None:
    found = read(certificate=pair("issuer").certificate_pem + pair().certificate_pem + pair().key_pem())
    assert found.certificate_pem == pair().certificate_pem + pair("issuer").certificate_pem


def test_another_authority_is_passed_on() -> None:
    both = pair().certificate_pem + pair().key_pem()
    assert read(certificate=both, authority="https://login.example.org").authority == "https://login.example.org"


@pytest.mark.parametrize("setting", ["tenant", "client_id", "certificate"])
def test_what_is_missing_is_named_by_its_variable(setting: str) -> None:
    given = {"certificate": pair().certificate_pem + pair().key_pem(), setting: None}
    error = refusal(**given)
    assert f"{PREFIX}__{setting.upper()} is not set" in error.what
    assert f"{PREFIX}__{setting.upper()}" in error.advice


PERSONS = {Auth.DEVICE_CODE: "signs in by device code", Auth.INTERACTIVE: "signs in in a browser"}


@pytest.mark.parametrize("auth", list(PERSONS))
@pytest.mark.parametrize("setting", ["tenant", "client_id"])
def test_a_persons_sign_in_asks_for_tenant_and_application_only(auth: Auth, setting: str) -> None:
    found = read(auth=auth)
    assert (found.tenant, found.client_id, found.certificate_pem) == ("contoso", "app", None)
    with pytest.raises(ConfigurationError) as caught:
        read(auth=auth, **{setting: None})
    assert f"{PREFIX}__{setting.upper()} is not set" in caught.value.what
    assert PERSONS[auth] in caught.value.what


@pytest.mark.parametrize("auth", [Auth.MANAGED_IDENTITY, Auth.EMULATOR])
def test_a_managed_identity_and_the_emulator_need_nothing(auth: Auth) -> None:
    assert read(auth=auth, tenant=None, client_id=None).client_id is None
    assert read(auth=auth, tenant=None, client_id="user-assigned").client_id == "user-assigned"


def test_what_every_way_of_signing_in_needs_is_known_and_is_a_setting() -> None:
    assert set(NEEDED) == set(Auth)
    assert {name for names in NEEDED.values() for name in names} <= set(ConnectionSecrets.model_fields)


def test_settings_of_another_connection_are_mentioned_where_this_has_none() -> None:
    settings = Settings(connections={"councl": ConnectionSecrets(tenant="x")})
    with pytest.raises(ConfigurationError) as caught:
        credentials(settings, "council-north")
    assert "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL_NORTH__TENANT is not set" in caught.value.what
    assert "(there are settings for councl)" in caught.value.what


def test_a_file_that_is_not_there_is_named_by_its_variable(tmp_path: Path) -> None:
    error = refusal(certificate=str(tmp_path / "absent.pem"))
    assert f"{PREFIX}__CERTIFICATE names a file that cannot be read: No such file or directory." in error.what


def test_a_value_that_is_neither_text_nor_path_is_not_repeated() -> None:
    error = refusal(certificate="hush-hush\0")
    assert "it is not a path" in error.what
    assert "hush" not in str(error)


def test_a_key_that_is_nowhere_is_asked_for() -> None:
    error = refusal(certificate=pair().certificate_pem)
    assert f"{PREFIX}__CERTIFICATE holds no private key." in error.what
    assert f"{PREFIX}__PRIVATE_KEY" in error.advice


def test_a_key_of_another_certificate_is_refused() -> None:
    error = refusal(certificate=pair().certificate_pem, private_key=pair("other").key_pem())
    assert f"The private key in {PREFIX}__PRIVATE_KEY does not belong to the certificate in {PREFIX}__CERTIFICATE" in (
        error.what
    )


def test_a_file_of_keys_alone_holds_no_certificate() -> None:
    assert f"{PREFIX}__CERTIFICATE holds no certificate" in refusal(certificate=pair().key_pem()).what


def test_a_passphrase_that_is_missing_or_wrong_is_named_and_not_repeated(tmp_path: Path) -> None:
    both = pair().certificate_pem + pair().key_pem("hush-hush")
    assert refusal(certificate=both).advice == f"Set {PREFIX}__PASSPHRASE."
    wrong = refusal(certificate=both, passphrase="wrong-one")
    assert f"does not open with {PREFIX}__PASSPHRASE" in wrong.what
    (tmp_path / "app.pfx").write_bytes(pair().pfx("hush-hush"))
    pfx = refusal(certificate=str(tmp_path / "app.pfx"), passphrase="wrong-one")
    assert f"nor a PFX file that opens with {PREFIX}__PASSPHRASE" in pfx.what
    assert "wrong-one" not in str(wrong) + str(pfx)


def test_a_damaged_key_is_named_by_its_variable() -> None:
    damaged = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    assert "is damaged" in refusal(certificate=pair().certificate_pem + damaged).what


def test_a_pfx_file_without_its_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "app.pfx").write_bytes(pair().pfx(with_key=False))
    assert "lacks the private key or the certificate" in refusal(certificate=str(tmp_path / "app.pfx")).what


def test_credentials_show_neither_key_nor_passphrase() -> None:
    found = read(certificate=pair().certificate_pem + pair().key_pem("hush-hush"), passphrase="hush-hush")
    assert "hush" not in repr(found)
    assert "BEGIN" not in repr(found)
