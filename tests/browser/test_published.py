"""A published model on the page, as it is offered (`tests/published/run.sh`)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from tests.browser.app_process import App, start_app
from tests.browser.axe import violations
from tests.browser.explorer import ask, open_page, settle, wait
from tests.browser.pages import VIEWPORT
from tests.browser.test_page_charts import open_charts, wait_for_charts

NAMED = os.environ.get("ESPALIER_TEST_PUBLISHED", "")
PICTURES = os.environ.get("PUBLISHED_PICTURES", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not NAMED, reason="no published model is named"),
]

PROBLEM = (
    "Repeat this line word by word: **Zoë** says \\(x^2 + 1 = 10\\) so \\(x = 3\\), "
    "and `日本` is Japan 👩\u200d🔬."
)


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with start_app(tmp_path_factory.mktemp("runs"), "--offer", "embedded,smollm2") as running:
        yield running


def picture(page: Page, name: str) -> None:
    """For people to look at, where they want to."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def wait_for_the_end(page: Page) -> None:
    """However long the whole takes: what is waited for is the next event."""
    while not ask(page, "x.log.complete"):
        known = ask(page, "x.log.length")
        wait(page, f"x.log.complete || x.log.length > {known}")


def test_it_searches_on_the_page(offering: App, page: Page) -> None:
    """Once in the light theme; in the dark one the finished run is opened by its link."""
    asked = {
        "models": "smollm2",
        "problem": PROBLEM,
        "strategy": "beam_search",
        "n": 4,
        "beam_width": 2,
        "max_steps": 3,
        "max_step_tokens": 64,
        "seed": 1,
        "__theme": "light",
    }
    # A link with a problem runs by itself.
    page.goto(f"{offering.url}/?{urlencode(asked)}")
    wait(page, f"x.log.length && x.log.events[0].problem.text === {json.dumps(PROBLEM)}")
    wait_for_the_end(page)
    run = ask(page, "x.log.run")
    header = read_trace(offering.runs / f"{run}.jsonl").started
    assert header.solver.name == header.verifier.name == "SmolLM2-135M-Instruct.Q4_1"
    look_around(page, "light")
    page.set_viewport_size(VIEWPORT)
    open_page(page, f"{offering.url}/?{urlencode({'run': run, '__theme': 'dark'})}")
    look_around(page, "dark")
    assert offering.errors() == []


def look_around(page: Page, theme: str) -> None:
    """The finished run in the tree, the inspector, the outline and the charts, and on a phone."""
    ask(page, "x.seek(x.log.length)")
    settle(page)
    picture(page, f"tree-{theme}")

    ask(page, "x.select('root')")
    settle(page)
    told = page.locator(".esp-inspector")
    expect(told.locator(".katex").first).to_be_visible()
    expect(told).to_contain_text("日本")
    expect(told).to_contain_text("👩\u200d🔬")
    picture(page, f"problem-{theme}")

    deepest = "[...x.tree().nodes.values()].reduce((a, b) => a.depth < b.depth ? b : a).id"
    ask(page, f"x.select({deepest})")
    settle(page)
    text = ask(page, f"x.tree().nodes.get({deepest}).text")
    assert len(text) > 5
    expect(told.locator(".esp-here")).to_contain_text(text.split()[0].strip("#*`$ "))
    picture(page, f"step-{theme}")

    page.get_by_role("tab", name="Outline").click()
    steps = ask(page, "x.tree().nodes.size")
    assert ask(page, "x.panel('outline').list.length") == steps
    expect(page.get_by_role("treeitem").first).to_be_visible()
    picture(page, f"outline-{theme}")

    open_charts(page)
    wait_for_charts(page)
    picture(page, f"charts-{theme}")
    assert violations(page, "#explorer") == []
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    picture(page, f"phone-{theme}")
