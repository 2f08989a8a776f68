"""Editions of a report: what of a view its readers may see, and what was left out for them, said in sentences.

| edition | people | titles and texts | restricted records | findings |
|---|---|---|---|---|
| PMO | named | all | counted | all of unrestricted records |
| board | departments instead; names inside texts are covered | all | counted | as for the PMO |
| public | none | titles of lists declared public, nothing else | counted | counts by kind |

Figures follow one rule in every edition, told in `sync.core.disclosure`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.changes import Change, Changes, What, changes_between
from sync.core.comparing import in_pairs
from sync.core.directions import Direction, rollup_directions
from sync.core.disclosure import SafeRollup, alone
from sync.core.findings import FindingKind
from sync.core.item_figures import without_hidden_projects
from sync.core.model import Kind
from sync.core.policy import ReportPolicy
from sync.core.rollup import Scope
from sync.core.safe_rows import Told, safe_rollup, untold_directions
from sync.core.snapshot import RecordId
from sync.core.text import counted, listed
from sync.core.view import Item, View
from sync.report.redaction import COVERED, Edition, People, Redactor, in_order, stand_ins

__all__ = ["Edition", "EditionView", "for_edition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView(View):
    """A view that may be shown to the edition's readers as it is: builders need nothing else, and get nothing else.

    `items` are those that are not restricted, with what they may tell; `hidden` counts the restricted ones by kind, and
    `hidden_findings` the findings about them. `finding_counts`: findings about the others by kind, whether or not they
    are among `findings`. `rows` are the roll-up in the form that tells what is `withheld` (`rollup` holds the same).
    `changes`: since the earlier view, where there was one; `untold` of them, by sort, tell nothing in this edition.
    `directions` are those of `items`. `left_out` says in sentences what the edition leaves out.
    """

    edition: Edition
    rows: tuple[SafeRollup, ...] = ()
    hidden: Mapping[Kind, int] = field(default_factory=dict)
    hidden_findings: int = 0
    finding_counts: Mapping[FindingKind, int] = field(default_factory=dict)
    changes: Changes | None = None
    untold: Mapping[What, int] = field(default_factory=dict)
    directions: Mapping[RecordId, Direction] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def restricted_lines(self, *kinds: Kind) -> tuple[str, ...]:
        """The line for each kind that stands in a list of items for those that are not in it: `3 restricted risks`."""
        return tuple(counted(count, f"restricted {kind.value}") for kind, count in self.hidden.items() if kind in kinds)


def for_edition(view: View, edition: Edition, reports: ReportPolicy, *, before: View | None = None) -> EditionView:
    """The view as that edition's readers may see it. `before`: the view of the report to compare with, whole as well.

    Depends on nothing but its arguments, and on no order of items.
    """
    return _Shown(view, edition, reports, before).made()


_PUBLIC_SCOPES = frozenset(Scope) - {Scope.BOARD}
"""Whose rows the public may see: the ladder is published by a decision of its own, and what a council groups its
projects by may be any words of staff's."""


class _Shown:
    """A view on its way into an edition."""

    def __init__(self, view: View, edition: Edition, reports: ReportPolicy, before: View | None) -> None:
        self._view, self._edition, self._before = view, edition, before
        then = before or replace(view, items=())
        pairs, _, _ = in_pairs(then.items, view.items)
        covered = {was.id for was, now in pairs if now.restricted}
        then = replace(then, items=tuple(_restricted_if(item, item.id in covered) for item in then.items))
        here, earlier = stand_ins(view.items, then.items, {was.id: now.id for was, now in pairs})
        people = People.of(view, then)
        self._now = Redactor(view, edition, reports.public_titles, people, here)
        self._then = Redactor(then, edition, reports.public_titles, people, earlier)
        self._told = [_as_told(item, view) for item in in_order(view.items)]
        self._hidden = _by_kind(item.kind for item in view.items if item.restricted)
        self._safe = safe_rollup(view)

    def made(self) -> EditionView:
        view, now = self._view, self._now
        items = tuple(now.item(item) for item in self._told)
        rows = self._rows()
        findings = [each for each in view.findings if not now.is_restricted(each)]
        changes, untold = self._changes()
        is_public = self._edition is Edition.PUBLIC
        made = EditionView(
            edition=self._edition,
            name=view.name,
            as_at=view.as_at,
            today=view.today,
            run_id=view.run_id,
            zone=view.zone,
            since=view.since,
            policies=view.policies,
            sources=tuple(now.source(seen) for seen in sorted(view.sources, key=lambda seen: seen.restricted)),
            items=items,
            rollup=rows,
            rows=rows,
            findings=() if is_public else tuple(now.finding(each) for each in findings),
            hidden=self._hidden,
            hidden_findings=len(view.findings) - len(findings),
            finding_counts=dict(sorted(Counter(each.kind for each in findings).items())),
            changes=changes,
            untold=untold,
            directions=self._directions(changes),
        )
        groupings = dict.fromkeys(row.scope for row in self._safe if row.scope not in frozenset(Scope))
        by_own_words = _rows_left_out(groupings) if is_public else ()
        return replace(made, left_out=(*_left_out(made, self._told, now), *by_own_words))

    def _rows(self) -> tuple[SafeRollup, ...]:
        """The rows that may be told, with their directions and the records behind them that may be named."""
        is_public = self._edition is Edition.PUBLIC
        rows = tuple(row for row in self._safe if not is_public or row.scope in _PUBLIC_SCOPES)
        headings = _headings(self._view, rows, self._before)
        shown = {item.id: self._now.id(item) for item in self._told}
        return tuple(
            replace(
                row,
                name=self._now.texts([row.name])[0],
                direction=headings.get((row.scope, row.name)),
                reasons=row.notes if self._edition is Edition.PUBLIC else self._now.texts(row.reasons),
                projects=tuple(shown[each] for each in row.projects if each in shown),
                others=tuple(shown[each] for each in row.others if each in shown),
            )
            for row in rows
        )

    def _changes(self) -> tuple[Changes | None, Mapping[What, int]]:
        """What changed, as far as this edition tells it, and how much it does not tell."""
        if self._before is None:
            return None, {}
        changes = changes_between(self._before, self._view)
        few = alone(self._before.items) | alone(self._view.items)
        told, untold = [], Counter[What]()
        for change in changes.changes:
            shown = self._change(change)
            if shown.was == shown.now and (shown.was, shown.now) != (change.was, change.now):
                untold[change.what] += 1
            else:
                told.append(shown)
        restricted = {kind: count for kind, count in changes.restricted.items() if kind not in few}
        return replace(changes, changes=tuple(told), restricted=restricted), dict(sorted(untold.items()))

    def _change(self, change: Change) -> Change:
        return replace(
            change,
            before=self._then.item(change.before) if change.before else None,
            after=self._now.item(change.after) if change.after else None,
        )

    def _directions(self, changes: Changes | None) -> Mapping[RecordId, Direction]:
        if changes is None:
            return {}
        return {self._now.id(item): changes.directions[item.id] for item in self._told if item.id in changes.directions}


