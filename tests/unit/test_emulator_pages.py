"""What a browser sees: sites, lists and items, in words that a person reads and nothing that a page could run."""

from typing import Any

import pytest

from connectors.emulator.state.lists import WriteMode
from tests.support.emulator import Direct
from tests.support.list_pages import FIELDS, LIST, SITE, VALUES, Desk, document

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def numbered(count: int) -> Desk:
    rows = [
        {"Title": f"Item {number:03}", "Ref": f"R{number:03}", "Weight": number % 7} for number in range(1, 1 + count)
    ]
    return Desk(document(*rows))


def only(**values: Any) -> Desk:
    return Desk(document({"Title": "One", "Ref": "R", **values}))


# Where what is


@pytest.mark.parametrize(
    "address",
    [SITE, f"{SITE}/", "/SITES/PMO", f"{SITE}/SitePages/Home.aspx", f"{SITE}/_layouts/15/viewlsts.aspx"],
)
def test_a_site_lists_its_lists_with_counts_and_the_last_change(address: str) -> None:
    desk = Desk()
    desk.clock.advance(days=1)
    page = desk.visitor.get(address)
    assert page.status == 200
    assert page.rows == [
        ["List", "Items", "Last change", "Description"],
        ["Everything", "1", "17 June 2026, 10:30", "One of each."],
        ["Programmes", "2", "17 June 2026, 10:30", ""],
    ]
    assert page.links["Everything"] == f"{LIST}/AllItems.aspx"


def test_the_root_lists_every_site() -> None:
    page = Desk().visitor.get("/")
    assert page.links["Portfolio office"] == SITE
    assert "/sites/pmo, 2 lists" in page.words


@pytest.mark.parametrize("address", [LIST, f"{LIST}/", f"{LIST}/AllItems.aspx", LIST.lower() + "/allitems.aspx"])
def test_a_list_is_a_table_in_the_words_of_the_united_kingdom(address: str) -> None:
    page = Desk().visitor.get(address)
    head, row = page.rows
    shown = dict(zip([text.removesuffix(", sort") for text in head], row, strict=True))
    assert shown == {
        "Title": "Library app",
        "Edit": "Edit Library app",
        "Ref": "P-1",
        "Notes": "First line second & <b>line</b>",
        "News": "Nine of fourteen homes.",
        "Weight": "0.25",
        "Budget": "£640,000.00",
        "Public": "Yes",
        "Due date": "1 July 2026",
        "Meeting": "1 July 2026, 09:30",
        "State": "Open",
        "Colour": "Teal",
        "Themes": "Roads; Homes",
        "Tags": "New; Odd",
        "Lead": "Ben Ng",
        "Team": "Cem Öz; Ann Lee",
        "Programme": "Digital",
        "Related": "Places; Digital",
        "Paper": "The paper",
        "Score": "20",
        "Locked": "Kept",
        "Modified": "17 June 2026, 10:30",
        "Modified By": "SharePoint App",
    }
    assert "Not for eyes" not in page.text, "a hidden column is not shown"


def test_what_is_blank_is_an_empty_cell() -> None:
    desk = only()
    shown = dict(zip(desk.visitor.get(LIST).rows[0], desk.visitor.get(LIST).rows[1], strict=True))
    assert {text for heading, text in shown.items() if heading.partition(",")[0] in {f["name"] for f in FIELDS}} == {
        "",
        "R",
    }


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("Due", "2026-06-30T23:00:00Z", "1 July 2026"),
        ("Due", "2026-07-01T00:00:00Z", "1 July 2026"),
        ("Due", "2026-01-01T00:00:00Z", "1 January 2026"),
        ("Meeting", "2026-01-01T00:00:00Z", "1 January 2026, 00:00"),
        ("Weight", 1234567.5, "1,234,567.5"),
        ("Weight", -3, "-3"),
        ("Weight", 0, "0"),
        ("Budget", 12.5, "£12.50"),
        ("Budget", -1200, "-£1,200.00"),
        ("Public", False, "No"),
        ("Score", 3.5, "3.5"),
    ],
)
def test_dates_numbers_and_answers_are_written_as_people_write_them(column: str, value: Any, shown: str) -> None:
    page = only(**{column: value}).visitor.get(LIST)
    assert page.column({"Due": "Due date"}.get(column, column)) == [shown]


@pytest.mark.parametrize(
    ("locale", "weight", "budget"),
    [(2057, "1,234.5", "£640,000.00"), (1033, "1,234.5", "$640,000.00"), (1031, "1.234,5", "640.000,00 €")],
)
def test_numbers_are_written_as_the_site_writes_them_in_its_rendered_rows(
    locale: int, weight: str, budget: str
) -> None:
    world = document({"Ref": "R", "Weight": 1234.5, "Budget": 640000})
    world["sites"][0]["locale"] = locale
    desk = Desk(world)
    page = desk.visitor.get(LIST)
    body = {"parameters": {"ViewXml": ""}}
    answer = Direct(desk.service, SITE).post("web/lists/GetByTitle('Everything')/RenderListDataAsStream", body)
    (rendered,) = answer.json()["Row"]
    assert page.column("Weight") == [rendered["Weight"]] == [weight]
    assert page.column("Budget") == [rendered["Budget"]] == [budget]


