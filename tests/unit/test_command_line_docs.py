"""docs/command-line.md tells of every command, option and exit code, and of none that does not exist."""

import re
from pathlib import Path

import typer
from typer.main import get_command

from sync.cli.main import app
from sync.errors import ExitCode, PortfolioSyncError

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")


def commands() -> dict[str, set[str]]:
    """Every command by its full name, with its options as they are typed."""
    found: dict[str, set[str]] = {}

    def walk(command: object, name: str) -> None:
        children = getattr(command, "commands", None)
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("-")}  # type: ignore[attr-defined]
        if not children or name == "":
            found[name] = options
        for child_name, child in (children or {}).items():
            walk(child, f"{name} {child_name}".strip())

    walk(get_command(app), "")
    return found


def test_every_command_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"`([a-z]+(?: [a-z]+)?)(?: \[?[A-Z]+\]?)?`", PAGE.split("## Options")[0]))
    assert documented == set(commands()) - {""}


def test_every_option_is_documented_and_no_other() -> None:
    own = set().union(*commands().values()) - {"--install-completion", "--show-completion", "--help", "-h"}
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", PAGE)) - {"--help"} == own


def test_every_exit_code_is_documented_and_no_other() -> None:
    documented = [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert documented == sorted(ExitCode)


def test_every_error_has_a_documented_exit_code_and_advice() -> None:
    def below(kind: type[PortfolioSyncError]) -> list[type[PortfolioSyncError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    for kind in below(PortfolioSyncError):
        assert kind.exit_code in ExitCode
        assert kind.default_advice.endswith(".")
        assert kind.__name__ in (PortfolioSyncError.__module__ and Path("sync/errors.py").read_text(encoding="utf-8"))


def test_the_help_names_every_command() -> None:
    command = get_command(app)
    with typer.Context(command) as context:  # type: ignore[arg-type]
        text = command.get_help(context)
    assert text is not None
