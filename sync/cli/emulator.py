"""`emulator`: the embedded SharePoint on its own, for trying things out against a server that keeps running."""

import json
import signal
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from connectors.emulator.server import EmulatorServer
    from connectors.emulator.world import World

EMPTY_SITE = "/sites/demo"


Host = Annotated[str, typer.Option("--host", help="Address to listen on; loopback unless told otherwise.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
Sites = Annotated[
    list[str] | None, typer.Option("--site", metavar="PATH", help="An empty site (repeatable).", show_default=False)
]
Sample = Annotated[
    str | None, typer.Option("--sample", metavar="NAME", help="Load a sample world.", show_default=False)
]
FittingPortfolio = Annotated[
    Path | None,
    typer.Option("--portfolio", metavar="FILE", help="Write the sample's portfolio file here.", show_default=False),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE", help="Load a world from JSON (docs/world.schema.json).", show_default=False),
]


def emulator(
    host: Host = "127.0.0.1",
    port: Port = 8790,
    site: Sites = None,
    sample: Sample = None,
    portfolio: FittingPortfolio = None,
    data: Data = None,
) -> None:
    """Run the embedded SharePoint until stopped. It keeps everything in memory."""
    from sync.cli.terminal import tell

    if sample and data:
        raise UsageError("--sample and --data both name a world.", "Give one of them.")
    if portfolio and not sample:
        raise UsageError("--portfolio writes the file of a sample.", "Add --sample NAME.")
    world = _world(sample, data, site or ([] if sample or data else [EMPTY_SITE]))
    server = _server(world, host, port)
    paths = ", ".join(sorted(world.sites))
    steps = ""
    if sample and portfolio:
        write_portfolio(sample, portfolio, server.base_url)
        steps = f"\n{next_steps(portfolio, sample)}"
    # Being stopped is how a server ends, not how it fails: the exit code is 0.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: server.ask_to_end())
    tell(f"Embedded SharePoint at {server.base_url} with {paths}. Ctrl-C stops it.{steps}")
    server.run_forever()
    tell("Stopped.")


def write_portfolio(sample: str, file: Path, base_url: str) -> None:
    """Writes the sample's portfolio file; its name ends in characters of this world's own, and so its database does."""
    from config import samples
    from sync.wiring import new_suffix

    title = sample.replace("-", " ").capitalize()
    text = samples.portfolio_text(sample, base_url=base_url, portfolio_name=f"{title} {new_suffix()}")
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"The portfolio file {file} cannot be written ({error.strerror}).", "Name another file with --portfolio."
        ) from None


def next_steps(portfolio: Path, sample: str, database: str | None = None) -> str:
    """The exact commands to try next on a sample that is being served."""
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
            f"  {command} plan {options} --today {today}",
            f"  {command} reconcile {options} --today {today}",
        ]
    )


def _world(sample: str | None, data: Path | None, empty_sites: list[str]) -> "World":
    from connectors.emulator.document import WorldError
    from connectors.emulator.world import World

    world = _loaded(sample, data) if sample or data else World()
    for path in empty_sites:
        try:
            world.add_site(path, title=path.rsplit("/", 1)[-1])
        except WorldError as error:
            raise ConfigurationError(str(error), f"Leave out --site {path}, or name another.") from None
    return world


def _loaded(sample: str | None, data: Path | None) -> "World":
    """The world of a sample or of a file; a mistake in a file is told with the file's name."""
    from connectors.emulator.document import WorldError
    from connectors.emulator.loading import load_world

    if data is None:
        from config import samples

        return load_world(samples.world(sample or ""))
    try:
        return load_world(_document(data))
    except WorldError as error:
        raise ConfigurationError(f"In {data}: {error}", "docs/world.schema.json describes the form.") from None


def _document(data: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(data.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{data} cannot be read ({error.strerror}).", "Name a file that holds a world with --data."
        ) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{data} cannot be read as JSON: {error}.", "docs/world.schema.json describes the form."
        ) from None
    return document


def _server(world: "World", host: str, port: int) -> "EmulatorServer":
    from connectors.emulator.app import create_app
    from connectors.emulator.server import EmulatorServer
    from connectors.emulator.service import Service

    try:
        return EmulatorServer(create_app(Service(world)), host=host, port=port)
    except OSError as error:
        raise UsageError(
            f"The emulator cannot listen on {host}:{port} ({error.strerror}).", "Name another with --port, or --port 0."
        ) from None
