"""Whose account runs this program, for the record of what a person did."""

import getpass

from sync.engine.ports import AuditTrail

SCOPE = "account"
"""Among whom an account's name is unique: those of this machine, or of its domain."""


def this_account(trail: AuditTrail) -> int:
    """The number of whoever is at the keyboard, or of the account that a service runs as."""
    name = _name()
    return trail.person(SCOPE, name, name)


def _name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
