"""Where things are: connections, the lists on them, and when to run. Filled from the portfolio file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from pathlib import Path

from sync.core.policy import Calendar, Policies, SourceMapping


class Auth(StrEnum):
    """How a connection signs in. `emulator` is for an embedded SharePoint on loopback only."""

    CERTIFICATE = "certificate"
    MANAGED_IDENTITY = "managed-identity"
    DEVICE_CODE = "device-code"
    INTERACTIVE = "interactive"
    EMULATOR = "emulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A host that lists live on. `host` is an origin without a path: `https://contoso.sharepoint.com`."""

    name: str
    kind: str = "sharepoint"
    host: str
    auth: Auth


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAddress:
    """Exactly one of the three is given. `url` is relative to the site: `Lists/DigitalProjects`."""

    title: str | None = None
    id: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return self.title or self.url or self.id or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(SourceMapping):
    """One configured list: where it is, beside what it means (`SourceMapping`). `site` is server-relative."""

    connection: str
    site: str
    list: ListAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """Bank holidays of a country (and its subdivision), and days on which this council is closed besides."""

    country: str
    subdivision: str | None = None
    closed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`nightly` is a five-field cron expression in the portfolio's time zone."""

    nightly: str | None = None


class Weekday(StrEnum):
    """A day of the week, in the order that `date.weekday` numbers them."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WORKING_WEEK = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the tenant belongs to staff: from `start` to `end` in the portfolio's time zone, on these days of the week
    unless the calendar has them closed."""

    start: time
    end: time
    days: tuple[Weekday, ...] = WORKING_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much of a tenant may be used, and when.

    `share`: percent of what SharePoint lets one application use. `licences`: how many the tenant has, by which that is
    more or less; `quota`: by how many times the tenant has bought more of it. `rest_price`: what a resource unit is
    counted as, for nobody publishes what requests to SharePoint's REST API cost. `sites_at_once`: how many are read at
    the same time. `office_hours`: when no nightly run works.
    """

    share: int = 50
    licences: int = 1000
    quota: int = 1
    rest_price: int = 1
    sites_at_once: int = 4
    office_hours: OfficeHours | None = None


class Readers(StrEnum):
    """Who may read a list of the service's own: everybody who may read its site; or, for `owners`, only administrators
    of the site collection, until one of them shares it."""

    SITE = "site"
    OWNERS = "owners"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLists:
    """The lists that the service keeps for people to read; `provision` makes them. Each by its title, None for none.

    `rollup_readers`: the roll-up shows totals of lists that fewer people may read, so somebody has to say; until then
    it is not made.
    """

    connection: str
    site: str
    rollup: str | None = "Portfolio roll-up"
    status: str | None = "Portfolio Sync status"
    rollup_readers: Readers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Everything one portfolio file says. `path` is where it was read from."""

    name: str
    time_zone: str
    path: Path
    connections: Mapping[str, Connection]
    sources: Mapping[str, Source]
    policies: Policies = field(default_factory=Policies)
    calendar: Calendar = field(default_factory=Calendar)
    schedule: Schedule = field(default_factory=Schedule)
    own_lists: OwnLists | None = None
    pace: Pace = field(default_factory=Pace)
