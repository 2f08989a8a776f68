"""The first page: what is off track, which decisions are overdue, what does not fit, and what changed."""

from collections.abc import Sequence

from sync.core.changes import Changes, What
from sync.core.model import Band, WorkStatus
from sync.core.rollup import Rollup
from sync.report.document import (
    Block,
    CrossReference,
    Inline,
    KeyFigure,
    KeyFigures,
    Section,
    Strong,
    note,
    paragraph,
)
from sync.report.sections import boards, checks, exceptions
from sync.report.sections.changed import since
from sync.report.sections.coverage import unread
from sync.report.sections.paper import Paper
from sync.report.sections.said import Said
from sync.report.tones import Tone

_TOLD = (
    (What.WORSE, Said.TOLD_WORSE, "↓"),
    (What.BETTER, Said.TOLD_BETTER, "↑"),
    (What.ESCALATED, Said.TOLD_ESCALATED, "↑"),
    (What.MATERIALISED, Said.TOLD_MATERIALISED, "↓"),
    (What.BECAME_OVERDUE, Said.TOLD_OVERDUE, "↓"),
    (What.SLIPPED, Said.TOLD_SLIPPED, "↓"),
    (What.NEW, Said.TOLD_NEW, "+"),
    (What.CLOSED, Said.TOLD_CLOSED, "✓"),
    (What.GONE, Said.TOLD_GONE, "-"),
)


def summary(paper: Paper) -> Section:
    """Section: exceptions first, then what is normal. It reads by itself."""
    total = paper.total
    blocks: list[Block] = [*_warnings(paper)]
    if total is not None and total.total:
        blocks.append(KeyFigures(_key_figures(paper, total), paper.source_line()))
    blocks += [
        paragraph(*_off_track(paper)),
        *_decisions(paper),
        *_checks(paper),
        paragraph(*_changes(paper)),
        *_reported(paper, total),
    ]
    return Section(title=paper.say(Said.SUMMARY), anchor="summary", blocks=tuple(blocks))


def _warnings(paper: Paper) -> list[Block]:
    """Lists that could not be read stand before every figure, because all of them are without those lists."""
    missing = len(unread(paper))
    return [note(paper.count(Said.UNREAD_WARNING, missing), tone=Tone.WARN)] if missing else []


def _key_figures(paper: Paper, total: Rollup) -> tuple[KeyFigure, ...]:
    """What calls for action; what is on track stands among it where no board has anything to decide."""
    of = paper.words.number(total.total)
    off, risk = total.computed[WorkStatus.OFF_TRACK], total.computed[WorkStatus.AT_RISK]
    severe, risks = total.open_risks[Band.VERY_HIGH], paper.words.number(sum(total.open_risks.values()))
    by_rules = paper.say(Said.KEY_BY_RULES, of=of)
    return (
        _alarm(paper, Said.KEY_OFF_TRACK, off, by_rules, Tone.BAD),
        _alarm(paper, Said.KEY_AT_RISK, risk, by_rules, Tone.WARN),
        _decisions_overdue(paper) if boards.are_told(paper) else _on_track(paper, total),
        _alarm(paper, Said.KEY_VERY_HIGH, severe, paper.say(Said.KEY_OPEN_RISKS, of=risks), Tone.BAD),
    )


def _alarm(paper: Paper, label: Said, count: int, detail: str, tone: Tone) -> KeyFigure:
    """A figure that is good when it is 0, unless a list could not be read: then 0 is not known to be true."""
    at_best = Tone.NONE if unread(paper) else Tone.GOOD
    return KeyFigure(paper.say(label), count, detail, tone if count else at_best)


def _decisions_overdue(paper: Paper) -> KeyFigure:
    waiting = paper.words.number(len(boards.waiting(paper)))
    late = len(boards.overdue_decisions(paper))
    return _alarm(paper, Said.KEY_DECISIONS, late, paper.say(Said.KEY_DECISIONS_OF, of=waiting), Tone.BAD)


def _on_track(paper: Paper, total: Rollup) -> KeyFigure:
    count, of = total.counts[WorkStatus.ON_TRACK], paper.words.number(total.total)
    percent = paper.words.percent(total.percent[WorkStatus.ON_TRACK])
    share = paper.say(Said.SHARE, percent=percent, of=of)
    return KeyFigure(paper.say(Said.KEY_ON_TRACK), count, share, Tone.GOOD if count else Tone.NONE)


def _off_track(paper: Paper) -> Sequence[Inline]:
    found = exceptions.exceptional(paper)
    if not found:
        return (paper.say(Said.NO_EXCEPTIONS),)
    told = [
        paper.say(Said.STATUS_WHICH, status=paper.status(status).text, n=len(group), which=paper.refs(group))
        for status in exceptions.EXCEPTIONS
        if (group := [item for item in found if item.computed is status])
    ]
    return (" ".join(told), " ", CrossReference(paper.say(Said.SEE_EXCEPTIONS), "exceptions"))


def _decisions(paper: Paper) -> list[Block]:
    if not boards.are_told(paper):
        return []
    late, waiting = boards.overdue_decisions(paper), boards.waiting(paper)
    if not waiting:
        return [paragraph(paper.say(Said.NO_DECISIONS))]
    told = paper.count(Said.DECISIONS_WAITING, len(waiting))
    overdue = paper.count(Said.DECISIONS_OVERDUE, len(late), which=paper.refs(late)) if late else ""
    return [paragraph(*((Strong(overdue), " ") if overdue else ()), told)]


def _checks(paper: Paper) -> list[Block]:
    found = checks.warnings(paper)
    if not found:
        return []
    told = paper.count(Said.WARNINGS, found)
    return [paragraph(told, " ", CrossReference(paper.say(Said.SEE_CHECKS), "checks"))]


def _changes(paper: Paper) -> Sequence[Inline]:
    changes = paper.changes
    if changes is None:
        return (paper.say(Said.NO_PREVIOUS),)
    told = [f"{sign} {paper.count(said, count)}" for count, said, sign in _counted(changes)]
    if not told:
        return (paper.say(Said.NOTHING_CHANGED, since=since(paper, changes)),)
    sentence = paper.say(Said.CHANGED_TOLD, since=since(paper, changes), told=paper.listed(told))
    return (sentence, " ", CrossReference(paper.say(Said.SEE_CHANGES), "changes"))


def _counted(changes: Changes) -> list[tuple[int, Said, str]]:
    """How many records each sort of change happened to; a record that reads worse in two ways is one."""
    counts = [(len({change.item.id for change in changes.of(what)}), said, sign) for what, said, sign in _TOLD]
    return [each for each in counts if each[0]]


def _reported(paper: Paper, total: Rollup | None) -> list[Block]:
    """What staff reported, as the committee's table has it."""
    if total is None or not total.total:
        return [paragraph(paper.say(Said.NO_PROJECTS))]
    on_track, needs_review = total.counts[WorkStatus.ON_TRACK], total.counts[WorkStatus.NEEDS_REVIEW]
    over = total.counts[WorkStatus.COMPLETE] + total.counts[WorkStatus.CLOSED]
    others = sum(total.counts.values()) - on_track - needs_review - over
    said = paper.count(
        Said.REPORTED_TOLD,
        total.total,
        on_track=paper.words.number(on_track),
        needs_review=paper.words.number(needs_review),
        over=paper.words.number(over),
        others=paper.count(Said.REPORTED_OTHERS, others) if others else "",
    )
    return [paragraph(said, " ", CrossReference(paper.say(Said.SEE_STATUS), "status"))]
