"""`sync`, `connectors` and `config` are common words: what is installed, and what happens when others have them too."""

import shutil
import zipfile
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import pytest

from tests.support.checkout import PACKAGES, ROOT, product_files
from tests.support.wheel import Installation, install


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="module")
def shipped(installation: Installation) -> set[PurePosixPath]:
    with zipfile.ZipFile(installation.wheel) as archive:
        return {PurePosixPath(name) for name in archive.namelist()}


def stranger(folder: Path, name: str) -> Path:
    """A package of this name as another product might have it; returns the folder to look into."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text('"""Another product."""\n\nDEBUG = True\n')
    return folder


# What is installed


def test_the_wheel_brings_the_three_packages_and_nothing_else(shipped: set[PurePosixPath]) -> None:
    assert {path.parts[0] for path in shipped if not path.parts[0].endswith(".dist-info")} == set(PACKAGES)
    assert not any("tests" in path.parts or "bench" in path.parts for path in shipped)


def test_the_wheel_has_every_module_and_every_file_of_data(shipped: set[PurePosixPath]) -> None:
    wanted = {path.relative_to(ROOT) for path in product_files("*") if path.is_file() and path.suffix != ".pyc"}
    assert {PurePosixPath(path.as_posix()) for path in wanted} - shipped == set()


def test_the_wheel_carries_its_licence(shipped: set[PurePosixPath]) -> None:
    assert any(path.name == "LICENSE" and path.parts[0].endswith(".dist-info") for path in shipped)


def test_what_is_installed_runs_and_is_this_version(installation: Installation, tmp_path: Path) -> None:
    ran = installation.run("--version", cwd=tmp_path)
    assert (ran.returncode, ran.stdout.strip()) == (0, version("portfolio-sync")), ran.stderr


# Strangers


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_in_the_current_folder_are_not_in_the_way_of_the_script(
    installation: Installation, tmp_path: Path, name: str
) -> None:
    ran = installation.run("--version", cwd=stranger(tmp_path, name))
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["config", "connectors"])
def test_a_stranger_on_the_path_ends_with_70_and_is_named(
    installation: Installation, tmp_path: Path, name: str
) -> None:
    ran = installation.run("--version", first=(stranger(tmp_path, name),), cwd=tmp_path.parent)
    assert ran.returncode == 70, ran.stderr
    what, advice = ran.stderr.splitlines()
    assert what == f"The package {name!r} found at {tmp_path / name / '__init__.py'} is not Portfolio Sync's."
    assert "PYTHONPATH" in advice
    assert ran.stdout == ""


def test_a_stranger_that_hides_all_of_sync_is_reported_by_python(installation: Installation, tmp_path: Path) -> None:
    """No code of ours can be reached then; CONTRIBUTING.md says what the message means."""
    ran = installation.run("--version", first=(stranger(tmp_path, "sync"),), cwd=tmp_path.parent)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'sync.cli'"
    assert "No module named 'sync.cli'" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_stranger_installed_over_ours_ends_with_70_and_is_named(
    installation: Installation, tmp_path: Path, name: str
) -> None:
    """What installing another product of that name into the same environment does."""
    shutil.copytree(installation.folder, tmp_path / "site")
    shutil.copy(stranger(tmp_path / "other", name) / name / "__init__.py", tmp_path / "site" / name / "__init__.py")
    ran = Installation(installation.wheel, tmp_path / "site").run("--version", cwd=tmp_path)
    assert ran.returncode == 70, ran.stderr
    assert str(tmp_path / "site" / name / "__init__.py") in ran.stderr


def test_run_as_a_module_the_current_folder_is_in_the_way_unless_python_is_told_not_to_look_there(
    installation: Installation, tmp_path: Path
) -> None:
    folder = stranger(tmp_path, "config")
    ran = installation.python("-m", "sync", "--version", cwd=folder)
    assert ran.returncode == 70, ran.stderr
    assert str(folder / "config" / "__init__.py") in ran.stderr
    assert installation.python("-P", "-m", "sync", "--version", cwd=folder).returncode == 0
    assert installation.python("-m", "sync", "--version", cwd=folder, PYTHONSAFEPATH="1").returncode == 0
