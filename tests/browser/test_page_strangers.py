"""What strangers send: hostile texts, bad input, broken files and strange links.

What is said of each mistake: `tests/test_page_refusals.py` and `tests/test_form_mistakes.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app_process import App
from tests.browser.explorer import ask, run_of, settle, wait
from tests.browser.form import fill, have_read_notice, notice_says, open_trace
from tests.browser.pages import Keep, nothing_ran

pytestmark = pytest.mark.browser


HOSTILE = [
    "<img src=x onerror=window.pwned=1>",
    "${window.pwned=1}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "</script><script>window.pwned=1</script>",
    r"\frac{1}{2} \(\href{javascript:window.pwned=1}{x}\) $$\htmlData{x=y}{z}$$",
    "x" * 100_000,
]


def hostile_trace(path: Path) -> None:
    """A trace whose every text is hostile."""
    source = sorted((Path(__file__).parents[2] / "assets" / "traces").glob("*.jsonl"))[0]
    texts = iter(HOSTILE * 1000)
    lines = []
    for line in source.read_text().splitlines():
        event = json.loads(line)
        for key in ("text", "answer", "why", "message", "verifier"):
            if isinstance(event.get(key), str) and event[key]:
                text = next(texts)
                event[key] = text if key == "text" else text[:190]
        if event["kind"] == "started":
            event["problem"]["text"] = HOSTILE[0] + HOSTILE[1]
            event["solver"]["name"] = HOSTILE[0]
        lines.append(json.dumps(event))
    path.write_text("\n".join(lines) + "\n")


def test_hostile_text_stays_text(app: App, keep: Keep, tmp_path: Path) -> None:
    page, _ = keep(f"{app.url}/")
    path = tmp_path / "hostile.jsonl"
    hostile_trace(path)
    before = run_of(page)
    open_trace(page, path)
    wait(page, f"x.log.complete && x.log.run !== {before!r}")
    for text in HOSTILE:  # one step of each
        node = f"[...x.tree().nodes.values()].find(n => n.text.startsWith({text[:40]!r})).id"
        ask(page, f"x.select({node})")
        settle(page)
    page.get_by_role("tab", name="Outline").click()
    page.get_by_role("tab", name="Charts").click()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    assert nothing_ran(page)
    assert (
        page.locator("#explorer img, #explorer script, #explorer a[href^=javascript]").count() == 0
    )
    page.get_by_role("tab", name="Tree").click()
    expect(page.locator("#explorer")).to_contain_text("<img src=x onerror=")


@pytest.mark.parametrize(
    ("selector", "value", "message"),
    [
        ("#problem", "<img src=x onerror=window.pwned=1> ${window.pwned=1}", "this kind of pro"),
        ("#option-n", "1000000000", "1 to 256"),
    ],
)
def test_bad_input_gets_a_clear_message(
    app: App, keep: Keep, selector: str, value: str, message: str
) -> None:
    page, _ = keep(f"{app.url}/")
    have_read_notice(page)
    before = run_of(page)
    right = page.locator(f"{selector} input, {selector} textarea").first.input_value()
    fill(page, selector, value)
    page.click("#run")
    notice_says(page, message)
    assert run_of(page) == before
    assert nothing_ran(page)
    expect(page.locator("#run")).to_be_enabled()
    fill(page, selector, right)  # the next mistake is alone again


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b'{"kind":"started"}\n', b"\x00\xff" * 1000, b"[" * 100_000]
)
def test_a_broken_trace_file_gets_a_clear_message(
    app: App, keep: Keep, tmp_path: Path, content: bytes
) -> None:
    page, _ = keep(f"{app.url}/")
    have_read_notice(page)
    before = run_of(page)
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    open_trace(page, path)
    notice_says(page, "cannot be shown")
    assert run_of(page) == before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("run=../../etc/passwd", "no longer kept"),
        (
            "problem=%3Cscript%3Ewindow.pwned%3D1%3C/script%3E&n=abc&seed=-1&node=../.."
            "&strategy=%24%7Bwindow.pwned%3D1%7D&%3Cimg%20src=x%20onerror=window.pwned=1%3E=1",
            "strategy '${window.pwned=1}' is unknown",
        ),
    ],
)
def test_a_strange_link_says_what_is_wrong(app: App, page: Page, query: str, message: str) -> None:
    page.goto(f"{app.url}/?{query}")
    notice_says(page, message)
    assert nothing_ran(page)
    assert app.errors() == []
