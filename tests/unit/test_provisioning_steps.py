"""What a list has and what it should have decide the steps; nothing missing, no step; nothing of staff's is touched."""

from dataclasses import replace
from typing import Any

import pytest

from sync.core.columns import ColumnType
from sync.core.model import Kind
from sync.core.ownership import DriftPolicy, OwnedField, WriteMode
from sync.core.policy import FieldMapping, Labels, SourceMapping, WritePolicy
from sync.core.provisioning.made import Made, What
from sync.core.provisioning.own_lists import status_list
from sync.core.provisioning.owned_columns import told_hold
from sync.core.provisioning.shape import Badges, ColumnChange, FoundColumn, FoundList, FoundView
from sync.core.provisioning.steps import (
    ChangeView,
    DressColumn,
    Left,
    ListSteps,
    MakeColumn,
    MakeList,
    MakeView,
    form_of,
    has_shape,
    steps_for_shape,
    steps_for_sources,
)
from sync.core.provisioning.wanted import Hindrance, wanted_of
from tests.support.provisioning import FakeAdmin, PlainWording, found_column, found_list
from tests.support.runstores import START

WORDING = PlainWording()
LABELS = Labels()
TITLE = found_column("Title", title="Project")
DUE = found_column("Due", ColumnType.DATE)
OWNER = found_column("Lead", ColumnType.PERSON, "Lead officer")


def mapping(owned: dict[str, str] | None = None, **more: Any) -> SourceMapping:
    fields = {"title": "Title", "end": "Due", "owner": "Lead"} | more.pop("fields", {})
    columns = {OwnedField(name): column for name, column in (owned or {"overdue": "PSOverdue"}).items()}
    return SourceMapping(
        name=more.pop("name", "projects"),
        kind=more.pop("kind", Kind.PROJECT),
        fields={name: FieldMapping(column=(column,)) for name, column in fields.items()},
        write=WritePolicy(mode=more.pop("mode", WriteMode.QUIET), columns=columns),
        **more,
    )


def steps(found: FoundList, *mappings: SourceMapping, made: tuple[Made, ...] = ()) -> ListSteps:
    return steps_for_sources(mappings or (mapping(),), found, LABELS, WORDING, made)


def applied(found: FoundList, plan: ListSteps) -> FoundList:
    """The list once all of that was done, by the fake alone."""
    admin = FakeAdmin()
    admin.has(found)
    for step in plan.steps:
        match step:
            case MakeColumn():
                admin.add_column("/sites/pmo", found.guid, step.shape)
            case DressColumn():
                admin.change_column("/sites/pmo", found.guid, step.name, step.change)
            case MakeView():
                admin.add_view("/sites/pmo", found.guid, step.shape)
            case ChangeView():
                admin.change_view("/sites/pmo", found.guid, step.id, step.shape)
            case MakeList():
                raise AssertionError("it is there")
    return admin.at(found.title)


def recorded(plan: ListSteps, found: FoundList) -> tuple[Made, ...]:
    """What is on record once all of that was done."""
    views = {each.title: each.id for each in found.views}
    shapes = [step.shape for step in plan.steps if isinstance(step, MakeView)]
    made = [record(What.VIEW, each.title, views[each.title], forms=[form_of(each, WORDING)]) for each in shapes]
    return (*made, *(record(What.COLUMN, step.shape.name) for step in plan.steps if isinstance(step, MakeColumn)))


def record(what: What, name: str, ident: str | None = None, **was: Any) -> Made:
    place = {"host": "https://h", "site": "/sites/pmo", "list_guid": "g"}
    return Made(**place, what=what, name=name, ident=ident or name, was=was, run_id="r1", at=START)


def titles(plan: ListSteps) -> list[str]:
    return [step.shape.title for step in plan.steps if isinstance(step, MakeView)]


def columns(plan: ListSteps) -> list[str]:
    return [step.shape.name for step in plan.steps if isinstance(step, MakeColumn)]


