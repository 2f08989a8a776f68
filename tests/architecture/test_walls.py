"""The walls of docs/architecture.md stand, and each of them would be missed."""

import ast
import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, copy_packages, product_files


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, verbose=False))"
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )


def contracts() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def test_every_wall_stands() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_packages(tmp_path_factory.mktemp("checkout"), ".importlinter")


@pytest.mark.parametrize(
    ("contract", "room", "statement"),
    [
        ("core", "sync/core", "import sync.engine.ports"),
        ("errors", "sync/errors.py", "import sync.core.plan"),
        ("clock", "sync/clock.py", "import sync.core.plan"),
        ("engine", "sync/engine", "import sync.store.sql"),
        ("config", "config", "import sync.engine.ports"),
        ("store", "sync/store", "import sync.engine.targets"),
        ("connectors", "connectors/sharepoint", "import sync.wiring"),
        ("emulator", "connectors/emulator", "import sync.errors"),
        ("emulator-layers", "connectors/emulator/state", "import connectors.emulator.wire.shapes"),
        ("emulator-importers", "sync/engine", "import connectors.emulator"),
        ("report", "sync/report", "import sync.engine.ports"),
        ("cli", "sync/cli", "import sync.store.sql"),
        ("cli-importers", "config", "import sync.cli"),
        ("wiring-importers", "config", "import sync.wiring"),
    ],
)
def test_a_forbidden_import_is_caught(copy: Path, contract: str, room: str, statement: str) -> None:
    planted = copy / room if room.endswith(".py") else copy / room / "planted.py"
    before = planted.read_text() if planted.exists() else None
    planted.write_text(f"{before or ''}\n{statement}\n")
    try:
        linted = lint(copy)
    finally:
        if before is None:
            planted.unlink()
        else:
            planted.write_text(before)
    assert linted.returncode == 1
    assert f"{contracts()[f'importlinter:contract:{contract}']['name']} BROKEN" in " ".join(linted.stdout.split())


def test_every_contract_has_a_planted_import_above() -> None:
    planted = {
        mark.args[1][index][0]
        for mark in test_a_forbidden_import_is_caught.pytestmark
        for index in range(len(mark.args[1]))
    }
    assert planted == {name.rpartition(":")[2] for name in contracts().sections() if ":contract:" in name}


def test_every_room_is_behind_a_wall() -> None:
    walled = set()
    for name in contracts().sections():
        for option in ("source_modules", "protected_modules"):
            walled |= set(contracts()[name].get(option, "").split())
    rooms = {"config"}
    for package in ("sync", "connectors"):
        rooms |= {f"{package}.{path.stem}" for path in (ROOT / package).glob("*.py") if not path.stem.startswith("__")}
        rooms |= {f"{package}.{path.parent.name}" for path in (ROOT / package).glob("*/__init__.py")}
    assert rooms - walled == set()


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names.add(str(node.module))
    return names


def test_the_core_imports_the_standard_library_and_itself_only() -> None:
    strangers = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "sync" / "core").rglob("*.py")
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("sync.core.")
        and name not in ("sync.core", "sync.errors")
    }
    assert strangers == set()


def test_the_core_has_no_clock_no_input_and_no_logging() -> None:
    effects = {
        "time",
        "os",
        "io",
        "socket",
        "subprocess",
        "logging",
        "random",
        "secrets",
        "uuid",
        "sqlite3",
        "threading",
    }
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "sync" / "core").rglob("*.py")
        for name in imported(path) & effects
    }
    clocks = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "sync" / "core").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    }
    assert found | clocks == set()


def test_our_imports_are_absolute() -> None:
    for path in product_files():
        imported(path)


def test_the_benchmarks_start_the_emulator_only_as_a_process() -> None:
    for path in (ROOT / "bench").rglob("*.py"):
        assert not any(name.startswith("connectors.emulator") for name in imported(path)), path
