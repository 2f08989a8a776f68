"""Bugs put into the engine on purpose. Each has to turn a test red, or that test proves nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.memory import MemoryStore
from connectors.memory_list import MemoryList
from sync.core import approval, planning, reconcile
from sync.core.audit import Anchor, Entry, Link, seal
from sync.core.mapping import encode_owned
from sync.core.ownership import DriftPolicy
from sync.core.policy import WritePolicy
from sync.core.snapshot import Baseline, RecordId
from sync.engine import apply, carry, recover, run
from sync.engine.journal import Pen
from sync.engine.observed import Observed
from sync.engine.ports import Applied
from sync.engine.rounds import Rounds
from sync.engine.state import Intent
from sync.store import memory_journal

Plant = Callable[[pytest.MonkeyPatch], None]


def writes_a_staff_column(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(apply, "encode_owned", lambda *arguments: {**encode_owned(*arguments), "Title": "Ours now"})


def makes_an_item(patch: pytest.MonkeyPatch) -> None:
    written = MemoryList.write

    def and_adds(kept: MemoryList, *arguments: Any) -> Any:
        kept.add(Title="Ours")
        return written(kept, *arguments)

    patch.setattr(MemoryList, "write", and_adds)


def rewrites_equal_values(patch: pytest.MonkeyPatch) -> None:
    decided = reconcile.decide

    def never_same(baseline: Any, live: Any, want: Any, **options: Any) -> Any:
        outcome = decided(baseline, live, want, **options)
        return reconcile.Write(live, want) if isinstance(outcome, reconcile.Same) else outcome

    patch.setattr(reconcile, "decide", never_same)


def writes_before_the_intent(patch: pytest.MonkeyPatch) -> None:
    intend = Pen.intend
    patch.setattr(Pen, "intend", lambda pen, _intents, *said: intend(pen, (), *said))


def agrees_before_the_write(patch: pytest.MonkeyPatch) -> None:
    intend = Pen.intend

    def and_agrees(pen: Pen, intents: Sequence[Intent], *said: Any) -> None:
        intend(pen, intents, *said)
        pen.agree({intent.record: intent.set for intent in intents})

    patch.setattr(Pen, "intend", and_agrees)


def leaves_open_intents_as_they_are(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(run, "recover", lambda *_: recover.Recovered())


def takes_no_cut_off_write_for_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recover, "_is_done", lambda *_: False)


def takes_every_cut_off_write_for_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recover, "_is_done", lambda *_: True)


def takes_every_lost_answer_for_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(apply, "_judge", lambda *_, **__: Applied())


def decides_what_came_back_unsettled(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rounds, "_unsettled", lambda *_: set())


def never_looks_at_its_lease(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Pen, "check", lambda _pen: None)


def writes_whatever_changed_meanwhile(patch: pytest.MonkeyPatch) -> None:
    write = MemoryStore._write

    def blind(store: MemoryStore, found: MemoryList, sent: Any, mode: Any) -> Any:
        held = found.items.get(sent.item_id)
        return write(store, found, replace(sent, version=f'"{held.etag}"') if held else sent, mode)

    patch.setattr(MemoryStore, "_write", blind)


def asks_nobody_what_moved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rounds, "_settle", lambda *_: {})


def respects_what_it_should_restore(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WritePolicy, "drift_of", lambda *_: DriftPolicy.RESPECT)


def restores_what_it_should_respect(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WritePolicy, "drift_of", lambda *_: DriftPolicy.RESTORE)


def writes_what_it_should_ask_about(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(approval, "_is_free", lambda *_: True)


def forgets_to_report_a_change_by_hand(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Observed, "findings", lambda *_: ())


def keeps_no_record_of_a_change_by_hand(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Observed, "entries", lambda *_: iter(()))


def leaves_values_in_rows_out_of_scope(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "_leavers", lambda *_: {})


def clears_rows_that_were_never_ours(patch: pytest.MonkeyPatch) -> None:
    leavers = planning._leavers

    def of_everybody(sources: Mapping[str, planning.PlanInput], matched: Any) -> Any:
        return leavers({name: replace(each, baselines=_taken(each)) for name, each in sources.items()}, matched)

    patch.setattr(planning, "_leavers", of_everybody)


def _taken(source: planning.PlanInput) -> dict[RecordId, Baseline]:
    return {**{each.id: Baseline(each.id, each.owned, None, "") for each in source.left_out}, **source.baselines}


def keeps_no_record(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> Iterator[Entry]:
        return iter(())

    patch.setattr(Pen, "told", nothing)


def records_a_write_twice(patch: pytest.MonkeyPatch) -> None:
    told = Pen.told
    patch.setattr(Pen, "told", lambda *said, **more: iter([*told(*said, **more), *told(*said, **more)]))


def breaks_the_chain(patch: pytest.MonkeyPatch) -> None:
    def unchained(previous: Anchor, entry: Entry) -> Link:
        return seal(Anchor(previous.number), entry)

    patch.setattr(memory_journal, "seal", unchained)


def keeps_an_approval_only_at_the_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carry, "_approved", lambda *_: ())
