"""The emulator's pages in a real browser: readable by everybody, usable by keyboard alone, and without any script."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from connectors.emulator.state.lists import WriteMode
from connectors.emulator.state.views import View
from tests.support.browser import DARK, LIGHT, NARROW, STYLES, focused, sideways, tab_to, violations
from tests.support.emulator import RunningEmulator, running_emulator
from tests.support.list_pages import LIST, SITE, VALUES, document

FORMATTED = f"{SITE}/Lists/Formatted"
EDIT, NEW = f"{LIST}/EditForm.aspx?ID=1", f"{LIST}/NewForm.aspx"
PAGES = {
    "sites": "/",
    "a site": SITE,
    "a list": LIST,
    "a list sorted": f"{LIST}?SortField=Due&SortDir=Desc",
    "a list's second page": f"{LIST}?Page=2",
    "an item": f"{LIST}/DispForm.aspx?ID=1",
    "an item just saved": f"{LIST}/DispForm.aspx?ID=1&done=saved",
    "a form": EDIT,
    "a form for a new item": NEW,
    "a question": f"{LIST}/Recycle.aspx?ID=1",
    "no item": f"{LIST}/DispForm.aspx?ID=999",
    "no list": f"{SITE}/Lists/None",
    "no site": "/sites/none",
    "an empty list": f"{SITE}/Lists/Empty",
    "a formatted list": FORMATTED,
    "a view with formatted rows": f"{FORMATTED}/Overdue.aspx",
    "a view that cannot be shown": f"{FORMATTED}/Grouped.aspx",
}
SURFACES = [
    *(f"sp-field-severity--{name}" for name in ("good", "low", "warning", "severeWarning", "blocked")),
    *(f"sp-css-backgroundColor-{name}" for name in ("BgLightGray", "BgLilac", "BgMintGreen", "BgGold", "BgCoral")),
    "ms-bgColor-themeLight", "",
]  # fmt: skip
INKS = [
    *(f"ms-fontColor-{name}" for name in ("neutralSecondary", "neutralTertiary", "black", "red", "themePrimary")),
    *(f"sp-css-color-{name}" for name in ("GreenFont", "GoldFont", "CoralFont", "LilacFont", "PeachFont")),
    "sp-field-trending--up", "sp-field-trending--down", "",
]  # fmt: skip


def formatted(text: str, classes: str, icon: str = "", **style: str) -> dict[str, Any]:
    return {"elmType": "div", "txtContent": text, "attributes": {"class": classes, "iconName": icon}, "style": style}


def formatted_list() -> dict[str, Any]:
    """A list with a due date, and with every ink on every surface that formatters may call for."""
    overdue = "addDays(@currentField, 1) <= @now"
    due = formatted("=@currentField.displayValue", f"=if({overdue}, 'sp-field-severity--severeWarning', '')")
    due["attributes"]["iconName"] = f"=if({overdue}, 'Warning', 'Clock')"
    palette = {
        "elmType": "div",
        "children": [formatted("Words", f"{surface} {ink}", "Info") for surface in SURFACES for ink in INKS],
    }
    columns = [
        ("Due", "DateTime", due),
        ("Palette", "Text", palette),
        ("Styled", "Text", formatted("@currentField", "", padding="7px")),
        ("Broken", "Text", {"elmType": "script"}),
    ]
    fields = [
        {"name": name, "type": kind, "custom_formatter": json.dumps(formatter), "description": f"What {name} says."}
        for name, kind, formatter in columns
    ]
    for each in fields[:1]:
        each["date_only"] = True  # type: ignore[assignment]
    rows = [
        {"Title": day, "Due": f"2026-06-{day}", "Palette": "x", "Styled": "x", "Broken": "x"}
        for day in ("16", "17", "18")
    ]
    return {
        "title": "Formatted",
        "url": "Lists/Formatted",
        "fields": fields,
        "items": [{"values": values} for values in rows],
    }


def with_views(owner: Any) -> None:
    """Two views beside the one that the list came with."""
    past = '<Where><Lt><FieldRef Name="Due" /><Value Type="DateTime"><Today /></Value></Lt></Where>'
    rows = json.dumps({"additionalRowClass": "sp-field-severity--blocked"})
    columns = ["LinkTitle", "Due", "Broken"]
    owner.views.append(View("1" * 8, "Overdue", "Overdue.aspx", columns, past, custom_formatter=rows))
    owner.views.append(View("2" * 8, "Grouped", "Grouped.aspx", columns, "<GroupBy />"))


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    rows: list[dict[str, Any]] = [{"Title": f"Item {number}", "Ref": f"R{number}"} for number in range(40)]
    world = document(VALUES, *rows)
    world["sites"][0]["lists"] += [{"title": "Empty", "url": "Lists/Empty"}, formatted_list()]
    with running_emulator(world) as running:
        with_views(running.world.site(SITE).list_titled("Formatted"))
        yield running


@pytest.fixture
def page(browser: Browser, emulator: RunningEmulator) -> Iterator[Page]:
    """A page in the light scheme at the width of a desk."""
    with browser.new_context(base_url=emulator.base_url, **LIGHT) as context:
        yield context.new_page()


def item(emulator: RunningEmulator) -> Any:
    owner = emulator.world.site(SITE).list_titled("Everything")
    assert owner is not None
    return owner.item(1)


def edited_meanwhile(emulator: RunningEmulator) -> None:
    owner, held = emulator.world.site(SITE).list_titled("Everything"), item(emulator)
    assert owner is not None
    with emulator.service.lock:
        owner.update(held, {"State": "Shut", "Title": "Another title"}, WriteMode.UPDATE, owner.site.app)


# Readable by everybody


@pytest.mark.parametrize("style", STYLES)
def test_axe_finds_nothing_wrong_and_no_page_scrolls_sideways(
    browser: Browser, emulator: RunningEmulator, style: str
) -> None:
    wrong: dict[str, object] = {}
    with browser.new_context(base_url=emulator.base_url, **STYLES[style]) as context:
        page = context.new_page()
        for name, address in PAGES.items():
            page.goto(address)
            found = violations(page)
            if found or sideways(page) > 0:
                wrong[name] = (found, sideways(page))
            assert page.locator("h1").count() == 1, name
            assert page.locator("main").count() == 1, name
    assert wrong == {}


@pytest.mark.parametrize("style", STYLES)
def test_axe_finds_nothing_wrong_where_something_is(browser: Browser, emulator: RunningEmulator, style: str) -> None:
    with browser.new_context(base_url=emulator.base_url, **STYLES[style]) as context:
        page = context.new_page()
        page.goto(EDIT)
        page.get_by_label("Title").fill("")
        page.get_by_label("Address").fill("https:nowhere")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="There is a problem: nothing was saved")).to_be_visible()
        assert page.title().startswith("Error: ")
        assert (violations(page), sideways(page)) == ([], 0)
        page.goto(EDIT)
        page.get_by_label("State").select_option("Open")
        page.get_by_label("Title").fill("My title")
        edited_meanwhile(emulator)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="This item changed while you were editing")).to_be_visible()
        assert (violations(page), sideways(page)) == ([], 0)


@pytest.mark.parametrize("style", [LIGHT, DARK, NARROW], ids=list(STYLES))
def test_axe_would_find_what_is_wrong(browser: Browser, emulator: RunningEmulator, style: dict[str, Any]) -> None:
    """The check itself is checked: a label taken away and a pale text are both seen."""
    with browser.new_context(base_url=emulator.base_url, **style) as context:
        page = context.new_page()
        page.goto(EDIT)
        page.evaluate("document.querySelector('label[for=f-Title]').remove()")
        page.evaluate("document.querySelector('h1').style.color = 'rgb(128, 128, 128, .6)'")
        assert {found.partition(":")[0] for found in violations(page)} == {"label", "color-contrast"}


def test_the_two_schemes_differ_and_the_table_keeps_its_titles_in_sight(
    browser: Browser, emulator: RunningEmulator
) -> None:
    colours = []
    for style in (LIGHT, DARK):
        with browser.new_context(base_url=emulator.base_url, **style) as context:
            page = context.new_page()
            page.goto(LIST)
            colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            page.get_by_role("region", name="Items 1 to 30 of 41").evaluate("region => { region.scrollLeft = 2000 }")
            title, edge = page.get_by_role("rowheader").first.bounding_box(), page.locator(".scroll").bounding_box()
            assert title is not None
            assert edge is not None
            assert abs(title["x"] - edge["x"]) < 3
    assert colours[0] != colours[1]


def test_a_formatted_date_says_in_words_and_a_picture_what_its_colour_says(page: Page) -> None:
    page.goto(FORMATTED)
    cells = page.locator("td.formatted").filter(has_text="June 2026")
    expect(cells).to_have_text(["16 June 2026", "17 June 2026", "18 June 2026"])
    drawn = [cells.nth(row).locator("svg path").get_attribute("d") for row in range(3)]
    assert drawn[0] != drawn[1] == drawn[2]
    views = page.get_by_role("navigation", name="Views")
    expect(views.get_by_role("link")).to_have_text(["All Items", "Overdue", "Grouped"])
    views.get_by_role("link", name="Overdue").click()
    expect(views.locator("[aria-current=page]")).to_have_text("Overdue")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("columnheader", name="Due")).to_have_attribute("title", "What Due says.")


# By keyboard alone


def test_a_due_date_is_changed_by_keyboard_alone_with_scripts_off(browser: Browser, emulator: RunningEmulator) -> None:
    with browser.new_context(base_url=emulator.base_url, java_script_enabled=False, **LIGHT) as context:
        page = context.new_page()
        page.goto(SITE)
        tab_to(page, "Everything")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Everything")).to_be_visible()
        tab_to(page, "Edit Library app")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Edit “Library app”")).to_be_visible()
        tab_to(page, "Due date")
        page.keyboard.type("05052026")  # the same day in every order of day and month
        tab_to(page, "Save")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Your change was saved.")
        expect(page.get_by_text("5 May 2026", exact=True).first).to_be_visible()
    assert item(emulator).values["Due"].isoformat() == "2026-05-04T23:00:00+00:00"
    assert item(emulator).editor == 7


def test_the_first_tab_leads_past_the_head_of_the_page(page: Page) -> None:
    page.goto(LIST)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "New item"


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
def test_whatever_has_the_focus_shows_it(browser: Browser, emulator: RunningEmulator, style: dict[str, Any]) -> None:
    with browser.new_context(base_url=emulator.base_url, **style) as context:
        page = context.new_page()
        for address in (LIST, EDIT):
            page.goto(address)
            stops = 0
            while stops < 40:
                page.keyboard.press("Tab")
                shown = page.evaluate(
                    "() => { const s = getComputedStyle(document.activeElement);"
                    " return [document.activeElement.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]; }"
                )
                if shown[0] == "BODY":
                    break
                assert shown[1:] == ["solid", 3], (address, stops, shown)
                stops += 1
            assert stops > 15


def test_a_link_of_the_error_summary_leads_to_its_field(page: Page) -> None:
    page.goto(EDIT)
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save").click()
    tab_to(page, "Enter Title; it is required.")
    page.keyboard.press("Enter")
    assert focused(page) == "Title"
    described = page.get_by_label("Title")
    expect(described).to_have_attribute("aria-invalid", "true")
    expect(described).to_have_accessible_description("Error: Enter Title; it is required.")


def test_a_wide_table_scrolls_by_the_arrow_keys(page: Page) -> None:
    page.goto(LIST)
    region = page.get_by_role("region", name="Items 1 to 30 of 41")
    region.focus()
    expect(region).to_be_focused()
    # A browser with much to do may still be laying the page out when the first key comes.
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(100)
        if region.evaluate("region => region.scrollLeft") > 0:
            return
    pytest.fail("the table did not scroll")


def test_the_person_is_chosen_by_keyboard_and_remembered(page: Page, emulator: RunningEmulator) -> None:
    page.goto(LIST)
    tab_to(page, "You are")
    page.keyboard.type("Cem")
    tab_to(page, "Change person")
    page.keyboard.press("Enter")
    expect(page.get_by_label("You are").locator("option:checked")).to_have_text("Cem Öz")
    page.goto(EDIT)
    page.get_by_label("Weight").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Your change was saved.")
    assert item(emulator).editor == 9
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


# As real browsers do


def test_the_browser_stops_what_is_no_date_before_it_becomes_blank(page: Page, emulator: RunningEmulator) -> None:
    page.goto(EDIT)
    page.get_by_label("Due date").focus()
    page.keyboard.press("Backspace")  # the date is half there now
    page.get_by_role("button", name="Save").click()
    assert page.url.endswith(EDIT)
    assert item(emulator).version == 1


def test_a_page_of_somebody_else_cannot_save_here(browser: Browser, emulator: RunningEmulator) -> None:
    """A foreign page sends our form by script; the browser says where it comes from, and nothing is saved."""
    target = f"{emulator.base_url}{EDIT}"
    with running_emulator(document()) as foreign, browser.new_context(**LIGHT) as context:
        page = context.new_page()
        page.goto(f"{target}")
        page.route(
            f"{foreign.base_url}/attack",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f"<form method=post action='{target}'><input name=etag value='&quot;1&quot;'>"
                "<input name=was value='{&quot;Weight&quot;:[]}'><input name=f-Weight value=99></form>"
                "<script>document.forms[0].submit()</script>",
            ),
        )
        page.goto(f"{foreign.base_url}/attack")
        expect(page.get_by_text("was sent by another page than one of this server's")).to_be_visible()
    assert item(emulator).version == 1


def test_nothing_is_asked_of_any_other_host_and_nothing_is_refused_by_the_policy(
    page: Page, emulator: RunningEmulator
) -> None:
    asked: list[Request] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("console", lambda message: said.append(message.text))
    for address in (SITE, LIST, EDIT, FORMATTED):
        page.goto(address)
    padding = (
        page.get_by_role("cell", name="x", exact=True).first.locator("div").evaluate("e => getComputedStyle(e).padding")
    )
    assert padding == "7px", "the policy lets the page's own style sheet through"
    assert {request.url.split("/_layouts")[0].split("/sites")[0] for request in asked} == {emulator.base_url}
    assert {request.resource_type for request in asked} == {"document", "stylesheet"}
    assert said == []


def test_hostile_text_runs_nothing(browser: Browser) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    values = {**VALUES, "Title": hostile, "Notes": hostile, "News": hostile, "Colour": hostile}
    with running_emulator(document(values)) as running, browser.new_context(base_url=running.base_url) as context:
        page = context.new_page()
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
        for address in (LIST, f"{LIST}/DispForm.aspx?ID=1", EDIT):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.locator("script, img").count() == 0
