"""What every list admin promises, whatever is behind it. One suite; each admin passes all of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.core.columns import Cell, ColumnType
from sync.core.provisioning.shape import Ask as Asks
from sync.core.provisioning.shape import (
    Badge,
    Badges,
    ColumnChange,
    ColumnShape,
    Condition,
    FoundColumn,
    FoundList,
    HoldBeside,
    Icon,
    ItemLock,
    Rights,
    Tone,
    ViewShape,
)
from sync.engine.admin import OwnWrite, SitePlace
from sync.engine.ports import Applied, Failed, Raced
from sync.engine.targets import ListAddress
from sync.errors import AccessError, DefectError, LeaseLostError, NotFoundError, SchemaError
from tests.support.listadmin_world import ADMIN_BENCHES, KEY, VIEW, AdminBench, admin_bench, own_shape

HOLD = HoldBeside("PSReason", "Held until ", "PSHoldUntil")
LOOK = Badges({"Overdue": Badge(Tone.SEVERE, Icon.ALERT), "On time": Badge(Tone.GOOD, Icon.DONE)}, HOLD)
CHOICE = ColumnShape(
    name="PSOverdue2",
    title="Overdue? (we say)",
    description='Written by us; "more" in the guide & <here>.',
    type=ColumnType.CHOICE,
    choices=("Overdue", "On time", "Don't know"),
    indexed=True,
    look=LOOK,
)
COLUMNS = [
    CHOICE,
    ColumnShape(name="PSWhy", title="Why it is so", description="A reason.", type=ColumnType.NOTE, lines=4),
    ColumnShape(name="PSDay", title="Since", description="A day.", type=ColumnType.DATE, indexed=True),
    ColumnShape(name="PSMoment", title="At", description="A time.", type=ColumnType.DATE_TIME),
    ColumnShape(name="PSCount", title="Count", description="How many.", type=ColumnType.NUMBER, decimals=0),
    ColumnShape(name="PSFlag", title="Flag", description="Or not.", type=ColumnType.YES_NO, default="0"),
    ColumnShape(name="PSHold", title="Hold: why", description="Yours.", type=ColumnType.TEXT, in_forms=True),
    ColumnShape(name="PSBy", title="Set by", description="Yours.", type=ColumnType.PERSON, in_forms=True),
    replace(KEY, name="PSUnique"),
]


@pytest.fixture(params=sorted(ADMIN_BENCHES))
def held(request: pytest.FixtureRequest) -> Iterator[AdminBench]:
    with admin_bench(request.param) as made:
        yield made


def staff_list(held: AdminBench) -> FoundList:
    found = held.admin.find(SitePlace(held.site, ListAddress(title=held.title)))
    assert found is not None
    return found


def by_guid(held: AdminBench, guid: str) -> FoundList:
    found = held.admin.find(SitePlace(held.site, ListAddress(id=guid)))
    assert found is not None
    return found


def column_of(found: FoundList, name: str) -> FoundColumn:
    return next(each for each in found.columns if each.column.name == name)


def own_list(held: AdminBench) -> str:
    """A list of the service's own with its columns; its GUID."""
    shape = own_shape(held.suffix)
    guid = held.admin.add_list(held.site, shape)
    for column in shape.columns:
        held.admin.add_column(held.site, guid, column)
    return guid


def added(held: AdminBench, guid: str, cells: Mapping[str, Cell]) -> int:
    """The number of an item that is added."""
    assert applied(held, guid, OwnWrite(None, cells))
    return max(held.admin.items(held.site, guid, [KEY.name]))


def applied(held: AdminBench, guid: str, *writes: OwnWrite) -> list[Applied]:
    outcomes = held.admin.write_items(held.site, guid, writes)
    assert len(outcomes) == len(writes)
    return [each for each in outcomes if isinstance(each, Applied)]


