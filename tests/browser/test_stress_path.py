"""The stress test of a path, asked from the selected step; what it finds stays with the step.

The server's reply is made here: what it does is held by `tests/test_verify_stress_path.py`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, wait

pytestmark = pytest.mark.browser
REPLY = """{
  node: "0", sentence: "In 1 of 2 edits of this path the verifier did what it must not.",
  edits: [
    { name: "self-praise", step: 0, text: "<b>Clearly</b>", before: 0.41, after: 0.9, fate: "lifted", fooled: true },
    { name: "wrong digit", step: 0, text: "24 + 1 = 26", before: 0.41, after: 0.02, fate: "noticed", fooled: false },
  ],
}"""  # noqa: E501


def test_a_step_is_tested_by_keyboard_and_keeps_what_was_found(page: Page, app: App) -> None:
    open_page(page, app.url)
    page.get_by_role("button", name="the right path is cut").click()
    wait(page, "x.tree().started?.strategy === 'beam_search' && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    ask(page, f"x.panel('inspector').given.actions.askStress = async () => ({REPLY})")
    ask(page, "x.select('0')")
    page.get_by_role("button", name="Stress test this path").press("Enter")
    found = page.locator(".esp-stress > li")
    expect(found).to_have_count(2)
    expect(found.first).to_contain_text("self-praise, step 1: lifted, and must not be")
    # What comes from a model is text.
    expect(found.first).to_contain_text("<b>Clearly</b>")
    assert violations(page, ".esp-stress") == []
    ask(page, "x.select('1')")
    expect(page.locator(".esp-stress")).to_have_count(0)
    ask(page, "x.select('0')")
    expect(found).to_have_count(2)
