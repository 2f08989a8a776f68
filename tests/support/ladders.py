"""Ladders for tests: the presets as a portfolio file gets them, and a climb in one line."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from config.ladders import write_out_ladder
from config.lint import Complaint
from sync.core.ladder import Escalation, escalation_of
from sync.core.model import Band, Kind
from sync.core.policy import Policies
from tests.support.lists import record

HAS_NO_FLAG = object()
"""Instead of yes or no: the list has no column for `cannot_mitigate`."""


@cache
def preset_policies(name: str) -> Policies:
    """What a file has whose only policy is the name of a ladder."""
    found: list[Complaint] = []
    policies = TypeAdapter(Policies).validate_python(write_out_ladder({"ladder": name}, found))
    assert not found
    return policies


def climbed(
    policies: Policies,
    register: str | None,
    band: Band = Band.NOT_ASSESSED,
    *,
    kind: Kind = Kind.RISK,
    restricted: bool = False,
    above_appetite: bool = False,
    tolerance_expired: bool = False,
    cannot_mitigate: Any = None,
    **fields: Any,
) -> Escalation:
    """Where one record of a source called `risks` is recommended."""
    has_flag = cannot_mitigate is not HAS_NO_FLAG
    flag = cannot_mitigate if has_flag else None
    return escalation_of(
        record(kind=kind, at="risks", restricted=restricted, cannot_mitigate=flag, **fields),
        register,
        band,
        policies,
        above_appetite=above_appetite,
        tolerance_expired=tolerance_expired,
        has_flag=has_flag,
    )