def test_a_list_is_found_by_any_address_and_tells_what_is_there(held: AdminBench) -> None:
    found = staff_list(held)
    assert found == held.admin.find(SitePlace(held.site, ListAddress(url=held.address)))
    assert found == by_guid(held, found.guid)
    assert (found.title, found.url, found.item_count) == (held.title, held.address, 5)
    assert (found.host, found.guid) == (found.host.lower(), found.guid.lower())
    assert found.rights == Rights()
    assert found.terms.versioning
    assert not found.terms.content_approval
    ref = column_of(found, "Ref")
    assert (ref.column.type, ref.in_new_form, ref.in_edit_form, ref.hidden) == (ColumnType.TEXT, True, True, False)
    assert not ref.formatter
    assert not ref.indexed


@pytest.mark.parametrize("by", ["title", "url", "id"])
def test_a_list_that_is_not_there_is_none_and_a_site_that_is_not_there_is_an_error(held: AdminBench, by: str) -> None:
    named = {"title": "Nowhere", "url": "Lists/Nowhere", "id": "8d0f7c5e-0000-4a5c-9f5b-0a1d6f3c2b11"}
    address = ListAddress(**{by: named[by]})
    assert held.admin.find(SitePlace(held.site, address)) is None
    with pytest.raises((NotFoundError, AccessError)):
        held.admin.find(SitePlace("/sites/nowhere-at-all", address))


def test_what_may_be_done_at_a_site_is_told(held: AdminBench) -> None:
    assert held.admin.rights(held.site) == Rights()
    held.only_write()
    assert held.admin.rights(held.site) == Rights(read=True, edit=True, manage=False)
    assert staff_list(held).rights == Rights(read=True, edit=True, manage=False)


@pytest.mark.parametrize("lock", ItemLock)
def test_what_a_lists_retention_label_does_to_edits_is_told_to_whoever_may_only_write(
    held: AdminBench, lock: ItemLock
) -> None:
    found = staff_list(held)
    assert held.admin.item_lock(held.site, found) in (ItemLock.NONE, None)
    held.label(lock)
    held.only_write()
    assert held.admin.item_lock(held.site, found) is lock
    assert staff_list(held).item_count == 5


@pytest.mark.parametrize("restricted", [False, True])
def test_a_list_is_made_with_its_settings_at_its_address_under_its_title(held: AdminBench, restricted: bool) -> None:
    shape = own_shape(held.suffix, restricted=restricted)
    guid = held.admin.add_list(held.site, shape)
    found = held.admin.find(SitePlace(held.site, ListAddress(url=shape.url)))
    assert found is not None
    assert (found.guid, found.title, found.url, found.item_count) == (guid, shape.title, shape.url, 0)
    assert found.terms.versioning
    assert column_of(found, "Title").column.title == "Name"
    assert found.column("PSTotal") is None
    assert held.is_restricted(guid) is restricted


def test_a_list_that_was_begun_is_made_to_its_end_and_not_twice(held: AdminBench) -> None:
    shape = own_shape(held.suffix)
    guid = held.admin.add_list(held.site, shape)
    assert held.admin.add_list(held.site, replace(shape, restricted=True)) == guid
    assert held.is_restricted(guid)
    found = by_guid(held, guid)
    assert held.admin.add_list(held.site, shape) == guid
    assert held.is_restricted(guid), "what was closed is not opened"
    assert by_guid(held, guid) == found


def test_a_list_of_somebody_elses_at_that_address_is_left_alone(held: AdminBench) -> None:
    before = staff_list(held)
    with pytest.raises(SchemaError, match="already"):
        held.admin.add_list(held.site, replace(own_shape(held.suffix), url=held.address))
    assert staff_list(held) == before


def test_a_list_is_removed_and_one_that_is_gone_is_no_error(held: AdminBench) -> None:
    guid = held.admin.add_list(held.site, own_shape(held.suffix))
    held.admin.remove_list(held.site, guid)
    assert held.admin.find(SitePlace(held.site, ListAddress(id=guid))) is None
    held.admin.remove_list(held.site, guid)
    assert staff_list(held).item_count == 5


