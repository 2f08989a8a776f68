"""docs/troubleshooting.md quotes what the program says, and leaves out no exit code, no guard and no kind of error."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sync.core.plan import Guard, Refusal
from sync.errors import ExitCode, PortfolioSyncError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
PLACES = ("sync", "config", "connectors/sharepoint")
ANYTHING = "\0"
"""What stands in a string of the code where a value is put in."""
QUOTING = {"message", "it says", "it ends with", "`Held:` says"}
"""The heads of columns that quote what the program says."""
FEWEST_LETTERS = 4


def tables(text: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The head and the rows of every table."""
    for found in re.finditer(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines())
        yield head, rows


def quoted() -> list[str]:
    """Every message on the page: the code in columns that quote, and what else has something left out of it."""
    cells = [
        row[place]
        for head, rows in tables(PAGE)
        for place, title in enumerate(head)
        if title in QUOTING
        for row in rows
    ]
    elsewhere = [said for said in re.findall(r"`([^`\n]+)`", PAGE) if re.search(r"\w\.$|\w.*\.\.\.|\.\.\..*\w", said)]
    return sorted({*(said for cell in cells for said in re.findall(r"`([^`]+)`", cell)), *elsewhere})


@cache
def strings() -> str:
    """Every string of the source that is not a docstring, one a line, with `ANYTHING` for each value put in."""
    found: list[str] = []
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            found += (
                text for node in ast.walk(tree) if id(node) not in prose and (text := constant_parts(node)) is not None
            )
    return "\n".join(" ".join(each.split(" ")).replace("\n", " ") for each in found)


def constant_parts(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else ANYTHING for part in node.values)  # type: ignore[misc]
    return None


def is_said(message: str) -> bool:
    """Whether some string of the code has these words in this order, with anything where the message has `...`."""
    parts = [re.escape(part) for part in message.split("...")]
    return re.search("[^\n]*".join(parts), strings()) is not None


def kinds(kind: type[PortfolioSyncError] = PortfolioSyncError) -> list[type[PortfolioSyncError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in kinds(child))]


@pytest.mark.parametrize("message", quoted())
def test_every_message_on_the_page_is_in_the_code(message: str) -> None:
    assert len(re.findall(r"[A-Za-z]", message)) >= FEWEST_LETTERS
    assert is_said(message)


def test_a_message_that_nobody_says_would_be_found() -> None:
    assert not is_said("The moon ... is full.")
    assert len(quoted()) > 150


def test_every_exit_code_is_on_the_page_in_order() -> None:
    told = [int(row[0]) for head, rows in tables(PAGE) if head[0] == "code" for row in rows]
    assert sorted(set(told)) == sorted(ExitCode)
    assert told == sorted(told)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_what_an_error_advises_stands_beside_its_code(kind: type[PortfolioSyncError]) -> None:
    """`SourceError` is only raised as one of its kinds, and `...` stands for the names of commands."""
    told = [
        (int(row[0]), re.escape(row[2].strip("`")).replace(r"\.\.\.", ".+"))
        for head, rows in tables(PAGE)
        if head[0] == "code"
        for row in rows
        if row[2]
    ]
    assert any(code == kind.exit_code and re.fullmatch(advice, kind.default_advice) for code, advice in told)


def guards() -> dict[str, str]:
    """What lifts each guard, as the page says."""
    return {row[0].strip("`"): row[3] for head, rows in tables(PAGE) if head[0] == "guard" for row in rows}


def unliftable() -> set[Guard]:
    """The guards that the code says nobody can approve away."""
    tree = ast.parse((ROOT / "sync" / "core" / "guards.py").read_text(encoding="utf-8"))
    given = [
        {each.arg: each.value for each in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"
    ]
    return {
        Guard[each["guard"].attr]
        for each in given
        if isinstance(each["guard"], ast.Attribute) and ast.literal_eval(each["approvable"]) is False
    }


def test_every_guard_is_on_the_page_with_what_lifts_it() -> None:
    told = guards()
    assert set(told) == set(Guard)
    assert {name for name, lifts in told.items() if "digest" not in lifts and lifts != "yes"} == unliftable()
    for name, lifts in told.items():
        refusal = Refusal(source="risks", guard=Guard(name), seen="", limit="", advice="", approvable=True)
        assert refusal.yes_lifts == (lifts == "yes"), name
