"""Numbers that bound what the connector does, and how it reaches the network."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.utils import should_bypass_proxies

from sync.errors import ConfigurationError

if TYPE_CHECKING:
    from requests.sessions import _Settings

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and to wait for the next bytes: a hundred writes take SharePoint some ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`page_size`: 5,000 is the most SharePoint gives. `expansions`: lookup and person columns a query may name.
    `batch`: items or parts in one request, whose body stays under `body_bytes`. `changes`: entries of the change log in
    one answer, of which 1,000 are the most SharePoint gives. Waits are in seconds: `max_wait` for one,
    `max_total_wait` for all that one store is told to make; `first_wait` doubles where the host names none."""

    page_size: int = 5000
    max_pages: int = 10_000
    expansions: int = 8
    batch: int = 100
    body_bytes: int = 900_000
    attempts: int = 5
    changes: int = 1000
    max_change_pages: int = 100
    first_wait: float = 0.5
    max_wait: float = 300.0
    max_total_wait: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How to reach the network, for sign-in and for SharePoint alike: a proxy's URL, and a file of CA certificates.

    What is given here wins over the environment. What is on this machine or beside it (loopback, and link-local
    addresses such as Azure's 169.254.169.254, which gives out a machine's tokens) is never sent to a proxy.
    """

    # Its URL may hold a password.
    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None

    def session(self) -> requests.Session:
        """ConfigurationError where the CA certificates are not where they are said to be."""
        if self.ca_bundle and not Path(self.ca_bundle).exists():
            raise ConfigurationError(
                f"There is no file of CA certificates at {self.ca_bundle}.", "Correct PORTFOLIO_SYNC_CA_BUNDLE."
            )
        return _Session(self)


class _Session(requests.Session):
    """A session that keeps to its `Transport`, follows no redirect, and always has a timeout.

    Threads may share it: it keeps no cookies, which are all that using a session changes in it; connections are kept in
    a pool that is made for threads.
    """

    def __init__(self, transport: Transport) -> None:
        super().__init__()
        self._transport = transport
        # A redirect would carry the request, and a POST's meaning, somewhere nobody configured.
        self.max_redirects = 0
        # Without an `auth`, requests looks into ~/.netrc and replaces the Authorization header by what it finds.
        self.auth = _as_it_is
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT
        return super().request(method, url, *args, **kwargs)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> "_Settings":
        # Here rather than as attributes: requests lets REQUESTS_CA_BUNDLE and HTTPS_PROXY override those.
        settings = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if self._transport.ca_bundle:
            settings["verify"] = self._transport.ca_bundle
        if is_loopback(url) or _is_link_local(url):
            settings["proxies"] = {}
        elif self._transport.proxy and not should_bypass_proxies(url, None):
            settings["proxies"] = {"http": self._transport.proxy, "https": self._transport.proxy}
        return settings


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_link_local(url: str) -> bool:
    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_link_local
    except ValueError:
        return False


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header's value, without regard to the case of its name."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)
