"""The file that remembers a person's sign-in: its owner's alone, never half written, shared without loss."""

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msal
import pytest

from connectors.sharepoint.auth import file_lock
from connectors.sharepoint.auth.file_lock import held
from connectors.sharepoint.auth.token_file import LARGEST, TokenFile
from sync.errors import AccessError
from tests.support.checkout import ROOT
from tests.support.sign_in_service import encoded

ACCOUNT = msal.TokenCache.CredentialType.ACCOUNT
REFRESH = msal.TokenCache.CredentialType.REFRESH_TOKEN

posix = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX's")


def remember(cache: TokenFile, name: str) -> None:
    """What msal does when somebody has signed in."""
    cache.add(
        {
            "client_id": "app",
            "scope": ["https://contoso.sharepoint.com/.default"],
            "token_endpoint": "https://login.microsoftonline.com/contoso/oauth2/v2.0/token",
            "grant_type": "authorization_code",
            "response": {
                "access_token": f"access-{name}",
                "refresh_token": f"refresh-{name}",
                "expires_in": 3600,
                "client_info": encoded({"uid": name, "utid": "tenant"}),
            },
        }
    )


def names(cache: TokenFile) -> set[str]:
    return {account["home_account_id"].partition(".")[0] for account in cache.search(ACCOUNT)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "sign-ins" / "council.json"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_file_is_its_owners_alone_from_its_first_byte(
    path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        modes.append(mode(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    before = os.umask(umask)
    try:
        remember(TokenFile(path), "ann")
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert all(mode(each) == 0o600 for each in path.parent.iterdir())


def test_nothing_is_made_where_nothing_is_remembered(path: Path) -> None:
    assert names(TokenFile(path)) == set()
    assert not path.parent.parent.exists()


def test_one_sign_in_is_one_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, target: written.append(self) or replace(self, target))
    remember(TokenFile(path), "ann")
    assert len(written) == 1


def test_what_one_process_remembers_the_other_knows_and_adds_to(path: Path) -> None:
    first, second = TokenFile(path), TokenFile(path)
    assert names(second) == set()
    remember(first, "ann")
    assert names(second) == {"ann"}
    remember(second, "bob")
    remember(first, "cy")
    assert names(first) == names(second) == names(TokenFile(path)) == {"ann", "bob", "cy"}
    (bob,) = first.search(REFRESH, query={"home_account_id": "bob.tenant"})
    first.remove_rt(bob)
    assert {token["secret"] for token in second.search(REFRESH)} == {"refresh-ann", "refresh-cy"}


def test_a_file_that_was_deleted_is_a_sign_out(path: Path) -> None:
    cache = TokenFile(path)
    remember(cache, "ann")
    path.unlink()
    assert names(cache) == set()


_WRITER = """
import sys
from pathlib import Path
from connectors.sharepoint.auth.token_file import TokenFile
from tests.unit.test_token_file import remember

for number in range(20):
    remember(TokenFile(Path(sys.argv[1])), f"{sys.argv[2]}{number}")
"""


def test_two_processes_at_once_lose_nothing_of_each_other(path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT, stderr=subprocess.PIPE) for name in ("a", "b")]
    for writer in writers:
        _, complaint = writer.communicate(timeout=60)
        assert (writer.returncode, complaint) == (0, b"")
    assert names(TokenFile(path)) == {f"{name}{number}" for name in ("a", "b") for number in range(20)}


def test_threads_of_one_process_lose_nothing_either(path: Path) -> None:
    cache = TokenFile(path)
    threads = [threading.Thread(target=remember, args=(cache, f"p{number}")) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(TokenFile(path)) == {f"p{number}" for number in range(8)}


@posix
@pytest.mark.parametrize("wide", [0o640, 0o604, 0o660, 0o644, 0o666])
def test_a_file_that_others_may_read_or_write_is_refused(path: Path, wide: int) -> None:
    remember(TokenFile(path), "ann")
    path.chmod(wide)
    for use in (names, lambda cache: remember(cache, "bob")):
        with pytest.raises(AccessError, match=rf"open to other accounts \(mode {wide:04o}\)") as raised:
            use(TokenFile(path))
        assert f"chmod 600 {path}" in raised.value.advice
    assert "bob" not in path.read_text()


@posix
def test_a_folder_that_others_may_enter_is_refused(path: Path) -> None:
    remember(TokenFile(path), "ann")
    path.parent.chmod(0o750)
    with pytest.raises(AccessError, match="open to other accounts") as raised:
        names(TokenFile(path))
    assert f"chmod 700 {path.parent}" in raised.value.advice


@posix
def test_a_file_of_another_account_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(TokenFile(path), "ann")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(AccessError, match="belongs to another account") as raised:
        names(TokenFile(path))
    assert "PORTFOLIO_SYNC_STATE_DIR" in raised.value.advice


@posix
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_ordinary_file_is_refused(path: Path, tmp_path: Path, kind: str) -> None:
    remember(TokenFile(path), "ann")
    elsewhere = path.rename(tmp_path / "elsewhere.json")
    if kind == "link":
        path.symlink_to(elsewhere)
    elif kind == "folder":
        path.mkdir(mode=0o700)
    else:
        os.mkfifo(path, 0o600)
    with pytest.raises(AccessError):
        names(TokenFile(path))


@posix
def test_a_link_laid_where_the_new_file_goes_is_not_followed(path: Path, tmp_path: Path) -> None:
    remember(TokenFile(path), "ann")
    (tmp_path / "theirs").write_text("theirs")
    path.with_name("council.json.new").symlink_to(tmp_path / "theirs")
    remember(TokenFile(path), "bob")
    assert (tmp_path / "theirs").read_text() == "theirs"
    assert names(TokenFile(path)) == {"ann", "bob"}


def access_token(**stated: object) -> bytes:
    """A file with one access token that states this among what is in order."""
    good = {"secret": "a", "expires_on": "1800000000", "client_id": "b", "target": "scope", "realm": "c"}
    return json.dumps({"AccessToken": {"x": {**good, **stated}}}).encode()


DAMAGED: dict[str, bytes] = {
    "half": b'{"AccessToken": {"x',
    "empty": b"",
    "binary": b"\xff\xfe\x00",
    "a list": b"[]",
    "no groups": b'{"AccessToken": 1}',
    "no entries": b'{"AccessToken": {"x": 1}}',
    "an entry that says too little": b'{"Account": {"x": {"home_account_id": "a"}}}',
    "a day that is none": b'{"AccessToken": {"x": {"secret": "a", "expires_on": "soon", "client_id": "b"}}}',
    "a day beyond all days": access_token(expires_on="9" * 5000),
    "a day in other digits": access_token(expires_on="\u0661\u0662"),
    "a day that is a superscript": access_token(refresh_on="\u00b2"),
    "a day below zero": access_token(cached_at=-1),
    "a target that is a number": access_token(target=5),
    "a target that is nothing": access_token(target=None),
    "a realm that is a list": access_token(realm=["a"]),
    "deep": b'{"a":' * 200_000,
    "endless": b" " * (LARGEST + 1),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_put_aside_with_a_warning(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    remember(TokenFile(path), "ann")
    path.write_bytes(content)
    cache = TokenFile(path)
    assert names(cache) == set()
    assert path.with_name("council.json.unreadable").read_bytes() == content
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "was damaged and is now council.json.unreadable; sign in again" in warning.getMessage()
    remember(cache, "bob")
    assert names(TokenFile(path)) == {"bob"}


@pytest.mark.parametrize(
    "stated", [{}, {"realm": None, "home_account_id": None}, {"refresh_on": "1800000000"}], ids=str
)
def test_what_msal_writes_is_not_taken_for_damage(path: Path, stated: dict[str, object]) -> None:
    remember(TokenFile(path), "ann")
    path.write_bytes(access_token(**stated))
    list(TokenFile(path).search("AccessToken", now=1_700_000_000))
    assert not path.with_name("council.json.unreadable").exists()


def test_the_file_is_msals_own_form(path: Path) -> None:
    remember(TokenFile(path), "ann")
    plain = msal.SerializableTokenCache()
    plain.deserialize(path.read_text())
    assert [token["secret"] for token in plain.search(REFRESH)] == ["refresh-ann"]
    assert set(json.loads(path.read_text())) >= {"AccessToken", "RefreshToken", "Account"}


def test_a_write_that_fails_leaves_the_old_file_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(TokenFile(path), "ann")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(AccessError, match="cannot be used: No space left on device"):
            remember(TokenFile(path), "bob")
    assert names(TokenFile(path)) == {"ann"}


def test_a_folder_that_cannot_be_made_is_told_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(AccessError) as raised:
        remember(TokenFile(tmp_path / "state" / "sign-ins" / "council.json"), "ann")
    assert "PORTFOLIO_SYNC_STATE_DIR" in raised.value.advice


def test_a_lock_that_another_process_keeps_is_waited_for_and_then_given_up(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    naps: list[float] = []
    with held(path.with_name("council.json.lock")), pytest.raises(AccessError, match="another process holds it"):
        remember(TokenFile(path, sleep=naps.append), "ann")
    assert sum(naps) == pytest.approx(file_lock.TRIES * file_lock.PAUSE)
    remember(TokenFile(path), "ann")


def test_the_lock_of_a_killed_process_holds_nobody_up(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    holder = (
        "import sys, time; from pathlib import Path; from connectors.sharepoint.auth.file_lock import held\n"
        "with held(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", holder, str(path.with_name("council.json.lock"))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        process.kill()
    naps: list[float] = []
    remember(TokenFile(path, sleep=naps.append), "ann")
    assert naps == []


def test_what_was_sent_for_a_token_is_kept_out_of_msals_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sent: dict[str, Any] = {"code": "hush-1", "device_code": "hush-2", "code_verifier": "hush-3"}
    event = {"client_id": "app", "scope": [], "token_endpoint": "https://a.example/t/token", "response": {}}
    TokenFile(path).add({**event, "data": sent})
    assert "event=" in caplog.text
    assert "hush" not in caplog.text
