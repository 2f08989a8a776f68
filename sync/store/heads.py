"""Heads of the audit in a file beside the database: one JSON line for each, only ever added to."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sync.core.audit import Anchor, KeptHead
from sync.errors import UnreadableError


class FileHeads:
    """The file is its owner's alone. A line that was cut off while it was written counts as never written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        return self._path

    def append(self, head: Anchor, run_id: str | None, at: datetime) -> str | None:
        """Adds a head and has it on disk before it returns; one sentence where that cannot be done."""
        told = {
            "number": head.number,
            "hash": head.hash,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "run": run_id,
        }
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _add(self._path, json.dumps(told))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return f"The end of the audit could not be kept outside the database, in {self._path}: {reason}."
        return None

    def read(self) -> Sequence[KeptHead]:
        """All heads, the oldest first; none where there is no file. Raises UnreadableError for a line that is none."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as error:
            raise UnreadableError(f"The kept ends of the audit in {self._path} cannot be read.", _ADVICE) from error
        return tuple(self._heads(text))

    def _heads(self, text: str) -> Iterator[KeptHead]:
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.endswith("}"):
                continue  # nothing, or what a power failure left of a line
            try:
                told = json.loads(line)
                head = Anchor(int(told["number"]), str(told["hash"]))
                yield KeptHead(head, told["run"], datetime.fromisoformat(told["at"]).astimezone(UTC))
            except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
                raise UnreadableError(f"Line {number} of {self._path} is no kept end of the audit.", _ADVICE) from error


_ADVICE = "Somebody else has written into that file: compare it with a copy, and ask who may write there."


def _add(path: Path, line: str) -> None:
    """One line in one write, on a line of its own even after one that was cut off."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        size = os.lseek(descriptor, 0, os.SEEK_END)
        os.lseek(descriptor, max(size - 1, 0), os.SEEK_SET)
        begins = "" if os.read(descriptor, 1) in (b"", b"\n") else "\n"
        os.write(descriptor, f"{begins}{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