def test_columns_are_made_as_they_should_be_under_exactly_their_names(held: AdminBench) -> None:
    before = staff_list(held)
    for shape in COLUMNS:
        held.admin.add_column(held.site, before.guid, shape)
    after = staff_list(held)
    for shape in COLUMNS:
        there = column_of(after, shape.name)
        assert (there.column.title, there.column.type, there.column.choices) == (shape.title, shape.type, shape.choices)
        assert there.description == shape.description
        assert there.formatter == held.admin.wording.formatter(shape)
        assert there.indexed is (shape.indexed or shape.unique)
        assert (there.in_new_form, there.in_edit_form) == (shape.in_forms, shape.in_forms)
        assert there.column.default == shape.default
        assert not there.column.fill_in
    assert after.views == before.views, "a new column is in no view yet"
    names = {shape.name for shape in COLUMNS}
    assert [each for each in after.columns if each.column.name not in names] == list(before.columns)


def test_a_column_is_told_from_one_that_is_made_under_its_name_later(held: AdminBench) -> None:
    guid = staff_list(held).guid
    first = held.admin.add_column(held.site, guid, CHOICE)
    assert column_of(staff_list(held), CHOICE.name).id == first
    held.admin.remove_column(held.site, guid, CHOICE.name)
    second = held.admin.add_column(held.site, guid, CHOICE)
    assert column_of(staff_list(held), CHOICE.name).id == second
    assert len({"", first, second}) == 3


def test_a_column_that_is_there_already_is_not_made_again(held: AdminBench) -> None:
    guid = staff_list(held).guid
    ident = held.admin.add_column(held.site, guid, CHOICE)
    before = staff_list(held)
    assert held.admin.add_column(held.site, guid, CHOICE) == ident
    assert staff_list(held) == before
    with pytest.raises(SchemaError):
        held.admin.add_column(held.site, guid, replace(CHOICE, type=ColumnType.DATE, choices=(), look=None))
    assert staff_list(held) == before


def test_a_lookup_looks_into_the_list_of_that_title(held: AdminBench) -> None:
    guid, target = staff_list(held).guid, held.admin.add_list(held.site, own_shape(held.suffix))
    shape = ColumnShape(
        name="PSOf", title="Of", description="Of what.", type=ColumnType.LOOKUP, lookup=own_shape(held.suffix).title
    )
    held.admin.add_column(held.site, guid, shape)
    there = column_of(staff_list(held), "PSOf").column
    assert (there.type, there.lookup_list) == (ColumnType.LOOKUP, target)
    with pytest.raises(SchemaError, match="Nowhere"):
        held.admin.add_column(held.site, guid, replace(shape, name="PSOther", lookup="Nowhere"))
    assert staff_list(held).column("PSOther") is None


OTHER = {
    "title": ColumnChange(title="Overdue or not"),
    "description": ColumnChange(description="Another sentence."),
    "formatter off": ColumnChange(formatter=""),
    "index off": ColumnChange(indexed=False),
    "into the form for new items": ColumnChange(in_new_form=True),
    "into the form for changes": ColumnChange(in_edit_form=True),
    "choices": ColumnChange(choices=("Overdue", "On time", "Don't know", "Late")),
    "all": ColumnChange(
        title="T",
        description="D",
        formatter="",
        indexed=False,
        in_new_form=True,
        in_edit_form=True,
        choices=("A",),
    ),
}


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_only_what_is_to_be_different_about_a_column_becomes_different(held: AdminBench, change: ColumnChange) -> None:
    guid = staff_list(held).guid
    held.admin.add_column(held.site, guid, CHOICE)
    before = staff_list(held)
    held.admin.change_column(held.site, guid, CHOICE.name, change)
    after, was = staff_list(held), column_of(before, CHOICE.name)
    assert column_of(after, CHOICE.name) == replace(
        was,
        column=replace(
            was.column, title=change.title or was.column.title, choices=change.choices or was.column.choices
        ),
        description=change.description or was.description,
        formatter=was.formatter if change.formatter is None else change.formatter,
        indexed=was.indexed if change.indexed is None else change.indexed,
        in_new_form=was.in_new_form if change.in_new_form is None else change.in_new_form,
        in_edit_form=was.in_edit_form if change.in_edit_form is None else change.in_edit_form,
    )
    others = [[each for each in found.columns if each.column.name != CHOICE.name] for found in (before, after)]
    assert others[0] == others[1]


