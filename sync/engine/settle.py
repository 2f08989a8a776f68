"""Looks again at lists that a run read and wrote into: for its own echoes, and for what others did meanwhile.

| the list       | is looked at                                         | and is then kept |
|----------------|------------------------------------------------------|------------------|
| a page or less | as a whole                                           | as it is         |
| longer         | by what its change log names, our own writes as well | as it is         |

It is kept under a mark that was told before it was looked at: what somebody does after that, the next run is told of by
another mark. So no edit of anybody's is taken for an echo of ours.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sync.core.columns import Cell, Row
from sync.core.mirror import ASKING_UNITS, Mirrored, cheaper_whole, looked_into
from sync.engine.apply import Target
from sync.engine.asked import Changes, ChangesAsked, Heads, HeadsAsked, Items, ItemsAsked, Whole, WholeAsked
from sync.engine.in_step import Enquiry, heads_of, in_step, the
from sync.engine.lanes import in_lanes
from sync.engine.mirror import HELD, Mirror
from sync.engine.mirrors import MirrorLostError, Place
from sync.engine.ports import ListStore
from sync.errors import SourceError

Site = tuple[str, str]
"""A connection and a site."""


@dataclass(frozen=True, slots=True)
class Again:
    """A list looked at again: the items that changed since it was read, by whomever, and those of them that are still
    there. `is_echo`: it is known that nothing changed but what is ours."""

    changed: frozenset[int]
    rows: Mapping[int, Row]
    is_echo: bool = False


Targets = Mapping[Place, Target]
Found = dict[Place, Again | SourceError]


def settle(mirror: Mirror, targets: Targets, ours: Mapping[Place, Collection[int]], at_once: int) -> Found:
    """What became of lists that were written to; `ours` are the items that were, or may have been. One request a site,
    but where a list is long."""
    return _by_site(targets, at_once, partial(_settle, mirror, ours))


def look_before(mirror: Mirror, targets: Targets, at_once: int) -> Found:
    """What became of lists since they were read: of those to which something happened. One request a site tells."""
    return _by_site(targets, at_once, partial(_look_before, mirror))


def _by_site(targets: Targets, at_once: int, look: Callable[[Targets], Found]) -> Found:
    sites: dict[Site, dict[Place, Target]] = defaultdict(dict)
    for place, target in sorted(targets.items()):
        sites[target.source.connection, target.source.site][place] = target
    done = in_lanes({site: [partial(look, those)] for site, those in sites.items()}, at_once)
    return {place: again for found in done.values() for each in found for place, again in each.items()}


def _settle(mirror: Mirror, ours: Mapping[Place, Collection[int]], targets: Targets) -> Found:
    """All of one site: how its lists stand is asked first, in the same request."""
    site, told = _Site(mirror, targets), list[Heads]()
    before = {place: mirror.heads[place].mark for place in targets}
    looks = {place: _Look(mirror, target, frozenset(ours[place]), told) for place, target in targets.items()}
    heads: dict[Place | None, Enquiry[Heads | Again]] = {None: site.heads(told)}
    found = in_step(site.store, site.path, heads | {place: look.enquire() for place, look in looks.items()})
    settled = {place: again for place, again in found.items() if place is not None and not isinstance(again, Heads)}
    echoes = [place for place, again in settled.items() if isinstance(again, Again) and again.is_echo]
    # What was read in this run may be newer than its mark, and then nobody knows what others showed of it.
    mirror.show_as_before({place[1]: before[place] for place in echoes if place in mirror.unchanged})
    mirror.unchanged -= targets.keys()
    return settled


def _look_before(mirror: Mirror, targets: Targets) -> Found:
    site = _Site(mirror, targets)
    try:
        heads = heads_of(site.store, site.question, site.path)
    except SourceError as error:
        return dict.fromkeys(targets, error)
    same = {place for place in targets if (mark := heads.marks.get(place[1])) and mark == mirror.heads[place].mark}
    looks = {place: _Look(mirror, targets[place], frozenset(), [heads]) for place in targets if place not in same}
    return in_step(site.store, site.path, {place: look.enquire() for place, look in looks.items()})


@dataclass(frozen=True, slots=True)
class _Site:
    """The lists of one site that are looked at again."""

    mirror: Mirror
    targets: Targets

    @property
    def store(self) -> ListStore:
        return self._first.store

    @property
    def path(self) -> str:
        return self._first.source.site

    @property
    def question(self) -> HeadsAsked:
        return HeadsAsked({target.source.name: target.source.list for target in self.targets.values()})

    def heads(self, told: list[Heads]) -> Enquiry[Heads]:
        """Asks, and passes on, how the lists stand."""
        heads = the(Heads, (yield self.question))
        told.append(heads)
        return heads

    @property
    def _first(self) -> Target:
        return next(iter(self.targets.values()))


@dataclass(frozen=True, slots=True)
class _Look:
    """One list. `ours`: the items that we wrote, or may have; `heads` is filled once it is told how the lists stand."""

    mirror: Mirror
    target: Target
    ours: frozenset[int]
    heads: Sequence[Heads]

    def enquire(self) -> Enquiry[Again]:
        schema = self.target.schema
        units = self.target.store.units(self.target.source, schema, self._columns)
        kept, is_short = self.mirror.kept.get(self._place), schema.item_count <= HELD
        since = kept.since if kept else schema.change_token
        if since is None or (is_short and units <= ASKING_UNITS + len(self.ours)):
            return (yield from self._whole())
        changed = the(Changes, (yield ChangesAsked(self.target.source, schema, since))).item_ids
        wanted = tuple(sorted((changed or frozenset()) | self.ours))
        several = self.target.store.units(self.target.source, schema, self._columns, wanted)
        if changed is None or (is_short and cheaper_whole(units, several)):
            return (yield from self._whole())
        rows = the(Items, (yield ItemsAsked(self.target.source, schema, self._columns, wanted))).rows if wanted else {}
        self._keep_changes(rows, set(wanted) - rows.keys())
        return Again(frozenset(wanted), rows)

    def _whole(self) -> Enquiry[Again]:
        asked = WholeAsked(self.target.source, self.target.schema, self._columns)
        rows = {row.item_id: row for row in the(Whole, (yield asked)).rows}
        before = self._before()
        changed = {number for number in {*rows, *before} if _version(before.get(number)) != _version(rows.get(number))}
        echo = all(self._is_echo(before.get(number), rows.get(number)) for number in changed)
        self._keep_whole(tuple(rows.values()))
        return Again(frozenset(changed), {number: rows[number] for number in changed if number in rows}, echo)

    def _before(self) -> dict[int, Row]:
        """The items as they were read; none where that was not kept, and then all count as changed."""
        try:
            return {row.item_id: row for page in self.mirror.mirrors.pages(self._place) for row in page}
        except MirrorLostError:
            return {}

    def _is_echo(self, before: Row | None, now: Row | None) -> bool:
        """Whether an item is what it was but for our own columns."""
        ours = {column.name for column in self.target.binding.owned.values()}
        return before is not None and now is not None and _without(before, ours) == _without(now, ours)

    def _keep_whole(self, rows: tuple[Row, ...]) -> None:
        kept = self._kept_now()
        if kept is not None:
            others = max(0, kept.schema.item_count - len(rows))
            shown = looked_into(kept.schema, self._columns, self.heads[0].marks)
            told = replace(kept, others=others, looked_into=shown)
            self.mirror.keep(self._place, self._columns, [rows], lambda count: replace(told, rows=count))

    def _keep_changes(self, rows: Mapping[int, Row], gone: Collection[int]) -> None:
        kept = self._kept_now()
        if kept is None:
            return
        try:
            was = self.mirror.mirrors.held(self._place, {*rows, *gone})
            count = kept.rows + len(rows.keys() - was) - len(was - rows.keys())
            self.mirror.change(replace(kept, rows=count), rows, gone)
        except MirrorLostError:
            self.mirror.forget(self._place)

    def _kept_now(self) -> Mirrored | None:
        """What is kept of the list, under the mark that was told before it was looked at; with what was learnt of how
        to write into it. None, and nothing is kept any more, where no mark was told."""
        kept = self.mirror.kept.get(self._place)
        head = self.heads[0].by_name.get(self.target.source.name) if self.heads else None
        if head is not None:
            self.mirror.saw(self.target.source, head)
        if kept is None or head is None or head.mark is None:
            self.mirror.forget(self._place)
            return None
        handle = self.target.store.handle(self.target.source, kept.schema)
        schema = replace(kept.schema, handle=handle, change_token=head.since, item_count=head.item_count)
        return replace(kept, schema=schema, mark=head.mark, since=head.since)

    @property
    def _place(self) -> Place:
        return self.target.schema.host, self.target.schema.list_guid

    @property
    def _columns(self) -> tuple[str, ...]:
        return self.mirror.wanted[self._place].columns


def _without(row: Row, names: Collection[str]) -> dict[str, Cell]:
    return {name: cell for name, cell in row.cells.items() if name not in names}


def _version(row: Row | None) -> str | None:
    return row.version if row else None
