"""The command asks a person at a terminal to sign in, and nobody anywhere else."""

import os
import re
import select
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.support.cli import PATIENCE, SCRIPT, environment, portfolio_sync
from tests.support.emulator import ManualClock
from tests.support.entra import ANN
from tests.support.signing_in import Desk, desk_beside

pty = pytest.importorskip("pty", reason="terminals of this kind are POSIX's")

PORTFOLIO = """\
version: 1
name: Digital
time_zone: Europe/London
connections:
  council: {{host: "{host}", auth: {auth}}}
sources:
  projects: {{connection: council, site: /sites/demo, list: Projects, kind: project, fields: {{title: Title}}}}
"""


BROWSER = """\
import sys
from urllib.parse import urljoin
import requests
from tests.support.entra import ANN, Form

def send(page, values):
    form = Form.of(page.text)
    address = urljoin(page.url, form.action)
    return browser.post(address, data={{**form.hidden, **values}}, headers={{"Origin": "{origin}"}}, timeout=30)

browser = requests.Session()
browser.trust_env, browser.verify = False, "{ca}"
send(send(browser.get(sys.argv[1], timeout=30), {{"person": ANN}}), {{}})
"""
"""A browser with a person before it, as a program that is given an address."""


@dataclass(frozen=True)
class Office:
    """A portfolio file, the settings that go with it, and the tenant behind them."""

    desk: Desk
    file: Path
    settings: Mapping[str, str]

    @property
    def state(self) -> Path:
        return self.file.parent / "state"


@pytest.fixture(params=["device-code", "interactive"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with desk_beside(tmp_path, ManualClock()) as desk:
        file = tmp_path / "a portfolio.yaml"
        file.write_text(PORTFOLIO.format(host=desk.host, auth=request.param))
        (tmp_path / "state").mkdir()
        browser = tmp_path / "browser.py"
        browser.write_text(BROWSER.format(origin=desk.authority, ca=desk.tenant.ca))
        prefix = "PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__"
        settings = {
            f"{prefix}TENANT": desk.tenant.domain,
            f"{prefix}CLIENT_ID": desk.tenant.public_id,
            f"{prefix}AUTHORITY": desk.authority,
            "PORTFOLIO_SYNC_CA_BUNDLE": str(desk.tenant.ca),
            "BROWSER": f"{shlex.join([sys.executable, str(browser)])} %s &",
            "PYTHONPATH": str(ROOT),
        }
        yield Office(desk, file, settings)


@dataclass(frozen=True)
class Ended:
    code: int
    said: str


def at_a_terminal(office: Office, *arguments: str) -> Ended:
    """Runs the command on a terminal of its own, at which somebody does what it asks."""
    ours, theirs = pty.openpty()
    command = [str(SCRIPT), *arguments]
    settings = environment(office.state, **office.settings)
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=settings, cwd=office.state)
    os.close(theirs)
    said, approved = "", False
    try:
        while True:
            if not select.select([ours], [], [], PATIENCE)[0]:
                process.kill()
            try:
                said += os.read(ours, 65536).decode()
            except OSError:  # how a terminal says that nobody is at the other end any more
                break
            code = re.search(r"enter\s+the\s+code\s+([A-Z0-9]{9})", said)
            if code and not approved:
                approved = office.desk.tenant.approve_device(code[1]).ok
    finally:
        os.close(ours)
    return Ended(process.wait(PATIENCE), said)


def test_without_a_terminal_nobody_is_asked_and_the_command_is_named(office: Office) -> None:
    for arguments in (["check"], ["plan"], ["reconcile"], ["check", "--json"]):
        ended = portfolio_sync(*arguments, "-c", str(office.file), state=office.state, **office.settings)
        assert ended.code == 10
        assert f"Run `portfolio-sync check -c '{office.file}'` on a terminal" in " ".join(
            (ended.out + ended.err).split()
        ).replace("\\n", " ")
    assert not (office.state / "sign-ins").exists()


def test_with_json_nobody_is_asked_even_at_a_terminal(office: Office) -> None:
    ended = at_a_terminal(office, "check", "--json", "-c", str(office.file))
    assert ended.code == 10
    assert "Nobody has signed in" in ended.said


def test_a_person_signs_in_once_and_every_later_process_does_so_silently(office: Office) -> None:
    first = at_a_terminal(office, "check", "-c", str(office.file))
    assert "1 of 1 sources are ready." in first.said
    assert f"Signed in to {office.desk.host} as {ANN}." in first.said
    assert first.code == 0
    (file,) = (office.state / "sign-ins").glob("*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    for command in ("check", "plan"):
        later = portfolio_sync(command, "-c", str(office.file), state=office.state, **office.settings)
        assert later.code in (0, 4), later.err
        assert "sign in" not in later.err.lower()
