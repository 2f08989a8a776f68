"""The mirror in the database: rows in sealed blocks, by their numbers. See `Mirrors` for the promises.

A list that is read as a whole goes into a new generation of blocks, page by page, and takes the place of the old one
in one step at the end: a run that dies on the way leaves blocks behind that nobody names, and the next one drops them.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from sync.core.columns import Row
from sync.core.mirror import Mirrored
from sync.engine.mirrors import MirrorLostError, Pages, Place
from sync.store.connect import Database
from sync.store.row_codec import mirrored_from_json, mirrored_to_json, plain_cell, rows_from_bytes, rows_to_bytes
from sync.store.schema import mirror_blocks, mirrors
from sync.store.seal import Seal
from sync.store.statements import upsert
from sync.store.words import in_mirror, pattern_of, stands_in

BLOCK = 500
"""Item numbers in one block: one that changed has so many written again."""
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)


class SqlMirrors:
    """What is kept of lists, under one key."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def kept(self) -> Mapping[Place, Mirrored]:
        """What is kept, by list; nothing of what this key does not open, or another release kept in another form."""
        statement = select(mirrors).where(_opened_by(self._seal))
        found: dict[Place, Mirrored] = {}
        with self._database.reading() as connection:
            for row in connection.execute(statement.order_by(mirrors.c.host, mirrors.c.list_guid)):
                with suppress(*_UNREADABLE):
                    found[row.host, row.list_guid] = mirrored_from_json(row.content)
        return found

    def pages(self, place: Place) -> Iterator[tuple[Row, ...]]:
        """Every row by ascending id, a block at a time; MirrorLostError where one is not there or does not open."""
        with self._database.reading() as connection:
            generation, told = self._found(connection, place)
            numbers = self._numbers(connection, generation)
        rows = 0
        for number in numbers:
            with self._database.reading() as connection:
                page = self._block(connection, generation, number, told.wanted.columns)
            rows += len(page)
            if page:
                yield page
        if rows != told.rows:
            raise MirrorLostError

    def held(self, place: Place, item_ids: Collection[int]) -> frozenset[int]:
        """Which of these are kept."""
        with self._database.reading() as connection:
            generation, told = self._found(connection, place)
            columns = told.wanted.columns
            blocks = [
                self._block(connection, generation, number, columns)
                for number in sorted({number // BLOCK for number in item_ids})
            ]
        return frozenset(item_ids) & {row.item_id for block in blocks for row in block}

    def keep(self, place: Place, columns: Sequence[str], pages: Pages, told: Callable[[int], Mirrored]) -> Mirrored:
        """Keeps these rows in place of what was kept; they are never all held at once."""
        generation = uuid.uuid4().hex
        try:
            kept = told(self._write(generation, columns, pages))
        except BaseException:
            with self._database.writing() as connection:
                _drop(connection, generation)
            raise
        with self._database.writing() as connection:
            before = connection.execute(select(mirrors.c.generation).where(_of(place))).scalar_one_or_none()
            upsert(connection, mirrors, [self._row(kept, generation)])
            if before is not None:
                _drop(connection, before)
        return kept

    def change(self, told: Mirrored, rows: Iterable[Row], gone: Collection[int]) -> None:
        """Puts these rows in the place of those of their ids, and drops those that are gone."""
        columns = told.wanted.columns
        fresh = {row.item_id: row for row in rows}
        touched = sorted({number // BLOCK for number in (*fresh, *gone)})
        with self._database.writing() as connection:
            generation, _ = self._found(connection, told.place)
            for number in touched:
                block = {row.item_id: row for row in self._block(connection, generation, number, columns)}
                block |= {each: row for each, row in fresh.items() if each // BLOCK == number}
                left = [block[each] for each in sorted(block) if each not in gone]
                upsert(connection, mirror_blocks, [self._sealed(generation, number, left, columns)])
            upsert(connection, mirrors, [self._row(told, generation)])

    def tell(self, told: Iterable[Mirrored]) -> None:
        """Keeps what is new about lists whose rows stay; nothing of lists that are not kept."""
        with self._database.writing() as connection:
            for each in told:
                content = {"content": mirrored_to_json(each)}
                connection.execute(update(mirrors).where(_of(each.place), _opened_by(self._seal)).values(content))

    def mentions(self, text: str) -> set[str]:
        """The places where these words stand in what is kept and can be read."""
        pattern = pattern_of(text)
        with suppress(MirrorLostError):
            return {
                in_mirror(place[1], row.item_id)
                for place in self.kept()
                for page in self.pages(place)
                for row in page
                if stands_in(pattern, [plain_cell(cell) for cell in row.cells.values()])
            }
        return set()

    def clear(self) -> None:
        """Drops everything: the next run reads every list."""
        with self._database.writing() as connection:
            connection.execute(delete(mirrors))
            connection.execute(delete(mirror_blocks))

    def forget(self, places: Iterable[Place]) -> None:
        """Of one that is not kept this is no error."""
        with self._database.writing() as connection:
            for place in places:
                before = connection.execute(select(mirrors.c.generation).where(_of(place))).scalar_one_or_none()
                connection.execute(delete(mirrors).where(_of(place)))
                _drop(connection, before)

    def tidy(self) -> None:
        """Drops what runs left behind that died while they read."""
        named = select(mirrors.c.generation)
        with self._database.writing() as connection:
            connection.execute(delete(mirror_blocks).where(mirror_blocks.c.generation.not_in(named)))

    def _write(self, generation: str, columns: Sequence[str], pages: Pages) -> int:
        """Writes blocks as the pages come; answers how many rows there were."""
        count, waiting = 0, list[Row]()
        for page in pages:
            count += len(page)
            waiting += page
            # The last block may go on with the next page.
            open_block = waiting[-1].item_id // BLOCK if waiting else 0
            whole = [row for row in waiting if row.item_id // BLOCK < open_block]
            waiting = waiting[len(whole) :]
            self._put_all(generation, columns, whole)
        self._put_all(generation, columns, waiting)
        return count

    def _put_all(self, generation: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        blocks = [
            self._sealed(generation, number, list(each), columns)
            for number, each in groupby(rows, key=lambda row: row.item_id // BLOCK)
        ]
        if blocks:
            with self._database.writing() as connection:
                upsert(connection, mirror_blocks, blocks)

    def _sealed(self, generation: str, number: int, rows: Sequence[Row], columns: Sequence[str]) -> dict[str, Any]:
        content = self._seal.close(rows_to_bytes(rows, columns), f"{generation}/{number}")
        return {"generation": generation, "number": number, "content": content}

    def _block(self, connection: Connection, generation: str, number: int, columns: Sequence[str]) -> tuple[Row, ...]:
        of = mirror_blocks.c
        statement = select(of.content).where(of.generation == generation, of.number == number)
        sealed = connection.execute(statement).scalar_one_or_none()
        if sealed is None:
            return ()
        try:
            return rows_from_bytes(self._seal.open(sealed, f"{generation}/{number}"), columns)
        except _UNREADABLE:
            raise MirrorLostError from None

    @staticmethod
    def _numbers(connection: Connection, generation: str) -> list[int]:
        of = mirror_blocks.c
        return list(connection.scalars(select(of.number).where(of.generation == generation).order_by(of.number)))

    def _found(self, connection: Connection, place: Place) -> tuple[str, Mirrored]:
        statement = select(mirrors).where(_of(place), _opened_by(self._seal))
        row = connection.execute(statement).first()
        if row is None:
            raise MirrorLostError
        try:
            return row.generation, mirrored_from_json(row.content)
        except _UNREADABLE:
            raise MirrorLostError from None

    def _row(self, told: Mirrored, generation: str) -> dict[str, Any]:
        host, list_guid = told.place
        content = mirrored_to_json(told)
        return {
            "host": host,
            "list_guid": list_guid,
            "generation": generation,
            "seal": self._seal.name,
            "content": content,
        }


def _of(place: Place) -> ColumnElement[bool]:
    return and_(mirrors.c.host == place[0], mirrors.c.list_guid == place[1])


def _opened_by(seal: Seal) -> ColumnElement[bool]:
    return mirrors.c.seal == seal.name


def _drop(connection: Connection, generation: str | None) -> None:
    connection.execute(delete(mirror_blocks).where(mirror_blocks.c.generation == generation))
