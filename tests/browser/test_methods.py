"""What particular methods add to the picture, the inspector, the outline and the legend."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import in_both_themes
from tests.browser.explorer import ask, run_of, settle, show, wait
from tests.browser.method_logs import METHODS
from tests.browser.pages import VIEWPORT, Keep, nothing_ran, show_theme
from tests.browser.stage import HOSTILE, Stage, renamed

pytestmark = pytest.mark.browser

LEGEND = {
    "mcts": ["0.62 (14) Value (visits)"],
    "particles": ["×2 Copies"],
    "lookahead": ["0.9 → 0.4 Judged"],
    "revisions": ["Revises"],
    "stream": ["Jumps back", "Forced"],
}
OWN = ".esp-legend, .esp-inspector, .esp-word-layer, .esp-story"


def shown(keep: Keep, stage: Stage, run: str) -> Page:
    """The page with this run, from its end: as one who comes from another run finds it, or as the
    test before left it, which selected and scrubbed at most."""
    page, _ = keep(f"{stage.url}/")
    page.set_viewport_size(VIEWPORT)
    show_theme(page, "light")
    if run_of(page) == run:
        ask(page, "x.select(null), x.scrub(x.log.length)")
        settle(page)
    else:
        show(page, run)
    return page


def select(page: Page, node: str) -> str:
    """Select a node; what the inspector says then."""
    ask(page, f"x.select({node!r})")
    return page.locator(".esp-inspector").inner_text()


def signs(page: Page) -> list[str]:
    """The legend's entries for signs beside the states, once all is drawn."""
    settle(page)
    shown = page.locator(".esp-legend [aria-label='Signs beside the marks']")
    return [
        text.split("\n")[0]
        for text in shown.locator("> span > span:first-of-type").all_inner_texts()
    ]


@pytest.mark.parametrize("run", METHODS)
def test_the_legend_explains_what_occurs_and_nothing_else(
    stage: Stage, keep: Keep, run: str
) -> None:
    page = shown(keep, stage, run)
    assert signs(page) == LEGEND[run]
    ask(page, "x.scrub(2)")
    assert signs(page) == []
    page = shown(keep, stage, run)
    # The whole once; of the others what their method puts into it.
    it_is_accessible_in_both_themes_and_fits_a_phone(page, "#explorer" if run == "mcts" else OWN)


