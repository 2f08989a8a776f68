"""The columns that we make hold what we write into them, and say who writes it and what it means."""

from itertools import product

import pytest

from sync.core.columns import Column, ColumnType
from sync.core.directions import Direction
from sync.core.model import Band, Kind, Overdue, RiskStatus, WorkStatus
from sync.core.owned import ALLOWED_TYPES, owned_problems
from sync.core.ownership import OWNED_BY_KIND, DriftPolicy, OwnedField
from sync.core.policy import Labels
from sync.core.provisioning.names import internal_name_problem
from sync.core.provisioning.own_column import LONGEST_TEXT
from sync.core.provisioning.own_lists import key_of, list_url, rollup_list, status_list
from sync.core.provisioning.owned_columns import LONGEST_DESCRIPTION, hold_column, owned_column, told_hold
from sync.core.provisioning.rollup_columns import (
    BAND_WORDS,
    DIRECTION_WORDS,
    Rolled,
    State,
    band_column,
    computed_column,
    count_column,
    percent_column,
    scope_order,
    scope_word,
)
from sync.core.provisioning.shape import (
    MOST_INDEXES,
    Badge,
    Badges,
    ColumnShape,
    DaysSince,
    DueDay,
    HoldBeside,
    Icon,
    ListShape,
    Look,
    StaleAfter,
    Tone,
    Wrapped,
)
from sync.core.provisioning.status_columns import OUTCOME_WORDS, Kept
from sync.core.rollup import Scope
from sync.core.run_report import Outcome
from sync.core.text import fold, length

EVERY = [(kind, each) for kind in Kind for each in sorted(OWNED_BY_KIND[kind])]
LOCAL = Labels(
    status={WorkStatus.AT_RISK: "Gefährdet", WorkStatus.ON_TRACK: "Overdue"}, overdue={Overdue.OVERDUE: "Late"}
)


def as_column(shape: ColumnShape) -> Column:
    return Column(shape.name, shape.title, shape.type, choices=shape.choices, default=shape.default)


def shown(look: Look | None) -> Badges:
    assert isinstance(look, Badges)
    return look


@pytest.mark.parametrize("labels", [Labels(), LOCAL], ids=["English", "their own"])
@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_made_can_hold_what_is_written(kind: Kind, labels: Labels) -> None:
    made = {each: owned_column(each, f"PS{each}", kind, labels) for each in OWNED_BY_KIND[kind]}
    assert not list(owned_problems(kind, {each: as_column(shape) for each, shape in made.items()}, (), labels))
    assert all(shape.type in ALLOWED_TYPES[each] for each, shape in made.items())
    assert sum(shape.indexed for shape in made.values()) <= 4
    assert len({shape.title for shape in made.values()}) == len(made)


@pytest.mark.parametrize(("kind", "owned_field"), EVERY)
def test_a_column_of_ours_says_who_writes_it_and_is_in_no_form(kind: Kind, owned_field: OwnedField) -> None:
    shape = owned_column(owned_field, "PSColumn", kind, Labels())
    assert (shape.name, shape.in_forms, shape.required, shape.unique) == ("PSColumn", False, False, False)
    assert "Written every night by Portfolio Sync; a change made by hand is put back." in shape.description
    assert shape.description.endswith("See the guide, For staff.")


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (DriftPolicy.RESTORE, "a change made by hand is put back."),
        (DriftPolicy.RESPECT, "a change made by hand stays, and is reported."),
        (DriftPolicy.ASK, "a change made by hand is put back once somebody approves that."),
    ],
)
def test_a_description_is_true_under_every_policy_and_short(drift: DriftPolicy, said: str) -> None:
    texts = [owned_column(each, "X", kind, Labels(), drift=drift).description for kind, each in EVERY]
    assert all(said in text and length(text) <= LONGEST_DESCRIPTION for text in texts)


@pytest.mark.parametrize(
    ("owned_field", "kind", "title"),
    [
        (OwnedField.STATUS, Kind.PROGRAMME, "Status (worked out)"),
        (OwnedField.OVERDUE, Kind.PROJECT, "Overdue?"),
        (OwnedField.OVERDUE, Kind.RISK, "Review overdue?"),
        (OwnedField.OVERDUE_SINCE, Kind.ACTION, "Overdue since"),
        (OwnedField.OVERDUE_SINCE, Kind.RISK, "Review overdue since"),
        (OwnedField.REASON, Kind.RISK, "Why"),
        (OwnedField.NEXT_REVIEW, Kind.RISK, "Next review due"),
        (OwnedField.ESCALATE_TO, Kind.ISSUE, "Escalate to"),
        (OwnedField.CHECK, Kind.MILESTONE, "Please check"),
        (OwnedField.STAMP, Kind.MILESTONE, "Last written by"),
    ],
)
def test_titles_are_words_that_staff_use(owned_field: OwnedField, kind: Kind, title: str) -> None:
    assert owned_column(owned_field, "X", kind, Labels()).title == title


