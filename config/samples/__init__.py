"""Sample worlds for the embedded SharePoint, and for each the portfolio file that fits it.

A sample is two files of one name: `NAME.json`, the sites with their lists, and `NAME.yaml`, a portfolio file in which
the host and the portfolio's name are filled in when it is used.
"""

import json
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from string import Template
from typing import Any

from ruamel.yaml import YAML

from sync.errors import ConfigurationError


def names() -> list[str]:
    """The samples there are, sorted."""
    packaged = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".json") for name in packaged if name.endswith(".json"))


def world(name: str, *, bare: bool = False) -> dict[str, Any]:
    """The sample's sites, users, lists and items, in the form the embedded SharePoint loads.

    `bare`: without the columns that the service owns, as a council has its lists before `provision`.
    """
    document: dict[str, Any] = json.loads(_read(name, ".json"))
    if bare:
        owned = _owned_columns(name)
        for each in (each for site in document["sites"] for each in site["lists"]):
            each["fields"] = [column for column in each["fields"] if column["name"] not in owned]
    return document


def _owned_columns(name: str) -> frozenset[str]:
    """What the sample's portfolio file writes into, by internal name."""
    portfolio = YAML(typ="safe").load(_read(name, ".yaml"))
    return frozenset(
        column for source in portfolio["sources"].values() for column in source["write"]["columns"].values()
    )


def day(name: str) -> date:
    """The day on which the sample plays; no date in it passes a threshold in the seven days after."""
    return date.fromisoformat(world(name)["day"])


def portfolio_text(name: str, *, base_url: str, portfolio_name: str, auth: str = "emulator") -> str:
    """The portfolio file that fits the sample, for an embedded SharePoint that answers at `base_url`."""
    return Template(_read(name, ".yaml")).substitute(
        base_url=_quoted(base_url), portfolio_name=_quoted(portfolio_name), auth=auth
    )


def _quoted(text: str) -> str:
    """A double-quoted scalar of JSON is one of YAML 1.2 too, so any name may be filled in."""
    return json.dumps(text, ensure_ascii=False)


def _read(name: str, suffix: str) -> str:
    known = names()
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
        raise ConfigurationError(
            f"There is no sample '{name}'.{hint}", f"Name one of these samples: {', '.join(known)}."
        )
    return files(__name__).joinpath(name + suffix).read_text(encoding="utf-8")
