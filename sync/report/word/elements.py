"""Words as Word keeps them: runs, links, fields, bookmarks."""

import re
from collections.abc import Iterable

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from sync.report.drawing.canvas import FILLS
from sync.report.printable import printable
from sync.report.tones import Badge, Tone

Element = BaseOxmlElement
ACCENT, MUTED, RAISED, RULE, FAINT = "1D3F5E", "555555", "F2F4F6", "BFBFBF", "E1E1E1"
SYMBOLS = "Segoe UI Symbol"
NO_BREAK = "\u00a0"
_SPACES = re.compile("\r\n|[\t\r\n\u2028\u2029]")


def element(tag: str, *inner: Element, **attributes: str | int) -> Element:
    """An element of Word's own names: `element("w:color", val="555555")`."""
    made: Element = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), printable(str(value)))
    for each in inner:
        made.append(each)
    return made


def run(
    text: str, *, bold: bool = False, colour: str = "", size: float = 0, shade: str = "", font: str = "",
    underlined: bool = False,
) -> Element:  # fmt: skip
    """Words with their looks; `size` in points. A tab or a line end that staff typed is a space."""
    looks: list[Element] = []
    if font:
        looks.append(element("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font))
    if bold:
        looks.append(element("w:b"))
    if colour:
        looks.append(element("w:color", val=colour))
    if size:
        looks.append(element("w:sz", val=round(size * 2)))
    if underlined:
        looks.append(element("w:u", val="single"))
    if shade:
        looks.append(element("w:shd", val="clear", color="auto", fill=shade))
    made = element("w:r")
    if looks:
        made.append(element("w:rPr", *looks))
    said = _SPACES.sub(" ", printable(text))
    if said:
        words = element("w:t")
        words.text = said
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(words)
    return made


def tab() -> Element:
    """A step to the next tab stop."""
    return element("w:r", element("w:tab"))


def badge(value: Badge, *, bold: bool = False) -> list[Element]:
    """The sign and the words of a state, on its tint; the words say it without either."""
    tint, line = (colour.removeprefix("#").upper() for colour in FILLS[value.tone.value])
    return [
        run(f"{value.icon}{NO_BREAK}", colour=line, shade=tint, font=SYMBOLS),
        run(f"{value.text}{NO_BREAK}", shade=tint, bold=bold),
    ]


def sign(tone: Tone, icon: str) -> Element:
    """The sign of a tone by itself."""
    return run(f"{icon}{NO_BREAK}", colour=FILLS[tone.value][1].removeprefix("#").upper(), font=SYMBOLS)


def edge(tone: Tone) -> Element:
    """A line in the colour of a tone, to the left of a paragraph."""
    colour = FILLS[tone.value][1].removeprefix("#").upper()
    return element("w:pBdr", element("w:left", val="single", sz=24, space=8, color=colour))


def link(bookmark: str, *runs: Element) -> Element:
    """Words that lead to a bookmark of the same document."""
    return element("w:hyperlink", *runs, anchor=bookmark, history=1)


def field(instruction: str, shown: str) -> list[Element]:
    """A field that Word works out when it lays out or prints, with what it shows until then."""
    words = element("w:instrText")
    words.text = f" {instruction} "
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return [
        element("w:r", element("w:fldChar", fldCharType="begin")),
        element("w:r", words),
        element("w:r", element("w:fldChar", fldCharType="separate")),
        run(shown),
        element("w:r", element("w:fldChar", fldCharType="end")),
    ]


def bookmarked(name: str, number: int, *inner: Element) -> list[Element]:
    """Elements that links can lead to. `number` is another one for every bookmark of a document."""
    return [element("w:bookmarkStart", id=number, name=name), *inner, element("w:bookmarkEnd", id=number)]


def paragraph(style: str, runs: Iterable[Element], *settings: Element) -> Element:
    """A paragraph of a style, by the style's id. `settings`: its own properties, in the order of Word's schema."""
    return element("w:p", element("w:pPr", element("w:pStyle", val=style), *settings), *runs)
