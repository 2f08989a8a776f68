"""A terminal or pipe that cannot show every character: nothing breaks, and JSON stays JSON."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support import council
from tests.support.cli import SCRIPT, environment
from tests.support.emulator import running_emulator, this_moment

TITLE = "Łódź → naïve"


def run(state: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(SCRIPT), *words]
    settings = environment(state, PYTHONIOENCODING="cp1252")
    return subprocess.run(command, capture_output=True, cwd=state, env=settings, timeout=60, check=False)


def test_a_western_code_page_shows_what_it_can_and_json_is_utf_8(tmp_path: Path) -> None:
    world: dict[str, Any] = council.world()
    world["sites"][0]["lists"][0]["items"][0]["values"]["Title"] = TITLE
    with running_emulator(world, clock=this_moment) as emulator:
        file = ("-c", str(council.portfolio(tmp_path, emulator.base_url)))
        assert run(tmp_path, "reconcile", *file, "--yes", "--today", council.DAY).returncode == 0
    shown = run(tmp_path, "explain", "A-1", *file)
    assert shown.returncode == 0, shown.stderr
    assert "?ód?" in shown.stdout.decode("cp1252")
    told = run(tmp_path, "explain", "A-1", *file, "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.decode("utf-8"))["decisions"][0]["title"] == TITLE
