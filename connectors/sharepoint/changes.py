"""What happened in a list since a place in its change log: the numbers of the items, by SharePoint's `getChanges`."""

import re
from typing import Any

from connectors.sharepoint.batch import Part
from connectors.sharepoint.context import JSON_BODY, Site, json_body
from connectors.sharepoint.describing import by_guid
from connectors.sharepoint.errors import refusal, service_error
from connectors.sharepoint.messages import NO_METADATA, Reply
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema
from sync.core.mirror import ASKING_UNITS
from sync.errors import UnreadableError

_KINDS = ("Add", "Update", "SystemUpdate", "DeleteObject", "Restore", "Move", "Rename")


def changes_part(site: Site, schema: ListSchema, token: str, limits: Limits) -> Part:
    """What asks for the first page of the log from a token on."""
    query = {
        "Item": True,
        **dict.fromkeys(_KINDS, True),
        "RecursiveAll": True,
        "ChangeTokenStart": {"StringValue": token},
        "FetchLimit": str(limits.changes),
    }
    return Part(
        method="POST",
        url=site.api(f"{by_guid(schema.list_guid)}/getchanges"),
        headers={"Accept": NO_METADATA, "Content-Type": JSON_BODY},
        body=json_body({"query": query}),
        units=ASKING_UNITS,
        kind="changes",
    )


def changes_of(reply: Reply, site: Site, schema: ListSchema, token: str, limits: Limits) -> frozenset[int] | None:
    """The items that the log names from a token on, its first page being there already; None where SharePoint does not
    accept the token."""
    about = f"the list '{schema.title}'"
    found: set[int] = set()
    for page in range(1, limits.max_change_pages + 1):
        entries = _entries(reply, site, about)
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
        if page < limits.max_change_pages:
            reply = site.exchange(changes_part(site, schema, token, limits).request(about))
    raise UnreadableError(f"More happened in {about} than {limits.max_change_pages} pages of its change log can hold.")


def _entries(reply: Reply, site: Site, about: str) -> list[Any] | None:
    if reply.status >= 400:
        error = service_error(reply.content)
        if error is not None and re.search(r"change ?token", error.message, re.IGNORECASE):
            return None
        raise refusal(reply, about, site.url)
    entries = reply.mapping(about).get("value")
    if not isinstance(entries, list):
        raise UnreadableError(f"The change log of {about} is not of the expected form.")
    return entries
