"""A run as a page of its own, opened from disk with the network cut."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from search_core.export import export_trace, html_page, html_template
from search_core.log.events import event_from_dict, event_to_dict
from search_core.log.traces import Trace, parse_trace, read_trace
from tests.browser.axe import violations
from tests.browser.explorer import saved
from tests.browser.pages import VIEWPORT, listen, nothing_ran
from tests.browser.stage import HOSTILE, MATHS, Stage, with_texts
from tests.test_export_formats import pixels
from tests.waiting import PATIENCE, wait_until

TRACES = Path(__file__).resolve().parents[2] / "assets" / "traces"
BEAM = TRACES / "countdown-beam-search.jsonl"
_SVG = "{http://www.w3.org/2000/svg}"
_EXPLORER = "document.querySelector('.esp')?.espalier"

_SHOWN = """[...document.querySelectorAll('.esp-words:not(.esp-words-measured) .esp-word-text')]
  .map(word => word.textContent)"""

Open = Callable[..., Page]


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path, console: list[str]) -> Iterator[Open]:
    """Opens a run's page from disk, without a network; a test fails if anything is asked for."""
    contexts: list[BrowserContext] = []
    asked: list[str] = []

    def open_one(trace: Trace, scheme: Any = "light", query: str = "", **more: Any) -> Page:
        path = tmp_path / "run.html"
        export_trace(trace, path)
        context = browser.new_context(
            offline=True, color_scheme=scheme, **{"viewport": VIEWPORT, **more}
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        listen(page, console)
        page.goto(f"{path.as_uri()}{query}")
        # Its policy lets nobody make functions of text, as waiting for an expression would.
        wait_until(lambda: page.evaluate(f"Boolean({_EXPLORER}?.canvas.fitted)"), "The tree")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert console == []


def ask_file(page: Page, expression: str) -> Any:
    """Evaluate a JavaScript expression in which `x` is the explorer."""
    return page.evaluate(f"(() => {{ const x = {_EXPLORER}; return {expression}; }})()")


def hostile() -> Trace:
    events = [event_to_dict(event) for event in read_trace(BEAM).events]
    changed = with_texts(events, HOSTILE, "<!--<script>\u2028", MATHS)
    return Trace(tuple(map(event_from_dict, changed)))


def test_a_file_is_the_explorer(open_file: Open) -> None:
    trace = read_trace(BEAM)
    page = open_file(trace)
    expect(page.get_by_role("heading", level=1)).to_have_text(trace.tree.root.text)
    assert ask_file(page, "x.tree().nodes.size") == len(trace.tree.nodes)
    assert ask_file(page, "x.log.complete && x.canvas.scene.items.size") > 40
    expect(page.locator(".esp-answers")).to_contain_text("27")
    expect(page.locator(".esp-costs")).to_contain_text("answering once")
    page.get_by_role("tab", name="Outline").click()
    expect(page.get_by_role("treeitem").first).to_be_visible()
    page.get_by_role("tab", name="Tree", exact=True).click()
    page.get_by_role("button", name="Back one round").click()
    assert ask_file(page, "x.cursor() < x.log.length")
    ask_file(page, "x.select([...x.tree().nodes.keys()][3])")
    expect(page.locator(".esp-inspector")).to_contain_text(list(trace.tree.steps())[2].text)
    assert page.url.endswith("run.html")
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_text("What if and Charts are in the app")).to_be_visible()
    page.locator("[data-term]:visible").first.hover()
    expect(page.get_by_role("note")).to_be_visible()
    expect(page.get_by_role("link", name="More in the guide")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_are_in_it(open_file: Open, scheme: str) -> None:
    # Who looks for faults brings scripts along, which the page would not let in.
    page = open_file(read_trace(BEAM), scheme, bypass_csp=True)
    assert ask_file(page, "x.theme.name") == scheme
    assert violations(page) == []
    page.get_by_role("button", name="Light / dark").click()
    assert ask_file(page, "x.theme.name") == {"light": "dark", "dark": "light"}[scheme]


def test_what_is_saved_from_a_file_is_what_it_holds(open_file: Open, tmp_path: Path) -> None:
    trace = read_trace(BEAM)
    page = open_file(trace)
    for kind in ("html", "jsonl", "svg", "png"):
        saved(page, kind).save_as(tmp_path / f"saved.{kind}")
    assert (tmp_path / "saved.html").read_bytes() == (tmp_path / "run.html").read_bytes()
    assert read_trace(tmp_path / "saved.jsonl").events == trace.events
    drawing = ElementTree.parse(tmp_path / "saved.svg").getroot()
    words = [text.text or "" for text in drawing.iter(f"{_SVG}text")]
    assert words[0] == trace.tree.root.text
    assert {"Kept 12", "Right 4", "27", "✓"} <= set(words)
    # Every word that the picture shows as HTML, whichever way its lines are broken.
    shown = page.evaluate(_SHOWN)
    assert shown
    said = "".join("".join(words).split())
    for text in shown:
        assert "".join(text.split())[:8] in said, text
    assert {part.tag.removeprefix(_SVG) for part in drawing.iter()} <= {
        *("svg", "title", "desc", "clipPath", "rect", "g", "path", "text")
    }
    width, height = pixels((tmp_path / "saved.png").read_bytes())
    expected = [2 * float(drawing.attrib[side]) for side in ("width", "height")]
    assert [width, height] == pytest.approx(expected, abs=2)


def test_a_hostile_run_does_nothing_but_stand_there(open_file: Open, tmp_path: Path) -> None:
    page = open_file(hostile())
    for sign in ("onerror", "<!--", "frac"):
        node = f"[...x.tree().nodes.values()].find(n => n.text.includes({sign!r}) && n.parent)"
        ask_file(page, f"x.select({node}.id)")
    expect(page.locator(".esp-inspector .katex").first).to_be_visible()
    saved(page, "svg").save_as(tmp_path / "saved.svg")
    ElementTree.parse(tmp_path / "saved.svg")
    assert nothing_ran(page)


def test_a_file_can_be_presented(open_file: Open) -> None:
    page = open_file(read_trace(BEAM), query="?present")
    expect(page.get_by_role("dialog", name="Projector")).to_contain_text("The answer is 27")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".esp-main canvas")).to_be_visible()


def test_a_file_without_an_end_says_so(open_file: Open) -> None:
    page = open_file(Trace(read_trace(BEAM).events[:40]))
    expect(page.locator(".esp-notice")).to_contain_text("cut off")


def test_the_app_saves_the_same_page(stage: Stage, view: Page, tmp_path: Path) -> None:
    saved(view, "html").save_as(tmp_path / "run.html")
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    trace = parse_trace("".join(f"{json.dumps(e)}\n" for e in stage.runs["recorded-beam"]).encode())
    rows = [{"name": "A bigger model", "flops": 3_000_000_000_000}]
    assert without_trace(page) == without_trace(html_page(trace.events, rows))
    held = re.findall(r'id="espalier-trace">(.*?)</script>', page, re.DOTALL)
    assert parse_trace(held[0].encode()).events == trace.events
    assert page.split("<style>")[1].startswith(html_template().split("<style>")[1][:1000])


def without_trace(page: str) -> str:
    return re.sub(r'(id="espalier-trace">).*?(</script>)', r"\1\2", page, flags=re.DOTALL)
