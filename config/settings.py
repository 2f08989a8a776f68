"""Settings of the process: environment variables, then `.env`, then secret files; none is in the portfolio file.

A misspelt name is an error rather than a setting that does nothing, and no message ever shows a value.
"""

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.lint import REFUSED_CONNECTION_KEYS
from config.names import PREFIX, connection_part
from sync.errors import ConfigurationError

if TYPE_CHECKING:
    pass

SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
"""Read before the settings themselves, because it says where some of them are."""
DEFAULT_SECRETS_DIR = Path("/run/secrets")
DOTENV = Path(".env")
LARGEST_SECRET = 256 * 1024
"""Bytes that one secret file may have."""

_ADVICE = "docs/settings.md lists every setting."


class ConnectionSecrets(BaseModel):
    """What a connection signs in with. `certificate` and `private_key` are PEM text, or the path of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    tenant: str | None = None
    client_id: str | None = None
    certificate: SecretStr | None = None
    private_key: SecretStr | None = None
    passphrase: SecretStr | None = None
    authority: str = "https://login.microsoftonline.com"

    @field_validator("authority")
    @classmethod
    def _over_https(cls, value: str) -> str:
        if not re.fullmatch(r"https://[^\s/?#@]+/?", value):
            raise ValueError("it must be an origin such as https://login.microsoftonline.com")
        return value.rstrip("/")


class Settings(BaseSettings):
    """Every setting of the process; `connections` by the portfolio file's names, hyphens written as underscores."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        dotenv_filtering="only_existing",
        secrets_dir_missing="ok",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    portfolio: Path | None = None
    database_url: SecretStr | None = None
    state_dir: Path | None = None
    mirror_key: SecretStr | None = None
    company: str = "Council"
    proxy: SecretStr | None = None
    ca_bundle: Path | None = None
    connections: dict[str, ConnectionSecrets] = {}

    @field_validator("connections", mode="before")
    @classmethod
    def _underscored(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        merged: dict[str, Any] = {}
        for name, secrets in value.items():
            part = connection_part(str(name))
            both = isinstance(secrets, dict) and isinstance(merged.get(part), dict)
            merged[part] = {**merged[part], **secrets} if both else secrets
        return merged

    @field_validator("company")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.strip() or len(value) > 64 or not value.isprintable():
            raise ValueError("it must be one line of at most 64 characters")
        return value.strip()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First wins: the environment, `.env`, secret files; nested names in each."""
        return init_settings, env_settings, dotenv_settings, _SecretFiles(file_secret_settings)


class _SecretFiles(NestedSecretsSettingsSource):
    """Files named as the variables are; other programs' files in the same folder are left unread."""

    @classmethod
    def load_secrets(cls, path: Path) -> dict[str, str]:
        return {file.name: _secret(file) for file in _secret_files(path)}

    def validate_secrets_path(self, path: Path) -> None:
        """Nothing to hold against a folder that others share: `load_secrets` bounds what it reads of it."""


def _secret_files(folder: Path | None) -> list[Path]:
    """The files of a folder whose names are in our namespace; none where there is no such folder."""
    try:
        files = [] if folder is None else sorted(folder.iterdir())
        return [file for file in files if file.name.upper().startswith(PREFIX) and file.is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        text = f"The folder of secret files {folder} cannot be read: {error.strerror}."
        raise ConfigurationError(text, f"Name the right folder in {SECRETS_DIR}.") from None


def _secret(file: Path) -> str:
    name = file.name.upper()
    try:
        if file.stat().st_size > LARGEST_SECRET:
            raise ConfigurationError(f"The secret file {file} is larger than {LARGEST_SECRET // 1024} KiB.", _ADVICE)
        return file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        advice = f"Put a PFX file under another name, and its path in {name}."
        raise ConfigurationError(f"The secret file {file} is not text.", advice) from None
    except OSError as error:
        text = f"The secret file {file} cannot be read: {error.strerror}."
        raise ConfigurationError(text, "Let the account that runs this read the file.") from None


def load_settings(dotenv: Path = DOTENV) -> Settings:
    """The settings of this process, or a ConfigurationError that names the variable (never its value)."""
    from_file = _dotenv(dotenv)
    folder = _secrets_dir({**from_file, **os.environ})
    _check_names(os.environ, "environment variable")
    _check_names(from_file, f"entry of {dotenv}")
    _check_names([file.name for file in _secret_files(folder)], "secret file")
    places: dict[str, Any] = {"_env_file": dotenv, "_env_file_encoding": "utf-8", "_secrets_dir": folder}
    try:
        return Settings(**places)
    except ValidationError as error:
        wrong = " ".join(_wrong(each) for each in error.errors(include_input=False))
        raise ConfigurationError(wrong, _ADVICE) from None
    except SettingsError:
        raise ConfigurationError("The settings cannot be read.", _ADVICE) from None


def _wrong(each: Mapping[str, Any]) -> str:
    said = str(each["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{'__'.join(map(str, each['loc'])).upper()} does not fit: {said[:1].lower()}{said[1:]}."


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {name: value or "" for name, value in dotenv_values(path, encoding="utf-8").items()}
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read as UTF-8 text.", _ADVICE) from None


def _secrets_dir(values: Mapping[str, str]) -> Path | None:
    named = next((value for name, value in values.items() if name.upper() == SECRETS_DIR and value), None)
    if named is None:
        return DEFAULT_SECRETS_DIR if DEFAULT_SECRETS_DIR.is_dir() else None
    if not Path(named).is_dir():
        raise ConfigurationError(f"{SECRETS_DIR} names {named}, which is not a folder.", _ADVICE)
    return Path(named)


_SIMPLE = {name.upper() for name in Settings.model_fields if name != "connections"} | {"SECRETS_DIR"}
_OF_CONNECTION = [name.upper() for name in ConnectionSecrets.model_fields]
_CONNECTION = re.compile(rf"CONNECTIONS__[A-Z0-9]+(?:[-_][A-Z0-9]+)*__({'|'.join(_OF_CONNECTION)})")
_REFUSED = re.compile(rf"CONNECTIONS__.+__({'|'.join(REFUSED_CONNECTION_KEYS)})", re.IGNORECASE)
_NOT_OURS = re.compile(r"TEST_.*|SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?")
"""Names of our own test runs, and what Kubernetes sets in every container where a service is named portfolio-sync."""


def _check_names(names: Iterable[str], what: str) -> None:
    for name in sorted(names):
        rest = name.upper().removeprefix(PREFIX)
        if not name.upper().startswith(PREFIX) or rest in _SIMPLE or _CONNECTION.fullmatch(rest):
            continue
        if _NOT_OURS.fullmatch(rest):
            continue
        if refused := _REFUSED.fullmatch(rest):
            raise ConfigurationError(f"The {what} {name}: {REFUSED_CONNECTION_KEYS[refused[1].lower()]}", _ADVICE)
        close = _nearest_setting(rest)
        hint = f"; did you mean {PREFIX}{close}?" if close else "."
        raise ConfigurationError(f"The {what} {name} is not a setting{hint}", _ADVICE)


def _nearest_setting(rest: str) -> str | None:
    if rest.startswith("CONNECTIONS__") and rest.count("__") >= 2:
        start, _, last = rest.rpartition("__")
        close = get_close_matches(last, _OF_CONNECTION, n=1)
        return f"{start}__{close[0]}" if close else None
    close = get_close_matches(rest, [*_SIMPLE, "CONNECTIONS"], n=1)
    return "CONNECTIONS__<NAME>__TENANT" if close == ["CONNECTIONS"] else next(iter(close), None)


def secrets_of(settings: Settings, connection: str) -> ConnectionSecrets:
    """What is set for a connection of the portfolio file; nothing set gives the defaults."""
    return settings.connections.get(connection_part(connection), ConnectionSecrets())
