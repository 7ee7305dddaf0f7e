"""A new panel of the explorer is one file and one line: a made-up one is put into the folder that
the page is served from, and told of every moment like the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.published import published_folder
from tests.browser.explorer import ask, wait
from tests.browser.stage import Stage, served_stage

pytestmark = pytest.mark.browser

FILE = """
import { h } from "../dom/dom.js";

export class Depth {
  constructor({ actions }) {
    this.line = h("p", {});
    const on = { click: () => actions.select("0") };
    const deeper = h("button", { type: "button", text: "Deeper", on });
    this.element = h("section", { id: "made-up", "aria-label": "Depth" }, this.line, deeper);
    this.resets = 0;
  }

  update({ tree, selected }) {
    const depth = selected === null ? "nothing" : tree.nodes.get(selected).depth;
    this.line.textContent = `${tree.nodes.size} nodes, selected: ${depth}`;
  }

  reset() {
    this.resets += 1;
  }
}
"""
LINE = '  { name: "depth", place: "below", Panel: Depth },\n];'


@pytest.fixture
def stage() -> Iterator[Stage]:
    """The small page, its explorer served with one more panel."""
    panels = Path(published_folder()) / "js" / "panels"
    made_up, listed = panels / "depth.js", panels / "list.js"
    before = listed.read_text(encoding="utf-8")
    head, end, rest = before.rpartition("];")
    assert end
    made_up.write_text(FILE, encoding="utf-8")
    listed.write_text(f'import {{ Depth }} from "./depth.js";\n{head}{LINE}{rest}', "utf-8")
    try:
        with served_stage() as stage:
            yield stage
    finally:
        listed.write_text(before, encoding="utf-8")
        made_up.unlink()


def test_a_new_panel_is_one_file_and_one_line(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.url}/")
    wait(page, "x.log.complete")
    line = page.locator(".esp-main #made-up p")
    nodes = ask(page, "x.tree().nodes.size")
    expect(line).to_have_text(f"{nodes} nodes, selected: nothing")
    page.get_by_role("button", name="Deeper").click()
    assert ask(page, "x.selected") == "0"
    expect(line).to_have_text(f"{nodes} nodes, selected: 1")
    page.get_by_role("slider", name="Moment of the run").focus()
    page.keyboard.press("Home")
    expect(line).to_have_text("1 nodes, selected: nothing")
    before = ask(page, "x.panel('depth').resets")
    page.fill("#wanted textarea, #wanted input", "dvts")
    page.click("#show")
    wait(page, "x.log.run === 'dvts' && x.log.complete")
    assert ask(page, "x.panel('depth').resets") == before + 1
    expect(line).to_have_text(f"{ask(page, 'x.tree().nodes.size')} nodes, selected: nothing")
