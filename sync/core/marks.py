"""What a record can be told by, now and in its history: its row, its key, its title and its place.

Keys and titles are compared as digests of their folded form, so that a restricted record, of which no words are kept,
is known again like any other.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from sync.core.history import History
from sync.core.matching import reference_of
from sync.core.model import Kind, Reference
from sync.core.policy import IdentityPolicy, SourceMapping
from sync.core.snapshot import Record, RecordId
from sync.core.text import fold

_DIGEST = 32
_COMMON = frozenset({"and", "for", "from", "into", "new", "phase", "programme", "project", "the", "with"})


@dataclass(frozen=True, slots=True)
class Marks:
    """`id`: the row. `key` and `title` are digests, `place` is folded, `keyless` is the source where there is no key.
    `said` is the title itself, None where it is not kept. None says nothing, and agrees with nothing."""

    id: RecordId | None
    source: str
    key: str | None
    title: str | None
    place: tuple[str | None, str] | None
    keyless: str | None
    said: str | None


def sighting(
    record: Record, mapping: SourceMapping, policy: IdentityPolicy, today: date, then: History | None = None
) -> History:
    """The history that a record would have if it were seen for the first time: its number is 0. `then`: what is known
    of its row, if anything; what that says alike is taken from there, and neither worked out nor held again.

    Only a key column makes a key: a title stands in for it in messages, but titles may repeat. Of a restricted record
    nothing is kept that names it or tells whose it is.
    """
    key = record.key if mapping.key else None
    title = record.fields.title
    place_field, place = _place(record, policy)
    was = then if then is not None and then.kind is record.kind and not then.restricted else None
    seen = History(
        number=0,
        id=record.id,
        source=record.source,
        kind=record.kind,
        key=key,
        title=title,
        place=was.place if was and was.place == place else place,
        first_seen=today,
        last_seen=today,
        since=today,
        key_digest=was.key_digest if was and was.key == key else digest_of(record.kind, key),
        title_digest=was.title_digest if was and was.title == title else digest_of(record.kind, title),
        place_field=place_field if place else None,
    )
    return nameless(seen) if record.restricted else seen


def nameless(history: History) -> History:
    """The same history as it is kept of a restricted record."""
    return replace(history, key=None, title=None, place=None, place_field=None, restricted=True)


def marks_of(history: History) -> Marks:
    """What the record of a history can be told by."""
    return Marks(
        id=history.id,
        source=history.source,
        key=history.key_digest,
        title=history.title_digest,
        place=(history.place_field, fold(history.place)) if history.place else None,
        keyless=None if history.key_digest else history.source,
        said=history.title,
    )


def digest_of(kind: Kind, text: str | None) -> str | None:
    """A key or a title as it is compared: case, width and space make no difference; None where it says nothing."""
    folded = fold(text) if text else ""
    if not folded:
        return None
    return hashlib.sha256(f"{kind.value}\n{folded}".encode(errors="surrogatepass")).hexdigest()[:_DIGEST]


def words_of(title: str) -> frozenset[str]:
    """The words of a title that tell it from others, as they are compared: of more than two letters or digits, and none
    that half of all titles have."""
    letters = "".join(letter if letter.isalnum() else " " for letter in fold(title))
    return frozenset(word for word in letters.split() if len(word) > 2) - _COMMON


def _place(record: Record, policy: IdentityPolicy) -> tuple[str | None, str | None]:
    """The field that tells things of one title apart, and what it says: the declared one, else what the record refers
    to, because a milestone, a risk, an issue or an action is known by what it belongs to. A project has only what is
    declared, because a title alone is no evidence of it.

    A reference is kept as a digest: what it names may be restricted, where the record that names it is not."""
    name = policy.place.get(record.kind)
    if name is None and record.kind is Kind.PROJECT:
        return None, None
    value = getattr(record.fields, name, None) if name else reference_of(record)
    match value:
        case Reference():
            return name, digest_of(record.kind, value.text)
        case str():
            return name, value or None
        case _:
            return name, None
