"""What happened in a list since a place in its change log: the numbers of the items, by SharePoint's `getChanges`."""

import re
from typing import Any

from connectors.sharepoint.context import Site, json_body
from connectors.sharepoint.errors import refusal, service_error
from connectors.sharepoint.messages import Request
from connectors.sharepoint.read import by_guid
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema
from sync.errors import UnreadableError

_KINDS = ("Add", "Update", "SystemUpdate", "DeleteObject", "Restore", "Move", "Rename")


def changed_items(site: Site, schema: ListSchema, token: str, limits: Limits) -> frozenset[int] | None:
    """The items that the log names from a token on; None where SharePoint does not accept the token."""
    about = f"the list '{schema.title}'"
    found: set[int] = set()
    for _ in range(limits.max_change_pages):
        entries = _entries(site, schema, token, limits, about)
        if entries is None:
            return None
        try:
            found |= {int(entry["ItemId"]) for entry in entries}
            if len(entries) < limits.changes:
                return frozenset(found)
            following = str(entries[-1]["ChangeToken"]["StringValue"])
        except (KeyError, TypeError, ValueError):
            raise UnreadableError(f"The change log of {about} is not of the expected form.") from None
        if following == token:
            raise UnreadableError(f"The change log of {about} does not go on where it ended before.")
        token = following
    raise UnreadableError(f"More happened in {about} than {limits.max_change_pages} pages of its change log can hold.")


def _entries(site: Site, schema: ListSchema, token: str, limits: Limits, about: str) -> list[Any] | None:
    query = {
        "Item": True,
        **dict.fromkeys(_KINDS, True),
        "RecursiveAll": True,
        "ChangeTokenStart": {"StringValue": token},
        "FetchLimit": str(limits.changes),
    }
    request = Request(
        url=site.api(f"{by_guid(schema.list_guid)}/getchanges"),
        about=about,
        kind="changes",
        units=2,
        method="POST",
        body=json_body({"query": query}),
    )
    reply = site.exchange(request)
    if reply.status >= 400:
        error = service_error(reply.content)
        if error is not None and re.search(r"change ?token", error.message, re.IGNORECASE):
            return None
        raise refusal(reply, about, site.url)
    entries = reply.mapping(about).get("value")
    if not isinstance(entries, list):
        raise UnreadableError(f"The change log of {about} is not of the expected form.")
    return entries
