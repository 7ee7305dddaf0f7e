"""The explorer by itself: one TreeView on a small page whose runs the test controls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from components.explorer.tree_view import ASSETS, style_sheet
from search_core import read_trace
from search_core.log.events import event_from_dict, event_to_dict
from search_core.log.tree import Tree
from tests.browser.conftest import listen
from tests.browser.explorer import ask, wait
from tests.browser.method_logs import METHODS
from tests.browser.stage import (
    HOSTILE,
    Stage,
    renamed,
    served_stage,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with served_stage() as stage:
        yield stage


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests here, so that Gradio's own files come from the cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, console: list[str]) -> Iterator[Page]:
    page = context.new_page()
    listen(page, console)
    yield page
    page.close()
    assert console == []


@pytest.fixture
def view(stage: Stage, page: Page) -> Page:
    """The page, its first run complete."""
    stage.heads.clear()
    stage.drop, stage.broken, stage.pulls = 0, False, 0
    page.goto(f"{stage.url}/")
    wait(page, "x.log.complete")
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until everything is drawn and nothing moves."""
    wait(page, "x.canvas.fitted && !x.timer && !x.canvas.glide && !x.canvas.pending")


def show(page: Page, run: str) -> None:
    press(page, "show", run)
    wait(page, f"x.log.run === {run!r} && x.log.complete")
    settle(page)


def press(page: Page, button: str, run: str) -> None:
    page.fill("#wanted textarea, #wanted input", run)
    page.click(f"#{button}")


def test_the_css_is_no_template() -> None:
    sheet = style_sheet()
    assert not re.search(r"[`$]|\{\{", sheet), "Gradio evaluates the sheet as a template"


def test_a_value_at_mount_is_drawn_under_a_sub_path(stage: Stage, view: Page) -> None:
    colours = view.evaluate(
        """() => {
          const c = document.querySelector('#explorer canvas');
          const data = new Uint32Array(
            c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(data).size;
        }"""
    )
    assert colours > 20
    served = view.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).filter(n => n.endsWith('.js'))"
    )
    module = next(name for name in served if name.endswith("/js/main.js"))
    assert "/sub/path/gradio_api/" in module
    reply = view.request.get(module)
    assert "javascript" in reply.headers["content-type"]


