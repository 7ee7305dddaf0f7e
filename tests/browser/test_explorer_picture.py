"""The picture and its timeline: pointing, moving, keys, folding, filtering and replaying."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import ask, show, wait
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser


def test_pointing_selecting_and_the_reason(view: Page) -> None:
    pruned = ask(view, "[...x.tree().nodes.values()].find(n => n.state === 'pruned' && n.rank).id")
    place = ask(view, f"x.canvas.positionOf({pruned!r})")
    box = view.locator("#explorer .esp-canvas").bounding_box()
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
    view.locator("#explorer .esp-canvas").click(position={"x": 4, "y": box["height"] - 4})
    assert ask(view, "x.selected") is None


def test_drag_wheel_and_buttons_move_the_picture(view: Page) -> None:
    wait(view, "!x.canvas.glide")
    box = view.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 30
    before = ask(view, "({...x.canvas.camera})")
    view.mouse.move(x, y)
    view.mouse.wheel(0, 240)
    assert ask(view, "x.canvas.camera.ku") == before["ku"], "the wheel scrolls the page"
    view.locator("#explorer .esp-canvas").scroll_into_view_if_needed()
    box = view.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    # Where no words are: there a text would be marked.
    free = ask(
        view,
        "Array.from({length: 60}, (_, i) => [x.canvas.size.width / 2 + 7 * (i % 9),"
        " x.canvas.size.height - 8 - 6 * i]).find(([a, b]) => !x.canvas.words.plan.at(a, b))",
    )
    x, y = round(box["x"] + free[0]), round(box["y"] + free[1])
    view.mouse.move(x, y)
    wait(view, "!x.canvas.busy && !x.timer")
    before = ask(view, "({...x.canvas.camera})")
    view.mouse.down()
    view.mouse.move(x + 60, y - 40, steps=3)
    view.mouse.up()
    moved = ask(view, "({...x.canvas.camera})")
    assert (moved["od"] - before["od"], moved["ou"] - before["ou"]) == pytest.approx(
        (60, -40), abs=0.1
    )
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
    view.locator("#explorer .esp-canvas").focus()
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
    view.locator("#explorer .esp-canvas").focus()
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
    view.get_by_role("combobox", name="Pace").select_option("8")
    view.get_by_role("button", name="Play").click()
    wait(view, f"x.at === {total} && !x.player.playing")
    expect(view.locator(".esp-story-text")).to_contain_text(re.compile("answer", re.IGNORECASE))


def test_without_motion_nothing_glides(stage: Stage, view: Page) -> None:
    view.emulate_media(reduced_motion="reduce")
    ask(view, "x.step(-1)")
    assert ask(view, "Boolean(x.canvas.glide)") is False
    assert ask(view, "x.player.stepwise()") is True


def test_a_large_tree_has_a_place_for_every_node(view: Page) -> None:
    show(view, "large")
    ask(view, "x.refreshNow()")
    assert ask(view, "x.tree().nodes.size") > 5_000
    assert ask(
        view,
        "[...x.tree().nodes.keys()].every(id => Number.isFinite(x.canvas.positionOf(id)?.x))",
    )
