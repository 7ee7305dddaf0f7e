"""What axe finds in every state of a run, in both themes: nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import in_both_themes
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


def test_axe_finds_nothing_in_any_state(stage: Stage, view: Page) -> None:
    found = {}

    def look(state: str) -> None:
        found[state] = in_both_themes(view, "#explorer")

    events = stage.runs["recorded-beam"]
    for status in ENDS:
        stage.runs[status] = ended(events, status)
    stage.runs["unfinished"] = renamed(events[: len(events) // 2], "unfinished")
    for status in ENDS:
        show(view, status)
        expect(view.locator(".esp-status")).not_to_have_text("Recorded")
        look(status)
    press(view, "show", "unfinished")
    wait(view, "x.log.run === 'unfinished' && x.log.length > 0")
    settle(view)
    look("without an end")
    stage.heads["live"] = 30
    press(view, "show", "live")
    wait(view, "x.log.run === 'live' && x.log.live")
    look("running")
    assert {where: what for where, what in found.items() if what} == {}
