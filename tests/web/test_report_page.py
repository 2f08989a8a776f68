"""A paper in a real browser: readable by everybody in both schemes, on a narrow screen, by keyboard, and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from sync.report.html import render_html
from tests.support.browser import DARK, LIGHT, NARROW, STYLES, focused, sideways, tab_to, violations
from tests.support.example_paper import HOSTILE, example


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the file, opened as staff open it: from a folder."""
    path: Path = tmp_path_factory.mktemp("paper") / "paper.html"
    path.write_text(render_html(example(portfolio=HOSTILE)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, paper: str) -> Iterator[Page]:
    with browser.new_context(**LIGHT) as context:
        page = context.new_page()
        page.goto(paper)
        yield page


def colours(page: Page, selector: str) -> tuple[str, str]:
    """What an element's ground and ink are."""
    ground, ink = page.eval_on_selector(
        selector, "element => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]"
    )
    return ground, ink


@pytest.mark.parametrize("style", STYLES)
def test_axe_finds_nothing_wrong_and_the_page_does_not_scroll_sideways(
    browser: Browser, paper: str, style: str, tmp_path: Path
) -> None:
    with browser.new_context(**STYLES[style]) as context:
        page = context.new_page()
        page.goto(paper)
        page.screenshot(path=tmp_path / "paper.png", full_page=True)
        print(f"a picture of the paper is in {tmp_path}")  # noqa: T201 - so that a person can look at it
        assert (violations(page), sideways(page)) == ([], 0)


def test_axe_finds_nothing_wrong_with_what_is_printed(page: Page) -> None:
    page.emulate_media(media="print")
    assert violations(page) == []


def test_nothing_is_asked_for_and_nothing_is_refused(browser: Browser, paper: str) -> None:
    asked: list[str] = []
    told: list[str] = []
    with browser.new_context(**LIGHT) as context:
        page = context.new_page()

        def note(request: Request) -> None:
            asked.append(request.url)

        page.on("request", note)
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(paper)
        page.wait_for_load_state("load")
    assert asked == [paper]
    assert told == []  # its policy refuses nothing of its own


def test_it_is_the_same_without_scripts(browser: Browser, paper: str, page: Page) -> None:
    with browser.new_context(**LIGHT, java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(paper)
        assert plain.inner_text("main") == page.inner_text("main")


def test_its_style_is_applied_in_both_schemes(browser: Browser, paper: str, page: Page) -> None:
    with browser.new_context(**DARK) as context:
        dark = context.new_page()
        dark.goto(paper)
        assert colours(dark, "html") == ("rgb(22, 25, 29)", "rgb(236, 236, 236)")
        fills = [each.eval_on_selector(".c-good", "shape => getComputedStyle(shape).fill") for each in (dark, page)]
        assert len(set(fills)) == 2
        dark.emulate_media(media="print")
        assert colours(dark, "html") == colours(page, "html") == ("rgb(255, 255, 255)", "rgb(26, 26, 26)")


def test_the_keyboard_leads_past_the_contents_into_the_report(page: Page) -> None:
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    tab_to(page, "projects that need a decision")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#decide"


def test_a_wide_table_scrolls_by_keyboard_on_a_narrow_screen(browser: Browser, paper: str) -> None:
    with browser.new_context(**NARROW) as context:
        page = context.new_page()
        page.goto(paper)
        region = page.get_by_role("region", name="Table 2: Projects that read worse than reported")
        region.focus()
        assert region.evaluate("element => element.scrollWidth > element.clientWidth")
        page.keyboard.press("ArrowRight")
        # It scrolls softly, so look at every frame.
        assert region.evaluate(
            "element => new Promise(done => {"
            " const look = () => element.scrollLeft > 0 ? done(true) : requestAnimationFrame(look); look(); })"
        )


def test_a_screen_reader_hears_each_chart_once_and_finds_its_numbers(page: Page) -> None:
    charts = page.get_by_role("img")
    assert charts.count() == 4
    assert page.get_by_role("img", name="Open risks by likelihood and impact").count() == 1
    assert page.get_by_role("table").count() == 6
    assert page.get_by_role("rowheader", name="Almost certain").count() == 1
    page.get_by_text("The numbers of Figure 3").click()
    assert page.get_by_role("rowheader", name="Almost certain").count() == 0


def test_states_are_told_apart_in_grey(page: Page) -> None:
    """Each state has a sign of its own beside its words, whatever its colour is."""
    badges = page.locator(".badge").all_inner_texts()
    signs = {text.split(maxsplit=1)[1]: text.split(maxsplit=1)[0] for text in badges}
    assert signs == {"At risk": "▲", "On track": "✓", "Off track": "■", "In progress": "◆", "On hold": "○"}


def test_it_prints_on_a4_with_every_board_on_a_page_of_its_own(page: Page) -> None:
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    boxes = {box for box in printed.split(b"/MediaBox ")[1:] for box in [box.partition(b"]")[0]]}
    (box,) = boxes
    wide, high = (float(each) for each in box.strip(b"[ ").split()[2:])
    assert (round(wide), round(high)) == (595, 842)
    page.emulate_media(media="print")
    assert page.eval_on_selector("#decide", "section => getComputedStyle(section).breakBefore") == "page"
    assert page.locator(".skip").is_hidden()
    assert page.eval_on_selector("thead", "head => getComputedStyle(head).display") == "table-header-group"
