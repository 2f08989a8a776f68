"""The way to a list, hop by hop, so that `check` can say which one is broken."""

from collections.abc import Iterator
from typing import Any

import requests

from connectors.sharepoint.auth import SignIn
from connectors.sharepoint.context import Site
from connectors.sharepoint.describing import about_list, by_guid, list_resource
from connectors.sharepoint.errors import refusal, unreachable
from connectors.sharepoint.messages import Meter, Request
from sync.core.ownership import WriteMode
from sync.engine.ports import Hop
from sync.engine.targets import Source
from sync.errors import AccessError, UnreadableError

_VIEW_ITEMS = 0x1
_EDIT_ITEMS = 0x4
_PERMISSION_UNITS = 5
"""What SharePoint charges for questions about permissions."""
_ATTEMPTS = 2
"""Once more where it is told to wait: a check just after another command is throttled, not broken."""


class Probe:
    """Asks at each hop, and waits once at most: a person is waiting for the answer."""

    def __init__(self, host: str, site: Site, session: requests.Session, meter: Meter, sign_in: SignIn) -> None:
        self._host = host
        self._site = site
        self._session = session
        self._meter = meter
        self._sign_in = sign_in

    def hops(self, source: Source) -> Iterator[Hop]:
        self._knock()
        yield Hop("host", f"{self._host} answers")
        self._sign_in.token()
        yield Hop("sign-in", "a token was given")
        web = self._get("web?$select=Id,Title,Url", f"the site {self._site.url}")
        yield Hop("site", f"{web.get('Title') or self._site.url}")
        about = about_list(source.list)
        found = self._get(f"{list_resource(source.list, self._site)}?$select=Id,Title,ItemCount", about)
        yield Hop("list", f"{found.get('Title')}, {found.get('ItemCount')} items")
        yield Hop("permission", self._permission(str(found.get("Id")), source, about))

    def _knock(self) -> None:
        request = Request(url=f"{self._site.url}/_api/web?$select=Id", about=self._host, kind="probe", units=0)
        self._meter.sent(request)
        try:
            # Any answer will do: without a token the right one is a refusal.
            self._session.get(request.url, stream=True).close()
        except requests.exceptions.TooManyRedirects:
            return
        except requests.RequestException as error:
            raise unreachable(error, request.url) from None

    def _get(self, resource: str, about: str, units: int = 1) -> dict[str, Any]:
        request = Request(url=self._site.api(resource), about=about, kind="probe", units=units)
        reply = self._site.exchange(request, attempts=_ATTEMPTS)
        if reply.status >= 400:
            raise refusal(reply, about, self._site.url)
        return reply.mapping(about)

    def _permission(self, guid: str, source: Source, about: str) -> str:
        writes = source.write.mode is not WriteMode.OFF and bool(source.write.columns)
        answer = self._get(f"{by_guid(guid)}?$select=EffectiveBasePermissions", about, _PERMISSION_UNITS)
        try:
            granted = int(answer["EffectiveBasePermissions"]["Low"])
        except (KeyError, TypeError, ValueError):
            raise UnreadableError(f"SharePoint does not say what we may do in {about}.") from None
        if not granted & _VIEW_ITEMS:
            raise AccessError(f"We may not read items in {about}.", "Ask the site's owner for the role `read`.")
        if writes and not granted & _EDIT_ITEMS:
            raise AccessError(
                f"We may read items in {about}, but not edit them.",
                "Ask the site's owner for the role `write`, or set `write: {mode: off}` for this source.",
            )
        return "may read and edit items" if granted & _EDIT_ITEMS else "may read items"