def test_a_lookup_whose_item_is_gone_says_so() -> None:
    desk = only(Programme="Digital", Lead="ben@example.org")
    programmes = desk.site.list_titled("Programmes")
    assert programmes is not None
    programmes.delete(programmes.item(1))
    assert desk.visitor.get(LIST).column("Programme") == ["Missing item 1"]


# Sorting and paging


def test_a_column_sorts_up_then_down_and_blanks_come_first() -> None:
    rows = [{"Title": str(each), "Ref": f"R{each}", "Weight": each} for each in (10, 9, 100)]
    desk = Desk(document(*rows, {"Title": "blank", "Ref": "R0"}))
    page = desk.visitor.get(LIST)
    for expected, said in ((["", "9", "10", "100"], "ascending"), (["100", "10", "9", ""], "descending")):
        name = next(text for text in page.links if text.startswith("Weight"))
        page = desk.visitor.get(page.links[name])
        assert page.column("Weight") == expected
        assert page.text.count(f'aria-sort="{said}"') == page.text.count("aria-sort=") == 1


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Lead", ["Ann Lee", "Ben Ng", "Cem Öz"]),
        ("Title", ["apple", "Banana", "cherry"]),
        ("Due", ["3 May 2026", "1 July 2026", "2 June 2027"]),
        ("Score", ["2", "9", "10"]),
    ],
)
def test_sorting_is_by_what_the_values_mean(column: str, expected: list[str]) -> None:
    desk = Desk(
        document(
            {"Title": "Banana", "Ref": "1", "Lead": "cem@example.org", "Due": "2027-06-02", "Score": 10},
            {"Title": "apple", "Ref": "2", "Lead": "ann@example.org", "Due": "2026-07-01", "Score": 9},
            {"Title": "cherry", "Ref": "3", "Lead": "ben@example.org", "Due": "2026-05-03", "Score": 2},
        )
    )
    page = desk.visitor.get(f"{LIST}?SortField={column}&SortDir=Asc")
    assert page.column({"Due": "Due date"}.get(column, column)) == expected


def test_pages_follow_one_another_and_keep_the_order_and_the_size() -> None:
    desk = numbered(250)
    first = desk.visitor.get(f"{LIST}?SortField=Title&SortDir=Desc")
    assert first.column("Title")[:1] + first.column("Title")[-1:] == ["Item 250", "Item 221"]
    assert "Items 1 to 30 of 250" in first.words
    second = desk.visitor.get(first.links["Next page"])
    assert (second.column("Title")[0], second.column("Title")[-1]) == ("Item 220", "Item 191")
    assert "Page 2 of 9" in second.words
    large = desk.visitor.get(second.links["100 items a page"])
    third = desk.visitor.get(desk.visitor.get(large.links["Next page"]).links["Next page"])
    assert (len(third.column("Title")), third.column("Title")[-1]) == (50, "Item 001")
    assert "Next page" not in third.links


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("Page=2", "Page 2 of 2"),
        ("Page=99", "Page 2 of 2"),
        ("Page=0", "Page 1 of 2"),
        ("Page=-1", "Page 1 of 2"),
        ("Page=x", "Page 1 of 2"),
        ("Page=" + "9" * 5000, "Page 1 of 2"),
        ("RowLimit=7", "Page 1 of 2"),
    ],
)
def test_a_page_that_is_not_there_is_one_that_is(asked: str, shown: str) -> None:
    page = numbered(31).visitor.get(f"{LIST}?{asked}")
    assert page.status == 200
    assert shown in page.words


@pytest.mark.parametrize("asked", ["SortField=Notes", "SortField=Secret", "SortField=None", "SortField=%00&SortDir=x"])
def test_a_column_that_cannot_be_sorted_by_leaves_the_rows_by_number(asked: str) -> None:
    page = numbered(3).visitor.get(f"{LIST}?{asked}")
    assert page.column("Title") == ["Item 001", "Item 002", "Item 003"]
    assert "aria-sort" not in page.text


def test_a_list_without_items_says_so() -> None:
    desk = only()
    desk.list.delete(desk.item())
    page = desk.visitor.get(LIST)
    assert "This list has no items yet." in page.words
    assert "table" not in page.tags


# One item


