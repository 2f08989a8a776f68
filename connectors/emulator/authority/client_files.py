"""What a client needs to sign in to the embedded authority, written into a folder that only its owner can read."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connectors.emulator.authority.directory import Tenant

CA, CERTIFICATE, SETTINGS = "ca.pem", "client.pem", "settings.env"
_MARK = "# Made by the embedded SharePoint"
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class FolderError(ValueError):
    """A folder or a file in it that is not ours to write: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """Where the files are: the CA to trust, key and certificate in one, and the settings that name both."""

    ca: Path
    certificate: Path
    settings: Path


def write_client_files(
    folder: Path, tenant: Tenant | None, *, authority: str, ca_pem: str | None, connection: str
) -> ClientFiles:
    """Write ca.pem, client.pem and settings.env, readable by the owner alone.

    `authority` is the address the emulator is served at, `connection` the portfolio file's name of the connection.
    Without a tenant there is no client.pem, without TLS no ca.pem, and the settings name only what there is.
    Files of an earlier emulator are replaced; anything else, and a symbolic link above all, raises FolderError.
    """
    files = ClientFiles(*(folder.absolute() / name for name in (CA, CERTIFICATE, SETTINGS)))
    texts, lines = {}, []
    if ca_pem is not None:
        texts[files.ca] = ca_pem
        lines.append(f"PORTFOLIO_SYNC_CA_BUNDLE={_quoted(str(files.ca))}")
    if tenant is not None:
        texts[files.certificate] = tenant.app_pair.key_pem + tenant.app_pair.certificate_pem
        lines += _of_connection(tenant, files, authority, connection)
    texts[files.settings] = "".join(f"{line}\n" for line in lines)
    try:
        _own_folder(folder)
        for file in texts:
            _check(file)
        for file, text in texts.items():
            _write(file, f"{_MARK}.\n{text}")
    except OSError as error:
        raise FolderError(f"{error.filename or folder} cannot be written ({error.strerror}).") from None
    return files


def _of_connection(tenant: Tenant, files: ClientFiles, authority: str, connection: str) -> Iterator[str]:
    settings = {
        "TENANT": tenant.domain,
        "CLIENT_ID": tenant.app.id,
        "CERTIFICATE": str(files.certificate),
        "AUTHORITY": authority,
    }
    for name, value in settings.items():
        yield f"{_variable(connection, name)}={_quoted(value)}"
    people = f"{_variable(connection, 'CLIENT_ID')}={_quoted(tenant.desktop.id)}"
    yield f"# Where people sign in themselves, by device code or in a browser: {people}"
    machine = {
        _variable(connection, "CLIENT_ID"): "",
        "IDENTITY_ENDPOINT": f"{authority}/msi/token",
        "IDENTITY_HEADER": tenant.identity_header,
    }
    named = " ".join(f"{name}={_quoted(value)}" for name, value in machine.items())
    yield f"# Where the machine has an identity of its own: {named}"


def _variable(connection: str, setting: str) -> str:
    return f"PORTFOLIO_SYNC_CONNECTIONS__{connection.replace('-', '_').upper()}__{setting}"


def _quoted(value: str) -> str:
    """A value as both a shell and a dotenv reader take it literally."""
    if "'" in value or "\n" in value:
        raise FolderError(f"The path {value!r} cannot be written into a settings file; choose a plainer folder.")
    return f"'{value}'"


def _own_folder(folder: Path) -> None:
    if folder.is_symlink():
        raise FolderError(f"{folder} is a symbolic link; name the folder itself.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(f"{folder} is not a folder.") from None
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise FolderError(f"{folder} belongs to somebody else.")


def _check(file: Path) -> None:
    """FolderError unless there is no such file, or it is an earlier one of ours."""
    try:
        about = file.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(about.st_mode):
        raise FolderError(f"{file} is not a plain file and is left alone.")
    with file.open(encoding="utf-8", errors="replace") as opened:
        if not opened.read(len(_MARK)).startswith(_MARK):
            raise FolderError(f"{file} was not written by the emulator and is left alone.")


def _write(file: Path, text: str) -> None:
    # A new file in the old one's place: its rights are right from the first byte on.
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
