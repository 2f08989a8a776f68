"""How pages of the service show a person: a mark of presence, a link and the name, in its own hand, blanks included."""

import html
from collections.abc import Mapping

_MARK = "ms-spimn-img ms-spimn-presence-disconnected-10x10x32"
_AROUND_MARK = "<span class='ms-spimn-presenceWrapper ms-imnImg ms-spimn-imgSize-10x10'>"
_CLICK = "href='#' onclick='IMNImageOnClick(event);return false;'"
_ICONS = "/_layouts/15/images"


def person_span(site_path: str, user: Mapping[str, str], mark: int) -> str:
    """A person with an address has marks that ask for presence, numbered from `mark` on; a group has plain ones."""
    page = f"{site_path.rstrip('/')}/_layouts/15/userdisp.aspx?ID={user['id']}"
    link = (
        f'<a class="ms-subtleLink" onclick="GoToLinkOrDialogNewWindow(this);return false;" href="{page}">'
        f"{html.escape(user['title'])}</a>"
    )
    first, second = _asking(html.escape(user["sip"]), mark) if user["sip"] else _plain()
    return f'<span class="ms-noWrap">{first}<span class="ms-noWrap ms-imnSpan">{second}{link}</span></span>'


def _asking(address: str, mark: int) -> tuple[str, str]:
    first = (
        f"<span class='ms-imnSpan'><a {_CLICK} class='ms-imnlink ms-spimn-presenceLink' >{_AROUND_MARK}"
        f"<img name='imnmark' class='{_MARK}' title='' ShowOfflinePawn='1' src='{_ICONS}/spimn.png?rev=47'  "
        f"alt='No presence information' sip='{address}' id='imn_{mark},type=sip'/></span></a></span>"
    )
    second = (
        f"<a {_CLICK} class='ms-imnlink' tabIndex='-1'><img name='imnmark' class='ms-hide' title='' "
        f"ShowOfflinePawn='1' src='{_ICONS}/blank.gif?rev=47'  alt='' sip='{address}' "
        f"id='imn_{mark + 1},type=sip'/></a>"
    )
    return first, second


def _plain() -> tuple[str, str]:
    first = (
        f"<span class='ms-spimn-presenceLink'>{_AROUND_MARK}"
        f"<img class='{_MARK}' src='{_ICONS}/spimn.png?rev=47'  alt='' /></span></span>"
    )
    second = (
        f"<span class='ms-spimn-presenceLink'><img class='ms-hide' src='{_ICONS}/blank.gif?rev=47'  alt='' /></span>"
    )
    return first, second
