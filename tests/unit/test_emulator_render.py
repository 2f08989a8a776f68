"""RenderListDataAsStream: the very text, every kind of value, pages, limits and what is refused."""

import json
from typing import Any

import pytest

from connectors.emulator.state.limits import Limits
from tests.support.emulator import Direct, DirectAnswer

LIST = "web/lists/GetByTitle('Projects')"
ANN = "i:0#.f|membership|ann@example.org"
LONDON, PACIFIC, BERLIN = "/sites/demo", "/sites/pacific", "/sites/berlin"
FULL = {
    "Title": "One / two",
    "Notes": 'He said "now" <b>&</b>',
    "Score": 67687,
    "Cost": 1234.5,
    "Live": True,
    "Due": "2026-06-30T23:00:00Z",
    "Seen": "2026-12-01T14:25:47Z",
    "Status": "Open",
    "Themes": ["A", "B"],
    "Parent": 2,
    "Others": [1, 2],
    "Owner": ANN,
    "Team": [ANN, "bob@example.org"],
    "Link": {"url": "https://x.example/a", "description": "X"},
    "Half": 0.5,
    "Word": "later",
    "_Odd": "x",
}


def lists() -> list[dict[str, Any]]:
    fields = [
        {"name": "Notes", "type": "Note"},
        {"name": "Score", "type": "Number"},
        {"name": "Cost", "type": "Currency"},
        {"name": "Live", "type": "Boolean"},
        {"name": "Due", "type": "DateTime"},
        {"name": "Seen", "type": "DateTime", "date_only": False},
        {"name": "Status", "type": "Choice", "choices": ["Open"]},
        {"name": "Themes", "type": "MultiChoice", "choices": ["A", "B"]},
        {"name": "Parent", "type": "Lookup", "lookup_list": "Projects"},
        {"name": "Others", "type": "LookupMulti", "lookup_list": "Projects"},
        {"name": "Owner", "type": "User"},
        {"name": "Team", "type": "UserMulti"},
        {"name": "Link", "type": "URL"},
        {"name": "Half", "type": "Calculated", "formula": "=0.5", "output_type": "Number"},
        {"name": "Word", "type": "Calculated", "formula": '="later"'},
        {"name": "_Odd", "type": "Text"},
    ]
    rows: list[dict[str, Any]] = [{"values": FULL}, {"values": {"Title": "Two"}}]
    plain = [{"values": {"Title": f"Item {number}"}} for number in range(45)]
    return [{"title": "Projects", "fields": fields, "items": rows}, {"title": "Plain list", "items": plain}]


def document() -> dict[str, Any]:
    users = [
        {"login": ANN, "name": "Ann <Field>", "email": "ann@example.org", "department": "Works", "job_title": "Lead"},
        {"login": "i:0#.f|membership|bob@example.org", "name": "Bob Marsh", "email": "bob@example.org"},
    ]
    zones = [(LONDON, 2, 2057), (PACIFIC, 13, 1033), (BERLIN, 4, 1031)]
    return {
        "sites": [
            {"path": path, "time_zone": zone, "locale": locale, "users": users, "lists": lists()}
            for path, zone, locale in zones
        ]
    }


@pytest.fixture(scope="module")
def sites() -> dict[str, Direct]:
    return {path: Direct(document(), site=path) for path in (LONDON, PACIFIC, BERLIN)}


@pytest.fixture
def emulator(sites: dict[str, Direct]) -> Direct:
    return sites[LONDON]


def view(*names: str, limit: str = "") -> str:
    named = "".join(f"<FieldRef Name='{name}'/>" for name in names)
    return f"<View><ViewFields>{named}</ViewFields>{limit}</View>"


def render(emulator: Direct, xml: str = "", path: str = LIST, **parameters: Any) -> DirectAnswer:
    return emulator.post(f"{path}/RenderListDataAsStream", {"parameters": {"ViewXml": xml, **parameters}})


def rows(emulator: Direct, xml: str = "", path: str = LIST, **parameters: Any) -> list[dict[str, Any]]:
    answer = render(emulator, xml, path, **parameters)
    assert answer.status_code == 200, answer.text
    found = answer.json()["Row"]
    assert isinstance(found, list)
    return found


