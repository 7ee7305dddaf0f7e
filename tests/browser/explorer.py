"""Talking to the explorer through its test hook, `element.espalier`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Download, Page

from tests.waiting import PATIENCE

_FIND = "document.querySelector('#explorer .esp')?.espalier"
_LOOK_EVERY = 50
"""Milliseconds. Unless it is said, the page is asked at each frame, and has to draw each for it:
an open page then takes a seventh of a core for as long as somebody waits."""


def ask(page: Page, expression: str) -> Any:
    """Evaluate a JavaScript expression in which `x` is the explorer."""
    return page.evaluate(f"(() => {{ const x = {_FIND}; return {expression}; }})()")


def wait(page: Page, condition: str) -> None:
    """Wait until a JavaScript condition on the explorer `x` holds, and stays for a moment."""
    page.wait_for_function(
        f"() => {{ const x = {_FIND}; return Boolean(x && ({condition})); }}",
        polling=_LOOK_EVERY,
        timeout=PATIENCE * 1000,
    )


def open_page(page: Page, url: str) -> None:
    """Open the page and wait for a finished tree to stand there."""
    page.goto(url)
    wait(page, "x.log.complete")


def settle(page: Page) -> None:
    """Wait until everything is drawn and nothing moves; a picture out of sight is not drawn."""
    moves = "x.canvas.visibleOnPage && x.canvas.busy"
    wait(page, f"x.canvas.fitted && !x.timer && !({moves})")


def wait_for_speech(page: Page) -> None:
    """Wait until all is said that is to be said to whoever listens."""
    settle(page)
    wait(page, "!x.panel('story').waiting")


def show(page: Page, run: str) -> None:
    """Have the stage send a whole run, and wait until it stands there."""
    press(page, "show", run)
    wait(page, f"x.log.run === {run!r} && x.log.complete")
    settle(page)


def press(page: Page, button: str, run: str) -> None:
    """Press one of the stage's buttons for a run."""
    page.fill("#wanted textarea, #wanted input", run)
    page.click(f"#{button}")


def place_of(page: Page, node: str) -> tuple[float, float]:
    """Where the mark of a step is on the screen; a picture that has come to rest."""
    settle(page)
    page.locator("#explorer .esp-canvas").scroll_into_view_if_needed()
    box = page.locator("#explorer .esp-canvas").bounding_box()
    place = ask(page, f"x.canvas.positionOf({node!r})")
    assert box
    assert place
    return box["x"] + place["x"], box["y"] + place["y"]


def run_of(page: Page) -> str:
    """Id of the run on show."""
    return str(ask(page, "x.log.run"))


def start(page: Page) -> str:
    """Press Run and wait until a new run is on show; its id."""
    before = run_of(page)
    page.click("#run")
    wait(page, f"x.log.run !== {before!r} && x.log.length > 0")
    return run_of(page)


def story_of(page: Page) -> list[Any]:
    """The log on show without times, header and device: what a recipe determines."""
    return list(
        ask(
            page,
            "x.log.events.slice(1).filter(e => e.kind !== 'spent').map(e => ({...e, t: 0}))",
        )
    )


def saved(page: Page, kind: str) -> Download:
    """Choose an entry of the Save menu, such as "html" or "jsonl"; the file that comes of it."""
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.click(f".esp-menu-item[data-kind={kind}]")
    return download.value
