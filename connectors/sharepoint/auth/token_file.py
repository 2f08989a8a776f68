"""A person's tokens in a file that only its owner can read, shared by all processes of that owner.

msal-extensions keeps such files too, but writes them in place (a killed process leaves half a file), takes a file
that others can read as it is, and after a killed process waits for a lock file that nobody removes any more.
"""

import json
import logging
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msal

from connectors.sharepoint.auth.file_lock import held
from sync.errors import AccessError

log = logging.getLogger("connectors.sharepoint")

LARGEST = 4 * 1024 * 1024
"""Bytes that are read of a file; a person's tokens are some 10 KiB."""

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "AccessToken": ("secret", "expires_on", "client_id"),
    "RefreshToken": ("secret", "client_id"),
    "Account": ("home_account_id", "environment", "authority_type"),
}
"""By msal's name of a group: what each entry must say for msal to work with it."""
_TEXTS = ("target",)
_NAMES = ("home_account_id", "environment", "client_id", "realm", "username", "ext_cache_key")
"""What msal splits, and what it joins to a key, where an entry says it; of the latter some may be null."""
_TIMES = ("expires_on", "extended_expires_on", "cached_at", "refresh_on")
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_UNLOGGED = frozenset({"code", "code_verifier", "device_code"})


class TokenFile(msal.SerializableTokenCache):  # type: ignore[misc]  # msal tells no types
    """msal's cache, read anew before every search and change, and written whole after every change.

    Changes are made under a lock on what is in the file then, so two processes never lose each other's tokens; the
    file is replaced, so whoever reads it sees the old one or the new one. Raises AccessError where the file, or its
    folder, is not the owner's alone.
    """

    def __init__(self, path: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__()
        self.path = path
        self._sleep = sleep
        self._is_changing = False

    def search(self, *arguments: Any, **options: Any) -> Any:
        if self.path.parent.is_dir() and not self._is_changing:
            with self._lock, self._locked():
                self._read()
        return super().search(*arguments, **options)

    def add(self, event: Mapping[str, Any], **options: Any) -> None:
        # msal logs the event, and masks less of it than we would.
        sent = {name: value for name, value in (event.get("data") or {}).items() if name not in _UNLOGGED}
        with self._change():
            super().add({**event, "data": sent}, **options)

    def modify(self, *arguments: Any, **options: Any) -> None:
        with self._change():
            super().modify(*arguments, **options)

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._lock:
            if self._is_changing:
                yield
                return
            with self._locked():
                self._read()
                self._is_changing = True
                try:
                    yield
                    self._write(self.serialize())
                finally:
                    self._is_changing = False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Holds the file, in a folder that is the owner's alone; what the system refuses is told as an AccessError."""
        try:
            _make_private(self.path.parent)
            with held(self.path.with_name(f"{self.path.name}.lock"), self._sleep):
                yield
        except OSError as error:
            raise AccessError(
                f"The file of sign-ins {self.path} cannot be used: {error.strerror or error}.",
                "Let the account that runs this read and write that folder, or name another in "
                "PORTFOLIO_SYNC_STATE_DIR.",
            ) from None

    def _read(self) -> None:
        content = _content(self.path)
        if content is None:
            self.deserialize(None)
        elif _is_cache(content):
            self.deserialize(content)
        else:
            aside = self.path.with_name(f"{self.path.name}.unreadable")
            self.path.replace(aside)
            log.warning("The file of sign-ins %s was damaged and is now %s; sign in again.", self.path, aside.name)
            self.deserialize(None)

    def _write(self, content: str) -> None:
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        # Exclusively, so that the file is ours from its first byte and no link that somebody laid here.
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)


def _make_private(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise AccessError(f"{folder} must be a folder of its own, for sign-ins.", "Move what is there out of the way.")
    _refuse_shared(folder, found, f"chmod 700 {folder}")


def _content(path: Path) -> bytes | None:
    """What is in the file; None where there is none. AccessError where it is not its owner's alone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise AccessError(f"{path} is no file of sign-ins.", "Remove it, and sign in again.")
        _refuse_shared(path, found, f"chmod 600 {path}")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    finally:
        os.close(descriptor)


def _refuse_shared(path: Path, found: os.stat_result, remedy: str) -> None:
    """AccessError where others own the path, or may read or write it. On Windows the profile's own rules hold."""
    if sys.platform == "win32":
        return
    if found.st_uid != os.geteuid():
        raise AccessError(
            f"{path}, where sign-ins are kept, belongs to another account.",
            "Run this as that account, or name another folder in PORTFOLIO_SYNC_STATE_DIR and sign in there.",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise AccessError(
            f"{path}, where sign-ins are kept, is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}).",
            f"Delete it and sign in again; if nobody else can have read it, `{remedy}` is enough.",
        )


def _is_cache(content: bytes) -> bool:
    """Whether this is what msal writes, as far as msal relies on it."""
    if len(content) > LARGEST:
        return False
    try:
        groups = json.loads(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(groups, dict) or not all(isinstance(group, dict) for group in groups.values()):
        return False
    return all(_is_entry(entry, _NEEDED.get(name, ())) for name, group in groups.items() for entry in group.values())


def _is_entry(entry: Any, needed: tuple[str, ...]) -> bool:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in needed):
        return False
    return (
        all(isinstance(entry.get(key, ""), str) for key in _TEXTS)
        and all(isinstance(entry.get(key), str | None) for key in _NAMES)
        and all(_TIME.fullmatch(str(entry.get(key, "0"))) for key in _TIMES)
    )
