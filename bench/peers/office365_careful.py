"""office365-rest-python-client as somebody uses it who knows it well.

One client a site; of the items only the columns in question, in the largest pages there are, the lists of a site in one
batch; what differs is written, in batches of 100 (`examples/sharepoint/listitems/update_batch.py`).
"""

from collections.abc import Mapping

from office365.sharepoint.client_context import ClientContext
from office365.sharepoint.entity import Entity
from office365.sharepoint.listitems.collection import ListItemCollection

from bench.peers.script import Done, Items, Wanted, differing, run, token

PAGE = 5000
BATCH = 100


def night(host: str, wanted: Wanted, done: Done) -> None:
    """One site after the other: two rounds of batches each, one to read and one to write."""
    for site, lists in wanted.items():
        ctx = ClientContext(host + site).with_access_token(token)
        found = read(ctx, lists)
        for title, items in found.items():
            done.read += len(items)
            done.written += queue_updates(items, lists[title])
        ctx.execute_batch(BATCH)


def read(ctx: ClientContext, lists: Mapping[str, Items]) -> Mapping[str, ListItemCollection]:
    """The items of all lists; further pages follow in batches of their own."""
    found = {}
    for title, wanted in lists.items():
        columns = sorted({column for values in wanted.values() for column in values})
        found[title] = ctx.web.lists.get_by_title(title).items.select(["Id", *columns]).get_all(PAGE)
    ctx.execute_batch(BATCH)
    return found


def queue_updates(items: ListItemCollection, wanted: Items) -> int:
    """Queues what differs, and says how many items that is."""
    queued = 0
    for item in items:
        if values := differing(item.properties, wanted.get(str(item.id), {})):
            for column, value in values.items():
                item.set_property(column, value)  # type: ignore[no-untyped-call]
            # ListItem.update asks for the name of the list's type first and ends the batch there, for every item.
            Entity.update(item)
            queued += 1
    return queued


if __name__ == "__main__":
    run(night)
