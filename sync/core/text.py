"""Text as people type it: compared without regard to case, width and space, and cut without breaking a column."""

import re
import unicodedata
from collections.abc import Sequence
from html.parser import HTMLParser

ELLIPSIS = "…"

_BLOCKS = frozenset({"br", "div", "li", "p", "td", "tr"})
_HIDDEN = frozenset({"script", "style"})
_AMOUNT = re.compile(r"(?P<sign>-?)[£€$]? ?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<rest>\.\d+)?", re.ASCII)
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_ZERO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\ufeff")


def fold(text: str) -> str:
    """The form in which words are compared: case, width, and the amount of space make no difference."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH).casefold().split())


def tidy(text: str) -> str:
    """Text with one kind of line end and no space around it: what a column gives back may differ in both."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def harmless(text: str) -> str:
    """The text without what no reader sees and what shows it would obey: control characters, which XML refuses and
    terminals follow, and marks that turn the direction of all that comes after."""
    return _STEERING.sub("", text)


def length(text: str) -> int:
    """How long a text is to SharePoint, which counts UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int | None) -> str:
    """The text, or its beginning and an ellipsis where it is longer than the limit."""
    if limit is None or length(text) <= limit:
        return text
    kept = text[:limit]
    while length(kept) > max(limit - 1, 0):
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def quote(text: str) -> str:
    """A cell's text as a message shows it: on one line, short, in quotation marks."""
    return f"'{cut(' '.join(text.split()), 40)}'"


def listed(names: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, or `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def counted(count: int, noun: str) -> str:
    """`1 item` or `2 items`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def amount(text: str) -> float | None:
    """The number that a text is: `£1,234.50`, `-12`; None for anything else."""
    found = _AMOUNT.fullmatch(text)
    return float(f"{found['sign']}{found['digits'].replace(',', '')}{found['rest'] or ''}") if found else None


def without_markup(markup: str) -> str:
    """The words of a rich text, none of its markup; blocks end with a line end."""
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).translate(_ZERO_WIDTH).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    """Collects text outside scripts and styles; character references arrive as characters."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
