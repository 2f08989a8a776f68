"""The query options of a request: `$select`, `$expand` and their kin, and the parameters that are not options."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from connectors.emulator.errors import bad_query, reserved_option
from connectors.emulator.state.whole_numbers import whole_number

_KNOWN = {"$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$skiptoken", "$inlinecount"}
_ORDER = re.compile(r"^(?P<name>\S+)(\s+(?P<direction>asc|desc))?$", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


@dataclass(frozen=True, slots=True)
class Order:
    """One key of `$orderby`."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What a query asks for. `pairs` keeps the options as they came, for the link to the next page."""

    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    filter: str | None = None
    order: tuple[Order, ...] = ()
    top: int | None = None
    skip_token: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)


def quote_lower(text: str) -> str:
    """Percent-encoding as the service writes it in links: lower-case hexadecimal, nothing reserved left alone."""
    out = []
    for byte in text.encode():
        letter = chr(byte)
        out.append(letter if letter in _UNRESERVED else f"%{byte:02x}")
    return "".join(out)


def split_query(query: str) -> list[tuple[str, str]]:
    """The decoded pairs of a query string, in order."""
    pairs = []
    for part in query.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((unquote_plus(name), unquote_plus(value)))
    return pairs


def parse_options(query: str) -> Options:
    """Read a query string; an unknown `$` option is refused, `$skip` and `$inlinecount` are passed over."""
    pairs = split_query(query)
    found: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("$"):
            if name.lower() not in _KNOWN:
                raise reserved_option(name)
            found[name.lower()] = value
    return Options(
        select=_names(found.get("$select", "")),
        expand=_names(found.get("$expand", "")),
        filter=found.get("$filter") or None,
        order=_orders(found.get("$orderby", "")),
        top=_count(found.get("$top")),
        skip_token=found.get("$skiptoken") or None,
        pairs=tuple(pairs),
        parameters={name: value for name, value in pairs if not name.startswith("$")},
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _orders(text: str) -> tuple[Order, ...]:
    orders = []
    for part in _names(text):
        match = _ORDER.match(part)
        if match is None:
            raise bad_query(f'The expression "{part}" is not valid.')
        orders.append(Order(match["name"], (match["direction"] or "").lower() == "desc"))
    return tuple(orders)


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    number = whole_number(text)
    if number is None:
        raise bad_query(f"The value '{text}' of the query option '$top' is not a positive integer.")
    return number


def next_query(options: Options, skip_token: str) -> str:
    """The query string of the next page: the token first, then the options as they were asked."""
    parts = [f"%24skiptoken={quote_lower(skip_token)}"]
    for name, value in options.pairs:
        # The keys of a token that came unencoded stand beside it; they are the old place.
        if name.lower() != "$skiptoken" and not name.startswith("p_"):
            parts.append(f"{quote_lower(name)}={quote_lower(value)}")
    return "&".join(parts)
