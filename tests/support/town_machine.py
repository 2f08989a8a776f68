"""Random histories of a town over HTTP: colleagues, days, trouble of every kind, kills; recovery is its own act."""

import random
from collections.abc import Mapping
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.core.approval import Level
from tests.support import judge
from tests.support.colleagues import Moods
from tests.support.crashing import Effects
from tests.support.town_runs import US, TownServer

Fault = Mapping[str, Any]
LONGEST_WAIT = 120
READS = ("web", "web/list", "web/list/items", "web/list/getchanges")
ROUTES = (*READS, "$batch", "web/list/item", "ProcessQuery")
_WHEN = st.sampled_from(["before", "after"])
_PLACE = st.fixed_dictionaries(
    {"route": st.sampled_from(ROUTES), "first": st.integers(1, 5), "times": st.integers(1, 2)}
)


def _with(**details: st.SearchStrategy[Any]) -> st.SearchStrategy[Fault]:
    return st.tuples(_PLACE, st.fixed_dictionaries(details)).map(lambda both: {**both[0], **both[1]})


def _just(value: Any) -> st.SearchStrategy[Any]:
    return st.just(value)


FAULTS: st.SearchStrategy[Fault] = st.one_of(
    _with(do=_just("refuse"), status=_just(429), retry_after=st.integers(1, LONGEST_WAIT)),
    _with(do=_just("refuse"), status=_just(503), retry_after=st.one_of(st.none(), st.integers(1, LONGEST_WAIT))),
    _with(do=_just("refuse"), status=st.sampled_from([500, 502, 504])),
    _with(do=_just("refuse"), status=_just(412), route=_just("web/list/item"), method=_just("MERGE")),
    _with(do=_just("drop"), when=_WHEN),
    _with(do=_just("truncate"), keep=st.sampled_from([0.0, 0.3, 0.9])),
    _with(do=_just("repeat-page"), route=_just("web/list/items")),
    _with(do=_just("break-off"), after=st.integers(0, 3), route=_just("ProcessQuery")),
)
"""One thing that goes wrong with some of the requests of a run."""
MOMENTS = st.fixed_dictionaries({"route": st.sampled_from(ROUTES), "first": st.integers(1, 4), "when": _WHEN})
"""When a colleague edits something in the middle of a run."""


class TownMachine(RuleBasedStateMachine):
    """Acts on one town; what holds is looked at after every act. `made` counts histories, `runs` runs of the engine."""

    made: ClassVar[int] = 0
    runs: ClassVar[int] = 0

    def __init__(self, server: TownServer) -> None:
        super().__init__()
        type(self).made += 1
        self.hall = server.fresh()
        self.top = server.terms.projects

    @rule(chance=st.randoms(use_true_random=False))
    def a_colleague_edits(self, chance: random.Random) -> None:
        """Something that staff do, at a moment at which nothing runs."""
        self.hall.edits(self._thinks(chance))

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        """And thresholds are crossed."""
        self.hall.passes(days=days)

    @rule(
        faults=st.lists(FAULTS, max_size=3),
        moments=st.lists(MOMENTS, max_size=3),
        chance=st.randoms(use_true_random=False),
        killed_at=st.one_of(st.none(), st.integers(1, 90)),
    )
    def a_run_in_trouble(
        self, faults: list[Fault], moments: list[dict[str, Any]], chance: random.Random, killed_at: int | None
    ) -> None:
        """A run in which things go wrong and colleagues are at work, and which may not live to its end."""
        rules = [{"name": f"fault {number}", **fault} for number, fault in enumerate(faults)]
        edits = [self.hall.colleagues.rule(self._thinks(chance), **moment) for moment in moments]
        self._run([*rules, *edits], killed_at)

    @rule()
    def a_run_recovers(self) -> None:
        """A run that nobody disturbs makes every value right, and another finds nothing to do."""
        self.recover()

    @invariant()
    def staff_lost_nothing(self) -> None:
        """What staff last wrote is there, and nothing else is."""
        assert self.hall.losses() == []

    def teardown(self) -> None:
        """Every history ends well, and the judge of the whole of it finds nothing."""
        self.recover()
        assert self.hall.offences() == []

    def recover(self) -> None:
        """Two runs that nobody disturbs, with a person who approves whatever is asked."""
        hall = self.hall
        result = self._run([], None, Level.DIGEST)
        assert result is not None
        assert result.exit_code == 0, result.document["sources"]
        assert hall.wrong_flags() == []
        again = self._run([], None, Level.DIGEST)
        assert again is not None
        assert again.report.plan.writes == ()
        assert not [entry for entry in hall.segments[-1].entries if entry.caller == US and judge.is_item_write(entry)]
        assert hall.left_open() == [], "only of an item that is gone nobody can tell what became of it"

    def _thinks(self, chance: random.Random) -> Any:
        moods = Moods(chance, self.top)
        edit = moods.edit(self.hall.colleagues.shadow(self.hall.service.history.entries), self.hall.today)
        self.top = moods.top
        return edit

    def _run(self, rules: list[Fault], killed_at: int | None, level: Level = Level.YES) -> Any:
        type(self).runs += 1
        # Later than whatever the last process was told to wait for, which this one cannot know of.
        self.hall.passes(seconds=LONGEST_WAIT + 1)
        self.hall.trouble(*rules)
        result = self.hall.run(Effects(killed_at or 0), level)
        self.hall.trouble()
        calm = not any(entry.method == "EDIT" for entry in self.hall.segments[-1].entries)
        if result is not None and calm and result.exit_code == 0 and not result.report.plan.refusals:
            assert self.hall.wrong_flags() == [], "it said that it was done"
        return result