@pytest.mark.parametrize(
    ("owned_field", "kind", "said"),
    [
        (OwnedField.STATUS, Kind.PROGRAMME, "Worked out from the programme's open projects. Why says which."),
        (
            OwnedField.STATUS,
            Kind.PROJECT,
            "The status you reported, or a worse one where dates, milestones, risks or actions say so.",
        ),
        (
            OwnedField.OVERDUE,
            Kind.MILESTONE,
            (
                "Whether the forecast date, else its first date, has passed; on the day it is only due. To change it, "
                "mend date or status."
            ),
        ),
        (
            OwnedField.OVERDUE_SINCE,
            Kind.PROJECT,
            "The day on which it was due, once that has passed. The days since then are counted as you look.",
        ),
        (OwnedField.REASON, Kind.PROJECT, "Why the columns beside it say what they say, by dates and references."),
        (
            OwnedField.NEXT_REVIEW,
            Kind.RISK,
            "When the rules ask for the next review. An earlier date of your own counts instead.",
        ),
        (
            OwnedField.ESCALATE_TO,
            Kind.ISSUE,
            "The board that is asked to decide on this issue; blank where it stays with you.",
        ),
        (
            OwnedField.CHECK,
            Kind.PROJECT,
            "What to put right in this row, such as a date that is text; blank where nothing is.",
        ),
        (OwnedField.STAMP, Kind.PROJECT, "Which installation wrote here last, and in which run."),
    ],
)
def test_a_description_says_what_the_column_means_and_who_writes_it(
    owned_field: OwnedField, kind: Kind, said: str
) -> None:
    written = "Written every night by Portfolio Sync; a change made by hand is put back. See the guide, For staff."
    assert owned_column(owned_field, "X", kind, Labels()).description == f"{said} {written}"


@pytest.mark.parametrize(
    ("kind", "indexed"),
    [
        (Kind.PROGRAMME, {"check"}),
        (Kind.PROJECT, {"overdue", "overdue_since", "check"}),
        (Kind.RISK, {"overdue", "next_review", "check", "escalate_to"}),
        (Kind.ISSUE, {"overdue", "overdue_since", "check", "escalate_to"}),
    ],
)
def test_what_views_begin_with_or_are_ordered_by_is_indexed(kind: Kind, indexed: set[str]) -> None:
    assert {each.value for each in OWNED_BY_KIND[kind] if owned_column(each, "X", kind, Labels()).indexed} == indexed


def test_every_label_has_a_badge_of_its_own() -> None:
    hold = told_hold("PSReason", "HoldUntil")
    status = shown(owned_column(OwnedField.STATUS, "X", Kind.PROJECT, LOCAL, hold=hold).look)
    overdue = shown(owned_column(OwnedField.OVERDUE, "X", Kind.PROJECT, LOCAL, hold=hold).look)
    assert (status.hold, overdue.hold) == (hold, hold)
    assert list(status.of) == [LOCAL.of_status(each) for each in WorkStatus]
    assert list(overdue.of) == [LOCAL.of_overdue(each) for each in Overdue]
    assert (status.of["Gefährdet"].tone, status.of["Gefährdet"].icon) == (Tone.WARNING, Icon.WARNING)
    assert (overdue.of["Late"].tone, overdue.of["Late"].icon) == (Tone.SEVERE, Icon.ALERT)
    assert overdue.of["Due soon"] != overdue.of["Late"]
    assert shown(owned_column(OwnedField.STATUS, "X", Kind.PROJECT, LOCAL).look).hold is None
    assert told_hold(None, "HoldUntil") is None
    assert hold == HoldBeside(told_in="PSReason", words="Held until ", until="HoldUntil")


