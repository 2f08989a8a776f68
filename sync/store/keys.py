"""How business keys are looked up."""

import unicodedata

_FOLDED_LENGTH = 255
"""An index entry has a bound on PostgreSQL; no key of a SharePoint text column is longer."""


def fold_key(key: str) -> str:
    """A key as it is looked up: without regard to case, width and outer space."""
    return unicodedata.normalize("NFKC", key).casefold().strip()[:_FOLDED_LENGTH]
