"""People as numbers, so that what is kept of them is kept in one place and can be forgotten there."""

from collections.abc import Callable

from sync.core.model import Person
from sync.core.text import fold
from sync.engine.ports import RunStore

NAMED = "named "
"""How the account of a person begins of whom a list has only the name: a login has no blank."""


def numbering(runs: RunStore) -> Callable[[str, Person], int]:
    """Gives every person a number: an account by its login, anybody else by name. Asked for is only who has none yet,
    or was called something else."""
    known = {(each.scope, each.ident, each.name): each.number for each in runs.audit.people()}

    def number_of(host: str, person: Person) -> int:
        who = (host, person.login or f"{NAMED}{fold(person.name)}", person.name)
        if who not in known:
            known[who] = runs.audit.person(*who)
        return known[who]

    return number_of
