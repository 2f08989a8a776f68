"""Reads a SharePoint list as any client would, with no code of the connector: what tests compare before and after."""

from typing import Any

import requests

HEADERS = {
    "Authorization": "Bearer test",
    "Accept": "application/json;odata=minimalmetadata",
    "User-Agent": "NONISV|Tests|Reader/1.0",
}


def get(url: str) -> Any:
    answer = requests.get(url, headers=HEADERS, timeout=30)
    answer.raise_for_status()
    return answer.json()


def items(site: str, title: str) -> dict[int, dict[str, Any]]:
    """Every item of a list by id, all columns, following the server's own next links."""
    found: dict[int, dict[str, Any]] = {}
    url: str | None = f"{site}/_api/web/lists/GetByTitle('{title}')/items?$top=5000"
    while url:
        page = get(url)
        found |= {item["Id"]: item for item in page["value"]}
        url = page.get("odata.nextLink")
    return found


def every_list(site: str) -> list[str]:
    return sorted(each["Title"] for each in get(f"{site}/_api/web/lists?$filter=Hidden eq false")["value"])


def staff_side(item: dict[str, Any], owned_prefix: str = "PS") -> dict[str, Any]:
    """An item without our columns and without what every write moves (its ETag)."""
    return {name: value for name, value in item.items() if not name.startswith((owned_prefix, "odata."))}


def edit(site: str, title: str, item_id: int, **values: Any) -> None:
    """A colleague's edit of one item, whatever its version."""
    answer = requests.post(
        f"{site}/_api/web/lists/GetByTitle('{title}')/items({item_id})",
        json=values,
        headers={
            **HEADERS,
            "Content-Type": "application/json;odata=nometadata",
            "X-HTTP-Method": "MERGE",
            "If-Match": "*",
        },
        timeout=30,
    )
    answer.raise_for_status()


def add(site: str, title: str, **values: Any) -> int:
    """A colleague's new item; its id."""
    answer = requests.post(
        f"{site}/_api/web/lists/GetByTitle('{title}')/items",
        json=values,
        headers={**HEADERS, "Content-Type": "application/json;odata=nometadata"},
        timeout=30,
    )
    answer.raise_for_status()
    return int(answer.json()["Id"])


def delete(site: str, title: str, item_id: int) -> None:
    """A colleague deletes an item, whatever its version."""
    answer = requests.post(
        f"{site}/_api/web/lists/GetByTitle('{title}')/items({item_id})",
        headers={**HEADERS, "X-HTTP-Method": "DELETE", "If-Match": "*"},
        timeout=30,
    )
    answer.raise_for_status()
