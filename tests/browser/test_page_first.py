"""The first screen: a finished tree, which mouse and keyboard can walk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.app_process import App
from tests.browser.explorer import ask, open_page, run_of, settle, wait
from tests.browser.pages import Keep

pytestmark = pytest.mark.browser

LOADED = """() => performance.getEntriesByType("resource").map(({ name }) => name.split("?")[0])"""
NAMED = (
    """() => [...document.querySelectorAll("link[rel=modulepreload]")].map(({ href }) => href)"""
)
BUILT_ONCE = """async () => {
  const names = [...document.querySelectorAll("[rel=modulepreload]")].map(({ href }) => href);
  const core = names.find((name) => name.includes("/assets/core-"));
  return String((await import(core)).AppTree.prototype.reload).includes("built.has(this)");
}"""

FINISHED = "#finished"
"""Behind the address of the page that these tests keep: no other test has left it open."""


def test_the_first_screen_is_a_finished_tree(app: App, page: Page) -> None:
    outside = []

    def note(request: Request) -> None:
        if not request.url.startswith((app.url, "blob:", "data:")):
            outside.append(request.url)

    page.on("request", note)
    open_page(page, app.url)
    page.remove_listener("request", note)
    assert run_of(page).startswith("recorded-")
    assert ask(page, "x.tree().nodes.size") > 10
    assert page.locator("#explorer .esp-canvas").is_visible()
    assert outside == []
    # What the page names at its beginning is what it loads, but for eight doors to one module.
    loaded = page.evaluate(LOADED)
    scripts = {name for name in loaded if "/assets/" in name and name.endswith(".js")}
    named = page.evaluate(NAMED)
    assert scripts == {name for name in named if "/assets/" in name}
    assert [name.rpartition("/")[2] for name in named if "/assets/" not in name] == ["modules.js"]
    sheets = [name.rpartition("/")[2] for name in loaded if name.endswith(".css")]
    assert sorted(re.sub(r"-[\w-]{8}\.", ".", name) for name in sheets) == [
        *("gradio.css", "index.css", "theme.css"),
    ]
    assert page.evaluate(BUILT_ONCE)


def test_the_keyboard_walks_the_tree(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{FINISHED}")
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("r")
    assert ask(page, "x.selected") == "root"
    page.keyboard.press("ArrowRight")
    first = ask(page, "x.selected")
    assert ask(page, f"x.tree().nodes.get({first!r}).parent") == "root"
    page.keyboard.press("ArrowDown")
    second = ask(page, "x.selected")
    assert second not in {first, "root"}
    page.keyboard.press("w")
    assert ask(page, "x.selected") == ask(page, "x.tree().finished.chosen")


def test_typing_a_problem_triggers_no_shortcut(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{FINISHED}")
    page.locator("#problem textarea").focus()
    selected = ask(page, "x.selected")
    page.keyboard.type("rwpahf? 1")
    assert ask(page, "x.selected") == selected


def test_the_timeline_goes_back_and_forth(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{FINISHED}")
    whole = ask(page, "x.tree().nodes.size")
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("[")
    page.keyboard.press("[")
    wait(page, f"x.tree().nodes.size < {whole}")
    page.keyboard.press("End")
    for _ in range(20):
        page.keyboard.press("]")
    wait(page, f"x.tree().nodes.size === {whole}")


def test_a_click_selects_a_pruned_step_and_says_why(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/{FINISHED}")
    page.locator("#chosen").get_by_role("button", name="the right path is cut").click()
    wait(page, "x.log.run === 'recorded-right-path-is-cut' && x.log.complete")
    pruned = ask(page, "[...x.tree().nodes.values()].find(n => n.state === 'pruned' && n.rank).id")
    ask(page, f"x.select({pruned!r})")
    inspector = page.locator("#explorer .esp-inspector")
    expect(inspector).to_contain_text("Pruned")
    expect(inspector).to_contain_text(re.compile(r"\d+ of \d+"))
    ask(page, "x.select(null)")
    settle(page)
    place = ask(page, f"x.canvas.positionOf({pruned!r})")
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    assert ask(page, "x.selected") == pruned
    # By keys on to the next cut, the next answer, and where verifier and truth disagree.
    for key, state in (("p", "pruned"), ("a", "completed")):
        page.keyboard.press(key)
        assert ask(page, "x.selected") != pruned
        assert ask(page, "x.tree().nodes.get(x.selected).state") == state
    page.locator("#chosen").get_by_role("button", name="the verifier is fooled").click()
    wait(page, "x.log.run === 'recorded-verifier-is-fooled' && x.log.complete")
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("v")
    # A right solution that the verifier ranks below a wrong one.
    right, score = ask(page, "(n => [n.right, n.aggregate])(x.tree().nodes.get(x.selected))")
    assert right is True
    wrong = "[...x.tree().nodes.values()].filter(n => n.right === false).map(n => n.aggregate)"
    assert score < ask(page, f"Math.max(...{wrong})")
