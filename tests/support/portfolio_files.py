"""Portfolio files for tests: a small good one, edited at a place, and what is said about the result."""

from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from sync.errors import ConfigurationError

GOOD = """\
version: 1
name: Test portfolio
time_zone: Europe/London
connections:
  council: {host: "https://contoso.sharepoint.com", auth: certificate}
sources:
  projects:
    connection: council
    site: /sites/pmo
    list: Projects
    kind: project
    key: Ref
    fields: {title: Title, status: Status, end: Target date}
    write: {columns: {status: PSStatus}}
  risks:
    connection: council
    site: /sites/pmo
    list: Risks
    kind: risk
    fields:
      title: Title
      project: Project
      likelihood: L
"""


def edited(*changes: tuple[str, str]) -> str:
    """The good file with each first text replaced by the second; a text that is not there is a mistake of the test."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the file"
        text = text.replace(old, new)
    return text


def write(folder: Path, text: str) -> Path:
    path = folder / "portfolio.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, text: str) -> list[str]:
    """The lines of the refusal that the text gets."""
    with pytest.raises(ConfigurationError) as caught:
        load_portfolio(write(folder, text))
    return caught.value.what.splitlines()
