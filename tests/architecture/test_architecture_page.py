"""docs/architecture.md tells of every room there is, and of none that does not exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def named_modules() -> set[str]:
    """`sync/core/model.py`, `policy.py` in one cell: a bare name stands in the folder of the one before it."""
    found: set[str] = set()
    for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE):
        folder = ""
        for name in re.findall(r"`([\w/]+\.py)`", row):
            folder = name.rpartition("/")[0] or folder
            found.add(f"{folder}/{name.rpartition('/')[2]}")
    return found


ROOMS = ("core", "engine", "report")


def test_every_module_of_the_core_the_engine_and_the_reports_has_its_question() -> None:
    modules = {path.relative_to(ROOT).as_posix() for room in ROOMS for path in ROOT.glob(f"sync/{room}/*.py")}
    modules -= {f"sync/{room}/__init__.py" for room in ROOMS}
    assert named_modules() - {"sync/errors.py"} == modules


def test_every_folder_that_is_named_exists() -> None:
    rooms = re.findall(r"`((?:sync|connectors|config)/[\w/]*)`", PAGE)
    assert rooms
    assert [room for room in rooms if not (ROOT / room).is_dir()] == []
