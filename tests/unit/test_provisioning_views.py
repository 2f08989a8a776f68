"""Staff get the views that their list's columns, and its length, allow."""

from dataclasses import replace

import pytest

from sync.core.columns import ColumnType
from sync.core.model import Kind, Overdue
from sync.core.ownership import OWNED_BY_KIND, OwnedField, WriteMode
from sync.core.policy import Labels, SourceMapping, WritePolicy
from sync.core.provisioning.owned_columns import owned_column
from sync.core.provisioning.shape import Ask, Condition, FoundColumn, FoundList, ViewShape
from sync.core.provisioning.views import LONG_FROM, views_of
from tests.support.lists import mapped, source
from tests.support.provisioning import found_column, found_list

DATE, PERSON, CHOICE = ColumnType.DATE, ColumnType.PERSON, ColumnType.CHOICE
STAFF: dict[Kind, tuple[dict[str, str], tuple[FoundColumn, ...]]] = {
    Kind.PROGRAMME: ({"title": "Title", "owner": "Sponsor"}, (found_column("Sponsor", PERSON),)),
    Kind.PROJECT: (
        {"title": "Title", "owner": "Lead", "status": "State", "end": "Finish", "programme": "Prog"},
        (
            found_column("Lead", PERSON, "Lead officer"),
            found_column("State", CHOICE),
            found_column("Finish", DATE),
            found_column("Prog"),
        ),
    ),
    Kind.MILESTONE: (
        {"title": "Title", "forecast": "Forecast", "original": "Planned", "project": "Project"},
        (found_column("Forecast", DATE), found_column("Planned", DATE), found_column("Project", ColumnType.LOOKUP)),
    ),
    Kind.RISK: (
        {"title": "Title", "owner": "Owner", "status": "State", "next_review": "Review", "project": "Project"},
        (
            found_column("Owner", ColumnType.PERSON_MULTI),
            found_column("State"),
            found_column("Review", DATE),
            found_column("Project"),
        ),
    ),
    Kind.ISSUE: ({"title": "Title", "due": "Due"}, (found_column("Due", ColumnType.DATE_TIME),)),
    Kind.ACTION: ({"title": "Title", "due": "Due"}, (found_column("Due"),)),
}


def mapping_of(kind: Kind, *, mode: WriteMode = WriteMode.QUIET) -> SourceMapping:
    write = WritePolicy(mode=mode, columns={each: name_of(each) for each in OwnedField if each in OWNED_BY_KIND[kind]})
    return source("list", kind, key="Ref", fields=STAFF[kind][0], write=write)


def name_of(owned_field: OwnedField) -> str:
    return "PS" + owned_field.value.title().replace("_", "")


def list_of(kind: Kind, *, items: int = 40, without: str = "", labels: Labels | None = None) -> FoundList:
    """A list with everything, as `provision` leaves it; without the columns whose internal names are given."""
    shapes = [owned_column(each, name_of(each), kind, labels or Labels()) for each in OWNED_BY_KIND[kind]]
    ours = [
        found_column(each.name, each.type, each.title, choices=each.choices, indexed=each.indexed) for each in shapes
    ]
    columns = (found_column("Title"), found_column("Ref", indexed=True), *STAFF[kind][1], *ours)
    return found_list(*(each for each in columns if each.column.name not in without.split()), item_count=items)


def asked(view: ViewShape) -> str:
    """`PSOverdue is Overdue or Due soon, Lead is_me; PSOverdueSince`."""
    tests = [f"{each.column} {each.test}{' ' + ' or '.join(each.values) if each.values else ''}" for each in view.where]
    return f"{', '.join(tests)}; {', '.join(each.column for each in view.order)}"


def said(kind: Kind, found: FoundList) -> dict[str, str]:
    return {view.title: asked(view) for view in views_of(mapping_of(kind), found, Labels())}


