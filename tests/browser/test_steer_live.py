"""The shears in a run that goes on: every act, by every means, stops it and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import Gate, new_gate, start_app
from tests.browser.explorer import ask, open_page, run_of, start, wait
from tests.browser.form import fill
from tests.browser.hand import Hand, Means
from tests.browser.pages import leave

pytestmark = pytest.mark.browser

CUT = "the right path is cut"
BASE = "recorded-right-path-is-cut"
STEP = "0"


class LiveRun:
    """A beam search that a gate holds; what is done to it, and what it was each time."""

    def __init__(self, hand: Hand, gate: Gate) -> None:
        self.hand, self.page, self.gate = hand, hand.page, gate
        self.acted_on: list[str] = []

    def begin(self) -> None:
        """Run a recorded search anew, as far as its first cut."""
        self.hand.press(self.page.get_by_role("button", name=CUT))
        wait(self.page, f"x.log.run === {BASE!r} && x.log.complete")
        ask(self.page, "x.showing.skip()")
        # The form is filled a moment after the tree is there.
        expect(self.page.locator("#strategy input[value=beam_search]")).to_be_checked()
        expect(self.page.locator("#option-n input")).to_have_value("8")
        self.gate.clear()
        before = run_of(self.page)
        self.hand.press(self.page.locator("#run"))
        wait(self.page, f"x.log.run !== {before!r} && x.log.live")
        self.written("x.tree().nodes.get('0')?.state === 'pruned'")
        ask(self.page, f"x.select({STEP!r})")

    def written(self, what: str) -> None:
        """Let the solver answer once, and see all that comes of it."""
        self.gate.let_one_through()
        wait(self.page, f"{what} && x.at === x.log.length")

    def acts(self, name: str) -> None:
        """It is stopped where it is, and another goes on from there."""
        assert ask(self.page, "x.log.live")
        expect(self.page.locator(".esp-acts")).to_contain_text("An act stops this run where it is")
        self.acted_on.append(run_of(self.page))
        self.hand.act(name)

    def goes_on(self, noted: str, selects: str = f"x.selected === {STEP!r}") -> None:
        """The run that came of it, live, with the act in it."""
        wait(
            self.page,
            f"x.log.run !== {self.acted_on[-1]!r} && x.log.live && "
            f"x.tree().notes.at(-1)?.action === {noted!r}",
        )
        wait(self.page, selects)
        # The picture goes on to show what is new.
        assert ask(self.page, "x.canvas.follow")
        # The page's buttons are those of what goes on, not of what was stopped.
        expect(self.page.locator("#stop")).to_be_enabled()
        expect(self.page.locator("#run")).to_be_disabled()


def journey(page: Page, gate: Gate, means: Means) -> None:
    """Every act on a run that has not ended, one on top of the other, and the way back."""
    hand = Hand(page, means)
    run = LiveRun(hand, gate)
    run.begin()
    run.acts("keep")
    run.goes_on("kept")
    run.written("x.tree().nodes.get('0').children.length > 0")
    children = ask(page, "x.tree().nodes.get('0').children.length")
    run.acts("grow")
    hand.fill("More next steps", "1")
    hand.submit("Grow them")
    run.goes_on("grown")
    run.written(f"x.tree().nodes.get('0').children.length === {children + 1}")
    run.acts("write")
    hand.fill("The next step", "25 - 7 = 18, left 18")
    hand.submit("Put it there")
    run.goes_on("injected", selects=f"x.selected && x.selected !== {STEP!r}")  # what one wrote
    ask(page, f"x.select({STEP!r})")
    run.acts("edit")
    hand.fill("The step", "24 + 7 = 31, left 1 31")
    hand.submit("Put it there")
    run.goes_on("edited")
    assert ask(page, "x.tree().nodes.get('0').text.trim()") == "24 + 7 = 31, left 1 31"
    run.acts("cut")
    run.goes_on("pruned")
    run.acts("go_on")
    hand.choose("Strategy", "DVTS")
    hand.fill("Budget N", "4")
    hand.submit("Go on")
    run.goes_on("went_on")
    gate.set()
    wait(page, "(x.showing.skip(), x.tree().finished?.status === 'completed')")
    assert ask(page, "x.tree().notes.map(note => note.of)") == run.acted_on
    # The keyboard's place is the tree, and each run that was stopped is there, as far as it came.
    if means == "keyboard":
        assert page.evaluate("document.activeElement.localName") == "canvas"
    # The way back is the same for every means but in its first step.
    for before in reversed(run.acted_on if means == "mouse" else run.acted_on[-1:]):
        hand.steered("Undo")
        wait(page, f"x.log.run === {before!r} && x.tree().finished?.status === 'cancelled'")
    if means == "mouse":
        # It was stopped by the first act, and did not go by itself to an end.
        expect(page.locator(".esp-steered")).to_contain_text("This search was stopped here")


def test_every_act_stops_what_runs(
    page: Page, phone: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    gate = new_gate()
    # Pages go before the app ends, of which they would complain: also where a journey fails.
    with (
        start_app(tmp_path_factory.mktemp("runs"), gate=gate) as app,
        closing(page),
        closing(phone),
    ):
        gate.set()
        for one in (page, phone):
            open_page(one, app.url)
        # The models are there, and warm, before anything waits at the gate.
        fill(page, "#option-n", "2")
        start(page)
        wait(page, "x.log.complete")
        journey(page, gate, "mouse")
        journey(page, gate, "keyboard")
        journey(phone, gate, "touch")
        assert app.errors() == []


@contextmanager
def closing(page: Page) -> Iterator[None]:
    """Leaves what it shows at last."""
    try:
        yield
    finally:
        leave(page)
