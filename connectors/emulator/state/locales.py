"""How people at a site write dates and numbers: what form values are read by and rendered rows are written in."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

DEFAULT_LOCALE = 2057
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?(AM|PM))?$", re.IGNORECASE)
_EXAMPLE = date(2012, 2, 23)


@dataclass(frozen=True, slots=True)
class Locale:
    """One locale by SharePoint's number. `order` is how day, month and year follow each other.

    `padded` dates have two digits for day and month; `money` is where the amount stands beside the sign.
    """

    id: int
    order: str
    separator: str
    padded: bool
    time24: bool
    decimal: str
    thousand: str
    money: str

    def date(self, day: date) -> str:
        """A day as staff see it."""
        width = 2 if self.padded else 1
        parts = {"d": f"{day.day:0{width}}", "m": f"{day.month:0{width}}", "y": f"{day.year:04}"}
        return self.separator.join(parts[letter] for letter in self.order)

    def date_and_time(self, local: datetime) -> str:
        """A moment as staff see it, to the minute."""
        if self.time24:
            return f"{self.date(local)} {local:%H:%M}"
        return f"{self.date(local)} {local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"

    @property
    def example(self) -> str:
        """The day that the service shows to somebody who writes dates in another way."""
        return self.date(_EXAMPLE)

    def parse_date(self, text: str) -> datetime | None:
        """A local time as this locale writes it, with or without a time of day; None where it is not one."""
        day, _, time = text.strip().partition(" ")
        parts = day.split(self.separator)
        found = dict(zip(self.order, parts, strict=False))
        if len(parts) != 3 or not all(part.isdecimal() for part in parts) or len(found["y"]) != 4:
            return None
        clock = _clock(time.strip())
        if clock is None:
            return None
        try:
            return datetime(int(found["y"]), int(found["m"]), int(found["d"]), *clock)  # noqa: DTZ001 - it is local
        except ValueError:
            return None

    def parse_number(self, text: str) -> float | None:
        """A number as this locale writes it; None where it is not one."""
        try:
            number = float(text.strip().replace(self.thousand, "").replace(self.decimal, "."))
        except ValueError:
            return None
        return number if math.isfinite(number) and "_" not in text else None

    def number(self, value: float, places: int | None = None) -> str:
        """A number with groups of three digits; as many decimal places as it has, unless `places` says how many."""
        text = f"{value:,.{places}f}" if places is not None else _shortest(value)
        return text.translate({ord(","): self.thousand, ord("."): self.decimal})

    @property
    def sign(self) -> str:
        """The sign of its money."""
        return self.money.format("").strip()

    def amount(self, value: float) -> str:
        """A sum of money."""
        sign = "-" if value < 0 else ""
        return sign + self.money.format(self.number(abs(value), 2))


def _clock(text: str) -> tuple[int, int, int] | None:
    if not text:
        return (0, 0, 0)
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4].upper() == "PM" else 0)
    return (hour, minute, second)


def _shortest(value: float) -> str:
    text = f"{Decimal(repr(float(value))):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_ROWS = (
    Locale(2057, "dmy", "/", padded=True, time24=True, decimal=".", thousand=",", money="\u00a3{}"),
    Locale(1033, "mdy", "/", padded=False, time24=False, decimal=".", thousand=",", money="${}"),
    Locale(1031, "dmy", ".", padded=True, time24=True, decimal=",", thousand=".", money="{} \u20ac"),
)

LOCALES: dict[int, Locale] = {row.id: row for row in _ROWS}
