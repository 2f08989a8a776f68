"""Content approval: what a write makes of an item's approval status, and who may decide it.

The service documents that a new or changed item waits for an approver. That SystemUpdate leaves the status alone, that
UpdateOverwriteVersion does not, and that an approver's own edit leaves it too, is assumed.
"""

from collections.abc import Mapping
from enum import IntEnum

from connectors.emulator import errors
from connectors.emulator.state.list_settings import ListSettings
from connectors.emulator.state.users import User
from connectors.emulator.state.values import Stored
from connectors.emulator.state.versions import WriteMode

STATUS = "_ModerationStatus"
COMMENTS = "_ModerationComments"
COLUMNS = frozenset({STATUS, COMMENTS})


class Approval(IntEnum):
    """An item's approval status, as the wire numbers it."""

    APPROVED = 0
    REJECTED = 1
    PENDING = 2
    DRAFT = 3


def status(values: Mapping[str, Stored]) -> int:
    """The status an item's values carry: approved where nobody has decided, as when approval was turned on later."""
    held = values.get(STATUS)
    return int(held) if isinstance(held, int) else Approval.APPROVED


def decided(
    settings: ListSettings, changes: Mapping[str, Stored], actor: User, mode: WriteMode
) -> Mapping[str, Stored]:
    """The changes with what they do to the status. Raises SharePointError where somebody decides who may not."""
    if not settings.content_approval or actor.id in settings.approvers:
        return changes
    if COMMENTS in changes or changes.get(STATUS) in {Approval.APPROVED, Approval.REJECTED}:
        raise errors.access_denied()
    if mode is WriteMode.SYSTEM or STATUS in changes:
        return changes
    return {**changes, STATUS: int(Approval.PENDING)}
