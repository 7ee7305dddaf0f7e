"""The projector: tree, timeline and one sentence, large, and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.explorer import ask, press, settle, wait
from tests.browser.stage import Stage

_PARTS = "[...document.querySelectorAll('.esp-projector > *')].map(e => e.className)"
_ENLARGED = """() => {
  const canvas = document.querySelector('.esp-projector canvas');
  return canvas.getBoundingClientRect().width / canvas.offsetWidth;
}"""


def present(page: Page) -> None:
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("dialog", name="Projector")).to_be_visible()
    settle(page)


def test_there_are_the_tree_the_timeline_and_one_sentence(view: Page) -> None:
    present(view)
    assert view.evaluate(_PARTS) == [f"esp-projector-{part}" for part in ("head", "stage", "foot")]
    dialog = view.get_by_role("dialog", name="Projector")
    expect(dialog.get_by_role("img")).to_be_visible()
    expect(dialog.get_by_role("group", name="Timeline")).to_be_visible()
    assert ask(view, "x.panel('story').text.textContent") == dialog.locator("p").inner_text()
    box = dialog.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1280, 900)
    assert violations(view, ".esp-projector") == []


def test_keys_go_forward_and_back_play_and_leave(view: Page) -> None:
    home = "document.querySelector('.esp-projector').contains(document.querySelector('.esp-stage'))"
    view.locator(".esp-canvas").focus()
    view.keyboard.press("Shift+P")
    expect(view.get_by_role("dialog", name="Projector")).to_be_visible()
    assert view.evaluate(home)
    end = ask(view, "x.cursor()")
    view.keyboard.press("PageUp")
    view.keyboard.press("ArrowLeft")
    back = ask(view, "x.cursor()")
    assert back == ask(view, "x.rounds.neighbour(x.rounds.neighbour(x.log.length, -1), -1)") < end
    view.keyboard.press("PageDown")
    assert ask(view, "x.cursor()") > back
    view.keyboard.press("Home")
    assert ask(view, "x.cursor() === x.rounds.segments[0].cursor")
    expect(view.locator(".esp-projector-sentence")).to_contain_text("What is 3 * 8 - 4?")
    # It plays for as long as it is let: no frame comes.
    ask(view, "void (x.player.frame = () => {})")
    view.keyboard.press("Space")
    wait(view, "x.player.playing")
    view.keyboard.press("Space")
    wait(view, "!x.player.playing")
    view.keyboard.press("End")
    assert ask(view, "x.cursor()") == end
    view.keyboard.press("Escape")
    expect(view.get_by_role("dialog")).to_be_hidden()
    # A dialog says that it has closed a moment after it is gone.
    view.wait_for_function(f"() => !{home}")
    expect(view.locator(".esp-main .esp-timeline")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "enlarged"), [(1280, 720, 1.28), (1920, 1080, 1.92)])
def test_the_picture_is_large_and_can_be_pointed_at(
    view: Page, width: int, height: int, enlarged: float
) -> None:
    view.set_viewport_size({"width": width, "height": height})
    present(view)
    assert view.evaluate(_ENLARGED) == pytest.approx(enlarged, abs=0.02)
    node = ask(view, "[...x.tree().nodes.keys()][1]")
    place = ask(view, f"x.canvas.positionOf({node!r})")
    box = view.locator(".esp-projector canvas").bounding_box()
    assert box is not None
    scale = view.evaluate(_ENLARGED)
    view.mouse.click(box["x"] + scale * place["x"], box["y"] + scale * place["y"])
    assert ask(view, "x.selected") == node


def test_an_address_can_ask_for_it(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.url}/?present&run=greedy")
    wait(page, "x.log.run === 'greedy' && x.log.complete")
    expect(page.get_by_role("dialog", name="Projector")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("present"))
    # Another run is no reason to go back there.
    press(page, "show", "dvts")
    wait(page, "x.log.run === 'dvts' && x.log.complete")
    expect(page.get_by_role("dialog")).to_be_hidden()
