"""What a flow of Power Automate asks of SharePoint: Get items, Apply to each, Update item.

Microsoft's connector reference has Get items with pagination on and a page of 5,000, and Update item, one call each,
one after the other (concurrency is off unless somebody turns it on). What the connector's own service sends to
SharePoint is not public: one request an action is the least that it can be.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import requests

from bench.peers.script import TOKEN, Done, Wanted, run

PAGE = 5000
JSON = "application/json;odata=nometadata"
TIMEOUT = 120


def night(host: str, wanted: Wanted, done: Done) -> None:
    """One flow for all lists, on one connection."""
    with requests.Session() as session:
        session.headers.update({"Authorization": f"Bearer {TOKEN}", "Accept": JSON, "Content-Type": JSON})
        for site, lists in wanted.items():
            for title, items in lists.items():
                address = f"{host}{site}/_api/web/lists/getByTitle('{quote(title)}')/items"
                for item in list(get_items(session, address)):
                    done.read += 1
                    if values := items.get(str(item["Id"])):
                        update_item(session, f"{address}({item['Id']})", values)
                        done.written += 1


def get_items(session: requests.Session, address: str) -> Iterator[Mapping[str, Any]]:
    """Get items: every column, page by page."""
    page: str | None = f"{address}?$top={PAGE}"
    while page:
        answer = session.get(page, timeout=TIMEOUT)
        answer.raise_for_status()
        found = answer.json()
        yield from found["value"]
        page = found.get("odata.nextLink")


def update_item(session: requests.Session, address: str, values: Mapping[str, Any]) -> None:
    """Update item: whatever happened to it since it was read."""
    session.patch(address, json=dict(values), headers={"If-Match": "*"}, timeout=TIMEOUT).raise_for_status()


if __name__ == "__main__":
    run(night)
