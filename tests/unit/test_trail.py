"""The record as a person handles it: checked against what is kept outside, and let go of where it is old."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sync.core.audit import Act, Anchor, Entry
from sync.engine import trail
from sync.engine.heads import keep_head
from sync.engine.trail import Old
from sync.errors import UnreadableError
from sync.store.heads import FileHeads
from sync.store.memory import MemoryRunStore
from tests.support.fake_clock import FakeClock

LONDON = "Europe/London"
FIRST = datetime(2026, 6, 16, 22, 30, tzinfo=UTC)
"""Half past eleven in the evening of that day in London."""


@dataclass
class Kept:
    """Five entries, an hour apart, with their end kept outside."""

    heads: FileHeads
    runs: MemoryRunStore = field(default_factory=MemoryRunStore)
    clock: FakeClock = field(default_factory=FakeClock)
    asked: list[Old] = field(default_factory=list)

    def purge(self, before: date, *, agree: bool = True) -> trail.Purged | None:
        def said(old: Old) -> bool:
            self.asked.append(old)
            return agree

        return trail.purge(self.runs, before, LONDON, self.clock, self.heads, said)

    @property
    def numbers(self) -> list[int]:
        return [link.number for link in self.runs.audit.links()]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    made = Kept(FileHeads(tmp_path / "heads.jsonl"))
    made.runs.audit.append([Entry(at=FIRST + timedelta(hours=hour), act=Act.WRITTEN) for hour in range(5)])
    keep_head(made.heads, made.runs.audit, "run", FIRST)
    return made


def test_a_whole_record_holds_with_and_without_what_is_kept_outside(kept: Kept) -> None:
    assert trail.check(kept.runs, kept.heads).checked == 5
    assert trail.check(kept.runs, None).holds


def test_a_record_that_is_shorter_than_what_is_kept_outside_does_not_hold(kept: Kept) -> None:
    keep_head(kept.heads, kept.runs.audit, None, FIRST)
    kept.heads.append(Anchor(7, "0" * 64), "lost", FIRST)
    assert trail.check(kept.runs, kept.heads).trouble == (
        "The record ends with entry 5, and had entry 7 at the end of run lost on 2026-06-16 at 22:30 UTC."
    )


def test_what_cannot_be_read_does_not_hold(kept: Kept) -> None:
    kept.heads.path.write_text("{}\n", encoding="utf-8")
    assert "Line 1 of" in (trail.check(kept.runs, kept.heads).trouble or "")


@pytest.mark.parametrize(
    ("before", "old"),
    [
        (date(2026, 6, 16), Old(0, 0, 5)),
        (date(2026, 6, 17), Old(1, 1, 4)),
        (date(2026, 6, 18), Old(5, 5, 0)),
    ],
)
def test_days_are_those_of_the_portfolio(kept: Kept, before: date, old: Old) -> None:
    assert trail.older_than(kept.runs, before, LONDON) == old


def test_an_old_entry_behind_a_newer_one_stays(kept: Kept) -> None:
    kept.runs.audit.append([Entry(at=FIRST, act=Act.WRITTEN)])
    assert trail.older_than(kept.runs, date(2026, 6, 17), LONDON) == Old(1, 1, 5)


def test_what_is_old_goes_and_the_rest_still_holds(kept: Kept) -> None:
    assert kept.purge(date(2026, 6, 17)) == trail.Purged(1, ())
    assert kept.asked == [Old(1, 1, 4)]
    assert kept.numbers == [2, 3, 4, 5, 6]
    *_, last = kept.runs.audit.links()
    assert (last.entry.act, last.entry.why) == (Act.PURGED, "entries up to 1, recorded before 2026-06-17")
    assert [person.number for person in kept.runs.audit.people()] == [last.entry.person]
    assert trail.check(kept.runs, kept.heads).holds
    assert kept.heads.read()[-1].anchor == kept.runs.audit.head()
    assert kept.purge(date(2026, 6, 18)) == trail.Purged(5, ()), "the entry of the first purge is old by then"
    assert trail.check(kept.runs, kept.heads).holds


def test_nothing_goes_that_is_not_old_or_not_agreed_to(kept: Kept) -> None:
    assert kept.purge(date(2026, 6, 1)) == trail.Purged(0, ())
    assert kept.asked == []
    assert kept.purge(date(2026, 6, 17), agree=False) is None
    assert kept.numbers == [1, 2, 3, 4, 5]


def test_a_record_that_does_not_hold_is_not_made_to_look_as_if_it_did(kept: Kept) -> None:
    kept.heads.append(Anchor(5, "0" * 64), "run", FIRST)
    with pytest.raises(UnreadableError, match="Entry 5 is not the one"):
        kept.purge(date(2026, 6, 18))
    assert kept.asked == []
    assert kept.numbers == [1, 2, 3, 4, 5]


def test_an_end_that_cannot_be_kept_outside_is_told(kept: Kept, tmp_path: Path) -> None:
    kept.heads = FileHeads(tmp_path / "heads.jsonl")
    (tmp_path / "heads.jsonl").unlink()
    (tmp_path / "heads.jsonl" / "folder").mkdir(parents=True)
    kept.heads.read = lambda: ()  # type: ignore[method-assign]
    purged = kept.purge(date(2026, 6, 17))
    assert purged is not None
    assert "could not be kept outside the database" in purged.warnings[0]
