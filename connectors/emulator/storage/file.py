"""The file: a SQLite database that holds one world and is written before a request is answered.

Everything that happens to a list goes through its change log, so the log tells what has to be written: only items with
an entry since the last time are. Sites and lists are small and are written whole when something of theirs moved.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.emulator.state.changes import Change, ChangeLog, ChangeType
from connectors.emulator.state.item_table import ItemTable
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.state.world import Recycled, Site, World
from connectors.emulator.storage.codec import attributes, decode_attributes, encode, from_text, to_text

APPLICATION = 0x50534D55
VERSION = 1
IN_MEMORY = Path(":memory:")
"""A file that is nowhere: what is kept in it lasts as long as it is open."""
_WORLD, _LISTS = "world", "lists"
_SITE_ELSEWHERE = frozenset({"world", "lists", "recycled"})
_LIST_ELSEWHERE = frozenset({"site", "items", "log"})
_PUT_WORLD = "INSERT INTO world VALUES ('world', ?) ON CONFLICT DO UPDATE SET document = excluded.document"
_PUT_SITE = "INSERT INTO site VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET document = excluded.document"
_PUT_LIST = "INSERT INTO list VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document"
_PUT_ITEM = "INSERT INTO item VALUES (?, ?, ?) ON CONFLICT (list, id) DO UPDATE SET document = excluded.document"
_TABLES = """
CREATE TABLE world (name TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE site (path TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE list (id TEXT PRIMARY KEY, site TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE item (list TEXT NOT NULL, id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (list, id))
    WITHOUT ROWID;
CREATE TABLE change (list TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (list, number))
    WITHOUT ROWID;
CREATE TABLE recycled (id TEXT PRIMARY KEY, site TEXT NOT NULL, document TEXT NOT NULL);
"""


class StorageError(Exception):
    """A file that cannot keep a world: one sentence saying why."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the file already holds: the world it is of, each site and list as text, each list's last change."""

    world: World | None = None
    texts: dict[str, str] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    recycled: frozenset[str] = frozenset()


class WorldFile:
    """One world in one file, which nobody else may use meanwhile. Raises StorageError where that cannot be.

    A file that was made for a world and never got one is gone again when it is closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept = _Kept()
        self._is_made_for_it = False
        was_there = path == IN_MEMORY or path.exists()
        if not path.absolute().parent.is_dir():
            raise StorageError(f"The world cannot be kept in {path}: there is no folder {path.absolute().parent}.")
        if path.is_dir():
            raise StorageError(f"The world cannot be kept in {path}: it is a folder.")
        with self._told():
            # Requests are answered in one thread, but not in the one that opens the file.
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            with self._told():
                is_made = self._prepare()
        except StorageError:
            self._connection.close()
            raise
        self._is_made_for_it = is_made and not was_there

    def load(self, world: World) -> bool:
        """Fill an empty world with what is kept; False, and nothing done, where the file holds none yet.

        The world has the clock and the limits it was made with; its name, seed and identifiers become those kept.
        """
        with self._told():
            about = self._connection.execute("SELECT document FROM world WHERE name = 'world'").fetchone()
            if about is None:
                return False
            world.resume(json.loads(about[0]))
            for path, document in self._connection.execute("SELECT path, document FROM site ORDER BY rowid"):
                self._load_site(world, path, document)
        self._remember(world)
        return True

    def save(self, world: World) -> None:
        """Write what has changed since the last time; another world than before is written whole."""
        before = self._kept if world is self._kept.world else _Kept()
        texts = _about(world)
        if before.texts.items() >= texts.items():
            return
        with self._told():
            with self._transaction():
                if before.world is None:
                    self._empty()
                now = self._save(world, before, texts)
            # Only now, because what a failure has rolled back has to be written the next time.
            self._kept = now

    def label(self, proposed: str) -> str:
        """The word that tells this file from every other: the one it was first given."""
        with self._told():
            self._connection.execute("INSERT OR IGNORE INTO world VALUES ('label', ?)", (proposed,))
            (label,) = self._connection.execute("SELECT document FROM world WHERE name = 'label'").fetchone()
        return str(label)

    @property
    def written(self) -> int:
        """How many rows have been written since it was opened."""
        return self._connection.total_changes

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._is_made_for_it and self._kept.world is None:
            self._path.unlink(missing_ok=True)

    # Writing

    def _save(self, world: World, before: _Kept, about: dict[str, str]) -> _Kept:
        run = self._connection.execute
        run(_PUT_WORLD, (about[_WORLD],))
        texts, changes = dict(about), {}
        for site in world.sites.values():
            texts[site.path] = json.dumps(attributes(site, _SITE_ELSEWHERE))
            if texts[site.path] != before.texts.get(site.path):
                run(_PUT_SITE, (site.path, texts[site.path]))
            for owner in site.lists.values():
                texts[owner.id], changes[owner.id] = self._save_list(site, owner, before)
        for gone in before.texts.keys() - texts.keys():
            for table, column in (("list", "id"), ("item", "list"), ("change", "list"), ("site", "path")):
                run(f"DELETE FROM {table} WHERE {column} = ?", (gone,))  # noqa: S608 - names of our own
        return _Kept(world, texts, changes, self._save_recycled(world, before))

    def _save_list(self, site: Site, owner: SpList, before: _Kept) -> tuple[str, int]:
        run = self._connection.execute
        known = attributes(owner, _LIST_ELSEWHERE) | {"started": encode(owner.log.started)}
        text, then = json.dumps(known), before.texts.get(owner.id)
        if text != then:
            run(_PUT_LIST, (owner.id, site.path, text))
        last = before.changes.get(owner.id, -1)
        fresh = _entries_since(owner, last)
        for number in _touched(owner, fresh, is_new=then is None):
            if number in owner.items:
                run(_PUT_ITEM, (owner.id, number, to_text(owner.items[number])))
            else:
                run("DELETE FROM item WHERE list = ? AND id = ?", (owner.id, number))
        rows = ((owner.id, entry.token.number, to_text(entry)) for entry in fresh)
        self._connection.executemany("INSERT INTO change VALUES (?, ?, ?)", rows)
        if fresh:
            # The log forgets what is old when something is recorded.
            run("DELETE FROM change WHERE list = ? AND number < ?", (owner.id, owner.log.entries[0].token.number))
        return text, fresh[-1].token.number if fresh else last

    def _save_recycled(self, world: World, before: _Kept) -> frozenset[str]:
        entries = {entry.id: (site.path, entry) for site in world.sites.values() for entry in site.recycled.values()}
        for gone in before.recycled - entries.keys():
            self._connection.execute("DELETE FROM recycled WHERE id = ?", (gone,))
        for name, (path, entry) in entries.items():
            if name not in before.recycled:
                self._connection.execute("INSERT INTO recycled VALUES (?, ?, ?)", (name, path, to_text(entry)))
        return frozenset(entries)

    def _empty(self) -> None:
        self._connection.execute("DELETE FROM world WHERE name = 'world'")
        for table in ("site", "list", "item", "change", "recycled"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own

    # Reading

    def _load_site(self, world: World, path: str, document: str) -> None:
        known = decode_attributes(Site, json.loads(document))
        site = Site(world=world, **known)
        world.sites[site.path.lower()] = site
        rows = self._connection.execute("SELECT document FROM list WHERE site = ? ORDER BY rowid", (path,))
        for (text,) in rows.fetchall():
            owner = self._load_list(site, json.loads(text))
            site.lists[owner.id] = owner
        rows = self._connection.execute("SELECT id, document FROM recycled WHERE site = ? ORDER BY rowid", (path,))
        site.recycled = {name: from_text(Recycled, text) for name, text in rows}

    def _load_list(self, site: Site, raw: dict[str, Any]) -> SpList:
        started = decode_attributes(ChangeLog, {"started": raw.pop("started")})["started"]
        known = decode_attributes(SpList, raw)
        later = {name: known.pop(name) for name in ("last_deleted", "last_modified", "last_user_modified")}
        owner = SpList(site=site, log=ChangeLog(known["id"], started), **known)
        for name, value in later.items():
            setattr(owner, name, value)
        owner.items = ItemTable()
        mine = (owner.id,)
        for (text,) in self._connection.execute("SELECT document FROM item WHERE list = ? ORDER BY id", mine):
            item: Item = from_text(Item, text)
            owner.items[item.id] = item
        rows = self._connection.execute("SELECT document FROM change WHERE list = ? ORDER BY number", mine)
        owner.log.entries = [from_text(Change, text) for (text,) in rows]
        return owner

    def _remember(self, world: World) -> None:
        # Texts are left empty, so that the first save looks at every site and list again.
        texts, changes = {}, {}
        recycled: set[str] = set()
        for site in world.sites.values():
            texts[site.path] = ""
            recycled |= site.recycled.keys()
            for owner in site.lists.values():
                texts[owner.id] = ""
                changes[owner.id] = owner.log.entries[-1].token.number if owner.log.entries else -1
        self._kept = _Kept(world, texts, changes, frozenset(recycled))

    # The database

    def _prepare(self) -> bool:
        """Take the file for ourselves; whether its tables had to be made."""
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")
        (application,), (version,) = run("PRAGMA application_id").fetchone(), run("PRAGMA user_version").fetchone()
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        run("COMMIT")
        if tables and application != APPLICATION:
            raise StorageError(f"{self._path} is a database of something else; name another file.")
        if tables and version != VERSION:
            raise StorageError(f"{self._path} was written by another release; name another file.")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        if not tables:
            run(f"PRAGMA application_id = {APPLICATION}")
            run(f"PRAGMA user_version = {VERSION}")
            with self._transaction():
                for statement in _TABLES.split(";"):
                    run(statement)
        return not tables

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # Where the disk is full SQLite may have rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The database's troubles in a sentence."""
        try:
            yield
        except sqlite3.OperationalError as error:
            reason = "another emulator is using it" if "locked" in str(error) else str(error)
            raise StorageError(f"The world cannot be kept in {self._path}: {reason}.") from None
        except (sqlite3.DatabaseError, KeyError, TypeError, ValueError) as error:
            raise StorageError(f"{self._path} does not hold a world that can be read ({error}).") from None


def _about(world: World) -> dict[str, str]:
    """What cannot stay the same when anything has moved: whatever is written draws a number, and lists may go."""
    lists = json.dumps([[site.path, *site.lists] for site in world.sites.values()])
    return {_WORLD: json.dumps(world.state()), _LISTS: lists}


def _touched(owner: SpList, fresh: list[Change], *, is_new: bool) -> set[int]:
    """The numbers of the items to write: all of a new list, and all when a column went with its values."""
    if is_new or any(entry.subject == "Field" and entry.type is ChangeType.DELETE for entry in fresh):
        return set(owner.items)
    return {entry.item_id for entry in fresh if entry.item_id}


def _entries_since(owner: SpList, number: int) -> list[Change]:
    """The entries of a list's log after a number, oldest first."""
    fresh = []
    for entry in reversed(owner.log.entries):
        if entry.token.number <= number:
            break
        fresh.append(entry)
    return fresh[::-1]
