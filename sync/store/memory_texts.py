"""Words that stand in what a database in memory keeps of the lists, as `texts` finds them in one that is not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sync.core.archive import WORDLESS
from sync.core.archived_history import history_from_json, history_to_json
from sync.core.doubts import doubt_from_json, doubt_to_json
from sync.engine.state import Archive, IntentState
from sync.store.memory_journal import Kept
from sync.store.row_codec import plain_cell
from sync.store.words import (
    in_archive,
    in_baseline,
    in_decision,
    in_doubt,
    in_history,
    in_journal,
    in_made,
    in_mirror,
    in_report,
    pattern_of,
    stands_in,
    without,
)


def mentions(kept: Kept, text: str) -> tuple[str, ...]:
    """The places where the words stand, sorted."""
    pattern = pattern_of(text)
    texts = {place for place, said in _texts(kept) if stands_in(pattern, said)}
    documents = {place for place, said in _documents(kept) if stands_in(pattern, said, WORDLESS)}
    return tuple(sorted(texts | documents | set(_mirrored(kept, pattern))))


def redact(kept: Kept, text: str) -> int:
    """Takes the words out of all but open intents, the values last written, and what goes back with `provision
    --remove`; answers how many were changed. What the lists held is dropped: they are read again."""
    pattern = pattern_of(text)
    kept.mirrors.clear()
    return (
        _redact_reports(kept, pattern)
        + _redact_decisions(kept, pattern)
        + _redact_intents(kept, pattern)
        + _redact_histories(kept, pattern)
        + _redact_doubts(kept, pattern)
        + _redact_archives(kept, pattern)
    )


def _texts(kept: Kept) -> Iterator[tuple[str, Any]]:
    for run_id, report in kept.reports.items():
        yield in_report(run_id), report
    for source, decisions in kept.decisions.items():
        yield from ((in_decision(source, each.id.item_id), [each.key, each.content]) for each in decisions)
    for intent in kept.intents.values():
        yield in_journal(intent.run_id, intent.source, intent.record.item_id), [intent.set, intent.was]
    for (_, list_guid), remembered in kept.lists.items():
        for baseline in remembered.baselines.values():
            yield in_baseline(list_guid, baseline.id.item_id), baseline.values
    yield from ((in_made(each.list_guid, each.name), each.was) for each in kept.made.values())


def _documents(kept: Kept) -> Iterator[tuple[str, Any]]:
    """The same of documents that have wordless parts."""
    for history in kept.histories.values():
        yield in_history(history.number), history_to_json(history)
    for doubt in kept.doubts:
        yield in_doubt(doubt.id), doubt_to_json(doubt)
    for archive_id, archive in kept.archives.items():
        yield in_archive(archive_id), [archive.of.why, archive.header]
        yield from ((in_archive(archive_id, source), part) for source, part in archive.parts.items())


def _mirrored(kept: Kept, pattern: re.Pattern[str]) -> Iterator[str]:
    for (_, list_guid), (_, rows) in kept.mirrors.items():
        for number, row in rows.items():
            if stands_in(pattern, [plain_cell(cell) for cell in row.cells.values()]):
                yield in_mirror(list_guid, number)


def _redact_reports(kept: Kept, pattern: re.Pattern[str]) -> int:
    told = [run_id for run_id, report in kept.reports.items() if stands_in(pattern, report)]
    for run_id in told:
        kept.reports[run_id] = without(pattern, kept.reports[run_id])
    return len(told)


def _redact_decisions(kept: Kept, pattern: re.Pattern[str]) -> int:
    count = 0
    for source, decisions in kept.decisions.items():
        count += sum(stands_in(pattern, [each.key, each.content]) for each in decisions)
        kept.decisions[source] = tuple(
            replace(each, key=without(pattern, each.key), content=without(pattern, each.content)) for each in decisions
        )
    return count


def _redact_intents(kept: Kept, pattern: re.Pattern[str]) -> int:
    told = [
        intent
        for intent in kept.intents.values()
        if intent.state is not IntentState.OPEN and stands_in(pattern, [intent.set, intent.was])
    ]
    for intent in told:
        kept.intents[intent.id] = replace(intent, set=without(pattern, intent.set), was=without(pattern, intent.was))
    return len(told)


def _redact_histories(kept: Kept, pattern: re.Pattern[str]) -> int:
    documents = {number: history_to_json(each) for number, each in kept.histories.items()}
    told = {number: each for number, each in documents.items() if stands_in(pattern, each, WORDLESS)}
    redacted = {number: history_from_json(without(pattern, each, WORDLESS)) for number, each in told.items()}
    kept.histories = {**kept.histories, **redacted}
    return len(told)


def _redact_doubts(kept: Kept, pattern: re.Pattern[str]) -> int:
    documents = [doubt_to_json(doubt) for doubt in kept.doubts]
    kept.doubts = tuple(doubt_from_json(without(pattern, each, WORDLESS)) for each in documents)
    return sum(stands_in(pattern, each, WORDLESS) for each in documents)


def _redact_archives(kept: Kept, pattern: re.Pattern[str]) -> int:
    count = 0
    for archive_id, archive in list(kept.archives.items()):
        head = [archive.of.why, archive.header]
        count += stands_in(pattern, head, WORDLESS)
        count += sum(stands_in(pattern, part, WORDLESS) for part in archive.parts.values())
        why, header = without(pattern, head, WORDLESS)
        parts = {source: without(pattern, part, WORDLESS) for source, part in archive.parts.items()}
        kept.archives[archive_id] = Archive(replace(archive.of, why=why), header, parts)
    return count
