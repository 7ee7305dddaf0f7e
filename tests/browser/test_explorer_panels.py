"""What stands around the picture: outline, answers, cost and texts, and that all can be read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from search_core.bench.synthetic import synthetic_log
from search_core.log.events import event_to_dict
from tests.browser.axe import in_both_themes, violations
from tests.browser.explorer import ask, settle, show, wait
from tests.browser.pages import VIEWPORT, Keep, nothing_ran
from tests.browser.stage import FIRST, HOSTILE, LONG_ANSWER, RIGHT_TO_LEFT, Stage, renamed

pytestmark = pytest.mark.browser


def opened(keep: Keep, stage: Stage) -> Page:
    """The stage's page as the test before left it, with its first run on show again."""
    view, new = keep(f"{stage.url}/")
    view.set_viewport_size(VIEWPORT)
    if not new:
        show(view, FIRST)
    settle(view)
    return view


def test_hostile_text_stays_text_and_maths_is_maths(view: Page) -> None:
    assert view.locator(".katex").count() == 0, "KaTeX is loaded when it is needed"
    show(view, "hostile")
    for wanted in (HOSTILE[:20], "xxx", "So \\("):
        found = f"[...x.tree().nodes.values()].find(n => n.text.startsWith({wanted!r})).id"
        ask(view, f"x.select({found})")
        settle(view)
    formula = view.locator(".esp-inspector .esp-here .katex").first
    expect(formula).to_be_visible()
    step = view.locator(".esp-inspector .esp-here .esp-step-text")
    expect(step).to_contain_text("\\notacommand{")
    expect(step).to_contain_text("$5")
    assert view.locator("#explorer [href^='javascript']").count() == 0
    view.get_by_role("tab", name="Outline").click()
    expect(view.get_by_role("treeitem").first).to_be_visible()
    assert nothing_ran(view)
    assert view.locator("#explorer img, #explorer script, #explorer iframe").count() == 0
    assert view.evaluate("document.documentElement.scrollWidth") <= 1280


def test_before_anything_of_a_run_is_there_nothing_is_told_of_another(
    keep: Keep, stage: Stage
) -> None:
    view = opened(keep, stage)
    told = view.locator(".esp-legend-keys, .esp-minute, .esp-views .esp-panel")
    assert told.filter(visible=True).count() > 1
    ask(view, "x.seek(0)")
    wait(view, "!x.timer && !x.tree().root")
    assert told.filter(visible=True).all_inner_texts() == []
    expect(view.get_by_text("Waiting for the first step.").first).to_be_visible()
    ask(view, "x.seek(x.log.length)")
    settle(view)
    assert told.filter(visible=True).count() > 1


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_it_fits_every_width(stage: Stage, keep: Keep, width: int) -> None:
    view, _ = keep(f"{stage.url}/")
    view.set_viewport_size({"width": width, "height": 800})
    wait(view, f"innerWidth === {width} && x.canvas.vertical === {str(width == 320).lower()}")
    settle(view)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert ask(view, "x.canvas.vertical") is (width == 320)
    small = view.evaluate(
        """() => [...document.querySelectorAll('.esp button, .esp select, .esp input')]
          .map(e => [e.getBoundingClientRect(), e.className])
          .filter(([r]) => r.width && (r.width < 24 || r.height < 24)).map(([, name]) => name)"""
    )
    assert small == []


