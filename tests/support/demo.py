"""`demo --keep` in a process of its own, and the steps it prints for whoever tries it."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.cli import Result, portfolio_sync, serving

LAST_LINE = "Ctrl-C ends the demo"


@dataclass(frozen=True)
class Demo:
    """A demo that is running. `steps` is what it told, line by line."""

    process: subprocess.Popen[str]
    state: Path
    steps: str

    def told(self, pattern: str) -> str:
        """What stands in the steps at the one group of a pattern."""
        found = re.search(pattern, self.steps)
        assert found is not None, f"{pattern} is not in:\n{self.steps}"
        return found.group(1)

    @property
    def page(self) -> str:
        """The address of the list to open."""
        return self.told(r"Open (http://127\.0\.0\.1:\d+/\S+)")

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return self.told(r"(http://127\.0\.0\.1:\d+)/")

    @property
    def folder(self) -> Path:
        """What it removes when it ends."""
        return Path(self.told(r"-c (\S+)/portfolio\.yaml"))

    def reconcile(self) -> Result:
        """Run the reconcile command exactly as it is told, with the setting that is told before it."""
        words = shlex.split(self.told(r"In that other terminal: (.*)"))
        (database,) = shlex.split(self.told(r"export PORTFOLIO_SYNC_DATABASE_URL=(.*)"))
        assert Path(words[0]).name == "portfolio-sync"
        return portfolio_sync(*words[1:], state=self.state, PORTFOLIO_SYNC_DATABASE_URL=database)


@contextmanager
def kept_demo(state: Path) -> Iterator[Demo]:
    """A demo that is kept running until the block ends."""
    with serving("demo", "--keep", "--port", "0", state=state) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if LAST_LINE in line:
                break
        assert LAST_LINE in said, f"the demo did not come that far: {said}"
        yield Demo(process, state, said)
