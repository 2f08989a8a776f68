"""The rules of a portfolio as a JSON value, kept with frozen reports so that their figures can be worked out again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sync.core.policy import Calendar, Policies, SourceMapping
from sync.engine.targets import Portfolio
from sync.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides every figure of a portfolio beside its records: mappings by source, policies, and closed days."""

    name: str
    time_zone: str
    sources: Mapping[str, SourceMapping]
    policies: Policies
    closed: tuple[date, ...]

    @property
    def calendar(self) -> Calendar:
        return Calendar(frozenset(self.closed))


@cache
def _adapter() -> TypeAdapter[Rules]:
    return TypeAdapter(Rules)


def rules_to_json(portfolio: Portfolio) -> dict[str, Any]:
    """The rules as a JSON value; where the lists are and how to sign in is no part of them."""
    rules = Rules(
        name=portfolio.name,
        time_zone=portfolio.time_zone,
        sources={name: _mapping(source) for name, source in portfolio.sources.items()},
        policies=portfolio.policies,
        closed=tuple(sorted(portfolio.calendar.closed)),
    )
    written: dict[str, Any] = _adapter().dump_python(rules, mode="json", exclude_defaults=True)
    return written


def rules_from_json(value: Mapping[str, Any]) -> Rules:
    """The rules as they were; ConfigurationError where this release cannot read them any more."""
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        raise ConfigurationError(
            f"The rules of this frozen report cannot be read by this release ({error.error_count()} places).",
            "Use the release that froze it, or the paper as it was printed; what it froze stays as it is.",
        ) from None


def _mapping(source: SourceMapping) -> SourceMapping:
    return SourceMapping(**{each.name: getattr(source, each.name) for each in fields(SourceMapping)})
