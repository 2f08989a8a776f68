"""`ListStore` on SharePoint."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, groupby
from random import Random

from connectors.sharepoint.admin import SharePointAdmin
from connectors.sharepoint.asking import Asking
from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.context import Site, user_agent
from connectors.sharepoint.csom import Place
from connectors.sharepoint.describing import Described, Facts, about_list, described_of, list_part, recalled
from connectors.sharepoint.gate import Gate
from connectors.sharepoint.messages import Meter
from connectors.sharepoint.pacing import Pacer
from connectors.sharepoint.probe import Probe
from connectors.sharepoint.read import Pages
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.versions import read_versions
from connectors.sharepoint.wall import check_writes
from connectors.sharepoint.write import QuietWriter, VersionedWriter, outcomes
from connectors.sharepoint.write_batches import WriteBatches
from sync.core.columns import ListSchema, Row, Version
from sync.core.ownership import WriteMode
from sync.core.run_report import Requests
from sync.engine.asked import Answer, Asked, Items, ItemsAsked
from sync.engine.ports import Clock, Hop, ItemWrite, ListWrites, Outcome, Permit, unconditionally
from sync.engine.targets import Connection, Source
from sync.errors import SourceError


class SharePointStore:
    """The lists of one connection. For one thread at a time; sites, zones and site ids are asked for once.

    `company` goes into the User-Agent by which SharePoint knows a well-behaved application. `seed` makes the spread
    of unnamed waits, and the names inside batches, repeatable.
    """

    def __init__(
        self,
        connection: Connection,
        sign_in: SignIn,
        clock: Clock,
        *,
        company: str = "Council",
        transport: Transport | None = None,
        limits: Limits | None = None,
        seed: int = 0,
        gate: Gate | None = None,
    ) -> None:
        self._host = connection.host.rstrip("/").lower()
        self._sign_in = sign_in
        self._clock = clock
        self._limits = limits or Limits()
        self._random = Random(seed)  # noqa: S311 - spreads waits; nothing secret depends on it
        self._meter = Meter()
        self._session = (transport or Transport()).session()
        self._pacer = Pacer(self._host, clock, self._limits, self._meter, self._random, gate)
        self._agent = user_agent(company)
        # Also for what goes past a site: the probe's first knock.
        self._session.headers["User-Agent"] = self._agent
        self._sites: dict[str, Site] = {}
        self._facts: dict[str, Facts] = {}
        self._described: dict[tuple[str, str], Described] = {}
        self._admin = SharePointAdmin(self._host, self._site_at, self._batches, self._limits)

    @property
    def admin(self) -> SharePointAdmin:
        """What makes and changes lists there, with the same sign-in, pace and account as what reads them."""
        return self._admin

    def probe(self, source: Source) -> Iterator[Hop]:
        return Probe(self._host, self._site(source), self._session, self._meter, self._sign_in).hops(source)

    def describe(self, source: Source) -> ListSchema:
        return self._describe(source).schema

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        return Pages(self._site(source), self._known(source, schema), columns, self._limits).ahead()

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        """Whichever way costs less: by number, many to a request, or off the pages from the first to the last."""
        pages = Pages(self._site(source), self._known(source, schema), columns, self._limits, item_ids)
        if pages.units < len(set(item_ids)):
            return pages.picked(iter(pages))
        (answer,) = self.ask(source.site, [ItemsAsked(source, schema, tuple(columns), tuple(item_ids))])
        if isinstance(answer, SourceError):
            raise answer
        return answer.rows if isinstance(answer, Items) else {}

    def units(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Collection[int] | None = None
    ) -> int:
        pages = Pages(self._site(source), self._known(source, schema), columns, self._limits, item_ids or ())
        return pages.units if item_ids is None or pages.is_cheap else len(set(item_ids))

    def ask(self, site: str, asked: Sequence[Asked]) -> Sequence[Answer]:
        asking = Asking(
            site=self._site_at(site),
            facts=self._facts_of(self._site_at(site)),
            host=self._host,
            clock=self._clock,
            pacer=self._pacer,
            limits=self._limits,
            random=self._random,
            described=self._known,
            now=self._server_now() or self._clock.now(),
        )
        answers = asking.ask(asked)
        for schema in (each for each in answers if isinstance(each, ListSchema)):
            # What it was before is not what it is.
            self._described.pop((self._site_at(site).path, schema.list_guid), None)
        return answers

    def versions(self, source: Source, schema: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        return read_versions(self._site(source), self._known(source, schema), columns, item_id)

    def clock_difference(self) -> timedelta | None:
        return self._pacer.difference

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        return self.apply_together([ListWrites(source, schema, writes)], permit)

    def apply_together(self, lists: Sequence[ListWrites], permit: Permit = unconditionally) -> Iterator[Outcome]:
        for each in lists:
            check_writes(each.source, each.schema, each.writes)
        alike = groupby((each for each in lists if each.writes), key=lambda each: each.source.write.mode)
        return chain.from_iterable(self._applied(mode, list(of_mode), permit) for mode, of_mode in alike)

    def handle(self, source: Source, schema: ListSchema) -> str:
        told = recalled(schema)
        if told is None:
            return schema.handle
        site_id = self._facts_of(self._site(source)).known_id
        return told.described.with_handle(told.web_id, site_id).schema.handle

    def usage(self) -> Requests:
        return self._meter.usage()

    def close(self) -> None:
        for site in self._sites.values():
            site.close()
        self._session.close()

    def _site(self, source: Source) -> Site:
        return self._site_at(source.site)

    def _site_at(self, path: str) -> Site:
        if path not in self._sites:
            self._sites[path] = Site(
                self._host,
                path,
                sign_in=self._sign_in,
                pacer=self._pacer,
                meter=self._meter,
                session=self._session,
                agent=self._agent,
            )
        return self._sites[path]

    def _describe(self, source: Source) -> Described:
        site = self._site(source)
        facts = self._facts_of(site)
        web = facts.web
        document = site.fetch(list_part(site, source.list).request(about_list(source.list)))
        plain = described_of(document, site, self._host, source.list, web.zone, self._server_now())
        described = plain.with_handle(web.id, facts.known_id)
        self._described[site.path, described.schema.list_guid] = described
        return described

    def _server_now(self) -> datetime | None:
        difference = self._pacer.difference
        return None if difference is None else self._clock.now() + difference

    def _known(self, source: Source, schema: ListSchema) -> Described:
        """How the columns of a schema are named on the wire, as of when it was described."""
        place = (self._site(source).path, schema.list_guid)
        told = recalled(schema) if place not in self._described else None
        if told is not None:
            self._described[place] = told.described
        return self._described.get(place) or self._describe(source)

    def _applied(self, mode: WriteMode, lists: Sequence[ListWrites], permit: Permit) -> Iterator[Outcome]:
        """Into lists that are all written to in that mode."""
        site = self._site(lists[0].source)
        if mode is WriteMode.QUIET:
            place = partial(self._place, site)
            return outcomes(QuietWriter(site, place, self._limits, permit), lists)
        return outcomes(VersionedWriter(self._batches(site, permit), self._known), lists)

    def _batches(self, site: Site, permit: Permit) -> WriteBatches:
        return WriteBatches(site, self._clock, self._pacer, self._limits, self._random, permit)

    def _facts_of(self, site: Site) -> Facts:
        return self._facts.setdefault(site.path, Facts(site, self._clock))

    def _place(self, site: Site, schema: ListSchema) -> Place:
        facts = self._facts_of(site)
        told = recalled(schema)
        web_id = told.web_id if told is not None else facts.web.id
        if facts.known_id is None and told is not None:
            facts.known_id = told.site_id
        return Place(facts.id, web_id, schema.list_guid)
