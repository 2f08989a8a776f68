"""Names: the known one nearest to a misspelt one, and the environment variables that belong to a connection."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

PREFIX = "PORTFOLIO_SYNC_"
"""What the name of every environment variable of ours begins with."""


def quoted(word: object) -> str:
    """A word of the file as a message may show it: on one line, and not endless."""
    text = re.sub(r"\s+", " ", str(word)).strip()
    return f"'{text}'" if len(text) <= 60 else f"'{text[:59]}…'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one most likely stands for, without regard to case, hyphen and underscore."""
    by_fold = {_folded(name): name for name in sorted(known)}
    found = get_close_matches(_folded(word), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def _folded(name: str) -> str:
    return name.strip().casefold().replace("-", "_")


def suggest(word: str, known: Iterable[str]) -> str:
    """How a sentence about an unknown name ends: with the nearest one, else with all of them."""
    names = list(known)
    if close := nearest(word, names):
        return f"; did you mean '{close}'?"
    return f"; it may be {', '.join(names)}." if names else "."


def connection_part(connection: str) -> str:
    """A connection's name as settings know it: hyphens as underscores, lower case."""
    return connection.replace("-", "_").lower()


def variable(connection: str, setting: str) -> str:
    """The environment variable that holds a connection's setting: `PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__TENANT`."""
    return f"{PREFIX}CONNECTIONS__{connection_part(connection)}__{setting}".upper()
