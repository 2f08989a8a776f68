"""Who may do what at one site: the application and people, each by name, as a world document and the control plane say.

It holds where callers sign in. Whoever is not named may do what the terms say that the world is served on.
"""

from typing import Any

from connectors.emulator.state.document import WorldError, nearest
from connectors.emulator.state.users import Person
from connectors.emulator.state.world import Site

APP = "app"
"""What the application is called, whichever way it signs in."""
NAMES = ("none", "read", "write", "manage", "fullcontrol")
"""The roles; each includes the ones before it."""


def give(site: Site, who: str, role: str, where: str = "who") -> None:
    """Let the application, or a person by login or address, do this much. Raises WorldError for anybody unknown."""
    site.roles[_key(site, who, where)] = role
    # So that a world that is kept in a file is written again.
    site.world.next_change()


def of_app(site: Site) -> str | None:
    """What the application may do; None where nothing is said about it."""
    return site.roles.get(APP)


def of_person(site: Site, sign_in_name: str) -> str | None:
    """What a person may do; None where nothing is said about them."""
    return site.roles.get(sign_in_name.lower())


def of_people(site: Site) -> list[str]:
    """Every role that some person has."""
    return [role for who, role in site.roles.items() if who != APP]


def _key(site: Site, who: Any, where: str) -> str:
    if who == APP:
        return APP
    people = list(site.world.directory())
    found = next((person for person in people if person.answers_to(str(who))), None)
    if found is None:
        known = [APP, *dict.fromkeys(map(_name, people))]
        raise WorldError(f"{where} names {who!r}, whom no site knows; {nearest(str(who), known)}")
    return _name(found)


def _name(person: Person) -> str:
    return (person.principal_name or person.login).lower()
