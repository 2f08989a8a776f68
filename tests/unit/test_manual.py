"""`--help` as a manual: every command says in a sentence what it does, more in a paragraph, and ends with examples."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML
from typer.main import get_command

from config import samples
from config.settings import Settings
from sync.cli.examples import ENDINGS, PARTS, Example
from sync.cli.main import app
from sync.errors import ExitCode
from tests.unit.test_command_line_docs import PAGE

ROOT = Path(__file__).parents[2]
COMMAND: Any = get_command(app)
MISUSED: Any = typer.BadParameter.__base__
"""What Typer raises for words that it does not understand; it gives it no public name."""

WIDTH = 80
EXAMPLES = [(name, each) for name, ending in ENDINGS.items() for each in ending.examples]
LINES = sorted({each.line for _, each in EXAMPLES})


def parsed(line: str) -> Any:
    """The context of the command that a line calls, with its values; nothing of it is run. Raises where it would not
    be understood."""
    program, *words = shlex.split(line)
    assert program == "portfolio-sync"
    context = COMMAND.make_context(program, words)
    while context._protected_args:
        name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest, parent=context)
    return context


def of_name(name: str) -> tuple[Any, Any]:
    """The command of that full name, and a context of it."""
    context = COMMAND.make_context("portfolio-sync", [], resilient_parsing=True)
    for word in name.split():
        _, command, _ = context.command.resolve_command(context, [word])
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    return context.command, context


def names(command: Any = COMMAND, above: str = "") -> list[str]:
    """Every command and every group by its full name."""
    below = [names(child, f"{above} {name}".strip()) for name, child in getattr(command, "commands", {}).items()]
    return [above, *(each for group in below for each in group)]


def test_every_command_has_examples_and_nothing_else_has() -> None:
    assert set(ENDINGS) == set(names())


@pytest.mark.parametrize("name", ENDINGS)
def test_the_help_says_what_the_command_does_and_shows_its_examples_whole(name: str) -> None:
    command, context = of_name(name)
    told = command.get_help(context)
    lines = told.splitlines()
    for each in ENDINGS[name].examples:
        assert lines[lines.index(f"  {each.says}:") + 1] == f"    {each.line}"
    assert told.endswith(f"More: {', '.join(ENDINGS[name].more)}")
    assert not re.search(r"[╭│╰…\x1b{}]|<(str|int|path)", told)
    assert "..." not in told.partition("\nCommands:")[2].partition("\nExamples:")[0]
    assert max(map(len, told.partition("\nExamples:")[0].splitlines())) <= WIDTH
    if name and not getattr(command, "commands", {}):
        summary, _, rest = command.help.partition("\n\n")
        assert summary.endswith(".")
        assert rest.strip().endswith(".")


@pytest.mark.parametrize("line", LINES)
def test_an_example_is_understood(line: str) -> None:
    context = parsed(line)
    known = YAML(typ="safe").load(samples.portfolio_text("digital-strategy", base_url="x", portfolio_name="x"))
    named = context.params.get("source") or []
    assert set([named] if isinstance(named, str) else named) <= set(known["sources"])
    assert context.params.get("board") in {None, *known["policies"]["boards"]}
    assert context.params.get("sample") in {None, *samples.names()}


@pytest.mark.parametrize("words", ["plan --nope", "nope", "runs undo", "report x"])
def test_a_line_that_no_command_understands_would_be_found(words: str) -> None:
    with pytest.raises(MISUSED):
        parsed(f"portfolio-sync {words}")


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda each: getattr(each, "line", each))
def test_an_example_is_of_its_command(name: str, example: Example) -> None:
    assert example.line.startswith(f"portfolio-sync {name}".rstrip())
    assert not re.search(r"[|\[\]\n]|\.$", example.line + example.says)


def test_the_programs_own_help_tells_of_every_exit_code_and_of_settings_that_are_there() -> None:
    assert list(map(int, PARTS["Exit codes"])) == sorted(ExitCode)
    named = [name.removeprefix("PORTFOLIO_SYNC_").lower() for name in PARTS["Environment"]]
    assert {*named} - {"*"} <= {*Settings.model_fields}
    assert "Exit codes:" in of_name("")[0].get_help(of_name("")[1])


@pytest.mark.parametrize("page", sorted({page for ending in ENDINGS.values() for page in ending.more}))
def test_where_to_read_more_is_there(page: str) -> None:
    assert (ROOT / page).is_file()


def test_the_page_has_the_examples_of_every_command() -> None:
    told = re.findall(r"^\| (.+?) \| `(portfolio-sync .+?)` \|$", PAGE.partition("## Examples")[2], re.MULTILINE)
    groups = {name for name in ENDINGS if getattr(of_name(name)[0], "commands", {})}
    assert told == [(each.says, each.line) for name, each in EXAMPLES if name not in groups]
