"""Retention labels: what the one that a list gives its items does to edits of them."""

from urllib.parse import urlsplit

from connectors.sharepoint.context import Site, json_body
from connectors.sharepoint.messages import Request
from sync.core.provisioning.shape import FoundList, ItemLock
from sync.errors import UnreadableError

_ASK = "SP_CompliancePolicy_SPPolicyStoreProxy_GetListComplianceTag"


def item_lock(site: Site, found: FoundList) -> ItemLock | None:
    """In one request. None where it is refused, or answered with anything but a label or the absence of one: who may
    ask is written down nowhere, and a list can be read and written without knowing."""
    about = f"the retention label of the list '{found.title}'"
    whole = urlsplit(site.url)
    body = {"listUrl": f"{whole.scheme}://{whole.netloc}{site.path}/{found.url}"}
    reply = site.exchange(
        Request(url=site.api(_ASK), about=about, kind="schema", units=2, method="POST", body=json_body(body))
    )
    if reply.status >= 400:
        return None
    try:
        label = reply.mapping(about)
    except UnreadableError:
        return None
    if label.get("odata.null") is True:
        return ItemLock.NONE
    if not all(isinstance(label.get(name), bool) for name in ("BlockEdit", "SuperLock")):
        return None
    if label["SuperLock"]:
        return ItemLock.REGULATORY
    return ItemLock.RECORDS if label["BlockEdit"] else ItemLock.NONE
