"""Finding one's way in a large tree: overview, search, filters, branches that collapse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import ask, settle, show, wait
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


def test_search_walks_from_match_to_match(view: Page) -> None:
    text = ask(view, "[...x.tree().nodes.values()].at(-1).text.trim().slice(0, 3)")
    view.locator("#explorer .esp-canvas").focus()
    view.keyboard.press("/")
    field = view.get_by_role("searchbox", name="Find in the steps")
    expect(field).to_be_focused()
    covered = "x.canvas.frame.getBoundingClientRect().top"
    bottom = view.locator(".esp-find").evaluate("e => e.getBoundingClientRect().bottom")
    assert ask(view, covered) >= bottom - 1, "nothing of the tree lies below it"
    field.fill(text)
    wait(view, "x.moment.found.length > 0")
    found = ask(view, "x.moment.found")
    view.keyboard.press("Enter")
    assert ask(view, "x.selected") == found[0]
    expect(view.locator(".esp-find-hits")).to_have_text(f"1 of {len(found)}")
    view.keyboard.press("Shift+Enter")
    assert ask(view, "x.selected") == found[-1]
    assert ask(view, "x.canvas.scene.found.length") == len(found), "matches are marked"
    view.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(view.get_by_role("button", name="Find and filter")).to_be_focused()
    expect(view.locator(".esp-find-state")).to_have_text("1")


def test_filters_make_the_rest_faint_and_are_cleared_together(view: Page) -> None:
    view.get_by_role("button", name="Find and filter").click()
    lowest = view.get_by_label("Lowest score")
    lowest.fill("0.6")
    lowest.press("Tab")
    faint = "[...x.canvas.scene.items.values()].filter(i => i.ghost && !i.inner)"
    wait(view, f"{faint}.length > 0")
    assert ask(view, f"{faint}.every(i => !(x.tree().nodes.get(i.id).score >= 0.6))")
    rivals = view.get_by_label("Only the chosen path and its rivals")
    before = ask(view, "x.canvas.scene.items.size")
    rivals.check()
    wait(view, f"x.canvas.scene.items.size < {before}")
    assert ask(view, "x.tree().path(x.tree().chosen).every(n => x.canvas.scene.items.has(n.id))")
    view.get_by_role("button", name="Clear", exact=True).click()
    wait(view, f"x.canvas.scene.items.size === {before} && {faint}.length === 0")
    expect(rivals).not_to_be_checked()
    expect(lowest).to_have_value("0")


def test_a_branch_collapses_and_opens_by_key_and_by_double_click(view: Page) -> None:
    whole = ask(view, "x.canvas.scene.items.size")
    branch = ask(view, "x.tree().path(x.tree().chosen)[0].id")
    view.locator("#explorer .esp-canvas").focus()
    ask(view, f"x.select({branch!r})")
    view.keyboard.press("c")
    assert ask(view, f"x.canvas.scene.items.has('fold:{branch}')")
    assert ask(view, "x.canvas.scene.items.size") < whole
    view.keyboard.press("c")
    assert ask(view, "x.canvas.scene.items.size") == whole
    wait(view, "!x.canvas.glide")
    box = view.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    place = ask(view, f"x.canvas.positionOf({branch!r})")
    view.mouse.dblclick(box["x"] + place["x"], box["y"] + place["y"])
    assert ask(view, f"x.canvas.scene.items.has('fold:{branch}')")


def test_the_overview_goes_where_one_points(view: Page) -> None:
    overview = view.locator(".esp-minimap")
    ask(view, "x.canvas.fit()")
    wait(view, "!x.canvas.glide")
    expect(overview).to_be_hidden()
    ask(view, "x.canvas.zoom(6)")
    expect(overview).to_be_visible()
    overview.click(position={"x": 8, "y": 8})
    first = ask(view, "({...x.canvas.camera})")
    overview.click(position={"x": 100, "y": 60})
    moved = ask(view, "({...x.canvas.camera})")
    assert moved["od"] < first["od"]
    assert moved["ou"] < first["ou"]
    assert moved["ku"] == first["ku"]
    overview.focus()
    view.keyboard.press("ArrowLeft")
    assert ask(view, "x.canvas.camera.od") > moved["od"]
    view.keyboard.press("Home")
    expect(overview).to_be_hidden()


def test_a_dense_tree_is_shown_whole_and_its_branches_open_by_a_click(
    stage: Stage, view: Page
) -> None:
    show(view, "large")
    ask(view, "x.canvas.fit()")
    wait(view, "!x.canvas.glide")
    sight = "x.canvas.scene.look(x.canvas.camera, x.canvas.size)"
    assert ask(view, f"{sight}.branches.length") > 3
    assert ask(view, f"{sight}.marks.length") < ask(view, "x.tree().nodes.size") / 3
    before = ask(view, "x.canvas.camera.ku")
    branch = (
        f"{sight}.branches.toSorted((a, b) => x.canvas.scene.branches.of(b).count"
        " - x.canvas.scene.branches.of(a).count)[0]"
    )
    ask(view, f"(b => x.canvas.zoomTo(b.from, b.to))({branch})")
    wait(view, "!x.canvas.glide")
    assert ask(view, "x.canvas.camera.ku") > before


# What each frame did, while its picture was drawn: texts read, sizes learned and elements made
# that were not there before, and how often the page was laid out in the middle of it.
_COUNT = """(() => {
  const { words } = x.canvas;
  const { sizes } = words;
  const none = () => ({ read: 0, learned: 0, made: 0, forced: 0 });
  let now = null;
  window.frames = [];
  const around = (object, name, told) => {
    const asked = object[name];
    object[name] = function (...given) {
      if (now) told(...given);
      return asked.apply(this, given);
    };
  };
  const isNew = (id) => !words.boxes.has(id);
  around(Object.getPrototypeOf(words.said), "describe", (id) => (now.read += isNew(id) ? 1 : 0));
  around(sizes, "boxesOf", (asked) => (now.learned += asked.filter(({ id }) => isNew(id)).length));
  const { set } = words.boxes;
  words.boxes.set = function (id, box) {
    if (now && isNew(id)) now.made += 1;
    return set.call(this, id, box);
  };
  around(Element.prototype, "getBoundingClientRect", () => (now.forced += 1));
  around(window, "getComputedStyle", () => (now.forced += 1));
  for (const name of ["offsetWidth", "offsetHeight"]) {
    const { get } = Object.getOwnPropertyDescriptor(HTMLElement.prototype, name);
    Object.defineProperty(HTMLElement.prototype, name, {
      get() {
        if (now) now.forced += 1;
        return get.call(this);
      },
    });
  }
  const { paint } = x.canvas;
  x.canvas.paint = function (...given) {
    frames.push((now = none()));
    paint.apply(this, given);
    now = null;
  };
})()"""
_MOVE = """async () => {
  const { canvas } = document.querySelector("#explorer .esp").espalier;
  const { u, d } = canvas.scene.item(300);
  canvas.zoom(4);
  canvas.centre(u, d);
  for (let at = 0; at < 24; at += 1) {
    if (at < 12) canvas.zoom(1.12);
    else canvas.nudge(0.05, at % 2 ? 0.1 : -0.1);
    await new Promise((drawn) => requestAnimationFrame(drawn));
  }
}"""


def test_no_frame_reads_measures_or_makes_more_than_a_few_words(view: Page) -> None:
    show(view, "large")
    ask(view, "x.canvas.fit()")
    wait(view, "!x.canvas.glide")
    settle(view)
    ask(view, _COUNT)
    view.evaluate(_MOVE)
    settle(view)
    frames = view.evaluate("frames")
    assert max(frame["read"] for frame in frames) <= 16
    assert max(frame["learned"] for frame in frames) <= 6
    assert max(frame["made"] for frame in frames) <= 14
    assert sum(frame["made"] for frame in frames) > 14, "words came into sight"
    assert not any(frame["forced"] for frame in frames), "nothing waits for the page to be laid out"
    assert ask(view, "x.canvas.words.sizes.late") is False, "all are there in the end"
    assert ask(view, "x.canvas.words.boxes.size") > 8