def it_is_accessible_in_both_themes_and_fits_a_phone(page: Page, part: str) -> None:
    ask(page, "x.select([...x.tree().nodes.keys()][1])")
    settle(page)
    assert in_both_themes(page, part) == {}
    page.set_viewport_size({"width": 320, "height": 800})
    wait(page, "x.canvas.vertical")
    settle(page)
    ask(page, "x.select([...x.tree().nodes.keys()][2])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_of_a_run_without_signs_the_legend_explains_none(stage: Stage, keep: Keep) -> None:
    shown(keep, stage, "stream")
    assert signs(shown(keep, stage, "recorded-beam")) == []


def test_visits_make_marks_larger_and_are_explained(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "mcts")
    most = ask(
        page, "[...x.tree().nodes.values()].slice(1).sort((a, b) => b.visits - a.visits)[0].id"
    )
    sizes = ask(
        page,
        "[...x.canvas.scene.items.values()].slice(1)"
        ".map(i => [i.id, x.canvas.painter.radiusOf(i)])",
    )
    assert max(sizes, key=lambda pair: pair[1])[0] == most
    told = select(page, most)
    assert "Value and visits" in told
    visits = ask(page, f"x.tree().nodes.get({most!r}).visits")
    assert f"Visits\n{visits}" in told
    assert f"({visits})." in told
    # Where a card has two numbers, each says what it is.
    expect(page.locator(".esp-word[data-kind=card]", has_text="value").first).to_contain_text(
        re.compile(r"value \d\.\d\d.*\d+ visits?")
    )
    ask(page, "x.scrub(x.rounds.segments[2].cursor)")
    expect(page.locator(".esp-story-text")).to_contain_text("backed up; the problem now has")


def test_copies_lie_behind_the_mark_and_shares_are_told(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "particles")
    node = ask(
        page, "[...x.tree().nodes.values()].find(n => n.copies > 1 && n.state === 'kept').id"
    )
    copies = ask(page, f"x.tree().nodes.get({node!r}).copies")
    assert ask(page, f"x.canvas.scene.items.get({node!r}).label").endswith(f"×{copies}")
    told = select(page, node)
    assert f"Copies\n{copies} of 8" in told
    assert "Effective sample size" in told
    ask(page, "x.select(null), x.scrub(x.rounds.segments[1].cursor)")
    expect(page.locator(".esp-story-text")).to_contain_text("Effective sample size")


def test_rollouts_come_on_demand(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "lookahead")
    steps = ask(page, "x.canvas.scene.items.size")
    rollouts = ask(page, "[...x.tree().nodes.values()].filter(n => n.role === 'rollout').length")
    assert steps + rollouts == ask(page, "x.tree().nodes.size")
    toggle = page.locator(".esp-legend-entry", has_text="Look ahead")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    wait(page, f"x.canvas.scene.items.size === {steps + rollouts}")
    page.locator("#explorer .esp-canvas").focus()
    page.keyboard.press("l")
    wait(page, f"x.canvas.scene.items.size === {steps}")


def test_a_candidate_leads_to_the_rollout_that_judged_it(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "lookahead")
    told = select(page, "1")
    assert "Judged by the end of its rollout" in told
    scores = ask(page, "x.tree().path(x.tree().nodes.get('1').ahead).map(n => n.score.toFixed(2))")
    assert f"min({', '.join(scores)})" in told
    page.locator(".esp-inspector .esp-link", has_text="Go to the end").click()
    assert ask(page, "x.selected") == ask(page, "x.tree().nodes.get('1').ahead")
    assert ask(page, "x.canvas.scene.items.has(x.selected)")
    expect(page.locator(".esp-inspector h2")).to_contain_text("Look-ahead step 3")


def test_an_attempt_leads_to_the_one_it_revises_and_back(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "revisions")
    select(page, "2")
    page.locator(".esp-inspector .esp-link", has_text="It revises the attempt").click()
    assert ask(page, "x.selected") == "0.0.0.0"
    page.locator(".esp-inspector .esp-link", has_text="Revised by the attempt").click()
    assert ask(page, "x.selected") == "2"


def test_a_stream_can_be_read_in_the_order_of_writing(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "stream")
    written = ask(page, "[...x.tree().nodes.keys()].slice(1)")
    assert "Piece 1 of 10" in select(page, written[0])
    for node in written[1:]:
        page.locator(".esp-links .esp-link", has_text="Next piece").click()
        assert ask(page, "x.selected") == node
    told = select(page, written[6])
    assert "The stream jumped back here: it goes on from the problem." in told
    assert "The text begins with “Wait”, which was put into the solver's mouth." in told


def test_arrows_are_drawn_and_numbered_in_order(stage: Stage, keep: Keep) -> None:
    page = shown(keep, stage, "stream")
    counted = page.evaluate(
        """() => {
          const x = document.querySelector('.esp').espalier;
          const drawn = [];
          const own = x.canvas.painter.lettering.numbers;
          x.canvas.painter.lettering.numbers = (places) => drawn.push(...places.map(p => p.text));
          x.canvas.paint();
          x.canvas.painter.lettering.numbers = own;
          return drawn;
        }"""
    )
    assert counted == ["1", "2", "3", "4", "5"]


def test_what_a_verifier_wrote_is_read_with_its_step(stage: Stage, keep: Keep) -> None:
    said = f"Step 1 is fine. {HOSTILE}"
    events = stage.runs["best"]
    [scored, plain, *_] = [event["id"] for event in events if event["kind"] == "scored"]
    stage.runs["reasoned"] = renamed(
        [
            {**event, "reason": said}
            if (event["kind"], event.get("id")) == ("scored", scored)
            else event
            for event in events
        ],
        "reasoned",
    )
    page = shown(keep, stage, "reasoned")
    text = select(page, scored)
    assert said in text
    assert text.lower().count("what the verifier wrote") == 1
    assert "what the verifier wrote" not in select(page, plain).lower()
    assert nothing_ran(page)
