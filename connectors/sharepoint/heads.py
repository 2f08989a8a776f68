"""How all lists of a site stand, in one request: what happened to their items, and to their columns."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.sharepoint.batch import Part
from connectors.sharepoint.change_token import change_token, mark
from connectors.sharepoint.columns import plain_guid
from connectors.sharepoint.context import Site
from connectors.sharepoint.messages import MINIMAL
from sync.core.columns import ListHead
from sync.engine.asked import Heads
from sync.engine.targets import ListAddress
from sync.errors import UnreadableError

_RESOURCE = "web/lists?$select=Id,Title,ItemCount,CurrentChangeToken,RootFolder/ServerRelativeUrl&$expand=RootFolder"


def heads_part(site: Site) -> Part:
    """What asks for them."""
    return Part(method="GET", url=site.api(_RESOURCE), headers={"Accept": MINIMAL}, units=2, kind="heads")


def heads_of(
    document: Mapping[str, Any], lists: Mapping[str, ListAddress], host: str, site: Site, now: datetime
) -> Heads:
    """The heads of the lists at these addresses, and every list's mark. `now` is the server's."""
    about = f"the lists of {site.url}"
    entries = document.get("value")
    try:
        known = [(str(each["RootFolder"]["ServerRelativeUrl"]), _head(each, host, now)) for each in entries or ()]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UnreadableError(f"The answer about {about} is not of the expected form.") from None
    if entries is None or "odata.nextLink" in document:
        raise UnreadableError(f"The answer about {about} is not of the expected form.")
    found = {name: _found(address, known, site.path) for name, address in lists.items()}
    return Heads(
        by_name={name: head for name, head in found.items() if head is not None},
        marks={head.list_guid: head.mark for _, head in known},
    )


def _head(entry: Mapping[str, Any], host: str, now: datetime) -> ListHead:
    token = entry.get("CurrentChangeToken")
    shape = entry.get("odata.etag")
    return ListHead(
        host=host,
        list_guid=plain_guid(str(entry["Id"])),
        title=str(entry["Title"]),
        item_count=int(entry["ItemCount"]),
        mark=mark(token),
        since=change_token(token, now),
        shape=shape if isinstance(shape, str) else None,
    )


def _found(address: ListAddress, known: Iterable[tuple[str, ListHead]], site: str) -> ListHead | None:
    """By whatever the address has; SharePoint compares titles and addresses without regard to case."""
    url = f"{site}/{address.url.strip('/')}".casefold() if address.url is not None else None
    for path, head in known:
        if address.id is not None:
            is_it = head.list_guid == plain_guid(address.id)
        elif url is not None:
            is_it = path.casefold() == url
        else:
            is_it = head.title.casefold() == (address.title or "").casefold()
        if is_it:
            return head
    return None
