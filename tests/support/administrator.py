"""An administrator's session on the sample: an embedded SharePoint in one process, the commands in others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import rest
from tests.support.cli import Result, emulator_process, portfolio_sync

SITES = ("/sites/digital-strategy", "/sites/ict")
DAY = "2026-06-17"


@dataclass(frozen=True)
class Session:
    base_url: str
    portfolio: Path
    state: Path

    def run(self, *words: str) -> Result:
        return portfolio_sync(*words, "-c", str(self.portfolio), state=self.state)

    def reconcile(self, *words: str, day: str = DAY) -> Result:
        return self.run("reconcile", "--today", day, "--json", *words)

    def lists(self) -> dict[tuple[str, str], dict[int, dict[str, Any]]]:
        """Every item of every list of both sites, as REST tells it."""
        return {
            (site, title): rest.items(self.base_url + site, title)
            for site in SITES
            for title in rest.every_list(self.base_url + site)
        }


@contextmanager
def session(folder: Path) -> Iterator[Session]:
    portfolio = folder / "p.yaml"
    with emulator_process("--sample", "digital-strategy", "--portfolio", str(portfolio), state=folder) as base_url:
        yield Session(base_url, portfolio, folder)


def staff_sides(lists: dict[tuple[str, str], dict[int, dict[str, Any]]]) -> Any:
    """The same without our columns, and without what every write moves."""
    return {where: {key: rest.staff_side(item) for key, item in items.items()} for where, items in lists.items()}
