"""Portfolios drawn at random, small and awkward: restricted lists, confidential risks, lists that could not be read,
records that belong to nothing. The same random numbers give the same portfolio."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sync.core.boards import names_of
from sync.core.history import DateTrail, History
from sync.core.matching import Matched, match
from sync.core.model import Band, Confidence, Health, Kind, Nature, Person, RiskStatus, WorkStatus
from sync.core.policy import Acceptance, Policies, RollupPolicy, Rung
from sync.core.rollup import Rollup, roll_up
from sync.core.snapshot import Complete, Record, Snapshot
from sync.core.status import assess
from sync.core.view import SourceSeen, View
from sync.core.viewing import Seen, view_of
from tests.support.portfolios import OPEN_CALENDAR, TODAY, Portfolio

Say = Callable[[str], str]
"""What a text of a record says; told which field it is."""

LISTS: tuple[tuple[str, Kind, Mapping[str, Any]], ...] = (
    ("programmes", Kind.PROGRAMME, {}),
    ("projects", Kind.PROJECT, {"groups": {"ward": ("Ward",)}}),
    ("secret-projects", Kind.PROJECT, {"restricted": True, "groups": {"ward": ("Ward",)}}),
    ("milestones", Kind.MILESTONE, {}),
    ("ict-risks", Kind.RISK, {"register": "ICT"}),
    ("estate-risks", Kind.RISK, {"register": "Estate"}),
    ("secret-risks", Kind.RISK, {"register": "Legal", "restricted": True}),
    ("issues", Kind.ISSUE, {"register": "ICT"}),
    ("actions", Kind.ACTION, {}),
)
_MOST = (2, 5, 2, 2, 3, 2, 2, 2, 2)
"""The most records that each of them holds."""

_READ_AT = datetime(2026, 6, 17, 2, 17, tzinfo=UTC)
_DAYS = (None, *(TODAY + timedelta(days=days) for days in (-400, -60, -32, -31, -1, 0, 5, 90)))
POLICIES = Policies(
    rollup=RollupPolicy(thresholds={WorkStatus.OFF_TRACK: 40}),
    ladder=(
        Rung(
            name="programme-board", board="ICT Programme Board", accepts=(Acceptance(source=("ICT",), band=Band.HIGH),)
        ),
        Rung(
            name="governance",
            board="Governance",
            accepts=(Acceptance(source=("programme-board",), band=Band.VERY_HIGH),),
        ),
    ),
)

BOARDS = names_of(POLICIES)


@dataclass(frozen=True)
class Drawn:
    """A portfolio that was drawn, and which of its lists could not be read."""

    portfolio: Portfolio
    unread: frozenset[str]

    def matched(self, rng: random.Random | None = None) -> Matched:
        """Its records matched; in another order of lists and rows where random numbers are given."""
        records, names = list(self.portfolio.records), list(self.portfolio.mappings)
        if rng:
            rng.shuffle(records)
            rng.shuffle(names)
        snapshots = [
            Snapshot(name, tuple(record for record in records if record.source == name), Complete(), "", _READ_AT)
            for name in names
            if name not in self.unread
        ]
        return match(snapshots, {name: self.portfolio.mappings[name] for name in names}, self.unread)

    def rolled_up(self, rng: random.Random | None = None, today: date = TODAY) -> tuple[Rollup, ...]:
        matched = self.matched(rng)
        return roll_up(matched, assess(matched, POLICIES, OPEN_CALENDAR, today), today, boards=BOARDS)

    def view(self, rng: random.Random | None = None, today: date = TODAY) -> View:
        matched = self.matched(rng)
        assessments = assess(matched, POLICIES, OPEN_CALENDAR, today)
        seen = [self._seen(name) for name in matched.mappings]
        return view_of(
            Seen(name="Portfolio", as_at=_READ_AT, today=today, run_id="run", zone="Europe/London"),
            matched,
            assessments,
            {record.id: _history(record) for record in matched.records},
            roll_up(matched, assessments, today, boards=BOARDS),
            seen if rng else sorted(seen, key=lambda each: each.name),
            POLICIES,
        )

    def _seen(self, name: str) -> SourceSeen:
        mapping = self.portfolio.mappings[name]
        held = sum(record.source == name for record in self.portfolio.records)
        return SourceSeen(
            name=name,
            kind=mapping.kind,
            read="failed" if name in self.unread else "complete",
            records=0 if name in self.unread else held,
            register=mapping.register,
            restricted=mapping.restricted,
        )


def randomness(seed: str) -> random.Random:
    """Random numbers, the same for the same seed."""
    return random.Random(seed)  # noqa: S311


def words(field: str) -> str:
    """What texts say where nobody looks."""
    return f"Some {field}"


def drawn(rng: random.Random, say: Say = words) -> Drawn:
    """One portfolio. `say` gives the text of every field that is free text or a person, titles and some keys included;
    the names of themes, departments and programmes are the organisation's."""
    portfolio = Portfolio()
    for name, kind, options in LISTS:
        portfolio.source(name, kind, **options)
    parents: dict[Kind, list[str]] = {kind: ["nowhere"] for kind in Kind}
    for (name, kind, _), most in zip(LISTS, _MOST, strict=True):
        for number in range(rng.randint(0, most)):
            typed = kind is not Kind.PROGRAMME and rng.random() < 0.1
            key = say("key") if typed else f"{kind[:2].upper()}-{name[:1].upper()}{number}"
            record = portfolio.add(kind, key, name, **_FIELDS[kind](rng, say, parents))
            parents[kind].append(record.key or "nowhere")
    unread = frozenset(name for name, _, _ in LISTS if rng.random() < 0.03)
    return Drawn(portfolio, unread)


