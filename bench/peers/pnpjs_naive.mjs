// PnPjs as in its documentation: "Get Paged Items" and "Update" of @pnp/sp/items.
//
// Put together as most scripts do: every item is written, every night, without a look at what it holds.

import { connect, run } from "./script.mjs";

const PAGE = 5000;

async function night(host, wanted, done) {
  for (const [site, lists] of Object.entries(wanted)) {
    const sp = connect(host + site);
    for (const [title, items] of Object.entries(lists)) {
      await update(sp.web.lists.getByTitle(title), items, done);
    }
  }
}

async function update(list, wanted, done) {
  for await (const page of list.items.top(PAGE)) {
    done.read += page.length;
    for (const { Id } of page) {
      if (Id in wanted) {
        await list.items.getById(Id).update(wanted[Id]);
        done.written += 1;
      }
    }
  }
}

await run(night);