SHORT: dict[Kind, dict[str, str]] = {
    Kind.PROGRAMME: {"My items": "Sponsor is_me; ", "Please check": "PSCheck is_not_blank; Ref"},
    Kind.PROJECT: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince, Finish",
        "Due soon": "PSOverdue is Due soon; Finish",
        "My items": "Lead is_me, PSOverdue is_not Closed; Finish",
        "Please check": "PSCheck is_not_blank; Ref",
    },
    Kind.MILESTONE: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince, Forecast, Planned",
        "Due soon": "PSOverdue is Due soon; Forecast, Planned",
        "Please check": "PSCheck is_not_blank; Ref",
    },
    Kind.RISK: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince, PSNextReview, Review",
        "Due soon": "PSOverdue is Due soon; PSNextReview, Review",
        "My items": "Owner is_me, PSOverdue is_not Closed; PSNextReview, Review",
        "My reviews": "PSNextReview is_not_blank, Owner is_me; PSNextReview",
        "Please check": "PSCheck is_not_blank; Ref",
        "Escalated": "PSEscalateTo is_not_blank; PSEscalateTo, PSOverdueSince",
    },
    Kind.ISSUE: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince, Due",
        "Due soon": "PSOverdue is Due soon; Due",
        "Please check": "PSCheck is_not_blank; Ref",
        "Escalated": "PSEscalateTo is_not_blank; PSEscalateTo, PSOverdueSince",
    },
    Kind.ACTION: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince",
        "Due soon": "PSOverdue is Due soon; ",
        "Please check": "PSCheck is_not_blank; Ref",
    },
}
LONG: dict[Kind, dict[str, str]] = {
    Kind.PROGRAMME: {"Please check": "PSCheck is_not_blank; Ref"},
    Kind.PROJECT: {
        "Overdue": "PSOverdue is Overdue; PSOverdueSince",
        "Due soon": "PSOverdue is Due soon; ",
        "My items": "PSOverdue is Overdue or Due soon, Lead is_me; ",
        "Please check": "PSCheck is_not_blank; Ref",
    },
    Kind.RISK: {
        "Overdue": "PSOverdue is Overdue; PSNextReview",
        "Due soon": "PSOverdue is Due soon; PSNextReview",
        "My items": "PSOverdue is Overdue or Due soon, Owner is_me; PSNextReview",
        "My reviews": "PSOverdue is Overdue or Due soon, Owner is_me; PSNextReview",
        "Please check": "PSCheck is_not_blank; Ref",
        "Escalated": "PSEscalateTo is_not_blank; PSEscalateTo",
    },
}


@pytest.mark.parametrize("kind", list(SHORT))
def test_a_list_gets_every_view_that_its_columns_allow(kind: Kind) -> None:
    assert said(kind, list_of(kind, items=LONG_FROM)) == SHORT[kind]


@pytest.mark.parametrize("kind", list(LONG))
def test_a_long_list_gets_views_that_begin_with_an_index_and_are_ordered_by_one(kind: Kind) -> None:
    found = list_of(kind, items=LONG_FROM + 1)
    assert said(kind, found) == LONG[kind]
    for view in views_of(mapping_of(kind), found, Labels()):
        used = [view.where[0].column, *(each.column for each in view.order)]
        assert all((there := found.column(name)) is not None and there.indexed for name in used)


@pytest.mark.parametrize(
    ("kind", "without", "items", "titles"),
    [
        (Kind.RISK, "PSOverdue", 40, "My items, My reviews, Please check, Escalated"),
        (Kind.RISK, "PSOverdue", 9000, "My reviews, Please check, Escalated"),
        (Kind.RISK, "PSNextReview Owner", 40, "Overdue, Due soon, Please check, Escalated"),
        (Kind.PROJECT, "PSCheck PSOverdueSince Lead", 40, "Overdue, Due soon"),
        (Kind.PROJECT, "PSOverdue PSCheck PSOverdueSince PSStatus PSReason PSStamp", 40, ""),
    ],
)
def test_a_view_without_its_column_is_left_out(kind: Kind, without: str, items: int, titles: str) -> None:
    assert ", ".join(said(kind, list_of(kind, items=items, without=without))) == titles


def test_a_list_that_is_only_read_gets_none() -> None:
    assert views_of(mapping_of(Kind.RISK, mode=WriteMode.OFF), list_of(Kind.RISK), Labels()) == ()


def test_an_owner_in_words_is_nobody_in_particular() -> None:
    found = list_of(Kind.PROJECT, without="Lead")
    by_name = replace(found, columns=(*found.columns, found_column("Lead")))
    assert "My items" not in said(Kind.PROJECT, by_name)


