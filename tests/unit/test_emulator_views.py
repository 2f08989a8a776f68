"""Views of a list: how they are named and shown, made, changed and removed, and which columns they show."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from connectors.emulator.state.world import World
from connectors.emulator.storage.file import WorldFile
from tests.support.emulator import Direct, DirectAnswer, ManualClock

LIST = "web/lists/GetByTitle('Projects')"
VIEWS = f"{LIST}/views"
ALL = f"{VIEWS}/getbytitle('All Items')"
OVERDUE = "<Where><Eq><FieldRef Name='Flag' /><Value Type='Text'>overdue</Value></Eq></Where>"
# The recorded keys of a view, in their order.
KEYS = [
    "Aggregations", "AggregationsStatus", "AssociatedContentTypeId", "BaseViewId", "CalendarViewStyles", "ColumnWidth",
    "ContentTypeId", "CustomFormatter", "CustomOrder", "DefaultView", "DefaultViewForContentType", "EditorModified",
    "Formats", "GridLayout", "Hidden", "HtmlSchemaXml", "Id", "ImageUrl", "IncludeRootFolder", "ViewJoins", "JSLink",
    "ListViewXml", "Method", "MobileDefaultView", "MobileView", "ModerationType", "NewDocumentTemplates",
    "OrderedView", "Paged", "PersonalView", "ViewProjectedFields", "ViewQuery", "ReadOnlyView",
    "RequiresClientIntegration", "RowLimit", "Scope", "ServerRelativePath", "ServerRelativeUrl", "StyleId",
    "TabularView", "Threaded", "Title", "Toolbar", "ToolbarTemplateName", "ViewType", "ViewData", "ViewType2",
    "VisualizationInfo",
]  # fmt: skip


@pytest.fixture
def emulator() -> Direct:
    fields = [
        {"name": "Ref", "type": "Text"},
        {"name": "Flag", "type": "Text", "title": "Over due?"},
        {"name": "Secret", "type": "Text", "hidden": True},
    ]
    rows = [{"values": {"Title": "One", "Flag": "overdue"}}, {"values": {"Title": "Two"}}]
    lists = [{"title": "Projects", "fields": fields, "items": rows}]
    return Direct({"sites": [{"path": "/sites/demo", "lists": lists}]})


def made(emulator: Direct, **given: Any) -> dict[str, Any]:
    answer = emulator.post(f"{VIEWS}/Add", {"parameters": {"Title": "Late", **given}})
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert isinstance(view, dict)
    return view


def columns(emulator: Direct, view: str = ALL) -> list[str]:
    found = emulator.get(f"{view}/ViewFields").json()["Items"]
    assert isinstance(found, list)
    return found


def test_every_list_has_its_all_items_view(emulator: Direct) -> None:
    (view,) = emulator.rows(VIEWS)
    assert list(view) == KEYS
    assert (view["Title"], view["DefaultView"], view["RowLimit"], view["Paged"]) == ("All Items", True, 30, True)
    assert view["ServerRelativeUrl"] == "/sites/demo/Lists/Projects/AllItems.aspx"
    assert columns(emulator) == ["LinkTitle", "Ref", "Flag"]
    emulator.post("web/lists", {"Title": "New", "BaseTemplate": 100})
    new = "web/lists/GetByTitle('New')"
    assert [row["Title"] for row in emulator.rows(f"{new}/views")] == ["All Items"]
    assert columns(emulator, f"{new}/DefaultView") == ["LinkTitle"]


def test_a_view_is_found_in_every_way_of_naming_it(emulator: Direct) -> None:
    guid = emulator.rows(VIEWS)[0]["Id"]
    ways = ["views(guid'{}')", "views('{}')", "Views/GetById('{}')", "getview('{}')", "views(guid'{}')"]
    named = [f"{LIST}/{way.format(guid)}" for way in ways] + [
        ALL,
        f"{LIST}/DefaultView",
        f"{VIEWS}/GetByTitle('ALL ITEMS')",
    ]
    for path in [*named, f"{LIST}/views(guid'{guid.upper()}')"]:
        assert emulator.get(path).json()["Id"] == guid, path
        assert emulator.get(f"{path}/Title").json() == {"value": "All Items"}
    for path in (f"{LIST}/views(guid'{'0' * 36}')", f"{VIEWS}/getbytitle('Nope')"):
        answer = emulator.get(path)
        assert (answer.status_code, "The specified view is invalid." in answer.text) == (400, True)


def test_views_come_with_the_list_where_expanded(emulator: Direct) -> None:
    made(emulator)
    row = emulator.get(f"{LIST}?$select=Title,Views/Title&$expand=Views").json()
    assert row == {"Views": [{"Title": "All Items"}, {"Title": "Late"}], "Title": "Projects"}
    row = emulator.get(f"{LIST}?$select=DefaultView/Title&$expand=DefaultView").json()
    assert row == {"DefaultView": {"Title": "All Items"}}
    row = emulator.get(f"{ALL}?$select=Title,ViewFields&$expand=ViewFields").json()
    assert row["ViewFields"]["Items"] == ["LinkTitle", "Ref", "Flag"]
    late = emulator.rows(f"{VIEWS}?$select=Title&$filter=DefaultView eq false&$orderby=Title")
    assert late == [{"Title": "Late"}]


def test_a_view_is_made_as_recorded(emulator: Direct) -> None:
    view = made(emulator, Query=OVERDUE, RowLimit=3, ViewType2="NONE")
    assert list(view) == KEYS
    query = OVERDUE.replace("'", '"')
    head = (
        'Type="HTML" Url="/sites/demo/Lists/Projects/Late.aspx" Personal="FALSE" DisplayName="Late" '
        f'DefaultView="FALSE" Name="{{{view["Id"].upper()}}}"'
    )
    fields = '<ViewFields><FieldRef Name="LinkTitle" /><FieldRef Name="Ref" /><FieldRef Name="Flag" /></ViewFields>'
    rows = '<RowLimit Paged="FALSE">3</RowLimit>'
    assert view["HtmlSchemaXml"] == (
        f"<View {head}><ViewType2>NONE</ViewType2>{fields}<Query>{query}</Query>{rows}</View>"
    )
    assert view["ListViewXml"] == (
        f'<View {head} ><Query>{query}</Query>{fields}{rows}<ViewType2>NONE</ViewType2><Toolbar Type="None"/></View>'
    )
    shown = {name: view[name] for name in ("Title", "ViewQuery", "RowLimit", "Paged", "ViewType2", "BaseViewId")}
    assert shown == {
        "Title": "Late", "ViewQuery": query, "RowLimit": 3, "Paged": False, "ViewType2": "NONE", "BaseViewId": None,
    }  # fmt: skip
    assert emulator.get(f"{LIST}/views(guid'{view['Id']}')").json() == view


def test_a_view_entity_is_created_at_an_address(emulator: Direct) -> None:
    body = {"Title": "A & B: <late>", "ViewQuery": OVERDUE, "Paged": True, "RowLimit": 50, "PersonalView": False}
    answer = emulator.post(VIEWS, body)
    assert answer.status_code == 201
    view = answer.json()
    assert answer.headers["Location"].endswith(f"/Views(guid'{view['Id']}')")
    assert view["ServerRelativeUrl"] == "/sites/demo/Lists/Projects/A  B late.aspx"
    assert fromstring(view["ListViewXml"]).get("DisplayName") == "A & B: <late>"
    assert emulator.post(VIEWS, body).json()["ServerRelativeUrl"] == "/sites/demo/Lists/Projects/A  B late1.aspx"


def test_a_view_may_name_its_columns_and_become_the_default(emulator: Direct) -> None:
    view = made(emulator, ViewFields={"results": ["Title", "Over due?"]}, SetAsDefaultView=True)
    assert columns(emulator, f"{LIST}/DefaultView") == ["Title", "Flag"]
    assert [(row["Title"], row["DefaultView"]) for row in emulator.rows(VIEWS)] == [
        ("All Items", False),
        ("Late", True),
    ]
    url = emulator.get(f"{LIST}?$select=DefaultViewUrl").json()["DefaultViewUrl"]
    assert url == view["ServerRelativeUrl"]


def test_a_view_is_changed(emulator: Direct) -> None:
    made(emulator)
    path = f"{VIEWS}/getbytitle('Late')"
    change = {"Title": "Later", "ViewQuery": OVERDUE, "RowLimit": 5, "Paged": True, "CustomFormatter": '{"a":1}'}
    assert emulator.merge(path, change).status_code == 204
    view = emulator.get(f"{VIEWS}/getbytitle('Later')").json()
    assert {name: view[name] for name in change} == {**change, "ViewQuery": OVERDUE.replace("'", '"')}
    assert view["ServerRelativeUrl"] == "/sites/demo/Lists/Projects/Late.aspx"
    later = f"{VIEWS}/getbytitle('Later')"
    assert emulator.merge(later, {"DefaultView": True, "CustomFormatter": None, "ViewQuery": None}).status_code == 204
    view = emulator.get(f"{LIST}/DefaultView").json()
    assert (view["Title"], view["CustomFormatter"], view["ViewQuery"]) == ("Later", None, "")


def test_a_view_is_removed_but_not_the_default(emulator: Direct) -> None:
    view = made(emulator)
    answer = emulator.post(f"{LIST}/views(guid'{view['Id']}')/DeleteObject")
    assert (answer.status_code, answer.json()) == (200, {"odata.null": True})
    assert emulator.post(f"{ALL}/DeleteObject").status_code == 400
    assert [row["Title"] for row in emulator.rows(VIEWS)] == ["All Items"]
    made(emulator)
    assert emulator.send("DELETE", f"{VIEWS}/getbytitle('Late')").status_code == 200


def test_columns_are_added_moved_and_removed(emulator: Direct) -> None:
    fields = f"{ALL}/ViewFields"
    steps: list[tuple[str, Any, list[str]]] = [
        ("AddViewField('Modified')", None, ["LinkTitle", "Ref", "Flag", "Modified"]),
        ("AddViewField", {"strField": "Modified By"}, ["LinkTitle", "Ref", "Flag", "Modified", "Editor"]),
        ("addviewfield('Ref')", None, ["LinkTitle", "Ref", "Flag", "Modified", "Editor"]),
        ("RemoveViewField('Modified')", None, ["LinkTitle", "Ref", "Flag", "Editor"]),
        ("MoveViewFieldTo", {"field": "Editor", "index": 1}, ["LinkTitle", "Editor", "Ref", "Flag"]),
        ("MoveViewFieldTo", {"field": "LinkTitle", "index": 3}, ["Editor", "Ref", "Flag", "LinkTitle"]),
        ("RemoveAllViewFields", None, []),
    ]
    for method, body, expected in steps:
        answer = emulator.post(f"{fields}/{method}", body)
        assert (answer.status_code, answer.json()) == (200, {"odata.null": True}), answer.text
        assert columns(emulator) == expected


def test_the_fields_of_a_view_are_shown_with_their_schema(emulator: Direct) -> None:
    answer = emulator.get(f"{ALL}/ViewFields").json()
    assert answer == {
        "Items": ["LinkTitle", "Ref", "Flag"],
        "SchemaXml": '<FieldRef Name="LinkTitle" /><FieldRef Name="Ref" /><FieldRef Name="Flag" />',
    }
    verbose = emulator.get(f"{ALL}/ViewFields", level="verbose").json()["d"]
    assert verbose["__metadata"]["type"] == "SP.ViewFieldCollection"
    assert verbose["Items"]["results"] == ["LinkTitle", "Ref", "Flag"]


def test_a_removed_column_leaves_every_view_and_a_new_one_enters_only_where_asked(emulator: Direct) -> None:
    emulator.post(f"{LIST}/fields/getbyinternalnameortitle('Ref')/DeleteObject")
    assert columns(emulator) == ["LinkTitle", "Flag"]
    for name, options in (("Quiet", 0), ("Shown", 16), ("Hinted", 24)):
        schema = f"<Field Type='Text' DisplayName='{name}' Name='{name}'/>"
        emulator.post(f"{LIST}/Fields/CreateFieldAsXml", {"parameters": {"SchemaXml": schema, "Options": options}})
    assert columns(emulator) == ["LinkTitle", "Flag", "Shown", "Hinted"]


def test_a_view_can_be_set_from_xml(emulator: Direct) -> None:
    xml = f"<View><Query>{OVERDUE}</Query><ViewFields><FieldRef Name='Flag'/></ViewFields><RowLimit>7</RowLimit></View>"
    assert emulator.post(f"{ALL}/SetViewXml", {"viewXml": xml}).status_code == 200
    view = emulator.get(ALL).json()
    assert (view["RowLimit"], view["Paged"], view["ViewQuery"]) == (7, False, OVERDUE.replace("'", '"'))
    assert columns(emulator) == ["Flag"]
    for bad in ("<View>", "<Query/>", "<View><RowLimit>x</RowLimit></View>", "<!DOCTYPE View><View/>"):
        assert emulator.post(f"{ALL}/SetViewXml", {"viewXml": bad}).status_code == 500
    assert columns(emulator) == ["Flag"]


def test_rendering_without_a_view_renders_the_default_one(emulator: Direct) -> None:
    emulator.merge(ALL, {"ViewQuery": OVERDUE, "RowLimit": 3})
    page = emulator.post(f"{LIST}/RenderListDataAsStream", {"parameters": {}}).json()
    assert ([row["Title"] for row in page["Row"]], page["RowLimit"]) == (["One"], 3)
    assert page["Row"][0]["Flag"] == "overdue"
    assert "Secret" not in page["Row"][0]


def test_views_are_in_the_change_log(emulator: Direct) -> None:
    start = emulator.get(LIST).json()["CurrentChangeToken"]["StringValue"]
    view = made(emulator)
    path = f"{LIST}/views(guid'{view['Id']}')"
    emulator.merge(path, {"RowLimit": 5})
    emulator.post(f"{path}/DeleteObject")
    asked = {
        "View": True,
        "Add": True,
        "Update": True,
        "DeleteObject": True,
        "ChangeTokenStart": {"StringValue": start},
    }
    rows = emulator.post(f"{LIST}/getchanges", {"query": asked}).json()["value"]
    assert [(row["ViewId"], row["ChangeType"]) for row in rows] == [(view["Id"], 1), (view["Id"], 2), (view["Id"], 3)]


def test_views_are_kept_with_their_list(emulator: Direct, tmp_path: Path) -> None:
    view = made(emulator, Query=OVERDUE)
    emulator.post(f"{ALL}/ViewFields/AddViewField('Modified')")
    with closing(WorldFile(tmp_path / "world.db")) as file:
        file.save(emulator.world)
    again = World(clock=ManualClock())
    with closing(WorldFile(tmp_path / "world.db")) as file:
        assert file.load(again)
    other = Direct(again)
    assert other.get(f"{VIEWS}/getbytitle('Late')").json() == view
    assert columns(other) == ["LinkTitle", "Ref", "Flag", "Modified"]
    assert len(other.rows(VIEWS)) == 2


def failure(answer: DirectAnswer) -> tuple[int, str]:
    return answer.status_code, answer.json()["odata.error"]["message"]["value"]


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"Title": ""}, 400, "The parameter Title cannot be null or empty."),
        ({"Title": 5}, 400, "The parameter Title cannot be null or empty."),
        ({"Query": "<Where>"}, 500, "Cannot complete this action."),
        ({"Query": "late"}, 500, "Cannot complete this action."),
        ({"Query": '</Query><!DOCTYPE a [<!ENTITY b "c">]>'}, 500, "Cannot complete this action."),
        ({"RowLimit": "3"}, 400, "expected type 'Edm.Int32'"),
        ({"RowLimit": 0}, 400, "The parameter RowLimit is out of range."),
        ({"RowLimit": True}, 400, "expected type 'Edm.Int32'"),
        ({"Paged": 1}, 400, "expected type 'Edm.Boolean'"),
        ({"ViewFields": ["Nope"]}, 400, "Column 'Nope' does not exist."),
        ({"ViewFields": "Title"}, 400, "'StartArray' node was expected"),
        ({"ViewTypeKind": 2048}, 501, "views of kind 2048"),
        ({"Aggregations": "x"}, 501, "setting SP.View.Aggregations"),
        ({"Nope": 1}, 400, "The property 'Nope' does not exist on type 'SP.View'."),
    ],
)
def test_a_view_that_cannot_be_made_is_not(emulator: Direct, given: dict[str, Any], status: int, sentence: str) -> None:
    found, text = failure(emulator.post(f"{VIEWS}/Add", {"parameters": {"Title": "Late", **given}}))
    assert found == status
    assert sentence in text
    assert len(emulator.rows(VIEWS)) == 1


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"Title": " "}, 400),
        ({"Title": "New", "RowLimit": -1}, 400),
        ({"Title": "New", "ViewQuery": "<"}, 500),
        ({"Title": "New", "Query": OVERDUE}, 400),
        ({"Title": "New", "PersonalView": True}, 501),
        ({"Title": "New", "JSLink": "x.js"}, 501),
        ({"Title": "New", "DefaultView": False}, 400),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(emulator: Direct, given: dict[str, Any], status: int) -> None:
    before = emulator.get(ALL).json()
    assert emulator.merge(ALL, given).status_code == status
    assert emulator.get(ALL).json() == before


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("AddViewField('Nope')", None),
        ("AddViewField", {}),
        ("RemoveViewField('Nope')", None),
        ("MoveViewFieldTo", {"field": "Ref", "index": 3}),
        ("MoveViewFieldTo", {"field": "Ref", "index": -1}),
        ("MoveViewFieldTo", {"field": "Ref", "index": "1"}),
        ("MoveViewFieldTo", {"field": "Modified", "index": 0}),
    ],
)
def test_a_column_that_is_not_there_is_refused(emulator: Direct, method: str, body: Any) -> None:
    assert emulator.post(f"{ALL}/ViewFields/{method}", body).status_code == 400
    assert columns(emulator) == ["LinkTitle", "Ref", "Flag"]
