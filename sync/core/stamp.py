"""The mark on what we write: which installation wrote it, and in which run, so that a second one is seen early."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sync.core.findings import Finding, FindingKind
from sync.core.ownership import OwnedField, OwnedValue
from sync.core.snapshot import LeftOut, Record
from sync.core.text import counted

_STAMP = re.compile(r"(?P<installation>\S+) \d{8}T\d{6}Z-\S+", re.ASCII)


def stamp(installation: str, run_id: str) -> str:
    """The text for the stamp column: `<installation id> <run id>`, which fits a single line."""
    return f"{installation} {run_id}"


def installation_of(text: OwnedValue) -> str | None:
    """The installation that a stamp names; None for anything that is no stamp."""
    found = _STAMP.fullmatch(text) if isinstance(text, str) else None
    return found["installation"] if found else None


def others(records: Iterable[Record | LeftOut], installation: str) -> Iterator[Finding]:
    """One finding for every source in which another installation was the last to write some items."""
    strangers: dict[str, list[str]] = defaultdict(list)
    for record in records:
        wrote = installation_of(record.owned.get(OwnedField.STAMP))
        if wrote is not None and wrote != installation:
            strangers[record.source].append(wrote)
    for source, seen in sorted(strangers.items()):
        yield Finding(source, None, FindingKind.OTHER_INSTALLATION, "", _said(len(seen), len(set(seen))))


def _said(items: int, installations: int) -> str:
    whom = "another installation" if installations == 1 else f"{installations} other installations"
    whose = "a database of its own" if installations == 1 else "databases of their own"
    verb = "was" if items == 1 else "were"
    return (
        f"{counted(items, 'item')} {verb} last written by {whom} of this service, with {whose}: stop "
        "one of them, or point both to one database; to go on with this one alone, run `reconcile --resync` here."
    )
