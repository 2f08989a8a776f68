"""docs/command-line.md tells of every command, option and exit code, and of none that does not exist."""

import re
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from sync.cli.main import app
from sync.errors import ExitCode, PortfolioSyncError

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"`([a-z]+(?: [a-z]+)?)(?: (\[?[A-Z-]+\]?))?`")


def parameters() -> dict[str, list[Any]]:
    """Every command by its full name, with its options and arguments; `""` is what stands before any command."""
    found: dict[str, list[Any]] = {}

    def walk(command: Any, name: str) -> None:
        children = getattr(command, "commands", None)
        if not children or name == "":
            found[name] = command.params
        for child_name, child in (children or {}).items():
            walk(child, f"{name} {child_name}".strip())

    walk(get_command(app), "")
    return found


def commands() -> dict[str, set[str]]:
    """Every command by its full name, with its options as they are typed."""
    return {
        name: {option for each in own for option in (*each.opts, *each.secondary_opts) if option.startswith("-")}
        for name, own in parameters().items()
    }


def arguments() -> dict[str, str]:
    """Every command by its full name, with its argument as the help shows it; blank where it has none."""
    return {
        name: " ".join(
            each.metavar if each.required else f"[{each.metavar}]" for each in own if each.param_type_name == "argument"
        )
        for name, own in parameters().items()
        if name
    }


def told_by_command() -> dict[str, set[str]]:
    """Every command that a row of the options names, with the options of these rows."""
    rows = re.findall(r"^\| (.*?) \| (.*?) \| .* \|$", PAGE.split("## Options")[1].split("\n## ")[0], re.MULTILINE)
    told: dict[str, set[str]] = {}
    for options, of in rows:
        for command, _ in COMMAND.findall(of):
            told.setdefault(command, set()).update(re.findall(r"--[a-z-]+", options))
    return told


def test_every_command_is_documented_with_its_argument_and_no_other() -> None:
    assert dict(COMMAND.findall(PAGE.split("## Options")[0])) == arguments()


def test_every_option_is_told_of_its_commands_and_of_no_other() -> None:
    own = {
        name: options - {"--json"} - ({"-c", "--portfolio"} if "-c" in options else set())
        for name, options in commands().items()
        if name
    }
    assert told_by_command() == {name: options for name, options in own.items() if options}


def test_every_option_is_documented_and_no_other() -> None:
    own = set().union(*commands().values()) - {"--help", "-h"}
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
