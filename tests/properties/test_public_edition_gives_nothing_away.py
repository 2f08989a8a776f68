"""Nothing that staff typed, and no name, gets out by an edition that must not tell it; and no figure gives one away."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from sync.core.findings import Finding, FindingKind
from sync.core.item_figures import is_open_threat
from sync.core.model import Band, Confidence, Health, Kind, Nature, Overdue, Reference, RiskStatus, WorkStatus
from sync.core.policy import ReportPolicy
from sync.core.rollup import OF_REGISTERED, Scope
from sync.core.text import fold
from sync.core.view import Item, View
from sync.report.editions import Edition, EditionView, for_edition
from tests.support.budget import SEED, by_size
from tests.support.portfolios import TODAY
from tests.support.random_portfolios import Drawn, drawn, randomness

RUNS = by_size(80, 3_000)
YESTERDAY = TODAY - timedelta(days=1)
SECRET = re.compile(r"qzx[a-z]+\d*", re.IGNORECASE)
"""No word of ours begins so: whatever matches was typed into a list. It is too long for the letters of a reference."""

INTERNAL_FIELDS = ("reason", "category", "response", "proximity", "confidence_by", "declared_rung", "hold_reason")


def texts(value: Any) -> Iterator[str]:
    """Every string that can be reached from a value."""
    if isinstance(value, str):
        yield str(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from texts(getattr(value, each.name))
    elif isinstance(value, Mapping):
        yield from texts([*value, *value.values()])
    elif isinstance(value, Iterable):
        for each in value:
            yield from texts(each)


def secrets_in(value: Any) -> set[str]:
    return {found for text in texts(value) for found in SECRET.findall(text)}


class Seeded:
    """Says something secret in every text, never the same twice; `names` are those of people."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._said = 0
        self.names: list[str] = []

    def __call__(self, field: str) -> str:
        self._said += 1
        secret = f"qzx{field.replace('_', '')}{self._said}"
        if field == "owner":
            self.names.append(f"Ann {secret.title()}")
            return self.names[-1]
        if field == "login":
            return f"{secret}@council.example"
        shapes = (secret, f"Re {secret}, see notes", f"{secret.upper()}-12", secret.title())
        return self._rng.choice(shapes)


def seeded(number: int) -> tuple[View, View, Seeded]:
    """Two views of portfolios in which every text is a secret; findings and problems of lists quote some."""
    rng = randomness(f"{SEED}/{number}")
    say = Seeded(rng)
    return (
        quoting(drawn(rng, say).view(), say),
        quoting(drawn(rng, say).view(today=TODAY + timedelta(days=30)), say),
        say,
    )


def quoting(view: View, say: Seeded) -> View:
    more = [
        Finding(
            item.source, item.id.item_id, FindingKind.UNKNOWN_VALUE, item.ref, f"{say('text')} is unknown", say("mend")
        )
        for item in view.items
    ]
    sources = tuple(replace(each, problem=say("problem")) for each in view.sources)
    items = tuple(replace(item, **{name: say(name) for name in INTERNAL_FIELDS}) for item in view.items)
    return replace(view, findings=(*view.findings, *more), sources=sources, items=items)


