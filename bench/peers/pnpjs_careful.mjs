// PnPjs as somebody uses it who knows it well: "Batching" and "Get Paged Items" of its documentation.
//
// The lists of a site are read in one batch, of each item only the columns in question, in the largest pages there are;
// what differs is written, in batches of 100.

import "@pnp/sp/batching.js";

import { connect, run } from "./script.mjs";

const PAGE = 5000;
const BATCH = { maxRequests: 100 };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const HALF_A_DAY = 12 * 60 * 60 * 1000;

async function night(host, wanted, done) {
  for (const [site, lists] of Object.entries(wanted)) {
    const sp = connect(host + site);
    const found = await read(sp, lists);
    done.read += found.length;
    done.written += await write(sp, found, lists);
  }
}

/** The items of all lists as [title, item]: in each round one batch has the next page of every list that goes on. */
async function read(sp, lists) {
  const found = [];
  let pages = Object.keys(lists).map((title) => [title, 0]);
  while (pages.length > 0) {
    const [batched, execute] = sp.batched(BATCH);
    const asked = pages.map(([title, last]) => nextPage(batched, title, last, columnsOf(lists[title])));
    await Promise.all([execute(), ...asked]);
    const answers = await Promise.all(asked);
    pages.forEach(([title], index) => found.push(...answers[index].map((item) => [title, item])));
    pages = pages
      .map(([title], index) => [title, answers[index]])
      .filter(([, items]) => items.length === PAGE)
      .map(([title, items]) => [title, items.at(-1).Id]);
  }
  return found;
}

function nextPage(sp, title, last, columns) {
  const items = sp.web.lists.getByTitle(title).items.select("Id", ...columns).top(PAGE);
  return last ? items.skip(last)() : items();
}

function columnsOf(wanted) {
  return [...new Set(Object.values(wanted).flatMap(Object.keys))];
}

async function write(sp, found, lists) {
  const [batched, execute] = sp.batched(BATCH);
  const asked = [];
  for (const [title, item] of found) {
    const values = differing(item, lists[title][item.Id] ?? {});
    if (Object.keys(values).length > 0) {
      asked.push(batched.web.lists.getByTitle(title).items.getById(item.Id).update(values));
    }
  }
  await Promise.all([execute(), ...asked]);
  return asked.length;
}

function differing(live, wanted) {
  return Object.fromEntries(Object.entries(wanted).filter(([column, value]) => plain(live[column]) !== plain(value)));
}

/** A date as its day: REST tells midnight at the site, in UTC; half a day later it is that day in UTC as well. */
function plain(value) {
  const isInstant = typeof value === "string" && INSTANT.test(value);
  return isInstant ? new Date(Date.parse(value) + HALF_A_DAY).toISOString().slice(0, 10) : value ?? null;
}

await run(night);
