"""The repository as files: what is in it, and copies of it to try things on."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("sync", "connectors", "config")
_LEFTOVERS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def product_files(pattern: str = "*.py") -> list[Path]:
    """The files of the three packages, sorted."""
    return sorted(path for name in PACKAGES for path in (ROOT / name).rglob(pattern) if "__pycache__" not in path.parts)


def copy_packages(target: Path, *more: str) -> Path:
    """Copies the three packages, and these files beside them, to a folder; returns the folder."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, target / name, ignore=_LEFTOVERS)
    for name in more:
        shutil.copy2(ROOT / name, target / name)
    return target
