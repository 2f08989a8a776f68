"""What a person changed in a column of ours, told with when and by whom as far as the list itself knows.

A person goes by the number that the audit gave them, and by name only where the portfolio maps the column that holds
it. What a restricted record held is told nowhere, nor is a name in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sync.core import explain
from sync.core.columns import Version
from sync.core.dates import plain
from sync.core.findings import Finding, FindingKind
from sync.core.ownership import DriftPolicy, OwnedField, OwnedValue
from sync.core.reconcile import alike
from sync.core.snapshot import RecordId


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """One owned value that a person changed: what we last wrote, what is there, what should be. `policy`: as it acts
    in this run. `left_scope`: the record counts no longer, so that blank is what should be there."""

    id: RecordId
    source: str
    label: str
    field: OwnedField
    base: OwnedValue
    live: OwnedValue
    want: OwnedValue
    policy: DriftPolicy
    restricted: bool = False
    left_scope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """When and by whom: `made` in the list's own zone, `person` by number, `name` only where it is mapped.

    `from_versions`: the version history shows this very change; otherwise it is the item's last change of any kind.
    """

    made: datetime | None = None
    person: int | None = None
    name: str | None = None
    from_versions: bool = False


def finding(drifted: Drifted, edit: Edit | None, today: date) -> Finding:
    """What the report says, every run, of a value that a person changed.

    `PR-7: Overdue was changed by hand to 'On time' on 3 June 2026 by person 12; restored on 17 June 2026.`
    """
    label = explain.FIELD_LABELS[drifted.field]
    done = f"{label} was changed by hand" if drifted.restricted else explain.by_hand(drifted.field, drifted.live)
    said = f"{drifted.label}: {done}{_told(edit, named=not drifted.restricted)}{_ending(drifted, today)}."
    return Finding(drifted.source, drifted.id.item_id, FindingKind.DRIFT, drifted.label, said)


def last_change(
    versions: Sequence[Version], value_of: Callable[[Version], OwnedValue], live: OwnedValue
) -> Version | None:
    """The version (newest first) with which the live value came: the oldest of those that show it without a break.

    None where no older version shows another value: then the history does not tell which change it was.
    """
    for newer, older in pairwise(versions):
        if not alike(value_of(newer), live):
            return None
        if not alike(value_of(older), live):
            return newer
    return None


def _told(edit: Edit | None, *, named: bool) -> str:
    if edit is None:
        return ""
    known = edit.name if named else None
    who = known or (f"person {edit.person}" if edit.person is not None else None)
    said = "".join([f" on {plain(edit.made.date())}" if edit.made else "", f" by {who}" if who else ""])
    return said if edit.from_versions or not said else f" (the item was last changed{said})"


def _ending(drifted: Drifted, today: date) -> str:
    if drifted.left_scope:
        return _LEFT[drifted.policy].format(today=plain(today), cause=explain.LEFT_SCOPE)
    if drifted.policy is DriftPolicy.RESTORE:
        return f"; restored on {plain(today)}"
    if drifted.policy is DriftPolicy.ASK:
        want = "our value" if drifted.restricted else explain.quoted(drifted.want)
        return f"; {want} is written again once a person has approved it"
    return " and left so" if drifted.restricted else f" and left so; the rules give {explain.quoted(drifted.want)}"


_LEFT: dict[DriftPolicy, str] = {
    DriftPolicy.RESTORE: "; cleared on {today}, because {cause}",
    DriftPolicy.RESPECT: " and left so, although {cause}",
    DriftPolicy.ASK: "; {cause}, so it is to be cleared once a person has approved it",
}
