"""Addresses that something is served at: scheme, host and port, and when two of them are one place."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from connectors.emulator.loopback import is_loopback

Place = tuple[str, int | None]
"""A host and a port; None where the port is the scheme's own."""

_OWN_PORTS = {"http": 80, "https": 443}


def place_of(address: str) -> Place | None:
    """Where an address leads; None where it is more, or less, than a scheme, a host and a port.

    The scheme does not tell places apart: before a proxy that ends TLS it is another one.
    """
    try:
        parts = urlsplit(address.strip().lower())
        port = parts.port
    except ValueError:
        return None
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in _OWN_PORTS or not parts.hostname or not bare:
        return None
    return parts.hostname, None if port == _OWN_PORTS[parts.scheme] else port


def leads_to(address: str, served: Iterable[str]) -> bool:
    """Whether an address is one of those served; all names of loopback are one host."""
    asked = place_of(address)
    return asked is not None and any(_is_one(asked, known) for known in map(place_of, served) if known is not None)


def is_loopback_address(address: str) -> bool:
    """Whether an address can only lead to this machine."""
    asked = place_of(address)
    return asked is not None and is_loopback(asked[0])


def _is_one(asked: Place, known: Place) -> bool:
    return asked == known or (asked[1] == known[1] and is_loopback(asked[0]) and is_loopback(known[0]))