def editions(number: int, edition: Edition, **reports: Any) -> Iterator[tuple[EditionView, tuple[View, ...]]]:
    """The edition by itself, and compared with an earlier view; with the views that it was made from, newest first."""
    before, now, _ = seeded(number)
    yield for_edition(now, edition, ReportPolicy(**reports)), (now,)
    yield for_edition(now, edition, ReportPolicy(**reports), before=before), (now, before)


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32))
def test_the_public_edition_tells_nothing_that_staff_typed_and_says_so(number: int) -> None:
    for shown, (now, *_) in editions(number, Edition.PUBLIC):
        assert secrets_in(shown) == set()
        assert sum(shown.hidden.values()) + len(shown.items) == len(now.items)
        assert bool(shown.left_out) == bool(now.items or now.findings)


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32))
def test_titles_written_to_be_published_are_shown_and_nothing_else(number: int) -> None:
    for shown, views in editions(number, Edition.PUBLIC, public_titles=("projects", "secret-projects")):
        public = [item for view in views for item in view.items if item.source == "projects" and not item.restricted]
        assert secrets_in(shown) <= secrets_in([(item.title, item.ref) for item in public])
        titles = [item.title for item in views[0].items if item.source == "projects"]
        assert sorted(titles) == sorted(item.title for item in shown.items if item.title)


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32))
def test_the_board_edition_names_no_owner_wherever_the_name_stands(number: int) -> None:
    before, now, say = seeded(number)
    rng = randomness(str(number))
    views = [dropping_names(view, say.names, rng) for view in (before, now)]
    owners = {name for view in views for item in view.items for person in item.owners for name in secrets_in(person)}
    shown = for_edition(views[1], Edition.BOARD, ReportPolicy(), before=views[0])
    assert {found.casefold() for found in secrets_in(shown)}.isdisjoint(name.casefold() for name in owners)
    assert not any(item.owners for item in shown.items)


def dropping_names(view: View, names: list[str], rng: random.Random) -> View:
    """The view with owners' names inside every text that people write or sentences quote."""

    def with_name(text: str | None) -> str | None:
        return f"{text} ({rng.choice(names).upper()})" if text and names else text

    items = tuple(
        replace(
            item,
            groups={name: with_name(text) or "" for name, text in item.groups.items()},
            **{name: with_name(getattr(item, name)) for name in ("title", "ref", *INTERNAL_FIELDS)},
        )
        for item in view.items
    )
    findings = tuple(replace(each, text=with_name(each.text) or "") for each in view.findings)
    rollup = tuple(replace(row, reasons=tuple(with_name(text) or "" for text in row.reasons)) for row in view.rollup)
    sources = tuple(replace(each, problem=with_name(each.problem)) for each in view.sources)
    return replace(view, items=items, findings=findings, rollup=rollup, sources=sources)


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(Edition))
def test_no_edition_names_anything_restricted(number: int, edition: Edition) -> None:
    before, now, _ = seeded(number)
    told = secrets_in(restricted_of(before)) | secrets_in(restricted_of(now))
    shown = for_edition(
        now, edition, ReportPolicy(public_titles=tuple(seen.name for seen in now.sources)), before=before
    )
    assert secrets_in(shown).isdisjoint(told)
    assert not {item.id for item in now.items if item.restricted} & set(places(shown))
    assert not any(
        name.startswith("secret-") for name in texts((shown.sources, shown.items, shown.rows, shown.changes))
    )


def restricted_of(view: View) -> list[Item | Finding]:
    """The restricted records, without what they refer to and are counted with, and the findings about them."""
    hidden = [replace(item, project=None, parent=None) for item in view.items if item.restricted]
    hidden = [item if item.kind is Kind.PROJECT else replace(item, groups={}) for item in hidden]
    about = {(item.source, item.id.item_id) for item in hidden}
    return [*hidden, *(each for each in view.findings if (each.source, each.item) in about)]


def places(shown: EditionView) -> Iterator[Any]:
    yield from (item.id for item in shown.items)
    yield from (each for row in shown.rollup for each in (*row.projects, *row.others))
    yield from shown.directions
    yield from (change.item.id for change in (shown.changes.changes if shown.changes else ()))