def test_from_a_bare_list_to_columns_and_the_views_that_need_them_and_then_nothing_more() -> None:
    bare = found_list(TITLE, DUE, OWNER)
    every = mapping({"status": "PSStatus", "overdue": "PSOverdue", "overdue_since": "PSSince", "check": "PSCheck"})
    first = steps(bare, every)
    assert columns(first) == ["PSStatus", "PSOverdue", "PSSince", "PSCheck"]
    assert titles(first) == ["Overdue", "Due soon", "My items", "Please check"]
    assert (first.left, first.hindrances) == ((), ())
    done = applied(bare, first)
    assert steps(done, every, made=recorded(first, done)) == ListSteps()
    assert bare.columns == done.columns[:3], "what staff have is as it was"


def test_a_column_of_ours_that_is_there_is_dressed_and_not_retyped() -> None:
    there = found_column(
        "PSOverdue",
        ColumnType.CHOICE,
        "Late?",
        choices=("Overdue", "Other", "On time"),
        description="By hand",
        formatter="{}",
    )
    (dress, *_) = steps(found_list(TITLE, there)).steps
    assert isinstance(dress, DressColumn)
    assert (dress.name, dress.title, dress.made) == ("PSOverdue", "Late?", False)
    assert dress.change.title is None
    assert dress.change.choices == ("Overdue", "Other", "On time", "Due soon", "No date", "Closed")
    assert (dress.change.in_new_form, dress.change.in_edit_form, dress.change.indexed) == (False, False, True)
    assert dress.was == ColumnChange(
        description="By hand",
        formatter="{}",
        in_new_form=True,
        in_edit_form=True,
        indexed=False,
        choices=("Overdue", "Other", "On time"),
    )


@pytest.mark.parametrize("drift", [DriftPolicy.RESPECT, {OwnedField.OVERDUE: DriftPolicy.RESPECT}])
def test_a_column_that_is_there_comes_to_look_as_one_that_is_made(drift: Any) -> None:
    holding = mapping({"overdue": "PSOverdue", "reason": "PSReason"}, fields={"hold_reason": "PSHoldReason"})
    holding = replace(holding, write=replace(holding.write, drift=drift))
    make = steps(found_list(TITLE), holding).steps[0]
    dress = steps(found_list(TITLE, found_column("PSOverdue", ColumnType.CHOICE)), holding).steps[0]
    assert isinstance(make, MakeColumn)
    assert isinstance(dress, DressColumn)
    assert (dress.change.description, dress.change.formatter) == (make.shape.description, WORDING.formatter(make.shape))
    assert "a change made by hand stays, and is reported" in make.shape.description


def test_a_column_by_its_title_is_dressed_under_its_own_name() -> None:
    found = found_list(TITLE, found_column("field_7", title="Overdue flag"))
    (dress,) = [
        step for step in steps(found, mapping({"overdue": "overdue flag"})).steps if isinstance(step, DressColumn)
    ]
    assert (dress.name, dress.change.choices) == ("field_7", None)


def test_a_column_that_we_made_and_somebody_undressed_is_dressed_again_as_ours() -> None:
    bare = found_list(TITLE)
    first = steps(bare)
    done = applied(bare, first)
    plain = replace(done, columns=(TITLE, replace(done.columns[1], description="")))
    (again,) = steps(plain, made=recorded(first, done)).steps
    assert isinstance(again, DressColumn)
    assert again.made
    assert again.change == ColumnChange(description=done.columns[1].description)


@pytest.mark.parametrize(
    ("there", "untouched"),
    [
        (found_column("PSOverdue", ColumnType.YES_NO), ("formatter", "choices")),
        (found_column("PSOverdue", ColumnType.CHOICE, choices=("x",), fill_in=True), ("choices",)),
        (found_column("PSOverdue", ColumnType.TEXT), ("choices",)),
        (found_column("PSOverdue", indexed=True), ("indexed",)),
        (found_column("PSOverdue", in_new_form=False), ("in_new_form",)),
        (found_column("PSOverdue", in_edit_form=False), ("in_edit_form",)),
    ],
)
def test_what_a_column_cannot_have_or_has_already_is_left(there: Any, untouched: tuple[str, ...]) -> None:
    dress = steps(found_list(TITLE, there)).steps[0]
    assert isinstance(dress, DressColumn)
    assert [getattr(dress.change, name) for name in untouched] == [None] * len(untouched)


