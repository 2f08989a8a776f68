"""Where a portfolio's memory is: its database, and the files of sign-ins beside it."""

import hashlib
import re
import unicodedata
from pathlib import Path

import platformdirs
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sync.errors import ConfigurationError

_MEMORY = ("", ":memory:")
_FORMS = "sqlite:////folder/state.sqlite or postgresql://user@host/database"


def default_url(portfolio_path: Path, portfolio_name: str, state_dir: Path | None) -> str:
    """The SQLite database of this portfolio file: in `state_dir`, else in the platform's folder for state.

    It is named for the portfolio and for where its file is, so two files never share a memory by accident.
    """
    path = _folder(state_dir) / f"{_mark(portfolio_path, portfolio_name)}.sqlite"
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def sign_in_path(portfolio_path: Path, portfolio_name: str, connection: str, state_dir: Path | None) -> Path:
    """The file in which a person's sign-in for a connection of this portfolio file is remembered.

    It lies in a folder of its own beside the embedded database, because that folder is its owner's alone.
    """
    return _folder(state_dir) / "sign-ins" / f"{_mark(portfolio_path, portfolio_name)}-{connection.lower()}.json"


def heads_path(
    address: str, portfolio_path: Path, portfolio_name: str, state_dir: Path | None, installation_id: str
) -> Path | None:
    """The file in which the ends of the audit are kept outside this database: beside an SQLite file, else in the
    folder for state; None for a database in memory.

    It is named for the installation, so that a new database in an old one's place is not held to the old one's.
    """
    url = parse_url(address)
    database = sqlite_path(url)
    if database is None and url.get_backend_name() == "sqlite":
        return None
    base = database.with_suffix("") if database else _folder(state_dir) / _mark(portfolio_path, portfolio_name)
    return base.with_name(f"{base.name}-{_slug(installation_id)}.audit-heads.jsonl")


def key_path(address: str, portfolio_path: Path, portfolio_name: str, state_dir: Path | None) -> Path | None:
    """The file of the key that what is kept of the lists is sealed with: beside an SQLite file, else in the folder for
    state; None for a database in memory."""
    url = parse_url(address)
    database = sqlite_path(url)
    if database is None and url.get_backend_name() == "sqlite":
        return None
    base = database.with_suffix("") if database else _folder(state_dir) / _mark(portfolio_path, portfolio_name)
    return base.with_name(f"{base.name}.mirror-key")


def _folder(state_dir: Path | None) -> Path:
    return (state_dir or platformdirs.user_state_path("portfolio-sync", appauthor=False)).expanduser().absolute()


def _mark(portfolio_path: Path, portfolio_name: str) -> str:
    place = hashlib.sha256(str(portfolio_path.resolve()).encode()).hexdigest()[:12]
    return f"{_slug(portfolio_name)}-{place}"


def parse_url(address: str) -> URL:
    """The database that an address names; raises ConfigurationError where it is none that is supported.

    No message repeats the address, which may hold a password.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise _not_understood() from None
    if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
        raise _not_understood()
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise ConfigurationError(f"The database URL names {url.drivername!r}, which is not supported.", _advice())
    if url.get_backend_name() == "sqlite" and (url.query or url.host):
        raise ConfigurationError("An SQLite database URL takes a path and nothing else.", _advice())
    return url


def sqlite_path(url: URL) -> Path | None:
    """The file of an SQLite database; None where it is in memory, or on a server."""
    if url.get_backend_name() != "sqlite" or (url.database or "") in _MEMORY:
        return None
    return Path(str(url.database)).absolute()


def shown(url: URL) -> str:
    """How messages name the database: a path, or the server's address without password or options."""
    if url.get_backend_name() == "sqlite":
        return str(sqlite_path(url) or "in memory")
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "portfolio"


def _not_understood() -> ConfigurationError:
    """Also of an `@` in a password, what follows which would be taken for the host, and told in messages."""
    return ConfigurationError("The database URL could not be understood.", _advice())


def _advice() -> str:
    return f"Set PORTFOLIO_SYNC_DATABASE_URL to the form {_FORMS}, or leave it unset."