def test_the_text_is_in_the_services_own_hand(emulator: Direct) -> None:
    plain = "web/lists/GetByTitle('Plain list')"
    xml = view("Title", limit='<RowLimit Paged="TRUE">1</RowLimit>')
    found = emulator.site.list_titled("Plain list")
    assert found is not None
    row = (
        '{\r\n"ID": "1",\r\n"PermMask": "0x7ffffffffffbffff",\r\n"FSObjType": "0",\r\n'
        f'"UniqueId": "{{{found.items[1].unique_id.upper()}}}",\r\n"ContentTypeId": "{found.content_type_id}",\r\n'
        '"FileRef": "\\u002fsites\\u002fdemo\\u002fLists\\u002fPlain list\\u002f1_.000",\r\n'
        '"FileRef.urlencode": "%2Fsites%2Fdemo%2FLists%2FPlain%20list%2F1%5F%2E000",\r\n'
        '"FileRef.urlencodeasurl": "\\u002fsites\\u002fdemo\\u002fLists\\u002fPlain%20list\\u002f1_.000",\r\n'
        '"FileRef.urlencoding": "\\u002fsites\\u002fdemo\\u002fLists\\u002fPlain%20list\\u002f1_.000",\r\n'
        '"FileRef.scriptencodeasurl": "\\\\u002fsites\\\\u002fdemo\\\\u002fLists\\\\u002fPlain%20list\\\\u002f1_.000",'
        '\r\n"Attachments": "0",\r\n"SMTotalSize": "184",\r\n"_CommentFlags": "",\r\n"_CommentCount": "",\r\n'
        '"Title": "Item 0",\r\n"ItemChildCount": "0",\r\n"FolderChildCount": "0",\r\n"owshiddenversion": "1",\r\n'
        '"Restricted": ""\r\n}\r\n'
    )
    answer = render(emulator, xml, plain, RenderOptions=2)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.text == (
        '{ "Row" : \n[' + row + '],"FirstRow" : 1,\r\n"FolderPermissions" : "0x7ffffffffffbffff"\r\n,"LastRow" : 1,\r\n'
        '"RowLimit" : 1\r\n'
        ',"NextHref" : "?Paged=TRUE&p_ID=1&PageFirstRow=2&View=00000000-0000-0000-0000-000000000000"\n'
        ',"FilterLink" : "?"\n,"ForceNoHierarchy" : "1"\n,"HierarchyHasIndention" : ""\n'
        ',"CurrentFolderSpItemUrl" : ""\n\n}'
    )


@pytest.mark.parametrize("level", ["verbose", "minimalmetadata", "nometadata"])
def test_the_text_is_the_same_in_every_metadata_level(emulator: Direct, level: str) -> None:
    body = {"parameters": {"ViewXml": "", "__metadata": {"type": "SP.RenderListDataParameters"}}}
    answer = emulator.post(f"{LIST}/RenderListDataAsStream", body, level=level)
    assert answer.text == render(emulator).text
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "shown", "blank"),
    [
        ("Title", {"Title": "One / two"}, {"Title": "Two"}),
        ("LinkTitle", {"Title": "One / two"}, {"Title": "Two"}),
        ("Notes", {"Notes": 'He said "now" <b>&</b>'}, {"Notes": ""}),
        ("Score", {"Score": "67,687", "Score.": "67687.0000000000"}, {"Score": "", "Score.": ""}),
        ("Cost", {"Cost": "£1,234.50", "Cost.": "1234.50000000000"}, {"Cost": "", "Cost.": ""}),
        ("Live", {"Live": "Yes", "Live.value": "1"}, {"Live": "", "Live.value": ""}),
        ("Due", {"Due": "01/07/2026", "Due.": "2026-06-30T23:00:00Z"}, {"Due": "", "Due.": ""}),
        ("Seen", {"Seen": "01/12/2026 14:25", "Seen.": "2026-12-01T14:25:47Z"}, {"Seen": "", "Seen.": ""}),
        ("Status", {"Status": "Open"}, {"Status": ""}),
        ("Themes", {"Themes": ["A", "B"]}, {"Themes": ""}),
        ("Link", {"Link": "https://x.example/a", "Link.desc": "X"}, {"Link": "", "Link.desc": ""}),
        ("Half", {"Half": "0.5", "Half.calculated": "float;#0.500000000000000"}, {"Half": "", "Half.calculated": ""}),
        ("Word", {"Word": "later", "Word.calculated": "string;#later"}, {"Word": "", "Word.calculated": ""}),
        ("_Odd", {"_Odd": "x"}, {"_Odd": ""}),
        ("_UIVersionString", {"_UIVersionString": "1.0"}, {"_UIVersionString": "1.0"}),
        (
            "Parent",
            {"Parent": [{"lookupId": 2, "lookupValue": "Two", "isSecretFieldValue": False}], "Parent.": "2;#Two"},
            {"Parent": "", "Parent.": ""},
        ),
        (
            "Others",
            {
                "Others": [
                    {"lookupId": 1, "lookupValue": "One / two", "isSecretFieldValue": False},
                    {"lookupId": 2, "lookupValue": "Two", "isSecretFieldValue": False},
                ],
                "Others.": "1;#One / two;#2;#Two",
            },
            {"Others": "", "Others.": ""},
        ),
        (
            "Owner",
            {
                "Owner": [
                    {
                        "id": "7",
                        "title": "Ann <Field>",
                        "email": "ann@example.org",
                        "sip": "ann@example.org",
                        "picture": "",
                    }
                ],
                "Owner.id": "7",
                "Owner.title": "Ann <Field>",
                "Owner.email": "ann@example.org",
                "Owner.sip": "ann@example.org",
                "Owner.jobTitle": "Lead",
                "Owner.department": "Works",
                "Owner.picture": "",
            },
            {"Owner": "", "Owner.id": "", "Owner.title": "", "Owner.span": "", "Owner.email": ""},
        ),
        ("Team", {"Team.title": "", "Team.email": ""}, {"Team": "", "Team.id": "", "Team.span": ""}),
    ],
)
def test_a_value_is_shown_as_staff_see_it_with_the_plain_one_beside_it(
    emulator: Direct, name: str, shown: dict[str, Any], blank: dict[str, Any]
) -> None:
    first, second = rows(emulator, view(name))
    assert {key: first[key] for key in shown} == shown
    assert {key: second[key] for key in blank} == blank