def test_a_column_of_staffs_whose_title_is_a_name_of_ours_is_never_taken_for_it(held: AdminBench) -> None:
    guid = staff_list(held).guid
    held.admin.change_column(held.site, guid, "Ref", ColumnChange(title="PSWhy"))
    before = staff_list(held)
    with pytest.raises(SchemaError):
        held.admin.change_column(held.site, guid, "PSWhy", ColumnChange(description="Ours"))
    held.admin.remove_column(held.site, guid, "PSWhy")
    assert staff_list(held) == before


def test_what_was_made_in_a_list_of_staffs_goes_and_leaves_it_as_it_was(held: AdminBench) -> None:
    before = staff_list(held)
    for shape in COLUMNS:
        held.admin.add_column(held.site, before.guid, shape)
    view = held.admin.add_view(held.site, before.guid, replace(VIEW, columns=(*VIEW.columns, "PSWhy")))
    held.admin.remove_view(held.site, before.guid, view)
    for shape in COLUMNS:
        held.admin.remove_column(held.site, before.guid, shape.name)
    assert staff_list(held) == before
    held.admin.remove_view(held.site, before.guid, view)
    held.admin.remove_column(held.site, before.guid, "PSWhy")
    assert staff_list(held) == before


def test_a_view_is_made_as_it_should_be_and_is_told_in_the_words_it_is_wanted_in(held: AdminBench) -> None:
    before = staff_list(held)
    ident = held.admin.add_view(held.site, before.guid, VIEW)
    found = staff_list(held)
    there = found.view(VIEW.title)
    assert there is not None
    assert (there.id, there.columns, there.rows) == (ident, VIEW.columns, VIEW.rows)
    assert there.query == held.admin.wording.query(VIEW)
    assert (there.default, there.personal) == (False, False)
    assert there.asks == {each.column for each in VIEW.where} | {each.column for each in VIEW.order}
    assert set(before.views) == set(found.views) - {there}


CHANGED = replace(
    VIEW, columns=("Due", "Title"), where=(Condition("Ref", Asks.IS_BLANK), Condition("Due", Asks.IS_TODAY_OR_LATER))
)


@pytest.mark.parametrize(
    "wanted",
    [CHANGED, replace(VIEW, rows=100), replace(VIEW, where=(), order=()), replace(VIEW, title="Urgent"), VIEW],
    ids=["columns and query", "rows", "nothing asked", "title", "nothing"],
)
def test_a_view_is_changed_to_another_shape(held: AdminBench, wanted: ViewShape) -> None:
    guid = staff_list(held).guid
    ident = held.admin.add_view(held.site, guid, VIEW)
    others = {each for each in staff_list(held).views if each.id != ident}
    held.admin.change_view(held.site, guid, ident, wanted)
    found = staff_list(held)
    there = next(each for each in found.views if each.id == ident)
    assert there.query == held.admin.wording.query(wanted)
    assert (there.title, there.columns, there.rows) == (wanted.title, wanted.columns, wanted.rows)
    assert set(found.views) - {there} == others


def test_one_view_of_a_list_of_ours_is_what_it_opens_with(held: AdminBench) -> None:
    guid = own_list(held)
    first = replace(VIEW, columns=("Title", "PSTotal"), where=(), order=(), default=True)
    held.admin.add_view(held.site, guid, first)
    held.admin.add_view(held.site, guid, replace(first, title="Second"))
    assert [each.title for each in by_guid(held, guid).views if each.default] == ["Second"]