def test_the_outline_is_an_aria_tree(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    view.get_by_role("tab", name="Outline").click()
    tree = view.get_by_role("tree")
    tree.focus()
    view.keyboard.press("ArrowDown")
    # Duplicates are folded, as in the picture.
    shown = ask(view, "x.visible.children('root').length")
    assert 1 < shown < ask(view, "x.tree().root.children.length")

    def active(attribute: str) -> str | None:
        return view.evaluate(
            "name => document.getElementById(document.querySelector('[role=tree]')"
            ".getAttribute('aria-activedescendant')).getAttribute(name)",
            attribute,
        )

    assert (active("aria-level"), active("aria-posinset"), active("aria-setsize")) == (
        "2",
        "1",
        str(shown),
    )
    assert active("aria-selected") == "true"
    assert ask(view, "x.selected") == "0"
    view.keyboard.press("ArrowLeft")
    while active("aria-level") != "1":
        view.keyboard.press("ArrowLeft")
    assert active("aria-expanded") == "true"
    view.keyboard.press("ArrowLeft")
    assert active("aria-expanded") == "false"
    assert view.get_by_role("treeitem").count() == 1
    view.keyboard.press("ArrowRight")
    view.keyboard.press("End")
    last = ask(view, "x.panel('outline').list.at(-1).id")
    assert ask(view, "x.selected") == last
    view.keyboard.press("Home")
    assert ask(view, "x.selected") == "root"


def test_axe_finds_no_violation(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    found = {}
    chosen = ask(view, "x.tree().chosen ?? 'root'")
    # The whole once, and then what another state puts into it.
    for state, part in (
        ("x.select(null)", "#explorer"),
        (f"x.select({chosen!r})", "#explorer"),
        ("x.select('root')", ".esp-inspector"),
        ("x.setPruned('fold'), x.select('fold:root')", ".esp-inspector"),
        ("x.keys.showHelp()", "dialog.esp-help"),
    ):
        ask(view, state)
        settle(view)
        found[state] = in_both_themes(view, part)
    assert {state: what for state, what in found.items() if what} == {}
    view.keyboard.press("Escape")
    ask(view, "x.setPruned('dim')")


def test_answers_and_cost_have_their_numbers(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    votes = [event for event in stage.runs["recorded-beam"] if event["kind"] == "voted"]
    table = view.locator(".esp-answers table")
    for event in votes:
        expect(table).to_contain_text(event["method"].capitalize())
    expect(table.locator(".esp-chosen")).to_contain_text("chosen")
    expect(table).to_contain_text(re.compile("right|wrong"))
    cost = view.locator(".esp-costs")
    expect(cost).to_contain_text("Tokens written")
    expect(cost).to_contain_text("times this search")


def test_what_is_written_from_right_to_left_is_laid_out_so(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    show(view, "rtl")
    ask(view, "x.select('0')")
    settle(view)
    view.get_by_role("tab", name="Outline").click()
    places = (".esp-inspector .esp-step-text", ".esp-inspector .esp-sibling-text")
    for place in (*places, ".esp-row-text", ".esp-answers .esp-link [dir]"):
        text = view.locator(place).filter(has_text=RIGHT_TO_LEFT[:5]).first
        assert text.evaluate("element => getComputedStyle(element).direction") == "rtl", place
    formula = view.locator(".esp-step-text .katex").first
    assert formula.evaluate("element => getComputedStyle(element).direction") == "ltr"
    show(view, "recorded-beam")
    ask(view, "x.select('0')")
    settle(view)
    text = view.locator(places[0]).first
    assert text.evaluate("element => getComputedStyle(element).direction") == "ltr"


def test_the_outline_of_a_large_tree_stays_small(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    # It is as small with any number of steps; what ten thousand cost has tests of its own.
    stage.runs["many"] = renamed([event_to_dict(event) for event in synthetic_log(1_000)], "many")
    show(view, "many")
    view.get_by_role("tab", name="Outline").click()
    assert ask(view, "x.panel('outline').list.length") > 1_000
    assert view.get_by_role("treeitem").count() < 80
    view.get_by_role("tree").focus()
    view.keyboard.press("End")
    assert view.get_by_role("treeitem").count() < 80


def test_what_could_not_be_compared_is_said_and_a_long_answer_is_shown_whole(
    stage: Stage, keep: Keep
) -> None:
    view = opened(keep, stage)
    show(view, "undecided")
    view.get_by_role("tab", name="Answers").click()
    answers = view.locator(".esp-answers")
    rows = answers.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("could not be compared with b^b")
    expect(rows.nth(1)).to_contain_text("could not be compared with x+1")
    expect(rows.nth(1)).to_contain_text("? could not be compared with the reference")
    expect(answers).to_contain_text("Answers that could not be compared vote apart")
    whole = rows.nth(2).locator("details")
    expect(whole.locator(".esp-long-text")).to_be_hidden()
    whole.locator("summary").click()
    expect(whole.locator(".esp-long-text")).to_have_text(LONG_ANSWER)
    assert violations(view, "#explorer") == []
    ask(view, "x.select('1')")
    settle(view)
    inspector = view.locator(".esp-inspector")
    expect(inspector).to_contain_text("Its answer could not be compared with x+1")
    expect(inspector).to_contain_text("whether it is right is not known")
    view.get_by_role("tab", name="Outline").click()
    name = "could not be compared with the reference, could not be compared with x+1"
    expect(view.get_by_role("treeitem", name=name)).to_have_count(1)
    expect(view.locator(".esp-legend-grades").first).to_contain_text("Undecided")
    assert violations(view, "#explorer") == []
