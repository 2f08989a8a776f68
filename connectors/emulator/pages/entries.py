"""What a person entered, checked and turned into values; every refusal is a sentence that says how to mend it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from connectors.emulator.errors import SharePointError
from connectors.emulator.pages import cells, wording
from connectors.emulator.pages.raw import Raw
from connectors.emulator.state.fields import PEOPLE, Field
from connectors.emulator.state.values import Stored, from_json
from connectors.emulator.state.world import Site

_YEARS = range(1900, 8901)


class EntryError(Exception):
    """An entry that cannot be saved: one sentence."""


def value(site: Site, column: Field, raw: Raw) -> Stored:
    """The value a person entered; raises EntryError."""
    if not raw or not any(text.strip() for text in raw):
        if column.required:
            raise EntryError(f"Enter {column.title}; it is required.")
        return None
    document = _DOCUMENTS[column.type](site, column, raw)
    try:
        # The same gate as for what clients send, whatever was found out before.
        return from_json(column, document, site.references())
    except SharePointError as refused:
        raise EntryError(f"{column.title}: {refused.message.splitlines()[0]}") from None


def _text(_: Site, column: Field, raw: Raw) -> Any:
    if column.type == "Text":
        if "\n" in raw[0]:
            raise EntryError(f"{column.title} must be on one line.")
        if len(raw[0]) > column.max_length:
            raise EntryError(
                f"{column.title} must be {wording.count(column.max_length, 'character')} or fewer; "
                f"it has {len(raw[0]):,}."
            )
    return raw[0]


def _choice(_: Site, column: Field, raw: Raw) -> Any:
    _check_choices(column, raw)
    return raw[0]


def _choices(_: Site, column: Field, raw: Raw) -> Any:
    _check_choices(column, raw)
    return list(raw)


def _check_choices(column: Field, raw: Raw) -> None:
    strange = [each for each in raw if each not in column.choices]
    if strange and not column.fill_in:
        raise EntryError(f"{column.title}: “{strange[0]}” is not one of the choices. Choose one that is.")


def _number(site: Site, column: Field, raw: Raw) -> Any:
    """A number, or a sum of money as the pages show it."""
    number = site.locale.parse_number(raw[0].replace(site.locale.sign, ""))
    if number is None:
        raise EntryError(f"{column.title} must be a number, such as 12 or {site.locale.number(3.5)}.")
    return number


def _boolean(_: Site, column: Field, raw: Raw) -> Any:
    if raw[0] not in {"0", "1"}:
        raise EntryError(f"{column.title}: choose Yes or No.")
    return raw[0] == "1"


def _date(site: Site, column: Field, raw: Raw) -> Any:
    try:
        parsed = date.fromisoformat(raw[0]) if column.date_only else datetime.fromisoformat(raw[0])
    except ValueError:
        example = "31 March 2027" if column.date_only else "31 March 2027, 14:30"
        raise EntryError(f"{column.title} must be a real date, such as {example}.") from None
    if parsed.year not in _YEARS:
        raise EntryError(f"{column.title} must be between 1900 and 8900.")
    naive = parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.min)
    if naive.tzinfo is not None:
        raise EntryError(f"{column.title} must be a date and time by the site's own clock.")
    zone = site.zone.zone
    if not column.date_only and not wording.exists(naive, zone):
        raise EntryError(
            f"{column.title}: the clocks go forward on {wording.day(naive)}, so there is no {naive:%H:%M} at this site."
        )
    return naive.replace(tzinfo=zone).astimezone(UTC).isoformat()


def _one(site: Site, column: Field, raw: Raw) -> Any:
    return _many(site, column, raw)[0]


def _many(site: Site, column: Field, raw: Raw) -> list[int]:
    numbers = [int(text) if text.isdecimal() and len(text) < 12 else -1 for text in raw]
    for number, text in zip(numbers, raw, strict=True):
        if not _there(site, column, number):
            raise EntryError(f"{column.title}: {text} is not there any more. Choose another.")
    return numbers


def _there(site: Site, column: Field, number: int) -> bool:
    known = site.references()
    if column.type in PEOPLE:
        return known.user_exists(number)
    return known.item_exists(column.lookup_list, number)


def _link(_: Site, column: Field, raw: Raw) -> Any:
    url, description = raw
    if not url:
        raise EntryError(f"{column.title}: enter the address that the text “{description}” leads to.")
    if not cells.safe_link(url):
        raise EntryError(f"{column.title} must be an address that begins with https:// or http://.")
    if len(url) > 255 or len(description) > 255:
        raise EntryError(f"{column.title}: the address and its text must be 255 characters or fewer each.")
    return {"Url": url, "Description": description}


_DOCUMENTS: Mapping[str, Callable[[Site, Field, Raw], Any]] = {
    "Text": _text,
    "Note": _text,
    "Choice": _choice,
    "MultiChoice": _choices,
    "Number": _number,
    "Currency": _number,
    "Boolean": _boolean,
    "DateTime": _date,
    "Lookup": _one,
    "User": _one,
    "LookupMulti": _many,
    "UserMulti": _many,
    "URL": _link,
}