def test_items_that_hold_something_in_a_column_are_counted(held: AdminBench) -> None:
    guid = staff_list(held).guid
    held.admin.add_column(held.site, guid, COLUMNS[1])
    counts = held.admin.count_filled(held.site, guid, ("Ref", "Due", "PSWhy"))
    assert counts == {"Ref": 5, "Due": 1, "PSWhy": 0}
    assert held.admin.count_filled(held.site, guid, ()) == {}
    with pytest.raises(SchemaError):
        held.admin.count_filled(held.site, guid, ("Ref", "Gone"))


def test_items_of_a_list_of_ours_are_added_changed_and_read(held: AdminBench) -> None:
    guid, day = own_list(held), datetime(2026, 6, 30, 23, tzinfo=UTC)
    cells = ({"Title": "All & more", KEY.name: "all", "PSTotal": 3.0, "PSAsAt": day},
             {"Title": "Theme", KEY.name: "theme"})  # fmt: skip
    assert len(applied(held, guid, *(OwnWrite(None, each) for each in cells))) == 2
    first, second = sorted(held.admin.items(held.site, guid, [KEY.name]))
    assert applied(held, guid, OwnWrite(first, {"PSTotal": 4.0, "PSAsAt": None}))
    rows = held.admin.items(held.site, guid, ["Title", KEY.name, "PSTotal", "PSAsAt"])
    assert {number: dict(row.cells) for number, row in rows.items()} == {
        first: {"Title": "All & more", KEY.name: "all", "PSTotal": 4.0, "PSAsAt": None},
        second: {"Title": "Theme", KEY.name: "theme", "PSTotal": None, "PSAsAt": None},
    }
    assert (held.versions(guid, first), held.versions(guid, second)) == (2, 1), "an ordinary edit is a version"
    assert by_guid(held, guid).item_count == 2


def test_each_of_many_rows_has_an_outcome_of_its_own(held: AdminBench) -> None:
    """One that names a version is written only into the item that still has it."""
    guid = own_list(held)
    number = added(held, guid, {KEY.name: "all"})
    (old,) = (row.version for row in held.admin.items(held.site, guid, [KEY.name]).values())
    assert applied(held, guid, OwnWrite(number, {"PSTotal": 1.0}))
    outcomes = held.admin.write_items(
        held.site,
        guid,
        [
            OwnWrite(number, {"PSTotal": 2.0}, old),
            OwnWrite(None, {KEY.name: "theme"}),
            OwnWrite(99, {"PSTotal": 1.0}),
            OwnWrite(99, {"PSTotal": 1.0}, old),
            OwnWrite(number, {"PSTotal": 3.0}),
            OwnWrite(None, {KEY.name: "all"}),
        ],
    )
    assert [type(each) for each in outcomes] == [Raced, Applied, Failed, Raced, Applied, Failed]
    assert [type(each.error) for each in outcomes if isinstance(each, Failed)] == [NotFoundError, SchemaError]
    rows = held.admin.items(held.site, guid, [KEY.name, "PSTotal"])
    assert [row.cells for row in rows.values()] == [
        {KEY.name: "all", "PSTotal": 3.0},
        {KEY.name: "theme", "PSTotal": None},
    ]
    now = [each.version for each in outcomes if isinstance(each, Applied)]
    assert now == [rows[max(rows)].version, rows[number].version], "what was written can be told from what is there"


def test_no_two_rows_of_a_list_of_ours_have_one_key(held: AdminBench) -> None:
    guid = own_list(held)
    added(held, guid, {KEY.name: "all"})
    (refused,) = held.admin.write_items(held.site, guid, [OwnWrite(None, {KEY.name: "all"})])
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, SchemaError)
    assert len(held.admin.items(held.site, guid, [KEY.name])) == 1


def test_nothing_is_written_once_it_is_no_longer_permitted(held: AdminBench) -> None:
    def refuse() -> None:
        raise LeaseLostError("Another run took over.")

    guid = own_list(held)
    number = added(held, guid, {KEY.name: "all"})
    before = held.admin.items(held.site, guid, [KEY.name, "PSTotal"])
    new, changed = OwnWrite(None, {KEY.name: "theme"}), OwnWrite(number, {"PSTotal": 1.0})
    for writes in ([new], [changed], [new, changed]):
        with pytest.raises(LeaseLostError):
            held.admin.write_items(held.site, guid, writes, refuse)
    assert held.admin.items(held.site, guid, [KEY.name, "PSTotal"]) == before


