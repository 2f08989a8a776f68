"""The kept demo as a newcomer sees it: the list before an edit, after it, and after the reconciliation."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import LIGHT, violations
from tests.support.demo import Demo, kept_demo

WIDE = LIGHT | {"viewport": {"width": 2200, "height": 800}}


def shown(page: Page, demo: Demo, title: str, picture: Path) -> str:
    """What the Overdue column says of an item now; the page as it is then is kept as a picture."""
    page.goto(demo.page)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=title))
    heads = page.get_by_role("columnheader").all_inner_texts()
    (at,) = [place for place, text in enumerate(heads) if text.partition(",")[0].strip() == "Overdue"]
    cell = row.get_by_role("cell").nth(at - 1)
    cell.scroll_into_view_if_needed()
    page.screenshot(path=picture)
    return cell.inner_text()


def test_a_newcomer_changes_a_date_reconciles_and_sees_the_flag_move(browser: Browser, tmp_path: Path) -> None:
    with kept_demo(tmp_path) as demo, browser.new_context(**WIDE) as context:
        title = demo.told(r"Edit “(.*)”")
        page = context.new_page()
        pictures = [tmp_path / f"{number}-{name}.png" for number, name in enumerate(("before", "edited", "reconciled"))]
        said = [shown(page, demo, title, pictures[0])]
        page.get_by_role("link", name=f"Edit {title}").click()
        page.get_by_label("Target date").fill("2026-06-03")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status")).to_have_text("Your change was saved.")
        said.append(shown(page, demo, title, pictures[1]))
        assert demo.reconcile().code == 0
        said.append(shown(page, demo, title, pictures[2]))
        assert violations(page) == []
    print(f"pictures of the list are in {tmp_path}")  # noqa: T201 - so that a person can look at them
    assert said == ["On time", "On time", "Overdue"]
    contents = [picture.read_bytes() for picture in pictures]
    assert all(content.startswith(b"\x89PNG") for content in contents)
    assert len(set(contents)) == 3
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sites/digital-strategy/Lists/\S+", demo.page)