@pytest.mark.parametrize(
    ("owned_field", "look"),
    [
        (OwnedField.OVERDUE_SINCE, DaysSince()),
        (OwnedField.NEXT_REVIEW, DueDay()),
        (OwnedField.REASON, Wrapped(Badge(Tone.PLAIN, Icon.QUESTION))),
        (OwnedField.ESCALATE_TO, Wrapped(Badge(Tone.INFORMATION, Icon.BOARD))),
        (OwnedField.CHECK, Wrapped(Badge(Tone.WARNING, Icon.MEND))),
        (OwnedField.STAMP, None),
    ],
)
def test_other_columns_are_shown_by_what_they_are(owned_field: OwnedField, look: Look | None) -> None:
    shape = owned_column(owned_field, "X", Kind.RISK, Labels())
    assert (shape.look, shape.choices) == (look, ())


@pytest.mark.parametrize(
    ("field_name", "title", "of_type"),
    [
        ("hold_reason", "Hold: reason", ColumnType.TEXT),
        ("hold_until", "Hold until", ColumnType.DATE),
        ("hold_by", "Hold set by", ColumnType.PERSON),
    ],
)
def test_a_hold_is_for_staff_to_fill_in(field_name: str, title: str, of_type: ColumnType) -> None:
    shape = hold_column(field_name, "HoldColumn")
    assert (shape.name, shape.title, shape.type, shape.in_forms) == ("HoldColumn", title, of_type, True)
    assert shape.description.startswith("Yours to fill in")
    assert ("clear both" in shape.description) is (field_name != "hold_by"), "a reason without a day is a hold"
    assert length(shape.description) <= LONGEST_DESCRIPTION


OWN_LISTS = [
    rollup_list("Portfolio roll-up", Labels(), restricted=True),
    rollup_list("Figures", LOCAL, restricted=False),
    status_list("Portfolio Sync status"),
]


@pytest.mark.parametrize("shape", OWN_LISTS, ids=lambda shape: shape.title)
def test_a_list_of_our_own_can_be_made(shape: ListShape) -> None:
    names = [each.name for each in shape.columns]
    titles = [fold(each.title) for each in shape.columns]
    assert len(set(names)) == len(names)
    assert len({*titles, fold(shape.title_column)}) == len(titles) + 1
    assert not [name for name in names if internal_name_problem(name)]
    assert all("Portfolio Sync" in text for text in [shape.description, *(each.description for each in shape.columns)])
    assert not any(each.in_forms for each in shape.columns)
    assert all(length(each.description) <= LONGEST_DESCRIPTION for each in shape.columns)
    assert all(each.decimals == (0 if each.type is ColumnType.NUMBER else None) for each in shape.columns)
    assert shape.versioned
    assert sum(each.indexed for each in shape.columns) < MOST_INDEXES
    assert [each.name for each in shape.columns if each.unique] == ["PSKey"]


@pytest.mark.parametrize("shape", OWN_LISTS, ids=lambda shape: shape.title)
def test_its_views_show_and_ask_for_columns_that_it_has(shape: ListShape) -> None:
    names = {"Title", *(each.name for each in shape.columns)}
    for view in shape.views:
        assert view.columns[0] == "Title"
        assert len(set(view.columns)) == len(view.columns)
        assert {*view.columns, *(each.column for each in view.where), *(each.column for each in view.order)} <= names
    assert [view.default for view in shape.views].count(True) == 1
    assert len({fold(view.title) for view in shape.views}) == len(shape.views)


def test_the_roll_up_has_a_column_for_every_figure() -> None:
    shape = rollup_list("Portfolio roll-up", Labels(), restricted=True)
    by_name = {each.name: each for each in shape.columns}
    counts = [count(status) for status in (*WorkStatus, *RiskStatus) for count in (count_column, percent_column)]
    figures = [*counts, *(computed_column(each) for each in WorkStatus), *(band_column(each) for each in Band)]
    assert {by_name[name].type for name in figures} == {ColumnType.NUMBER}
    assert set(by_name) == {*figures, *(each.value for each in Rolled)} - {"Title"}
    assert (shape.restricted, shape.title_column, shape.url) == (True, "Name", "Lists/PortfolioRollUp")
    assert by_name[count_column(WorkStatus.ON_TRACK)].title == "On track"
    assert by_name[percent_column(WorkStatus.ON_TRACK)].title == "On track, %"
    assert by_name[computed_column(WorkStatus.AT_RISK)].title == "At risk (worked out)"
    assert by_name[count_column(RiskStatus.OPEN)].title == "Open (risks)"
    assert by_name[band_column(Band.VERY_HIGH)].title == "Open risks: very high"
    assert [view.title for view in shape.views] == [
        *("Current", "Themes", "Programmes", "Departments", "Registers and boards", "Retired"),
    ]


