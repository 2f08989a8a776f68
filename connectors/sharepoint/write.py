"""Writing, in two modes, with one outcome per write in the order of the writes.

quiet       ProcessQuery: SetFieldValue and SystemUpdate, many items a request. All of it or an uncertainty:
            when anything goes wrong, what happened to each item is unknown until it is read again.
versioned   MERGE with the ETag that was read, in `$batch`. Each part has its own answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from connectors.sharepoint.batch import Part, chunks
from connectors.sharepoint.columns import encode_json
from connectors.sharepoint.context import Site
from connectors.sharepoint.csom import ItemUpdate, Place, failure, unsendable, update_query
from connectors.sharepoint.describing import Described
from connectors.sharepoint.errors import held_back
from connectors.sharepoint.messages import Request
from connectors.sharepoint.settings import Limits
from connectors.sharepoint.write_batches import WRITE_UNITS, WriteBatches, item_part, outcome_of, without_answer
from sync.core.columns import ListSchema
from sync.engine.ports import Applied, Failed, ItemWrite, ListWrites, Outcome, Permit, Throttled, Unknown
from sync.engine.targets import Source
from sync.errors import SchemaError, SourceError, StoppedError, ThrottledError

_FRAME = 600
"""More bytes than the element names and the address of one item take, without its values."""


@dataclass(frozen=True, slots=True)
class _Write:
    """One item's, and the list it is in."""

    source: Source
    schema: ListSchema
    item: ItemWrite


class QuietWriter:
    """No new version, and Modified and Modified By stay the colleague's. `place` is asked for when first needed."""

    def __init__(self, site: Site, place: Callable[[ListSchema], Place], limits: Limits, permit: Permit) -> None:
        self._site = site
        self._place = place
        self._limits = limits
        self._permit = permit

    def unready(self, _writes: ListWrites) -> Failed | None:
        """Why nothing can be written to that list; None here, where that is found out when it is sent."""
        return None

    def write(self, writes: Sequence[_Write]) -> Iterator[Outcome]:
        for group in self._groups(writes):
            yield from [self._send(group)] * len(group)

    def _groups(self, writes: Sequence[_Write]) -> Iterator[list[_Write]]:
        group: list[_Write] = []
        size = 0
        for write in writes:
            cells = write.item.cells.values()
            weight = _FRAME + sum(_FRAME + 6 * len(str(cell).encode(errors="replace")) for cell in cells)
            if group and (len(group) == self._limits.batch or size + weight > self._limits.body_bytes):
                yield group
                group, size = [], 0
            group.append(write)
            size += weight
        if group:
            yield group

    def _send(self, writes: Sequence[_Write]) -> Outcome:
        """What holds for every one of them: the request is one, and so is its answer."""
        about = _about(writes, self._site)
        try:
            updates = [ItemUpdate(self._place(each.schema), each.item.item_id, each.item.cells) for each in writes]
        except (ThrottledError, StoppedError):
            return Throttled()
        except SourceError as error:
            return Failed(error)
        request = Request(
            url=f"{self._site.url}/_vti_bin/client.svc/ProcessQuery",
            about=about,
            kind="write",
            units=WRITE_UNITS * len(writes),
            method="POST",
            accept="application/json",
            headers={"Content-Type": "text/xml"},
            body=update_query(updates),
            changes=True,
            permit=self._permit,
        )
        try:
            reply = self._site.exchange(request)
        except (SourceError, StoppedError) as error:
            return without_answer(error)
        if reply.status != 200:
            return outcome_of(reply, about, self._site.url)
        told = failure(reply)
        if told is None:
            return Applied()
        # Of several items nobody knows which one it was; alone, the item that is held was not changed.
        held = held_back(told, about) if len(writes) == 1 else None
        return Failed(held) if held else Unknown(told.message)


class VersionedWriter:
    """An ordinary edit, visible in the version history, refused where someone changed the item since it was read.
    `described` tells how a list's columns are named on the wire."""

    def __init__(self, batches: WriteBatches, described: Callable[[Source, ListSchema], Described]) -> None:
        self._batches = batches
        self._site = batches.site
        self._described = described

    def unready(self, writes: ListWrites) -> Failed | None:
        """Why nothing can be written to that list, where its columns cannot be had: that stops no other."""
        try:
            self._described(writes.source, writes.schema)
        except SourceError as error:
            return Failed(error)
        return None

    def write(self, writes: Sequence[_Write]) -> Iterator[Outcome]:
        remaining = iter(writes)
        for parts in chunks([self._part(write) for write in writes], self._batches.limits):
            yield from self._batches.send(parts, _about(list(islice(remaining, len(parts))), self._site))

    def _part(self, write: _Write) -> Part:
        described, item = self._described(write.source, write.schema), write.item
        values = {described.wire(name).prop: encode_json(cell) for name, cell in item.cells.items()}
        return item_part(self._site, write.schema, item.item_id, values, item.version)


def outcomes(writer: QuietWriter | VersionedWriter, lists: Sequence[ListWrites]) -> Iterator[Outcome]:
    """One outcome per write, in order, as requests complete; what cannot be put on the wire fails by itself."""
    writes = [_Write(each.source, each.schema, item) for each in lists for item in each.writes]
    ready = {each.schema.list_guid: writer.unready(each) for each in lists}
    refused = [ready[write.schema.list_guid] or _unwritable(write.item) for write in writes]
    answered = writer.write([write for write, why in zip(writes, refused, strict=True) if why is None])
    for why in refused:
        yield why or next(answered)


def _about(writes: Sequence[_Write], site: Site) -> str:
    """What messages call what is written to."""
    titles = {write.schema.title for write in writes}
    return f"the list '{titles.pop()}'" if len(titles) == 1 else f"lists of {site.url}"


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
