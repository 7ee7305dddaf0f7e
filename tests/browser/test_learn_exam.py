"""The test before and after the lessons, as a person takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.learn_place import ROOM, learn_served, show, shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with learn_served() as served:
        yield served


def test_who_wants_takes_a_test_before_and_another_after(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "1.1")
    right = page.evaluate(
        f"['a', 'b'].map((form) => {ROOM}.exam.forms[form].map((question) => question.right))"
    )
    first = "ab".index(page.evaluate(f"{ROOM}.exam.taken.first"))
    questions = page.locator(".learn-exam fieldset")
    # Two are right before, and five after: three of the four that were not known.
    for label, form, known in (
        ("Test: before", first, 2),
        ("Test: after the lessons", 1 - first, 5),
    ):
        page.get_by_role("button", name=label).click()
        expect(questions).to_have_count(6)
        for place, answer in enumerate(right[form]):
            radios = questions.nth(place).get_by_role("radio")
            expect(radios).to_have_count(5)
            # Who does not know says so first, and is wrong the second time.
            wrong = 4 if form == first else answer % 4
            radios.nth(answer - 1 if place < known else wrong).check()
        page.get_by_role("button", name="Done").click()
        expect(page.locator(".learn-exam-said")).to_be_focused()
        if form == first:
            expect(page.locator(".learn-exam-said")).to_contain_text("Take the second test")
            page.keyboard.press("Escape")
            page.reload()
            shown(page, "1.1")
    expect(page.locator(".learn-exam-said")).to_have_text(
        "Before: 2 of 6 right, 4 not known. After: 5 of 6 right."
    )
    expect(page.locator(".learn-exam-body")).to_contain_text("Normalised gain: 0.75")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as JSON").click()
    record = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert record["normalised_gain"] == 0.75
    assert record["before"]["answers"] == [*right[first][:2], 0, 0, 0, 0]
    assert (record["before"]["unknown"], record["after"]["unknown"]) == (4, 0)
    # What was answered is gone through once more, with the tables and the trees.
    page.get_by_text("Questions before: 2 right").click()
    review = page.locator(".learn-exam-review").first
    expect(review.locator("table")).to_have_count(4)
    expect(review.locator(".learn-exam-tree")).to_have_count(2)
    expect(review).to_contain_text("– You: I don’t know. Right: ")
    box, room = review.bounding_box(), page.locator(".learn-exam").bounding_box()
    assert box is not None
    assert room is not None
    assert box["x"] + box["width"] <= room["x"] + room["width"]
    assert violations(page, ".learn-exam") == []


def test_who_has_had_the_lessons_takes_the_second_test_alone(address: str, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(page, address, "1.1")
    page.get_by_role("button", name="Test: before").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="only the test after").focus()
    page.keyboard.press("Enter")
    for question in page.locator(".learn-exam fieldset").all():
        question.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Done").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".learn-exam-said")).to_have_text(re.compile(r"^After: \d of 6 right\.$"))
    expect(page.locator(".learn-exam-body")).to_contain_text("no gain to work out")
    page.get_by_role("link", name="Save as JSON").focus()
    with page.expect_download():
        page.keyboard.press("Enter")
