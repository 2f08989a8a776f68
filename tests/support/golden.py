"""The project's own answers: a world, a request and what must come back, each in a file of tests/conformance/golden.

The files name a world beside them. Their values are this project's, their shapes those of recorded traffic. `body` is
compared as the service spells JSON, without white space; `text` holds lines with their ends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.emulator import Direct
from tests.support.recordings_compare import Answer
from tests.support.recordings_json import Members, compact, read

GOLDEN = Path(__file__).parents[1] / "conformance" / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """One file: the family, what was there, what is sent (the last is answered), and the answer."""

    family: str
    world: Mapping[str, Any]
    sends: tuple[Mapping[str, Any], ...]
    answer: Answer


def names() -> list[str]:
    """Every file, by name."""
    return sorted(path.stem for path in GOLDEN.glob("*.json"))


@cache
def golden(name: str) -> Golden:
    """One file by name."""
    text = (GOLDEN / f"{name}.json").read_text("utf-8")
    document = json.loads(text)
    answer = document["answer"]
    body = _body_as_spelt(text) if "body" in answer else "".join(answer["text"])
    return Golden(
        document["family"],
        json.loads((GOLDEN / "worlds" / f"{document['world']}.json").read_text("utf-8")),
        tuple(document["sends"]),
        Answer(answer["status"], answer["content_type"], body),
    )


def _body_as_spelt(text: str) -> str:
    whole, _ = read(text)
    assert isinstance(whole, Members)
    answer = whole.values["answer"]
    assert isinstance(answer, Members)
    return compact(answer.values["body"])


def answered(known: Golden) -> Answer:
    """What the emulator answers to a file's requests."""
    emulator = Direct(known.world, site=known.world["sites"][0]["path"])
    for sent in known.sends:
        options = {"level": sent.get("level", "nometadata"), "headers": sent.get("headers", {})}
        body = _identified(emulator, "\r\n".join(sent["lines"])) if "lines" in sent else sent.get("body")
        last = emulator.send(sent["method"], sent["path"], body, **options)
    return Answer(last.status_code, last.headers.get("Content-Type"), last.text)


def _identified(emulator: Direct, text: str) -> str:
    """A request with the world's own identifiers for `<site>`, `<web>` and `<list Title>`."""
    text = text.replace("<site>", emulator.site.id).replace("<web>", emulator.site.web_id)
    for known in emulator.site.lists.values():
        text = text.replace(f"<list {known.title}>", known.id)
    return text
