"""A RunStore in memory that keeps the promises of the port: for tests of what is built on it.

Made for searches that begin hundreds of thousands of runs: values go in and come out as they are, nothing that was
handed out is ever changed, and a copy of everything costs a few dictionaries.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sync.core.audit import Anchor, Entry, Link
from sync.core.doubts import Answer, Doubt
from sync.core.history import History
from sync.core.provisioning.made import Made
from sync.engine.state import (
    LATEST,
    Approval,
    Archive,
    Decision,
    Frozen,
    KnownPerson,
    Remembered,
    RunStart,
    RunSummary,
    latest_of,
)
from sync.errors import DefectError, UsageError
from sync.store import memory_texts
from sync.store.keys import fold_key
from sync.store.memory_journal import NOTHING, Kept, Machine, MemoryJournal
from sync.store.memory_mirrors import MemoryMirrors


class MemoryAuditTrail:
    """The append-only record of decisions and writes, and who the people in it are."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def links(self, run_id: str | None = None) -> Iterator[Link]:
        """In order, of one run or of all."""
        links = tuple(self._machine.kept.sealed())
        return (link for link in links if run_id is None or link.entry.run_id == run_id)

    def anchor(self) -> Anchor:
        """Where the chain begins."""
        return self._machine.kept.anchor

    def head(self) -> Anchor:
        """Where the chain ends."""
        kept = self._machine.kept
        kept.sealed()
        return kept.head_of_links()

    def append(self, entries: Sequence[Entry]) -> None:
        """Adds entries that belong to no run."""
        self._machine.kept.unsealed.extend(entries)

    def purge(self, through: int, entries: Sequence[Entry]) -> int:
        """Deletes the links up to that number, keeps the hash of the last, and adds the entries.

        Raises UsageError for a number that the chain has not come to.
        """
        kept, head = self._machine.kept, self.head()
        if through > head.number:
            raise UsageError(f"The audit ends with number {head.number}, so nothing up to {through} can be purged.")
        gone = [link for link in kept.links if link.number <= through]
        if gone:
            kept.anchor = Anchor(gone[-1].number, gone[-1].hash)
            kept.links = kept.links[len(gone) :]
        kept.unsealed.extend(entries)
        return len(gone)

    def person(self, scope: str, ident: str, name: str | None = None) -> int:
        """The number of an account, made at first sight; `name` is kept where it is given."""
        people = self._machine.kept.people
        for known in people.values():
            if known is not None and (known.scope, known.ident) == (scope, ident):
                people[known.number] = replace(known, name=name or known.name)
                return known.number
        number = len(people) + 1
        people[number] = KnownPerson(number, scope, ident, name)
        return number

    def people(self) -> Sequence[KnownPerson]:
        """Everybody who has a number and was not erased, by number."""
        return tuple(known for known in self._machine.kept.people.values() if known is not None)

    def erase(self, number: int) -> None:
        """Forgets who a number was; the number is not given to anybody else. Nobody's number is no error."""
        if number in self._machine.kept.people:
            self._machine.kept.people[number] = None


