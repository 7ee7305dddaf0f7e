"""Using the page's form as a person does: what is not in the composer is in the drawer."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.explorer import open_page

# What is in a closed accordion is not on the page: a chip's way to a control opens them all.
_UNFOLD = """() => {
  for (const head of document.querySelectorAll('#drawer .label-wrap:not(.open)')) head.click();
}"""


def open_with_drawer(page: Page, url: str) -> None:
    """Open the app's page, and its drawer."""
    open_page(page, url)
    open_drawer(page)


def open_drawer(page: Page) -> None:
    """Have the drawer open, by its button."""
    if page.locator("#drawer.open").count() == 0:
        page.click("#open-drawer")
    expect(page.locator("#drawer")).to_be_visible()


def close_drawer(page: Page) -> None:
    """Have the drawer closed, by its button."""
    if page.locator("#drawer.open").count():
        page.click("#close-drawer")
    expect(page.locator("#drawer")).to_be_hidden()


def reach(page: Page, selector: str) -> None:
    """Bring a control to where it can be used: open the drawer and what is folded around it."""
    control = page.locator(selector).first
    if page.locator(f"#composer {selector}").count():
        return
    open_drawer(page)
    if control.count() == 0:
        page.evaluate(_UNFOLD)
    control.wait_for(state="visible")


def fill(page: Page, selector: str, value: str) -> None:
    """Type into a field, and leave it."""
    reach(page, selector)
    field = page.locator(f"{selector} input, {selector} textarea").first
    field.fill(value)
    field.blur()


def choose(page: Page, group: str, value: str) -> None:
    """Choose a radio button of a group by its value, as a mouse does."""
    reach(page, f"#{group}")
    page.locator(f"#{group} input[value='{value}']").check()


def expect_chosen(page: Page, group: str, value: str) -> None:
    """Wait until the radio button of this value is the chosen one of its group."""
    expect(page.locator(f"#{group} input[value='{value}']")).to_be_checked()


def open_trace(page: Page, path: Path) -> None:
    """Choose a trace file."""
    page.locator("#new-problem input[type=file]").first.set_input_files(path)


def have_read_notice(page: Page) -> None:
    """What the page's notice complains of by now is known: `notice_says` waits for a new one."""
    page.evaluate("document.querySelector('#notice-text')?.setAttribute('data-read', '')")


def notice_says(page: Page, text: str) -> None:
    """Wait until the page's notice holds a text; the element of every complaint is a new one."""
    page.wait_for_function(
        """text => !document.querySelector('#notice-text[data-read]')
          && document.querySelector('#notice .notice')?.textContent.includes(text)""",
        arg=text,
    )