def test_a_note_is_given_no_index() -> None:
    there = found_column("PSCheck", ColumnType.NOTE)
    dress = steps(found_list(TITLE, there), mapping({"check": "PSCheck"})).steps[0]
    assert isinstance(dress, DressColumn)
    assert dress.change.indexed is None


@pytest.mark.parametrize(
    ("owned", "columns_there", "said"),
    [
        ({"overdue": "Due"}, (TITLE, DUE), "also read as staff's"),
        ({"overdue": "PSOverdue"}, (TITLE, found_column("PSOverdue", ColumnType.NUMBER)), "it must be"),
        ({"overdue": "PSOverdue"}, (TITLE, found_column("PSOverdue", read_only=True)), "it is read-only"),
        ({"overdue": "Overdue flag"}, (TITLE,), "none can be made under that name"),
        ({"next_review": "PSNext"}, (TITLE,), "a project has no such field"),
        ({"reason": "PSText", "check": "pstext"}, (TITLE,), "Column pstext is to hold owned field check"),
        ({"overdue": "Ref"}, (TITLE, found_column("Ref")), "also read as staff's"),
        ({"overdue": "Archived"}, (TITLE, found_column("Archived")), "also read as staff's"),
    ],
)
def test_what_cannot_be_a_column_of_ours_is_told_with_what_to_do(
    owned: dict[str, str], columns_there: Any, said: str
) -> None:
    plan = steps(found_list(*columns_there), mapping(owned, key="Ref", where={"Archived": ("No",)}))
    assert said in plan.hindrances[0].what
    assert plan.hindrances[0].what[0].isupper()
    assert "portfolio file" in plan.hindrances[0].advice
    assert not any(isinstance(step, DressColumn) for step in plan.steps)


def test_everything_in_the_way_of_every_source_is_told_and_hinders_nothing_else() -> None:
    plain = "it must begin with a letter from A to Z and have only such letters, digits and underscores."
    first = mapping(
        {"status": "Title", "overdue": "Overdue flag", "reason": "PSText", "check": "pstext"},
        fields={"hold_reason": "Hold: why", "hold_until": "PSHoldUntil"},
    )
    plan = steps(found_list(TITLE), first, mapping({"overdue": "1st"}, name="others"))
    assert plan.hindrances == (
        Hindrance(
            f"The list has no column 'Hold: why' for field hold_reason, and none can be made under that name: {plain}",
            "Write the column's name as the list has it, or a plain one such as PSHoldReason, in the portfolio file.",
        ),
        Hindrance(
            "Column 'Project' of owned field status; it is also read as staff's, and can be only one of the two.",
            "Name another column for it in the portfolio file; one that is not there yet is made.",
        ),
        Hindrance(
            "The list has no column 'Overdue flag' for owned field overdue, and none can be made under that name: "
            f"{plain}",
            "Write the column's name as the list has it, or a plain one such as PSOverdue, in the portfolio file.",
        ),
        Hindrance(
            "Column pstext is to hold owned field check and another one.",
            "Name a column of its own for each in the portfolio file.",
        ),
        Hindrance(
            f"The list has no column '1st' for owned field overdue, and none can be made under that name: {plain}",
            "Write the column's name as the list has it, or a plain one such as PSOverdue, in the portfolio file.",
        ),
    )
    assert columns(plan) == ["PSText", "PSHoldUntil"]


