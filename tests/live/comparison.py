"""The same questions asked of two sites, and the report of what they answered differently.

The report holds statuses, codes, sentences and shapes; no header that a client sent, no token, no address and no
identifier of the site, so that it can be sent to somebody else as it is.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live.questions import QUESTIONS, Question
from tests.support.scratch import Scratch


@dataclass(frozen=True)
class Difference:
    """One value in one answer, as each site gave it; `place` is a path into the answer."""

    question: Question
    place: str
    there: Any
    here: Any


def answers(scratch: Scratch) -> dict[str, Any]:
    """What a site answers to every question; a question that cannot be asked there answers with the reason."""
    return {each.key: _answer(each, scratch) for each in QUESTIONS}


def _answer(question: Question, scratch: Scratch) -> Any:
    try:
        return json.loads(json.dumps(question.answer(scratch)))
    except AssertionError as refused:
        return {"could not be asked": scratch.masked(str(refused))}
    finally:
        scratch.remove()


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[Difference]:
    """Every value that is not the same, in the questions' order."""
    return [
        Difference(each, place, *values)
        for each in QUESTIONS
        for place, values in _walk(there[each.key], here[each.key])
    ]


def _walk(there: Any, here: Any, place: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(there, dict) and isinstance(here, dict):
        for name in dict.fromkeys([*there, *here]):
            yield from _walk(there.get(name), here.get(name), f"{place}.{name}".strip("."))
    elif there != here:
        yield place, (there, here)


def report(there: Mapping[str, Any], here: Mapping[str, Any], release: str) -> str:
    """The report as Markdown: every difference in words, then every answer of the other site."""
    found = differences(there, here)
    lines = [
        "# A real site, asked what no recording shows",
        "",
        f"Portfolio Sync {release}; {len(QUESTIONS)} questions, {len(found)} differences from the embedded SharePoint.",
        "",
    ]
    for key in dict.fromkeys(each.question.key for each in found):
        about = [each for each in found if each.question.key == key]
        lines += [f"## {about[0].question.asks}", "", "| where | the site | the emulator |", "|---|---|---|"]
        lines += [f"| {each.place or 'answer'} | {_cell(each.there)} | {_cell(each.here)} |" for each in about]
        lines.append("")
    lines += ["## Every answer of the site", "", "```json", json.dumps(there, indent=1, sort_keys=True), "```", ""]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "`" + json.dumps(value, ensure_ascii=False).replace("|", "\\|").replace("`", "'") + "`"


def write_report(file: Path, there: Mapping[str, Any], here: Mapping[str, Any], release: str) -> None:
    """Write the report where it was asked for."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(report(there, here, release), encoding="utf-8")
