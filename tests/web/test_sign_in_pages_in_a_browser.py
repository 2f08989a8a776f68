"""The sign-in pages in a real browser: msal's own sign-in through them, by keyboard alone, readable by everybody."""

import queue
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import msal
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import STYLES, sideways, tab_to, violations
from tests.support.entra import RunningTenant, running_tenant


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningTenant]:
    # msal would listen on every address inside a container.
    monkeypatch.setattr("msal.oauth2cli.authcode._is_inside_docker", lambda: False)
    with running_tenant() as running:
        yield running


@pytest.fixture(params=STYLES)
def context(request: pytest.FixtureRequest, browser: Browser, tenant: RunningTenant) -> Iterator[BrowserContext]:
    # The browser of a test trusts no authority but its own; that TLS is good is the business of other tests.
    with browser.new_context(base_url=tenant.base_url, ignore_https_errors=True, **STYLES[request.param]) as opened:
        yield opened


def application(tenant: RunningTenant) -> msal.PublicClientApplication:
    return msal.PublicClientApplication(
        tenant.public_id, authority=tenant.authority, instance_discovery=False, http_client=tenant.session
    )


def check(page: Page) -> None:
    """Nothing that axe-core finds, and nothing that has to be scrolled for sideways."""
    assert violations(page) == []
    assert sideways(page) <= 0


def test_a_person_signs_in_by_keyboard_and_the_browser_takes_the_answer_back_to_msal(
    tenant: RunningTenant, context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.put(address) is None)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(application(tenant).acquire_token_interactive, [tenant.scope], timeout=60)
        page.goto(addresses.get(timeout=30))
        expect(page.get_by_role("heading", name="Sign in to Portfolio Sync (people)")).to_be_visible()
        check(page)
        tab_to(page, "Bo Marsh bo@example.org")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Authentication complete")).to_be_visible()
        answer = waiting.result(timeout=30)
    assert answer["id_token_claims"]["name"] == "Bo Marsh"
    assert not [text for text in said if "Content Security Policy" in text]


def test_a_devices_code_is_entered_by_keyboard(tenant: RunningTenant, context: BrowserContext) -> None:
    app = application(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    page = context.new_page()
    page.goto(flow["verification_uri"])
    check(page)
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No application waits for this code")
    check(page)
    page.keyboard.press("Control+A")
    page.keyboard.type(flow["user_code"].lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in to Portfolio Sync (people)")).to_be_visible()
    check(page)
    tab_to(page, "Ann Field ann@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You have signed in")).to_be_visible()
    check(page)
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert answer["id_token_claims"]["name"] == "Ann Field"


def test_a_page_that_says_what_is_wrong_is_readable_too(tenant: RunningTenant, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"/{tenant.domain}/oauth2/v2.0/authorize?client_id={tenant.public_id}&redirect_uri=https://evil.example")
    expect(page.get_by_text("AADSTS50011")).to_be_visible()
    check(page)
