"""Which board a risk or an issue should be before: the ladder of escalation, climbed one rung at a time.

A record stands in a register. A rung takes it on where one of the rung's acceptances names that register and all its
conditions hold; from there the next rung may take it on, and so on. Names are compared without regard to case and
space, rungs are tried in the order of the ladder, and no rung is reached twice.

"It cannot be mitigated" is the judgement of one body and counts only there: it opens the way up from the register or
rung which that body keeps. The next rung up needs a judgement of its own.

| the flag `cannot_mitigate` | `judged_by`            | who has judged so                                   |
|----------------------------|------------------------|-----------------------------------------------------|
| yes                        | blank                  | the keeper of the record's own register, nobody else |
| yes                        | bodies, by semicolons  | those bodies                                        |
| no or blank                | whatever it says       | nobody                                              |
| the list has no such column | bodies, by semicolons | those bodies: to be named is the judgement          |
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sync.core.model import Band, Issue, Nature, Risk
from sync.core.overdue import is_over
from sync.core.policy import Acceptance, Policies, RegisterPolicy, Rung
from sync.core.snapshot import Record
from sync.core.text import fold

_SEVERITY = {band: place for place, band in enumerate((Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH))}
_STAYS = frozenset({"none", "no", "n/a", "not escalated"})
"""How staff say that a record stays where it is, beside the name of its keeper."""

_folded = lru_cache(maxsize=4096)(fold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One step up: the rung that takes it on, where it comes from, and the acceptance that let it through."""

    rung: str
    board: str
    source: str
    because: Acceptance


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Where the ladder recommends a record. `steps` lead there from its register, none where it stays with its keeper.

    `declared`: the rung that staff say it is at, or the keeper of its register, where they name one that is known;
    `differs` whether that is another than the recommended one. `unknown_rung`: what they say instead, where it is
    neither. `unknown_judges`: bodies that have judged that it cannot be mitigated, but keep nothing on this ladder.
    """

    steps: tuple[Climb, ...] = ()
    declared: str | None = None
    differs: bool = False
    unknown_rung: str | None = None
    unknown_judges: tuple[str, ...] = ()

    @property
    def rung(self) -> str | None:
        return self.steps[-1].rung if self.steps else None

    @property
    def board(self) -> str | None:
        return self.steps[-1].board if self.steps else None


def escalation_of(
    record: Record,
    register: str | None,
    band: Band,
    policies: Policies,
    *,
    above_appetite: bool,
    tolerance_expired: bool,
    has_flag: bool,
) -> Escalation:
    """Where the ladder recommends a record, and what staff say of that; empty where there is no ladder.

    `register`: that of its source; None means the source is a register by itself, under its own name. `band`: that of
    a risk; an issue goes by its own severity. `has_flag`: whether the source maps `cannot_mitigate`.

    Open threats and open issues climb. What is closed, and an opportunity, is recommended nowhere; what staff declare
    of it is kept, and differs from nothing.
    """
    fields = record.fields
    if not policies.ladder or not isinstance(fields, Risk | Issue):
        return Escalation()
    home = _Home.of(register or record.source, policies)
    if is_over(record) or (isinstance(fields, Risk) and fields.nature is Nature.OPPORTUNITY):
        return Escalation(declared=_declared(fields.rung, home, policies, ()))
    facts = _Facts(
        band=(fields.severity or Band.NOT_ASSESSED) if isinstance(fields, Issue) else band,
        above_appetite=above_appetite,
        tolerance_expired=tolerance_expired,
        judges=_judges(fields, home, has_flag),
    )
    steps = tuple(_climb(home, facts, policies.ladder))
    declared = _declared(fields.rung, home, policies, steps)
    recommended = steps[-1].rung if steps else home.shown
    return Escalation(
        steps=steps,
        declared=declared,
        differs=declared is not None and declared != recommended,
        unknown_rung=fields.rung if declared is None and _folded(fields.rung or "") else None,
        unknown_judges=_unknown_judges(fields, home, policies) if facts.judges else (),
    )


@dataclass(frozen=True, slots=True)
class _Home:
    """The register that a record stands in. `keepers`: the folded names of whoever keeps it; `called`: of either."""

    name: str
    shown: str
    keepers: frozenset[str]
    called: frozenset[str]

    @staticmethod
    def of(name: str, policies: Policies) -> "_Home":
        """Where no keeper is configured, the register's own title and name stand for whoever keeps it."""
        known = (each for key, each in policies.registers.items() if _folded(key) == _folded(name))
        register = next(known, RegisterPolicy())
        names = [each for each in (register.kept_by, register.title, name) if each]
        return _Home(name, names[0], _keepers(name, register), frozenset(map(_folded, names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the conditions of an acceptance ask of a record; `judges` are folded."""

    band: Band
    above_appetite: bool
    tolerance_expired: bool
    judges: frozenset[str]

    def satisfy(self, acceptance: Acceptance, keepers: frozenset[str]) -> bool:
        """Whether all conditions hold for a record that comes from where those bodies keep it."""
        return (
            (acceptance.band is None or _at_least(self.band, acceptance.band))
            and (not acceptance.cannot_mitigate or not keepers.isdisjoint(self.judges))
            and (not acceptance.above_appetite or self.above_appetite)
            and (not acceptance.tolerance_expired or self.tolerance_expired)
        )


def _at_least(band: Band, asked: Band) -> bool:
    """What nobody has assessed is at least nothing."""
    return band in _SEVERITY and _SEVERITY[band] >= _SEVERITY.get(asked, len(_SEVERITY))


def _keepers(name: str, register: RegisterPolicy) -> frozenset[str]:
    named = [register.kept_by] if register.kept_by else [register.title or name, name]
    return frozenset(map(_folded, named))


def _keepers_of_rung(rung: Rung) -> frozenset[str]:
    return frozenset((_folded(rung.board), _folded(rung.name)))


def _climb(home: _Home, facts: _Facts, ladder: tuple[Rung, ...]) -> Iterator[Climb]:
    """The steps up from a register. Each rung is left out once it is reached, so that a loop ends."""
    place, keepers, left = home.name, home.keepers, ladder
    while found := _taken_on(place, keepers, facts, left):
        rung, because = found
        yield Climb(rung=rung.name, board=rung.board, source=place, because=because)
        place, keepers = rung.name, _keepers_of_rung(rung)
        left = tuple(each for each in left if each is not rung)


def _taken_on(
    place: str, keepers: frozenset[str], facts: _Facts, ladder: tuple[Rung, ...]
) -> tuple[Rung, Acceptance] | None:
    """The first rung that takes from that place what these facts are of, and its first acceptance that does."""
    return next(
        (
            (rung, acceptance)
            for rung in ladder
            for acceptance in rung.accepts
            if _folded(place) in map(_folded, acceptance.source) and facts.satisfy(acceptance, keepers)
        ),
        None,
    )


def _bodies(judged_by: str | None) -> tuple[str, ...]:
    """The bodies that a cell names, without blanks."""
    return tuple(body.strip() for body in (judged_by or "").split(";") if _folded(body))


def _judges(fields: Risk | Issue, home: _Home, has_flag: bool) -> frozenset[str]:
    if has_flag and fields.cannot_mitigate is not True:
        return frozenset()
    named = frozenset(map(_folded, _bodies(fields.judged_by)))
    return home.keepers if has_flag and not named else named


def _unknown_judges(fields: Risk | Issue, home: _Home, policies: Policies) -> tuple[str, ...]:
    if not any(acceptance.cannot_mitigate for rung in policies.ladder for acceptance in rung.accepts):
        return ()
    registers = (_keepers(name, register) for name, register in policies.registers.items())
    known = home.keepers.union(*registers, *map(_keepers_of_rung, policies.ladder))
    return tuple(sorted(body for body in set(_bodies(fields.judged_by)) if _folded(body) not in known))


def _declared(said: str | None, home: _Home, policies: Policies, steps: tuple[Climb, ...]) -> str | None:
    """The rung, else the keeper, that a text names; None where it is blank or names neither.

    A board may sit at several rungs, and keep a register besides: the text then means the recommended place where
    that is one of them.
    """
    word = _folded(said or "")
    if not word:
        return None
    meant = [rung.name for rung in policies.ladder if word in _keepers_of_rung(rung)]
    if word in home.called | _STAYS:
        meant.append(home.shown)
    recommended = steps[-1].rung if steps else home.shown
    return recommended if recommended in meant else next(iter(meant), None)
