"""`ListStore` on SharePoint."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from connectors.sharepoint.admin import SharePointAdmin
from connectors.sharepoint.again import ItemReader
from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.change_token import can_tell
from connectors.sharepoint.changes import changed_items
from connectors.sharepoint.columns import plain_guid
from connectors.sharepoint.context import Site, user_agent
from connectors.sharepoint.csom import Place
from connectors.sharepoint.messages import Meter, Request
from connectors.sharepoint.pacing import Pacer
from connectors.sharepoint.probe import Probe
from connectors.sharepoint.read import Described, Pages, Web, about_list, describe, describe_web
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.versions import read_versions
from connectors.sharepoint.wall import check_writes
from connectors.sharepoint.write import QuietWriter, VersionedWriter, outcomes
from sync.core.columns import ListSchema, Row, Version
from sync.core.ownership import WriteMode
from sync.core.run_report import Requests
from sync.engine.ports import Clock, Hop, ItemWrite, Outcome, Permit, unconditionally
from sync.engine.targets import Connection, Source
from sync.errors import UnreadableError


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
    ) -> None:
        self._host = connection.host.rstrip("/").lower()
        self._sign_in = sign_in
        self._clock = clock
        self._limits = limits or Limits()
        self._random = Random(seed)  # noqa: S311 - spreads waits; nothing secret depends on it
        self._meter = Meter()
        self._session = (transport or Transport()).session()
        self._pacer = Pacer(self._host, clock, self._limits, self._meter, self._random)
        self._agent = user_agent(company)
        # Also for what goes past a site: the probe's first knock.
        self._session.headers["User-Agent"] = self._agent
        self._sites: dict[str, Site] = {}
        self._webs: dict[str, Web] = {}
        self._site_ids: dict[str, str] = {}
        self._described: dict[tuple[str, str], Described] = {}
        self._admin = SharePointAdmin(self._host, self._site_at, self._limits)

    @property
    def admin(self) -> SharePointAdmin:
        """What makes and changes lists there, with the same sign-in, pace and account as what reads them."""
        return self._admin

    def probe(self, source: Source) -> Iterator[Hop]:
        return Probe(self._host, self._site(source), self._session, self._meter, self._sign_in).hops(source)

    def describe(self, source: Source) -> ListSchema:
        return self._describe(source).schema

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        return iter(Pages(self._site(source), self._known(source, schema), columns, self._limits))

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        """Whichever way costs less: an item asked for by its number is 1 unit, a page of up to 5,000 is 2 for each of
        the queries its columns take. A few items of a long list are asked for one by one, many to a request; most of
        a list, or a few items of a short one, is read off its pages."""
        if not item_ids:
            return {}
        site, described = self._site(source), self._known(source, schema)
        pages = Pages(site, described, columns, self._limits)
        if len(set(item_ids)) > pages.units:
            return pages.pick(item_ids)
        reader = ItemReader(
            site,
            described,
            columns,
            clock=self._clock,
            pacer=self._pacer,
            limits=self._limits,
            random=self._random,
        )
        return reader.read(item_ids)

    def changes(self, source: Source, schema: ListSchema, token: str) -> frozenset[int] | None:
        if not can_tell(token, schema.list_guid, self._server_now() or self._clock.now()):
            return None
        return changed_items(self._site(source), schema, token, self._limits)

    def versions(self, source: Source, schema: ListSchema, columns: Sequence[str], item_id: int) -> tuple[Version, ...]:
        return read_versions(self._site(source), self._known(source, schema), columns, item_id)

    def clock_difference(self) -> timedelta | None:
        return self._pacer.difference

    def apply(
        self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite], permit: Permit = unconditionally
    ) -> Iterator[Outcome]:
        check_writes(source, schema, writes)
        if not writes:
            return iter(())
        return outcomes(self._writer(source, schema, permit), writes)

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
        zone = self._web(site).zone
        described = describe(site, self._host, source.list, zone, self._server_now())
        self._described[site.path, described.schema.list_guid] = described
        return described

    def _server_now(self) -> datetime | None:
        difference = self._pacer.difference
        return None if difference is None else self._clock.now() + difference

    def _known(self, source: Source, schema: ListSchema) -> Described:
        """How the columns of a schema are named on the wire, as of when it was described."""
        return self._described.get((self._site(source).path, schema.list_guid)) or self._describe(source)

    def _writer(self, source: Source, schema: ListSchema, permit: Permit) -> QuietWriter | VersionedWriter:
        site = self._site(source)
        if source.write.mode is WriteMode.QUIET:
            return QuietWriter(site, about_list(source.list), lambda: self._place(site, schema), self._limits, permit)
        described = self._known(source, schema)
        return VersionedWriter(site, described, self._clock, self._pacer, self._limits, self._random, permit)

    def _web(self, site: Site) -> Web:
        if site.path not in self._webs:
            self._webs[site.path] = describe_web(site, self._clock.now())
        return self._webs[site.path]

    def _place(self, site: Site, schema: ListSchema) -> Place:
        if site.path not in self._site_ids:
            self._site_ids[site.path] = _site_id(site)
        return Place(self._site_ids[site.path], self._web(site).id, schema.list_guid)


def _site_id(site: Site) -> str:
    about = f"the id of {site.url}"
    found = site.fetch(Request(url=site.api("site?$select=Id"), about=about, kind="schema")).get("Id")
    if not isinstance(found, str):
        raise UnreadableError(f"The answer about {about} is not of the expected form.")
    return plain_guid(found)
