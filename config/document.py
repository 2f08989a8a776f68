"""Reads YAML 1.2 as text: every scalar stays the word that was written, and every place keeps its line.

YAML's own guesses (booleans, numbers, dates) would turn a list's words into something else, so none is made here: the
typed dataclasses of the portfolio file say what is a number or a date.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from config.lint import ADVICE, Complaint, Location, Problem, refuse
from config.names import quoted
from sync.errors import ConfigurationError

LARGEST = 1024 * 1024
"""Bytes that a file may have."""
MOST_VALUES = 50_000
"""Values that a file may hold once its aliases are followed."""
DEEPEST = 20

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_TAG}{name}" for name in ("bool", "float", "int", "merge", "null", "str", "timestamp", "value")}

THREE_WAYS = (
    "Name the file with -c FILE or in the environment variable PORTFOLIO_SYNC_PORTFOLIO, or run the command in the "
    "folder that holds portfolio.yaml."
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is called in messages, and what to do where it is missing, empty or malformed."""

    name: str
    missing: str
    empty: str
    malformed: str


PORTFOLIO_FILE = FileKind("portfolio file", THREE_WAYS, "Write the portfolio file by docs/portfolio-file.md.", ADVICE)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as mappings, lists, words and None, with the line of every key and list entry."""

    name: str
    content: Any
    lines: Mapping[Location, int]

    def line(self, where: Location) -> int:
        """The line of a place, or of the nearest thing above it that is written in the file."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, complaint: Complaint) -> Problem:
        return Problem(self.line(complaint.where), complaint.text)


def read_document(path: Path, kind: FileKind = PORTFOLIO_FILE) -> Document:
    """The file as a document; a missing, oversized or malformed one is a ConfigurationError that names the line."""
    text = _text(path, kind)
    loader = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ReusedAnchorWarning)
            root = loader.compose(text)
    except RecursionError:
        raise refuse(path.name, [Problem(1, f"values are nested more than {DEEPEST} deep")], kind.malformed) from None
    except (YAMLError, ReusedAnchorWarning) as error:
        raise refuse(path.name, [_malformed(error, kind)], kind.malformed) from None
    if root is None:
        raise ConfigurationError(f"{path.name} is empty.", kind.empty)
    return _Reader(path.name, kind).read(root)


def _text(path: Path, kind: FileKind) -> str:
    try:
        if not path.is_file():
            raise ConfigurationError(f"There is no {kind.name} at {path}.", kind.missing)
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ConfigurationError(
            f"The {kind.name} {path} cannot be read: {reason}.", "Let the account that runs this read the file."
        ) from None
    if len(content) > LARGEST:
        raise ConfigurationError(f"{path.name} is larger than 1 MiB, which no {kind.name} is.", "Name the right file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refuse(path.name, [Problem(line, "the file is not UTF-8 text")], "Save the file as UTF-8.") from None


def _malformed(error: Exception, kind: FileKind) -> Problem:
    if isinstance(error, ReusedAnchorWarning):
        line = int((re.findall(r"line (\d+)", str(error)) or ["1"])[-1])
        return Problem(line, "an anchor (&name) is defined a second time; give each its own name")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark is not None else 1
    said = (error.problem if isinstance(error, MarkedYAMLError) else None) or str(error).splitlines()[0]
    if "\\t" in said:
        return Problem(line, "this line is indented with a tab; YAML allows spaces only")
    if "another document" in said or "single document" in (getattr(error, "context", None) or ""):
        return Problem(line, f"a second document begins here (---); a {kind.name} has one")
    return Problem(line, f"not valid YAML: {said}")


class _Reader:
    """Turns one composed document into plain values, collecting what is wrong on the way."""

    def __init__(self, name: str, kind: FileKind) -> None:
        self.name = name
        self.kind = kind
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self.open: set[int] = set()
        self.values = 0

    def read(self, root: Node) -> Document:
        self.lines[()] = root.start_mark.line + 1
        content = self.value(root, ())
        if self.problems:
            raise self.refusal(self.problems)
        return Document(self.name, content, self.lines)

    def refusal(self, problems: list[Problem]) -> ConfigurationError:
        return refuse(self.name, problems, self.kind.malformed)

    def value(self, node: Node, where: Location) -> Any:
        self.values += 1
        line = node.start_mark.line + 1
        if self.values > MOST_VALUES:
            raise self.refusal([Problem(line, f"the file holds more than {MOST_VALUES} values")])
        if not isinstance(node, CollectionNode):
            return self.scalar(node)
        if id(node) in self.open:
            self.problems.append(Problem(line, "an alias (*name) stands inside the value it names"))
            return None
        if len(where) >= DEEPEST:
            raise self.refusal([Problem(line, f"values are nested more than {DEEPEST} deep")])
        if node.tag not in (f"{_TAG}map", f"{_TAG}seq"):
            self.problems.append(Problem(line, f"the tag {quoted(node.tag)} is not used in a {self.kind.name}"))
        self.open.add(id(node))
        content = self.mapping(node, where) if isinstance(node, MappingNode) else self.sequence(node, where)
        self.open.discard(id(node))
        return content

    def scalar(self, node: Node) -> str | None:
        if node.tag not in _PLAIN_TAGS:
            line = node.start_mark.line + 1
            self.problems.append(Problem(line, f"the tag {quoted(node.tag)} is not used in a {self.kind.name}"))
        if node.tag == f"{_TAG}null" and getattr(node, "style", None) is None:
            return None
        return str(node.value)

    def mapping(self, node: MappingNode, where: Location) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem(line, "a key must be a word"))
                continue
            key = str(key_node.value)
            place = (*where, key)
            if key in content:
                first = self.lines[place]
                self.problems.append(Problem(line, f"{quoted(key)} is written twice; it first stands in line {first}"))
                continue
            self.lines[place] = line
            content[key] = self.value(value_node, place)
        return content

    def sequence(self, node: CollectionNode, where: Location) -> list[Any]:
        content = []
        for position, entry in enumerate(node.value):
            place = (*where, position)
            self.lines[place] = entry.start_mark.line + 1
            content.append(self.value(entry, place))
        return content
