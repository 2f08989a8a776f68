"""GetItems: what CAML asks for, how dates are shown, pages, limits, and what is refused."""

from typing import Any

import pytest

from connectors.emulator.state.limits import Limits
from connectors.emulator.wire.caml import DEEPEST, MOST_CHARACTERS, MOST_VALUES
from tests.support.emulator import Direct, DirectAnswer

LIST = "web/lists/GetByTitle('Projects')"
ANN = "i:0#.f|membership|ann@example.org"
NOT_INSTALLED = "-2130575340, Microsoft.SharePoint.SPException"
UNREADABLE = "-2147467259, Microsoft.SharePoint.SPException"
THRESHOLD = "-2147024860, Microsoft.SharePoint.SPQueryThrottledException"


def document() -> dict[str, Any]:
    fields = [
        {"name": "Ref", "type": "Text", "indexed": True},
        {"name": "Notes", "type": "Note"},
        {"name": "Score", "type": "Number"},
        {"name": "Live", "type": "Boolean"},
        {"name": "Due", "type": "DateTime"},
        {"name": "Status", "type": "Choice", "choices": ["Open", "Closed"]},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Owner", "type": "User"},
        {"name": "Half", "type": "Calculated", "formula": "=0.5", "output_type": "Number"},
        {"name": "_Odd", "type": "Text"},
    ]
    rows = [
        {"Title": "Canal path", "Ref": "P-1", "Score": 3, "Live": True, "Due": "2026-07-01", "Status": "Open",
         "Themes": ["A", "B"], "Owner": ANN, "Half": 0.5, "_Odd": "b", "Notes": "towpath works"},
        {"Title": "Depot", "Ref": "P-2", "Score": 12, "Live": False, "Due": "2026-12-01", "Status": "Closed",
         "Parent": 1, "_Odd": "a"},
        {"Title": "canteen", "Ref": "P-3", "Due": "2026-06-17T12:00:00Z", "Status": "Open", "Themes": ["B"],
         "Parent": 2, "Owner": "app@sharepoint"},
        {"Title": "Bridge"},
    ]  # fmt: skip
    users = [
        {"login": ANN, "name": "Ann Field", "email": "ann@example.org"},
        {"login": "i:0#.f|membership|app@sharepoint", "name": "Bob Marsh", "email": "app@sharepoint"},
    ]
    lists = [{"title": "Projects", "fields": fields, "items": [{"values": values} for values in rows]}]
    return {"sites": [{"path": "/sites/demo", "users": users, "lists": lists}]}


@pytest.fixture(scope="module")
def emulator() -> Direct:
    return Direct(document())


def ask(emulator: Direct, view: str, path: str = LIST, **options: Any) -> DirectAnswer:
    return emulator.post(f"{path}/GetItems", {"query": {"ViewXml": view, **options}})


def where(condition: str, order: str = "") -> str:
    return f"<View><Query><Where>{condition}</Where>{order}</Query></View>"


def eq(name: str, text: str) -> str:
    return f"<Eq><FieldRef Name='{name}'/><Value Type='Text'>{text}</Value></Eq>"


