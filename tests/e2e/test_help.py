"""The command line itself: help at once, usage errors as such, nothing printed that should not be."""

import sys
from pathlib import Path

import pytest

from sync import __version__
from tests.support.cli import portfolio_sync


def test_version_and_help_are_answered(tmp_path: Path) -> None:
    assert portfolio_sync("--version", state=tmp_path).out.strip() == __version__
    helped = portfolio_sync("--help", state=tmp_path)
    assert helped.code == 0
    for command in ("demo", "emulator", "plan", "reconcile", "explain", "runs", "report", "check", "serve"):
        assert command in helped.out


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """What makes `--help` quick: the SharePoint client, SQLAlchemy and pydantic are not even looked at."""
    probe = (
        "import sys\n"
        "from sync.cli.main import run\n"
        "run(['--help'])\n"
        "heavy = {'office365', 'msal', 'sqlalchemy', 'alembic', 'pydantic', 'starlette', 'apscheduler', 'requests'}\n"
        "sys.exit(len(heavy & set(sys.modules)))\n"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--nope"],
        ["nope"],
        [],
        ["runs", "list", "--limit", "0"],
        ["reconcile", "--today", "17/06/2026"],
        ["plan", "--today", "20260617"],
    ],
    ids=" ".join,
)
def test_usage_errors_exit_with_2_and_print_no_result(words: list[str], tmp_path: Path) -> None:
    result = portfolio_sync(*words, state=tmp_path)
    assert result.code == 2
    assert "Traceback" not in result.err


def test_without_a_portfolio_file_the_way_out_is_told(tmp_path: Path) -> None:
    result = portfolio_sync("plan", state=tmp_path)
    assert result.code == 3
    assert "portfolio.yaml" in result.err
    assert "demo" in result.err
