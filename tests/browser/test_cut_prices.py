"""What did the cuts cost, on the page: asked by keyboard, told as it grows, shown in the tree.

The server's replies are made here: what it does is held by `tests/test_audit_place.py`.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from search_core.audit import AuditPlan, RolloutsFile, audit
from search_core.audit.auditing import continuing
from search_core.audit.rolling import RolloutDesk
from search_core.audit.store import RolloutEnd
from search_core.log.traces import read_trace
from tests.browser.app_process import App
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, wait

pytestmark = pytest.mark.browser
CUT = Path(__file__).resolve().parents[2] / "assets/chosen_problems/right_path_is_cut.jsonl"


def replies() -> list[str]:
    """What the server tells: nothing yet, a part, and all of it."""
    tree, plan, store = read_trace(CUT).tree, AuditPlan(8), RolloutsFile(None)
    desk = RolloutDesk(tree, continuing(tree, plan), store)
    for node in ("0", "1", "2", "3"):
        reached = 8 if node == "0" else 0
        for place in range(8):
            store.keep((desk.key(node), place), RolloutEnd(place < reached, 9))
    part = audit(tree, None, store, plan).to_dict()
    for node in tree.nodes:
        for place in range(8):
            if node != "root" and (desk.key(node), place) not in store.keys:
                store.keep((desk.key(node), place), RolloutEnd(False, 9))
    whole = audit(tree, None, store, plan).to_dict()
    told = [("waiting", None), ("running", part), ("done", whole)]
    return [
        json.dumps({"id": "a", "state": state, "before": 0, "said": "half of it", "audit": values})
        for state, values in told
    ]


def test_the_cuts_are_asked_for_by_keyboard_and_the_one_that_lost_the_run_is_shown(
    page: Page, app: App
) -> None:
    told, asked = replies(), count()

    def answer(route: Route) -> None:
        body = told[min(next(asked), len(told) - 1)]
        route.fulfill(status=200, content_type="application/json", body=body)

    page.route("**/audit/**", answer)
    open_page(page, app.url)
    page.get_by_role("button", name="the right path is cut").click()
    wait(page, "x.tree().started?.strategy === 'beam_search' && x.log.complete")
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    page.get_by_role("tab", name="What if").click()
    begin = page.get_by_role("button", name="What did the cuts cost?")
    begin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".esp-cuts-answer")).to_contain_text("could still have reached the answer")
    expect(begin).to_be_visible()
    # The focus is on what can be pressed, and has not fallen off the page.
    expect(begin).to_be_focused()
    cuts = page.locator(".esp-cuts")
    expect(cuts).to_contain_text("The run was lost in round 1 by cutting step 1, branch 1,")
    expect(cuts).to_contain_text("more than 99 % sure that the strongest cut")
    expect(cuts).to_contain_text("(cut: 8 of 8 rollouts; kept: 0 of 8 rollouts)")
    expect(cuts.locator(".esp-cuts-step").first).to_contain_text("8 of 8 got there")
    assert violations(page, ".esp-cuts") == []
    cuts.get_by_role("button", name="Show it in the tree").press("Enter")
    expect(page.locator(".esp-ring")).to_have_count(1)
    expect(page.locator(".esp-ring")).to_have_attribute("data-node", "0")
    expect(page.locator(".esp-ring-label")).to_have_text("8 of 8 got there")
    page.set_viewport_size({"width": 320, "height": 700})
    assert cuts.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    # Another run is not marked with what is true of this one.
    page.get_by_role("button", name="voting fails").click()
    wait(page, "x.tree().started?.strategy === 'best_of_n' && x.log.complete")
    expect(page.locator(".esp-ring-label", has_text="got there")).to_have_count(0)
    # Where nothing was cut there is no price to ask for.
    ask(page, "x.showing.skip()")
    wait(page, "x.tree().finished")
    page.get_by_role("tab", name="What if").click()
    expect(page.get_by_role("region", name="What if").get_by_label("First N")).to_be_visible()
    expect(cuts).to_be_hidden()
