"""`ListStore` on SharePoint."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from connectors.sharepoint.again import ItemReader
from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.columns import encode_json
from connectors.sharepoint.context import Site, user_agent
from connectors.sharepoint.csom import Place
from connectors.sharepoint.messages import Meter, Request
from connectors.sharepoint.pacing import Pacer
from connectors.sharepoint.probe import Probe
from connectors.sharepoint.read import Described, Pages, Web, about_list, describe, describe_web
from connectors.sharepoint.settings import Limits, Transport
from connectors.sharepoint.write import QuietWriter, VersionedWriter, outcomes
from sync.core.columns import ListSchema, Row
from sync.core.ownership import WriteMode
from sync.core.run_report import Requests
from sync.engine.ports import Clock, Hop, ItemWrite, Outcome
from sync.engine.targets import Connection, Source
from sync.errors import DefectError, UnreadableError


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

    def probe(self, source: Source) -> Iterator[Hop]:
        return Probe(self._host, self._site(source), self._session, self._meter, self._sign_in).hops(source)

    def describe(self, source: Source) -> ListSchema:
        return self._describe(source).schema

    def read(self, source: Source, schema: ListSchema, columns: Sequence[str]) -> Iterator[tuple[Row, ...]]:
        return iter(Pages(self._site(source), self._known(source, schema), columns, self._limits))

    def read_items(
        self, source: Source, schema: ListSchema, columns: Sequence[str], item_ids: Sequence[int]
    ) -> Mapping[int, Row]:
        if not item_ids:
            return {}
        reader = ItemReader(
            self._site(source),
            self._known(source, schema),
            columns,
            clock=self._clock,
            pacer=self._pacer,
            limits=self._limits,
            random=self._random,
        )
        return reader.read(item_ids)

    def apply(self, source: Source, schema: ListSchema, writes: Sequence[ItemWrite]) -> Iterator[Outcome]:
        check_writes(source, schema, writes)
        if not writes:
            return iter(())
        return outcomes(self._writer(source, schema), writes)

    def usage(self) -> Requests:
        return self._meter.usage()

    def close(self) -> None:
        for site in self._sites.values():
            site.close()
        self._session.close()

    def _site(self, source: Source) -> Site:
        if source.site not in self._sites:
            self._sites[source.site] = Site(
                self._host,
                source.site,
                sign_in=self._sign_in,
                pacer=self._pacer,
                meter=self._meter,
                session=self._session,
                agent=self._agent,
            )
        return self._sites[source.site]

    def _describe(self, source: Source) -> Described:
        site = self._site(source)
        described = describe(site, self._host, source.list, self._web(site).zone)
        self._described[site.path, described.schema.list_guid] = described
        return described

    def _known(self, source: Source, schema: ListSchema) -> Described:
        """How the columns of a schema are named on the wire, as of when it was described."""
        return self._described.get((self._site(source).path, schema.list_guid)) or self._describe(source)

    def _writer(self, source: Source, schema: ListSchema) -> QuietWriter | VersionedWriter:
        site = self._site(source)
        if source.write.mode is WriteMode.QUIET:
            return QuietWriter(site, about_list(source.list), lambda: self._place(site, schema), self._limits)
        described = self._known(source, schema)
        return VersionedWriter(site, described, self._clock, self._pacer, self._limits, self._random)

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
    return found.strip("{}").lower()


def check_writes(source: Source, schema: ListSchema, writes: Sequence[ItemWrite]) -> None:
    """The last wall before the wire: DefectError for a column that is not ours, a value that no owned column holds,
    or a list that is only read."""
    if source.write.mode is WriteMode.OFF and writes:
        raise DefectError(f"'{source.name}' is only read, yet {len(writes)} writes were asked for.")
    owned = {column.name for column in schema.find_all(source.write.columns.values())}
    for write in writes:
        foreign = sorted(set(write.cells) - owned)
        if foreign:
            raise DefectError(f"A write to item {write.item_id} of '{source.name}' names columns of staff: {foreign}.")
        if not write.cells:
            raise DefectError(f"A write to item {write.item_id} of '{source.name}' is empty.")
        for cell in write.cells.values():
            encode_json(cell)
