"""The explorer and its log: what arrives, what gets lost, and what it folds to."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from search_core.log.events import event_from_dict
from search_core.log.tree import Tree
from tests.browser.explorer import ask, press, run_of, show, wait, wait_for_speech
from tests.browser.pages import Keep
from tests.browser.stage import FIRST, Stage

pytestmark = pytest.mark.browser


def opened(keep: Keep, stage: Stage) -> Page:
    """The stage's page, with its first run on show again."""
    view, _ = keep(f"{stage.url}/")
    if run_of(view) != FIRST:
        show(view, FIRST)
    return view


def test_a_message_leaves_the_style_sheet_as_it_is(stage: Stage, keep: Keep) -> None:
    """Set anew it would have everything on the page measured and painted anew."""
    view, _ = keep(f"{stage.url}/")
    sheet = "[...document.styleSheets].find((s) => s.ownerNode.textContent.includes('.esp-canvas'))"
    view.evaluate(f"() => {{ {sheet}.seen = true; }}")
    show(view, "dvts")
    assert view.evaluate(f"() => {sheet}.seen") is True


def test_a_value_at_mount_is_drawn_under_a_sub_path(stage: Stage, view: Page) -> None:
    colours = view.evaluate(
        """() => {
          const c = document.querySelector('#explorer .esp-canvas');
          const data = new Uint32Array(
            c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(data).size;
        }"""
    )
    assert colours > 20
    served = view.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).filter(n => n.endsWith('.js'))"
    )
    module = next(name for name in served if name.endswith("/js/main.js"))
    assert "/sub/path/gradio_api/" in module
    reply = view.request.get(module)
    assert "javascript" in reply.headers["content-type"]


def test_what_arrived_is_folded_as_python_folds_it(stage: Stage, keep: Keep) -> None:
    """For one run; `tests/test_fold_js.py` asks the same of all, without a page."""
    view, _ = keep(f"{stage.url}/")
    run = "mcts"
    show(view, run)
    events = [event_from_dict(event) for event in stage.runs[run]]
    for cursor in {len(events), len(events) // 2, 1, len(events) // 3}:
        ask(view, f"x.scrub({cursor})")
        mine = view.evaluate(
            """async () => {
              const x = document.querySelector('.esp').espalier;
              const main = performance.getEntriesByType('resource')
                .map(e => e.name).find(n => n.endsWith('/js/main.js'));
              const { toJSON } = await import(new URL('log/tree.js', main).href);
              return toJSON(x.tree());
            }"""
        )
        assert mine == json.loads(json.dumps(Tree.from_events(events[:cursor]).to_dict()))


@pytest.mark.parametrize("drop", [0, 3])
def test_a_live_run_is_followed_even_if_batches_get_lost(
    stage: Stage, keep: Keep, drop: int
) -> None:
    view = opened(keep, stage)
    stage.drop = drop
    view.evaluate(
        """() => {
          window.said = [];
          window.listening?.disconnect();
          const region = document.querySelector('#explorer [aria-live]');
          window.listening = new MutationObserver(() => window.said.push(region.textContent));
          window.listening.observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    press(view, "stream", "live")
    wait(view, "x.log.run === 'live' && x.log.complete")
    assert ask(view, "x.log.events.every((e, i) => e.seq === i)")
    assert ask(view, "x.at") == len(stage.runs["live"])
    wait(view, "location.search.includes('run=live')")
    wait_for_speech(view)
    said = view.evaluate("window.said")
    rounds = ask(view, "x.rounds.segments.length")
    assert 1 <= len(said) <= rounds
    assert len(set(said)) == len(said)


def test_a_broken_connection_says_so_and_recovers(
    stage: Stage, keep: Keep, console: list[str]
) -> None:
    view = opened(keep, stage)
    stage.broken = True
    press(view, "show", "dvts")
    notice = view.locator(".esp-notice")
    expect(notice).to_contain_text("Trying again")
    stage.broken = False
    wait(view, "x.log.complete")
    expect(notice).to_be_hidden()
    console[:] = [line for line in console if "500" not in line]


def test_a_log_that_contradicts_itself_is_named(stage: Stage, keep: Keep) -> None:
    view = opened(keep, stage)
    events = stage.runs["dvts"]
    stage.runs["torn"] = [*events[:20], {**events[3], "seq": 20}, *events[21:]]
    press(view, "show", "torn")
    expect(view.locator(".esp-notice")).to_contain_text("contradicts itself")


def test_a_hidden_tab_catches_up(stage: Stage, view: Page) -> None:
    view.evaluate(
        "Object.defineProperty(document, 'visibilityState', {get: () => 'hidden'});"
        "Object.defineProperty(document, 'hidden', {get: () => true})"
    )
    press(view, "stream", "live")
    wait(view, "x.log.run === 'live' && x.log.complete")
    assert ask(view, "x.log.length") == len(stage.runs["live"])