def test_the_first_owner_that_is_a_person_counts() -> None:
    mapping = replace(
        mapping_of(Kind.PROJECT), fields={"title": mapped("Title"), "owner": mapped("Typed", "Lead officer")}
    )
    found = list_of(Kind.PROJECT)
    found = replace(found, columns=(*found.columns, found_column("Typed")))
    mine = next(view for view in views_of(mapping, found, Labels()) if view.title == "My items")
    assert mine.where[0] == Condition("Lead", Ask.IS_ME)
    assert "Typed" in mine.columns
    assert "Lead" not in mine.columns, "one column of each field is enough for a reader"


@pytest.mark.parametrize(
    ("items", "titles"),
    [(40, "Overdue, My items, Please check"), (9000, "Overdue, Please check")],
)
def test_yes_or_no_tells_what_is_overdue_by_the_day_since_when(items: int, titles: str) -> None:
    found = list_of(Kind.PROJECT, items=items, without="PSOverdue")
    found = replace(found, columns=(*found.columns, found_column("PSOverdue", ColumnType.YES_NO)))
    views = said(Kind.PROJECT, found)
    assert ", ".join(views) == titles
    assert views["Overdue"].startswith("PSOverdueSince is_not_blank; PSOverdueSince")


def test_a_label_is_asked_for_as_the_list_spells_it() -> None:
    labels = Labels(overdue={Overdue.OVERDUE: "Late", Overdue.DUE_SOON: "Nearly due"})
    found = list_of(Kind.PROJECT, without="PSOverdue")
    column = found_column("PSOverdue", CHOICE, choices=("LATE ", "On time"))
    views = views_of(mapping_of(Kind.PROJECT), replace(found, columns=(*found.columns, column)), labels)
    assert [each.where[0].values for each in views[:2]] == [("LATE ",), ("Nearly due",)]


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (Kind.PROGRAMME, "Ref Title Sponsor PSStatus PSReason PSCheck"),
        (Kind.PROJECT, "Ref Title Lead PSStatus PSOverdue PSOverdueSince PSReason PSCheck Prog State Finish"),
        (Kind.MILESTONE, "Ref Title PSOverdue PSOverdueSince PSReason PSCheck Project Forecast Planned"),
        (
            Kind.RISK,
            "Ref Title Owner PSOverdue PSOverdueSince PSNextReview PSReason PSCheck PSEscalateTo Project",
        ),
    ],
)
def test_what_staff_know_it_by_comes_first_then_ours(kind: Kind, columns: str) -> None:
    for view in views_of(mapping_of(kind), list_of(kind), Labels()):
        assert view.columns == tuple(columns.split())


def test_a_column_is_shown_once_and_a_hidden_one_never() -> None:
    mapping = replace(mapping_of(Kind.RISK), key="Title")
    found = list_of(Kind.RISK, without="PSNextReview Project")
    found = replace(found, columns=(*found.columns, found_column("Project", hidden=True)))
    shown = views_of(mapping, found, Labels())[0].columns
    assert (shown[:2], shown[-2:]) == (("Title", "Owner"), ("State", "Review"))
    assert "Project" not in shown
    assert len(set(shown)) == len(shown)


def test_a_hold_is_shown_beside_the_flag_that_it_holds() -> None:
    holds = {"hold_reason": mapped("Why held"), "hold_until": mapped("Held until"), "hold_by": mapped("Held by")}
    mapping = mapping_of(Kind.ACTION)
    found = list_of(Kind.ACTION)
    columns = (found_column("Why held"), found_column("Held until", ColumnType.DATE), found_column("Held by"))
    views = views_of(
        replace(mapping, fields={**mapping.fields, **holds}),
        replace(found, columns=(*found.columns, *columns)),
        Labels(),
    )
    assert all({"Why held", "Held until"} <= set(view.columns) for view in views)


def test_a_list_without_a_key_or_a_title_still_has_its_views() -> None:
    mapping = replace(mapping_of(Kind.ACTION), key=None, fields={})
    views = views_of(mapping, list_of(Kind.ACTION), Labels())
    assert [asked(view) for view in views if view.title == "Please check"] == ["PSCheck is_not_blank; "]