def test_an_item_shows_every_visible_column_and_what_each_version_changed() -> None:
    desk = Desk()
    ann, ben = (desk.site.find_user(f"{name}@example.org") for name in ("ann", "ben"))
    assert ann is not None
    assert ben is not None
    desk.clock.advance(days=1)
    desk.list.update(desk.item(), {"State": "Shut", "Weight": None}, WriteMode.UPDATE, ann)
    desk.clock.advance(days=1)
    desk.list.update(desk.item(), {"Title": "Library"}, WriteMode.UPDATE, ben)
    page = desk.visitor.get(f"{LIST}/DispForm.aspx?ID=1")
    assert page.rows == [
        ["Version", "When", "By", "What it changed"],
        ["3.0", "19 June 2026, 10:30", "Ben Ng", "Title: Library app → became Library"],
        ["2.0", "18 June 2026, 10:30", "Ann Lee", "Weight: 0.25 → became blank State: Open → became Shut"],
        ["1.0", "17 June 2026, 10:30", "SharePoint App", "The first version that is kept"],
    ]
    for said in ("Locked Kept", "Score 20", "Weight Blank", "Created By SharePoint App", "Modified By Ben Ng"):
        assert said in page.words
    assert "Not for eyes" not in page.text


@pytest.mark.parametrize("number", ["", "0", "2", "x", "-1", "1.0", "9" * 5000, "²"])
@pytest.mark.parametrize("form", ["DispForm", "EditForm", "Recycle"])
def test_an_item_that_is_not_there_is_a_404_in_words(form: str, number: str) -> None:
    page = Desk().visitor.get(f"{LIST}/{form}.aspx?ID={number}")
    assert page.status == 404
    assert "There is no such item in this list." in page.words


def test_a_list_that_is_not_there_is_a_404_that_names_the_site() -> None:
    page = Desk().visitor.get(f"{SITE}/Lists/Nothing/AllItems.aspx")
    assert page.status == 404
    assert "Portfolio office has no list at this address." in page.words


# What may do harm


@pytest.mark.parametrize("column", ["Title", "Ref", "Notes", "News", "Colour"])
def test_text_of_an_item_is_never_markup_of_a_page(column: str) -> None:
    rows = {"Title": "One", "Ref": "R", column: HOSTILE[:20] if column == "Ref" else HOSTILE}
    desk = Desk(document(rows))
    for address in (LIST, *(f"{LIST}/{form}.aspx?ID=1" for form in ("DispForm", "EditForm", "Recycle"))):
        page = desk.visitor.get(address)
        assert page.status == 200
        assert not {"script", "img", "iframe", "object"} & set(page.tags)
        assert "onerror=alert" not in page.text.replace("&#34;&#39;&gt;&lt;img src=x onerror=alert", "")


def test_names_of_lists_columns_and_people_are_text_too() -> None:
    world = document()
    site = world["sites"][0]
    site["title"] = site["lists"][1]["title"] = site["users"][0]["name"] = HOSTILE
    site["lists"][1]["fields"][1]["title"] = site["lists"][1]["fields"][1]["description"] = HOSTILE
    desk = Desk(world)
    for address in (
        "/",
        SITE,
        LIST,
        f"{LIST}/DispForm.aspx?ID=1",
        f"{LIST}/EditForm.aspx?ID=1",
        f"{LIST}/NewForm.aspx",
    ):
        page = desk.visitor.get(address)
        assert page.status == 200
        assert not {"script", "img"} & set(page.tags), address


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https://[", False),
        ("/sites/pmo", False),
    ],
)
def test_a_hyperlink_leads_only_to_the_web(url: str, linked: bool) -> None:
    desk = only(Paper={"url": url, "description": "Here"})
    for address in (LIST, f"{LIST}/DispForm.aspx?ID=1"):
        page = desk.visitor.get(address)
        assert "Here" in page.words
        assert page.links.get("Here") == (url.strip() if linked else None)


def test_no_page_carries_a_script_a_style_or_a_frame_and_each_may_do_next_to_nothing() -> None:
    desk = Desk()
    forms = [f"{LIST}/{form}.aspx?ID=1" for form in ("AllItems", "DispForm", "EditForm", "NewForm", "Recycle")]
    for address in ("/", SITE, *forms, f"{SITE}/Lists/None", "/_layouts/15/pages.css"):
        page = desk.visitor.get(address)
        assert not {"script", "style", "iframe", "object", "embed"} & set(page.tags)
        assert " style=" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"


def test_looking_changes_nothing() -> None:
    desk = Desk()
    before = (desk.list.version, desk.item().version, len(desk.list.log.entries), desk.service.history.digest())
    for form in ("AllItems", "DispForm", "EditForm", "NewForm", "Recycle"):
        assert desk.visitor.get(f"{LIST}/{form}.aspx?ID=1").status == 200
    after = (desk.list.version, desk.item().version, len(desk.list.log.entries), desk.service.history.digest())
    assert after == before
    assert VALUES["Ref"] == desk.item().values["Ref"]
