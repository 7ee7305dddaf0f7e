"""A new panel of the explorer is one file and one line: a made-up one is put into a copy of the
assets, and told of every moment like the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.explorer import tree_view
from components.published import publish
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
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small page, its explorer served with one more panel."""
    weights = shutil.ignore_patterns("*.safetensors")
    assets = shutil.copytree(tree_view.ASSETS, tmp_path / "assets", ignore=weights)
    panels = assets / "js" / "panels"
    listed = panels / "list.js"
    head, end, rest = listed.read_text(encoding="utf-8").rpartition("];")
    assert end
    (panels / "depth.js").write_text(FILE, encoding="utf-8")
    listed.write_text(f'import {{ Depth }} from "./depth.js";\n{head}{LINE}{rest}', "utf-8")
    folder = publish(assets, tmp_path / "published")
    monkeypatch.setattr(tree_view, "published_folder", lambda: folder)
    with served_stage() as stage:
        yield stage


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