HOLDS: Mapping[str, tuple[Any, ...]] = {
    "hold_reason": (None, "Dispute"),
    "hold_until": (None, YESTERDAY, TODAY + timedelta(days=30)),
}
LONE_VALUES: Mapping[Kind, Mapping[str, tuple[Any, ...]]] = {
    Kind.PROJECT: {
        **HOLDS,
        "status": (None, *WorkStatus),
        "health": tuple(Health),
        "confidence": (None, *Confidence),
        "end": (None, YESTERDAY, TODAY + timedelta(days=90)),
        "last_reported": (None, TODAY, TODAY - timedelta(days=60)),
        "theme": (None, "Places", "Growth", "Elsewhere"),
        "department": (None, "Finance", "Elsewhere"),
        "programme": (None, Reference("Digital"), Reference("Elsewhere")),
    },
    Kind.RISK: {
        **HOLDS,
        "status": (None, *RiskStatus),
        "likelihood": (None, 1, 4, 5),
        "impact": (None, 1, 5),
        "next_review": (None, YESTERDAY, TODAY + timedelta(days=90)),
        "nature": (None, *Nature),
    },
    Kind.ISSUE: {**HOLDS, "status": (None, *RiskStatus), "severity": (None, *Band), "due": (None, YESTERDAY)},
}


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(sorted(LONE_VALUES)), st.sampled_from(Edition))
def test_whatever_the_only_restricted_record_of_its_kind_says_no_report_differs(
    number: int, kind: Kind, edition: Edition
) -> None:
    """Nobody can tell by any figure, sum or difference what a single restricted record holds: there is none."""
    rng = randomness(f"{SEED}/{number}")
    portfolio = drawn(rng).portfolio
    portfolio.records[:] = [record for record in portfolio.records if record.kind is not kind or not record.restricted]
    lone = portfolio.add(
        kind, "ONLY-1", f"secret-{kind}s" if kind is not Kind.ISSUE else "issues", **CONFIDENTIAL[kind]
    )
    shown = []
    for _ in range(2):
        values = {name: rng.choice(choices) for name, choices in LONE_VALUES[kind].items()}
        changed = replace(lone, fields=replace(lone.fields, **values), groups=rng.choice(LONE_GROUPS[kind]))
        records = [changed if record is lone else record for record in portfolio.records]
        view = Drawn(replace(portfolio, records=records), frozenset()).view()
        shown.append(replace(for_edition(view, edition, ReportPolicy()), hidden_findings=0, left_out=()))
    assert shown[0] == shown[1]


LONE_GROUPS: Mapping[Kind, tuple[Mapping[str, str], ...]] = {
    Kind.PROJECT: ({}, {"ward": "North"}, {"ward": "Elsewhere"}),
    Kind.RISK: ({},),
    Kind.ISSUE: ({},),
}
CONFIDENTIAL: Mapping[Kind, Mapping[str, Any]] = {Kind.PROJECT: {}, Kind.RISK: {}, Kind.ISSUE: {"confidential": True}}


@seed(SEED)
@settings(max_examples=RUNS, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(Edition))
def test_named_rows_count_what_is_named_and_nothing_else(number: int, edition: Edition) -> None:
    """A reader who subtracts the records that are listed from a row that has a name is left with nothing."""
    view = drawn(randomness(f"{SEED}/{number}")).view()
    shown = for_edition(view, edition, ReportPolicy())
    for row in shown.rows:
        if row.scope is Scope.THEME and row.name[0] != "(":
            listed = [item for item in shown.items if fold(item.theme or "") == fold(row.name)]
        elif row.scope == "ward" and row.name[0] != "(":
            listed = [item for item in shown.items if fold(item.groups.get("ward") or "") == fold(row.name)]
        elif row.scope is Scope.REGISTER and row.name[0] != "(":
            listed = [item for item in shown.items if item.register == row.name]
        elif row.scope is Scope.BOARD and row.name[0] != "(" and edition is not Edition.PUBLIC:
            listed = [item for item in shown.items if item.board == row.name]
        else:
            continue
        assert row.overdue == sum(item.overdue is Overdue.OVERDUE for item in listed)
        assert edition is Edition.PUBLIC or row.held == sum(item.held for item in listed)
        threats = Counter(item.band or Band.NOT_ASSESSED for item in listed if is_open_threat(item))
        assert {Band(band): count for band, count in row.open_risks.items() if count} == threats
        projects = [item for item in listed if item.kind is Kind.PROJECT]
        assert row.total == len(listed if row.scope in OF_REGISTERED else projects)
        if row.scope not in OF_REGISTERED:
            computed = Counter(item.computed for item in projects)
            assert {WorkStatus(status): count for status, count in row.computed.items() if count} == computed