def test_hold_columns_are_made_where_absent_and_are_staffs_where_there() -> None:
    fields = {"hold_reason": "PSHoldReason", "hold_until": "PSHoldUntil"}
    holding = mapping(fields=fields)
    bare = steps(found_list(TITLE), holding)
    holds = [step for step in bare.steps if isinstance(step, MakeColumn) and step.hold]
    assert [(each.shape.name, each.shape.in_forms) for each in holds] == [("PSHoldReason", True), ("PSHoldUntil", True)]
    there = found_list(
        TITLE, found_column("PSHoldReason", ColumnType.NOTE), found_column("Until", ColumnType.DATE, "PSHoldUntil")
    )
    plan = steps(there, holding)
    assert columns(plan) == ["PSOverdue"]
    assert not any(isinstance(step, DressColumn) for step in plan.steps)


@pytest.mark.parametrize(
    ("fields", "reason", "there", "told"),
    [
        (["hold_reason", "hold_until"], "Why", (), ("Why", "PSHoldUntil")),
        (["hold_reason", "hold_until"], "Why", (found_column("PSReason", title="Why"),), ("PSReason", "PSHoldUntil")),
        (["hold_reason", "hold_until"], "Why", (found_column("Until", title="PSHoldUntil"),), ("Why", "Until")),
        (["hold_reason"], "PSReason", (), ("PSReason", None)),
        (["hold_reason", "hold_until"], None, (), None),
        ([], "PSReason", (), None),
    ],
)
def test_the_pause_follows_what_our_reason_tells_of_the_hold(
    fields: list[str], reason: str | None, there: tuple[FoundColumn, ...], told: tuple[str, str | None] | None
) -> None:
    owned = {"overdue": "PSOverdue", **({"reason": reason} if reason else {})}
    names = {"hold_reason": "PSHoldReason", "hold_until": "PSHoldUntil"}
    plan = steps(found_list(TITLE, *there), mapping(owned, fields={each: names[each] for each in fields}))
    [look] = [step.shape.look for step in plan.steps if isinstance(step, MakeColumn) and step.shape.name == "PSOverdue"]
    assert isinstance(look, Badges)
    assert look.hold == (told and told_hold(*told))


def test_a_hold_column_is_never_one_of_ours() -> None:
    plan = steps(found_list(TITLE), mapping(fields={"hold_reason": "PSOverdue"}))
    assert [(step.shape.name, step.hold) for step in plan.steps if isinstance(step, MakeColumn)] == [
        ("PSOverdue", False)
    ]


def test_a_hold_column_under_a_name_that_cannot_be_is_told() -> None:
    plan = steps(found_list(TITLE), mapping(fields={"hold_reason": "Hold: why"}))
    assert "field hold_reason" in plan.hindrances[0].what
    assert columns(plan) == ["PSOverdue"]


@pytest.mark.parametrize(
    ("items", "indexes", "said"),
    [
        (
            20_001,
            0,
            (
                "the list has 20,001 items, and SharePoint adds no index beyond 20,000; "
                "a view that begins with this column may show nothing"
            ),
        ),
        (20_000, 0, None),
        (2, 20, "the list has 20 indexes, and SharePoint allows 20; take one away first"),
        (2, 19, None),
    ],
)
def test_an_index_is_added_where_the_list_allows_it(items: int, indexes: int, said: str | None) -> None:
    indexed = [found_column(f"C{number}", indexed=True) for number in range(indexes)]
    plan = steps(found_list(TITLE, *indexed, item_count=items))
    make = plan.steps[0]
    assert isinstance(make, MakeColumn)
    assert make.shape.indexed is (said is None)
    assert plan.left == ((Left("column PSOverdue without an index", said),) if said else ())
    there = found_list(TITLE, found_column("PSOverdue"), *indexed, item_count=items)
    dress = steps(there).steps[0]
    assert isinstance(dress, DressColumn)
    assert dress.change.indexed is (True if said is None else None)


