"""Using the page's form as a person does."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page


def fill(page: Page, selector: str, value: str) -> None:
    """Type into a field, and leave it."""
    field = page.locator(f"{selector} input, {selector} textarea").first
    field.fill(value)
    field.blur()


def choose(page: Page, group: str, value: str) -> None:
    """Choose a radio button of a group by its value, as a mouse does."""
    page.locator(f"#{group} input[value='{value}']").check()


def chosen(page: Page, group: str) -> str:
    """The value of the radio button that is chosen in a group."""
    return str(page.locator(f"#{group} input:checked").input_value())


def open_trace(page: Page, path: Path) -> None:
    """Choose a trace file."""
    panel = page.locator("#new-problem")
    if not panel.locator("#open-trace").is_visible():
        panel.locator("button").first.click()
    panel.locator("input[type=file]").set_input_files(path)


def notice_says(page: Page, text: str) -> None:
    """Wait until the page's notice holds a text."""
    page.wait_for_function(
        "text => document.querySelector('#notice .notice')?.textContent.includes(text)", arg=text
    )
