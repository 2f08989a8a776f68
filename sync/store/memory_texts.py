"""Words that stand in what a database in memory keeps of the lists, as `texts` finds them in one that is not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sync.engine.state import IntentState
from sync.store.memory_journal import Kept
from sync.store.words import in_baseline, in_decision, in_journal, in_report, pattern_of, stands_in, without


def mentions(kept: Kept, text: str) -> tuple[str, ...]:
    """The places where the words stand, sorted."""
    pattern = pattern_of(text)
    return tuple(sorted({place for place, said in _texts(kept) if stands_in(pattern, said)}))


def redact(kept: Kept, text: str) -> int:
    """Takes the words out of reports, decisions and settled intents; answers how many of these were changed."""
    pattern = pattern_of(text)
    return _redact_reports(kept, pattern) + _redact_decisions(kept, pattern) + _redact_intents(kept, pattern)


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
