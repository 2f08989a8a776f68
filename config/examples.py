"""Reads a file of a council's own examples: rows as staff would write them, and what the rules should make of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from config.document import FileKind, read_document
from config.lint import Complaint, Location, complaints, refuse
from config.names import quoted, suggest
from sync.core.examples import Case, Example
from sync.core.model import REFERENCES, field_types
from sync.core.policy import SourceMapping

_ADVICE = "Correct the file and run the command again; docs/policies.md shows the form of an example."
_FILE = FileKind("file of examples", "Name the file as it stands; docs/policies.md shows one.", _ADVICE, _ADVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFile:
    """The keys at the top of a file of examples. What is below them inherits that unknown keys are errors."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: int
    examples: tuple[Example, ...]


@cache
def _adapter() -> TypeAdapter[ExampleFile]:
    return TypeAdapter(ExampleFile)


def load_examples(path: Path, sources: Mapping[str, SourceMapping]) -> tuple[Example, ...]:
    """The examples of a file, held against the portfolio's sources; a ConfigurationError lists what is wrong with it,
    line by line."""
    document = read_document(path, _FILE)
    try:
        file = _adapter().validate_python(_blanks_written(document.content))
    except ValidationError as error:
        raise refuse(document.name, map(document.problem, complaints(error, ExampleFile)), _ADVICE) from None
    found = list(_wrong(file, sources))
    if found:
        raise refuse(document.name, map(document.problem, found), _ADVICE)
    return file.examples


def _blanks_written(content: Any) -> Any:
    """A field or an answer with nothing behind it is blank."""
    if isinstance(content, list):
        return [_blanks_written(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        key: {name: "" if each is None else each for name, each in value.items()}
        if key in ("row", "expect") and isinstance(value, dict)
        else _blanks_written(value)
        for key, value in content.items()
    }


def _wrong(file: ExampleFile, sources: Mapping[str, SourceMapping]) -> Iterator[Complaint]:
    if file.version != 1:
        yield Complaint(("version",), f"this release reads version 1 of a file of examples, not {file.version}")
    if not file.examples:
        yield Complaint(("examples",), "the file holds no example")
    for number, example in enumerate(file.examples):
        where: Location = ("examples", number)
        if not example.expect:
            yield Complaint((*where, "expect"), "the example expects nothing, so it could not fail")
        yield from _wrong_row(example, where, sources)


def _wrong_row(written: Case, where: Location, sources: Mapping[str, SourceMapping]) -> Iterator[Complaint]:
    source = sources.get(written.source)
    if source is None:
        ending = suggest(written.source, sources)
        yield Complaint((*where, "source"), f"there is no source {quoted(written.source)}{ending}")
        return
    known = field_types(source.kind)
    for name in written.row:
        if name not in known:
            ending = suggest(name, known)
            yield Complaint((*where, "row", name), f"{quoted(name)} is not a field of a {source.kind}{ending}")
        elif name in source.constants:
            yield Complaint((*where, "row", name), f"'{name}' is the same for the whole list: it is a constant")
        elif name != "key" and name not in source.fields:
            yield Complaint((*where, "row", name), f"source '{source.name}' maps no column for '{name}'")
    for number, below in enumerate(written.below):
        place: Location = (*where, "below", number)
        yield from _wrong_row(below, place, sources)
        lower = sources.get(below.source)
        if lower is not None and not any(source.kind in kinds for _, kinds in REFERENCES[lower.kind]):
            yield Complaint((*place, "source"), f"a {lower.kind} does not refer to a {source.kind}")
        elif lower is not None and not any(name in lower.fields for name, _ in REFERENCES[lower.kind]):
            yield Complaint((*place, "source"), f"source '{lower.name}' maps no column that refers to a {source.kind}")