class MemoryRunStore:
    """What a portfolio remembers, in memory. Of one thread; see `RunStore` for the promises.

    `again` opens the same memory once more, as a second process would; `copy` makes another memory.
    """

    def __init__(self, installation_id: str = "memory", *, machine: Machine | None = None) -> None:
        self._installation_id = installation_id
        self._machine = machine or Machine(Kept())
        self._journal = MemoryJournal(self._machine)
        self._audit = MemoryAuditTrail(self._machine)
        self._mirrors = MemoryMirrors(self._machine)

    def again(self) -> "MemoryRunStore":
        """The same memory, with a journal of its own: what the one writes the other reads, and one has the lease."""
        return MemoryRunStore(self._installation_id, machine=self._machine)

    def copy(self) -> "MemoryRunStore":
        """An independent memory in the same state, as the next process finds it once all that use this one are dead:
        nobody has the lease."""
        return MemoryRunStore(self._installation_id, machine=Machine(self._machine.kept.copy()))

    @property
    def installation_id(self) -> str:
        """Tells this memory and its copies from every other."""
        return self._installation_id

    @property
    def journal(self) -> MemoryJournal:
        """Intents, and what became of them."""
        return self._journal

    @property
    def audit(self) -> MemoryAuditTrail:
        """The record of decisions and writes, and who the people in it are."""
        return self._audit

    @property
    def mirrors(self) -> MemoryMirrors:
        """What lists held when they were seen last."""
        return self._mirrors

    @property
    def approvals(self) -> Sequence[Approval]:
        """Every approval, the oldest first."""
        return tuple(self._machine.kept.approvals)

    def begin(self, run: RunStart) -> bool:
        """Records the start; False (and nothing recorded) where this job already ran for this night."""
        kept = self._machine.kept
        if run.id in kept.runs:
            raise DefectError(f"Run {run.id} has begun already.")
        begun = _utc(run.started)
        if run.job is not None and run.night is not None:
            if (run.job, run.night) in kept.nights:
                return False
            kept.nights.add((run.job, run.night))
        kept.runs[run.id] = RunSummary(run.id, run.mode, begun, None, run.today, None, run.night)
        return True

    def finish(self, run_id: str, finished: datetime, outcome: str, report: Mapping[str, Any]) -> None:
        """Records the end of a run that has begun and not ended; anything else is a DefectError."""
        kept = self._machine.kept
        if run_id not in kept.runs or run_id in kept.reports:
            raise DefectError(f"Run {run_id} has not begun, or has ended already, and was to be ended.")
        kept.runs[run_id] = replace(kept.runs[run_id], finished=_utc(finished), outcome=outcome)
        kept.reports[run_id] = report

    def runs(self, limit: int = 20) -> Sequence[RunSummary]:
        """Newest first."""
        return tuple(islice(self._newest_first(), limit))

    def report(self, run_id: str | None = None) -> Mapping[str, Any] | None:
        """That run's report, or the newest finished one; None where there is none."""
        reports = self._machine.kept.reports
        if run_id is None:
            run_id = next((run.id for run in self._newest_first() if run.id in reports), "")
        return reports.get(run_id)

    def night_done(self, job: str, night: date) -> bool:
        """Whether this job has begun a run for this night."""
        return (job, night) in self._machine.kept.nights

    def remembered(self, host: str, list_guid: str) -> Remembered:
        """Everything known of one list: baselines and known records in the order of the item ids."""
        return self._machine.kept.lists.get((host, list_guid), NOTHING)

    def places(self) -> Sequence[tuple[str, str]]:
        """The host and GUID of every list of which a source state is kept, sorted."""
        return tuple(sorted(place for place, known in self._machine.kept.lists.items() if known.states))

    def save_decisions(self, run_id: str, source: str, decisions: Iterable[Decision]) -> None:
        """Replaces what was kept for that source, in one step; the run must have begun."""
        kept = self._machine.kept
        kept.require(run_id, "decisions")
        kept.decisions[source] = tuple(decisions)

    def decisions(self, key: str, source: str | None = None) -> Sequence[Decision]:
        """The last run's decisions about the records of that key (without regard to case), by source and item."""
        kept, folded = self._machine.kept.decisions, fold_key(key)
        names = sorted(kept) if source is None else [source]
        found = (each for name in names for each in kept.get(name, ()) if fold_key(each.key) == folded)
        return tuple(sorted(found, key=lambda each: (each.source, each.id)))

    def histories(self) -> Sequence[History]:
        """Those of every record that was ever carried through, by number."""
        kept = self._machine.kept.histories
        return tuple(kept[number] for number in sorted(kept))

    def save_doubts(self, run_id: str, doubts: Sequence[Doubt]) -> None:
        """Replaces those of the run before; the run must have begun."""
        self._machine.kept.require(run_id, "doubts")
        self._machine.kept.doubts = tuple(doubts)

    def doubts(self) -> Sequence[Doubt]:
        """Those of the newest run that said which there are, in its order."""
        return self._machine.kept.doubts

    def keep_answer(self, answer: Answer) -> None:
        """Keeps what a person said, in place of what was said of that doubt before."""
        kept = self._machine.kept
        if answer.by not in kept.people:
            raise DefectError(f"Nobody has the number {answer.by}.")
        kept.answers[answer.doubt_id] = replace(answer, at=_utc(answer.at))

    def answers(self) -> Mapping[str, Answer]:
        """Every answer that was ever given, by the id of its doubt, in the order of ids."""
        return dict(sorted(self._machine.kept.answers.items()))

    def save_latest(self, run_id: str, header: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
        """Replaces the one latest archive with what this run saw; the run must have begun."""
        kept = self._machine.kept
        run = kept.require(run_id, "an archive")
        kept.archives[LATEST] = Archive(latest_of(run_id, run.today, run.started), header, dict(sorted(parts.items())))

    def freeze(self, frozen: Frozen, header: Mapping[str, Any], parts: Mapping[str, Any]) -> bool:
        """Keeps a report for good; False (and nothing kept) where it is frozen already."""
        kept, frozen = self._machine.kept.archives, replace(frozen, made=_utc(frozen.made))
        if frozen.id in kept or any(_is_for(each.of) == _is_for(frozen) for each in kept.values()):
            return False
        kept[frozen.id] = Archive(frozen, header, dict(sorted(parts.items())))
        return True

    def frozen(self) -> Sequence[Frozen]:
        """Reports that were frozen, the newest first."""
        frozen = [each.of for each in self._machine.kept.archives.values() if each.of.id != LATEST]
        return tuple(sorted(frozen, key=lambda each: (each.made, each.id), reverse=True))

    def archive(self, archive_id: str | None = None) -> Archive | None:
        """What was frozen under that id, or the latest; None where there is none."""
        return self._machine.kept.archives.get(LATEST if archive_id is None else archive_id)

    def frozen_header(self, archive_id: str) -> Mapping[str, Any] | None:
        """Only what was frozen of the whole; None where there is none."""
        kept = self._machine.kept.archives.get(archive_id)
        return kept.header if kept else None

    def purge_frozen(self, before: date) -> int:
        """Deletes what was frozen as of an earlier day; answers how many went."""
        kept = self._machine.kept
        old = [each.id for each in self.frozen() if each.as_of < before]
        kept.archives = {name: each for name, each in kept.archives.items() if name not in old}
        return len(old)

    def made(self) -> Sequence[Made]:
        """Everything that `provision` made and that was not taken away again, sorted."""
        kept = self._machine.kept.made
        return tuple(kept[key] for key in sorted(kept))

    def mentions(self, text: str) -> Sequence[str]:
        """Where these words stand in what is kept of the lists, sorted."""
        return memory_texts.mentions(self._machine.kept, text)

    def redact(self, text: str) -> int:
        """Takes these words out of everything kept that neither lists nor recovery still need; answers how many texts
        were changed."""
        return memory_texts.redact(self._machine.kept, text)

    def close(self) -> None:
        """Gives the lease up, if it is here; what is remembered stays for those who opened it again."""
        self._journal.close()

    def _newest_first(self) -> Iterator[RunSummary]:
        return iter(sorted(self._machine.kept.runs.values(), key=lambda run: (run.started, run.id), reverse=True))


def _is_for(frozen: Frozen) -> tuple[str, str | None, date, int]:
    return frozen.occasion, frozen.board, frozen.as_of, frozen.revision


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise DefectError("A time without a zone was about to be stored.")
    return time.astimezone(UTC)
