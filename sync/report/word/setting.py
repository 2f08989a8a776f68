"""How a paper is set in Word: page, styles, numbers, head and foot. Everything by style, so that a clerk can restyle
the paper in one place."""

from copy import deepcopy

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from sync.core.text import cut
from sync.report.catalogue import Catalogue, Message
from sync.report.document import Header
from sync.report.word.elements import ACCENT, FAINT, MUTED, RAISED, RULE, Element, element, field, paragraph, run, tab

FONT = "Arial"
PAGE_WIDTH = 17.0
"""Centimetres between the margins."""

TURNED_WIDTH = 25.7
"""The same on a page that is turned."""

HEADING = "Heading1"
NUMBERED, NOTE, SOURCE, CELL, CAPTION, FACTS, MARKING, PLAIN, CONTENTS, TABLE = (
    "NumberedParagraph", "PaperNote", "SourceLine", "TableText", "Caption", "PaperFacts", "ProtectiveMarking", "Normal",
    "TOCHeading", "PaperTable",
)  # fmt: skip
"""Styles by id."""

_HEADINGS = ((1, 14, 18), (2, 11.5, 12), (3, 10.5, 10), (4, 10.5, 8), (5, 10.5, 8))
_INDENT = 680  # twentieths of a point
_AT_MOST = 40
"""Letters of a name at the left of a head or foot, so that it does not reach the marking."""


def set_up(word: Word, header: Header, words: Catalogue) -> None:
    """Page, language, styles, numbering, head and foot of an empty document."""
    _page(word)
    _language(word, header.language)
    _styles(word)
    _table_style(word)
    _numbering(word)
    section = word.sections[0]
    _head_and_foot(section.header._element, section.footer._element, header, words, PAGE_WIDTH)


def turned(word: Word, header: Header, words: Catalogue) -> Element:
    """The settings of pages that lie on their side, with a head and a foot as wide as they are."""
    settings: Element = deepcopy(word.element.body.find(qn("w:sectPr")))
    size = settings.find(qn("w:pgSz"))
    wide, high = size.get(qn("w:h")), size.get(qn("w:w"))
    for name, value in (("w", wide), ("h", high), ("orient", "landscape")):
        size.set(qn(f"w:{name}"), value)
    head, head_id = word.part.add_header_part()  # type: ignore[no-untyped-call]
    foot, foot_id = word.part.add_footer_part()  # type: ignore[no-untyped-call]
    settings.find(qn("w:headerReference")).set(qn("r:id"), head_id)
    settings.find(qn("w:footerReference")).set(qn("r:id"), foot_id)
    _head_and_foot(head.element, foot.element, header, words, TURNED_WIDTH)
    return settings


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


def _table_style(word: Word) -> None:
    """One style for all tables, light lines between rows and lighter ones between columns; the template's hundred in
    colour make way for it."""
    styles = word.styles.element
    for style in styles.xpath("w:style[@w:type='table'][not(@w:default)]"):
        styles.remove(style)
    lines = [element(f"w:{side}", val="single", sz=4, space=0, color=RULE) for side in ("top", "bottom", "insideH")]
    lines.append(element("w:insideV", val="single", sz=4, space=0, color=FAINT))
    margins = [element(f"w:{side}", w=80, type="dxa") for side in ("left", "right")]
    looks = element("w:tblPr", element("w:tblBorders", *lines), element("w:tblCellMar", *margins))
    styles.append(
        element(
            "w:style", element("w:name", val="Paper Table"), element("w:basedOn", val="TableNormal"), looks,
            type="table", customStyle=1, styleId=TABLE,
        )
    )  # fmt: skip


def _styles(word: Word) -> None:
    _styled(word, "Normal", 10.5, after=6)
    _styled(word, "Title", 20, bold=True, colour="1A1A1A", after=8)
    for level, size, before in _HEADINGS:
        colour = ACCENT if level == 1 else "1A1A1A"
        made = _styled(word, f"Heading {level}", size, bold=True, colour=colour, before=before, after=4)
        made.paragraph_format.keep_with_next = True
        made.font.italic = False
    contents = _styled(word, "TOC Heading", 14, bold=True, colour=ACCENT, before=18, after=4)
    contents.base_style = word.styles["Normal"]
    contents.paragraph_format.keep_with_next = True
    _styled(word, "Caption", 9.5, bold=True, colour="1A1A1A", before=8, after=3).paragraph_format.keep_with_next = True
    _styled(word, "List Bullet", 10.5, after=3)
    _styled(word, "Header", 8.5, colour=MUTED, after=0)
    _styled(word, "Footer", 8.5, colour=MUTED, after=0)
    _added(word, "Numbered Paragraph", NUMBERED, 10.5, after=6)
    _added(word, "Table Text", CELL, 8.5, before=1.5, after=1.5)
    _added(word, "Source Line", SOURCE, 8.5, colour=MUTED, before=3, after=6)
    _added(word, "Paper Facts", FACTS, 9.5, after=2)
    _added(word, "Protective Marking", MARKING, 10.5, bold=True, after=8)
    note = _added(word, "Paper Note", NOTE, 10, before=6, after=6)
    note.element.get_or_add_pPr().insert(0, element("w:shd", val="clear", color="auto", fill=RAISED))
    note.paragraph_format.left_indent = Cm(0.35)
    for level, indent in ((1, 0.0), (2, 1.2)):
        entry = _added(word, f"toc {level}", f"TOC{level}", 10, after=2)
        entry.paragraph_format.left_indent = Cm(indent)
        entry.paragraph_format.tab_stops.add_tab_stop(Cm(1.2))


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


def _head_and_foot(head: Element, foot: Element, header: Header, words: Catalogue, width: float) -> None:
    """Fills both: reference, marking, edition; portfolio, marking, page. `width` in centimetres."""
    marking = run(header.marking, bold=True, colour="1A1A1A", size=9.5)
    for part, style, left, right in (
        (head, "Header", header.reference, [run(header.edition)]),
        (foot, "Footer", header.portfolio, _page_number(words)),
    ):
        tabs = element(
            "w:tabs",
            element("w:tab", val="center", pos=round(width / 2 * 567)),
            element("w:tab", val="right", pos=round(width * 567)),
        )
        edge = "bottom" if style == "Header" else "top"
        border = element("w:pBdr", element(f"w:{edge}", val="single", sz=4, space=4, color=RULE))
        runs = [run(cut(left, _AT_MOST)), tab(), deepcopy(marking), tab(), *right]
        for empty in part.findall(qn("w:p")):
            part.remove(empty)
        part.append(paragraph(style, runs, border, tabs))


def _page_number(words: Catalogue) -> list[Element]:
    before, _, rest = words.text(Message.PAGE_OF, page="\f", pages="\v").partition("\f")
    between, _, after = rest.partition("\v")
    pieces = [run(before), *field("PAGE", "1"), run(between), *field("NUMPAGES", "1")]
    return [*pieces, run(after)] if after else pieces
