"""What is kept about a person, and how that is forgotten: the answer to a data subject.

| kept about a person             | where                           | forgotten by                                     |
|---------------------------------|---------------------------------|--------------------------------------------------|
| their account, and their name   | the one table of people         | erasing the number: nobody is behind it any more |
| what they did, by number        | the audit, the approvals, what  | stays, and then is nobody's                      |
|                                 | was answered of doubtful rows   |                                                  |
| what they own, by number        | what the newest run saw, and    | stays, and then is nobody's: reports that are    |
|                                 | frozen reports                  | made of it afterwards show `(erased)`            |
| their name, where lists hold it | reports, decisions, journal,    | taking the name out of these                     |
|                                 | histories, open questions, what |                                                  |
|                                 | runs saw, frozen reports        |                                                  |
| their name in a column of ours  | the last values written         | correcting the list: the next run follows it     |

One person has a number for every account that is met: who edits at a site, who owns what at a host, who ran a command.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.core.audit import Act, Entry
from sync.core.text import fold
from sync.engine.account import SCOPE, this_account
from sync.engine.heads import Heads, keep_head
from sync.engine.ports import Clock, RunStore
from sync.engine.state import KnownPerson
from sync.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Subject:
    """One known person: entries of the audit about them, approvals among these, the first and the last, and where
    their name stands."""

    person: KnownPerson
    entries: int
    approvals: int
    first: datetime | None
    last: datetime | None
    mentions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """Everybody whom a search meant, and where the words themselves stand that were searched for."""

    subjects: tuple[Subject, ...]
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: texts that the name was taken out of, where it still stands, and what else to look at."""

    number: int
    redacted: int
    left: Sequence[str]
    warnings: tuple[str, ...]


def find(runs: RunStore, wanted: str) -> Found:
    """Everything kept about whoever has that number, here or at a site, or these words in their name or login."""
    people = [person for person in runs.audit.people() if _is_meant(person, wanted)]
    by_number: dict[int, list[Entry]] = {person.number: [] for person in people}
    for link in runs.audit.links() if people else ():
        if link.entry.person in by_number:
            by_number[link.entry.person].append(link.entry)
    subjects = tuple(_subject(runs, person, by_number[person.number]) for person in people)
    return Found(subjects, () if wanted.isdecimal() else tuple(runs.mentions(wanted)))


def person_of(runs: RunStore, number: int) -> KnownPerson:
    """Whoever has that number; NotFoundError where nobody has, or they were erased."""
    for person in runs.audit.people():
        if person.number == number:
            return person
    raise NotFoundError(
        f"Nobody has the number {number}, or they were erased.", "`subject find NAME` shows who has which."
    )


def erase(runs: RunStore, number: int, clock: Clock, heads: Heads | None = None) -> Erased:
    """Forgets who a number is, takes the name out of what is kept of the lists, and puts that on record by number.

    The name goes first: an erasure that is cut short can be repeated.
    """
    person, by = person_of(runs, number), this_account(runs.audit)
    name = _listed_name(person)
    redacted = runs.redact(name) if name else 0
    left = runs.mentions(name) if name else ()
    others = _of_that_name(runs, person) if name else ()
    now = clock.now()
    runs.audit.append([Entry(at=now, act=Act.ERASED, person=number, why=f"by {by}; texts redacted: {redacted}")])
    runs.audit.erase(number)
    kept = keep_head(heads, runs.audit, None, now)
    return Erased(number, redacted, left, (*others, *(finding.text for finding in kept)))


def _of_that_name(runs: RunStore, erased: KnownPerson) -> tuple[str, ...]:
    """Other numbers under which the same name stands: another account of theirs, or somebody of the same name."""
    return tuple(
        f"Number {each.number} has the same name, for account {each.ident} of {each.scope}: erase it as well if that "
        "is the same person."
        for each in runs.audit.people()
        if each.number != erased.number and fold(each.name or "") == fold(erased.name or "")
    )


def _is_meant(person: KnownPerson, wanted: str) -> bool:
    if wanted.isdecimal():
        return wanted in (str(person.number), person.ident)
    words = wanted.casefold().split()
    said = " ".join([person.ident, person.name or ""]).casefold()
    return bool(words) and all(word in said for word in words)


def _listed_name(person: KnownPerson) -> str | None:
    """The name as lists may hold it. That of an account stands in none, and may be an ordinary word."""
    return None if person.scope == SCOPE else person.name


def _subject(runs: RunStore, person: KnownPerson, entries: Sequence[Entry]) -> Subject:
    times = [entry.at for entry in entries]
    name = _listed_name(person)
    return Subject(
        person=person,
        entries=len(entries),
        approvals=sum(entry.act is Act.APPROVED for entry in entries),
        first=min(times, default=None),
        last=max(times, default=None),
        mentions=runs.mentions(name) if name else (),
    )
