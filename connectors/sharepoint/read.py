"""Reading a list's items: page by page, and single ones again."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from connectors.sharepoint.batch import Part
from connectors.sharepoint.columns import WireColumn, decode, instant
from connectors.sharepoint.context import Site
from connectors.sharepoint.describing import Described, by_guid, checked, opening
from connectors.sharepoint.messages import MINIMAL, Reply, Request
from connectors.sharepoint.settings import Limits
from sync.core.columns import Row
from sync.errors import NotFoundError, UnreadableError

EVERY_ITEM = ("Id", "FileSystemObjectType", "Created", "Modified", "EditorId")
_PAGE_UNITS = 2
_NEXT_LINK = re.compile(rb'"odata\.nextLink":\s*"([!#-\[\]-~]+)"')
"""A page's link to the next one, found before the page is decoded. No text in an item looks like this: there quotation
marks are escaped."""
Document = Mapping[str, Any]
Fetch = Callable[[str], Document]
FOLDER = 1
"""A list with folders answers with them among its items."""


@dataclass(frozen=True, slots=True)
class Query:
    """What one query reads of each item: SharePoint joins only so many lists in one."""

    wires: tuple[WireColumn, ...]

    @property
    def options(self) -> str:
        mapped = (name for wire in self.wires for name in wire.selected)
        options = f"$select={','.join(dict.fromkeys([*EVERY_ITEM, *mapped]))}"
        expanded = [wire.prop for wire in self.wires if wire.expands]
        return f"{options}&$expand={','.join(expanded)}" if expanded else options


def queries(wires: Sequence[WireColumn], expansions: int) -> tuple[Query, ...]:
    """As few queries as carry these columns with at most so many expansions each; the first has the plain ones."""
    plain = tuple(wire for wire in wires if not wire.expands)
    joined = [wire for wire in wires if wire.expands]
    groups = [tuple(joined[start : start + expansions]) for start in range(0, len(joined), expansions)] or [()]
    return (Query(plain + groups[0]), *(Query(group) for group in groups[1:]))


class Pages:
    """Reads a list by ascending id: all of it, or from the first to the last of the items that are `wanted`."""

    def __init__(
        self, site: Site, described: Described, columns: Sequence[str], limits: Limits, wanted: Collection[int] = ()
    ) -> None:
        self._site = site
        self._limits = limits
        self._about = f"the list '{described.schema.title}'"
        self._wires = tuple(described.wire(name) for name in dict.fromkeys(columns))
        self._queries = queries(self._wires, limits.expansions)
        self._items = site.api(f"{by_guid(described.schema.list_guid)}/items")
        self._wanted = frozenset(wanted)
        self._start = min(wanted) - 1 if wanted else 0
        span = max(wanted) - self._start if wanted else described.schema.item_count
        self._items_known = min(span, described.schema.item_count)
        self._top = min(limits.page_size, span) if wanted else limits.page_size

    def __iter__(self) -> Iterator[tuple[Row, ...]]:
        """Every page, or an error: a list that ends or changes form in the middle is never taken for a whole one."""
        first = self._page_url(self._queries[0], self._start)
        return self._from(self._fetched(first), self._fetched, self._fetched)

    def ahead(self) -> Iterator[tuple[Row, ...]]:
        """The same for whoever reads to the end: where one query reads all columns, the next page is on its way before
        one is even decoded."""
        coming: dict[str, Future[Reply]] = {}
        with ThreadPoolExecutor(1, thread_name_prefix="next page") as background:

            def follow(url: str) -> Document:
                reply = coming.pop(url).result() if url in coming else self._asked(url)
                # Several queries tell of a page: those that tell of this one come before the next one.
                if len(self._queries) == 1 and (link := _NEXT_LINK.search(reply.content)):
                    following = self._trusted(link[1].decode())
                    coming[following] = background.submit(self._asked, following)
                return checked(reply, self._about, self._site.url)

            yield from self._from(follow(self._page_url(self._queries[0], self._start)), self._fetched, follow)

    def opening(self) -> list[Part]:
        """What asks for the first page, once for each query, as parts of a batch."""
        headers, items = {"Accept": MINIMAL}, min(self._items_known, self._limits.page_size)
        urls = [self._page_url(query, self._start) for query in self._queries]
        return [
            Part(method="GET", url=url, headers=headers, units=_PAGE_UNITS, items=items, kind="items") for url in urls
        ]

    def after(self, replies: Sequence[Reply]) -> Iterator[tuple[Row, ...]]:
        """Every page, the first of them out of the answers to `opening`."""
        first, *others = [checked(reply, self._about, self._site.url) for reply in replies]
        told = dict(zip((self._page_url(query, self._start) for query in self._queries[1:]), others, strict=True))
        return self._from(first, lambda url: told.pop(url) if url in told else self._fetched(url), self._fetched)

    def _from(self, document: Document, fetch: Fetch, follow: Fetch) -> Iterator[tuple[Row, ...]]:
        """The first page and those that `follow` fetches; `fetch` is for what the other queries tell of them."""
        after = self._start
        for turn in range(self._limits.max_pages):
            found, following = self._page(document, after)
            others = self._others(after, partial(self._further, fetch) if turn else fetch)
            items = (item for item in self._completed(found, others) if item.get("FileSystemObjectType") != FOLDER)
            if rows := tuple(map(self._row, items)):
                yield rows
            if following is None:
                return
            after = max(found)
            document = self._further(follow, following)
        raise UnreadableError(f"{opening(self._about)} has more than {self._limits.max_pages} pages.")

    @property
    def units(self) -> int:
        """What reading them all costs, as far as the list's size is known."""
        return _PAGE_UNITS * len(self._queries) * max(1, ceil(self._items_known / self._limits.page_size))

    @property
    def is_cheap(self) -> bool:
        """Whether one page has every wanted item for less than asking for each by its number, which is 1 unit."""
        return self._items_known <= self._limits.page_size and self.units < len(self._wanted)

    def picked(self, pages: Iterator[tuple[Row, ...]]) -> dict[int, Row]:
        """Those of the wanted items that exist, off the pages up to the last of them."""
        found: dict[int, Row] = {}
        for rows in pages:
            found.update((each.item_id, each) for each in rows if each.item_id in self._wanted)
            if rows[-1].item_id >= max(self._wanted):
                break
        return found

    def _page_url(self, query: Query, after: int) -> str:
        # The server's own form of a next link; unlike a filter it reads lists of any size.
        token = f"$skiptoken=Paged%3DTRUE%26p_ID%3D{after}&" if after else ""
        return f"{self._items}?{token}{query.options}&$top={self._top}"

    def _asked(self, url: str) -> Reply:
        request = Request(url=url, about=self._about, kind="items", units=_PAGE_UNITS, accept=MINIMAL)
        return self._site.exchange(request)

    def _fetched(self, url: str) -> Document:
        return checked(self._asked(url), self._about, self._site.url)

    def _further(self, fetch: Fetch, url: str) -> Document:
        """What belongs to a list of which a page was there already."""
        try:
            return fetch(url)
        except NotFoundError as error:
            raise UnreadableError(f"{opening(self._about)} disappeared while it was being read.") from error

    def _page(self, document: Document, after: int) -> tuple[dict[int, dict[str, Any]], str | None]:
        """Items by id, ascending and all beyond `after`, and the checked address of the next page."""
        items = document.get("value")
        if not isinstance(items, list):
            raise UnreadableError(f"A page of {self._about} is not of the expected form.")
        found: dict[int, dict[str, Any]] = {}
        last = after
        for item in items:
            number = item.get("Id") if isinstance(item, dict) else None
            if not isinstance(number, int) or number <= last:
                raise UnreadableError(f"A page of {self._about} does not go on where the one before it ended.")
            found[number] = item
            last = number
        following = document.get("odata.nextLink")
        if following is not None and not found:
            raise UnreadableError(f"A page of {self._about} is empty and yet says that more follow.")
        return found, None if following is None else self._trusted(str(following))

    def _trusted(self, url: str) -> str:
        """Our token goes to nobody but this site, whatever a page says comes next."""
        ours, theirs = urlsplit(f"{self._site.url}/_api/"), urlsplit(url)
        same_origin = (ours.scheme, ours.netloc.lower()) == (theirs.scheme, theirs.netloc.lower())
        if not (same_origin and theirs.path.lower().startswith(ours.path.lower())):
            raise UnreadableError(f"A page of {self._about} points to another site for the next one.")
        return url

    def _others(self, after: int, fetch: Fetch) -> list[dict[int, dict[str, Any]]]:
        """The page as told by the other queries, with the columns that did not fit into the first."""
        return [self._page(fetch(self._page_url(query, after)), after)[0] for query in self._queries[1:]]

    def _completed(
        self, found: Mapping[int, dict[str, Any]], others: Sequence[Mapping[int, dict[str, Any]]]
    ) -> Iterator[dict[str, Any]]:
        """The page's items with what every query told of them; what has gone since is left out."""
        if not others:
            yield from found.values()
            return
        for number, item in found.items():
            if all(number in other for other in others):
                # The first query's ETag stays: the oldest one makes a versioned write notice any change since.
                yield {**{key: value for other in others for key, value in other[number].items()}, **item}

    def _row(self, item: Mapping[str, Any]) -> Row:
        return row(item, self._wires, self._about)


def row(item: Mapping[str, Any], wires: Sequence[WireColumn], about: str) -> Row:
    """One item as ours."""
    version = item.get("odata.etag")
    created, modified = item.get("Created"), item.get("Modified")
    editor = item.get("EditorId")
    if not isinstance(version, str):
        raise UnreadableError(f"An item of {about} came without its version.")
    try:
        return Row(
            item_id=int(item["Id"]),
            version=version,
            cells={wire.column.name: decode(wire, item) for wire in wires},
            modified=None if modified is None else instant(modified),
            editor_id=None if editor is None else int(editor),
            created=None if created is None else instant(created),
        )
    except (KeyError, TypeError, ValueError):
        raise UnreadableError(f"An item of {about} is not of the expected form.") from None
