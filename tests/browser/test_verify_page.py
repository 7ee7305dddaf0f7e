"""The report of `verify`, opened from disk without a network: themes, widths, paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from search_core.verify.page import report_page, rescoring_page
from tests.browser.axe import COLOURS, violations
from tests.test_verify_page import report
from tests.test_verify_rescoring_page import found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "card.html"
    path.write_text(report_page(report(command="python -m search_core verify")))
    return path


def test_a_report_is_accessible_in_both_themes(browser: Browser, file: Path) -> None:
    # Who looks for faults brings scripts along, which the page would not let in.
    context = browser.new_context(offline=True, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.locator("details.mistake summary").first.click()
    expect(page.locator("details.mistake[open] table").first).to_be_visible()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, only=COLOURS) == []
    context.close()


def test_a_rescored_tree_is_accessible_and_fits_a_phone(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "tree.html"
    path.write_text(rescoring_page({**found(), "command": "verify rescore"}), encoding="utf-8")
    context = browser.new_context(offline=True, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("summary", has_text="Every step").click()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, only=COLOURS) == []
    context.close()


def test_a_report_fits_a_phone_and_none_of_its_tables_scrolls(browser: Browser, file: Path) -> None:
    context = browser.new_context(
        offline=True, viewport={"width": 320, "height": 640}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # Folded there: the heads are what one scrolls through, and a link opens what it leads to.
    assert page.locator("details.card[open], details.part[open]").count() == 0
    page.get_by_role("link", name="theirs").click()
    assert page.locator("details.card[open] h2").all_inner_texts() == ["theirs"]
    page.evaluate("document.querySelectorAll('details').forEach(each => (each.open = true))")
    assert page.evaluate("[...document.querySelectorAll('.wide')].filter(e => "
                         "e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)") == []  # fmt: skip
    # Each cell says its column there, and a table of many columns is one still.
    table = page.get_by_role("table", name="In %, by threshold").first
    heads = table.get_by_role("columnheader")
    assert heads.count() == table.get_by_role("row").last.get_by_role("cell").count() + 1 > 3
    assert violations(page) == []
    context.close()


def test_a_report_prints_on_white_in_a_dark_theme_too(browser: Browser, file: Path) -> None:
    context = browser.new_context(offline=True, color_scheme="dark")
    page = context.new_page()
    page.goto(file.as_uri())
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) != "rgb(255, 255, 255)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    expect(page.locator("nav")).to_be_hidden()
    # On paper nothing is folded.
    page.emulate_media(media="screen")
    page.locator("details.card > summary").first.click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.card:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.card:not([open])").count() == 1
    context.close()


def test_two_keys_lead_from_a_reports_head_to_its_mistakes(browser: Browser, file: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(file.as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    mistakes = page.locator("details.mistake summary")
    expect(mistakes.first).to_be_focused()
    # A list is one stop: arrows walk along it, and it is come back to where it was left.
    page.keyboard.press("ArrowDown")
    expect(mistakes.nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('details.mistake summary')")
    page.keyboard.press("Shift+Tab")
    expect(mistakes.nth(1)).to_be_focused()
    # M leads past what is judged.
    for key in ("ArrowUp", "v", "ArrowDown", "v", "ArrowUp", "m"):
        page.keyboard.press(key)
    expect(mistakes.nth(2)).to_be_focused()
    context.close()


def test_a_threshold_of_ones_own_tells_what_it_gives(browser: Browser, file: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    slider = page.get_by_role("slider", name="A threshold of your own").first
    told = page.locator(".by-threshold output").first
    expect(told).to_contain_text("At 0.5, which this card goes by: first-error F1")
    slider.focus()
    page.keyboard.press("Home")
    expect(told).to_contain_text("At 0.05: first-error F1")
    row = page.locator(".by-threshold tbody tr").first.locator("td")
    assert f"right steps kept {row.last.text_content()} %" in told.inner_text()
    context.close()


def test_mistakes_are_labelled_by_keyboard_kept_and_saved(browser: Browser, file: Path) -> None:
    context = browser.new_context(offline=True, accept_downloads=True)
    page = context.new_page()
    page.goto(file.as_uri())
    bar = page.locator(".labelling").first
    expect(bar).to_contain_text("V verifier wrong, L label wrong, U unclear, Z undo")
    page.locator("details.mistake summary").first.focus()
    for key in ("Enter", "v", "j", "l", "j", "u", "z"):
        page.keyboard.press(key)
    expect(bar).to_contain_text("2 of")
    marks = page.locator("details.mistake .judgement")
    expect(marks.nth(0)).to_have_text(" · verifier wrong")
    expect(marks.nth(1)).to_have_text(" · label wrong")
    page.reload()
    expect(bar).to_contain_text("2 of")
    with page.expect_download() as saved:
        bar.get_by_role("button", name="Save the labels").click()
    rows = [json.loads(line) for line in saved.value.path().read_text().splitlines()]
    assert [row["judgement"] for row in rows] == ["verifier wrong", "label wrong"]
    context.close()
