"""How a paper is set in Word: page, styles, numbers, head and foot. Everything by style, so that a clerk can restyle
the paper in one place."""

from copy import deepcopy

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from sync.report.catalogue import Catalogue, Message
from sync.report.document import Header
from sync.report.word.elements import ACCENT, MUTED, RAISED, RULE, Element, element, field, paragraph, run

FONT = "Arial"
PAGE_WIDTH = 17.0
"""Centimetres between the margins."""

HEADING = "Heading1"
NUMBERED, NOTE, SOURCE, CELL, CAPTION, FACTS, MARKING, PLAIN = (
    "NumberedParagraph", "PaperNote", "SourceLine", "TableText", "Caption", "PaperFacts", "ProtectiveMarking", "Normal",
)  # fmt: skip
"""Styles by id."""

_HEADINGS = ((1, 14, 18), (2, 11.5, 12), (3, 10.5, 10), (4, 10.5, 8), (5, 10.5, 8))
_INDENT = 680  # twentieths of a point


def set_up(word: Word, header: Header, words: Catalogue) -> None:
    """Page, language, styles, numbering, head and foot of an empty document."""
    _page(word)
    _language(word, header.language)
    _styles(word)
    _numbering(word)
    _head_and_foot(word, header, words)


def _page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - PAGE_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    section.header_distance = section.footer_distance = Cm(1.0)


def _language(word: Word, language: str) -> None:
    defaults = word.styles.element.find(qn("w:docDefaults"))
    for found in defaults.iter(qn("w:lang")):
        found.set(qn("w:val"), language)
    settings = word.settings.element
    for found in settings.iter(qn("w:themeFontLang")):
        found.set(qn("w:val"), language)
    for found in settings.iter(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), "15")
    for found in list(settings.iter(qn("w:savePreviewPicture"))):
        settings.remove(found)


def _styles(word: Word) -> None:
    _styled(word, "Normal", 10.5, after=6)
    _styled(word, "Title", 20, bold=True, colour="1A1A1A", after=8)
    for level, size, before in _HEADINGS:
        colour = ACCENT if level == 1 else "1A1A1A"
        made = _styled(word, f"Heading {level}", size, bold=True, colour=colour, before=before, after=4)
        made.paragraph_format.keep_with_next = True
        made.font.italic = False
    _styled(word, "Caption", 9.5, bold=True, colour="1A1A1A", before=8, after=3).paragraph_format.keep_with_next = True
    _styled(word, "List Bullet", 10.5, after=3)
    _styled(word, "Header", 8.5, colour=MUTED, after=0)
    _styled(word, "Footer", 8.5, colour=MUTED, after=0)
    _added(word, "Numbered Paragraph", NUMBERED, 10.5, after=6)
    _added(word, "Table Text", CELL, 8.5, before=1.5, after=1.5)
    _added(word, "Source Line", SOURCE, 8.5, colour=MUTED, before=3, after=6)
    _added(word, "Paper Facts", FACTS, 9.5, after=2)
    _added(word, "Protective Marking", MARKING, 10.5, bold=True, after=8)
    note = _added(word, "Paper Note", NOTE, 10, before=2, after=6)
    note.element.get_or_add_pPr().insert(0, element("w:shd", val="clear", color="auto", fill=RAISED))
    note.paragraph_format.left_indent = Cm(0.35)
    for level, indent in ((1, 0.0), (2, 1.2)):
        contents = _added(word, f"toc {level}", f"TOC{level}", 10, after=2)
        contents.paragraph_format.left_indent = Cm(indent)
        contents.paragraph_format.tab_stops.add_tab_stop(Cm(1.2))


def _added(
    word: Word, name: str, identity: str, size: float, *, bold: bool = False, colour: str = "", before: float = 0,
    after: float = 0,
) -> ParagraphStyle:  # fmt: skip
    made = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.startswith("toc"))
    made.element.set(qn("w:styleId"), identity)
    made.base_style = word.styles["Normal"]
    return _styled(word, name, size, bold=bold, colour=colour, before=before, after=after)


def _styled(
    word: Word, name: str, size: float, *, bold: bool = False, colour: str = "", before: float = 0, after: float = 0
) -> ParagraphStyle:
    style = word.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101 - only paragraph styles are asked for
    for name_of in ("w:rFonts", "w:contextualSpacing", "w:tabs", "w:pBdr"):
        for inherited in list(style.element.iter(qn(name_of))):
            inherited.getparent().remove(inherited)
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.element.get_or_add_rPr().find(qn("w:rFonts")).set(qn("w:cs"), FONT)
    if colour:
        style.font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.line_spacing = 1.1
    return style


def _numbering(word: Word) -> None:
    """One list of two levels: headings 1, 2, and in them paragraphs 1.1, 1.2."""
    part = word.part.numbering_part.element
    numbers = [int(each.get(qn("w:numId"))) for each in part.findall(qn("w:num"))]
    abstracts = [int(each.get(qn("w:abstractNumId"))) for each in part.findall(qn("w:abstractNum"))]
    abstract, number = max(abstracts) + 1, max(numbers) + 1
    levels = [
        _level(0, HEADING, "%1", ACCENT),
        _level(1, NUMBERED, "%1.%2", MUTED),
    ]
    made = element("w:abstractNum", element("w:multiLevelType", val="multilevel"), *levels, abstractNumId=abstract)
    part.findall(qn("w:num"))[0].addprevious(made)
    part.append(element("w:num", element("w:abstractNumId", val=abstract), numId=number))
    for level, name in enumerate(("Heading 1", "Numbered Paragraph")):
        properties = word.styles[name].element.get_or_add_pPr()
        numbered = element("w:numPr", element("w:ilvl", val=level), element("w:numId", val=number))
        if level == 0:
            numbered = element("w:numPr", element("w:numId", val=number))
        properties._insert_numPr(numbered)  # python-docx knows the place that Word's schema has for it


def _level(level: int, style: str, text: str, colour: str) -> Element:
    return element(
        "w:lvl",
        element("w:start", val=1),
        element("w:numFmt", val="decimal"),
        element("w:pStyle", val=style),
        element("w:lvlText", val=text),
        element("w:lvlJc", val="left"),
        element("w:pPr", element("w:ind", left=_INDENT, hanging=_INDENT)),
        element("w:rPr", element("w:color", val=colour)),
        ilvl=level,
    )


def _head_and_foot(word: Word, header: Header, words: Catalogue) -> None:
    section = word.sections[0]
    page = _page_number(words)
    marking = run(f"\t{header.marking}\t", bold=True, colour="1A1A1A", size=9.5)
    for part, style, runs in (
        (section.header, "Header", [run(header.reference), marking, run(header.edition)]),
        (section.footer, "Footer", [run(header.portfolio), deepcopy(marking), *page]),
    ):
        element_of = part.paragraphs[0]._p
        tabs = element(
            "w:tabs",
            element("w:tab", val="center", pos=round(PAGE_WIDTH / 2 * 567)),
            element("w:tab", val="right", pos=round(PAGE_WIDTH * 567)),
        )
        edge = "bottom" if style == "Header" else "top"
        border = element("w:pBdr", element(f"w:{edge}", val="single", sz=4, space=4, color=RULE))
        element_of.getparent().replace(element_of, paragraph(style, runs, border, tabs))


def _page_number(words: Catalogue) -> list[Element]:
    before, _, rest = words.text(Message.PAGE_OF, page="\f", pages="\v").partition("\f")
    between, _, after = rest.partition("\v")
    pieces = [run(before), *field("PAGE", "1"), run(between), *field("NUMPAGES", "1")]
    return [*pieces, run(after)] if after else pieces
