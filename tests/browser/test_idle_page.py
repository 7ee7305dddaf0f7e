"""A page on which nothing happens lets the visitor's processor rest."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.app_process import App
from tests.browser.explorer import open_page, settle
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

# Before all others, also before the page's own: what is counted here is really asked for.
COUNT = """
  const next = window.requestAnimationFrame.bind(window);
  window.framesAsked = 0;
  window.nextFrame = next;
  window.requestAnimationFrame = (then) => { window.framesAsked += 1; return next(then); };
"""
FRAMES = """() => new Promise((done) => {
  const before = window.framesAsked;
  let seen = 0;
  const again = () => {
    seen += 1;
    if (seen < 20) window.nextFrame(again);
    else done(window.framesAsked - before);
  };
  window.nextFrame(again);
})"""


def test_nothing_asks_for_frames_while_nothing_happens(page: Page, app: App) -> None:
    own = page.context.new_page()  # the script stays with the page that it is given to
    own.add_init_script(COUNT)
    open_page(own, app.url)
    settle(own)
    assert own.evaluate("window.framesAsked") > 0  # so they are counted
    wait_until(lambda: own.evaluate(FRAMES) == 0, "A page that asks for no frames")
