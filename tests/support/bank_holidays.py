"""The bank holidays of the four nations in 2026 and 2027, as they were published: written down, not worked out."""

from collections.abc import Mapping

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_EVERYWHERE_2026 = ("1 Jan", "3 Apr", "4 May", "25 May", "25 Dec", "28 Dec")
_EVERYWHERE_2027 = ("1 Jan", "26 Mar", "3 May", "31 May", "27 Dec", "28 Dec")
"""25 December 2027 is a Saturday: Christmas Day is kept on the Monday, Boxing Day on the Tuesday."""
_ENGLAND_2026 = (*_EVERYWHERE_2026, "6 Apr", "31 Aug")
_ENGLAND_2027 = (*_EVERYWHERE_2027, "29 Mar", "30 Aug")
_NAMED: dict[tuple[str, int], tuple[str, ...]] = {
    ("ENG", 2026): _ENGLAND_2026,
    ("ENG", 2027): _ENGLAND_2027,
    ("WLS", 2026): _ENGLAND_2026,
    ("WLS", 2027): _ENGLAND_2027,
    # 15 June 2026 was proclaimed for that year alone, for the World Cup.
    ("SCT", 2026): (*_EVERYWHERE_2026, "2 Jan", "15 Jun", "3 Aug", "30 Nov"),
    # 2 January 2027 is a Saturday.
    ("SCT", 2027): (*_EVERYWHERE_2027, "4 Jan", "2 Aug", "30 Nov"),
    # 12 July 2026 is a Sunday.
    ("NIR", 2026): (*_ENGLAND_2026, "17 Mar", "13 Jul"),
    ("NIR", 2027): (*_ENGLAND_2027, "17 Mar", "12 Jul"),
}

BANK_HOLIDAYS: Mapping[tuple[str, int], frozenset[tuple[int, int]]] = {
    place: frozenset((_MONTHS.index(said.split()[1]) + 1, int(said.split()[0])) for said in days)
    for place, days in _NAMED.items()
}
"""By nation and year: months and days, weekdays all of them."""
