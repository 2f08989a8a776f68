"""How `--help` looks: plain text as in a manual, on a terminal, in a pipe and to a screen reader alike.

No boxes and no colour: a line that is too long is wrapped and never cut off, and an example stays one line, so that it
can be copied.
"""

from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sync.cli.examples import ENDINGS, Ending


class ManualCommand(TyperCommand):
    """A command whose help names its arguments as manuals do, and ends as it was written, line by line."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments go without their types, which tell something to programmers alone."""
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for each in self.get_params(ctx):
            name, told = each.get_help_record(ctx) or ("", "")
            if name:
                rows[each.param_type_name].append((name.partition(" <")[0] if _is_argument(each) else name, told))
        for kind, found in rows.items():
            if found:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(found)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        formatter.write(self.epilog or "")


class ManualGroup(TyperGroup):
    """A group of commands whose help ends so."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        formatter.write(self.epilog or "")


def with_examples(app: typer.Typer, name: str = "") -> typer.Typer:
    """The same app, in which the help of every command below ends with its examples and where to read more."""
    app.info.cls = ManualGroup
    app.info.epilog = _ending(name)
    for command in app.registered_commands:
        command.cls = ManualCommand
        command.epilog = _ending(f"{name} {command.name}".strip())
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_examples(group.typer_instance, f"{name} {group.name}".strip())
    return app


def _ending(name: str) -> str:
    """The last paragraphs of a help: each example under what it is for, then where to read more."""
    of = ENDINGS.get(name)
    if of is None:
        return ""
    return "\n".join(["", "Examples:", *_examples(of), "", f"More: {', '.join(of.more)}", ""])


def _examples(of: Ending) -> Iterator[str]:
    for example in of.examples:
        yield f"  {example.says}:"
        yield f"    {example.line}"
