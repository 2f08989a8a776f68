"""What the peers in Python share: how they are called, how they sign in, and what they tell."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

Values = Mapping[str, Any]
Items = Mapping[str, Values]
"""What columns shall hold, by the number of the item as text."""
Wanted = Mapping[str, Mapping[str, Items]]
"""Items by the path of a site and the title of a list."""
TOKEN = "any"  # noqa: S105 - the embedded SharePoint lets in whoever has one
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(slots=True)
class Done:
    """How many items were read and written."""

    read: int = 0
    written: int = 0


def run(night: Callable[[str, Wanted, Done], None]) -> None:
    """Does the work of a night for the host and the file named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("wanted", type=Path)
    given = parser.parse_args()
    done = Done()
    try:
        night(given.host, json.loads(given.wanted.read_text(encoding="utf-8")), done)
    except requests.RequestException as refused:
        sys.exit(f"SharePoint refused: {refused}")
    sys.stdout.write(json.dumps(asdict(done)) + "\n")


def token() -> dict[str, Any]:
    """What office365-rest-python-client asks for when it signs in."""
    return {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600}


def differing(live: Values, wanted: Values) -> Values:
    """The values that have to be written."""
    return {column: value for column, value in wanted.items() if _plain(live.get(column)) != _plain(value)}


def _plain(value: Any) -> Any:
    """A date as its day: REST tells midnight at the site, in UTC; half a day later it is that day in UTC as well."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return (datetime.fromisoformat(value) + timedelta(hours=12)).date().isoformat()
    return value
