"""Using the page's form as a person does."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect


def fill(page: Page, selector: str, value: str) -> None:
    """Type into a field, and leave it."""
    field = page.locator(f"{selector} input, {selector} textarea").first
    field.fill(value)
    field.blur()


def choose(page: Page, group: str, value: str) -> None:
    """Choose a radio button of a group by its value, as a mouse does."""
    page.locator(f"#{group} input[value='{value}']").check()


def expect_chosen(page: Page, group: str, value: str) -> None:
    """Wait until the radio button of this value is the chosen one of its group."""
    expect(page.locator(f"#{group} input[value='{value}']")).to_be_checked()


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
