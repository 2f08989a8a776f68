"""What may be done at a site, and how SharePoint writes that down."""

from enum import IntEnum

from connectors.emulator.state.lists import SpList
from connectors.emulator.wire.shapes import Complex


class Role(IntEnum):
    """What may be done at a site; each role includes the ones before it."""

    NONE = 0
    READ = 1
    WRITE = 2
    MANAGE = 3
    FULLCONTROL = 4


_MASKS = {
    Role.NONE: ("0", "0"),
    Role.READ: ("176", "138612833"),
    Role.WRITE: ("432", "1011028719"),
    Role.MANAGE: ("432", "1012866047"),
    Role.FULLCONTROL: ("2147483647", "4294967295"),
}
"""High and low half of the rights of Read, Contribute, Design and Full Control."""


def role_at(owner: SpList, who: str, at_site: Role) -> Role:
    """What somebody who has a role at the site may do with one of its lists: nothing at all where it shuts them out."""
    own = owner.own_rights
    return at_site if own is None or at_site >= Role.MANAGE or own.admits(who) else Role.NONE


def base_permissions(role: Role) -> Complex:
    """A role as the property EffectiveBasePermissions shows it."""
    high, low = _MASKS[role]
    return Complex("SP.BasePermissions", {"High": high, "Low": low})
