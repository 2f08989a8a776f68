"""Many questions about the lists of one site in as few requests as carry them, answered in their order.

What is asked after the heads of the lists is answered no earlier than those: a batch is carried out part by part, and
heads that were refused for the time being are asked for again together with everything that follows them.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from connectors.sharepoint.batch import Part, batch_replies, batch_request, chunks
from connectors.sharepoint.change_token import can_tell
from connectors.sharepoint.changes import changes_of, changes_part
from connectors.sharepoint.context import Site
from connectors.sharepoint.describing import Described, Facts, about_list, by_guid, checked, described_of, list_part
from connectors.sharepoint.errors import ITEM_GONE, refusal, service_error
from connectors.sharepoint.heads import heads_of, heads_part
from connectors.sharepoint.messages import MINIMAL, Reply
from connectors.sharepoint.pacing import Pacer, wait_named_by
from connectors.sharepoint.read import FOLDER, Pages, Query, row
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema, Row
from sync.engine.asked import (
    Answer,
    Asked,
    Changes,
    ChangesAsked,
    HeadsAsked,
    Items,
    ItemsAsked,
    SchemaAsked,
    Whole,
    WholeAsked,
)
from sync.engine.ports import Clock
from sync.engine.targets import Source
from sync.errors import SourceError, ThrottledError, UnreadableError

_NOT_NOW = frozenset({429, 503})
_TOO_MUCH = frozenset({400, 413, 414, 431})
"""How a batch is refused that is too long or too many: its parts may be asked for one by one."""


class _Question(Protocol):
    """Something that was asked: the parts that carry it, and what the replies to them say."""

    def parts(self) -> Sequence[Part]: ...

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """May raise the SourceError that is the answer."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one site. `described` tells how a list's columns are named on the wire; `now` is the server's time."""

    site: Site
    facts: Facts
    host: str
    clock: Clock
    pacer: Pacer
    limits: Limits
    random: Random
    described: Callable[[Source, ListSchema], Described]
    now: datetime

    def ask(self, asked: Sequence[Asked]) -> list[Answer]:
        """One answer each, in order; what goes wrong with one of them is its answer. Where an answer to many is not
        whole, or they are too much for one request, each is asked by itself: one list's trouble is no other's."""
        questions = [self._question(each) for each in asked]
        carried = [(place, part) for place, question in enumerate(questions) for part in question.parts()]
        firm = {number for number, (place, _) in enumerate(carried) if isinstance(asked[place], HeadsAsked)}
        replies, failed = self._exchanged([part for _, part in carried], firm)
        told: dict[int, list[Reply | None]] = {place: [] for place in range(len(asked))}
        for (place, _), reply in zip(carried, replies, strict=True):
            told[place].append(reply)
        if isinstance(failed, UnreadableError) and len(asked) > 1:
            return [
                self.ask([each])[0] if None in told[place] else _answer(questions[place], told[place], None)
                for place, each in enumerate(asked)
            ]
        return [_answer(question, told[place], failed) for place, question in enumerate(questions)]

    def about(self, schema: ListSchema) -> str:
        return f"the list '{schema.title}'"

    def pages(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Pages:
        return Pages(self.site, self.described(source, schema), columns, self.limits)

    def _question(self, asked: Asked) -> _Question:
        try:
            match asked:
                case HeadsAsked():
                    return _HeadsOf(self, asked)
                case SchemaAsked(source=source):
                    return _SchemaOf(self, source)
                case WholeAsked(source=source, schema=schema, columns=columns):
                    return _WholeOf(self.pages(source, schema, columns))
                case ChangesAsked():
                    return _ChangesOf(self, asked)
                case ItemsAsked(source=source, schema=schema):
                    return _ItemsOf(self, asked, self.described(source, schema))
        except SourceError as error:
            return _Impossible(error)

    def _exchanged(self, parts: Sequence[Part], firm: Set[int]) -> tuple[list[Reply | None], SourceError | None]:
        """The replies as far as they came, and why not all of them did. Nothing counts that was answered behind a
        `firm` part which was not."""
        replies: list[Reply | None] = [None] * len(parts)
        try:
            for _ in range(self.limits.attempts):
                self._round(parts, replies, firm)
                if None not in replies:
                    return replies, None
        except SourceError as error:
            return replies, error
        return replies, ThrottledError(f"{self.site.url} is too busy to answer {replies.count(None)} of our questions.")

    def _round(self, parts: Sequence[Part], replies: list[Reply | None], firm: Set[int]) -> None:
        """Sends what was not answered yet, once."""
        wanted = [number for number, reply in enumerate(replies) if reply is None]
        for group in chunks([parts[number] for number in wanted], self.limits):
            numbers, wanted = wanted[: len(group)], wanted[len(group) :]
            answered = self._send(group)
            for reply in answered:
                if reply.status in _NOT_NOW:
                    self.pacer.told_to_wait(wait_named_by(reply, self.clock.now()) or self.limits.first_wait)
            for number, reply in zip(numbers, answered, strict=False):
                if reply.status not in _NOT_NOW:
                    replies[number] = reply
                elif number in firm:
                    return
            if len(answered) < len(group):
                raise UnreadableError(f"An answer about lists of {self.site.url} was cut short.")

    def _send(self, group: Sequence[Part]) -> Sequence[Reply]:
        """The replies, as far as they can be relied on."""
        about = f"lists of {self.site.url}"
        if len(group) == 1:
            return [self.site.exchange(group[0].request(about))]
        reply = self.site.exchange(batch_request(self.site.api("$batch"), group, about, self.random))
        if reply.status in _TOO_MUCH:
            raise UnreadableError(f"SharePoint did not take {len(group)} questions about {about} at once.")
        if reply.status != 200:
            raise refusal(reply, about, self.site.url)
        return batch_replies(reply, len(group))


def _answer(question: _Question, replies: Sequence[Reply | None], failed: SourceError | None) -> Answer:
    whole = [reply for reply in replies if reply is not None]
    if failed is not None and len(whole) < len(replies):
        return failed
    try:
        return question.answer(whole)
    except SourceError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Impossible:
    """A question that cannot be put."""

    why: SourceError

    def parts(self) -> Sequence[Part]:
        return ()

    def answer(self, replies: Sequence[Reply]) -> Answer:
        return self.why


@dataclass(frozen=True, slots=True)
class _HeadsOf:
    asking: Asking
    asked: HeadsAsked

    def parts(self) -> Sequence[Part]:
        return [heads_part(self.asking.site)]

    def answer(self, replies: Sequence[Reply]) -> Answer:
        site, asking = self.asking.site, self.asking
        document = checked(replies[0], f"the lists of {site.url}", site.url)
        return heads_of(document, self.asked.lists, asking.host, site, asking.now)


@dataclass(frozen=True, slots=True)
class _SchemaOf:
    """A list's columns; with the first one of its site that is asked for, what is true of all of them."""

    asking: Asking
    source: Source

    def parts(self) -> Sequence[Part]:
        return [list_part(self.asking.site, self.source.list), *self.asking.facts.parts()]

    def answer(self, replies: Sequence[Reply]) -> Answer:
        site, facts, address = self.asking.site, self.asking.facts, self.source.list
        facts.hear(replies[1:])
        document = checked(replies[0], about_list(address), site.url)
        zone = facts.web.zone
        described = described_of(document, site, self.asking.host, address, zone, self.asking.now)
        return described.with_handle(facts.web.id, facts.known_id).schema


@dataclass(frozen=True, slots=True)
class _WholeOf:
    pages: Pages

    def parts(self) -> Sequence[Part]:
        return self.pages.opening()

    def answer(self, replies: Sequence[Reply]) -> Answer:
        return Whole(tuple(row for rows in self.pages.after(replies) for row in rows))


@dataclass(frozen=True, slots=True)
class _ChangesOf:
    asking: Asking
    asked: ChangesAsked

    def parts(self) -> Sequence[Part]:
        schema, since = self.asked.schema, self.asked.since
        if not can_tell(since, schema.list_guid, self.asking.now):
            return []
        return [changes_part(self.asking.site, schema, since, self.asking.limits)]

    def answer(self, replies: Sequence[Reply]) -> Answer:
        if not replies:
            return Changes(None)
        asked, asking = self.asked, self.asking
        return Changes(changes_of(replies[0], asking.site, asked.schema, asked.since, asking.limits))


class _ItemsOf:
    """Items by number, each 1 unit, and any number of columns may be expanded; or a page from the first to the last of
    them, which is 2 for each of the queries that its columns take, where that is less."""

    def __init__(self, asking: Asking, asked: ItemsAsked, described: Described) -> None:
        self._asking = asking
        self._wanted = tuple(dict.fromkeys(asked.item_ids))
        self._wires = tuple(described.wire(name) for name in dict.fromkeys(asked.columns))
        self._items = asking.site.api(f"{by_guid(asked.schema.list_guid)}/items")
        self._about = asking.about(asked.schema)
        self._pages = Pages(asking.site, described, asked.columns, asking.limits, self._wanted)

    def parts(self) -> Sequence[Part]:
        if self._pages.is_cheap:
            return self._pages.opening()
        options = Query(self._wires).options
        urls = [f"{self._items}({number})?{options}" for number in self._wanted]
        return [Part(method="GET", url=url, headers={"Accept": MINIMAL}) for url in urls]

    def answer(self, replies: Sequence[Reply]) -> Answer:
        if self._pages.is_cheap:
            return Items(self._pages.picked(self._pages.after(replies)))
        rows = [self._row(reply) for reply in replies]
        return Items({row.item_id: row for row in rows if row is not None})

    def _row(self, reply: Reply) -> Row | None:
        """None for an item that does not exist, and for a folder: the change log names those as well."""
        if reply.status == 404:
            error = service_error(reply.content)
            if error is not None and error.number == ITEM_GONE:
                return None
        item = checked(reply, self._about, self._asking.site.url)
        return None if item.get("FileSystemObjectType") == FOLDER else row(item, self._wires, self._about)
