"""What a cell may hold and no page can: control characters and halves of characters."""

import re

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without what neither HTML nor XML may hold; everything that a person can see stays as it is."""
    return _UNPRINTABLE.sub("", text)
