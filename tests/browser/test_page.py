"""The page as a person meets it: the real app, its real models, a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from components.palette import Theme, palette
from search_core.log.traces import read_trace
from tests.browser.conftest import App, listen
from tests.browser.explorer import ask, open_page, run_of, start, story_of, wait

pytestmark = pytest.mark.browser

COUNTDOWN = "Use 3, 7, 8 and 25 to make 24."


def notice(page: Page) -> str:
    return page.locator("#notice .notice").inner_text()


def fill(page: Page, selector: str, value: str) -> None:
    """Type into a field as a person does, and leave it."""
    field = page.locator(f"{selector} input, {selector} textarea").first
    field.fill(value)
    field.blur()


def open_trace(page: Page, path: Path) -> None:
    """Choose a trace file as a person does."""
    panel = page.locator("#new-problem")
    if not panel.locator("#open-trace").is_visible():
        panel.locator("button").first.click()
    panel.locator("input[type=file]").set_input_files(path)


def test_the_first_screen_is_a_finished_tree(app: App, page: Page) -> None:
    outside = []
    page.on(
        "request",
        lambda r: None if r.url.startswith((app.url, "blob:", "data:")) else outside.append(r.url),
    )
    open_page(page, app.url)
    assert run_of(page).startswith("recorded-")
    assert ask(page, "x.tree().nodes.size") > 10
    assert page.locator("#explorer canvas").is_visible()
    assert outside == []


def test_a_run_streams_to_its_end(app: App, page: Page) -> None:
    open_page(page, app.url)
    fill(page, "#problem", COUNTDOWN)
    run = start(page)
    wait(page, "x.log.complete")
    trace = read_trace(app.runs / f"{run}.jsonl")
    assert ask(page, "x.log.length") == len(trace.events)
    assert trace.tree.finished is not None
    assert trace.tree.finished.status == "completed"
    assert trace.started.problem.text == COUNTDOWN
    expect(page.locator("#run")).to_be_enabled()
    expect(page.locator("#stop")).to_be_disabled()
    assert app.errors() == []


def test_a_click_selects_a_pruned_step_and_says_why(app: App, page: Page) -> None:
    open_page(page, app.url)
    pruned = ask(page, "[...x.tree().nodes.values()].find(n => n.state === 'pruned' && n.rank).id")
    ask(page, f"x.select({pruned!r})")
    inspector = page.locator("#explorer .esp-inspector")
    expect(inspector).to_contain_text("Pruned")
    expect(inspector).to_contain_text(re.compile(r"\d+ of \d+"))
    ask(page, "x.select(null)")
    page.wait_for_timeout(600)  # the picture comes to rest
    place = ask(page, f"x.canvas.positionOf({pruned!r})")
    box = page.locator("#explorer canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    assert ask(page, "x.selected") == pruned


def test_the_keyboard_walks_the_tree(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.locator("#explorer canvas").focus()
    page.keyboard.press("r")
    assert ask(page, "x.selected") == "root"
    page.keyboard.press("ArrowRight")
    first = ask(page, "x.selected")
    assert ask(page, f"x.tree().nodes.get({first!r}).parent") == "root"
    page.keyboard.press("ArrowDown")
    second = ask(page, "x.selected")
    assert second not in {first, "root"}
    page.keyboard.press("w")
    assert ask(page, "x.selected") == ask(page, "x.tree().finished.chosen")


def test_typing_a_problem_triggers_no_shortcut(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.locator("#problem textarea").focus()
    page.keyboard.type("rwpahf? 1")
    assert ask(page, "x.selected") is None


def test_the_timeline_goes_back_and_forth(app: App, page: Page) -> None:
    open_page(page, app.url)
    whole = ask(page, "x.tree().nodes.size")
    page.locator("#explorer canvas").focus()
    page.keyboard.press("[")
    page.keyboard.press("[")
    wait(page, f"x.tree().nodes.size < {whole}")
    page.keyboard.press("End")
    for _ in range(20):
        page.keyboard.press("]")
    wait(page, f"x.tree().nodes.size === {whole}")


def test_a_hidden_tab_loses_nothing(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', "
        "{get: () => 'hidden', configurable: true})"
    )
    run = start(page)
    wait(page, "x.log.complete")
    assert ask(page, "x.log.length") == len(read_trace(app.runs / f"{run}.jsonl").events)
    assert ask(page, "x.log.events.every((e, i) => e.seq === i)")


def test_a_refresh_comes_back_to_the_same_run(app: App, page: Page) -> None:
    open_page(page, app.url)
    fill(page, "#option-n", "64")
    run = start(page)
    page.wait_for_url(f"**run={run}*")
    page.reload()
    wait(page, "x.log.complete")
    assert run_of(page) == run
    assert ask(page, "x.log.length") == len(read_trace(app.runs / f"{run}.jsonl").events)


def test_a_second_viewer_sees_the_same_run(
    app: App, page: Page, browser: Browser, console: list[str]
) -> None:
    open_page(page, app.url)
    run = start(page)
    context = browser.new_context()
    second = context.new_page()
    listen(second, console)
    open_page(second, f"{app.url}/?run={run}")
    assert run_of(second) == run
    wait(page, "x.log.complete")
    assert story_of(second) == story_of(page)
    context.close()


def test_stop_ends_a_run_soon(app: App, page: Page) -> None:
    open_page(page, app.url)
    fill(page, "#option-n", "256")
    run = start(page)
    page.click("#stop")
    wait(page, "x.log.complete")
    finished = read_trace(app.runs / f"{run}.jsonl").tree.finished
    assert finished is not None
    assert finished.status == "cancelled"
    expect(page.locator("#run")).to_be_enabled()


def test_a_recipe_link_gives_the_same_tree(
    app: App, page: Page, browser: Browser, console: list[str]
) -> None:
    open_page(page, app.url)
    fill(page, "#problem", "What is (12 + (8 - 3)) * 7?")
    fill(page, "#option-n", "8")
    page.click("#advanced button >> nth=0")
    fill(page, "#seed", "7")
    start(page)
    wait(page, "x.log.complete")
    node = ask(page, "x.tree().finished.chosen ?? '0'")
    ask(page, f"x.select({node!r})")
    link = ask(page, "x.link()")
    context = browser.new_context()
    fresh = context.new_page()
    listen(fresh, console)
    open_page(fresh, link)
    wait(fresh, "x.selected !== null")
    assert story_of(fresh) == story_of(page)
    assert ask(fresh, "x.selected") == node
    assert fresh.locator("#problem textarea").input_value() == "What is (12 + (8 - 3)) * 7?"
    assert fresh.locator("#option-n input").input_value() == "8"
    context.close()


def test_a_downloaded_trace_opens_again(app: App, page: Page, tmp_path: Path) -> None:
    open_page(page, app.url)
    start(page)
    wait(page, "x.log.complete")
    story = story_of(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download trace").click()
    path = tmp_path / "run.jsonl"
    download.value.save_as(path)
    read_trace(path)
    page.goto(app.url)
    wait(page, "x.log.complete && x.log.run.startsWith('recorded-')")
    open_trace(page, path)
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    assert story_of(page) == story


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


def test_hostile_text_stays_text(app: App, page: Page, tmp_path: Path) -> None:
    open_page(page, app.url)
    path = tmp_path / "hostile.jsonl"
    hostile_trace(path)
    before = run_of(page)
    open_trace(page, path)
    wait(page, f"x.log.complete && x.log.run !== {before!r}")
    for node in ask(page, "[...x.tree().nodes.keys()].slice(0, 12)"):
        ask(page, f"x.select({node!r})")
        page.wait_for_timeout(30)
    page.get_by_role("tab", name="Outline").click()
    page.get_by_role("tab", name="Charts").click()
    page.wait_for_timeout(1500)
    assert page.evaluate("window.pwned") is None
    assert (
        page.locator("#explorer img, #explorer script, #explorer a[href^=javascript]").count() == 0
    )
    page.get_by_role("tab", name="Explore").click()
    expect(page.locator("#explorer")).to_contain_text("<img src=x onerror=")


@pytest.mark.parametrize(
    ("selector", "value", "message"),
    [
        ("#problem", "", "empty"),
        ("#problem", "9 " * 5_000, "characters"),
        ("#problem", "Why is the sky blue?", "Countdown"),
        ("#problem", "<img src=x onerror=window.pwned=1> ${window.pwned=1}", "Countdown"),
        ("#option-n", "0", "1 to 256"),
        ("#option-n", "1000000000", "1 to 256"),
        ("#option-beam-width", "17", "at most N"),
    ],
)
def test_bad_input_gets_a_clear_message(
    app: App, page: Page, selector: str, value: str, message: str
) -> None:
    open_page(page, app.url)
    before = run_of(page)
    fill(page, selector, value)
    page.click("#run")
    page.wait_for_function(
        "message => document.querySelector('#notice .notice').textContent.includes(message)",
        arg=message,
    )
    assert run_of(page) == before
    assert page.evaluate("window.pwned") is None
    expect(page.locator("#run")).to_be_enabled()


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b'{"kind":"started"}\n', b"\x00\xff" * 1000, b"[" * 100_000]
)
def test_a_broken_trace_file_gets_a_clear_message(
    app: App, page: Page, tmp_path: Path, content: bytes
) -> None:
    open_page(page, app.url)
    path = tmp_path / "broken.jsonl"
    path.write_bytes(content)
    open_trace(page, path)
    page.wait_for_function(
        "document.querySelector('#notice .notice').textContent.includes('cannot be shown')"
    )
    assert run_of(page).startswith("recorded-")


def test_two_hundred_quick_presses_of_run(app: App, page: Page) -> None:
    open_page(page, app.url)
    page.evaluate(
        "(async () => { for (let i = 0; i < 200; i++) { document.querySelector('#run').click(); "
        "await new Promise(done => setTimeout(done, 10)); } })()"
    )
    wait(page, "x.log.complete && !x.log.run.startsWith('recorded-')")
    expect(page.locator("#run")).to_be_enabled(timeout=60_000)
    start(page)
    wait(page, "x.log.complete")
    assert app.errors() == []


@pytest.mark.parametrize(
    "query",
    [
        "run=../../etc/passwd",
        "run=" + "x" * 3000,
        "problem=" + quote("<script>window.pwned=1</script>"),
        "problem=What+is+1+%2B+2+*+3%3F&n=abc&seed=-1&node=../..&strategy=%24%7B1%7D",
        "problem=What+is+1+%2B+2+*+3%3F&unknown=1",
    ],
)
def test_a_strange_link_says_what_is_wrong(app: App, page: Page, query: str) -> None:
    page.goto(f"{app.url}/?{query}")
    page.wait_for_function("document.querySelector('#notice .notice')?.textContent.length > 10")
    assert page.evaluate("window.pwned") is None
    assert app.errors() == []


def test_a_new_problem_is_drawn_and_runs(app: App, page: Page) -> None:
    open_page(page, app.url)
    before = page.locator("#problem textarea").input_value()
    page.click("#new-problem button >> nth=0")
    page.click("#draw")
    page.wait_for_function(
        "before => document.querySelector('#problem textarea').value !== before", arg=before
    )
    start(page)
    wait(page, "x.log.complete")


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
def test_nothing_is_wider_than_the_window(app: App, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_page(page, app.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_drawn_for_the_theme_on_show(app: App, page: Page, theme: Theme) -> None:
    open_page(page, f"{app.url}/?__theme={theme}")
    page.get_by_role("tab", name="Charts").click()
    title = page.locator(".js-plotly-plot .ytitle").first
    expect(title).to_be_visible(timeout=30_000)
    wanted = palette().themes[theme].subtle.lstrip("#")
    colour = tuple(int(wanted[i : i + 2], 16) for i in (0, 2, 4))
    expect(title).to_have_css("fill", f"rgb{colour}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(app: App, page: Page, theme: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    open_page(page, f"{app.url}/?__theme={theme}")
    axe = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
    page.evaluate(axe)
    for view in ("Outline", "Charts", "Explore"):
        page.get_by_role("tab", name=view).click()
        if view == "Charts":
            expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=30_000)
        page.wait_for_timeout(800)
        found = page.evaluate("axe.run(document)")["violations"]
        told = [
            (v["id"], v["help"], [(n["target"], n["failureSummary"][:300]) for n in v["nodes"][:4]])
            for v in found
        ]
        assert told == [], f"{view}: {json.dumps(told, indent=1)}"


def test_whoever_goes_by_keyboard_sees_where_they_are(app: App, page: Page) -> None:
    """Fields and choices of the form show an outline: Gradio's own are too faint or absent."""
    open_page(page, app.url)
    page.locator("#theme").focus()
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        what, seen = page.evaluate(
            """() => {
              const e = document.activeElement;
              const shown = [e, e.closest('label')].filter(Boolean).some((one) => {
                const { outlineStyle, outlineWidth } = getComputedStyle(one);
                return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
              });
              return [e.tagName + ' ' + (e.id || e.value || e.innerText), shown];
            }"""
        )
        if what.startswith("CANVAS"):
            break
        if not seen:
            unseen.append(what)
    else:
        pytest.fail("the keyboard never reached the picture")
    assert unseen == []
