"""What a shell offers when somebody asks it to complete a command line: cheap, and silent whatever is wrong."""

import os
import re
from pathlib import Path

import typer

ASKED = "_PORTFOLIO_SYNC_COMPLETE"
"""What the shell's own script sets when it asks."""

_ONE_WORD = re.compile(r"[\w.-]+")
"""Names that no shell takes for several words; others have to be quoted by whoever types them."""


def prepare() -> None:
    """Where a shell asks, one line is one answer: Typer would wrap a long help into what looks like several."""
    if ASKED in os.environ:
        os.environ.setdefault("TERMINAL_WIDTH", "1000")


def source_names(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the portfolio's sources that begin so, in the order of the file; none where it cannot be read.

    The file is found as every command finds it, but for settings that stand in a file of their own.
    """
    named = context.params.get("portfolio") or os.environ.get("PORTFOLIO_SYNC_PORTFOLIO") or "portfolio.yaml"
    try:
        from ruamel.yaml import YAML

        sources = YAML(typ="safe").load(Path(named).expanduser().read_text(encoding="utf-8-sig"))["sources"]
        return [name for name in sources if name.startswith(incomplete) and _ONE_WORD.fullmatch(name)]
    except Exception:  # noqa: BLE001 - a shell that completes has nobody to tell
        return []
