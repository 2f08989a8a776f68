"""Scripts as councils have them, to compare with: each a program of its own, all with one interface.

    PEER HOST WANTED

HOST is the address of a SharePoint. WANTED is a JSON file that says what columns shall hold tonight, so that a peer
need not think: by site, list, item and column. A peer reads the lists and writes what has to be written; it prints
`{"read": items, "written": items}` and ends with 0, or with 1 where SharePoint refused something, saying what.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
"""npm writes it when everything else is there."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One script, run from the folder that `bench` is in."""

    file: str

    @property
    def is_naive(self) -> bool:
        """Whether it writes every item every time, one after the other."""
        return "careful" not in self.file

    @property
    def needs_node(self) -> bool:
        """Whether `ready` has to be asked first."""
        return self.file.endswith(".mjs")

    def command(self, host: str, wanted: Path) -> list[str]:
        """What to run for a night."""
        program = ["node", str(FOLDER / self.file)] if self.needs_node else [sys.executable, "-m", self._module]
        return [*program, host, str(wanted)]

    @property
    def _module(self) -> str:
        return f"{__name__}.{Path(self.file).stem}"


PEERS: Mapping[str, Peer] = {
    "office365-rest-python-client, as in its examples": Peer("office365_naive.py"),
    "office365-rest-python-client, with care": Peer("office365_careful.py"),
    "PnPjs, as in its documentation": Peer("pnpjs_naive.mjs"),
    "PnPjs, with care": Peer("pnpjs_careful.mjs"),
    "Power Automate, replayed": Peer("flow_replay.py"),
}


def ready() -> bool:
    """Whether the peers that need Node can run. Installs their libraries the first time; says why where it cannot."""
    if shutil.which("node") is None:
        return _left_out("node is not installed")
    if _INSTALLED.exists():
        return True
    npm = shutil.which("npm")
    if npm is None:
        return _left_out("npm is not installed")
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run(words, cwd=FOLDER, stdout=sys.stderr, check=False).returncode != 0:  # noqa: S603
        return _left_out("npm could not install their libraries")
    return True


def _left_out(reason: str) -> bool:
    sys.stderr.write(f"The peers that need Node are left out: {reason}.\n")
    return False
