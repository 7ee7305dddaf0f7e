"""What Learn has worked out while one waits: noise in the scores, and rollouts; by every means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import Route as Asked

from tests.browser.learn_place import ROOM, learn_served, show, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with learn_served() as served:
        yield served


def test_noise_spoils_the_judge_by_keyboard(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "6.5")
    slider = page.get_by_role("slider", name="Noise in every score")
    said = page.locator(".learn-noise")
    expect(said).to_contain_text("The judge chooses 39, right, with 0.98.")
    expect(said).to_contain_text("Right in 20 of 20 draws of this noise.")
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "1.0")
    expect(said).not_to_contain_text("20 of 20")
    wrong = page.locator(".learn-noise-marks [data-right=false]")
    expect(wrong.first).to_be_attached()
    # The picture is the draw that is marked: its star stands at what is said.
    chosen = page.evaluate(
        f"(({{ stage }}) => stage.tree.nodes.get(stage.tree.chosen).answer)({ROOM})"
    )
    expect(said).to_contain_text(f"The judge chooses {chosen},")
    page.get_by_role("button", name="Another draw").click()
    expect(page.locator(".learn-noise-marks span").nth(1)).to_have_attribute("data-shown", "true")
    page.get_by_role("button", name="Another draw").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".learn-noise-marks span").nth(2)).to_have_attribute("data-shown", "true")
    # By mouse: back to no noise at all.
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": 2, "y": box["height"] / 2})
    expect(slider).to_have_attribute("aria-valuetext", "0.0")
    expect(said).to_contain_text("Right in 20 of 20 draws of this noise.")
    # Arrows that move the slider turn no page, and another page knows nothing of it.
    assert page.evaluate(f"{ROOM}.place.page") == 5
    page.get_by_role("button", name="Next", exact=True).click()
    shown(page, "6.6")
    expect(said).to_be_hidden()


def test_noise_by_touch(address: str, phone: Page) -> None:
    page = phone
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "6.5")
    slider = page.get_by_role("slider", name="Noise in every score")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    expect(slider).to_have_attribute("aria-valuetext", "1.0")
    expect(page.locator(".learn-noise-marks [data-right=false]").first).to_be_attached()
    page.get_by_role("button", name="Another draw").tap()
    expect(page.locator(".learn-noise-marks span").nth(1)).to_have_attribute("data-shown", "true")
    # The timeline of lesson 9.
    page.evaluate(f"{ROOM}.go({{lesson: 9, page: 4}})")
    shown(page, "9.4")
    moment = page.get_by_role("slider", name="Moment of the run")
    moment.scroll_into_view_if_needed()
    box = moment.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 0.4 < page.evaluate(f"{ROOM}.stage.cursor / {ROOM}.stage.events.length") < 0.6
    middle = page.evaluate(f"{ROOM}.stage.cursor")
    page.get_by_role("button", name="Forward one round").tap()
    assert page.evaluate(f"{ROOM}.stage.cursor") > middle
    page.get_by_role("button", name="Back one round").tap()
    assert page.evaluate(f"{ROOM}.stage.cursor") <= middle
    assert page.evaluate(f"[{ROOM}.place.lesson, {ROOM}.place.page]") == [9, 4]


def test_rollouts_are_written_when_one_asks_and_recorded_ones_stand_where_none_come(
    address: str, phone: Page
) -> None:
    page = phone
    page.emulate_media(reduced_motion="reduce")
    asked: list[str] = []
    right = {"steps": ["17 + 1 = 18, left 18", "The answer is 18."], "right": True}
    replies = [(200, [right] * 8), (429, {"why": "Many ask."}), (200, [right] * 8), (500, "")]

    def answer(route: Asked) -> None:
        asked.append(f"{route.request.method} {route.request.url.partition('rollouts/')[2]}")
        status, body = replies[len(asked) - 1]
        route.fulfill(status=status, json=body)

    page.route("**/rollouts/**", answer)
    show(page, address, "8.6")
    said = page.locator(".learn-rollouts")
    more = page.get_by_role("button", name="Write 8 more")
    expect(said).to_contain_text("5 of 7 arrive: 0.71")
    expect(page.locator(".esp-ring")).to_have_attribute("data-node", "14")
    # By mouse; the share is that of all, and nothing stands against it.
    more.click()
    expect(said).to_contain_text("13 of 15 arrive: 0.87")
    expect(said).to_contain_text("says 0.33, too low.")
    # Where the server refuses, what there is stands, and it says so.
    more.click()
    expect(said).to_contain_text("Many ask. What was written so far stands.")
    expect(said).to_contain_text("13 of 15")
    # By keys, from another step: arrows choose it, and turn no page.
    page.get_by_role("radio", name="24 - 7 = 17").focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("2 of 2 arrive: 1.00")
    expect(page.locator(".esp-ring")).to_have_attribute("data-node", "5")
    more.focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("10 of 10")
    expect(more).to_be_focused()
    # By touch, and whatever else goes wrong.
    said.locator("label").nth(2).tap()
    more.tap()
    expect(said).to_contain_text("server answered 500. The recorded rollouts stand.")
    said.locator("label").nth(0).click()
    expect(said).to_contain_text("13 of 15")
    assert [one.rpartition("/")[0] for one in asked] == [
        "POST make-18/14",
        "POST make-18/14",
        "POST make-18/5",
        "POST make-18/1",
    ]
    assert page.evaluate(f"[{ROOM}.place.lesson, {ROOM}.place.page]") == [8, 6]
