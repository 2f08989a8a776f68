"""Making and changing lists when SharePoint refuses, answers otherwise than documented, or cannot be heard."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.emulator.callers import AnyToken
from connectors.emulator.roles import Role
from connectors.sharepoint.admin import columns
from connectors.sharepoint.admin.field_xml import field_xml
from sync.core.columns import ColumnType
from sync.core.policy import Labels
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.shape import (
    Badge,
    ColumnChange,
    ColumnShape,
    FoundList,
    Icon,
    ItemLock,
    ListShape,
    Tone,
    Wrapped,
)
from sync.core.provisioning.status_columns import Kept
from sync.engine.admin import OwnWrite, SitePlace
from sync.engine.ports import Applied, Failed, Unknown
from sync.engine.targets import ListAddress
from sync.errors import AccessError, NotFoundError, SchemaError, ThrottledError, UnreachableError, UnreadableError
from tests.support.listadmin_world import KEY, VIEW, SharePointAdminBench, own_shape, sharepoint_admin_bench
from tests.support.project_list import FIELDS, GUID, description, field
from tests.support.wire import HOST, Answer, ScriptedWire, error_reply, json_reply, scripted_store, status_reply

COLUMN = ColumnShape(
    name="PSNote",
    title="What to mend",
    description="Ours.",
    type=ColumnType.TEXT,
    indexed=True,
    look=Wrapped(Badge(Tone.WARNING, Icon.MEND)),
)
LIST, MAKING = "web/list", "web/list/fields/createfieldasxml"


@pytest.fixture
def held() -> Iterator[SharePointAdminBench]:
    with sharepoint_admin_bench() as made:
        yield made


def staff_list(held: SharePointAdminBench) -> FoundList:
    found = held.admin.find(SitePlace(held.site, ListAddress(title=held.title)))
    assert found is not None
    return found


def titles(held: SharePointAdminBench) -> list[str]:
    return sorted(each.title for each in held.bench.emulator.world.site(held.site).lists.values())


def sent(held: SharePointAdminBench, route: str) -> int:
    return sum(entry.operation == route for entry in held.bench.emulator.service.history.entries)


def test_a_list_is_found_in_two_requests_and_everything_is_counted(held: SharePointAdminBench) -> None:
    staff_list(held)
    assert held.bench.store.usage().by_kind == {"schema": 2}
    held.admin.add_column(held.site, staff_list(held).guid, COLUMN)
    assert held.bench.store.usage().by_kind == {"schema": 4, "provision": 1}, "a column is one request"


def test_where_only_columns_are_asked_for_neither_views_nor_rights_are(held: SharePointAdminBench) -> None:
    place = SitePlace(held.site, ListAddress(url=held.address))
    found = held.admin.find(place, columns_only=True)
    assert (held.bench.store.usage().by_kind, held.bench.store.usage().resource_units) == ({"schema": 1}, 2)
    assert found == replace(staff_list(held), views=())


@pytest.mark.parametrize("shape", [rollup_list("Figures", Labels(), restricted=False), status_list("Status")])
def test_a_list_of_ours_as_it_is_shipped_is_made_to_the_letter_and_known_for_ours(
    held: SharePointAdminBench, shape: ListShape
) -> None:
    guid = held.admin.add_list(held.site, shape)
    for column in shape.columns:
        held.admin.add_column(held.site, guid, column)
    for view in shape.views:
        held.admin.add_view(held.site, guid, view)
    found = held.admin.find(SitePlace(held.site, ListAddress(id=guid)))
    assert found is not None
    for column in shape.columns:
        there = found.column(column.name)
        assert there is not None
        assert (there.column.title, there.column.type) == (column.title, column.type)
        assert there.formatter == held.admin.wording.formatter(column)
    told = {view.title: (view.columns, view.query, view.default) for view in found.views if view.title != "All Items"}
    words = held.admin.wording
    assert told == {view.title: (view.columns, words.query(view), view.default) for view in shape.views}
    assert held.admin.items(held.site, guid, [Kept.KEY]) == {}


LATER = [
    {"route": f"{LIST}/breakroleinheritance", "method": "POST"},
    {"route": LIST, "method": "MERGE"},
    {"route": f"{LIST}/field", "method": "MERGE"},
]


@pytest.mark.parametrize("rule", LATER, ids=lambda rule: rule["route"])
@pytest.mark.parametrize("trouble", [{"do": "drop", "when": "after"}, {"do": "refuse", "status": 500}])
def test_a_list_that_cannot_be_finished_is_taken_away_again(
    held: SharePointAdminBench, rule: dict[str, str], trouble: dict[str, object]
) -> None:
    before = titles(held)
    held.bench.plan(**rule, **trouble, times=1)
    with pytest.raises(SchemaError, match="taken away again"):
        held.admin.add_list(held.site, own_shape(restricted=True))
    assert titles(held) == before


def test_a_list_that_could_not_be_taken_away_again_is_named_and_finished_the_next_time(
    held: SharePointAdminBench,
) -> None:
    shape = own_shape(restricted=True)
    held.bench.plan(route=LIST, method="MERGE", do="refuse", status=403, times=1)
    held.bench.plan(route=f"{LIST}/recycle", do="drop", when="before", times=1)
    with pytest.raises(UnreadableError, match="Lists/PortfolioFigures") as told:
        held.admin.add_list(held.site, shape)
    assert "site's contents" in told.value.advice
    assert "PortfolioFigures" in titles(held)
    guid = held.admin.add_list(held.site, shape)
    found = held.admin.find(SitePlace(held.site, ListAddress(url=shape.url)))
    assert found is not None
    assert (found.guid, found.title) == (guid, shape.title)
    assert held.is_restricted(guid)


def test_a_list_that_was_begun_before_and_cannot_be_finished_stays_and_is_told(held: SharePointAdminBench) -> None:
    held.bench.emulator.world.site(held.site).add_list("PortfolioFigures")
    held.bench.plan(route=LIST, method="MERGE", do="refuse", status=403, times=1)
    with pytest.raises(UnreadableError, match="still there"):
        held.admin.add_list(held.site, own_shape())
    assert "PortfolioFigures" in titles(held)


@pytest.mark.parametrize("when", ["before", "after"])
def test_when_the_answer_to_making_a_list_is_lost_it_is_looked_for_and_never_made_twice(
    held: SharePointAdminBench, when: str
) -> None:
    before, shape = titles(held), own_shape()
    held.bench.plan(route="web/lists", method="POST", do="drop", when=when, times=1)
    if when == "before":
        with pytest.raises(UnreachableError):
            held.admin.add_list(held.site, shape)
        assert titles(held) == before
    else:
        held.admin.add_list(held.site, shape)
        assert titles(held) == sorted([*before, shape.title])
    assert sent(held, "web/lists") == 1


def test_an_application_that_may_not_close_a_list_is_told_which_role_may(held: SharePointAdminBench) -> None:
    class OnlyManages(AnyToken):
        def role(self, caller: object, site: object) -> Role:
            return Role.MANAGE

    before = titles(held)
    held.bench.emulator.service.access = OnlyManages()
    with pytest.raises(AccessError, match="`fullcontrol`"):
        held.admin.add_list(held.site, own_shape(restricted=True))
    assert titles(held) == before


def test_a_column_that_got_another_name_than_it_should_is_taken_away_again(
    held: SharePointAdminBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = staff_list(held)
    monkeypatch.setattr(columns, "OPTIONS", 0)
    with pytest.raises(SchemaError, match="under the name What_x0020_to_x0020_mend"):
        held.admin.add_column(held.site, before.guid, COLUMN)
    assert staff_list(held) == before


def bare_xml(shape: ColumnShape, target: str | None = None) -> str:
    """A definition without what SharePoint might not take from one."""
    return field_xml(replace(shape, look=None, indexed=False, in_forms=True, description=""), target)


def test_what_did_not_come_with_the_definition_is_set_afterwards(
    held: SharePointAdminBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    guid = staff_list(held).guid
    held.admin.add_column(held.site, guid, replace(COLUMN, name="PSOther"))
    monkeypatch.setattr(columns, "field_xml", bare_xml)
    held.admin.add_column(held.site, guid, COLUMN)
    found = staff_list(held)
    there, other = found.column("PSNote"), found.column("PSOther")
    assert there is not None
    assert other is not None
    assert replace(there, column=replace(there.column, name="PSOther"), id=other.id) == other


@pytest.mark.parametrize(
    "rule", [{"route": f"{LIST}/field", "method": "MERGE"}, {"route": f"{LIST}/field/setshowineditform"}]
)
def test_a_column_that_cannot_be_finished_is_taken_away_again(
    held: SharePointAdminBench, monkeypatch: pytest.MonkeyPatch, rule: dict[str, str]
) -> None:
    before = staff_list(held)
    monkeypatch.setattr(columns, "field_xml", bare_xml)
    held.bench.plan(**rule, do="drop", when="after", times=1)
    with pytest.raises(SchemaError, match="PSNote could not be finished"):
        held.admin.add_column(held.site, before.guid, COLUMN)
    assert staff_list(held) == before


def test_a_column_that_could_not_be_taken_away_again_is_named(
    held: SharePointAdminBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "OPTIONS", 0)
    held.bench.plan(route=f"{LIST}/field", method="DELETE", do="refuse", status=500, times=1)
    with pytest.raises(UnreadableError, match="What_x0020_to_x0020_mend, which was begun, is still there"):
        held.admin.add_column(held.site, staff_list(held).guid, COLUMN)


def test_a_change_that_was_refused_half_way_is_no_refusal(held: SharePointAdminBench) -> None:
    guid, change = staff_list(held).guid, ColumnChange(title="Status?", in_new_form=False, in_edit_form=False)
    held.bench.plan(route=f"{LIST}/field/setshowinnewform", do="refuse", status=403, times=1)
    with pytest.raises(UnreadableError, match="only in part"):
        held.admin.change_column(held.site, guid, "PSStatus", change)
    held.admin.change_column(held.site, guid, "PSStatus", change)
    there = staff_list(held).column("PSStatus")
    assert there is not None
    assert (there.column.title, there.in_new_form, there.in_edit_form) == ("Status?", False, False)


def test_choices_and_all_else_about_a_column_change_in_one_request(held: SharePointAdminBench) -> None:
    guid = staff_list(held).guid
    choice = replace(COLUMN, name="PSChoice", type=ColumnType.CHOICE, choices=("A",))
    held.admin.add_column(held.site, guid, choice)
    change = ColumnChange(title="T", description="D", formatter="", indexed=True, choices=("A", "B"))
    before = sent(held, f"{LIST}/field")
    held.admin.change_column(held.site, guid, "PSChoice", change)
    there = staff_list(held).column("PSChoice")
    assert there is not None
    assert (there.column.title, there.description, there.indexed) == ("T", "D", True)
    assert (there.column.choices, sent(held, f"{LIST}/field") - before) == (("A", "B"), 1)


def test_what_goes_is_looked_for_only_where_the_host_refuses(held: SharePointAdminBench) -> None:
    guid = staff_list(held).guid
    before = staff_list(held)
    held.admin.add_column(held.site, guid, COLUMN)
    view = held.admin.add_view(held.site, guid, VIEW)
    staff_list(held)
    asked = sent(held, f"{LIST}/views"), sent(held, f"{LIST}/fields")
    held.bench.plan(route=f"{LIST}/view", method="DELETE", do="refuse", status=500, times=1)
    with pytest.raises(UnreadableError):
        held.admin.remove_view(held.site, guid, view)
    held.admin.remove_view(held.site, guid, view)
    held.admin.remove_column(held.site, guid, COLUMN.name)
    assert (sent(held, f"{LIST}/views"), sent(held, f"{LIST}/fields")) == (asked[0] + 1, asked[1])
    assert staff_list(held) == before
    held.admin.add_column(held.site, guid, COLUMN)
    held.admin.remove_column(held.site, guid, COLUMN.name)
    assert staff_list(held) == before, "one that was made anew has another id than it was known by"


def test_a_view_that_cannot_be_finished_is_taken_away_again(held: SharePointAdminBench) -> None:
    before = staff_list(held)
    held.bench.plan(route=f"{LIST}/view/setviewxml", do="refuse", status=500, times=1)
    with pytest.raises(SchemaError, match="taken away again"):
        held.admin.add_view(held.site, before.guid, VIEW)
    assert staff_list(held) == before
    held.bench.plan(route=f"{LIST}/view/setviewxml", do="refuse", status=403, times=1)
    held.bench.plan(route=f"{LIST}/view", method="DELETE", do="refuse", status=500, times=1)
    with pytest.raises(UnreadableError, match="is still there"):
        held.admin.add_view(held.site, before.guid, VIEW)


@pytest.mark.parametrize("rule", ["web/list/fields/createfieldasxml", "web/list/field", "web/list/view/setviewxml"])
def test_a_change_that_follows_another_too_closely_is_made_after_a_pause(held: SharePointAdminBench, rule: str) -> None:
    found = staff_list(held)
    held.bench.plan(route=rule, do="refuse", status=409, times=2)
    held.admin.add_column(held.site, found.guid, COLUMN)
    held.admin.change_column(held.site, found.guid, COLUMN.name, ColumnChange(title="Mend this"))
    held.admin.add_view(held.site, found.guid, VIEW)
    assert held.bench.clock.slept == [1.0, 2.0]
    there = staff_list(held)
    assert there.column("Mend this") is not None
    assert there.view(VIEW.title) is not None


def test_a_column_that_is_there_in_spite_of_a_conflict_is_not_made_twice(held: SharePointAdminBench) -> None:
    guid = staff_list(held).guid
    held.admin.add_column(held.site, guid, COLUMN)
    held.bench.plan(route=MAKING, do="refuse", status=409)
    held.admin.add_column(held.site, guid, COLUMN)
    assert (sent(held, MAKING), held.bench.clock.slept) == (2, [])
    with pytest.raises(SchemaError, match="Save Conflict") as told:
        held.admin.add_column(held.site, guid, replace(COLUMN, name="PSOther"))
    assert "a few minutes" in told.value.advice
    assert held.bench.clock.slept == [1.0, 2.0, 4.0]


def test_what_makes_something_is_sent_again_only_when_the_host_says_that_it_was_not_done(
    held: SharePointAdminBench,
) -> None:
    guid = staff_list(held).guid
    held.bench.plan(route=MAKING, do="refuse", status=429, retry_after=7, times=1)
    held.admin.add_column(held.site, guid, COLUMN)
    assert (held.bench.clock.slept, sent(held, MAKING)) == ([7.0], 2)
    held.bench.plan(route=MAKING, do="refuse", status=503, retry_after=None, times=1)
    with pytest.raises(UnreadableError):
        held.admin.add_column(held.site, guid, replace(COLUMN, name="PSSecond"))
    assert sent(held, MAKING) == 3
    held.bench.plan(route=MAKING, do="refuse", status=429, retry_after=4000, times=1)
    with pytest.raises(ThrottledError):
        held.admin.add_column(held.site, guid, replace(COLUMN, name="PSThird"))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_row_whose_answer_is_lost_is_never_added_twice(held: SharePointAdminBench, when: str) -> None:
    guid = held.admin.add_list(held.site, own_shape())
    held.admin.add_column(held.site, guid, KEY)
    held.bench.plan(route="web/list/items", method="POST", do="drop", when=when, times=1)
    (outcome,) = held.admin.write_items(held.site, guid, [OwnWrite(None, {KEY.name: "all"})])
    assert isinstance(outcome, Unknown)
    rows = held.admin.items(held.site, guid, [KEY.name])
    assert len(rows) == (when == "after")
    assert sent(held, "web/list/items") == 1 + 1, "one that adds and one that reads"


def test_a_row_that_may_not_be_written_asks_for_no_more_than_write(held: SharePointAdminBench) -> None:
    class OnlyRead(AnyToken):
        def role(self, caller: object, site: object) -> Role:
            return Role.READ

    guid = held.admin.add_list(held.site, own_shape())
    held.admin.add_column(held.site, guid, KEY)
    held.admin.items(held.site, guid, [KEY.name])
    held.bench.emulator.service.access = OnlyRead()
    (outcome,) = held.admin.write_items(held.site, guid, [OwnWrite(None, {KEY.name: "all"})])
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, AccessError)
    assert "`write`" in outcome.error.advice
    assert "manage" not in str(outcome.error)


def test_many_rows_are_one_request_and_more_than_it_holds_another(held: SharePointAdminBench) -> None:
    guid = held.admin.add_list(held.site, own_shape())
    held.admin.add_column(held.site, guid, KEY)
    rows = [OwnWrite(None, {KEY.name: f"row {number}"}) for number in range(101)]
    outcomes = held.admin.write_items(held.site, guid, rows)
    assert {type(each) for each in outcomes} == {Applied}
    assert sent(held, "$batch") == 1, "and the last one goes alone"
    assert held.bench.store.usage().by_kind["write"] == 1
    assert len(held.admin.items(held.site, guid, [KEY.name])) == 101


def test_a_row_that_is_not_taken_now_is_sent_again_alone(held: SharePointAdminBench) -> None:
    guid = held.admin.add_list(held.site, own_shape())
    held.admin.add_column(held.site, guid, KEY)
    held.bench.plan(route="web/list/items", method="POST", do="refuse", status=429, retry_after=7, times=1)
    rows = [OwnWrite(None, {KEY.name: name}) for name in ("all", "theme")]
    outcomes = held.admin.write_items(held.site, guid, rows)
    assert [type(each) for each in outcomes] == [Applied, Applied]
    assert held.bench.clock.slept == [7.0]
    assert len(held.admin.items(held.site, guid, [KEY.name])) == 2


def test_a_list_that_shuts_us_out_is_an_error_and_not_absent(held: SharePointAdminBench) -> None:
    guid = held.admin.add_list(held.site, own_shape())
    held.bench.plan(route=LIST, method="GET", do="refuse", status=403, times=1)
    with pytest.raises(AccessError):
        held.admin.find(SitePlace(held.site, ListAddress(id=guid)))


@pytest.mark.parametrize(
    ("answer", "lock"),
    [
        (json_reply({"odata.null": True}), ItemLock.NONE),
        (json_reply({"BlockEdit": False, "SuperLock": False, "TagName": "Keep"}), ItemLock.NONE),
        (json_reply({"BlockEdit": True, "SuperLock": False}), ItemLock.RECORDS),
        (json_reply({"BlockEdit": True, "SuperLock": True}), ItemLock.REGULATORY),
        (json_reply({"TagName": "Keep"}), None),
        (json_reply({"BlockEdit": None, "SuperLock": False}), None),
        (json_reply([]), None),
        (status_reply(200, {"Content-Type": "text/html"}, b"<html>"), None),
        (error_reply(403, "-2147024891, System.UnauthorizedAccessException", "Access denied."), None),
        (status_reply(404), None),
        (status_reply(500), None),
        (status_reply(501), None),
    ],
)
def test_a_label_is_asked_for_by_the_lists_whole_address_and_unknown_where_the_answer_is_no_label(
    answer: Answer, lock: ItemLock | None
) -> None:
    wire = ScriptedWire(json_reply(WHOLE), NO_VIEWS, answer)
    admin = scripted_store(wire).admin
    found = admin.find(PLACE)
    assert found is not None
    assert admin.item_lock("/sites/pmo", found) is lock
    asked = wire.requests[-1]
    assert (asked.method, asked.url) == ("POST", f"{HOST}/sites/pmo/_api/{ASK_LABEL}")
    assert json.loads(asked.body or b"") == {"listUrl": f"{HOST}/sites/pmo/Lists/Digital"}


PLACE = SitePlace("/sites/pmo", ListAddress(title="Digital projects"))
ASK_LABEL = "SP_CompliancePolicy_SPPolicyStoreProxy_GetListComplianceTag"
ALLOWED = {"EffectiveBasePermissions": {"High": "2147483647", "Low": "4294967295"}}
WHOLE = {
    **description(),
    **ALLOWED,
    "RootFolder": {"ServerRelativeUrl": "/sites/pmo/Lists/Digital"},
    "MajorVersionLimit": 50,
}
HALF = [{name: value for name, value in each.items() if name != "DisplayFormat"} for each in FIELDS]
NO_VIEWS = json_reply({"value": []})


def test_a_list_whose_fields_come_without_what_their_types_add_is_asked_for_them() -> None:
    wire = ScriptedWire(json_reply({**WHOLE, "Fields": HALF}), json_reply({"value": FIELDS}), NO_VIEWS)
    found = scripted_store(wire).admin.find(PLACE)
    assert found is not None
    target = found.column("Target_x0020_date")
    assert target is not None
    assert (target.column.type, found.url, found.terms.version_limit) == (ColumnType.DATE, "Lists/Digital", 50)
    assert found.column("Secret") is None, "a hidden column is none that staff may mean"


@pytest.mark.parametrize(
    "answers",
    [
        [json_reply({**WHOLE, "RootFolder": None})],
        [json_reply({**WHOLE, "ItemCount": "many"}), NO_VIEWS],
        [json_reply({**WHOLE, "EffectiveBasePermissions": {}}), NO_VIEWS],
        [json_reply(WHOLE), json_reply({"value": [{"Id": "x"}]})],
        [json_reply(WHOLE), json_reply({"value": "none"})],
        [json_reply([1])],
    ],
    ids=["no address", "no number", "no rights", "no view", "no views", "no list"],
)
def test_what_is_no_description_is_never_taken_for_a_list(answers: list[Answer]) -> None:
    with pytest.raises(UnreadableError):
        scripted_store(ScriptedWire(*answers, otherwise=NO_VIEWS)).admin.find(PLACE)


MISSING = error_reply(404, "-2147024894, System.IO.FileNotFoundException", "File Not Found.")
SITE_THERE = json_reply({"Id": "x"})


def test_a_list_that_got_another_address_than_it_should_is_taken_away_again() -> None:
    elsewhere = json_reply({"RootFolder": {"ServerRelativeUrl": "/sites/pmo/Lists/PortfolioFigures1"}})
    wire = ScriptedWire(MISSING, SITE_THERE, json_reply({"Id": "ab-1"}, 201), elsewhere, json_reply({"value": "x"}))
    with pytest.raises(SchemaError, match="at Lists/PortfolioFigures1 instead of Lists/PortfolioFigures"):
        scripted_store(wire).admin.add_list("/sites/pmo", own_shape())
    assert str(wire.requests[-1].url).endswith("web/lists(guid'ab-1')/recycle")
    assert not wire.steps


@pytest.mark.parametrize("answer", [json_reply({}, 201), status_reply(201), status_reply(200, content=b"<html>")])
def test_an_answer_that_does_not_say_what_was_made_is_no_success(answer: Answer) -> None:
    wires = [
        ScriptedWire(MISSING, SITE_THERE, answer),
        ScriptedWire(answer),
        ScriptedWire(answer, json_reply({"value": []})),
    ]
    with pytest.raises(UnreadableError):
        scripted_store(wires[0]).admin.add_list("/sites/pmo", own_shape())
    with pytest.raises(UnreadableError):
        scripted_store(wires[1]).admin.add_view("/sites/pmo", "ab-1", VIEW)
    with pytest.raises(UnreadableError):
        scripted_store(wires[2]).admin.add_column("/sites/pmo", "ab-1", COLUMN)


def test_a_view_that_sharepoint_does_not_describe_is_not_changed() -> None:
    wire = ScriptedWire(json_reply({"Id": "ab-2", "Title": "Pressing", "ListViewXml": "<View"}))
    with pytest.raises(UnreadableError):
        scripted_store(wire).admin.change_view("/sites/pmo", "ab-1", "ab-2", VIEW)


def test_a_refusal_with_the_status_of_a_failure_is_a_refusal() -> None:
    refused = error_reply(500, "-2130575214, Microsoft.SharePoint.SPException", "A duplicate field name was found.")
    wire = ScriptedWire(refused, json_reply({"value": []}))
    with pytest.raises(SchemaError, match="duplicate field name"):
        scripted_store(wire).admin.add_column("/sites/pmo", "ab-1", COLUMN)
    broken = error_reply(500, "-1, Microsoft.SharePoint.Client.UnknownError", "Unknown Error")
    with pytest.raises(UnreadableError):
        scripted_store(ScriptedWire(broken)).admin.add_column("/sites/pmo", "ab-1", COLUMN)


def test_a_service_that_wants_a_newer_windows_is_asked_again() -> None:
    haste = error_reply(
        500,
        "-2147023746, Microsoft.SharePoint.SPException",
        "The specified program requires a newer version of Windows. (Exception from HRESULT: 0x8007047E)",
    )
    made = json_reply(field(COLUMN.name, "Text", Id="ab-2", Title=COLUMN.title, SchemaXml=field_xml(COLUMN)))
    wire = ScriptedWire(haste, json_reply({"value": []}), made, otherwise=status_reply(204))
    scripted_store(wire).admin.add_column("/sites/pmo", "ab-1", COLUMN)
    assert [str(each.url).rpartition("/")[2] for each in wire.requests[::2][:2]] == ["createfieldasxml"] * 2


def test_a_list_too_long_for_a_change_is_told_so_and_that_nothing_was_done() -> None:
    beyond = error_reply(
        500,
        "-2147024860, Microsoft.SharePoint.SPQueryThrottledException",
        "The attempted operation is prohibited because it exceeds the list view threshold.",
    )
    there = json_reply({"value": [field(COLUMN.name, "Text", Id="ab-2")]})
    with pytest.raises(SchemaError, match="too many items") as told:
        scripted_store(ScriptedWire(there, beyond)).admin.remove_column("/sites/pmo", "ab-1", COLUMN.name)
    assert "lookup" not in told.value.advice


def test_a_list_of_ours_that_is_gone_is_told() -> None:
    gone = ScriptedWire(error_reply(404, "-2130575322, Microsoft.SharePoint.SPException", "No list."), SITE_THERE)
    with pytest.raises(NotFoundError):
        scripted_store(gone).admin.items("/sites/pmo", GUID, [Kept.KEY])
