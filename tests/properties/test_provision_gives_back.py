"""Whatever a list is like before `provision`: it is settled after one run, and `--remove` gives back exactly that."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.columns import ColumnType
from sync.core.model import Kind
from sync.core.ownership import OWNED_BY_KIND
from sync.core.provisioning.removing import RestoreColumn
from sync.core.provisioning.shape import MOST_INDEXES, FoundColumn, FoundList, FoundView
from sync.core.provisioning.steps import DressColumn
from sync.engine.provision.removal import survey_removal
from sync.engine.targets import Readers, Source
from tests.support.provisioned import OWN_LISTS, Site, site, source
from tests.support.provisioning import found_column, found_list, found_view

KINDS = (Kind.PROJECT, Kind.ACTION, Kind.RISK)
FIELDS = sorted({owned for kind in KINDS for owned in OWNED_BY_KIND[kind]})
NAMES = {owned: f"PS{owned.value.title().replace('_', '')}" for owned in FIELDS}
TYPES = (*[ColumnType.CHOICE] * 4, ColumnType.TEXT, ColumnType.NOTE, ColumnType.YES_NO, ColumnType.DATE)
LABELS = ("Overdue", "On time", "Other", "Red", "x")
VIEWS = ("Overdue", "due soon", "My items", "Please check", "All items", "Board")
HOLDS = {"hold_reason": "PSHoldReason", "hold_until": "PSHoldUntil"}


@st.composite
def columns(draw: st.DrawFn, name: str) -> FoundColumn:
    """A column as somebody may have made it by hand."""
    of = draw(st.sampled_from(TYPES))
    is_choice = of is ColumnType.CHOICE
    return found_column(
        name,
        of,
        draw(st.sampled_from((name, f"{name}?"))),
        choices=tuple(draw(st.lists(st.sampled_from(LABELS), unique=True, min_size=1))) if is_choice else (),
        fill_in=is_choice and draw(st.booleans()),
        description=draw(st.sampled_from(("", "By hand", " two\r\nlines "))),
        formatter=draw(st.sampled_from(("", "{}"))),
        indexed=draw(st.booleans()),
        in_new_form=draw(st.booleans()),
        in_edit_form=draw(st.booleans()),
    )


@st.composite
def views(draw: st.DrawFn, title: str, names: tuple[str, ...]) -> FoundView:
    return found_view(
        title,
        columns=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
        rows=draw(st.sampled_from((30, 50))),
        personal=draw(st.booleans()),
    )


@st.composite
def lists(draw: st.DrawFn, title: str) -> FoundList:
    """At most 20,000 items: SharePoint takes no index away from more."""
    names = draw(st.lists(st.sampled_from([*NAMES.values(), *HOLDS.values(), "Ref"]), unique=True, max_size=6))
    due = found_column("Due", ColumnType.DATE, indexed=draw(st.booleans()))
    full = [found_column(f"Full{number}", indexed=True) for number in range(draw(st.sampled_from((0, MOST_INDEXES))))]
    there = (found_column("Title"), due, *(draw(columns(name)) for name in names), *full)
    shown = tuple(each.column.name for each in there)
    titles = draw(st.lists(st.sampled_from(VIEWS), unique=True, max_size=3))
    count = draw(st.sampled_from((0, 47, 5_001, 20_000)))
    return found_list(*there, title=title, views=tuple(draw(views(each, shown)) for each in titles), item_count=count)


@st.composite
def sources(draw: st.DrawFn, name: str, title: str) -> Source:
    kind = draw(st.sampled_from(KINDS))
    owned = draw(st.sets(st.sampled_from(sorted(OWNED_BY_KIND[kind])), min_size=4))
    fields = {each: HOLDS[each] for each in draw(st.lists(st.sampled_from(sorted(HOLDS)), unique=True))}
    return source(name, title, kind, owned={each: NAMES[each] for each in sorted(owned)}, fields=fields)


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Two sources of one list, and one of another; with lists of our own or without."""
    twins = (draw(sources("projects", "Projects")), draw(sources("archive", "Projects")))
    theirs = draw(lists("Projects")), draw(lists("Actions"))
    own = replace(OWN_LISTS, rollup_readers=Readers.OWNERS) if draw(st.booleans()) else None
    return site(*twins, draw(sources("actions", "Actions")), lists=theirs, own_lists=own)


@given(sites())
@settings(max_examples=60, deadline=None)
def test_one_run_settles_a_list_and_a_removal_gives_it_back_as_it_was(council: Site) -> None:
    before = council.lists()
    council.run()
    assert council.look().steps == 0
    council.remove()
    assert (council.lists(), council.made) == (before, [])
    assert survey_removal(council.context).works == ()


@given(lists("Actions"), st.data())
@settings(max_examples=60, deadline=None)
def test_what_somebody_changed_after_us_stays_and_all_else_about_the_column_goes_back(
    found: FoundList, data: st.DataObject
) -> None:
    council = site(source("actions", "Actions", Kind.ACTION), lists=(found,), own_lists=None)
    dressed = {step.name: step for work in council.look().works for step in work.steps if isinstance(step, DressColumn)}
    council.run()
    ours = council.admin.at("Actions")
    edited = data.draw(st.sampled_from(sorted(each.column.name for each in found.columns)))
    council.admin.has(replace(ours, columns=tuple(_edited(each, edited) for each in ours.columns)))
    steps = [step for work in survey_removal(council.context).works for step in work.steps]
    assert all(
        step.change.description is None or step.name != edited for step in steps if isinstance(step, RestoreColumn)
    )
    council.remove()
    after = {each.column.name: each for each in council.admin.at("Actions").columns}
    assert after == {each.column.name: _edited(each, edited) for each in found.columns}
    assert {each.name for each in council.made} <= ({edited} & dressed.keys())


def _edited(column: FoundColumn, name: str) -> FoundColumn:
    """The column with a description of somebody's, where it is the one of that name."""
    return replace(column, description="Theirs now") if column.column.name == name else column