def _headings(view: View, rows: tuple[SafeRollup, ...], before: View | None) -> Mapping[tuple[str, str], Direction]:
    """Where the rows are heading, those that may tell."""
    if before is None:
        return {}
    earlier = safe_rollup(before)
    found = rollup_directions(Told(earlier, before.sources), Told(rows, view.sources))
    untold = untold_directions(rows, earlier)
    return {row: heading for row, heading in found.items() if row not in untold}


def _as_told(item: Item, view: View) -> Item:
    return without_hidden_projects(item, view) if item.kind is Kind.PROGRAMME else item


def _restricted_if(item: Item, restricted: bool) -> Item:
    return replace(item, restricted=True) if restricted else item


def _by_kind(kinds: Iterable[Kind]) -> Mapping[Kind, int]:
    held = Counter(kinds)
    return {kind: held[kind] for kind in Kind if held[kind]}


def _left_out(shown: EditionView, told: Sequence[Item], redactor: Redactor) -> Iterator[str]:
    """What an edition leaves out and why, in sentences with counts; nothing where it leaves out nothing."""
    yield from _restricted(shown)
    if shown.edition is not Edition.PMO:
        yield from _people(shown, told)
    if shown.edition is Edition.PUBLIC:
        yield from _public(shown, told, redactor)
    if untold := sum(shown.untold.values()):
        yield f"{counted(untold, 'change')} since the last report would tell what this edition leaves out."


def _restricted(shown: EditionView) -> Iterator[str]:
    if shown.hidden:
        several = sum(shown.hidden.values()) > 1
        hidden = [counted(count, f"restricted {kind.value}") for kind, count in shown.hidden.items()]
        yield f"{listed(hidden)} {'count' if several else 'counts'} in the totals and {_are(several)} not named."
    if kinds := sorted({kind for row in shown.rows if row.scope == Scope.PORTFOLIO for kind in row.withheld}):
        lone = listed([f"1 restricted {kind.value}" for kind in kinds])
        verb = _are(len(kinds) > 1)
        yield f"{lone} {verb} in the totals only, because any other figure of a single record would be its own."
    if shown.hidden_findings:
        about = counted(shown.hidden_findings, "finding")
        yield f"{about} about restricted records or lists {_are(shown.hidden_findings > 1)} not shown."


def _people(shown: EditionView, told: Sequence[Item]) -> Iterator[str]:
    owned = sum(bool(item.owners) for item in told)
    if owned:
        instead = "; departments stand for them" if shown.edition is Edition.BOARD else ""
        yield f"The names of the owners of {counted(owned, 'record')} are left out{instead}."
    if holders := sum(bool(item.hold_by) for item in told):
        yield f"The names of those who set the hold of {counted(holders, 'record')} are left out."
    if owned or holders:
        yield f"Where one of these names stands in a text it reads {COVERED}."


def _public(shown: EditionView, told: Sequence[Item], redactor: Redactor) -> Iterator[str]:
    if told:
        yield (
            f"Of {counted(len(told), 'record')} only the place in the organisation, states, scores, dates and counts "
            "are shown: no reason, response, category, confidence, money or escalation."
        )
    titles = sum(item.title is not None and not redactor.tells_title(item) for item in told)
    if titles:
        said = f"{counted(titles, 'title')} {_are(titles > 1)} left out"
        yield f"{said}: only lists that are declared public show theirs."
    labels = sum(not redactor.tells_ref(item) for item in told)
    if labels:
        said = f"{counted(labels, 'record')} {'go' if labels > 1 else 'goes'} by a number of this report"
        yield f"{said}: references that may hold words are not shown."
    if findings := sum(shown.finding_counts.values()):
        yield f"{counted(findings, 'finding')} {_are(findings > 1)} counted by kind only."


def _rows_left_out(groupings: Iterable[str]) -> Iterator[str]:
    if names := list(groupings):
        yield f"Figures by {listed(names)} are left out: what their rows are called are staff's own words."


def _are(several: bool) -> str:
    return "are" if several else "is"
