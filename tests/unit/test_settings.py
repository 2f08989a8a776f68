"""Settings come from the environment, `.env` and secret files, in this order, and a misspelt one is an error."""

import os
from pathlib import Path

import pytest

from config import settings as module
from config.settings import DEFAULT_SECRETS_DIR, LARGEST_SECRET, Settings, load_settings, secrets_of
from sync.errors import ConfigurationError, ExitCode

TENANT = "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__TENANT"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no setting in the environment, and no secret files of this machine."""
    for name in [each for each in os.environ if each.upper().startswith("PORTFOLIO_SYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "DEFAULT_SECRETS_DIR", tmp_path / "no-secrets")
    return tmp_path


def secret(folder: Path, name: str, content: str | bytes) -> None:
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    path = secrets / name
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content, encoding="utf-8")


def refusal() -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    return caught.value


def test_nothing_set_gives_the_defaults() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert (settings.portfolio, settings.database_url, settings.state_dir) == (None, None, None)
    assert (settings.proxy, settings.ca_bundle, settings.connections) == (None, None, {})
    assert settings.company == "Council"
    assert Path("/run/secrets") == DEFAULT_SECRETS_DIR


def test_every_simple_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_PORTFOLIO", "p.yaml")
    monkeypatch.setenv("PORTFOLIO_SYNC_DATABASE_URL", "sqlite:///x.db")
    monkeypatch.setenv("PORTFOLIO_SYNC_STATE_DIR", "state")
    monkeypatch.setenv("PORTFOLIO_SYNC_COMPANY", " Meadowshire ")
    monkeypatch.setenv("portfolio_sync_proxy", "http://u:p@proxy:8080")
    monkeypatch.setenv("PORTFOLIO_SYNC_CA_BUNDLE", "ca.pem")
    settings = load_settings()
    assert (settings.portfolio, settings.state_dir) == (Path("p.yaml"), Path("state"))
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "sqlite:///x.db"
    assert settings.proxy is not None
    assert settings.proxy.get_secret_value() == "http://u:p@proxy:8080"
    assert (settings.company, settings.ca_bundle) == ("Meadowshire", Path("ca.pem"))


def test_the_environment_wins_over_dotenv_and_dotenv_over_secret_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    monkeypatch.setenv(TENANT, "from-environment")
    (folder / ".env").write_text(
        f"{TENANT}=from-dotenv\nPORTFOLIO_SYNC_CONNECTIONS__COUNCIL__CLIENT_ID=from-dotenv\nOTHER_PROGRAM=1\n"
    )
    for setting in ("TENANT", "CLIENT_ID", "PASSPHRASE"):
        secret(folder, f"PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__{setting}", "from-file\n")
    council = load_settings().connections["council"]
    assert (council.tenant, council.client_id) == ("from-environment", "from-dotenv")
    assert council.passphrase is not None
    assert council.passphrase.get_secret_value() == "from-file"


def test_an_empty_variable_counts_as_not_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_COMPANY", "")
    monkeypatch.setenv("PORTFOLIO_SYNC_PORTFOLIO", "")
    (folder / ".env").write_text("PORTFOLIO_SYNC_COMPANY=Meadowshire\n")
    settings = load_settings()
    assert (settings.company, settings.portfolio) == ("Meadowshire", None)


def test_a_connection_with_a_hyphen_is_set_with_an_underscore(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    monkeypatch.setenv("PORTFOLIO_SYNC_CONNECTIONS__COUNCIL_NORTH__TENANT", "north")
    secret(folder, "portfolio_sync_connections__council-north__client_id", "app")
    found = secrets_of(load_settings(), "council-north")
    assert (found.tenant, found.client_id) == ("north", "app")


def test_a_number_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TENANT, "0123")
    assert load_settings().connections["council"].tenant == "0123"


def test_secret_files_lie_in_run_secrets_unless_told_otherwise(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEFAULT_SECRETS_DIR", folder / "secrets")
    secret(folder, "portfolio_sync_database_url", "sqlite:///y.db\r\n")
    settings = load_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "sqlite:///y.db"


def test_other_programs_files_beside_ours_are_left_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    secret(folder, "other_program_key", b"\xff\xfe binary")
    secret(folder, "PORTFOLIO_SYNC_COMPANY", "Meadowshire")
    (folder / "secrets" / "PORTFOLIO_SYNC_FOLDER").mkdir()
    (folder / "secrets" / "..data").symlink_to(folder / "secrets")
    assert load_settings().company == "Meadowshire"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PORTFOLIO_SYNC_COMPANNY", "PORTFOLIO_SYNC_COMPANY"),
        ("PORTFOLIO_SYNC_DATABASE", "PORTFOLIO_SYNC_DATABASE_URL"),
        ("portfolio_sync_state", "PORTFOLIO_SYNC_STATE_DIR"),
        ("PORTFOLIO_SYNC_SECRET_DIR", "PORTFOLIO_SYNC_SECRETS_DIR"),
        ("PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__TENNANT", TENANT),
        ("PORTFOLIO_SYNC_CONNECTION__COUNCIL__TENANT", None),
        ("PORTFOLIO_SYNC_CONNECTIONS", "PORTFOLIO_SYNC_CONNECTIONS__<NAME>__TENANT"),
        ("PORTFOLIO_SYNC_CONNECTIONS__COUNCIL", None),
        ("PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__TENANT__X", None),
        ("PORTFOLIO_SYNC_ZZZ", None),
    ],
)
@pytest.mark.parametrize("place", ["environment", "dotenv", "secret file"])
def test_a_misspelt_setting_is_an_error_wherever_it_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str | None, place: str
) -> None:
    if place == "environment":
        monkeypatch.setenv(name, "hush-hush")
    elif place == "dotenv":
        (folder / ".env").write_text(f"{name}=hush-hush\n")
    else:
        secret(folder, name, "hush-hush")
        monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    error = refusal()
    assert f"{name} is not a setting" in error.what
    assert "hush" not in str(error)
    assert "docs/settings.md" in error.advice
    if meant is not None:
        assert error.what.endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize("setting", ["CLIENT_SECRET", "secret", "USERNAME", "PASSWORD"])
@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_a_secret_or_password_of_a_connection_is_refused_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str, place: str
) -> None:
    name = f"PORTFOLIO_SYNC_CONNECTIONS__COUNCIL_NORTH__{setting}"
    if place == "environment":
        monkeypatch.setenv(name, "hush-hush")
    else:
        (folder / ".env").write_text(f"{name}=hush-hush\n")
    error = refusal()
    assert name in error.what
    assert "cannot work: SharePoint refuses" in error.what
    assert "'certificate'" in error.what
    assert "hush" not in str(error)


@pytest.mark.parametrize(
    "name",
    [
        "PORTFOLIO_SYNC_TEST_POSTGRES",
        "PORTFOLIO_SYNC_SERVICE_HOST",
        "PORTFOLIO_SYNC_SERVICE_PORT",
        "PORTFOLIO_SYNC_SERVICE_PORT_HTTP",
        "PORTFOLIO_SYNC_PORT",
        "PORTFOLIO_SYNC_PORT_8080_TCP_ADDR",
    ],
)
def test_what_kubernetes_and_test_runs_set_is_no_misspelt_setting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert load_settings() == Settings()


def test_no_value_of_a_secret_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ("CERTIFICATE", "PRIVATE_KEY", "PASSPHRASE"):
        monkeypatch.setenv(f"PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__{setting}", "hush-hush")
    monkeypatch.setenv("PORTFOLIO_SYNC_DATABASE_URL", "hush-hush")
    monkeypatch.setenv("PORTFOLIO_SYNC_PROXY", "hush-hush")
    settings = load_settings()
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.connections)):
        assert "hush" not in shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORTFOLIO_SYNC_COMPANY", "x" * 65, "PORTFOLIO_SYNC_COMPANY does not fit: it must be one line of at most 64"),
        ("PORTFOLIO_SYNC_COMPANY", "a\nb", "PORTFOLIO_SYNC_COMPANY does not fit: it must be one line"),
        (
            "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__AUTHORITY",
            "http://hush-hush",
            "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__AUTHORITY does not fit: it must be an origin such as",
        ),
        (
            "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__AUTHORITY",
            "https://login.example.org/tenant",
            "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__AUTHORITY does not fit: it must be an origin such as",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    error = refusal()
    assert said in error.what
    assert "hush" not in str(error)


def test_an_authority_may_end_with_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__AUTHORITY", "https://login.microsoftonline.us/")
    assert load_settings().connections["council"].authority == "https://login.microsoftonline.us"


def test_a_folder_of_secrets_that_is_not_there_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "absent"))
    assert "which is not a folder" in refusal().what


def test_the_folder_of_secrets_may_be_named_in_dotenv(folder: Path) -> None:
    secret(folder, "PORTFOLIO_SYNC_COMPANY", "Meadowshire")
    (folder / ".env").write_text("PORTFOLIO_SYNC_SECRETS_DIR=secrets\n")
    assert load_settings().company == "Meadowshire"


def test_a_binary_secret_file_is_refused_with_the_way_to_give_a_pfx(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    secret(folder, "portfolio_sync_connections__council__certificate", b"\x30\x82\xff\xfe")
    error = refusal()
    assert "is not text" in error.what
    assert "its path in PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__CERTIFICATE" in error.advice


@pytest.mark.parametrize(("size", "fits"), [(LARGEST_SECRET, True), (LARGEST_SECRET + 1, False)])
def test_an_endless_secret_file_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, size: int, fits: bool
) -> None:
    monkeypatch.setenv("PORTFOLIO_SYNC_SECRETS_DIR", str(folder / "secrets"))
    secret(folder, "PORTFOLIO_SYNC_PROXY", "x" * size)
    if fits:
        assert load_settings().proxy is not None
    else:
        assert "is larger than 256 KiB" in refusal().what


def test_a_dotenv_that_is_not_utf8_is_an_error(folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORTFOLIO_SYNC_COMPANY=Caf\xe9\n")
    assert ".env cannot be read as UTF-8 text" in refusal().what
