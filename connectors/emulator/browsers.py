"""What every page for a browser has in common: where a form may come from, and what a page may not do."""

from collections.abc import Mapping

PAGE_HEADERS: Mapping[str, str] = {
    # Not `no-referrer`: with that a browser no longer says which page a form comes from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def from_own_page(headers: Mapping[str, str], origin: str) -> bool:
    """Whether a page of ours sent it. Browsers say where a form comes from; what says nothing is refused."""
    sent_from, site = headers.get("origin"), headers.get("sec-fetch-site")
    if sent_from is None and site is None:
        return False
    ours = sent_from is None or sent_from.lower() == origin.lower()
    return ours and site in {None, "same-origin"}
