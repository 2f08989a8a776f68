"""How `--help` looks: plain text as in a manual, on a terminal, in a pipe and to a screen reader alike.

No boxes and no colour: a line that is too long is wrapped and never cut off, and an example stays one line, so that it
can be copied.
"""

from collections.abc import Iterator
from inspect import getdoc
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sync.cli.examples import ENDINGS, Ending


class ManualCommand(TyperCommand):
    """A command whose help names its arguments as manuals do, and ends as it was written, line by line."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments go without their types, which say something to programmers alone."""
        arguments, options = [], []
        for each in self.get_params(ctx):
            name, told = each.get_help_record(ctx) or (each.name, "")
            if each.param_type_name == "argument":
                arguments.append((each.metavar or name, told))
            else:
                options.append((name, told))
        for title, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        formatter.write(self.epilog or "")

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        return _for_shells(super().shell_complete(ctx, incomplete))


class ManualGroup(TyperGroup):
    """A group of commands whose help ends so."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        formatter.write(self.epilog or "")

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        return _for_shells(super().shell_complete(ctx, incomplete))


def _for_shells(offered: Any) -> Any:
    """The same with another apostrophe: Typer's script for zsh drops the plain one."""
    for each in offered:
        each.help = each.help and each.help.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return offered


def with_examples(app: typer.Typer, name: str = "") -> typer.Typer:
    """The same app, in which the help of every command below ends with its examples and where to read more.

    A shell that completes shows the first sentence of a help whole; Typer would cut it at 45 characters.
    """
    app.info.cls = ManualGroup
    app.info.epilog = _ending(name)
    app.info.short_help = app.info.help
    for command in app.registered_commands:
        command.cls = ManualCommand
        command.epilog = _ending(f"{name} {command.name}".strip())
        command.short_help = (getdoc(command.callback) or "").partition("\n")[0]
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_examples(group.typer_instance, f"{name} {group.name}".strip())
    return app


def _ending(name: str) -> str:
    """The last paragraphs of a help: what else a manual has, each example under what it is for, where to read more."""
    of = ENDINGS.get(name)
    if of is None:
        return ""
    return "\n".join(["", *_parts(of), "Examples:", *_examples(of), "", f"More: {', '.join(of.more)}", ""])


def _parts(of: Ending) -> Iterator[str]:
    for title, rows in of.parts.items():
        width = max(map(len, rows)) + 2
        yield f"{title}:"
        yield from (f"  {name:{width}}{says}" for name, says in rows.items())
        yield ""


def _examples(of: Ending) -> Iterator[str]:
    for example in of.examples:
        yield f"  {example.says}:"
        yield f"    {example.line}"
