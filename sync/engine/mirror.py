"""Brings what is known of the lists up to date, asking no more than has to be asked.

One request tells how all lists of a site stand. What did not change since it was seen last is answered by what was
kept of it; of the others what changed is read, or the whole list where that costs no more, or where there is a reason
not to rely on what was kept (see `core.mirror`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from heapq import merge
from itertools import islice
from operator import attrgetter

from sync.core.columns import ListHead, ListSchema, Row
from sync.core.mirror import (
    ASKING_UNITS,
    Mirrored,
    Route,
    Wanted,
    Way,
    account_differs,
    cheaper_whole,
    is_described,
    is_unchanged,
    looked_into,
    same_columns,
    whole_for,
)
from sync.core.text import counted
from sync.engine.asked import (
    Changes,
    ChangesAsked,
    Heads,
    HeadsAsked,
    Items,
    ItemsAsked,
    SchemaAsked,
    Whole,
    WholeAsked,
)
from sync.engine.in_step import Enquiry, heads_of, in_step, the
from sync.engine.mirrors import MirrorLostError, Mirrors, Place
from sync.engine.ports import Clock, ListStore
from sync.engine.targets import ListAddress, Source
from sync.errors import SchemaError, SourceError

HELD = 5000
"""Items of a list that are held at once; a longer one is kept page by page as it is read."""

_NEVER = datetime.min.replace(tzinfo=UTC)

Beside = Mapping[tuple[str, str], Mapping[str, ListAddress]]
"""Lists by connection and site, under names that no source has."""
Rows = Iterator[tuple[Row, ...]]
Take = Callable[[tuple[Row, ...]], None]
"""What is done with a page."""
Want = Callable[[Sequence[Source], ListSchema], Wanted]
"""What the sources of one list need of it, by the columns that it has."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A list as it is now. `rows` has its pages taken, by ascending id, as often as it is asked to. It raises, before
    any page or after some, a SourceError where the list has to be read and cannot be, and MirrorLostError where what
    was kept of it is lost: then `read` reads it."""

    schema: ListSchema
    route: Route
    rows: Callable[[Take], None]
    read: Callable[[Take], None]


@dataclass(slots=True)
class Mirror:
    """What was kept of the lists, and where to ask what became of them since.

    `saves`: what is learnt is kept; only a run that has the lease may. `anew`: nothing that was kept is relied on.
    `beside`: the lists of the service's own, by connection and site; asking after them costs nothing where the site is
    asked anyway.
    Of this run's lists: `kept` beside their rows, `heads` as they were told last, what is `wanted` of each, and which
    are `unchanged`, so that the rows are exactly those of the mark; and when a site, by its connection, was `looked` at
    last.
    """

    lists: Mapping[str, ListStore]
    mirrors: Mirrors
    clock: Clock
    want: Want
    saves: bool = False
    anew: bool = False
    beside: Beside = field(default_factory=dict)
    kept: dict[Place, Mirrored] = field(default_factory=dict)
    heads: dict[Place, ListHead] = field(default_factory=dict)
    wanted: dict[Place, Wanted] = field(default_factory=dict)
    unchanged: set[Place] = field(default_factory=set)
    looked: dict[tuple[str, str], datetime] = field(default_factory=dict)
    own: dict[tuple[str, str, str], ListHead | None] = field(default_factory=dict)

    def open(self) -> None:
        """Takes up what was kept."""
        if self.saves:
            self.mirrors.tidy()
        self.kept = {} if self.anew else dict(self.mirrors.kept())

    def look(self, sources: Sequence[Source]) -> dict[str, Sighting | SourceError]:
        """What came of looking at the lists of these sources, which are of one site, by source."""
        store, site = self.lists[sources[0].connection], sources[0].site
        try:
            heads = self._heads(store, sources)
        except SourceError as error:
            return {source.name: error for source in sources}
        lists = _by_list(sources, heads)
        found = in_step(store, site, {each[0].name: self._look(store, each, heads) for each in lists})
        return {source.name: found[each[0].name] for each in lists for source in each}

    def saw(self, source: Source, head: ListHead) -> None:
        """Takes note of how a list stands now."""
        self.heads[head.host, head.list_guid] = head
        self.looked[source.connection, source.site] = self.clock.now()

    def looked_at(self, source: Source) -> datetime:
        """When the source's site was asked how its lists stand, last."""
        return self.looked.get((source.connection, source.site), _NEVER)

    def show_as_before(self, marks: Mapping[str, str | None]) -> None:
        """Takes lists (by GUID, with the mark that each had) to show elsewhere what they showed: only we wrote there,
        so what looks into them need not be read again for that."""
        now = {guid: each.mark for (_, guid), each in self.kept.items() if guid in marks}
        self.tell(
            [
                replace(each, looked_into={**each.looked_into, **{guid: now[guid] for guid in same}})
                for each in list(self.kept.values())
                if (same := [guid for guid, mark in each.looked_into.items() if guid in now and marks[guid] == mark])
            ]
        )

    def keep(
        self, place: Place, columns: Sequence[str], pages: Iterable[tuple[Row, ...]], told: Callable[[int], Mirrored]
    ) -> None:
        """Keeps a list that was read as a whole."""
        self.kept[place] = self.mirrors.keep(place, columns, pages, told)

    def change(self, told: Mirrored, rows: Mapping[int, Row], gone: Collection[int]) -> None:
        """Keeps what changed in a list."""
        self.mirrors.change(told, rows.values(), gone)
        self.kept[told.place] = told

    def tell(self, told: Sequence[Mirrored]) -> None:
        """Keeps what is new about lists whose rows stay as they were kept."""
        self.mirrors.tell(told)
        self.kept |= {each.place: each for each in told}

    def forget(self, place: Place) -> None:
        """Relies no more on what was kept of a list."""
        self.kept.pop(place, None)
        self.mirrors.forget([place])

    def _heads(self, store: ListStore, sources: Sequence[Source]) -> Heads:
        """How the lists of a site stand, those of the service's own among them."""
        connection, site = sources[0].connection, sources[0].site
        beside = self.beside.get((connection, site), {})
        heads = heads_of(store, HeadsAsked({**{each.name: each.list for each in sources}, **beside}), site)
        self.own |= {(connection, site, name): heads.by_name.get(name) for name in beside}
        return heads

    def own_head(self, connection: str, site: str, name: str) -> ListHead | None:
        """How a list of the service's own stands, None where it is not there; asked for where nobody asked yet."""
        if (connection, site, name) not in self.own:
            beside = self.beside[connection, site]
            heads = heads_of(self.lists[connection], HeadsAsked(beside), site)
            self.own |= {(connection, site, each): heads.by_name.get(each) for each in beside}
        return self.own[connection, site, name]

    def _look(self, store: ListStore, sources: Sequence[Source], heads: Heads) -> Enquiry[Sighting]:
        """The list as it is now, described where its columns may be others than when it was seen last."""
        head = heads.by_name.get(sources[0].name)
        kept = self.kept.get((head.host, head.list_guid)) if head else None
        now = self.clock.now()
        if head is not None and kept is not None and is_described(kept, head, now):
            schema, described = kept.schema, kept.described
        else:
            schema, described = the(ListSchema, (yield SchemaAsked(sources[0]))), now
        wanted = self.want(sources, schema)
        self.wanted[schema.host, schema.list_guid] = wanted
        if head is not None:
            schema = replace(schema, item_count=head.item_count, change_token=head.since)
            self.saw(sources[0], head)
        look = _Look(self, store, sources, schema, wanted, head, heads.marks, kept, described)
        return (yield from look.enquire())