@pytest.mark.parametrize(
    ("there", "indexes", "given"),
    [
        ((), 19, [True, False]),
        ((found_column("PSOverdue"), found_column("PSCheck")), 19, [True, None]),
        ((found_column("PSOverdue", indexed=True), found_column("PSCheck")), 19, [None, None]),
        ((found_column("PSOverdue", indexed=True), found_column("PSCheck")), 18, [None, True]),
    ],
)
def test_an_index_that_is_given_counts_for_the_next_column(
    there: tuple[FoundColumn, ...], indexes: int, given: list[bool | None]
) -> None:
    indexed = [found_column(f"C{number}", indexed=True) for number in range(indexes)]
    plan = steps(found_list(TITLE, *there, *indexed), mapping({"overdue": "PSOverdue", "check": "PSCheck"}))
    shapes = [step.shape.indexed for step in plan.steps if isinstance(step, MakeColumn)]
    assert [*shapes, *(step.change.indexed for step in plan.steps if isinstance(step, DressColumn))] == given
    full = [] if given[-1] else ["column PSCheck without an index"]
    assert [each.what for each in plan.left] == full


def view_there(plan: ListSteps, **more: Any) -> FoundView:
    """The first view of the plan, as it would be found."""
    shape = next(step.shape for step in plan.steps if isinstance(step, MakeView))
    given: dict[str, Any] = {
        "title": shape.title,
        "id": "7",
        "columns": shape.columns,
        "query": WORDING.query(shape),
        "rows": shape.rows,
    }
    return FoundView(**{**given, **more})


BARE = found_list(TITLE, DUE)
FIRST = steps(BARE)
DONE = applied(BARE, FIRST)
NOT_OURS = "the list has a view of that title that we did not make"
CHANGED = "somebody has changed it since we made it"
OURS = form_of(next(step.shape for step in FIRST.steps if isinstance(step, MakeView)), WORDING)


@pytest.mark.parametrize(
    ("views", "made", "expected"),
    [
        ((), (), "make"),
        ((), (record(What.VIEW, "Overdue", "7"),), "make"),
        ((view_there(FIRST),), (), None),
        ((view_there(FIRST, title=" overdue ", rows=5),), (), NOT_OURS),
        ((view_there(FIRST),), (record(What.VIEW, "Overdue", "8"),), NOT_OURS),
        ((view_there(FIRST, personal=True),), (), "make"),
        ((view_there(FIRST),), (record(What.VIEW, "Overdue", "{7}"),), None),
        ((view_there(FIRST, id="{7A}"),), (record(What.VIEW, "Overdue", "7a"),), None),
        ((view_there(FIRST, title="Late"),), (record(What.VIEW, "Overdue", "7"),), "somebody has renamed it 'Late'"),
        ((view_there(FIRST, rows=5),), (record(What.VIEW, "Overdue", "7", forms=[OURS]),), CHANGED),
        ((view_there(FIRST, rows=5),), (record(What.VIEW, "Overdue", "7"),), CHANGED),
        (
            (view_there(FIRST, rows=5),),
            (record(What.VIEW, "Overdue", "7", forms=[OURS, {**OURS, "rows": 5}]),),
            "change",
        ),
    ],
)
def test_a_view_is_ours_by_record_alone(views: Any, made: Any, expected: str | None) -> None:
    plan = steps(replace(DONE, views=(*views, *(each for each in DONE.views if each.title != "Overdue"))), made=made)
    of_it = [step for step in plan.steps if isinstance(step, MakeView | ChangeView) and step.shape.title == "Overdue"]
    left = [each.why for each in plan.left if each.what == "view 'Overdue'"]
    if expected == "make":
        assert isinstance(of_it[0], MakeView)
    elif expected == "change":
        assert isinstance(of_it[0], ChangeView)
        assert of_it[0].id == "7"
    else:
        assert of_it == []
        assert left == ([expected] if expected else [])


