"""Reading single items again, many in one request."""

from collections.abc import Mapping, Sequence
from random import Random

from connectors.sharepoint.batch import Part, batch_replies, batch_request, chunks
from connectors.sharepoint.context import Site
from connectors.sharepoint.errors import ITEM_GONE, refusal, service_error
from connectors.sharepoint.messages import MINIMAL, Reply, Request
from connectors.sharepoint.pacing import Pacer, wait_named_by
from connectors.sharepoint.read import FOLDER, Described, Query, by_guid, row
from connectors.sharepoint.settings import Limits
from sync.core.columns import Row
from sync.engine.ports import Clock
from sync.errors import ThrottledError, UnreadableError


class ItemReader:
    """Items by number. One item may expand any number of columns, so here one query is always enough."""

    def __init__(
        self,
        site: Site,
        described: Described,
        columns: Sequence[str],
        *,
        clock: Clock,
        pacer: Pacer,
        limits: Limits,
        random: Random,
    ) -> None:
        self._site = site
        self._about = f"the list '{described.schema.title}'"
        self._wires = tuple(described.wire(name) for name in dict.fromkeys(columns))
        self._items = site.api(f"{by_guid(described.schema.list_guid)}/items")
        self._options = Query(self._wires).options
        self._clock = clock
        self._pacer = pacer
        self._limits = limits
        self._random = random

    def read(self, item_ids: Sequence[int]) -> Mapping[int, Row]:
        """The items that exist, by number. The change log names folders as well, which are nobody's records."""
        wanted = list(dict.fromkeys(item_ids))
        if len(wanted) == 1:
            return self._single(wanted[0])
        found: dict[int, Row] = {}
        for _ in range(self._limits.attempts):
            settled = self._round(wanted, found)
            wanted = [number for number in wanted if number not in settled]
            if not wanted:
                return found
        raise ThrottledError(f"SharePoint is too busy to give us {len(wanted)} items of {self._about}.")

    def _single(self, number: int) -> Mapping[int, Row]:
        request = Request(url=self._url(number), about=self._about, kind="item", accept=MINIMAL)
        item = self._row(self._site.exchange(request))
        return {} if item is None else {number: item}

    def _round(self, wanted: Sequence[int], found: dict[int, Row]) -> set[int]:
        """Asks for these items once; answers which are settled, because they were found or do not exist."""
        settled: set[int] = set()
        parts = [Part(method="GET", url=self._url(number), headers={"Accept": MINIMAL}) for number in wanted]
        remaining = iter(wanted)
        for group in chunks(parts, self._limits):
            endpoint = self._site.api("$batch")
            reply = self._site.exchange(batch_request(endpoint, group, self._about, self._random))
            if reply.status != 200:
                raise refusal(reply, self._about, self._site.url)
            replies = batch_replies(reply, len(group))
            if len(replies) < len(group):
                raise UnreadableError(f"An answer about items of {self._about} was cut short.")
            for inner in replies:
                number = next(remaining)
                if inner.status in (429, 503):
                    self._pacer.told_to_wait(wait_named_by(inner, self._clock.now()) or self._limits.first_wait)
                    continue
                settled.add(number)
                item = self._row(inner)
                if item is not None:
                    found[number] = item
        return settled

    def _url(self, number: int) -> str:
        return f"{self._items}({number})?{self._options}"

    def _row(self, reply: Reply) -> Row | None:
        if reply.status == 404:
            error = service_error(reply.content)
            if error is not None and error.number == ITEM_GONE:
                return None
        if reply.status >= 400:
            raise refusal(reply, self._about, self._site.url)
        item = reply.mapping(self._about)
        if item.get("FileSystemObjectType") == FOLDER:
            return None
        return row(item, self._wires, self._about)
