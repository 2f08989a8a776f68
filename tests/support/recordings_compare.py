"""The comparator: everything in which an answer differs from a recorded one, and nothing that may differ.

Two answers are compared by status, content type and body; a body as JSON (keys and their order, the spelling of every
value, the white space), as a batch (its framing byte by byte, then part by part), or as text. XML inside a value is
compared attribute by attribute. Identifiers, moments, change numbers and versions may differ; their form may not.

A difference names its place: `part[1].Row[0].Title`, `SchemaXml@ColName`, `value[0]{order}`, `{layout}`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import ParseError, fromstring

from tests.support.recordings_json import Members, NotJson, Plain, Row, Tree, read

ABSENT = "(absent)"
_MASKS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<guid>"),
    (r"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}", "<GUID>"),
    (r"1;(\d);<guid>;\d{18};\d+", r"1;\1;<guid>;<ticks>;<number>"),
    (r"0x01(01)?00[0-9A-F]{32}", r"0x01\g<1>00<HEX>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{0,2}[1-9]", "<moment.fraction>"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "<moment>"),
    (r'^"?\\?"\d+\\?""?$', '"<version>"'),
    (r"(id='imn_)\d+(,type=sip')", r"\1<number>\2"),
)
_PATTERNS = tuple((re.compile(pattern), form) for pattern, form in _MASKS)
# What is the same on every list on earth, what the request gave, and what the item was seeded with.
_EXACT = re.compile(
    r"(Fields\[[^\]]*\]\.Id|\bModified|\bCreated|TemplateFeatureId|ApprovalWorkflowId|ClientSideComponentId|AppInstanceId)$"
)
_BOUNDARY = re.compile(r"^--(batchresponse_[0-9a-f-]{36})\r\n")
_PART = re.compile(
    r"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    r"HTTP/1\.1 (?P<status>\d{3} [A-Z][A-Za-z ]+)\r\n(?P<headers>(?:[^\r\n:]+: [^\r\n]*\r\n)*)\r\n(?P<body>.*)\r\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. The content type is None where a recording has not kept it and nothing says what it was."""

    status: int
    content_type: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two answers differ."""

    path: str
    recorded: str
    answered: str

    def __str__(self) -> str:
        return f"{self.path}: recorded {self.recorded[:160]}, answered {self.answered[:160]}"


def masked(text: str) -> str:
    """A value with only the form of what may differ."""
    for pattern, form in _PATTERNS:
        text = pattern.sub(form, text)
    return text


def differences(recorded: Answer, answered: Answer) -> list[Difference]:
    """Everything in which an answer differs from the recorded one."""
    return list(_answers(recorded, answered))


def _answers(recorded: Answer, answered: Answer) -> Iterator[Difference]:
    if recorded.status != answered.status:
        yield Difference("status", str(recorded.status), str(answered.status))
    if recorded.content_type is not None:
        yield from _leaf("content-type", recorded.content_type, answered.content_type or ABSENT)
    yield from _bodies("", recorded.text, answered.text)


def _bodies(path: str, recorded: str, answered: str) -> Iterator[Difference]:
    if _BOUNDARY.match(recorded):
        yield from _batches(path, recorded, answered)
        return
    try:
        want, spaces = read(recorded)
    except NotJson:
        yield from _leaf(path or "body", recorded, answered)
        return
    try:
        got, spaced = read(answered)
    except NotJson as problem:
        yield Difference(path or "body", recorded, f"{problem}: {answered}")
        return
    found = list(_trees(path, want, got))
    yield from found
    if not found and spaces != spaced:
        where = next(at for at, pair in enumerate(zip(spaces, spaced, strict=False)) if pair[0] != pair[1])
        yield Difference(f"{path}{{layout}}", repr(spaces[where]), repr(spaced[where]))


def _leaf(path: str, recorded: str, answered: str) -> Iterator[Difference]:
    alike = masked(recorded) == masked(answered) and not _EXACT.search(path)
    if recorded != answered and not alike:
        yield Difference(path, recorded, answered)


# Trees


def _trees(path: str, recorded: Tree, answered: Tree) -> Iterator[Difference]:
    if isinstance(recorded, Members) and isinstance(answered, Members):
        yield from _keyed(path, recorded.values, answered.values, ".")
    elif isinstance(recorded, Row) and isinstance(answered, Row):
        yield from _rows(path, recorded.values, answered.values)
    elif isinstance(recorded, Plain) and isinstance(answered, Plain):
        yield from _values(path, recorded.raw, answered.raw)
    else:
        yield Difference(path, _kind(recorded), _kind(answered))


def _kind(tree: Tree) -> str:
    return tree.raw if isinstance(tree, Plain) else "{}" if isinstance(tree, Members) else f"[{len(tree.values)}]"


def _keyed(path: str, recorded: Mapping[str, Any], answered: Mapping[str, Any], joint: str) -> Iterator[Difference]:
    """Two sets of named things: which names there are, their order, and each by itself."""
    for name in [*recorded, *(name for name in answered if name not in recorded)]:
        place = f"{path}{joint}{name}" if path or joint == "@" else name
        if name not in answered:
            yield Difference(place, _shown(recorded[name]), ABSENT)
        elif name not in recorded:
            yield Difference(place, ABSENT, _shown(answered[name]))
        elif isinstance(recorded[name], str):
            yield from _leaf(place, recorded[name], answered[name])
        else:
            yield from _trees(place, recorded[name], answered[name])
    order = [name for name in recorded if name in answered]
    other = [name for name in answered if name in recorded]
    if order != other:
        moved = next(at for at, pair in enumerate(zip(order, other, strict=True)) if pair[0] != pair[1])
        yield Difference(f"{path}{{order}}", " ".join(order[moved:]), " ".join(other[moved:]))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else _kind(value)


def _rows(path: str, recorded: list[Tree], answered: list[Tree]) -> Iterator[Difference]:
    names, others = _names(recorded), _names(answered)
    if names and others:
        by_name = {f"[{name}]": tree for name, tree in zip(names, recorded, strict=True)}
        yield from _keyed(path, by_name, {f"[{n}]": tree for n, tree in zip(others, answered, strict=True)}, "")
        return
    if len(recorded) != len(answered):
        yield Difference(f"{path}{{length}}", str(len(recorded)), str(len(answered)))
    for at, (want, got) in enumerate(zip(recorded, answered, strict=False)):
        yield from _trees(f"{path}[{at}]", want, got)


def _names(rows: Iterable[Tree]) -> list[str]:
    """What rows are known by: columns by their internal names, form values by theirs; nothing else has names."""
    for key in ("InternalName", "FieldName"):
        found = [row.values.get(key) if isinstance(row, Members) else None for row in rows]
        names = [one.raw.strip('"') for one in found if isinstance(one, Plain)]
        if names and len(names) == len(found) == len(set(names)):
            return names
    return []


def _values(path: str, recorded: str, answered: str) -> Iterator[Difference]:
    if path.endswith("Xml") and recorded.startswith('"<') and answered.startswith('"<'):
        yield from _documents(path, json.loads(recorded), json.loads(answered))
    else:
        yield from _leaf(path, recorded, answered)


# XML inside a value


def _documents(path: str, recorded: str, answered: str) -> Iterator[Difference]:
    try:
        want, got = fromstring(recorded), fromstring(answered)
    except ParseError as problem:
        yield Difference(path, recorded, f"{problem}: {answered}")
        return
    found = list(_elements(path, want, got))
    yield from found
    if not found and masked(recorded) != masked(answered):
        yield Difference(f"{path}{{layout}}", recorded, answered)


def _elements(path: str, recorded: Element, answered: Element) -> Iterator[Difference]:
    if recorded.tag != answered.tag:
        yield Difference(path, f"<{recorded.tag}>", f"<{answered.tag}>")
        return
    yield from _keyed(path, recorded.attrib, answered.attrib, "@")
    yield from _leaf(path, recorded.text or "", answered.text or "")
    tags, others = [child.tag for child in recorded], [child.tag for child in answered]
    if tags != others:
        yield Difference(f"{path}{{children}}", " ".join(tags), " ".join(others))
        return
    for want, got in zip(recorded, answered, strict=True):
        yield from _elements(f"{path}/{want.tag}", want, got)


# Batches


def _batches(path: str, recorded: str, answered: str) -> Iterator[Difference]:
    try:
        want, got = batch_parts(recorded), batch_parts(answered)
    except NotJson as problem:
        yield Difference(f"{path}{{framing}}", recorded[:200], str(problem))
        return
    if len(want) != len(got):
        yield Difference(f"{path}part{{length}}", str(len(want)), str(len(got)))
    for at, (one, other) in enumerate(zip(want, got, strict=False)):
        place = f"{path}part[{at}]"
        yield from _leaf(f"{place}{{status}}", one["status"], other["status"])
        yield from _keyed(f"{place}{{headers}}", _headers(one["headers"]), _headers(other["headers"]), " ")
        yield from _bodies(place, one["body"], other["body"])


def batch_parts(text: str) -> list[dict[str, str]]:
    """The parts of a flat batch answer, framed exactly as the service frames them. Raises NotJson where it is not."""
    match = _BOUNDARY.match(text)
    if match is None:
        raise NotJson(f"no boundary at the beginning: {text[:80]!r}")
    first, *rest = re.split(rf"--{match[1]}(?:\r\n|--\r\n$)", text)
    if first or rest[-1]:
        raise NotJson(f"text outside the parts: {(first or rest[-1])[:80]!r}")
    parts = []
    for section in rest[:-1]:
        part = _PART.fullmatch(section)
        if part is None:
            raise NotJson(f"not framed as a part: {section[:160]!r}")
        parts.append(part.groupdict())
    return parts


def _headers(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.split("\r\n") if line)
