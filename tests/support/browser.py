"""Debian's Chromium, driven by Playwright: nothing is downloaded, and nothing but loopback is spoken to."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM_VARIABLE = "PORTFOLIO_SYNC_TEST_CHROMIUM"
_ARGUMENTS = (
    "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LIGHT: dict[str, Any] = {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}}
DARK: dict[str, Any] = LIGHT | {"color_scheme": "dark"}
NARROW: dict[str, Any] = {"color_scheme": "light", "viewport": {"width": 320, "height": 640}}
STYLES = {"light": LIGHT, "dark": DARK, "320 px": NARROW}


def chromium() -> str | None:
    """Where the browser is: as the environment says, else where Debian puts it; None where there is none."""
    return os.environ.get(CHROMIUM_VARIABLE) or shutil.which("chromium")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser of its own, until the block ends. Skips the test that asks where there is none."""
    program = chromium()
    if program is None:
        pytest.skip(
            "the suite of the pages in a browser (tests/web): there is no chromium here, and "
            f"{CHROMIUM_VARIABLE} names none; the pages were tested without a browser only"
        )
    # Chromium refuses its sandbox to root, and tests often run as root where everything is thrown away afterwards.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*_ARGUMENTS, "--no-sandbox"] if root else list(_ARGUMENTS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page: the rule, and the first place that breaks it."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']} ({each['nodes'][0]['failureSummary']})" for each in found]


def sideways(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def tab_to(page: Page, name: str, *, most: int = 200) -> None:
    """Press Tab until what has this accessible name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"{most} times Tab did not lead to {name!r}; it led to {focused(page)!r} last")


def focused(page: Page) -> str:
    """What has the focus, by its label or its text."""
    return str(page.evaluate(_FOCUSED))


_FOCUSED = """() => {
    const element = document.activeElement;
    const label = element.labels && element.labels[0];
    const text = label ? label.textContent : element.textContent;
    return text.replace(/\\s+/g, ' ').replace(' (required)', '').trim();
}"""