def ids(emulator: Direct, view: str, **options: Any) -> list[int]:
    answer = ask(emulator, view, **options)
    assert answer.status_code == 200, answer.text
    return [row["Id"] for row in answer.json()["value"]]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("<Eq><FieldRef Name='Title'/><Value Type='Text'>DEPOT</Value></Eq>", [2]),
        ("<Neq><FieldRef Name='Status'/><Value Type='Text'>Open</Value></Neq>", [2, 4]),
        ("<BeginsWith><FieldRef Name='Title'/><Value Type='Text'>can</Value></BeginsWith>", [1, 3]),
        ("<Contains><FieldRef Name='Title'/><Value Type='Text'>an</Value></Contains>", [1, 3]),
        ("<Contains><FieldRef Name='Notes'/><Value Type='Note'>towpath</Value></Contains>", [1]),
        ("<Contains><FieldRef Name='Themes'/><Value Type='Text'>B</Value></Contains>", [1, 3]),
        ("<Eq><FieldRef Name='Themes'/><Value Type='Text'>A</Value></Eq>", [1]),
        ("<Gt><FieldRef Name='Score'/><Value Type='Number'>3</Value></Gt>", [2]),
        ("<Geq><FieldRef Name='Score'/><Value Type='Number'>3</Value></Geq>", [1, 2]),
        ("<Lt><FieldRef Name='Score'/><Value Type='Number'>12</Value></Lt>", [1]),
        ("<Leq><FieldRef Name='Score'/><Value Type='Number'>12.0</Value></Leq>", [1, 2]),
        ("<Eq><FieldRef Name='Half'/><Value Type='Number'>0.5</Value></Eq>", [1]),
        ("<Eq><FieldRef Name='Live'/><Value Type='Boolean'>1</Value></Eq>", [1]),
        ("<Eq><FieldRef Name='Live'/><Value Type='Integer'>0</Value></Eq>", [2]),
        ("<IsNull><FieldRef Name='Status'/></IsNull>", [4]),
        ("<IsNotNull><FieldRef Name='Owner'/></IsNotNull>", [1, 3]),
        ("<Eq><FieldRef Name='ID'/><Value Type='Counter'>3</Value></Eq>", [3]),
        ("<Eq><FieldRef Name='_Odd'/><Value Type='Text'>a</Value></Eq>", [2]),
        ("<Eq><FieldRef ID='{fa564e0f-0c70-4ab9-b863-0177e6ddd247}'/><Value Type='Text'>Bridge</Value></Eq>", [4]),
        ("<Eq><FieldRef Name='Parent'/><Value Type='Lookup'>Depot</Value></Eq>", [3]),
        ("<Eq><FieldRef Name='Parent' LookupId='TRUE'/><Value Type='Lookup'>1</Value></Eq>", [2]),
        ("<Eq><FieldRef Name='Owner'/><Value Type='Text'>Ann Field</Value></Eq>", [1]),
        ("<Eq><FieldRef Name='Owner' LookupId='TRUE'/><Value Type='Integer'>7</Value></Eq>", [1]),
        ("<Eq><FieldRef Name='Author'/><Value Type='Integer'><UserID/></Value></Eq>", [1, 2, 3, 4]),
        ("<Eq><FieldRef Name='Owner'/><Value Type='Integer'><UserID/></Value></Eq>", []),
        (
            "<In><FieldRef Name='Ref'/><Values><Value>p-1</Value><Value>P-3</Value><Value>P-9</Value></Values></In>",
            [1, 3],
        ),
        (
            f"<And>{eq('Status', 'Open')}<Or>{eq('Ref', 'P-2')}{eq('Ref', 'P-3')}</Or></And>",
            [3],
        ),
        ("", [1, 2, 3, 4]),
    ],
)
def test_a_condition_finds_its_rows(emulator: Direct, condition: str, found: list[int]) -> None:
    assert ids(emulator, where(condition)) == found


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        # Days are the site's own: the first of July began at 23:00 UTC.
        ("Eq", "<Value Type='DateTime'>2026-07-01T00:00:00Z</Value>", [1]),
        ("Eq", "<Value Type='DateTime'>2026-07-01</Value>", [1]),
        ("Eq", "<Value Type='DateTime'>2026-07-01T15:30:00Z</Value>", [1]),
        ("Eq", "<Value Type='DateTime'>2026-06-30T12:00:00Z</Value>", []),
        ("Eq", "<Value Type='DateTime' StorageTZ='TRUE'>2026-06-30T23:30:00Z</Value>", [1]),
        ("Neq", "<Value Type='DateTime'>2026-07-01</Value>", [2, 3, 4]),
        ("Lt", "<Value Type='DateTime'>2026-07-01</Value>", [3]),
        ("Leq", "<Value Type='DateTime'>2026-07-01</Value>", [1, 3]),
        ("Gt", "<Value Type='DateTime'>2026-07-01</Value>", [2]),
        ("Geq", "<Value Type='DateTime'>2026-07-01</Value>", [1, 2]),
        ("Eq", "<Value Type='DateTime' IncludeTimeValue='TRUE'>2026-07-01T00:00:00Z</Value>", [1]),
        ("Eq", "<Value Type='DateTime' IncludeTimeValue='TRUE'>2026-07-01T01:00:00Z</Value>", []),
        ("Eq", "<Value Type='DateTime' IncludeTimeValue='TRUE'>2026-12-01T00:00:00</Value>", [2]),
        ("Eq", "<Value Type='DateTime'><Today/></Value>", [3]),
        ("Eq", "<Value Type='DateTime'><Today OffsetDays='14'/></Value>", [1]),
        ("Eq", "<Value Type='DateTime'><Today OffsetDays='167'/></Value>", [2]),
        ("Lt", "<Value Type='DateTime'><Today OffsetDays='-1'/></Value>", []),
        ("Gt", "<Value Type='DateTime' IncludeTimeValue='TRUE'><Now/></Value>", [1, 2, 3]),
    ],
)
def test_dates_are_compared_by_the_sites_days(emulator: Direct, operator: str, value: str, found: list[int]) -> None:
    assert ids(emulator, where(f"<{operator}><FieldRef Name='Due'/>{value}</{operator}>")) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("<OrderBy><FieldRef Name='Title'/></OrderBy>", [4, 1, 3, 2]),
        ("<OrderBy><FieldRef Name='Title' Ascending='FALSE'/></OrderBy>", [2, 3, 1, 4]),
        ("<OrderBy><FieldRef Name='Status'/><FieldRef Name='ID' Ascending='FALSE'/></OrderBy>", [4, 2, 3, 1]),
        ("<OrderBy><FieldRef Name='Owner' Ascending='FALSE'/></OrderBy>", [3, 1, 2, 4]),
    ],
)
def test_rows_come_in_the_order_asked(emulator: Direct, order: str, found: list[int]) -> None:
    assert ids(emulator, f"<View><Query>{order}</Query></View>") == found


