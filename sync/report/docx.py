"""A document as a Word file: real headings and numbers, tables that read aloud, charts with their words.

A clerk can go on editing it: numbers are Word's own, everything is set by style, and the list of contents updates. The
same document gives the same bytes: no clock, no account's name and no machine's font goes into it.
"""

from copy import deepcopy
from io import BytesIO
from typing import assert_never

import docx
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Cm

from sync.report.catalogue import Catalogue, Message
from sync.report.document import Bullets, Document, Figure, KeyFigures, Note, Paragraph, Table, Text
from sync.report.drawing import svg
from sync.report.english import catalogue_for
from sync.report.numbering import Placed, PlacedBlock, PlacedSection, placed
from sync.report.pictures import png
from sync.report.printable import printable
from sync.report.tones import ICONS
from sync.report.word.columns import is_cramped
from sync.report.word.elements import Element, bookmarked, edge, element, field, link, paragraph, run, sign, tab
from sync.report.word.package import describe, packed
from sync.report.word.setting import (
    CAPTION,
    CONTENTS,
    FACTS,
    HEADING,
    MARKING,
    NOTE,
    NUMBERED,
    PAGE_WIDTH,
    PLAIN,
    SOURCE,
    TURNED_WIDTH,
    set_up,
    turned,
)
from sync.report.word.tables import Cells

_SUMMARY = "_Summary"
_HIGHEST, _HIGHEST_TURNED = 21.0, 12.5
"""Of a picture, in centimetres: it stands on one page with its caption."""


def render_docx(document: Document, catalogue: Catalogue | None = None) -> bytes:
    """The document as a .docx file, in the words of its language unless a catalogue is given.

    ValueError where its anchors do not fit together, or reports do not speak its language.
    """
    words = catalogue or catalogue_for(document.header.language)
    paper = _Paper(document, words)
    paper.write()
    return packed(paper.word)


