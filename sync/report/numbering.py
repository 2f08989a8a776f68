"""The numbers of a paper: sections 1, 2; paragraphs 1.1, 1.2; tables and figures counted through. Given once, so that
every format has the same ones and a member who says "paragraph 3.4" is understood by all.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sync.report.document import (
    Badge,
    Block,
    Bullets,
    Cell,
    CrossReference,
    Document,
    Figure,
    KeyFigures,
    Note,
    Paragraph,
    Section,
    Stack,
    Table,
)


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block with its number: `3.1` of a paragraph, `2` of a table or a figure, empty where it has none. `anchor`: of
    tables and figures."""

    block: Block
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class PlacedSection:
    """A section with its number (at the top only), its level (1 at the top) and an anchor that no other has."""

    title: str
    level: int
    number: str
    anchor: str
    page_break: bool
    numbered: bool
    blocks: tuple[PlacedBlock, ...]
    sections: tuple["PlacedSection", ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A document with its numbers given."""

    summary: tuple[PlacedBlock, ...]
    sections: tuple[PlacedSection, ...]


def placed(document: Document) -> Placed:
    """Every section, paragraph, table and figure with its number and its anchor, in reading order.

    ValueError where two things have the same anchor, or a cross-reference leads nowhere: a defect of the builder's.
    """
    numbers = _Numbers(_declared(document))
    summary = tuple(numbers.block(block, "") for block in document.summary)
    done = Placed(summary, tuple(numbers.section(section, 1) for section in document.sections))
    dangling = sorted({each.anchor for each in _references(document)} - numbers.taken)
    if dangling:
        raise ValueError(f"cross-references lead to anchors that are not there: {', '.join(dangling)}")
    return done


class _Numbers:
    """Counts while it walks. Anchors that were declared are kept; those made from titles give way to them."""

    def __init__(self, declared: set[str]) -> None:
        self.taken = set(declared)
        self._tops = 0
        self._paragraphs = 0
        self._blocks: Counter[type[Block]] = Counter()

    def section(self, section: Section, level: int, numbered: bool = True, top: str = "") -> PlacedSection:
        number = ""
        numbered = numbered and section.numbered
        if level == 1:
            self._paragraphs = 0
            if numbered:
                self._tops += 1
                number = top = str(self._tops)
        return PlacedSection(
            title=section.title,
            level=level,
            number=number,
            anchor=section.anchor or self._made(section.title),
            page_break=section.page_break,
            numbered=numbered,
            blocks=tuple(self.block(block, top if numbered else "") for block in section.blocks),
            sections=tuple(self.section(inner, level + 1, numbered, top) for inner in section.sections),
        )

    def block(self, block: Block, top: str) -> PlacedBlock:
        match block:
            case Paragraph(numbered=True) if top:
                self._paragraphs += 1
                return PlacedBlock(block, f"{top}.{self._paragraphs}")
            case Table() | Figure():
                self._blocks[type(block)] += 1
                number = str(self._blocks[type(block)])
                return PlacedBlock(block, number, block.anchor or self._made(f"{type(block).__name__} {number}"))
            case _:
                return PlacedBlock(block)

    def _made(self, title: str) -> str:
        """From a title: small letters, digits and hyphens, with a number where it is taken."""
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"
        stem = stem if stem[0].isalpha() else f"part-{stem}"
        anchor, again = stem, 1
        while anchor in self.taken:
            again += 1
            anchor = f"{stem}-{again}"
        self.taken.add(anchor)
        return anchor


def _declared(document: Document) -> set[str]:
    anchors = [section.anchor for _, section in document.walk()]
    anchors += [block.anchor for block in _blocks(document) if isinstance(block, Table | Figure)]
    given = Counter(anchor for anchor in anchors if anchor)
    twice = sorted(anchor for anchor, count in given.items() if count > 1)
    if twice:
        raise ValueError(f"anchors that are given twice: {', '.join(twice)}")
    return set(given)


def _blocks(document: Document) -> Iterator[Block]:
    yield from document.summary
    for _, section in document.walk():
        yield from section.blocks


def _references(document: Document) -> Iterator[CrossReference]:
    for block in _blocks(document):
        for part in _parts(block):
            for piece in part.items if isinstance(part, Stack) else (part,):
                if isinstance(piece, CrossReference):
                    yield piece


def _parts(block: Block) -> Iterator[Cell | Badge]:
    match block:
        case Paragraph(text=text) | Note(text=text):
            yield from text
        case Bullets(items=items):
            for item in items:
                yield from item
        case Table() | Figure():
            table = block if isinstance(block, Table) else block.table
            for row in (*table.rows, table.total or ()):
                yield from row
        case KeyFigures():
            return