def test_a_choice_of_columns_is_shown_as_recorded(emulator: Direct) -> None:
    view = "<View><ViewFields><FieldRef Name='Title'/></ViewFields><RowLimit>1</RowLimit></View>"
    answer = ask(emulator, view)
    assert answer.headers["Content-Type"] == "application/json;odata=nometadata;streaming=true;charset=utf-8"
    assert answer.json() == {
        "value": [
            {
                "FileSystemObjectType": 0,
                "Id": 1,
                "ServerRedirectedEmbedUri": None,
                "ServerRedirectedEmbedUrl": "",
                "Title": "Canal path",
                "ID": 1,
                "Created": "2026-06-17T10:30:00",
                "Modified": "2026-06-17T10:30:00",
            }
        ]
    }
    assert list(answer.json()["value"][0])[4:] == ["Title", "ID", "Created", "Modified"]


def test_people_and_lookups_are_shown_by_their_numbers(emulator: Direct) -> None:
    named = "<FieldRef Name='Owner'/><FieldRef Name='Parent'/><FieldRef Name='FileRef'/>"
    third = ask(emulator, f"<View><ViewFields>{named}</ViewFields></View>").json()["value"][2]
    assert [third[name] for name in ("OwnerId", "OwnerStringId", "ParentId")] == [8, "8", 2]
    assert "FileRef" not in third


@pytest.mark.parametrize(
    ("options", "due", "winter"),
    [
        ({}, "2026-07-01T00:00:00", "2026-12-01T00:00:00"),
        ({"DatesInUtc": False}, "2026-07-01T00:00:00", "2026-12-01T00:00:00"),
        ({"DatesInUtc": True}, "2026-06-30T23:00:00Z", "2026-12-01T00:00:00Z"),
    ],
)
def test_dates_are_the_sites_own_unless_asked_for_in_utc(
    emulator: Direct, options: dict[str, Any], due: str, winter: str
) -> None:
    rows = ask(emulator, "", **options).json()["value"]
    assert [rows[0]["Due"], rows[1]["Due"], rows[3]["Due"]] == [due, winter, None]


def test_select_and_expand_of_the_address_choose_too(emulator: Direct) -> None:
    path = f"{LIST}/GetItems?$select=Due,Owner/Title&$expand=Owner"
    rows = emulator.post(path, {"query": {"ViewXml": "<View/>"}}).json()["value"]
    assert rows[0] == {"Owner": {"Title": "Ann Field"}, "Due": "2026-07-01T00:00:00"}


def test_pages_are_walked_by_position_and_never_linked(emulator: Direct) -> None:
    view = "<View><RowLimit>3</RowLimit></View>"
    first = ask(emulator, view)
    assert [row["Id"] for row in first.json()["value"]] == [1, 2, 3]
    assert list(first.json()) == ["value"]
    assert ids(emulator, view, ListItemCollectionPosition={"PagingInfo": "Paged=TRUE&p_ID=3"}) == [4]
    assert ids(emulator, view, ListItemCollectionPosition={"PagingInfo": "Paged=TRUE&p_ID=4"}) == []
    assert ids(emulator, view, ListItemCollectionPosition={"PagingInfo": "Paged=TRUE&p_ID=99"}) == []
    assert ids(emulator, view, ListItemCollectionPosition=None) == [1, 2, 3]


