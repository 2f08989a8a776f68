"""Writing, in two modes, with one outcome per write in the order of the writes.

quiet       ProcessQuery: SetFieldValue and SystemUpdate, many items a request. All of it or an uncertainty:
            when anything goes wrong, what happened to each item is unknown until it is read again.
versioned   MERGE with the ETag that was read, in `$batch`. Each part has its own answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from connectors.sharepoint.batch import Part, batch_replies, batch_request, chunks
from connectors.sharepoint.columns import encode_json
from connectors.sharepoint.context import JSON_BODY, Site, json_body
from connectors.sharepoint.csom import ItemUpdate, Place, failure, unsendable, update_query
from connectors.sharepoint.errors import held_back, refusal, service_error
from connectors.sharepoint.messages import NO_METADATA, Reply, Request
from connectors.sharepoint.pacing import Pacer, wait_named_by
from connectors.sharepoint.read import Described, by_guid
from connectors.sharepoint.settings import Limits
from sync.engine.ports import Applied, Clock, Failed, ItemWrite, Outcome, Permit, Raced, Throttled, Unknown
from sync.errors import SchemaError, SourceError, StoppedError, ThrottledError, UnreachableError, UnreadableError

_FRAME = 600
"""More bytes than the element names and the address of one item take, without its values."""


class QuietWriter:
    """No new version, and Modified and Modified By stay the colleague's. `place` is asked for when first needed."""

    def __init__(self, site: Site, about: str, place: Callable[[], Place], limits: Limits, permit: Permit) -> None:
        self._site = site
        self._about = about
        self._place = place
        self._limits = limits
        self._permit = permit

    def write(self, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        for group in self._groups(writes):
            yield from [self._send(group)] * len(group)

    def _groups(self, writes: Sequence[ItemWrite]) -> Iterator[list[ItemWrite]]:
        group: list[ItemWrite] = []
        size = 0
        for write in writes:
            weight = _FRAME + sum(_FRAME + 6 * len(str(cell).encode(errors="replace")) for cell in write.cells.values())
            if group and (len(group) == self._limits.batch or size + weight > self._limits.body_bytes):
                yield group
                group, size = [], 0
            group.append(write)
            size += weight
        if group:
            yield group

    def _send(self, writes: Sequence[ItemWrite]) -> Outcome:
        """What holds for every one of them: the request is one, and so is its answer."""
        try:
            place = self._place()
        except (ThrottledError, StoppedError):
            return Throttled()
        except SourceError as error:
            return Failed(error)
        request = Request(
            url=f"{self._site.url}/_vti_bin/client.svc/ProcessQuery",
            about=self._about,
            kind="write",
            units=2 * len(writes),
            method="POST",
            accept="application/json",
            headers={"Content-Type": "text/xml"},
            body=update_query(place, [ItemUpdate(write.item_id, write.cells) for write in writes]),
            changes=True,
            permit=self._permit,
        )
        try:
            reply = self._site.exchange(request)
        except (SourceError, StoppedError) as error:
            return _without_answer(error)
        if reply.status != 200:
            return _outcome(reply, self._about, self._site.url)
        told = failure(reply)
        if told is None:
            return Applied()
        # Of several items nobody knows which one it was; alone, the item that is held was not changed.
        held = held_back(told, self._about) if len(writes) == 1 else None
        return Failed(held) if held else Unknown(told.message)


class VersionedWriter:
    """An ordinary edit, visible in the version history, refused where someone changed the item since it was read."""

    def __init__(
        self,
        site: Site,
        described: Described,
        clock: Clock,
        pacer: Pacer,
        limits: Limits,
        random: Random,
        permit: Permit,
    ) -> None:
        self._site = site
        self._described = described
        self._about = f"the list '{described.schema.title}'"
        self._items = site.api(f"{by_guid(described.schema.list_guid)}/items")
        self._clock = clock
        self._pacer = pacer
        self._limits = limits
        self._random = random
        self._permit = permit

    def write(self, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        for parts in chunks([self._part(write) for write in writes], self._limits):
            yield from self._send(parts)

    def _part(self, write: ItemWrite) -> Part:
        values = {self._described.wire(name).prop: encode_json(cell) for name, cell in write.cells.items()}
        headers = {"If-Match": write.version, "Accept": NO_METADATA, "Content-Type": JSON_BODY}
        return Part(method="MERGE", url=f"{self._items}({write.item_id})", headers=headers, body=json_body(values))

    def _send(self, parts: Sequence[Part]) -> list[Outcome]:
        try:
            endpoint = self._site.api("$batch")
            request = batch_request(endpoint, parts, self._about, self._random)
            reply = self._site.exchange(replace(request, permit=self._permit))
        except (SourceError, StoppedError) as error:
            return [_without_answer(error)] * len(parts)
        if reply.status != 200:
            return [_outcome(reply, self._about, self._site.url)] * len(parts)
        replies = batch_replies(reply, len(parts))
        outcomes: list[Outcome] = []
        held_back: list[int] = []
        for number, inner in enumerate(replies):
            wait = wait_named_by(inner, self._clock.now()) if inner.status in (429, 503) else None
            if wait is not None:
                self._pacer.told_to_wait(wait)
                held_back.append(number)
            outcomes.append(_outcome(inner, self._about, self._site.url))
        for number in held_back:
            outcomes[number] = self._alone(parts[number])
        missing = Unknown("the answer was cut short before it came to this item")
        return outcomes + [missing] * (len(parts) - len(outcomes))

    def _alone(self, part: Part) -> Outcome:
        """A part that the host said it has not done, once more by itself."""
        request = Request(
            url=part.url,
            about=self._about,
            kind="write",
            units=2,
            method="POST",
            headers={**part.headers, "X-HTTP-Method": part.method},
            body=part.body,
            changes=True,
            permit=self._permit,
        )
        try:
            return _outcome(self._site.exchange(request), self._about, self._site.url)
        except (SourceError, StoppedError) as error:
            return _without_answer(error)


def outcomes(writer: QuietWriter | VersionedWriter, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
    """One outcome per write, in order, as requests complete; what cannot be put on the wire fails by itself."""
    refused = [_unwritable(write) for write in writes]
    answered = writer.write([write for write, why in zip(writes, refused, strict=True) if why is None])
    for why in refused:
        yield why or next(answered)


def _unwritable(write: ItemWrite) -> Failed | None:
    character = unsendable(write.cells)
    if character is None:
        return None
    return Failed(
        SchemaError(
            f"The text for item {write.item_id} contains the character {character}, which cannot be sent.",
            "Remove that character from the item's columns in SharePoint.",
        )
    )


def _outcome(reply: Reply, about: str, site: str) -> Outcome:
    """What one answer to a write means."""
    if reply.status in (200, 204):
        return Applied(reply.header("ETag"))
    if reply.status in (409, 412):
        return Raced()
    if reply.status == 429:
        return Throttled()
    # A token that is not accepted is denied in the same words.
    held = held_back(service_error(reply.content), about) if reply.status != 401 else None
    if held or reply.status in (400, 401, 403, 404, 413, 414, 431, 501):
        return Failed(held or refusal(reply, about, site))
    return Unknown(f"SharePoint answered {reply.status}")


def _without_answer(error: SourceError | StoppedError) -> Outcome:
    """What it means that no answer came. Told to stop while it waited, a write was not sent: waits come before it."""
    if isinstance(error, ThrottledError | StoppedError):
        return Throttled()
    if isinstance(error, UnreachableError | UnreadableError):
        return Unknown(error.what)
    return Failed(error)
