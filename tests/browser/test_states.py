"""What axe finds in every state of a run, in both themes: nothing. The state is read on a phone."""

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


# Whether the word of the run's state, or the list of runs beside it, reaches out of its line.
CUT_OFF = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [head, sharing] = [box('.esp-story-head'), box('.esp-sharing')];
  return ['.esp-status', '.esp-runs'].map(box).filter(({ width }) => width)
    .some(({ top, bottom, right }) =>
      top < head.top - 1 || bottom > head.bottom + 1 || right > sharing.left + 1);
}"""


def cut_off(view: Page) -> list[int]:
    """Widths of phones on which the word of the run's state is not read whole."""
    size = view.viewport_size
    assert size is not None
    widths = []
    for width in (390, 360, 320):
        # On the stage the margins around the tree are so much wider than in the app.
        view.set_viewport_size({"width": width + 88, "height": 700})
        view.wait_for_function(f"() => innerWidth === {width + 88}")
        if view.evaluate(CUT_OFF):
            widths.append(width)
    view.set_viewport_size(size)
    return widths


def test_axe_finds_nothing_in_any_state(stage: Stage, view: Page) -> None:
    found = {}

    def look(state: str) -> None:
        found[state] = in_both_themes(view, "#explorer")
        assert cut_off(view) == [], state

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
