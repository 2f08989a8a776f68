"""Recorded answers of SharePoint Online, from the public data beside the project.

Each file is `{"StatusCode", "Headers", "Response": "<raw body>"}`. When e-mail addresses were replaced there, the
replacement took the six characters before some of them with it: five files hold `\\person@example..` where
`\\u0022person@example..` (a quotation mark) or `\\u0027person@example..` (an apostrophe) stood, and are no JSON.
The escape that closes the address says which of the two it was; it is put back here, and nothing else is changed.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.shared_data import SHARED_DATA

RECORDINGS = SHARED_DATA / "recordings"
_SUFFIX = ".response.json"
_EATEN = re.compile(r"\\(person@[\w.]+)(\\u00(?:22|27))")


@dataclass(frozen=True, slots=True)
class Recording:
    """One answer: its name without folder and ending, the status, the four headers that were kept, the raw body."""

    name: str
    status: int
    headers: Mapping[str, str]
    text: str


def mended(raw: str) -> str:
    """The text of a file with the escapes back that the replacement of addresses took."""
    return _EATEN.sub(r"\2\1\2", raw)


@cache
def _paths() -> dict[str, Path]:
    return {path.name.removesuffix(_SUFFIX): path for path in sorted(RECORDINGS.rglob(f"*{_SUFFIX}"))}


def recorded_names() -> list[str]:
    """Every recording beside the project; none where the data is absent."""
    return list(_paths())


@cache
def recording(name: str) -> Recording:
    """One recording by name."""
    document = json.loads(mended(_paths()[name].read_text("utf-8-sig")))
    return Recording(name, document["StatusCode"], document["Headers"], document["Response"])
