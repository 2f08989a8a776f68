"""Check-out: who holds an item, and whose edit that refuses.

SharePoint has check-out for files; the sentences and the codes are those of files. Who has checked an item out is told
by the world document: there is no route for it, because the items of a generic list have no file.
"""

from typing import TYPE_CHECKING

from connectors.emulator import errors
from connectors.emulator.state.users import User
from connectors.emulator.state.versions import Item

if TYPE_CHECKING:
    from connectors.emulator.state.lists import SpList

HOLDER = "CheckoutUser"


def holder(item: Item) -> int | None:
    """The number of the user who has checked the item out; None where nobody has."""
    held = item.values.get(HOLDER)
    return held if isinstance(held, int) else None


def check(owner: "SpList", item: Item, editor: User) -> None:
    """Refuse an edit of an item that somebody else holds, or that nobody holds where check-out is forced."""
    held_by = holder(item)
    url = f"{owner.url}/{item.leaf_name}"
    if held_by is None and owner.settings.forced_checkout:
        raise errors.not_checked_out(url)
    if held_by is not None and held_by != editor.id:
        raise errors.checked_out(url, owner.site.user(held_by).person.login)
