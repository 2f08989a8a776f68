"""The one place that names concrete connectors and stores. Everything heavy is imported when it is needed."""

import os
import platform
import secrets
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sync import __version__
from sync.clock import SystemClock
from sync.engine.heads import Heads
from sync.engine.ports import Clock, RunStore
from sync.engine.run import RunContext
from sync.engine.schedule import stop_before_office_hours
from sync.engine.spending import spent_within_a_day
from sync.engine.stop import Stop
from sync.engine.targets import Connection, Portfolio
from sync.errors import ConfigurationError

if TYPE_CHECKING:
    from config.settings import Settings
    from connectors.sharepoint.auth import Person, SignIn
    from connectors.sharepoint.gate import Gate
    from connectors.sharepoint.settings import Transport
    from connectors.sharepoint.store import SharePointStore
    from sync.core.examples import Example


def new_suffix() -> str:
    """Four random characters, for ids that people read."""
    return secrets.token_hex(2)


def load_portfolio(named: Path | None) -> Portfolio:
    """By `-c FILE`, else `PORTFOLIO_SYNC_PORTFOLIO`, else ./portfolio.yaml."""
    from config.settings import load_settings

    return _portfolio(named, load_settings())


def load_examples(file: Path, portfolio: Portfolio) -> "tuple[Example, ...]":
    """The examples of a file, held against a portfolio's sources."""
    from config.examples import load_examples as load

    return load(file, portfolio.sources)


@contextmanager
def open_run(
    named: Path | None,
    *,
    database: str | None = None,
    tell: Callable[[str], None] | None = None,
    stop: Stop | None = None,
    by_itself: bool = False,
) -> Iterator[RunContext]:
    """Opens the portfolio, its database and a store per connection, and closes them at the end.

    `database` overrides the setting and the default, for worlds that live as long as their database; nobody else uses
    those, so that no pace is kept in them. `tell` speaks to a person who is there to sign in; without it nobody is ever
    asked. `stop` ends waits and, where it is safe, the run; one that is opened `by_itself`, started by nobody's hand,
    is ended by office hours as well.
    """
    from config.rules import rules_to_json
    from config.settings import load_settings

    settings = load_settings()
    portfolio = _portfolio(named, settings)
    stop = stop or Stop()
    if by_itself:
        stop = stop_before_office_hours(portfolio, stop, SystemClock().now)
    clock = SystemClock(stop)
    address = database or _database_url(portfolio, settings)
    with ExitStack() as stack:
        runs = stack.enter_context(closing(_open_runs(portfolio, settings, address)))
        gates = _gates(portfolio, runs, clock, alone=database is not None)
        lists = {
            name: stack.enter_context(
                closing(_open_lists(connection, portfolio, settings, clock, tell, gates[connection.host]))
            )
            for name, connection in portfolio.connections.items()
        }
        yield RunContext(
            portfolio=portfolio,
            lists=lists,
            admins={name: store.admin for name, store in lists.items()},
            runs=runs,
            clock=clock,
            new_suffix=new_suffix,
            stop=stop,
            holder=f"process {os.getpid()} on {platform.node()}",
            release=__version__,
            heads=_heads(portfolio, settings, address, runs.installation_id),
            rules=rules_to_json(portfolio),
        )


def certificate_ends(portfolio: Portfolio) -> dict[str, date]:
    """The last day of every certificate that a connection signs in with, by connection."""
    from config.credentials import credentials
    from config.settings import load_settings
    from connectors.sharepoint.auth.certificate import last_day

    settings, ends = load_settings(), {}
    for name, connection in sorted(portfolio.connections.items()):
        pem = credentials(settings, name, connection.auth).certificate_pem
        if pem is not None:
            ends[name] = last_day(pem)
    return ends


@contextmanager
def open_runs(portfolio: Portfolio) -> Iterator[RunStore]:
    """Only what was recorded: for commands that talk to no list."""
    from config.settings import load_settings

    settings = load_settings()
    with closing(_open_runs(portfolio, settings, _database_url(portfolio, settings))) as runs:
        yield runs


def database_of(portfolio: Portfolio) -> str:
    """The address of the database that a portfolio's runs are kept in."""
    from config.settings import load_settings

    return _database_url(portfolio, load_settings())


