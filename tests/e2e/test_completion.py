"""A shell that asks the program itself what may follow gets names, one a line, and never an error."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.cli import SCRIPT, environment, portfolio_sync

PORTFOLIO = "version: 1\nsources:\n  project-risks: {}\n  projects: {}\n  two words: {}\n"


def completed(line: str, state: Path, **settings: str) -> list[str]:
    """What bash is offered for the last word of that line."""
    position = str(len(line.split(" ")) - 1)
    asked = {"_PORTFOLIO_SYNC_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": position}
    result = portfolio_sync(state=state, **asked, **settings)
    assert (result.code, result.err) == (0, "")
    return result.out.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("portfolio-sync pro", ["provision"]),
        ("portfolio-sync runs v", ["verify"]),
        ("portfolio-sync reconcile --ap", ["--approve"]),
        ("portfolio-sync report --edition p", ["pmo", "public"]),
        ("portfolio-sync plan --source pro", ["project-risks", "projects"]),
        ("portfolio-sync plan -c none.yaml --source pro", []),
        ("portfolio-sync check -c broken.yaml --source ", []),
    ],
)
def test_bash_is_offered_what_may_follow(line: str, offered: list[str], tmp_path: Path) -> None:
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("sources: [", encoding="utf-8")
    assert completed(line, tmp_path) == offered


def test_names_come_from_the_file_that_the_setting_names_and_need_no_quotes(tmp_path: Path) -> None:
    file = tmp_path / "council.yaml"
    file.write_text(PORTFOLIO, encoding="utf-8")
    offered = completed("portfolio-sync explain --source ", tmp_path, PORTFOLIO_SYNC_PORTFOLIO=str(file))
    assert offered == ["project-risks", "projects"]


@pytest.mark.parametrize(
    ("shell", "asked"),
    [
        ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}),
        ("powershell", {"_TYPER_COMPLETE_WORD_TO_COMPLETE": "--so"}),
    ],
)
def test_a_long_help_is_one_answer(shell: str, asked: dict[str, str], tmp_path: Path) -> None:
    line = {"_TYPER_COMPLETE_ARGS": "portfolio-sync plan --so", "_PORTFOLIO_SYNC_COMPLETE": f"complete_{shell}"}
    result = portfolio_sync(state=tmp_path, **line, **asked)
    assert result.out.startswith("--source")
    assert len(result.out.splitlines()) == 1


def test_a_file_in_the_home_folder_is_found_as_its_name_is_typed(tmp_path: Path) -> None:
    (tmp_path / "council.yaml").write_text(PORTFOLIO, encoding="utf-8")
    offered = completed("portfolio-sync plan -c ~/council.yaml --source ", tmp_path, HOME=str(tmp_path))
    assert offered == ["project-risks", "projects"]


def test_a_command_is_told_by_its_whole_sentence_and_zsh_drops_no_apostrophe_of_it(tmp_path: Path) -> None:
    def offered(line: str) -> str:
        asked = {"_TYPER_COMPLETE_ARGS": line, "_PORTFOLIO_SYNC_COMPLETE": "complete_zsh"}
        return portfolio_sync(state=tmp_path, **asked).out

    assert '"runs":"Show what ran, take a run back, and check the record."' in offered("portfolio-sync ")
    assert '"--run":"Only this run\N{RIGHT SINGLE QUOTATION MARK}s entries."' in offered(
        "portfolio-sync audit export --"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_has_its_script(shell: str, tmp_path: Path) -> None:
    result = portfolio_sync(state=tmp_path, _PORTFOLIO_SYNC_COMPLETE=f"source_{shell}")
    assert (result.code, result.err) == (0, "")
    assert f"complete_{shell}" in result.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_script_works_in_bash(tmp_path: Path) -> None:
    asks = (
        f'eval "$(_PORTFOLIO_SYNC_COMPLETE=source_bash {SCRIPT})"\n'
        "COMP_WORDS=(portfolio-sync pro) COMP_CWORD=1\n"
        f"_portfolio_sync_completion {SCRIPT}\n"
        'echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", asks], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("provision", "")


ZSH = r"""
compdef() { :; }
eval "$(_PORTFOLIO_SYNC_COMPLETE=source_zsh portfolio-sync)"
_arguments() { print -r -- "$1" | grep -o '[a-z-]*'; }
_files() { print the files; }
words=(portfolio-sync plan --source pro) CURRENT=4; _portfolio_sync_completion
words=(portfolio-sync plan -c portf) CURRENT=4; _portfolio_sync_completion
"""
FISH = """
_PORTFOLIO_SYNC_COMPLETE=source_fish portfolio-sync | source
complete -C "portfolio-sync plan --source pro"
complete -C "portfolio-sync plan -c portf"
"""


@pytest.mark.parametrize(
    ("shell", "asks", "offered"),
    [
        (("zsh", "-f"), ZSH, ["project-risks", "projects", "the files"]),
        (("fish", "--no-config"), FISH, ["portfolio.yaml", "project-risks", "projects"]),
    ],
    ids=["zsh", "fish"],
)
def test_the_script_works_in_other_shells(
    shell: tuple[str, ...], asks: str, offered: list[str], tmp_path: Path
) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO, encoding="utf-8")
    path = f"{SCRIPT.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*shell, "-c", asks],
        capture_output=True,
        text=True,
        env=environment(tmp_path, PATH=path, HOME=str(tmp_path)),
        cwd=tmp_path,
        check=True,
    )
    assert (sorted(done.stdout.splitlines()), done.stderr) == (offered, "")
