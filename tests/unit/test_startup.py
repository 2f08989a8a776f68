"""The check that the packages found are ours, before anything of them is used."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from sync.cli import startup
from sync.errors import DefectError


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that Python looks into first."""
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in list(sys.modules):
        if name.partition(".")[0] == "config":
            monkeypatch.delitem(sys.modules, name)
    PathFinder.invalidate_caches()
    return tmp_path


def test_our_own_packages_pass() -> None:
    startup.verify_packages()


def test_a_stranger_is_named_by_its_path_and_none_of_its_code_runs(stranger: Path) -> None:
    (stranger / "config").mkdir()
    (stranger / "config" / "__init__.py").write_text("raise SystemExit('code of a stranger ran')\n")
    with pytest.raises(DefectError, match="is not Portfolio Sync's") as raised:
        startup.verify_packages()
    assert str(stranger / "config" / "__init__.py") in raised.value.what
    assert "PYTHONPATH" in raised.value.advice


def test_a_single_module_is_a_stranger_too(stranger: Path) -> None:
    (stranger / "config.py").write_text("DEBUG = True\n")
    with pytest.raises(DefectError, match=r"config\.py is not Portfolio Sync's"):
        startup.verify_packages()


def test_a_folder_without_code_hides_nothing(stranger: Path) -> None:
    (stranger / "config").mkdir()
    (stranger / "config" / "settings.ini").write_text("[app]\n")
    startup.verify_packages()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "PACKAGES", ("sync", "no_such_package"))
    with pytest.raises(DefectError, match="'no_such_package' of Portfolio Sync is not installed"):
        startup.verify_packages()


def test_the_console_script_ends_with_70_and_two_sentences(stranger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stranger / "config.py").write_text("DEBUG = True\n")
    with pytest.raises(SystemExit) as ended:
        startup.main()
    assert ended.value.code == 70
    assert capsys.readouterr().err.count("\n") == 2
