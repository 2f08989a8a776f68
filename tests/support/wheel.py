"""The product as people install it: a wheel, unpacked into a folder of its own."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkout import copy_packages


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder that holds what a `site-packages` would, and its console script."""

    wheel: Path
    folder: Path

    @property
    def script(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin") / "portfolio-sync"

    def run(self, *arguments: str, first: tuple[Path, ...] = (), **options: object) -> subprocess.CompletedProcess[str]:
        """Runs the console script, with these folders before ours on the path."""
        return self.python(str(self.script), *arguments, first=first, **options)

    def python(
        self, *arguments: str, first: tuple[Path, ...] = (), cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs Python with this installation, in an environment that holds nothing else of this process's."""
        libraries = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
        path = os.pathsep.join(str(folder) for folder in (*first, self.folder, *libraries))
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        return subprocess.run(
            # Without `site`, or the checkout that is installed for development would be found as well.
            [sys.executable, "-S", *arguments],
            cwd=cwd or self.folder,
            env=kept | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | environment,
            text=True,
            encoding="utf-8",
            capture_output=True,
            check=False,
            timeout=100,
        )


def install(folder: Path) -> Installation:
    """Builds the wheel from a copy of the packages, offline, and installs it into a folder."""
    source = copy_packages(folder / "source", "pyproject.toml", "README.md", "LICENSE")
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder / "wheels"), str(source))
    (wheel,) = (folder / "wheels").glob("*.whl")
    _pip("install", "--target", str(folder / "site"), str(wheel))
    return Installation(wheel, folder / "site")


def _pip(command: str, *arguments: str) -> None:
    options = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, *options, *arguments],
        text=True,
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, (
        f"pip {command} failed (the extra `test` brings what it needs):\n{done.stdout}{done.stderr}"
    )
