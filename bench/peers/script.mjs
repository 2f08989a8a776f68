// What the peers in JavaScript share: how they are called, how they sign in, and what they tell.

import { readFile } from "node:fs/promises";

import { BearerToken, BrowserFetchWithRetry, DefaultParse } from "@pnp/queryable";
import { DefaultHeaders, DefaultInit, spfi } from "@pnp/sp";
import "@pnp/sp/webs/index.js";
import "@pnp/sp/lists/index.js";
import "@pnp/sp/items/index.js";

const TOKEN = "any";

/** PnPjs for one site: the behaviours that its own defaults for Node have, and a token instead of a sign-in. */
export function connect(address) {
  return spfi(address).using(
    DefaultHeaders(), DefaultInit(), BrowserFetchWithRetry(), DefaultParse(), BearerToken(TOKEN));
}

/** Does the work of a night for the host and the file named on the command line. */
export async function run(night) {
  const [host, file] = process.argv.slice(2);
  const done = { read: 0, written: 0 };
  try {
    await night(host, JSON.parse(await readFile(file, "utf-8")), done);
  } catch (refused) {
    console.error(`SharePoint refused: ${refused.message}`);
    process.exit(1);
  }
  console.log(JSON.stringify(done));
}
