"""A private PostgreSQL for the tests of one process: on loopback, in a temporary folder, gone when the process is."""

import atexit
import functools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

POSTGRES_VARIABLE = "PORTFOLIO_SYNC_TEST_POSTGRES"
_DEBIAN = Path("/usr/lib/postgresql")
_ACCOUNT = "tests"
_ATTEMPTS = 3
_PATIENCE = 60
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 60,
    # What it holds is thrown away, so nothing need reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

# Keeps the server for as long as somebody holds the other end of its standard input, so that a test process which is
# killed leaves neither a server nor a folder behind.
_KEEPER = """
cd /
if "$1/pg_ctl" -D "$2/data" -l "$2/log" -o "$3" -t 30 -w start >&2
then
    echo ready
    cat >/dev/null
    "$1/pg_ctl" -D "$2/data" -t 30 -w -m immediate stop >&2
    rm -rf "$2"
else
    cat "$2/log" >&2
    exit 1
fi
"""


def has_server() -> bool:
    """Whether the environment names a server, or PostgreSQL is installed here."""
    return bool(os.environ.get(POSTGRES_VARIABLE) or _server_programs())


def server_address() -> str:
    """The server to test on: the one that the environment names, else a private one, made when first asked for.

    Skips the test that asks where there is neither. A server that is installed and does not start is an error.
    """
    if given := os.environ.get(POSTGRES_VARIABLE):
        return given
    programs = _server_programs()
    if programs is None:
        pytest.skip(
            "the suite of the store on PostgreSQL (tests/contract, tests/e2e): it is not installed, and "
            f"{POSTGRES_VARIABLE} names no server; only SQLite was tested"
        )
    return _private_server(programs)


def _server_programs() -> Path | None:
    """The folder of initdb and pg_ctl: Debian keeps them off the path, by major version."""
    if os.name != "posix":
        return None
    versions = sorted(_DEBIAN.glob("[0-9]*/bin/initdb"), key=lambda found: float(found.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True)
class _Cluster:
    programs: Path
    folder: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        if self.user:
            for owned in (self.folder, secret):
                shutil.chown(owned, self.user["user"], self.user["group"])
        # A password is asked for on loopback too, so that an account is refused as it is by a real server.
        words = f"-U {_ACCOUNT} -A scram-sha-256 -E UTF8 --locale=C --no-sync".split()
        made = subprocess.run(
            [self.programs / "initdb", "-D", self.folder / "data", "--pwfile", secret, *words],
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=_PATIENCE,
            check=False,
            **self.user,
        )
        if made.returncode:
            raise RuntimeError(f"A private PostgreSQL could not be made: {made.stderr}")

    def start(self, port: int) -> subprocess.Popen[str]:
        """The keeper of a server that takes connections; it ends the server when its standard input is closed."""
        options = " ".join(f"-c {name}={value}" for name, value in {**_SETTINGS, "port": port}.items())
        keeper = subprocess.Popen(
            ["sh", "-c", _KEEPER, "sh", self.programs, self.folder, options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            start_new_session=True,  # an interrupt from the keyboard is for the tests, which end the server in order
            **self.user,
        )
        assert keeper.stdout is not None
        if keeper.stdout.readline() != "ready\n":
            raise RuntimeError(f"A private PostgreSQL did not start: {keeper.communicate(timeout=_PATIENCE)[1]}")
        return keeper

    def address(self, port: int) -> str:
        return f"postgresql://{_ACCOUNT}:{self.password}@127.0.0.1:{port}/postgres"

    @functools.cached_property
    def user(self) -> dict[str, Any]:
        """Whom to run as: PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return {}
        import pwd

        known = {entry.pw_name: entry.pw_gid for entry in pwd.getpwall()}
        name = next(name for name in ("postgres", "nobody") if name in known)
        return {"user": name, "group": known[name], "extra_groups": []}


@functools.cache
def _private_server(programs: Path) -> str:
    ended = ExitStack()
    atexit.register(ended.close)
    folder = Path(tempfile.mkdtemp(prefix="portfolio-sync-postgresql-"))
    ended.callback(shutil.rmtree, folder, ignore_errors=True)
    cluster = _Cluster(programs, folder)
    cluster.make()
    for attempt in range(1, _ATTEMPTS + 1):
        port = _unused_port()
        try:
            keeper = cluster.start(port)
        except RuntimeError:
            # Another process may have taken the port in between.
            if attempt == _ATTEMPTS:
                raise
        else:
            ended.callback(keeper.communicate, timeout=_PATIENCE)
            break
    return cluster.address(port)


def _unused_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
