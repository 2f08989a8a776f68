"""office365-rest-python-client as in the examples of its repository.

`examples/sharepoint/lists/read_all.py` reads a list with `get_all`, here with the largest page there is, and
`examples/sharepoint/listitems/update.py` writes an item with `set_property(...).update().execute_query()`. Both are put
together as most scripts do: every item is written, every night, without a look at what it holds.
"""

from office365.sharepoint.client_context import ClientContext

from bench.peers.script import Done, Items, Wanted, run, token

PAGE = 5000


def night(host: str, wanted: Wanted, done: Done) -> None:
    """One list after the other."""
    for site, lists in wanted.items():
        ctx = ClientContext(host + site).with_access_token(token)
        for title, items in lists.items():
            update(ctx, title, items, done)


def update(ctx: ClientContext, title: str, wanted: Items, done: Done) -> None:
    """Reads a list and writes each of its items."""
    all_items = ctx.web.lists.get_by_title(title).items.get_all(PAGE).execute_query()
    done.read += len(all_items)
    for item in all_items:
        if (values := wanted.get(str(item.id))) is None:
            continue
        for column, value in values.items():
            item.set_property(column, value)  # type: ignore[no-untyped-call]
        item.update().execute_query()
        done.written += 1


if __name__ == "__main__":
    run(night)
