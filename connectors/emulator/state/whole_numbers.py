"""Whole numbers in text from elsewhere: no more digits are read than any number here has."""

from typing import Final

MOST_DIGITS: Final = 19


def whole_number(text: str, digits: int = MOST_DIGITS) -> int | None:
    """The number that text is in decimal digits; None where it is anything else, or longer than `digits`."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