def test_a_column_of_ours_that_somebody_deleted_comes_back_into_our_views() -> None:
    every = mapping({"overdue": "PSOverdue", "overdue_since": "PSSince"})
    first = steps(BARE, every)
    done = applied(BARE, first)
    rest = tuple(each for each in done.columns if each.column.name != "PSSince")
    views = tuple(
        replace(each, columns=tuple(name for name in each.columns if name != "PSSince")) for each in done.views
    )
    again = steps(replace(done, columns=rest, views=views), every, made=recorded(first, done))
    assert (columns(again), again.left) == (["PSSince"], ())
    changed = [step.shape.title for step in again.steps if isinstance(step, ChangeView)]
    assert changed == titles(first)
    assert applied(replace(done, columns=rest, views=views), again).views == done.views


def test_a_column_that_the_file_names_no_more_is_told_as_long_as_it_is_there() -> None:
    both = mapping({"overdue": "PSOverdue", "check": "PSCheck"})
    first = steps(BARE, both)
    done = applied(BARE, first)
    records = recorded(first, done)
    (left,) = steps(done, made=records).left
    assert left.what == "column PSCheck 'Please check'"
    assert left.why.startswith("we made it, and the portfolio file does not name it any more")
    only_read = mapping({"check": "PSCheck"}, name="archived", where={"Archived": ("Yes",)}, mode=WriteMode.OFF)
    assert steps(done, mapping(), only_read, made=records).left == ()
    rest = replace(done, columns=tuple(each for each in done.columns if each.column.name != "PSCheck"))
    assert steps(rest, made=records).left == ()


def test_a_view_that_was_about_to_be_made_when_the_run_was_killed_is_ours() -> None:
    about_to = replace(record(What.VIEW, "Overdue"), ident=None)
    plan = steps(DONE, made=(about_to,))
    assert "view 'Overdue'" not in [each.what for each in plan.left]


def test_sources_of_one_list_share_its_columns_and_views() -> None:
    archived = mapping({"overdue": "PSOverdue", "check": "PSCheck"}, name="archived", where={"Archived": ("Yes",)})
    both = steps(BARE, mapping(), archived)
    assert columns(both) == ["PSOverdue", "PSCheck"]
    assert len(titles(both)) == len(set(titles(both)))
    done = applied(BARE, both)
    assert steps(done, mapping(), archived, made=recorded(both, done)) == ListSteps()


def test_two_sources_that_hold_flags_in_the_same_columns_make_them_once() -> None:
    holding = mapping(fields={"hold_until": "PSHoldUntil"})
    assert columns(steps(BARE, holding, replace(holding, name="others"))) == ["PSOverdue", "PSHoldUntil"]


@pytest.mark.parametrize("mode", list(WriteMode))
def test_a_list_that_is_only_read_gets_nothing(mode: WriteMode) -> None:
    plan = steps(BARE, mapping(mode=mode))
    off = ListSteps(left=(Left("the list", "it is only read (`mode: off` in the portfolio file)"),))
    assert (plan == off) is (mode is WriteMode.OFF)


def test_a_list_without_a_column_of_ours_gets_no_views() -> None:
    bare = replace(mapping(), write=WritePolicy())
    assert steps(BARE, bare) == ListSteps()
    assert not wanted_of(bare, BARE, LABELS).is_anything


def test_a_list_of_our_own_is_made_whole_and_finished_where_it_was_begun() -> None:
    shape = status_list("Portfolio Sync status")
    plan = steps_for_shape(shape, None, WORDING, ())
    assert plan.steps[0] == MakeList(shape)
    assert columns(plan) == [each.name for each in shape.columns]
    assert titles(plan) == [each.title for each in shape.views]
    begun = found_list(found_column("Title", title="Portfolio"), title=shape.title, item_count=0)
    rest = steps_for_shape(shape, begun, WORDING, ())
    assert rest.steps == plan.steps[1:]
    assert steps_for_shape(shape, begun, WORDING, (), begun=True).steps == (MakeList(shape, begun=True), *rest.steps)
    assert steps_for_shape(shape, None, WORDING, (), begun=True) == plan
    assert not has_shape(begun, shape)
    done = applied(begun, rest)
    assert has_shape(done, shape)
    assert steps_for_shape(shape, done, WORDING, recorded(rest, done)) == ListSteps()
