"""`emulator`: the embedded SharePoint on its own, for trying things out against a server that keeps running."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from connectors.emulator.authority.client_files import ClientFiles
    from connectors.emulator.hosting import Hosted, Terms

EMPTY_SITE = "/sites/demo"
CONNECTION = "demo"
"""What the samples' portfolio files call their connection."""
WRITTEN = "# Written by `portfolio-sync emulator`, which writes it anew whenever it is started with this file's name."
"""The first line of a portfolio file that may be written over."""


class ThrottleMode(StrEnum):
    """What the emulator does about callers that ask too often."""

    OFF = "off"
    DEFAULT = "default"
    STRICT = "strict"


class AuthMode(StrEnum):
    """Who the emulator lets in."""

    ANY = "any"
    ENTRA = "entra"


class AppRole(StrEnum):
    """What the application, and people through it, may do at sites that do not say it themselves."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    MANAGE = "manage"
    FULLCONTROL = "fullcontrol"


Host = Annotated[
    str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; loopback unless told otherwise.")
]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
]
Sites = Annotated[
    list[str] | None, typer.Option("--site", metavar="PATH", help="An empty site (repeatable).", show_default=False)
]
Sample = Annotated[
    str | None, typer.Option("--sample", metavar="NAME", help="Load a sample world.", show_default=False)
]
Bare = Annotated[
    bool, typer.Option("--bare", help="Leave out the service's own columns, as before `provision`; with --sample.")
]
FittingPortfolio = Annotated[
    Path | None,
    typer.Option("--portfolio", metavar="FILE", help="Write the sample's portfolio file here.", show_default=False),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE", help="Load a world from JSON (docs/world.schema.json).", show_default=False),
]
Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="Keep the world in this SQLite file.", show_default=False),
]
ThrottleAs = Annotated[ThrottleMode, typer.Option("--throttle", help="Enforce budgets of resource units.")]
Multiplier = Annotated[
    int, typer.Option("--ru-multiplier", metavar="N", min=1, help="Charge every resource unit N times.")
]
Licences = Annotated[
    int, typer.Option("--licences", metavar="N", min=1, help="The size of the tenant, which decides its budgets.")
]
LatencyAs = Annotated[
    str, typer.Option("--latency", metavar="MS", help="Milliseconds every answer takes, `recorded`, or `off`.")
]
Faults = Annotated[
    Path | None,
    typer.Option(
        "--faults", metavar="FILE", help="What goes wrong, as JSON (docs/emulator-control.md).", show_default=False
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Decides everything that is left to chance.")]
AdminPort = Annotated[
    int | None,
    typer.Option("--admin-port", metavar="N", min=0, max=65535, show_default=False,
                 help="Port of the control plane, which is off without it."),
]  # fmt: skip
AuthAs = Annotated[
    AuthMode, typer.Option("--auth", help="Let in any token, or those of the emulator's own authority; needs --tls.")
]
Role = Annotated[
    AppRole | None,
    typer.Option("--role", help="What whoever signs in may do at sites that do not say, with --auth entra.",
                 show_default=False),
]  # fmt: skip
Tls = Annotated[bool, typer.Option("--tls", help="Serve https, by a private authority; needs --credentials.")]
Credentials = Annotated[
    Path | None,
    typer.Option("--credentials", metavar="FOLDER", help="Where what a client needs for --auth entra and --tls goes.",
                 show_default=False),
]  # fmt: skip


def emulator(
    host: Host = "127.0.0.1",
    port: Port = 8790,
    site: Sites = None,
    sample: Sample = None,
    bare: Bare = False,
    portfolio: FittingPortfolio = None,
    data: Data = None,
    store: Store = None,
    throttle: ThrottleAs = ThrottleMode.DEFAULT,
    ru_multiplier: Multiplier = 1,
    licences: Licences = 1,
    latency: LatencyAs = "off",
    faults: Faults = None,
    seed: Seed = 0,
    admin_port: AdminPort = None,
    auth: AuthAs = AuthMode.ANY,
    role: Role = None,
    tls: Tls = False,
    credentials: Credentials = None,
) -> None:
    """Run the embedded SharePoint until stopped.

    Everything is kept in memory unless --store names a file. Only this machine reaches it unless --host says so.
    """
    from connectors.emulator.hosting import Auth, Terms
    from connectors.emulator.roles import Role as SiteRole
    from connectors.emulator.rules.throttle import Mode
    from sync.cli.terminal import tell

    _check_address(host)
    _check_world(sample, data, portfolio, bare=bare)
    _check_sign_in(auth, role, credentials, tls=tls)
    terms = Terms(
        host=host,
        port=port,
        admin_port=admin_port,
        auth=Auth(auth),
        role=SiteRole[(role or AppRole.WRITE).name],
        tls=tls,
        throttle=Mode(throttle),
        multiplier=ru_multiplier,
        licences=licences,
        latency=_latency(latency, seed),
        faults=None if faults is None else _document(faults, "--faults", "docs/emulator-control.md"),
        seed=seed,
        store=store,
    )
    with _hosted(_world(sample, data, site, bare=bare), terms, data, faults) as serving:
        files = None if credentials is None else _client_files(serving, credentials)
        if sample and portfolio:
            write_portfolio(sample, portfolio, serving, auth)
        steps = next_steps(portfolio, sample, bare=bare) if sample and portfolio else None
        _serve(serving, terms, files, steps)
    tell("Stopped.")


def _serve(serving: "Hosted", terms: "Terms", files: "ClientFiles | None", steps: str | None) -> None:
    """Answers until it is asked to end."""
    from sync.cli.terminal import tell

    serving.keep()
    # Being stopped is how a server ends, not how it fails: the exit code is 0.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: serving.server.ask_to_end())
    with serving.control or nullcontext():
        tell("\n".join(_said(serving, terms, files, steps)))
        serving.server.run_forever()


def _check_address(host: str) -> None:
    if not host.strip():
        raise UsageError("--host names no address.", "Name one, such as 127.0.0.1, or leave --host out.")


def _check_world(sample: str | None, data: Path | None, portfolio: Path | None, *, bare: bool) -> None:
    if sample and data:
        raise UsageError("--sample and --data both name a world.", "Give one of them.")
    if portfolio and not sample:
        raise UsageError("--portfolio writes the file of a sample.", "Add --sample NAME.")
    if bare and not sample:
        raise UsageError("--bare leaves columns out of a sample.", "Add --sample NAME.")


def _check_sign_in(auth: AuthMode, role: AppRole | None, credentials: Path | None, *, tls: bool) -> None:
    if auth is AuthMode.ANY and role is not None:
        raise UsageError("Any token is let in and may do everything, so there is no role to have.", "Add --auth entra.")
    if auth is AuthMode.ENTRA and not tls:
        raise UsageError("Nobody signs in but over https, so --auth entra needs --tls.", "Add --tls.")
    if tls and credentials is None:
        raise UsageError(
            "With --auth entra and with --tls a client needs files to get in.",
            "Say with --credentials FOLDER where they shall go.",
        )
    if credentials is not None and not tls:
        raise UsageError("Any token is let in, so there are no credentials to write.", "Add --auth entra, or --tls.")


def _said(serving: "Hosted", terms: "Terms", files: "ClientFiles | None", steps: str | None) -> Iterator[str]:
    """What the person who started it is told."""
    from connectors.emulator.loopback import is_loopback

    paths = ", ".join(sorted(serving.service.world.sites))
    kept = f" from {terms.store}" if serving.resumed else ""
    yield f"Embedded SharePoint at {serving.server.base_url} with {paths}{kept}. Ctrl-C stops it."
    if serving.tenant is None and not is_loopback(terms.host):
        yield f"Whoever reaches {terms.host} is let in with any token; --auth entra asks who it is."
    if serving.control is not None:
        yield f"Its control plane is at {serving.control.base_url}/info (docs/emulator-control.md)."
    if files is not None:
        yield f"What a client needs is in {files.settings.parent}; a shell takes it in with:"
        yield f"  set -a; . {quote(str(files.settings))}; set +a"
    if steps is not None:
        yield steps


def write_portfolio(sample: str, file: Path, serving: "Hosted", auth: AuthMode) -> None:
    """Writes the sample's portfolio file; its name ends in characters of this world's own, and so its database does.

    A file of somebody else's is left alone. A kept world keeps its characters, because its database goes with it.
    """
    from config import samples
    from sync.wiring import new_suffix

    title = sample.replace("-", " ").capitalize()
    text = samples.portfolio_text(
        sample,
        base_url=serving.server.base_url,
        portfolio_name=f"{title} {serving.label(new_suffix())}",
        auth="certificate" if auth is AuthMode.ENTRA else "emulator",
    )
    try:
        if file.exists() and not file.read_bytes().startswith(WRITTEN.encode()):
            raise ConfigurationError(
                f"{file} was not written by the emulator and is left alone.", "Name another file with --portfolio."
            )
        file.write_text(f"{WRITTEN}\n{text}", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"The portfolio file {file} cannot be written ({error.strerror}).", "Name another file with --portfolio."
        ) from None


def next_steps(portfolio: Path, sample: str, database: str | None = None, *, bare: bool = False) -> str:
    """The exact commands to try next on a sample that is being served; on a `bare` one the columns come first."""
    from config import samples
    from sync.cli.terminal import own_command
    from sync.wiring import database_of, load_portfolio

    address, command = database or database_of(load_portfolio(portfolio)), own_command()
    options, today = f"-c {quote(str(portfolio))}", samples.day(sample)
    return "\n".join(
        [
            "Try, in another terminal:",
            f"  export PORTFOLIO_SYNC_DATABASE_URL={quote(address)}",
            f"  {command} check {options}",
            *([f"  {command} provision {options}"] if bare else []),
            f"  {command} plan {options} --today {today}",
            f"  {command} reconcile {options} --today {today}",
        ]
    )


def _world(sample: str | None, data: Path | None, sites: list[str] | None, *, bare: bool) -> dict[str, Any]:
    """The document of what is asked for; empty sites come on top of a sample's or a file's."""
    document: dict[str, Any] = {"world": "empty", "sites": []}
    if sample:
        from config import samples

        document = samples.world(sample, bare=bare)
    elif data:
        document = _document(data, "--data", "docs/world.schema.json")
    paths = [_path(each) for each in sites or ([] if sample or data else [EMPTY_SITE])]
    given = document.get("sites", []) if isinstance(document, dict) else None
    if not paths or not isinstance(given, list):
        return document
    taken = {str(each.get("path")).lower() for each in given if isinstance(each, dict)}
    for place, path in enumerate(paths):
        if path.lower() in taken | {each.lower() for each in paths[:place]}:
            raise ConfigurationError(
                f"There are two sites at {path}; a site has a path of its own.",
                f"Leave out --site {path}, or name another.",
            )
    return document | {"sites": [*given, *({"path": path} for path in paths)]}


def _path(site: str) -> str:
    return "/" + site.strip("/")


def _document(file: Path, option: str, described: str) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read ({error.strerror}).", f"Name a file that can be read with {option}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{file} cannot be read as JSON: {error}.", f"{described} describes the form."
        ) from None


def _latency(text: str, seed: int) -> Any:
    from connectors.emulator.rules.latency import LatencyError, parse

    try:
        return parse(text, seed)
    except LatencyError as error:
        raise UsageError(str(error), "Give --latency milliseconds, `recorded`, or `off`.") from None


@contextmanager
def _hosted(document: Any, terms: "Terms", data: Path | None, faults: Path | None) -> "Iterator[Hosted]":
    """The world on its terms; what cannot be served is told in our own errors."""
    from connectors.emulator.hosting import ListenError, hosted
    from connectors.emulator.rules.faults import FaultError
    from connectors.emulator.state.document import WorldError
    from connectors.emulator.storage.file import StorageError

    try:
        with hosted(document, terms) as serving:
            yield serving
    except WorldError as error:
        if data is None:
            raise ConfigurationError(str(error), "Name other sites with --site.") from None
        raise ConfigurationError(f"In {data}: {error}", "docs/world.schema.json describes the form.") from None
    except FaultError as error:
        raise ConfigurationError(f"In {faults}: {error}", "docs/emulator-control.md describes the rules.") from None
    except StorageError as error:
        raise ConfigurationError(str(error), "Name another file with --store, or stop what uses this one.") from None
    except ListenError as error:
        option = "--admin-port" if error.directs else "--port"
        advice = f"Name another with {option}, or {option} 0" + ("." if error.directs else ", or another --host.")
        raise UsageError(str(error), advice) from None


def _client_files(serving: "Hosted", folder: Path) -> "ClientFiles":
    from connectors.emulator.authority.client_files import FolderError

    try:
        return serving.write_client_files(folder, CONNECTION)
    except FolderError as error:
        raise ConfigurationError(str(error), "Name another folder with --credentials.") from None