Parents = Mapping[Kind, list[str]]
_Fields = Callable[[random.Random, Say, Parents], dict[str, Any]]


def _maybe(rng: random.Random, *choices: Any) -> Any:
    return rng.choice((None, *choices))


def _people(rng: random.Random, say: Say) -> tuple[Person, ...]:
    return tuple(Person(say("owner"), say("login")) for _ in range(rng.randint(0, 2)))


def _hold(rng: random.Random, say: Say) -> dict[str, Any]:
    return {
        "hold_reason": _maybe(rng, say("hold_reason")),
        "hold_until": rng.choice(_DAYS),
        "hold_by": _people(rng, say),
    }


def _programme(rng: random.Random, say: Say, _parents: Parents) -> dict[str, Any]:
    return {"title": rng.choice(("Digital", "Estate")), "owner": _people(rng, say)}


def _project(rng: random.Random, say: Say, parents: Parents) -> dict[str, Any]:
    return {
        **_hold(rng, say),
        "title": say("title"),
        "theme": _maybe(rng, "Places", "People", "places ", "Growth"),
        "department": _maybe(rng, "Finance", "Housing"),
        "groups": rng.choice(({}, {"ward": "North"}, {"ward": "north "}, {"ward": say("ward")})),
        "programme": _maybe(rng, *parents[Kind.PROGRAMME], "Digital"),
        "owner": _people(rng, say),
        "status": _maybe(rng, *WorkStatus),
        "health": _maybe(rng, *Health),
        "confidence": _maybe(rng, *Confidence),
        "confidence_by": say("confidence_by"),
        "start": rng.choice(_DAYS),
        "end": rng.choice(_DAYS),
        "last_reported": rng.choice(_DAYS),
        "budget": _maybe(rng, 1000.0),
    }


def _milestone(rng: random.Random, say: Say, parents: Parents) -> dict[str, Any]:
    return {
        **_hold(rng, say),
        "title": say("title"),
        "project": _maybe(rng, *parents[Kind.PROJECT]),
        "original": rng.choice(_DAYS),
        "forecast": rng.choice(_DAYS),
        "status": _maybe(rng, *WorkStatus),
    }


def _risk(rng: random.Random, say: Say, parents: Parents) -> dict[str, Any]:
    return {
        **_hold(rng, say),
        "title": say("title"),
        "project": _maybe(rng, *parents[Kind.PROJECT]),
        "nature": _maybe(rng, *Nature),
        **{name: say(name) for name in ("category", "cause", "event", "consequence", "response", "proximity")},
        "owner": _people(rng, say),
        "likelihood": _maybe(rng, *range(1, 6)),
        "impact": _maybe(rng, *range(1, 6)),
        "status": _maybe(rng, *RiskStatus),
        "last_reviewed": rng.choice(_DAYS),
        "next_review": rng.choice(_DAYS),
        "raised": rng.choice(_DAYS),
        "judged_by": say("judged_by"),
        "rung": _maybe(rng, "programme-board", say("rung")),
        "confidential": rng.choice((None, None, False, True)),
    }


def _issue(rng: random.Random, say: Say, parents: Parents) -> dict[str, Any]:
    return {
        **_hold(rng, say),
        "title": say("title"),
        "project": _maybe(rng, *parents[Kind.PROJECT]),
        "category": say("category"),
        "severity": _maybe(rng, *Band),
        "owner": _people(rng, say),
        "due": rng.choice(_DAYS),
        "status": _maybe(rng, *RiskStatus),
        "confidential": rng.choice((None, None, True)),
    }


def _action(rng: random.Random, say: Say, parents: Parents) -> dict[str, Any]:
    return {
        **_hold(rng, say),
        "title": say("title"),
        "parent": _maybe(rng, *parents[Kind.RISK], *parents[Kind.ISSUE], *parents[Kind.PROJECT]),
        "owner": _people(rng, say),
        "due": rng.choice(_DAYS),
        "status": _maybe(rng, *WorkStatus),
    }


_FIELDS: Mapping[Kind, _Fields] = {
    Kind.PROGRAMME: _programme,
    Kind.PROJECT: _project,
    Kind.MILESTONE: _milestone,
    Kind.RISK: _risk,
    Kind.ISSUE: _issue,
    Kind.ACTION: _action,
}


def _history(record: Record) -> History:
    return History(
        number=record.id.item_id,
        id=record.id,
        source=record.source,
        kind=record.kind,
        first_seen=TODAY,
        last_seen=TODAY,
        since=TODAY,
        dates={"end": DateTrail(first=TODAY, latest=TODAY)} if record.kind is Kind.PROJECT else {},
    )
