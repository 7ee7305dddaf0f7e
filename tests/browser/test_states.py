"""What axe finds in every state of a run, in both themes: nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.explorer import press, settle, show, wait
from tests.browser.stage import Events, Stage, renamed

pytestmark = pytest.mark.browser

ENDS = {
    "failed": "The solver's server does not answer.",
    "cancelled": "Stopped by request.",
    "out_of_budget": "20,000 nodes are the most.",
}


def ended(events: Events, status: str) -> Events:
    """The first half of a run, and an end like this one."""
    half = events[: len(events) // 2]
    end = {"kind": "finished", "status": status, "message": ENDS[status]}
    return renamed([*half, {**end, "seq": len(half), "t": half[-1]["t"]}], status)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(stage: Stage, page: Page, theme: str) -> None:
    events = stage.runs["recorded-beam"]
    for status in ENDS:
        stage.runs[status] = ended(events, status)
    stage.runs["unfinished"] = renamed(events[: len(events) // 2], "unfinished")
    page.goto(f"{stage.url}/?__theme={theme}")
    wait(page, "x.log.complete")
    for status in ENDS:
        show(page, status)
        expect(page.locator(".esp-status")).not_to_have_text("Recorded")
        assert violations(page, "#explorer") == [], status
    press(page, "show", "unfinished")
    wait(page, "x.log.run === 'unfinished' && x.log.length > 0")
    settle(page)
    assert violations(page, "#explorer") == [], "without an end"
    stage.heads["live"] = 30
    press(page, "show", "live")
    wait(page, "x.log.run === 'live' && x.log.live")
    assert violations(page, "#explorer") == [], "running"
