"""Several enquiries about lists of one site, each a generator, carried on together: what they ask goes out as one."""

from collections.abc import Generator, Mapping
from typing import TypeVar

from sync.engine.asked import Answer, Asked, Heads, HeadsAsked
from sync.engine.ports import ListStore
from sync.errors import DefectError, SourceError

K = TypeVar("K")
T = TypeVar("T")
Enquiry = Generator[Asked, Answer, T]
"""Asks by yielding, is sent the answer, and returns what it found. An answer that is an error is thrown into it."""


def in_step(store: ListStore, site: str, enquiries: Mapping[K, Enquiry[T]]) -> dict[K, T | SourceError]:
    """What each enquiry found, or the error that ended it. Each round of questions is asked together."""
    found: dict[K, T | SourceError] = {}
    asked: dict[K, Asked] = {}
    answers: dict[K, Answer | None] = dict.fromkeys(enquiries)
    while answers:
        asked = {}
        for name, answer in answers.items():
            try:
                asked[name] = _go_on(enquiries[name], answer)
            except StopIteration as ended:
                found[name] = ended.value
            except SourceError as error:
                found[name] = error
        answers = dict(zip(asked, store.ask(site, list(asked.values())), strict=True)) if asked else {}
    return {name: found[name] for name in enquiries}


def heads_of(store: ListStore, question: HeadsAsked, site: str) -> Heads:
    """How the lists of a site stand. Raises the SourceError that asking ends with."""
    (answer,) = store.ask(site, [question])
    return the(Heads, answer)


def the(kind: type[T], answer: Answer) -> T:
    """The answer, which must be of that kind; raises it where it is an error."""
    if isinstance(answer, SourceError):
        raise answer
    if not isinstance(answer, kind):
        raise DefectError(f"A {type(answer).__name__} was answered where {kind.__name__} was asked.")
    return answer


def _go_on(enquiry: Enquiry[T], answer: Answer | None) -> Asked:
    if isinstance(answer, SourceError):
        return enquiry.throw(answer)
    return next(enquiry) if answer is None else enquiry.send(answer)
