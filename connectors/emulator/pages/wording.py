"""Days, times and counts in words, as a person in the United Kingdom writes them; numbers are the site's locale's."""

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table"})


def day(moment: date) -> str:
    """`3 June 2026`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """An instant as the site's clock shows it; at the ends of the calendar, where there is none, as it is."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """`3 June 2026, 14:05`, by the site's clock."""
    shown = local(instant, zone)
    return f"{day(shown)}, {shown:%H:%M}"


def site_day(instant: datetime, zone: ZoneInfo) -> str:
    """The day that a site shows for an instant."""
    return day(local(instant, zone))


def exists(naive: datetime, zone: ZoneInfo) -> bool:
    """Whether the site's clocks ever show this time; the hour that spring leaves out they do not."""
    try:
        instant = naive.replace(tzinfo=zone).astimezone(UTC)
        return instant.astimezone(zone).replace(tzinfo=None) == naive
    except OverflowError:
        return False


def count(amount: int, one: str, many: str = "") -> str:
    """`1 item`, `1,200 items`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")


def without_markup(text: str) -> str:
    """Rich text as plain text; its markup comes from outside and is never passed on."""
    parser = _Plain()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)
