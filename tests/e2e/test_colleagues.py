"""A thousand edits by colleagues at random moments of a hundred troubled runs over HTTP: nothing of theirs is lost."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.core.approval import Level
from sync.core.plan import Guard
from sync.store.sql import open_store
from tests.support import judge
from tests.support.budget import SEED
from tests.support.colleagues import Moods
from tests.support.town import Terms
from tests.support.town_runs import US, TownHall, town_server

RUNS, EDITS = 100, 1000
HOURS = 11
TROUBLE: Mapping[str, Mapping[str, Any]] = {
    "busy": {"probability": 0.02, "do": "refuse", "status": 429, "retry_after": 7},
    "down": {"route": "web/list*", "method": "GET", "probability": 0.02, "do": "refuse", "status": 503},
    "raced": {"route": "web/list/item", "method": "MERGE", "probability": 0.05, "do": "refuse", "status": 412},
    "lost before": {"probability": 0.005, "do": "drop", "when": "before"},
    "lost after": {"route": "ProcessQuery", "probability": 0.15, "do": "drop", "when": "after"},
    "lost batch": {"route": "$batch", "probability": 0.1, "do": "drop", "when": "after"},
    "cut": {"probability": 0.005, "do": "truncate", "keep": 0.7},
    "repeated": {"route": "web/list/items", "first": 4, "probability": 0.2, "do": "repeat-page"},
    "half done": {"route": "ProcessQuery", "probability": 0.15, "do": "break-off", "after": 2},
}
ONLY = {"quiet": {"lost after", "half done"}, "versioned": {"raced"}}
"""Trouble that only one mode of writing meets."""


def night(hall: TownHall, moods: Moods, chance: random.Random, number: int) -> tuple[Any, Counter[str]]:
    """One run with ten edits about it, most of them in its middle, and how often each trouble struck."""
    hall.passes(hours=HOURS)
    share = EDITS // RUNS
    before = chance.randint(1, share // 2)
    for _ in range(before):
        hall.edits(thought(hall, moods))
    rules = [
        hall.colleagues.rule(thought(hall, moods), first=chance.randint(1, 16), when=chance.choice(["before", "after"]))
        for _ in range(share - before)
    ]
    hall.trouble(*({"name": name, **rule} for name, rule in TROUBLE.items()), *rules, seed=number)
    result = hall.run()
    hits = {report.name: report.hits for report in hall.service.faults.report()}
    hall.trouble()
    for rule in rules:
        if not hits[rule["name"]]:
            again(hall, moods, rule["name"])
    return result, Counter({name: hits[name] for name in TROUBLE})


def again(hall: TownHall, moods: Moods, name: str) -> None:
    """An edit whose moment did not come is made now, if what it is about is still there."""
    edit = hall.colleagues.named[name]
    place = (edit.list, edit.item)
    hall.edits(edit if edit.item is None or place in hall.items() else thought(hall, moods))


def thought(hall: TownHall, moods: Moods) -> Any:
    """What a colleague thinks of next."""
    return moods.edit(hall.colleagues.shadow(hall.service.history.entries), hall.today)


def surprises(result: Any) -> Iterator[Guard]:
    """Guards that stopped a run which did nothing but follow colleagues."""
    expected = {Guard.FIRST_RUN, Guard.PARTIAL_READ, Guard.FOREIGN_VALUE}
    yield from (refusal.guard for refusal in result.report.plan.refusals if refusal.guard not in expected)


@pytest.mark.no_cover
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", ["quiet", "versioned"])
def test_colleagues_lose_nothing_and_every_flag_is_right_at_the_end(mode: str, tmp_path: Path) -> None:
    """Again with the same seed: PORTFOLIO_SYNC_TEST_SEED."""
    print(f"PORTFOLIO_SYNC_TEST_SEED={SEED}")  # noqa: T201
    chance = random.Random(f"{SEED}/{mode}")  # noqa: S311 - chance that can be repeated
    terms = Terms(mode, projects=24, milestones=24)
    struck: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    with (
        town_server(terms, tmp_path) as server,
        closing(open_store(f"sqlite:///{tmp_path / 'state.sqlite'}", new_id=lambda: "installation")) as runs,
    ):
        hall = server.fresh(runs)
        hall.page_size = 10
        moods = Moods(chance, terms.projects)
        for number in range(RUNS):
            result, hits = night(hall, moods, chance, number)
            struck += hits
            outcomes[str(result.report.outcome)] += 1
            assert list(surprises(result)) == []
            assert hall.losses() == []
        told = f"{mode}: {dict(struck)}; {dict(outcomes)}"
        print(told)  # noqa: T201
        met = set(TROUBLE) - {name for other, names in ONLY.items() if other != mode for name in names}
        assert set(struck) == met, f"trouble of every kind has to strike: {told}"
        while hall.colleagues.shadow(hall.service.history.entries).edits < EDITS:
            hall.edits(thought(hall, moods))
        ends_well(hall)


def ends_well(hall: TownHall) -> None:
    """A quiet run makes every flag right, another writes nothing, and neither judge nor staff have a complaint."""
    hall.passes(hours=HOURS)
    result = hall.run(level=Level.DIGEST)
    assert result is not None
    assert result.exit_code == 0
    assert hall.wrong_flags() == []
    assert hall.run().report.plan.writes == ()  # type: ignore[union-attr]
    assert not [entry for entry in hall.segments[-1].entries if entry.caller == US and judge.is_item_write(entry)]
    shadow = hall.colleagues.shadow(hall.service.history.entries)
    assert shadow.edits >= EDITS
    assert shadow.losses(hall.items()) == []
    if hall.terms.mode == "quiet":
        editors = hall.editors()
        told = {place: who for place, who in shadow.editors.items() if place in editors}
        assert told == {place: editors[place] for place in told}, "Modified By stays the colleague's"
    assert hall.offences() == []
