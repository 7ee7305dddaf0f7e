"""A file of problems on the page: opened, walked through by keyboard, and run."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.form import fill, notice_says, open_with_drawer

TABLE = "question,answer\nWhat is (7 + 8) * 3 - 4?,#### 41\nWhat is 2 + 3 * 4?,14\n"


def choose_file(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a problem file").click()
    chooser.value.set_files(path)


def test_problems_of_a_file_are_picked(app: App, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    open_with_drawer(page, app.url)
    problem = page.locator("#problem textarea")
    reference = page.locator("#reference textarea, #reference input")
    expect(page.locator("#problem-number")).to_have_count(0)
    choose_file(page, path)
    expect(problem).to_have_value("What is (7 + 8) * 3 - 4?")
    expect(reference).to_have_value("41")
    notice_says(page, "2 problems of mine.csv")
    number = page.get_by_label("Problem of the file")
    expect(number).to_have_value("1")
    number.press("ArrowUp")
    expect(problem).to_have_value("What is 2 + 3 * 4?")
    page.get_by_role("button", name="Previous problem").press("Enter")
    expect(reference).to_have_value("41")
    page.get_by_role("button", name="Next problem").press("Enter")
    expect(reference).to_have_value("14")
    expect(number).to_have_value("2")
    assert violations(page) == []
    fill(page, "#problem-number", "7")
    notice_says(page, "The file has problems 1 to 2; got 7.")
    empty = tmp_path / "empty.csv"
    empty.write_text("problem\n")
    choose_file(page, empty)
    notice_says(page, "empty.csv holds no problem that can be used")
    expect(problem).to_have_value("What is 2 + 3 * 4?")