def test_an_ordered_walk_goes_on_behind_its_keys(emulator: Direct) -> None:
    view = "<View><Query><OrderBy><FieldRef Name='_Odd'/></OrderBy></Query><RowLimit>3</RowLimit></View>"
    assert ids(emulator, view) == [3, 4, 2]
    assert ids(emulator, view, ListItemCollectionPosition={"PagingInfo": "Paged=TRUE&p__Odd=a&p_ID=2"}) == [1]


@pytest.mark.parametrize("scope", ["", "Recursive", "RecursiveAll", "FilesOnly", "ViewScope.DefaultValue"])
def test_every_scope_of_a_flat_list_is_the_list(emulator: Direct, scope: str) -> None:
    assert ids(emulator, f'<View Scope="{scope}"></View>') == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (where("<Eq><FieldRef Name='Nope'/><Value Type='Text'>x</Value></Eq>"), NOT_INSTALLED),
        (where("<Eq><FieldRef Name='Id'/><Value Type='Counter'>1</Value></Eq>"), NOT_INSTALLED),
        (where("<Eq><FieldRef Name='title'/><Value Type='Text'>x</Value></Eq>"), NOT_INSTALLED),
        (where("<Eq><FieldRef/><Value Type='Text'>x</Value></Eq>"), NOT_INSTALLED),
        ("<View><ViewFields><FieldRef Name='Nope'/></ViewFields></View>", NOT_INSTALLED),
        ("<View><Query><OrderBy><FieldRef Name='Nope'/></OrderBy></Query></View>", NOT_INSTALLED),
        ("<View><Query>", UNREADABLE),
        ("not XML", UNREADABLE),
        ("<Query/>", UNREADABLE),
        ('<!DOCTYPE View [<!ENTITY a "b">]><View><RowLimit>&a;</RowLimit></View>', UNREADABLE),
        ("<!DOCTYPE View><View/>", UNREADABLE),
        ("<View>" + " " * MOST_CHARACTERS + "</View>", UNREADABLE),
        ("<View><RowLimit>many</RowLimit></View>", UNREADABLE),
        ("<View><RowLimit>-1</RowLimit></View>", UNREADABLE),
        (where("<Eq><FieldRef Name='Title'/></Eq>"), UNREADABLE),
        (where("<Eq><Value Type='Text'>x</Value></Eq>"), UNREADABLE),
        (where("<Eq><FieldRef Name='Score'/><Value Type='Number'>lots</Value></Eq>"), UNREADABLE),
        (where("<Eq><FieldRef Name='Due'/><Value Type='DateTime'>soon</Value></Eq>"), UNREADABLE),
        (where("<Eq><FieldRef Name='Due'/><Value Type='DateTime'>9999-12-31</Value></Eq>"), UNREADABLE),
        (
            where("<Eq><FieldRef Name='Due'/><Value Type='DateTime'><Today OffsetDays='9999999'/></Value></Eq>"),
            UNREADABLE,
        ),
        (where("<And><IsNull><FieldRef Name='Title'/></IsNull></And>"), UNREADABLE),
        (where("<IsNull><FieldRef Name='Title'/></IsNull>" * 2), UNREADABLE),
        (where("<In><FieldRef Name='Title'/><Values/></In>"), UNREADABLE),
        (
            where(f"<In><FieldRef Name='Title'/><Values>{'<Value>x</Value>' * (MOST_VALUES + 1)}</Values></In>"),
            UNREADABLE,
        ),
    ],
)
def test_what_cannot_be_answered_is_a_500_of_the_services_own(emulator: Direct, view: str, code: str) -> None:
    answer = ask(emulator, view)
    assert (answer.status_code, answer.json()["odata.error"]["code"]) == (500, code)


def nested(depth: int) -> str:
    leaf = "<IsNull><FieldRef Name='Status'/></IsNull>"
    return where("<Or>" * depth + leaf + f"{leaf}</Or>" * depth)