def test_several_people_are_shown_one_by_one(emulator: Direct) -> None:
    row = rows(emulator, view("Team"))[0]
    assert [(one["id"], one["value"], one["title"]) for one in row["Team"]] == [
        ("7", "Ann <Field>", "Ann <Field>"),
        ("8", "Bob Marsh", "Bob Marsh"),
    ]
    assert row["Team.id"] == (
        "7;#Ann <Field>,#,#ann@example.org,#ann@example.org,#Ann <Field>,#,#;#"
        "8;#Bob Marsh,#,#bob@example.org,#bob@example.org,#Bob Marsh,#,#"
    )
    assert row["Team.span"].count("<div class='ms-vb'>") == 2
    assert "Ann &lt;Field&gt;</a>" in row["Team.span"]


@pytest.mark.parametrize(
    ("site", "shown"),
    [
        (LONDON, {"Score": "67,687", "Cost": "£1,234.50", "Due": "01/07/2026", "Seen": "01/12/2026 14:25"}),
        (PACIFIC, {"Score": "67,687", "Cost": "$1,234.50", "Due": "6/30/2026", "Seen": "12/1/2026 6:25 AM"}),
        (BERLIN, {"Score": "67.687", "Cost": "1.234,50 €", "Due": "01.07.2026", "Seen": "01.12.2026 15:25"}),
    ],
)
def test_numbers_and_dates_follow_the_sites_locale_and_zone(
    sites: dict[str, Direct], site: str, shown: dict[str, str]
) -> None:
    row = rows(sites[site], view(*shown))[0]
    assert {key: row[key] for key in shown} == shown
    assert row["Due."] == "2026-06-30T23:00:00Z"


def test_a_percentage_is_shown_as_one() -> None:
    emulator = Direct(document())
    about = "Type='Calculated' DisplayName='Share' ResultType='Number' Percentage='TRUE'"
    xml = f"<Field {about}><Formula>=1-0.5</Formula></Field>"
    emulator.post(f"{LIST}/Fields/CreateFieldAsXml", {"parameters": {"SchemaXml": xml}})
    found = emulator.site.list_titled("Projects")
    assert found is not None
    found.items[1].values["Share"] = "0.500000000000000"
    row = rows(emulator, view("Share"))[0]
    assert (row["Share"], row["Share.calculated"]) == ("50%", "float;#0.500000000000000")


def test_created_and_modified_by_are_people_too(emulator: Direct) -> None:
    row = rows(emulator, view("Editor", "Modified"))[0]
    assert row["Editor"][0]["title"] == "SharePoint App"
    assert (row["Modified"], row["Modified."]) == ("17/06/2026 10:30", "2026-06-17T09:30:00Z")


