"""Makes sure, before anything is imported from them, that the packages found are ours.

`sync`, `connectors` and `config` are common words. Another package of one of these names that Python finds first would
fail in a way nobody could read, or do something else entirely.
"""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec

from sync.errors import DefectError

PACKAGES = ("sync", "connectors", "config")
MARKER = "__portfolio_sync__"
"""What each package's `__init__` assigns. It is read and not imported, so that no code of a stranger runs."""

_ADVICE = (
    "Take that folder off PYTHONPATH, and install portfolio-sync in an environment of its own: a container, pipx or "
    "a fresh virtual environment."
)


def verify_packages() -> None:
    """Raises DefectError, naming the path, where a package of another product stands in for one of ours.

    A stranger that hides all of `sync` is reported by Python instead (No module named 'sync.cli'): this code is then
    out of reach.
    """
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None:
            raise DefectError(f"The package {name!r} of Portfolio Sync is not installed.", "Install it again.")
        if MARKER not in _source(spec):
            raise DefectError(f"The package {name!r} found at {_place(spec)} is not Portfolio Sync's.", _ADVICE)


def main() -> None:
    """The console script: checks the packages, then runs the command line."""
    try:
        verify_packages()
    except DefectError as error:
        sys.stderr.write(f"{error.what}\n{error.advice}\n")
        sys.exit(error.exit_code)
    from sync.cli.main import main as run

    run()


def _source(spec: ModuleSpec) -> str:
    """The package's own source; empty where it has none."""
    read = getattr(spec.loader, "get_source", None)
    return (read(spec.name) if read else None) or ""


def _place(spec: ModuleSpec) -> str:
    return spec.origin or next(iter(spec.submodule_search_locations or ()), "an unknown place")
