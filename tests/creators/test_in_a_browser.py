"""The page in a real Chromium: on a small phone, without scripts, by keyboard alone."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from search.permissions.form_answers import confirm_form
from search.permissions.keeping import Permissions
from search.stores.base import Store
from search.vocabulary import Permission
from tests.creators.visiting import NOW, PNG, POST, asked, config, serving
from tests.requiring import browser as require_browser
from tests.stores.conftest import store

__all__ = ["store"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("store", ["embedded"], indirect=True),
]
WIDTH = "document.documentElement.scrollWidth"


@contextlib.contextmanager
def phone() -> Iterator[Page]:
    path = require_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = browser.new_context(
            viewport={"width": 320, "height": 640}, java_script_enabled=False, is_mobile=True
        )
        page = context.new_page()
        try:
            yield page
        finally:
            browser.close()


def focused(page: Page) -> str:
    """Name what the keyboard is on."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.type"))


def press_until(page: Page, wanted: str) -> None:
    """Move on with the tabulator until it is on something."""
    for _ in range(40):
        if focused(page) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_from_the_link_to_a_withdrawal_by_keyboard(store: Store, tmp_path: Path) -> None:
    asks = config(tmp_path)
    secret = asked(store, asks)
    (tmp_path / "cup.png").write_bytes(PNG)
    asked_for: list[str] = []
    widths = []
    with serving(store, asks) as client, phone() as page:
        page.on("request", lambda request: asked_for.append(request.url))
        page.goto(f"http://127.0.0.1:{client.port}/r/{secret}")
        widths.append(page.evaluate(WIDTH))
        fields = page.locator("input:not([type=hidden])")
        names = [field.evaluate("field => field.labels.length") for field in fields.all()]
        headings = page.locator("h1, h2").evaluate_all("all => all.map(each => each.tagName)")
        small = page.locator(".choice input").evaluate_all(
            "all => all.filter(each => each.getBoundingClientRect().height < 24).length"
        )
        press_until(page, "answer")
        page.keyboard.press("Space")
        press_until(page, "submit")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        widths.append(page.evaluate(WIDTH))
        kept = page.is_checked("#answer")
        for name in ("made_it", "adult", "people_agree", "music_mine"):
            press_until(page, name)
            page.keyboard.press("Space")
        page.set_input_files("#original", tmp_path / "cup.png")
        press_until(page, "submit")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('your yes has arrived')")
        widths.append(page.evaluate(WIDTH))
        confirm_form(store, POST.id, asks, "Ida", NOW)
        granted = Permissions(store).standing(POST.id)
        page.reload()
        page.click("text=Withdraw my permission")
        widths.append(page.evaluate(WIDTH))
        press_until(page, "submit")
        page.keyboard.press("Enter")
        page.wait_for_selector("h1:has-text('withdrawn')")
        cookies = page.context.cookies()

    assert [1] * 9 == names
    assert ["H1", *["H2"] * 4] == headings
    assert 0 == small
    assert kept
    assert [320] * 4 == widths
    assert Permission.GRANTED is granted.permission
    assert 1 == len(granted.grants[0].event.evidence.files)
    assert Permission.REVOKED is Permissions(store).standing(POST.id).permission
    assert [] == cookies
    assert {f"http://127.0.0.1:{client.port}"} == {url.split("/r/")[0] for url in asked_for}