def test_depth_is_bounded(emulator: Direct) -> None:
    assert ids(emulator, nested(DEEPEST)) == [4]
    assert ask(emulator, nested(DEEPEST + 1)).json()["odata.error"]["code"] == UNREADABLE


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": {"ViewXml": 5}}, 400),
        ({"query": {"Nope": 1}}, 400),
        ({"query": []}, 400),
        ({"query": {"ListItemCollectionPosition": "Paged=TRUE"}}, 400),
        ({"query": {"ListItemCollectionPosition": {"PagingInfo": "Paged=TRUE&PagedPrev=TRUE&p_ID=3"}}}, 501),
        ({"query": {"FolderServerRelativeUrl": "/sites/demo/Lists/Projects/Sub"}}, 501),
        ({"query": {"ViewXml": "<View><Joins/></View>"}}, 501),
        ({"query": {"ViewXml": "<View><Query><GroupBy/></Query></View>"}}, 501),
        ({"query": {"ViewXml": where("<Membership><FieldRef Name='Owner'/><Value/></Membership>")}}, 501),
        ({"query": {"ViewXml": where("<Eq><FieldRef Name='LinkFilename'/><Value Type='Text'>x</Value></Eq>")}}, 501),
        ({"query": {"FolderServerRelativeUrl": "/sites/demo/Lists/Projects"}}, 200),
        ({"ViewXml": "<View/>"}, 200),
        ({"query": {"__metadata": {"type": "SP.CamlQuery"}, "ViewXml": None, "AllowIncrementalResults": True}}, 200),
    ],
)
def test_a_request_is_read_strictly(emulator: Direct, body: Any, status: int) -> None:
    assert emulator.post(f"{LIST}/GetItems", body).status_code == status


@pytest.fixture(scope="module")
def large() -> Direct:
    found = Direct(document())
    found.world.limits = Limits(list_view_threshold=3)
    return found


def five(condition: str, order: str = "") -> str:
    return where(condition, order).replace("</View>", "<RowLimit>5</RowLimit></View>")


@pytest.mark.parametrize(
    ("view", "refused"),
    [
        ("<View/>", True),
        ("<View><RowLimit>5001</RowLimit></View>", True),
        ("<View><RowLimit>5000</RowLimit></View>", False),
        (five("<Eq><FieldRef Name='Status'/><Value Type='Text'>Open</Value></Eq>"), True),
        (five("<Eq><FieldRef Name='Ref'/><Value Type='Text'>P-1</Value></Eq>"), False),
        (five("<Neq><FieldRef Name='Ref'/><Value Type='Text'>P-9</Value></Neq>"), True),
        (five("<Eq><FieldRef Name='Parent' LookupId='TRUE'/><Value Type='Lookup'>1</Value></Eq>"), True),
        (five("<Gt><FieldRef Name='ID'/><Value Type='Counter'>0</Value></Gt>"), False),
        (five("", "<OrderBy><FieldRef Name='Title'/></OrderBy>"), True),
    ],
)
def test_the_list_view_threshold_holds(large: Direct, view: str, refused: bool) -> None:
    answer = ask(large, view)
    if refused:
        assert (answer.status_code, answer.json()["odata.error"]["code"]) == (500, THRESHOLD)
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize(("lookups", "status"), [(11, 200), (12, 200), (13, 500)])
def test_every_lookup_a_view_names_is_a_join(lookups: int, status: int) -> None:
    fields = [{"name": f"Look{number}", "type": "Lookup", "lookup_list": "Wide"} for number in range(lookups)]
    lists = [{"title": "Wide", "fields": fields, "items": [{"values": {"Title": "One"}}]}]
    emulator = Direct({"sites": [{"path": "/sites/demo", "lists": lists}]})
    path = "web/lists/GetByTitle('Wide')"
    named = "".join(f"<FieldRef Name='Look{number}'/>" for number in range(lookups))
    assert ask(emulator, f"<View><ViewFields>{named}</ViewFields></View>", path).status_code == status
    assert ask(emulator, "<View><ViewFields><FieldRef Name='Title'/></ViewFields></View>", path).status_code == 200
    # A view of everything joins Created By and Modified By too.
    assert ask(emulator, "<View/>", path).status_code == 500


def test_the_other_metadata_levels_have_their_own_shape(emulator: Direct) -> None:
    verbose = emulator.post(f"{LIST}/GetItems", {"query": {"ViewXml": "<View/>"}}, level="verbose").json()
    assert verbose["d"]["results"][0]["__metadata"]["type"] == "SP.Data.ProjectsListItem"
    minimal = emulator.post(f"{LIST}/GetItems", {"query": {"ViewXml": "<View/>"}}, level="minimalmetadata").json()
    assert minimal["odata.metadata"].endswith("$metadata#SP.ListData.ProjectsListItems")
    assert minimal["value"][0]["odata.etag"] == '"1"'