def _portfolio(named: Path | None, settings: "Settings") -> Portfolio:
    from config.portfolio import load_portfolio as load

    path = named or settings.portfolio or Path("portfolio.yaml")
    if not path.is_file():
        raise ConfigurationError(
            f"There is no portfolio file at {path}.",
            "Name one with -c FILE or PORTFOLIO_SYNC_PORTFOLIO, or run `portfolio-sync demo` to see the product first.",
        )
    return load(path)


def _database_url(portfolio: Portfolio, settings: "Settings") -> str:
    from sync.store.location import default_url

    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return default_url(portfolio.path, portfolio.name, settings.state_dir)


def _open_runs(portfolio: Portfolio, settings: "Settings", address: str) -> RunStore:
    from sync.store.location import key_path
    from sync.store.seal import key_from_text, key_in
    from sync.store.sql import open_store

    file = key_path(address, portfolio.path, portfolio.name, settings.state_dir)
    told = settings.mirror_key
    key = key_from_text(told.get_secret_value()) if told else key_in(file) if file else None
    return open_store(address, new_id=lambda: secrets.token_hex(8), key=key)


def open_heads(portfolio: Portfolio, runs: RunStore) -> Heads | None:
    """Where the ends of a portfolio's audit are kept outside its database; None for a database in memory."""
    from config.settings import load_settings

    settings = load_settings()
    return _heads(portfolio, settings, _database_url(portfolio, settings), runs.installation_id)


def _heads(portfolio: Portfolio, settings: "Settings", address: str, installation_id: str) -> Heads | None:
    from sync.store.heads import FileHeads
    from sync.store.location import heads_path

    path = heads_path(address, portfolio.path, portfolio.name, settings.state_dir, installation_id)
    return FileHeads(path) if path is not None else None


def _gates(portfolio: Portfolio, runs: RunStore, clock: Clock, *, alone: bool) -> "dict[str, Gate]":
    """By host, what holds back every request to it: connections to one tenant share what may be used of that, unless
    they are `alone` there. What earlier runs used is not known by host, so each counts all of it."""
    from connectors.sharepoint.budget import ceiling_of
    from connectors.sharepoint.gate import Gate

    spent = spent_within_a_day(runs, clock.now())
    ceiling = None if alone else ceiling_of(portfolio.pace)
    return {connection.host: Gate(clock, ceiling, spent) for connection in portfolio.connections.values()}


def _open_lists(
    connection: Connection,
    portfolio: Portfolio,
    settings: "Settings",
    clock: Clock,
    tell: Callable[[str], None] | None,
    gate: "Gate",
) -> "SharePointStore":
    from connectors.sharepoint.budget import limits_under
    from connectors.sharepoint.settings import Transport
    from connectors.sharepoint.store import SharePointStore

    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    transport = Transport(proxy=proxy, ca_bundle=str(settings.ca_bundle) if settings.ca_bundle else None)
    sign_in = sign_in_for(connection, settings, transport, _person(connection, portfolio, settings, clock, tell))
    return SharePointStore(
        connection,
        sign_in,
        clock,
        company=settings.company,
        transport=transport,
        limits=limits_under(gate.ceiling),
        seed=secrets.randbits(32),
        gate=gate,
    )


def _person(
    connection: Connection,
    portfolio: Portfolio,
    settings: "Settings",
    clock: Clock,
    tell: Callable[[str], None] | None,
) -> "Person":
    from connectors.sharepoint.auth import Person
    from sync.store.location import sign_in_path

    return Person(
        tokens=sign_in_path(portfolio.path, portfolio.name, connection.name, settings.state_dir),
        command=f"portfolio-sync check -c {shlex.quote(str(portfolio.path))}",
        clock=clock,
        tell=tell,
    )


def sign_in_for(connection: Connection, settings: "Settings", transport: "Transport", person: "Person") -> "SignIn":
    """The way a connection signs in, with what the settings say of it."""
    from config.credentials import credentials
    from connectors.sharepoint.auth import make_sign_in

    secret = credentials(settings, connection.name, connection.auth)
    return make_sign_in(
        connection.auth,
        connection.host,
        tenant=secret.tenant,
        client_id=secret.client_id,
        private_key=secret.private_key_pem,
        certificate=secret.certificate_pem,
        passphrase=secret.passphrase,
        authority=secret.authority,
        transport=transport,
        person=person,
    )
