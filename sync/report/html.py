"""A document as one HTML file: it needs no script, loads nothing, and reads by keyboard, by screen reader and on paper.

Everything in it is escaped, staff's words above all. Its policy lets the browser use its own style sheet and nothing
else, so that even what slipped through could neither run nor call out. On paper every page has the reference, the
marking and its number in its margins, where the browser knows margin boxes (Chromium 131 and newer).
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sync.report.catalogue import Catalogue, Message
from sync.report.document import Document, Figure, Header
from sync.report.drawing import svg
from sync.report.english import catalogue_for
from sync.report.numbering import placed
from sync.report.printable import printable
from sync.report.tones import ICONS, Tone

_FOLDER = Path(__file__).parent / "templates"


def render_html(document: Document, catalogue: Catalogue | None = None) -> str:
    """The document as a self-contained page, in the words of its language unless a catalogue is given.

    The same document gives the same text. ValueError where its anchors do not fit together, or reports do not speak
    its language.
    """
    words = catalogue or catalogue_for(document.header.language)
    style = _style() + _margins(document.header, words)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = (
        _environment()
        .get_template("report.html")
        .render(
            document=document,
            header=document.header,
            paper=placed(document),
            facts=_facts(document.header, words),
            words=words,
            say=words.text,
            tone=lambda tone: words.text(Message[f"TONE_{tone.name}"]),
            captioned=lambda kind, number, caption: captioned(words, kind, number, caption),
            chart=lambda figure, anchor: _chart(figure, anchor, words),
            # A style sheet is no markup: escaped it would break. It is ours, and what staff typed is escaped for it.
            style=Markup(style),  # noqa: S704 - see above
            style_digest=digest,
        )
    )
    return printable(page)


def captioned(words: Catalogue, kind: Message, number: str, caption: str) -> str:
    """`Table 3: Projects by theme`."""
    return words.text(Message.NUMBERED_CAPTION, number=words.text(kind, n=number), caption=caption)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(Message=Message, shape=_shape, icon=_icon)
    return made


def _shape(value: object) -> str:
    """What a template asks of a block or a cell."""
    return type(value).__name__


def _icon(tone: Tone) -> str:
    return ICONS[tone]


@cache
def _style() -> str:
    return (_FOLDER / "report.css").read_text(encoding="utf-8")


def _facts(header: Header, words: Catalogue) -> list[tuple[Message, str]]:
    """What stands beneath the title; what is empty is left out."""
    every = (
        (Message.MEETING, header.meeting),
        (Message.REFERENCE, header.reference),
        (Message.EDITION, header.edition),
        (Message.AS_AT, words.moment(header.as_at)),
        (Message.COVERAGE, header.coverage),
    )
    return [(message, value) for message, value in every if value]


def _chart(figure: Figure, anchor: str, words: Catalogue) -> Markup:
    drawn = svg(figure.chart, words, title=figure.caption, told=figure.alternative, name=anchor)
    return Markup(drawn)  # noqa: S704 - the drawing escapes every word in it


def _margins(header: Header, words: Catalogue) -> str:
    """The margins of a printed page: reference, marking, edition; portfolio, marking, page."""
    before, between, after = (quoted(part) for part in _page_words(words))
    page = f"{before} counter(page) {between} counter(pages) {after}"
    grey = "color: #444; font: 8pt Arial, sans-serif"
    strong = "color: #1a1a1a; font: bold 9pt Arial, sans-serif; letter-spacing: 0.05em"
    boxes = (
        ("top-left", quoted(header.reference), grey),
        ("top-center", quoted(header.marking), strong),
        ("top-right", quoted(header.edition), grey),
        ("bottom-left", quoted(header.portfolio), grey),
        ("bottom-center", quoted(header.marking), strong),
        ("bottom-right", page, grey),
    )
    inner = " ".join(f"@{box} {{ content: {content}; {look}; }}" for box, content, look in boxes)
    return f"@page {{ size: A4; margin: 20mm 16mm 18mm; {inner} }}\n"


def _page_words(words: Catalogue) -> tuple[str, str, str]:
    """`Page `, ` of ` and what follows."""
    before, _, rest = words.text(Message.PAGE_OF, page="\0", pages="\1").partition("\0")
    between, _, after = rest.partition("\1")
    return before, between, after


def quoted(text: str) -> str:
    """Text as a string of a style sheet: all but plain letters and digits by number, so that nothing can end it."""
    plain = "".join(
        each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in text.replace("\0", "")
    )
    return f'"{plain}"'
