"""Steps that are being written, and warnings: a live run whose every push the test sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from search_core.log.events import event_from_dict
from search_core.serving.batches import encode_batch
from tests.browser.explorer import ask, settle, wait, wait_for_speech
from tests.browser.stage import Stage, fake_log

pytestmark = pytest.mark.browser

GHOSTS = "[...x.canvas.scene.items.values()].filter(i => i.state === 'writing')"
NOTE = "<b>Short of memory</b>: the batch of 16 was split in two."


@dataclass
class Told:
    """A live run that is told push by push."""

    page: Page
    stage: Stage
    events: list[dict[str, Any]]
    sent: int = 0

    def push(self, count: int = 0, *, writing: Any = None, live: bool = True) -> None:
        """Send the next events, and what is being written."""
        batch = self.events[self.sent : self.sent + count]
        self.sent += count
        value = {"run": "told", "ev": "", "head": self.sent, "live": live}
        if batch:
            value["ev"] = encode_batch([event_from_dict(event) for event in batch])
        if writing is not None:
            value["writing"] = json.dumps(writing)
        self.stage.heads["told"] = self.sent
        self.stage.pushes.put(value)

    def step(self, ids: Sequence[str], *counts: int, role: str = "step") -> dict[str, Any]:
        tokens = counts or (0,) * len(ids)
        return {"role": role, "tokens": [list(pair) for pair in zip(ids, tokens, strict=True)]}

    def settle(self) -> None:
        settle(self.page)

    def ids(self, start: int) -> list[str]:
        """Ids of the steps of the call whose events begin with this one."""
        ids = []
        for event in self.events[start:]:
            if event["kind"] != "sampled":
                break
            ids.append(event["id"])
        return ids


@pytest.fixture
def told(stage: Stage, page: Page) -> Iterator[Told]:
    events = fake_log("told")
    stage.runs["told"] = events
    page.goto(f"{stage.url}/")
    wait(page, "x.log.complete")
    page.click("#tell")
    yield Told(page, stage, events)
    stage.pushes.put(None)


def places(page: Page, ids: Sequence[str]) -> list[Any]:
    return list(ask(page, f"{list(ids)!r}.map(id => x.canvas.positionOf(id))"))


def begin(told: Told) -> list[str]:
    """The problem is there, and the first steps are being written."""
    ids = told.ids(1)
    assert len(ids) == 16
    told.push(1, writing=told.step(ids))
    wait(told.page, f"x.log.run === 'told' && {GHOSTS}.length === 16")
    told.settle()
    return ids


def test_steps_being_written_stand_where_they_will_be(told: Told) -> None:
    page = told.page
    ids = begin(told)
    before = places(page, ids)
    assert ask(page, f"{GHOSTS}.every(i => i.label === '')"), "nobody has counted yet"
    told.push(writing=told.step(ids, *range(1, 17)))
    wait(page, f"{GHOSTS}.some(i => i.label === '16 tokens')")
    assert ask(page, f"{GHOSTS}[0].label") == "1 token"
    expect(page.locator(".esp-story-head")).to_contain_text("Writing 16 steps, 136 tokens so far")
    told.settle()
    assert places(page, ids) == before
    told.push(16)
    wait(page, "x.tree().nodes.size === 17")
    told.settle()
    assert ask(page, f"{GHOSTS}.length") == 0
    assert places(page, ids) == before
    expect(page.locator(".esp-story-head")).not_to_contain_text("Writing")


def test_more_tokens_lay_nothing_out_anew(told: Told) -> None:
    page = told.page
    ids = begin(told)
    ask(page, "window.laid = 0, x.canvas.scene.update = () => { window.laid += 1; }")
    for count in range(1, 13):
        told.push(writing=told.step(ids, *[count] * 16))
        wait(page, f"{GHOSTS}[0].label.startsWith('{count} ')")
    # On a slow machine the page may ask whether it has missed something: that is one more.
    assert page.evaluate("window.laid") < 6


def test_the_legend_and_the_outline_say_it(told: Told) -> None:
    page = told.page
    ids = begin(told)
    entry = page.locator(".esp-legend-entry", has_text="Being written")
    expect(entry).to_be_visible()
    expect(entry).to_contain_text("16")
    page.get_by_role("tab", name="Outline").click()
    row = page.get_by_role("treeitem", name="Step 1, branch 2 of 16, being written")
    expect(row).to_be_visible()
    told.push(writing=told.step(ids, *[12] * 16))
    expect(
        page.get_by_role("treeitem", name="Step 1, branch 2 of 16, being written, 12 tokens")
    ).to_be_visible()
    entry.click()
    assert ask(page, f"{GHOSTS}.every(i => i.ghost)")


def test_nothing_of_it_is_spoken_but_one_sentence_a_round(told: Told) -> None:
    page = told.page
    wait_for_speech(page)  # of the run before
    page.evaluate(
        """() => {
          window.said = [];
          const regions = '#explorer [aria-live], #explorer [role=status]';
          for (const region of document.querySelectorAll(regions))
            new MutationObserver(() => window.said.push(region.textContent))
              .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    ids = begin(told)
    for count in range(1, 8):
        told.push(writing=told.step(ids, *[count] * 16))
        wait(page, f"x.log.writing.tokens.get('0') === {count}")
    wait_for_speech(page)
    said = page.evaluate("window.said.filter(Boolean)")
    assert len(said) <= 1
    assert not any("token" in sentence for sentence in said)


def test_a_step_that_is_being_written_can_be_selected_and_stays_selected(told: Told) -> None:
    page = told.page
    ids = begin(told)
    box = page.locator("#explorer .esp-canvas").bounding_box()
    assert box is not None
    [place] = places(page, ids[3:4])
    page.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    inspector = page.locator(".esp-inspector")
    expect(inspector).to_contain_text("Step 1, branch 4 of 16")
    told.push(writing=told.step(ids, *[9] * 16))
    expect(inspector).to_contain_text("Being written, 9 tokens")
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("ArrowDown")
    assert ask(page, "x.selected") == ids[4]
    told.push(16)
    wait(page, "x.tree().nodes.size === 17")
    expect(inspector).to_contain_text("The path so far")
    assert ask(page, "x.selected") == ids[4]


def test_a_stop_and_a_look_back_take_them_away(told: Told) -> None:
    page = told.page
    first = begin(told)
    count = next(i for i, e in enumerate(told.events) if i > 17 and e["kind"] == "sampled")
    told.push(count - 1)
    ids = told.ids(count)
    told.push(writing=told.step(ids, *[3] * len(ids)))
    wait(page, f"{GHOSTS}.length === {len(ids)}")
    assert not set(ids) & set(first)
    page.get_by_role("button", name="Back one round").click()
    wait(page, f"{GHOSTS}.length === 0")
    page.get_by_role("button", name="Live").click()
    wait(page, f"{GHOSTS}.length === {len(ids)}")
    end = {"kind": "finished", "seq": told.sent, "t": 1.0, "status": "cancelled"}
    template = told.events[-1]
    told.events[told.sent :] = [{**template, **end, "chosen": None, "answer": None}]
    told.push(1, live=False)
    wait(page, f"x.log.complete && {GHOSTS}.length === 0")
    expect(page.locator(".esp-status")).to_have_text("Stopped")
    expect(page.locator(".esp-legend-entry", has_text="Being written")).to_be_hidden()


def test_steps_that_look_ahead_are_shown_on_demand_while_written_too(told: Told) -> None:
    page = told.page
    ids = begin(told)
    told.push(16, writing=told.step(["0.0", "1.0"], 2, 3, role="rollout"))
    wait(page, "x.tree().nodes.size === 17")
    assert ask(page, f"{GHOSTS}.length") == 0
    expect(page.locator(".esp-story-head")).to_contain_text("Writing 2 look-ahead steps")
    ask(page, "x.toggleState('rollout')")
    assert ask(page, f"{GHOSTS}.map(i => i.id).join()") == "0.0,1.0"
    assert ids[0] == "0"


def test_strange_counts_do_no_harm(told: Told, console: list[str]) -> None:
    page = told.page
    begin(told)
    for strange in (
        {"role": "x", "tokens": [["__proto__", 1], ["0.9.9", 2], [3, 4], ["0", "<b>"], ["1", -5]]},
        {"tokens": "no list"},
        [],
        {"role": "step", "tokens": [[f"{n}", 1] for n in range(5000)]},
    ):
        told.push(writing=strange)
    wait(page, f"{GHOSTS}.length > 16")
    assert ask(page, f"{GHOSTS}.length") <= 1024
    assert console == []


def test_a_warning_is_told_quietly_and_as_text(told: Told) -> None:
    page = told.page
    begin(told)
    warned = {"kind": "warned", "seq": 1, "t": 0.1, "message": NOTE}
    later = [{**event, "seq": event["seq"] + 1} for event in told.events[1:]]
    told.events[1:] = [warned, *later]
    told.stage.runs["told"] = told.events
    told.push(1)
    note = page.locator(".esp-warnings")
    expect(note).to_contain_text(NOTE)
    assert note.locator("b").count() == 0
    assert page.locator(".esp-warnings[role=alert]").count() == 0
    told.push(len(told.events) - told.sent, live=False)
    wait(page, "x.log.complete")
    expect(note).to_contain_text(NOTE)
    expect(page.locator(".esp-tick-warning")).to_have_count(1)
    ask(page, "x.select(null)")
    moment = page.locator(".esp-moment", has_text="Warning: <b>Short of memory</b>")
    expect(moment).to_contain_text("Round 1:")
    moment.click()
    slider = page.get_by_role("slider", name="Moment of the run")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^Round 1 of .+, a warning$"))
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(note).to_be_hidden()