def test_a_label_of_their_own_is_told_apart_from_another_column() -> None:
    by_name = {each.name: each.title for each in rollup_list("Figures", LOCAL, restricted=False).columns}
    assert by_name[Rolled.OVERDUE] == "Overdue"
    assert by_name[count_column(WorkStatus.ON_TRACK)] == "Overdue (reported)"
    assert by_name[count_column(WorkStatus.AT_RISK)] == "Gefährdet"


def test_views_of_the_roll_up_part_what_is_current_from_what_was() -> None:
    views = {view.title: view for view in rollup_list("Figures", Labels(), restricted=False).views}
    asked = {title: {each.column: each.values for each in view.where} for title, view in views.items()}
    assert asked["Current"] == {"PSState": ("Current",)}
    assert asked["Themes"] == {"PSScope": ("Theme",), "PSState": ("Current",)}
    assert asked["Registers and boards"] == {"PSScope": ("Register", "Board"), "PSState": ("Current",)}
    assert asked["Retired"] == {"PSState": ("Retired",)}
    assert [each.column for each in views["Current"].order] == ["PSOrder", "Title"]


def test_whatever_the_roll_up_says_in_words_has_a_badge() -> None:
    looks = {each.name: each.look for each in rollup_list("Figures", LOCAL, restricted=False).columns}
    assert set(shown(looks[Rolled.WORST]).of) == {*BAND_WORDS.values(), *(LOCAL.of_status(each) for each in WorkStatus)}
    assert set(shown(looks[Rolled.DIRECTION]).of) == {DIRECTION_WORDS[each] for each in Direction}
    assert set(shown(looks[Rolled.STATE]).of) == set(State)
    assert (BAND_WORDS[Band.VERY_HIGH], DIRECTION_WORDS[Direction.NOT_KNOWN]) == ("Very high", "Not known")


def test_the_status_list_turns_late_by_itself() -> None:
    shape = status_list("Portfolio Sync status")
    by_name = {each.name: each for each in shape.columns}
    assert set(by_name) == {each.value for each in Kept} - {"Title"}
    assert by_name[Kept.LAST_GOOD_RUN].look == StaleAfter(26)
    assert by_name[Kept.LAST_GOOD_RUN].type is by_name[Kept.NEXT_RUN].type is ColumnType.DATE_TIME
    assert by_name[Kept.OUTCOME].choices == tuple(OUTCOME_WORDS[each] for each in Outcome)
    assert set(shown(by_name[Kept.OUTCOME].look).of) == set(by_name[Kept.OUTCOME].choices)
    assert [view.title for view in shape.views if view.default] == ["Status"]


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Portfolio roll-up", "Lists/PortfolioRollUp"),
        ("Portfolio Sync status", "Lists/PortfolioSyncStatus"),
        ("  café & crèche: the 5 lists ", "Lists/CafeCrecheThe5Lists"),
        ("日本", "Lists/"),
        ("x" * 300, f"Lists/X{'x' * 63}"),
    ],
)
def test_an_address_is_made_of_the_title(title: str, url: str) -> None:
    assert list_url(title) == url


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("Digital  Strategy", "theme", "Innovation"), "digital strategy / theme / innovation"),
        (("x" * LONGEST_TEXT,), "x" * LONGEST_TEXT),
    ],
)
def test_a_key_is_the_same_however_a_name_is_typed(parts: tuple[str, ...], key: str) -> None:
    assert key_of(*parts) == key_of(*map(str.upper, parts)) == key


def test_a_long_key_still_tells_two_names_apart() -> None:
    keys = {key_of(start * 300 + end) for start, end in product("x😀", "yz")}
    assert len(keys) == 4
    assert all(length(key) <= LONGEST_TEXT for key in keys)


@pytest.mark.parametrize(
    ("scope", "word", "place"),
    [
        (Scope.PORTFOLIO, "Portfolio", 1),
        (Scope.BOARD, "Board", 6),
        ("ward", "Ward", 7),
        ("cost Centre", "Cost Centre", 7),
    ],
)
def test_scopes_have_a_word_and_a_place(scope: str, word: str, place: int) -> None:
    assert (scope_word(scope), scope_order(scope)) == (word, place)
