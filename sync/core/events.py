"""What happened to a record's identity between two runs: told once each, as what it was."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sync.core.history import History
from sync.core.model import REFERENCES, Kind
from sync.core.snapshot import RecordId
from sync.core.text import fold, quote


class EventKind(StrEnum):
    """`respelt`: a title of which only case, width or space changed, which is no other name."""

    JOINED = "joined"
    LEFT = "left"
    RESTORED = "restored"
    RENAMED = "renamed"
    RESPELT = "respelt"
    REKEYED = "rekeyed"
    KEY_REUSED = "key_reused"
    MOVED_LIST = "moved_list"
    MOVED_PLACE = "moved_place"
    COPIED = "copied"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to the record of a history. Events sort by source and item.

    `id` and `source` are where it is now, or was last. `label` is how messages name it; `before` and `after` are what
    changed, None where a restricted record has a part in it. `others`: the numbers of the other histories in it: the
    parts of a split or the originals of a copy, which `after` names; whoever had the key before, whose title is
    `before`. `field`: the one that a place was read from.
    """

    kind: EventKind
    number: int
    of: Kind
    id: RecordId
    source: str
    label: str
    before: str | None = None
    after: str | None = None
    others: tuple[int, ...] = ()
    field: str | None = None
    restricted: bool = False

    @property
    def text(self) -> str:
        """One sentence."""
        return f"{self.label[:1].upper()}{self.label[1:]} {_said(self)}."

    def __lt__(self, other: "Event") -> bool:
        return self._place() < other._place()

    def _place(self) -> tuple[str, RecordId, str, int]:
        return self.source, self.id, self.kind, self.number


def event(
    kind: EventKind,
    seen: History,
    label: str,
    *,
    before: str | None = None,
    after: str | None = None,
    others: Collection[int] = (),
    secret: bool = False,
) -> Event:
    """An event of the record that was `seen`; nothing is quoted where it, or what else has a part in it, is secret."""
    hidden = seen.restricted or secret
    return Event(
        kind=kind,
        number=seen.number,
        of=seen.kind,
        id=seen.id,
        source=seen.source,
        label=f"item {seen.id.item_id}" if hidden else label,
        before=None if hidden else before,
        after=None if hidden else after,
        others=tuple(sorted(others)),
        field=seen.place_field if kind is EventKind.MOVED_PLACE else None,
        restricted=hidden,
    )


def changes(then: History, now: History, label: str, declared: Collection[Kind]) -> Iterator[Event]:
    """How a record that is still the same differs from what it was. `now` is the history as it would be with what was
    read; `declared`: the kinds whose place the portfolio file names, of which a move is told."""
    secret = then.restricted
    if then.gone is not None:
        yield event(EventKind.RESTORED, now, label, secret=secret)
    if then.title_digest and now.title_digest and then.title_digest != now.title_digest:
        yield event(EventKind.RENAMED, now, label, before=then.title, after=now.title, secret=secret)
    elif _is_respelt(then.title, now.title):
        yield event(EventKind.RESPELT, now, label, before=then.title, after=now.title, secret=secret)
    if then.key_digest and now.key_digest and then.key_digest != now.key_digest:
        yield event(EventKind.REKEYED, now, label, before=then.key, after=now.key, secret=secret)
    if (then.id.host, then.id.list_guid) != (now.id.host, now.id.list_guid):
        yield event(EventKind.MOVED_LIST, now, label, before=then.source, after=now.source, secret=secret)
    if now.kind in declared and _has_moved(then, now):
        # What a record refers to is kept as a digest, which tells nobody anything.
        before, after = (None, None) if _is_reference(now) else (then.place, now.place)
        yield event(EventKind.MOVED_PLACE, now, label, before=before, after=after, secret=secret)


def label_of(history: History) -> str:
    """How messages name what is gone: as `Record.label` named it."""
    number = f"item {history.id.item_id}"
    return number if history.restricted else history.key or history.title or number


def _is_respelt(then: str | None, now: str | None) -> bool:
    return then is not None and now is not None and then != now and fold(then) == fold(now)


def _has_moved(then: History, now: History) -> bool:
    if then.place is None or now.place is None or then.place_field != now.place_field:
        return False
    return fold(then.place) != fold(now.place)


def _is_reference(history: History) -> bool:
    return history.place_field in {name for name, _ in REFERENCES[history.kind]}


def _said(told: Event) -> str:
    before, after = (quote(said) if said is not None else None for said in (told.before, told.after))
    match told.kind:
        case EventKind.KEY_REUSED if before:
            return f"has the key that {before} had before"
        case EventKind.COPIED if after:
            return f"has the key and the title of {told.after}, which is still there"
        case EventKind.SPLIT if after:
            return f"was split: {told.after} came of it"
        case EventKind.RENAMED if before and after:
            return f"was called {before} and is now {after}"
        case EventKind.REKEYED if before and after:
            return f"had the key {before} and now has {after}"
        case EventKind.MOVED_LIST if before and after:
            return f"has moved from {told.before} to {told.after}"
        case EventKind.MOVED_PLACE if before and after:
            return f"has moved from {told.field} {before} to {after}"
        case _:
            return _PLAIN[told.kind]


_PLAIN = {
    EventKind.JOINED: "is new",
    EventKind.LEFT: "is gone",
    EventKind.RESTORED: "is back",
    EventKind.RENAMED: "has another title",
    EventKind.RESPELT: "has its title spelt differently",
    EventKind.REKEYED: "has another key",
    EventKind.KEY_REUSED: "has a key that something else had before",
    EventKind.MOVED_LIST: "has moved to another list",
    EventKind.MOVED_PLACE: "has moved to another place",
    EventKind.COPIED: "has the key and the title of another that is still there",
    EventKind.SPLIT: "was split",
}
"""What is said where nothing may be quoted, or there is nothing to quote."""