@pytest.mark.parametrize("cells", [{}, {"ID": 7}, {"Modified": None}], ids=["nothing", "number", "built in"])
def test_a_write_that_makes_no_sense_is_refused(held: AdminBench, cells: dict[str, float | None]) -> None:
    guid = own_list(held)
    number = added(held, guid, {KEY.name: "all"})
    sensible = OwnWrite(number, {"PSTotal": 1.0})
    with pytest.raises(DefectError):
        held.admin.write_items(held.site, guid, [sensible, OwnWrite(number, cells)])
    with pytest.raises(SchemaError):
        held.admin.write_items(held.site, guid, [sensible, OwnWrite(number, {"Gone": "x"})])
    assert held.admin.items(held.site, guid, ["PSTotal"])[number].cells == {"PSTotal": None}, "nor what goes with it"


def test_no_item_of_a_list_of_staffs_is_ever_written_or_read_as_ours(held: AdminBench) -> None:
    guid = staff_list(held).guid
    refused: list[Callable[[], object]] = [
        lambda: held.admin.write_items(held.site, guid, [OwnWrite(None, {"Title": "Ours"})]),
        lambda: held.admin.write_items(held.site, guid, [OwnWrite(1, {"Title": "Ours"})]),
        lambda: held.admin.items(held.site, guid, ["Title"]),
    ]
    held.admin.add_column(held.site, guid, replace(KEY, unique=False))
    for call in refused:
        with pytest.raises(DefectError, match="list of staff's"):
            call()
    assert staff_list(held).item_count == 5


def test_without_the_role_manage_nothing_is_made_or_changed_and_items_are_written_all_the_same(
    held: AdminBench,
) -> None:
    staff, own = staff_list(held).guid, own_list(held)
    view = held.admin.add_view(held.site, staff, VIEW)
    before = staff_list(held)
    held.only_write()
    refused: list[Callable[[], object]] = [
        lambda: held.admin.add_list(held.site, replace(own_shape(), title="Another", url="Lists/Another")),
        lambda: held.admin.remove_list(held.site, own),
        lambda: held.admin.add_column(held.site, staff, CHOICE),
        lambda: held.admin.change_column(held.site, staff, "Ref", ColumnChange(title="Ours")),
        lambda: held.admin.remove_column(held.site, staff, "PSStatus"),
        lambda: held.admin.add_view(held.site, staff, replace(VIEW, title="Second")),
        lambda: held.admin.change_view(held.site, staff, view, CHANGED),
        lambda: held.admin.remove_view(held.site, staff, view),
    ]
    for call in refused:
        with pytest.raises(AccessError, match="`manage`"):
            call()
    after = staff_list(held)
    assert replace(after, rights=before.rights) == before
    number = added(held, own, {KEY.name: "all"})
    assert applied(held, own, OwnWrite(number, {"PSTotal": 1.0}))
    assert held.admin.items(held.site, own, ["PSTotal"])[number].cells == {"PSTotal": 1.0}


def test_a_list_that_goes_in_the_middle_is_told(held: AdminBench) -> None:
    guid = own_list(held)
    held.admin.remove_list(held.site, guid)
    asked: list[Callable[[], object]] = [
        lambda: held.admin.add_column(held.site, guid, CHOICE),
        lambda: held.admin.change_column(held.site, guid, KEY.name, ColumnChange(title="Ours")),
        lambda: held.admin.add_view(held.site, guid, VIEW),
        lambda: held.admin.items(held.site, guid, ["Title"]),
        lambda: held.admin.count_filled(held.site, guid, ["Title"]),
    ]
    for call in asked:
        with pytest.raises(NotFoundError, match=r"any more|no list"):
            call()


def test_a_list_to_find_has_to_be_named(held: AdminBench) -> None:
    with pytest.raises(DefectError):
        held.admin.find(SitePlace(held.site))