@dataclass(frozen=True, slots=True)
class _Look:
    """One list: the sources that name it, and what its site told of it; `head` is None where it told nothing."""

    mirror: Mirror
    store: ListStore
    sources: Sequence[Source]
    schema: ListSchema
    wanted: Wanted
    head: ListHead | None
    marks: Mapping[str, str | None]
    kept: Mirrored | None
    described: datetime

    def enquire(self) -> Enquiry[Sighting]:
        """The list as it is now. Columns that were known and are not as they were are asked for anew, once."""
        try:
            try:
                return (yield from self._enquire())
            except SchemaError:
                if self.kept is None or self.described != self.kept.described:
                    raise
            anew = yield from self._anew()
            return (yield from anew._whole("a column of it is not what it was"))
        except SourceError as error:
            return self._sighting(Route(Way.WHOLE, "it could not be read"), partial(_broken, error))

    def _enquire(self) -> Enquiry[Sighting]:
        if self.head is None or not self.wanted.columns:
            return self._read("its site does not tell of it")
        why = whole_for(self.kept, self.head, self.wanted, self.marks, self.mirror.clock.now())
        if self.kept is None or why is not None:
            return (yield from self._whole(why or "it was not read before"))
        if not same_columns(self.kept.schema, self.schema, self.wanted.columns):
            return (yield from self._whole("its columns are others than when it was read last"))
        if is_unchanged(self.kept, self.head):
            return self._unchanged(self.kept)
        units = self.store.units(self.sources[0], self.schema, self.wanted.columns)
        if cheaper_whole(units):
            asking = f"asking what changed ({ASKING_UNITS}) and reading one item (1)"
            return (yield from self._whole(f"it costs {units} units, and {asking} no less"))
        return (yield from self._changes(self.kept, units))

    def _unchanged(self, kept: Mirrored) -> Sighting:
        self.mirror.unchanged.add(kept.place)
        told = self._told(kept.rows, kept)
        if (told.described, told.shape) != (kept.described, kept.shape) and self.mirror.saves:
            self.mirror.tell([told])
        return self._sighting(Route(Way.UNCHANGED, "nothing happened to it since it was seen last"), self._kept_rows)

    def _changes(self, kept: Mirrored, units: int) -> Enquiry[Sighting]:
        """Reads what changed; the whole list where the log does not say, or says so much that it costs no less, or
        where the number of items is another than it accounts for."""
        source, columns = self.sources[0], self.wanted.columns
        changed = the(Changes, (yield ChangesAsked(source, self.schema, kept.since or ""))).item_ids
        if changed is None:
            return (yield from self._whole("its change log does not reach back to when it was seen last"))
        several = self.store.units(source, self.schema, columns, changed)
        if cheaper_whole(units, several):
            said = f"{counted(len(changed), 'item')} changed in it, and it costs {units} units as a whole"
            return (yield from self._whole(said))
        asked = ItemsAsked(source, self.schema, columns, tuple(sorted(changed)))
        rows = the(Items, (yield asked)).rows if changed else {}
        try:
            was = self.mirror.mirrors.held(kept.place, changed)
            told = self._told(kept.rows + len(rows.keys() - was) - len(was - rows.keys()), kept)
            why = account_differs(told, self.schema.item_count)
            if why is None:
                cost = f"{ASKING_UNITS + several} units instead of {units}"
                return self._changed(told, rows, changed - rows.keys(), cost)
        except MirrorLostError:
            why = "what was kept of it cannot be read"
        return (yield from self._whole(why))

    def _changed(self, told: Mirrored, rows: Mapping[int, Row], gone: Collection[int], cost: str) -> Sighting:
        route = Route(Way.CHANGES, f"{counted(len(rows) + len(gone), 'item')} changed, read for {cost}")
        if not self.mirror.saves:
            return self._sighting(route, lambda: overlaid(self._kept_rows(), rows, gone))
        self.mirror.change(told, rows, gone)
        return self._sighting(route, self._kept_rows)

    def _whole(self, why: str) -> Enquiry[Sighting]:
        if self.schema.item_count > HELD:
            return self._read(why)
        asked = WholeAsked(self.sources[0], self.schema, self.wanted.columns)
        rows = the(Whole, (yield asked)).rows
        if self._is_kept:
            self._keep([rows])
        return self._sighting(Route(Way.WHOLE, why), lambda: iter([rows] if rows else []))

    def _read(self, why: str) -> Sighting:
        """The list page by page, when it is asked for: into what is kept, if that is to be, while it is told."""
        seen = self._sighting(Route(Way.WHOLE, why), self._pages)
        return replace(seen, rows=self._streamed) if self._is_kept else seen

    def _streamed(self, take: Take) -> None:
        if self.mirror.kept.get(self._place) is self.kept:
            self._keep(_tapped(self._pages(), take))
        else:
            _tell(self._kept_rows, take)

    def _pages(self) -> Rows:
        return self.store.read(self.sources[0], self.schema, self.wanted.columns)

    def _kept_rows(self) -> Rows:
        return self.mirror.mirrors.pages(self._place)

    def _keep(self, pages: Iterable[tuple[Row, ...]]) -> None:
        self.mirror.keep(self._place, self.wanted.columns, pages, lambda rows: self._told(rows, None))

    def _sighting(self, route: Route, rows: Callable[[], Rows]) -> Sighting:
        return Sighting(self.schema, route, partial(_tell, rows), partial(_tell, self._pages))

    def _anew(self) -> Enquiry["_Look"]:
        """The same list, described again."""
        described, now = the(ListSchema, (yield SchemaAsked(self.sources[0]))), self.mirror.clock.now()
        schema = replace(described, item_count=self.schema.item_count, change_token=self.schema.change_token)
        return replace(self, schema=schema, wanted=self.mirror.want(self.sources, schema), described=now)

    @property
    def _place(self) -> Place:
        return self.schema.host, self.schema.list_guid

    @property
    def _is_kept(self) -> bool:
        return self.mirror.saves and self.head is not None and self.head.mark is not None

    def _told(self, rows: int, kept: Mirrored | None) -> Mirrored:
        """What is kept beside so many rows; `kept` is what was, where the list was not read as a whole."""
        return Mirrored(
            schema=self.schema,
            wanted=self.wanted,
            mark=(self.head.mark if self.head else None) or "",
            since=self.schema.change_token,
            shape=self.head.shape if self.head else None,
            rows=rows,
            others=kept.others if kept else max(0, self.schema.item_count - rows),
            looked_into=looked_into(self.schema, self.wanted.columns, self.marks),
            described=self.described,
            read_whole=kept.read_whole if kept else self.mirror.clock.now(),
        )


def _broken(error: SourceError) -> Rows:
    raise error


def _tell(pages: Callable[[], Rows], take: Take) -> None:
    for page in pages():
        take(page)


def _tapped(pages: Rows, take: Take) -> Rows:
    """The same pages, each taken before it goes on."""
    for page in pages:
        take(page)
        yield page


def overlaid(pages: Rows, rows: Mapping[int, Row], gone: Collection[int]) -> Rows:
    """The pages with these rows in the place of those of their ids, and without those that are gone."""
    left = (row for page in pages for row in page if row.item_id not in rows and row.item_id not in gone)
    every = merge(left, (rows[number] for number in sorted(rows)), key=attrgetter("item_id"))
    while page := tuple(islice(every, HELD)):
        yield page


def _by_list(sources: Sequence[Source], heads: Heads) -> list[tuple[Source, ...]]:
    """The sources, those of one list together; of a list that the site does not tell of, each by itself."""
    of: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        head = heads.by_name.get(source.name)
        of.setdefault(("list", head.list_guid) if head else ("source", source.name), []).append(source)
    return [tuple(each) for each in of.values()]
