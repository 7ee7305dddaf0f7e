"""The place Verify in a browser: asking, being refused, and the report below."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="parent.pwned=1">'
WIDTHS = (320, 768, 1280, 1920)
TOPS = """all => all.map((one) => one.getBoundingClientRect()).filter(({ height }) => height)
  .map(({ top }) => Math.round(top))"""


def rows(tmp_path: Path) -> Path:
    file = tmp_path / "mine.jsonl"
    row = {"problem": HOSTILE, "labels": [1, 0], "scores": {"mine": [0.9, 0.7]}}
    lines = [json.dumps({**row, "steps": [HOSTILE, f"so {number}"]}) for number in range(4)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_a_file_is_judged_and_its_report_shown(app: App, page: Page, tmp_path: Path) -> None:
    page.goto(f"{app.url}/verify/?__theme=dark")
    # The shipped report comes first; what makes another is one line above it.
    expect(page.locator("#make")).to_be_hidden()
    page.get_by_text("Make a report of your own").click()
    page.click("#make")
    expect(page.get_by_role("alert")).to_have_text("Choose a file first.")
    page.set_input_files("#file", rows(tmp_path))
    page.locator("#threshold").fill("0.4")
    page.focus("#make")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("The report is below.")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("#report-name")).to_have_text("mine.jsonl")
    report = page.frame_locator("#report")
    expect(report.get_by_role("heading", name="Report card: mine")).to_be_visible()
    expect(report.locator("html")).to_have_class("dark")
    assert page.evaluate("window.pwned") is None
    # It stands there whole: the page scrolls, and nothing in it.
    inside = report.locator("body").evaluate("body => body.scrollHeight")
    assert page.locator("#report").evaluate("frame => frame.clientHeight") >= inside
    with page.expect_download() as saved:
        page.click("#figures")
    figures = json.loads(Path(saved.value.path()).read_text("utf-8"))
    assert figures["rows"]["solutions"] == 4
    assert figures["cards"]["mine"]["threshold"] == 0.4
    page.click("#back")
    expect(page.locator("#report-name")).to_have_text("The embedded verifiers")
    expect(report.get_by_role("heading", name="Report cards: small").first).to_be_visible()
    assert app.errors() == []


def test_what_is_asked_for_follows_the_source(app: App, page: Page) -> None:
    page.goto(f"{app.url}/verify/")
    page.get_by_text("Make a report of your own").click()
    page.get_by_label("The embedded solver's own attempts").check()
    expect(page.locator("#file")).to_be_hidden()
    expect(page.get_by_label("Problems of each family")).to_have_value("20")
    expect(page.locator("#ask input[value=early]")).to_be_checked()
    for name in ("small", "early"):
        page.locator(f"#ask input[value={name}]").uncheck()
    page.click("#make")
    expect(page.get_by_role("alert")).to_contain_text("tick at least one box")
    page.get_by_label("Problems of each family").fill("900")
    page.locator("#ask input[value=small]").check()
    page.click("#make")
    expect(page.get_by_role("alert")).to_contain_text("expected 1 to 50")
    assert app.errors() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing(app: App, page: Page, theme: str) -> None:
    page.goto(f"{app.url}/verify/?__theme={theme}")
    page.get_by_text("Make a report of your own").click()
    expect(page.frame_locator("#report").locator("main")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for row in (".views a", ".report-acts > *"):
            tops = page.locator(row).evaluate_all(TOPS)
            assert len(set(tops)) == 1, (row, width)
    assert violations(page, "body") == []
