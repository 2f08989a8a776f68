"""The parts of a portfolio: which projects, and what belongs to them, stand in one row of a roll-up.

Every project is in exactly one group of an axis, and so is every record that counts; a group that would give away a
single restricted record is merged with others. Boards are no axis: what waits for none is in no group of theirs.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sync.core.matching import Matched
from sync.core.model import REGISTERED, Kind, Project
from sync.core.policy import SourceMapping
from sync.core.snapshot import Record, RecordId
from sync.core.text import fold

NONE, NO_PROJECT, OTHER, RESTRICTED = "(none)", "(no project)", "(other)", "(restricted)"
"""Groups that no list names; they come last, in this order."""

LAST = {name: place for place, name in enumerate((NONE, NO_PROJECT, RESTRICTED, OTHER), 1)}
_MERGED = "Groups with a single restricted record are counted together here, so that no figure gives it away."
LOOSE = "Risks, issues, milestones and actions that belong to no project."


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The projects of one row and the other records that belong to them, or the records of one register or board.

    `programme`: the programme whose row this is. `sources`: the lists that could have held more of it.
    """

    name: str
    sources: frozenset[str]
    projects: tuple[Record, ...] = ()
    others: tuple[Record, ...] = ()
    programme: Record | None = None
    notes: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[Record, ...]:
        """What the row's total counts, or, where that is nothing, what its other figures count."""
        return self.projects or self.others

    @property
    def gives_away(self) -> bool:
        """Whether the figures of this row would be those of one restricted record."""
        return len(self.members) == 1 and self.members[0].restricted


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a project stands on an axis: groups are told apart by `key` and shown by `name`."""

    key: str | RecordId
    name: str
    programme: Record | None = None


class Groups:
    """The groups of every axis. `counts` tells which records that belong to no project have a figure at all."""

    def __init__(self, matched: Matched, counts: Callable[[Record], bool]) -> None:
        self._matched = matched
        self._projects = tuple(record for record in matched.records if record.kind is Kind.PROJECT)
        self._others = tuple(record for record in matched.records if record.kind not in (Kind.PROJECT, Kind.PROGRAMME))
        self._sources = frozenset(matched.mappings)
        belonging: dict[RecordId | None, list[Record]] = defaultdict(list)
        for record in self._others:
            belonging[_project_id(record, matched)].append(record)
        self._belonging: Mapping[RecordId | None, list[Record]] = belonging
        self._loose = tuple(record for record in belonging.get(None, ()) if counts(record))

    def portfolio(self, name: str) -> Group:
        return Group(name=name, sources=self._sources, projects=self._projects, others=self._others)

    def themes(self) -> list[Group]:
        return self._axis(lambda record, project: _text_place(project.theme))

    def departments(self) -> list[Group]:
        return self._axis(lambda record, project: _text_place(project.department))

    def mapped(self, grouping: str) -> list[Group]:
        """One group for each word that projects have in a mapped grouping."""
        return self._axis(lambda record, project: _text_place(record.groups.get(grouping)))

    def programmes(self) -> list[Group]:
        """One group for each programme, those without a project included, and for each name that a project gives."""
        parents = self._matched.parents
        return self._axis(
            lambda record, project: (
                _programme_place(parents[record.id])
                if record.id in parents
                else _text_place(project.programme.text if project.programme else None)
            ),
            [_programme_place(record) for record in self._matched.records if record.kind is Kind.PROGRAMME],
        )

    def registers(self) -> list[Group]:
        """One group for each register, else list, of risks and issues; restricted ones share one without a name."""
        held: dict[str, list[Record]] = defaultdict(list)
        sources: dict[str, set[str]] = defaultdict(set)
        names = {
            mapping.name: RESTRICTED if mapping.restricted else mapping.register or mapping.name
            for mapping in self._matched.mappings.values()
            if mapping.kind in REGISTERED
        }
        for source, name in names.items():
            sources[name].add(source)
        for record in self._others:
            if record.kind in REGISTERED:
                held[names[record.source]].append(record)
        return _merged(
            [
                Group(name=name, sources=frozenset(sources[name]), others=tuple(records))
                for name, records in held.items()
            ]
        )

    def boards(self, known: Iterable[str], board_of: Callable[[Record], str | None]) -> list[Group]:
        """One group for each board, those that nothing waits for included: the risks and issues that `board_of` says
        are before it. What is before none is in no group.

        Where one restricted record is all that waits, the boards share one group: that a single one of them had no row
        would tell which it waits for.
        """
        names = {fold(name): name for name in reversed(tuple(known))}
        held: dict[str, list[Record]] = {key: [] for key in names}
        for record in self._others:
            if board := board_of(record):
                names.setdefault(fold(board), board)
                held.setdefault(fold(board), []).append(record)
        sources = frozenset(name for name, each in self._matched.mappings.items() if each.kind in REGISTERED)
        made = _merged([Group(name=names[key], sources=sources, others=tuple(each)) for key, each in held.items()])
        return [group for group in made if group.gives_away] or made

    def _axis(self, place_of: Callable[[Record, Project], _Place | None], known: Iterable[_Place] = ()) -> list[Group]:
        places = {place.key: place for place in known}
        held: dict[str | RecordId, list[Record]] = defaultdict(list)
        nowhere = []
        for record in self._projects:
            place = place_of(record, record.fields) if isinstance(record.fields, Project) else None
            if place is None:
                nowhere.append(record)
            else:
                places.setdefault(place.key, place)
                held[place.key].append(record)
        if not places:
            return []
        groups = [self._group(place.name, held[key], place.programme) for key, place in places.items()]
        if nowhere:
            groups.append(self._group(NONE, nowhere))
        if self._loose:
            groups.append(Group(name=NO_PROJECT, sources=self._sources, others=self._loose, notes=(LOOSE,)))
        return _merged(groups)

    def _group(self, name: str, projects: Sequence[Record], programme: Record | None = None) -> Group:
        others = tuple(other for project in projects for other in self._belonging.get(project.id, ()))
        return Group(name=name, sources=self._sources, projects=tuple(projects), others=others, programme=programme)


def groupings_of(mappings: Iterable[SourceMapping]) -> list[str]:
    """The names of the mapped groupings, sorted."""
    return sorted({name for mapping in mappings for name in mapping.groups}, key=lambda name: (fold(name), name))


def _text_place(text: str | None) -> _Place | None:
    tidy = " ".join((text or "").split())
    return _Place(fold(tidy), tidy) if tidy else None


def _programme_place(programme: Record) -> _Place:
    if programme.restricted:
        return _Place(RESTRICTED, RESTRICTED)
    return _Place(programme.id, programme.fields.title or programme.label, programme)


def project_of(record: Record, matched: Matched) -> Record | None:
    """The project that a record is or belongs to, through its risk or issue where it names one of those."""
    at: Record | None = record
    while at is not None and at.kind is not Kind.PROJECT:
        at = matched.parents.get(at.id)
    return at


def _project_id(record: Record, matched: Matched) -> RecordId | None:
    project = project_of(record, matched)
    return project.id if project else None


def _merged(groups: Sequence[Group]) -> list[Group]:
    """The groups by name; those that give a record away become one, joined by the smallest others until it does not."""
    kept = sorted((group for group in groups if not group.gives_away), key=_size)
    hidden = [group for group in groups if group.gives_away]
    if hidden:
        merged = _union(hidden)
        while merged.gives_away and (enough := next((group for group in kept if _adds_to(merged, group)), None)):
            kept.remove(enough)
            merged = _union([merged, enough])
        kept.append(merged)
    return sorted(kept, key=_rank)


def _union(groups: Sequence[Group]) -> Group:
    return Group(
        name=OTHER,
        sources=frozenset().union(*(group.sources for group in groups)),
        projects=tuple(project for group in groups for project in group.projects),
        others=tuple(other for group in groups for other in group.others),
        notes=(_MERGED,),
    )


def _adds_to(merged: Group, group: Group) -> bool:
    return bool(group.projects if merged.projects else group.members)


def _size(group: Group) -> tuple[int, str]:
    return len(group.members), group.name


def _rank(group: Group) -> tuple[int, str, str, RecordId]:
    place = group.programme.id if group.programme else RecordId("", "", 0)
    return LAST.get(group.name, 0), fold(group.name), group.name, place