class _Paper:
    """Writes one document, block after block."""

    def __init__(self, document: Document, words: Catalogue) -> None:
        self._document = document
        self._words = words
        self._placed = placed(document)
        self._bookmarks = {anchor: f"_Part{number}" for number, anchor in enumerate(_anchors(self._placed), 1)}
        self._bookmarks[_SUMMARY] = "_Part0"
        self._cells = Cells(words, self._bookmarks)
        self.word: Word = docx.Document()
        self._end = self.word.element.body.find(qn("w:sectPr"))
        set_up(self.word, document.header, words)
        describe(self.word, document)
        self._upright = deepcopy(self._end)
        self._on_side: Element | None = None
        self._is_turned = False

    def write(self) -> None:
        self._cover()
        self._contents()
        if self._placed.summary:
            self._heading(self._words.text(Message.SUMMARY), 1, _SUMMARY)
            self._blocks(self._placed.summary)
        for section in self._placed.sections:
            self._turn(to_side=self._is_wide(section))
            self._section(section)

    # pages

    def _is_wide(self, section: PlacedSection) -> bool:
        """Whether it holds a table that an upright page is too narrow for; the whole of it lies on its side then, so
        that a heading is not left behind."""
        blocks = [each.block.table if isinstance(each.block, Figure) else each.block for each in section.blocks]
        return any(isinstance(each, Table) and is_cramped(each, self._words) for each in blocks) or any(
            map(self._is_wide, section.sections)
        )

    def _turn(self, *, to_side: bool) -> None:
        """Ends the pages so far, and begins others that lie on their side or stand upright."""
        if to_side is self._is_turned:
            return
        if self._on_side is None:
            self._on_side = turned(self.word, self._document.header, self._words)
        # Every block ends with a paragraph, and the last one of some pages holds their settings.
        self._end.getprevious().find(qn("w:pPr")).append(deepcopy(self._on_side if self._is_turned else self._upright))
        following = deepcopy(self._on_side if to_side else self._upright)
        self._end.getparent().replace(self._end, following)
        self._end, self._is_turned = following, to_side
        self._cells.room = round((TURNED_WIDTH if to_side else PAGE_WIDTH) * 567)

    def _add(self, *made: Element) -> None:
        for each in made:
            self._end.addprevious(each)

    # the cover

    def _cover(self) -> None:
        header, say = self._document.header, self._words.text
        if header.marking:
            self._add(paragraph(MARKING, [run(header.marking)], element("w:jc", val="center")))
        self._add(paragraph(FACTS, [run(header.portfolio, bold=True)]))
        self._add(paragraph("Title", [run(self._document.title)]))
        facts = (
            (Message.MEETING, header.meeting),
            (Message.REFERENCE, header.reference),
            (Message.EDITION, header.edition),
            (Message.AS_AT, self._words.moment(header.as_at)),
            (Message.COVERAGE, header.coverage),
            (Message.RUN, header.run),
        )
        for message, value in facts:
            if value:
                tabs = element("w:tabs", element("w:tab", val="left", pos=1700))
                hanging = element("w:ind", left=1700, hanging=1700)
                self._add(paragraph(FACTS, [run(say(message)), tab(), run(value, bold=True)], tabs, hanging))

    def _contents(self) -> None:
        """A list that Word can update, filled in already, so that nobody is asked to."""
        if not self._placed.sections:
            return
        self._add(paragraph(CONTENTS, [run(self._words.text(Message.CONTENTS))]))
        entries = [each for section in self._placed.sections for each in (section, *section.sections)]
        lines = [self._entry(each.title, each.number, each.level, each.anchor) for each in entries]
        if self._placed.summary:
            lines.insert(0, self._entry(self._words.text(Message.SUMMARY), "", 1, _SUMMARY))
        start, instruction, separate, _, end = field('TOC \\o "1-2" \\n \\h \\z \\u', "")
        for place, piece in enumerate((start, instruction, separate)):
            lines[0].insert(1 + place, piece)
        lines[-1].append(end)
        self._add(*lines)

    def _entry(self, title: str, number: str, level: int, anchor: str) -> Element:
        numbered = [run(number), tab()] if number else []
        return paragraph(f"TOC{level}", [link(self._bookmarks[anchor], *numbered, run(title))])

    # sections

    def _section(self, section: PlacedSection) -> None:
        self._heading(
            section.title, section.level, section.anchor, numbered=bool(section.number), breaks=section.page_break
        )
        self._blocks(section.blocks)
        for inner in section.sections:
            self._section(inner)

    def _heading(
        self, title: str, level: int, anchor: str = "", *, numbered: bool = False, breaks: bool = False
    ) -> None:
        settings = [element("w:pageBreakBefore")] if breaks else []
        if level == 1 and not numbered:
            settings.append(element("w:numPr", element("w:numId", val=0)))
            settings.append(element("w:ind", left=0, firstLine=0))
        words = run(title)
        runs = self._bookmarked(anchor, words) if anchor else [words]
        self._add(paragraph(f"{HEADING[:-1]}{level}", runs, *settings))

    def _bookmarked(self, anchor: str, *inner: Element) -> list[Element]:
        name = self._bookmarks[anchor]
        return bookmarked(name, int(name.removeprefix("_Part")), *inner)

    # blocks

    def _blocks(self, blocks: tuple[PlacedBlock, ...]) -> None:
        numbered = False
        for each in blocks:
            block = each.block
            match block:
                case Paragraph(text):
                    numbered = bool(each.number)
                    self._add(paragraph(NUMBERED if numbered else PLAIN, self._text(text)))
                case Bullets(items):
                    self._bullets(items, indented=numbered)
                case Note(text, tone):
                    self._add(paragraph(NOTE, [sign(tone, ICONS[tone]), *self._text(text)], edge(tone)))
                case KeyFigures():
                    self._key_figures(block)
                case Table():
                    self._table(block, each)
                case Figure():
                    self._figure(block, each)
                case _:
                    assert_never(block)

    def _key_figures(self, figures: KeyFigures) -> None:
        tables = self._cells.key_figures(figures, self._words.text(Message.SUMMARY))
        for table in tables[:-1]:
            self._add(table, _gap())
        self._add(*tables[-1:])
        self._beneath(figures.source_line)

    def _text(self, text: Text) -> list[Element]:
        return [piece for part in text for piece in self._cells.inline(part)]

    def _bullets(self, items: tuple[Text, ...], *, indented: bool) -> None:
        for item in items:
            settings = [element("w:ind", left=1040, hanging=360)] if indented else []
            self._add(paragraph("ListBullet", self._text(item), *settings))

    def _caption(self, kind: Message, sequence: str, each: PlacedBlock, caption: str) -> str:
        """A caption above, its number a field that Word counts; returns what it says."""
        label, said = self._words.text(kind, n=each.number), self._captioned(kind, each.number, caption)
        before = label.partition(each.number)[0]
        rest = said.removeprefix(f"{before}{each.number}")
        number = field(f"SEQ {sequence} \\* ARABIC", each.number)
        self._add(paragraph(CAPTION, [*self._bookmarked(each.anchor, run(before), *number), run(rest)]))
        return said

    def _captioned(self, kind: Message, number: str, caption: str) -> str:
        label = self._words.text(kind, n=number)
        return self._words.text(Message.NUMBERED_CAPTION, number=label, caption=caption)

    def _table(self, table: Table, each: PlacedBlock) -> None:
        said = self._caption(Message.TABLE, "Table", each, table.caption)
        self._rows(table, said, followed=bool(table.source_line))
        self._source(table.source_line)

    def _rows(self, table: Table, said: str, *, followed: bool, told: str = "") -> None:
        if table.rows or table.total is not None:
            self._add(self._cells.table(table, said, told))
        else:
            self._add(paragraph(PLAIN, [run(table.empty or self._words.text(Message.NO_ROWS))]))
        if table.note or not followed:
            self._beneath(table.note)

    def _figure(self, figure: Figure, each: PlacedBlock) -> None:
        self._caption(Message.FIGURE, "Figure", each, figure.caption)
        drawn = svg(figure.chart, self._words, title=figure.caption, told=figure.alternative)
        holder = self.word.add_paragraph()
        shape = holder.add_run().add_picture(BytesIO(png(drawn)), width=Cm(PAGE_WIDTH))
        highest = Cm(_HIGHEST_TURNED if self._is_turned else _HIGHEST)
        if shape.height > highest:
            shape.width, shape.height = Cm(PAGE_WIDTH * highest / shape.height), highest
        for side in "TBLR":
            shape._inline.set(f"dist{side}", "0")
        named = shape._inline.docPr
        for name, value in (("name", figure.caption), ("title", figure.caption), ("descr", figure.alternative)):
            named.set(name, printable(value))
        numbers = self._words.text(Message.NUMBERS_OF, figure=self._words.text(Message.FIGURE, n=each.number))
        self._add(paragraph(SOURCE, [run(numbers)], element("w:keepNext")))
        self._rows(figure.table, numbers, followed=bool(figure.source_line), told=figure.alternative)
        self._source(figure.source_line)

    def _beneath(self, line: str) -> None:
        """What stands beneath a table: a line, or at least room."""
        self._add(paragraph(SOURCE, [run(line)]) if line else _gap())

    def _source(self, line: str) -> None:
        if line:
            self._add(paragraph(SOURCE, [run(line)]))


def _gap() -> Element:
    """What parts a table from the next, which Word would else join to it."""
    return paragraph(SOURCE, [], element("w:spacing", before=0, after=0))


def _anchors(paper: Placed) -> list[str]:
    found: list[str] = [each.anchor for each in paper.summary if each.anchor]

    def look(section: PlacedSection) -> None:
        found.append(section.anchor)
        found.extend(each.anchor for each in section.blocks if each.anchor)
        for inner in section.sections:
            look(inner)

    for section in paper.sections:
        look(section)
    return found
