"""Puts a report where it was asked for: a file that is whole or not there, or stdout, in UTF-8 wherever it goes."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile

from sync.errors import UsageError


def write_whole(out: Path, content: str | bytes) -> None:
    """Replaces the file in one step, so that nobody reads half a report; UsageError where it cannot be written."""
    data = content.encode() if isinstance(content, str) else content
    try:
        with NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            file.write(data)
        os.chmod(file.name, 0o666 & ~_umask())  # noqa: PTH101 - a report is read by more people than a temporary file
        Path(file.name).replace(out)
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise UsageError(f"The report cannot be written to {out}: {reason}.", "Name another file.") from None


def print_text(content: str) -> None:
    """To stdout as it is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    sys.stdout.write(content)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