@pytest.mark.parametrize("run", ["recorded-beam", "dvts", "best", "greedy", *METHODS])
def test_the_fold_in_the_browser_is_the_fold_in_python(stage: Stage, view: Page, run: str) -> None:
    show(view, run)
    events = [event_from_dict(event) for event in stage.runs[run]]
    for cursor in {len(events), len(events) // 2, 1, len(events) // 3}:
        ask(view, f"x.scrub({cursor})")
        mine = view.evaluate(
            """async () => {
              const x = document.querySelector('.esp').espalier;
              const main = performance.getEntriesByType('resource')
                .map(e => e.name).find(n => n.endsWith('/js/main.js'));
              const { toJSON } = await import(new URL('log/tree.js', main).href);
              return toJSON(x.tree());
            }"""
        )
        assert mine == json.loads(json.dumps(Tree.from_events(events[:cursor]).to_dict()))


def test_recorded_traces_fold_alike(stage: Stage, view: Page) -> None:
    for path in sorted((ASSETS / "traces").glob("*.jsonl")):
        events = [event_to_dict(event) for event in read_trace(path).events]
        stage.runs[path.stem] = renamed(events, path.stem)
        show(view, path.stem)
        assert ask(view, "x.replay.error") == ""
        assert ask(view, "x.tree().nodes.size") == len(read_trace(path).tree.nodes)


@pytest.mark.parametrize("drop", [0, 3])
def test_a_live_run_is_followed_even_if_batches_get_lost(
    stage: Stage, view: Page, drop: int
) -> None:
    stage.drop = drop
    view.evaluate(
        """() => {
          window.said = [];
          const region = document.querySelector('#explorer [aria-live]');
          new MutationObserver(() => window.said.push(region.textContent))
            .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    press(view, "stream", "live")
    wait(view, "x.log.run === 'live' && x.log.complete")
    assert ask(view, "x.log.events.every((e, i) => e.seq === i)")
    assert ask(view, "x.at") == len(stage.runs["live"])
    wait(view, "location.search.includes('run=live')")
    view.wait_for_timeout(700)
    said = view.evaluate("window.said")
    rounds = ask(view, "x.rounds.segments.length")
    assert 1 <= len(said) <= rounds
    assert len(set(said)) == len(said)


def test_a_hidden_tab_catches_up(stage: Stage, view: Page) -> None:
    view.evaluate(
        "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});"
        "Object.defineProperty(document, 'hidden', {get: () => true})"
    )
    press(view, "stream", "live")
    wait(view, "x.log.run === 'live' && x.log.complete")
    assert ask(view, "x.log.length") == len(stage.runs["live"])


def test_a_broken_connection_says_so_and_recovers(
    stage: Stage, view: Page, console: list[str]
) -> None:
    stage.broken = True
    press(view, "show", "dvts")
    notice = view.locator(".esp-notice")
    expect(notice).to_contain_text("Trying again", timeout=10_000)
    stage.broken = False
    wait(view, "x.log.complete")
    expect(notice).to_be_hidden()
    console[:] = [line for line in console if "500" not in line]


def test_pointing_selecting_and_the_reason(view: Page) -> None:
    pruned = ask(view, "[...x.tree().nodes.values()].find(n => n.state === 'pruned' && n.rank).id")
    place = ask(view, f"x.canvas.positionOf({pruned!r})")
    box = view.locator("#explorer canvas").bounding_box()
    assert box is not None
    view.mouse.move(box["x"] + place["x"] + 3, box["y"] + place["y"] - 2)
    expect(view.locator(".esp-tip")).to_be_visible()
    view.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    assert ask(view, "x.selected") == pruned
    inspector = view.locator(".esp-inspector")
    expect(inspector).to_contain_text("Why it was pruned")
    expect(inspector).to_contain_text(re.compile(r"Rank \d+ of \d+"))
    expect(inspector).to_contain_text("Siblings")
    inspector.locator(".esp-sibling").first.click()
    assert ask(view, "x.tree().nodes.get(x.selected).depth") == 1
    view.locator("#explorer canvas").click(position={"x": 4, "y": box["height"] - 4})
    assert ask(view, "x.selected") is None


def test_drag_wheel_and_buttons_move_the_picture(view: Page) -> None:
    box = view.locator("#explorer canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 30
    before = ask(view, "({...x.canvas.camera})")
    view.mouse.move(x, y)
    view.mouse.wheel(0, 240)
    assert ask(view, "x.canvas.camera.ku") == before["ku"], "the wheel scrolls the page"
    view.locator("#explorer canvas").scroll_into_view_if_needed()
    box = view.locator("#explorer canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 30
    view.mouse.move(x, y)
    view.mouse.down()
    view.mouse.move(x + 60, y - 40, steps=3)
    view.mouse.up()
    moved = ask(view, "({...x.canvas.camera})")
    assert (moved["od"] - before["od"], moved["ou"] - before["ou"]) == pytest.approx((60, -40))
    assert ask(view, "x.canvas.follow") is False
    view.get_by_role("button", name="Zoom in").click()
    assert ask(view, "x.canvas.camera.ku") > moved["ku"]
    expect(view.get_by_role("group", name="Move the picture")).to_be_visible()
    view.get_by_role("button", name="Show what is right").click()
    view.get_by_role("button", name="Follow the growing tree").click()
    wait(view, f"Math.abs(x.canvas.camera.ku - {before['ku']}) < 1e-6")


def test_shortcuts_work_inside_and_only_inside(view: Page) -> None:
    view.locator("#wanted textarea, #wanted input").first.focus()
    view.keyboard.type("rwp")
    assert ask(view, "x.selected") is None
    view.locator("#explorer canvas").focus()
    expected = {
        "r": "x.selected === 'root'",
        "w": "x.selected === x.tree().finished.chosen",
        "p": "x.tree().nodes.get(x.selected).state === 'pruned'",
        "a": "x.tree().nodes.get(x.selected).state === 'completed'",
    }
    for key, outcome in expected.items():
        view.keyboard.press(key)
        assert ask(view, outcome), key
    view.keyboard.press("h")
    assert ask(view, "x.pruned") == "fold"
    assert ask(view, "x.panel('legend').entries.get('collapsed').button.hidden") is False
    view.keyboard.press("?")
    expect(view.get_by_role("dialog")).to_be_visible()
    view.keyboard.press("Escape")
    expect(view.get_by_role("dialog")).to_be_hidden()
    view.keyboard.press("Escape")
    view.keyboard.press("Escape")
    assert ask(view, "x.selected") is None


def test_folded_steps_unfold_by_key_and_by_selecting_one(view: Page) -> None:
    ask(view, "x.setPruned('fold')")
    view.locator("#explorer canvas").focus()
    view.keyboard.press("r")
    view.keyboard.press("ArrowRight")
    view.keyboard.press("End")
    assert ask(view, "x.selected") == "fold:root"
    expect(view.locator(".esp-inspector")).to_contain_text("folded step")
    view.keyboard.press("Enter")
    selected = ask(view, "x.selected")
    assert ask(view, f"x.tree().nodes.get({selected!r}).state") in {"pruned", "merged"}
    ask(view, "x.setPruned('hide')")
    assert ask(view, "x.selected") is None
    assert ask(view, f"x.canvas.scene.items.has({selected!r})") is False
    ask(view, f"x.select({selected!r})")
    assert ask(view, f"x.canvas.scene.items.has({selected!r})") is True


def test_the_legend_filters(view: Page) -> None:
    button = view.locator(".esp-legend-entry", has_text="Pruned")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert ask(
        view,
        "[...x.canvas.scene.items.values()].filter(i => i.state === 'pruned').every(i => i.ghost)",
    )


def test_the_timeline_replays_the_run(stage: Stage, view: Page) -> None:
    total = len(stage.runs["recorded-beam"])
    assert ask(view, "[...x.tree().nodes.values()].some(n => n.right !== null)")
    view.get_by_role("button", name="Back one round").click()
    assert ask(view, "x.tree().finished") is None
    assert not ask(view, "[...x.tree().nodes.values()].some(n => n.right !== null)")
    expect(view.locator(".esp-counter")).to_contain_text("Round")
    slider = view.get_by_role("slider", name="Moment of the run")
    slider.focus()
    view.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "The problem")
    view.keyboard.press("PageUp")
    wait(view, "x.tree().nodes.size === 17")
    view.get_by_role("combobox", name="Speed").select_option("8")
    view.get_by_role("button", name="Play").click()
    wait(view, f"x.at === {total} && !x.player.playing")
    expect(view.locator(".esp-story-text")).to_contain_text(re.compile("answer", re.IGNORECASE))


def test_without_motion_nothing_glides(stage: Stage, view: Page) -> None:
    view.emulate_media(reduced_motion="reduce")
    ask(view, "x.step(-1)")
    assert ask(view, "Boolean(x.canvas.glide)") is False
    assert ask(view, "x.player.stepwise()") is True


def test_the_outline_is_an_aria_tree(view: Page) -> None:
    view.get_by_role("tab", name="Outline").click()
    tree = view.get_by_role("tree")
    tree.focus()
    view.keyboard.press("ArrowDown")

    def active(attribute: str) -> str | None:
        return view.evaluate(
            "name => document.getElementById(document.querySelector('[role=tree]')"
            ".getAttribute('aria-activedescendant')).getAttribute(name)",
            attribute,
        )

    assert (active("aria-level"), active("aria-posinset"), active("aria-setsize")) == (
        "2",
        "1",
        "16",
    )
    assert active("aria-selected") == "true"
    assert ask(view, "x.selected") == "0"
    view.keyboard.press("ArrowLeft")
    while active("aria-level") != "1":
        view.keyboard.press("ArrowLeft")
    assert active("aria-expanded") == "true"
    view.keyboard.press("ArrowLeft")
    assert active("aria-expanded") == "false"
    assert view.get_by_role("treeitem").count() == 1
    view.keyboard.press("ArrowRight")
    view.keyboard.press("End")
    last = ask(view, "x.panel('outline').list.at(-1).id")
    assert ask(view, "x.selected") == last
    view.keyboard.press("Home")
    assert ask(view, "x.selected") == "root"


def test_the_outline_of_a_large_tree_stays_small(view: Page) -> None:
    show(view, "large")
    view.get_by_role("tab", name="Outline").click()
    assert ask(view, "x.panel('outline').list.length") > 10_000
    assert view.get_by_role("treeitem").count() < 80
    view.get_by_role("tree").focus()
    view.keyboard.press("End")
    assert view.get_by_role("treeitem").count() < 80


def test_a_large_tree_has_a_place_for_every_node(view: Page) -> None:
    show(view, "large")
    ask(view, "x.refreshNow()")
    assert ask(view, "x.tree().nodes.size") > 5_000
    assert ask(
        view,
        "[...x.tree().nodes.keys()].every(id => Number.isFinite(x.canvas.positionOf(id)?.x))",
    )


def test_answers_and_cost_have_their_numbers(stage: Stage, view: Page) -> None:
    votes = [event for event in stage.runs["recorded-beam"] if event["kind"] == "voted"]
    table = view.locator(".esp-answers table")
    for event in votes:
        expect(table).to_contain_text(event["method"].capitalize())
    expect(table.locator(".esp-chosen")).to_contain_text("chosen")
    expect(table).to_contain_text(re.compile("right|wrong"))
    cost = view.locator(".esp-costs")
    expect(cost).to_contain_text("Tokens written")
    expect(cost).to_contain_text("times this search")


def test_hostile_text_stays_text_and_maths_is_maths(view: Page) -> None:
    assert view.locator(".katex").count() == 0, "KaTeX is loaded when it is needed"
    show(view, "hostile")
    for wanted in (HOSTILE[:20], "xxx", "So \\("):
        found = f"[...x.tree().nodes.values()].find(n => n.text.startsWith({wanted!r})).id"
        ask(view, f"x.select({found})")
        view.wait_for_timeout(50)
    formula = view.locator(".esp-here .katex").first
    expect(formula).to_be_visible()
    step = view.locator(".esp-here .esp-step-text")
    expect(step).to_contain_text("\\notacommand{")
    expect(step).to_contain_text("$5")
    assert view.locator("#explorer [href^='javascript']").count() == 0
    view.get_by_role("tab", name="Outline").click()
    expect(view.get_by_role("treeitem").first).to_be_visible()
    assert view.evaluate("window.pwned") is None
    assert view.locator("#explorer img, #explorer script, #explorer iframe").count() == 0
    assert view.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_it_fits_every_width(view: Page, width: int) -> None:
    view.set_viewport_size({"width": width, "height": 800})
    view.wait_for_timeout(200)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert ask(view, "x.canvas.vertical") is (width == 320)
    small = view.evaluate(
        """() => [...document.querySelectorAll('.esp button, .esp select, .esp input')]
          .map(e => [e.getBoundingClientRect(), e.className])
          .filter(([r]) => r.width && (r.width < 24 || r.height < 24)).map(([, name]) => name)"""
    )
    assert small == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(stage: Stage, view: Page, theme: str) -> None:
    view.goto(f"{stage.url}/?__theme={theme}")
    wait(view, "x.log.complete")
    settle(view)
    view.evaluate((Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text())
    chosen = ask(view, "x.tree().chosen ?? 'root'")
    for state in (
        "x.select(null)",
        f"x.select({chosen!r})",
        "x.select('root')",
        "x.setPruned('fold'), x.select('fold:root')",
        "x.keys.showHelp()",
    ):
        ask(view, state)
        found = view.evaluate("axe.run('#explorer')")["violations"]
        told = [(v["id"], v["help"], [n["target"] for n in v["nodes"][:4]]) for v in found]
        assert told == [], state


def test_a_log_that_contradicts_itself_is_named(stage: Stage, view: Page) -> None:
    events = stage.runs["dvts"]
    stage.runs["torn"] = [*events[:20], {**events[3], "seq": 20}, *events[21:]]
    press(view, "show", "torn")
    expect(view.locator(".esp-notice")).to_contain_text("contradicts itself")
