"""A yes or no from whoever sits at the terminal, before something is done that cannot be taken back."""

import sys

import typer

from sync.cli.terminal import tell


def agreed(question: str, *, yes: bool) -> bool:
    """Whether `--yes` was given, or a person says so. Where nobody can be asked, it says what would be needed."""
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        tell("Nothing was done: it needs --yes.")
        return False
    try:
        return typer.confirm(question, default=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