def test_a_view_without_columns_shows_the_lists_own(emulator: Direct) -> None:
    for xml in ("", "<View/>"):
        row = rows(emulator, xml)[0]
        assert [name for name in row if name in FULL] == list(FULL)
        assert "Created" not in row


def test_conditions_and_orders_of_the_view_hold(emulator: Direct) -> None:
    xml = "<View><Query><Where><IsNull><FieldRef Name='Status'/></IsNull></Where></Query></View>"
    assert [row["ID"] for row in rows(emulator, xml)] == ["2"]
    xml = "<View><Query><OrderBy><FieldRef Name='Title' Ascending='FALSE'/></OrderBy></Query></View>"
    assert [row["ID"] for row in rows(emulator, xml)] == ["2", "1"]


def test_pages_are_walked_by_the_link_and_end_without_one(emulator: Direct) -> None:
    plain, xml = "web/lists/GetByTitle('Plain list')", view("Title", limit='<RowLimit Paged="TRUE">20</RowLimit>')
    paging, seen, walked = "", [], []
    while True:
        page = json.loads(render(emulator, xml, plain, Paging=paging).text)
        seen += [int(row["ID"]) for row in page["Row"]]
        walked.append((page["FirstRow"], page["LastRow"], page["RowLimit"], page.get("NextHref")))
        if "NextHref" not in page:
            break
        paging = page["NextHref"][1:]
    assert seen == list(range(1, 46))
    view_id = "View=00000000-0000-0000-0000-000000000000"
    assert walked == [
        (1, 20, 20, f"?Paged=TRUE&p_ID=20&PageFirstRow=21&{view_id}"),
        (1, 20, 20, f"?Paged=TRUE&p_ID=40&PageFirstRow=21&{view_id}"),
        (1, 5, 20, None),
    ]
    past = json.loads(render(emulator, xml, plain, Paging="Paged=TRUE&p_ID=45").text)
    assert (past["Row"], past["FirstRow"], past["LastRow"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("xml", "count", "linked"),
    [
        ("", 30, True),
        ("<View><RowLimit Paged='TRUE'>44</RowLimit></View>", 44, True),
        ("<View><RowLimit Paged='TRUE'>45</RowLimit></View>", 45, False),
        ("<View><RowLimit>44</RowLimit></View>", 44, False),
        ("<View><RowLimit Paged='FALSE'>3</RowLimit></View>", 3, False),
    ],
)
def test_only_a_paged_view_with_more_rows_has_a_link(emulator: Direct, xml: str, count: int, linked: bool) -> None:
    page = render(emulator, xml, "web/lists/GetByTitle('Plain list')").json()
    assert (len(page["Row"]), "NextHref" in page) == (count, linked)


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"RenderOptions": 2}, 200),
        ({"RenderOptions": 0}, 200),
        ({"RenderOptions": None}, 200),
        ({"DatesInUtc": False}, 200),
        ({"AddRequiredFields": True}, 200),
        ({"OverrideViewXml": ""}, 200),
        ({"RenderOptions": 1}, 501),
        ({"RenderOptions": 4}, 501),
        ({"RenderOptions": 6}, 501),
        ({"RenderOptions": "2"}, 400),
        ({"RenderOptions": True}, 400),
        ({"MergeDefaultView": True}, 501),
        ({"OverrideViewXml": "<View/>"}, 501),
        ({"FolderServerRelativeUrl": "/sites/demo/Lists/Projects/Sub"}, 501),
        ({"Paging": "PagedPrev=TRUE&p_ID=3"}, 501),
        ({"Paging": 5}, 400),
        ({"Nope": 1}, 400),
        ({"ViewXml": "<View>"}, 500),
        ({"ViewXml": view("Nope")}, 500),
        ({"ViewXml": view("title")}, 500),
    ],
)
def test_parameters_are_read_strictly(emulator: Direct, parameters: dict[str, Any], status: int) -> None:
    answer = emulator.post(f"{LIST}/RenderListDataAsStream", {"parameters": parameters})
    assert answer.status_code == status, answer.text


def test_the_list_view_threshold_holds() -> None:
    emulator = Direct(document())
    emulator.world.limits = Limits(list_view_threshold=1)
    xml = "<View><Query><Where><Eq><FieldRef Name='Status'/><Value Type='Text'>Open</Value></Eq></Where></Query></View>"
    answer = render(emulator, xml)
    assert (answer.status_code, answer.json()["odata.error"]["code"].partition(",")[0]) == (500, "-2147024860")
    assert render(emulator, view("Title")).status_code == 200
