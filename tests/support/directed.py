"""An embedded SharePoint in a process of its own, directed from outside: things go wrong when a test says so."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.cli import PATIENCE, serving

MOMENT = 0.05


@dataclass
class Directed:
    """`base_url` is the SharePoint's, `control_url` that of its control plane."""

    base_url: str
    control_url: str
    session: requests.Session

    def ask(self, method: str, path: str, document: Any = None) -> requests.Response:
        answer = self.session.request(method, self.control_url + path, json=document, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer

    def fault(self, **rule: Any) -> None:
        """From now on this goes wrong, and nothing else."""
        self.ask("PUT", "/faults", {"rules": [{"name": "the fault", **rule}]})

    def mend(self) -> None:
        self.ask("DELETE", "/faults")

    def wait_for_the_fault(self, process: subprocess.Popen[str]) -> None:
        """Returns once the rule has acted on a request, which this process makes; a delayed one counts on arrival."""
        until = time.monotonic() + PATIENCE
        while not self.ask("GET", "/faults/report").json()["rules"][0]["hits"]:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "the fault was waited for in vain"
            time.sleep(MOMENT)

    def entries(self) -> list[dict[str, Any]]:
        """What the server remembers of its requests, in order."""
        return [json.loads(line) for line in self.ask("GET", "/history").text.splitlines()]

    def written(self) -> list[str]:
        """The lists that were written to, in order, one for each request that wrote."""
        writing = ("ProcessQuery", "MERGE")
        return [each["list"] for each in self.entries() if each["operation"] in writing or each["method"] in writing]


@contextmanager
def directed_emulator(world: Mapping[str, Any], state: Path) -> Iterator[Directed]:
    """Serves this world document, with the control plane open, until the block ends."""
    data = state / "world.json"
    data.write_text(json.dumps(world), encoding="utf-8")
    words = ("--port", "0", "--admin-port", "0", "--data", str(data))
    with serving("emulator", *words, state=state) as process, requests.Session() as session:
        session.trust_env = False
        assert process.stderr is not None
        said = process.stderr.readline() + process.stderr.readline()
        base_url, control_url = re.findall(r"http://127\.0\.0\.1:\d+", said)
        yield Directed(base_url, control_url, session)
