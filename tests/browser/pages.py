"""Pages of the browser: what they complain about, when they rest, and whether anything ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
)

from tests.waiting import PATIENCE

Visit = Callable[[], Page]
"""Opens a page of a visitor who has never been there."""


class Keep(Protocol):
    """Opens an address if the test before did not leave it open; the page, and whether it is new.

    It has the theme that is asked for, "light" or "dark".
    """

    def __call__(self, url: str, theme: str = "light") -> tuple[Page, bool]: ...


VIEWPORT: ViewportSize = {"width": 1280, "height": 900}

# What Gradio's own client says when a page is left, or reloaded, in the middle of a stream.
_LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out.")

_AT_REST = """() => document.getAnimations().every((animation) =>
  animation.playState !== 'running' || animation.effect.getComputedTiming().endTime === Infinity)"""

# Where there is no store, as in an empty window, there is nothing to choose either.
_BEEN_HERE = """try {
  localStorage.setItem("espalier-pace", "as it happens");
  if (!document.cookie.includes("newcomer")) localStorage.setItem("espalier-opening", "seen");
} catch {}"""

# A screen that draws 25 frames a second, not 60, as any does anyway where the machine is busy:
# of a run on the page a fifth of the processor time goes into pictures between two states.
_SCREEN = """(() => {
  const next = requestAnimationFrame.bind(window);
  let [asked, drawn, number] = [new Map(), 0, 0];
  const draw = (now) => {
    const due = asked;
    [asked, drawn] = [new Map(), now];
    for (const then of due.values()) then(now);
  };
  window.requestAnimationFrame = (then) => {
    if (!asked.size) setTimeout(() => next(draw), drawn + 40 - performance.now());
    asked.set((number += 1), then);
    return number;
  };
  window.cancelAnimationFrame = (which) => asked.delete(which);
})();"""

_RUN_CONTROL = """async () => {
  const image = new Image();
  const ran = new Promise((done) => { image.onerror = done; });
  image.src = 'data:image/png;base64,AA';
  document.body.append(image);
  await ran;
  image.remove();
}"""


PHONE: ViewportSize = {"width": 390, "height": 844}


def new_context(browser: Browser, *, phone: bool = False) -> BrowserContext:
    """A visitor's own store and cache, in a window of 1280 by 900, or on a phone.

    They have seen the opening, and chose once to see runs as fast as they happen; the address can
    ask for another pace. Their screen draws 25 frames a second.
    """
    context = browser.new_context(
        viewport=PHONE if phone else VIEWPORT, has_touch=phone, is_mobile=phone
    )
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(_BEEN_HERE)
    context.add_init_script(_SCREEN)
    return context


class Windows:
    """Windows of visitors who share nothing with each other, but what the browser keeps of a page:
    it opens at a third of the cost where another of its kind was before."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[bool, list[Page]] = {False: [], True: []}

    @contextmanager
    def borrow(self, *, phone: bool = False) -> Iterator[Page]:
        """An empty window, as `new_context` makes it, until the block ends."""
        free = self._free[phone]
        page = free.pop() if free else new_context(self._browser, phone=phone).new_page()
        try:
            yield page
        finally:
            leave(page, PHONE if phone else VIEWPORT)
            free.append(page)

    def close(self) -> None:
        for pages in self._free.values():
            for page in pages:
                page.context.close()


def be_new(page: Page, url: str) -> None:
    """The visitor of a window has never seen the opening, until the window is left."""
    page.context.add_cookies([{"name": "newcomer", "value": "yes", "url": url}])


def listen(page: Page, console: list[str]) -> Callable[[], None]:
    """Collect what a page complains about, until the returned function is called."""

    def collect(text: str, where: str = "") -> None:
        if not text.startswith(_LEAVING):
            console.append(f"{text} {where}".strip())

    def on_error(error: Error) -> None:
        collect(str(error), error.stack or "")

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            collect(message.text)

    def stop() -> None:
        page.remove_listener("pageerror", on_error)
        page.remove_listener("console", on_console)

    page.on("pageerror", on_error)
    page.on("console", on_console)
    return stop


def leave(page: Page, size: ViewportSize = VIEWPORT) -> None:
    """Leave what is open, and forget everything that a test did to the window."""
    if page.url.startswith("http"):
        page.evaluate("sessionStorage.clear(), localStorage.clear()")
    for other in page.context.pages:
        if other != page:
            other.close()
    page.goto("about:blank")
    # Of the page, and of the window: a test that failed in between left its own behind.
    page.unroute_all()
    page.context.unroute_all()
    page.context.clear_cookies()
    page.context.clear_permissions()
    page.mouse.move(0, 0)
    page.set_viewport_size(size)
    page.emulate_media(
        reduced_motion="null", color_scheme="null", contrast="null", forced_colors="null"
    )


def show_theme(page: Page, theme: str) -> None:
    """Give an open page of ours the theme "light" or "dark", as its button does."""
    page.evaluate("dark => { document.body.classList.toggle('dark', dark); }", theme == "dark")


def rest(page: Page) -> None:
    """Wait until every animation and transition that ends has ended."""
    page.wait_for_function(_AT_REST)


def fits(page: Page, width: int) -> None:
    """Give the window a width, and wait until nothing on the page is wider."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.wait_for_function(
        "width => innerWidth === width && document.documentElement.scrollWidth <= width", arg=width
    )
    rest(page)


def nothing_ran(page: Page) -> bool:
    """Whether no text on the page was run.

    A picture that is broken on purpose goes first: once its handler has run, those of a hostile
    text before it would have run too.
    """
    page.evaluate(_RUN_CONTROL)
    return page.evaluate("window.pwned") is None
