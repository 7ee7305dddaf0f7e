"""The charts: there soon, with the run, in its theme, to be kept, and heard as well as seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from components.palette import Theme, palette
from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, start, wait
from tests.browser.pages import Keep

pytestmark = pytest.mark.browser

DRAWN = "[...document.querySelectorAll('.js-plotly-plot')].filter(e => e.layout).length"
QUESTION = "**/component_server/**"
LACKS = "Failed to load resource: net::ERR_FAILED"
AT_REST = "#charts"
"""Behind the address of the page that these tests keep: no other test has left it open."""
DRAWER = "**/plotly-basic.min.js"


def open_charts(page: Page) -> None:
    page.get_by_role("tab", name="Charts").click()


def wait_for_charts(page: Page) -> None:
    page.wait_for_function(f"() => {DRAWN} >= 3")
    wait(page, "!x.panel('charts').asking")


def test_what_draws_them_is_fetched_before_anybody_asks(app: App, keep: Keep) -> None:
    page, new = keep(f"{app.url}/{AT_REST}")
    assert new
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(e => e.name.includes('plotly-basic'))"
    )
    assert page.evaluate("'Plotly' in window") is False
    open_charts(page)
    wait_for_charts(page)


def test_each_is_named_and_says_in_a_sentence_what_is_to_be_seen(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{AT_REST}")
    open_charts(page)
    wait_for_charts(page)
    for title in ("Scores by depth", "Votes", "Cost by round"):
        chart = page.get_by_role("img", name=title)
        expect(chart).to_be_visible()
        caption = page.locator(f"#{chart.get_attribute('aria-describedby')}")
        expect(caption).to_contain_text(".")
    assert violations(page, ".esp-charts") == []


@pytest.mark.parametrize(("kind", "begins"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_one_can_be_saved(app: App, keep: Keep, tmp_path: Path, kind: str, begins: bytes) -> None:
    page, _ = keep(f"{app.url}/{AT_REST}")
    open_charts(page)
    wait_for_charts(page)
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Save “Votes” as {kind}").click()
    assert download.value.suggested_filename.endswith(f"-votes.{kind.lower()}")
    download.value.save_as(tmp_path / "chart")
    assert (tmp_path / "chart").read_bytes().startswith(begins)


def test_they_change_with_the_theme(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{AT_REST}")
    open_charts(page)
    wait_for_charts(page)
    title = page.locator(".js-plotly-plot .ytitle").first
    themes: tuple[Theme, ...] = ("light", "dark")
    for theme in themes:
        page.evaluate("dark => document.body.classList.toggle('dark', dark)", theme == "dark")
        expect(title).to_have_css("fill", rgb(palette().themes[theme].subtle))


def rgb(colour: str) -> str:
    return "rgb" + str(tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def test_they_follow_a_run_to_its_end(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{AT_REST}")
    open_charts(page)
    wait_for_charts(page)
    start(page)
    wait(page, "x.log.complete && x.panel('charts').drawn.run === x.log.run")
    wait(page, "!x.panel('charts').lacks(x.log)")
    assert ask(page, "x.panel('charts').drawn.head === x.log.length")
    expect(page.locator(".esp-charts figcaption").nth(1)).to_contain_text("vote chooses")


def test_where_they_cannot_be_drawn_one_can_try_again_and_meanwhile_a_sentence_says_so(
    app: App, page: Page, console: list[str]
) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        if "draw_charts" in (route.request.post_data or ""):
            waiting.append(route)
        else:
            route.continue_()

    # While requests are looked at, the browser takes none from its cache: what draws the charts
    # is nowhere kept, and does not come.
    page.route(DRAWER, lambda route: route.abort())
    open_page(page, app.url)
    open_charts(page)
    alert = page.locator(".esp-charts [role=alert]")
    expect(alert).to_contain_text("could not be drawn")
    assert violations(page, ".esp-charts") == []
    assert {line.split(" http")[0] for line in console} == {LACKS}
    console.clear()
    page.unroute(DRAWER)
    page.route(QUESTION, hold)
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator(".esp-charts")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_text("Drawing the charts…")).to_be_visible()
    assert violations(page, ".esp-charts") == []
    assert waiting
    for route in waiting:
        route.continue_()
    page.unroute(QUESTION)
    wait_for_charts(page)
    expect(alert).to_be_hidden()
    expect(page.get_by_text("Drawing the charts…")).to_have_count(0)
