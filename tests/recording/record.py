"""Records the real app in a real browser, for the README: `python -m tests.recording.record`.

It types a problem, presses Run, shows the tree as it grows, opens a pruned step and then the
chosen answer, and hides what was pruned. The search is a real run of the embedded models; it is
over in less than a second, so its growth is shown afterwards at a pace that one can follow, with
the page's own timeline. Writes `assets/screenshots/explore.webp` and two stills.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.app_process import App, start_app
from tests.browser.conftest import FLAGS, chromium
from tests.browser.explorer import ask, open_page, start, wait

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "screenshots"
PROBLEM = "Use 18, 11, 17 and 19 to make 27."
"""Search finds it, and a single answer of the solver does not."""
SHOWN_FIRST = "recorded-countdown-beam-search"
"""Fills the form for a beam search, and keeps the opening from playing."""
WIDTH, HEIGHT = 1440, 960
"""Of the window: the tree, what is said of a step beside it, and the controls fit in."""
FILM_SIZE = (1280, 853)
MOST_BYTES = 3_000_000
FRAME_MS = 80
# How the pointer looks in the film: browsers do not draw theirs into pictures.
_POINTER = """() => {
  const pointer = document.createElement('div');
  pointer.style.cssText = 'position:fixed;z-index:9999;left:0;top:0;width:22px;height:30px;'
    + 'pointer-events:none;background:#fff;clip-path:polygon(0 0,0 26px,6px 20px,10px 29px,'
    + '14px 27px,10px 18px,19px 18px)';
  const ink = pointer.cloneNode();
  ink.style.cssText += ';width:19px;height:26px;left:0;top:0;position:absolute;background:#18181b;'
    + 'transform:translate(1px,2px) scale(.84);transform-origin:0 0';
  pointer.append(ink);
  document.body.append(pointer);
  addEventListener('mousemove', (event) => {
    pointer.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
  }, { capture: true });
}"""


class Film:
    """Pictures of a page in a row, each with the time for which it stands."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._pictures: list[bytes] = []
        self._times: list[int] = []
        self._at = (WIDTH * 0.5, HEIGHT * 0.45)

    def shoot(self, milliseconds: int = FRAME_MS) -> None:
        """Take a picture; one that equals the last only lengthens it."""
        picture = self._page.screenshot(animations="allow")
        if self._pictures and picture == self._pictures[-1]:
            self._times[-1] += milliseconds
        else:
            self._pictures.append(picture)
            self._times.append(milliseconds)

    def rest(self, milliseconds: int, frames: int = 6) -> None:
        """Let what moves come to rest on film, and hold the last picture."""
        for _ in range(frames):
            self.shoot()
        self.shoot(max(FRAME_MS, milliseconds - frames * FRAME_MS))

    def point(self, x: float, y: float, steps: int = 7) -> None:
        """Move the pointer there, slowly at both ends."""
        start_x, start_y = self._at
        for step in range(1, steps + 1):
            part = step / steps
            eased = part * part * (3 - 2 * part)
            self._page.mouse.move(start_x + (x - start_x) * eased, start_y + (y - start_y) * eased)
            self.shoot(50)
        self._at = (x, y)

    def click(self, x: float, y: float) -> None:
        """Move the pointer there and press."""
        self.point(x, y)
        self._page.mouse.click(x, y)

    def click_on(self, selector: str) -> None:
        """Press the middle of an element."""
        box = self._page.locator(selector).first.bounding_box()
        if box is None:
            raise RuntimeError(f"{selector} is not on the page, so nothing can be filmed there.")
        self.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def save(self, path: Path) -> None:
        """Write the film as an animated WebP that begins again at its end."""
        images = [
            image_of(picture).resize(FILM_SIZE, Image.Resampling.LANCZOS)
            for picture in self._pictures
        ]
        images[0].save(
            path,
            save_all=True,
            append_images=images[1:],
            duration=self._times,
            loop=0,
            quality=82,
            method=6,
            minimize_size=True,
        )
        size = path.stat().st_size
        print(f"{path}: {len(images)} pictures, {sum(self._times) / 1000:.1f} s, {size:,} bytes")
        if size > MOST_BYTES:
            raise RuntimeError(f"{path.name} has {size:,} bytes, more than {MOST_BYTES:,}.")


def type_problem(film: Film, page: Page) -> None:
    """Fill the problem in, word by word."""
    film.click_on("#problem textarea")
    page.keyboard.press("Control+A")
    for word in PROBLEM.split(" "):
        page.keyboard.insert_text(word if word == PROBLEM.split(" ")[0] else f" {word}")
        film.shoot(90)
    film.rest(500, frames=1)


def show_growth(film: Film, page: Page) -> None:
    """The run that has just ended, from its beginning, a few events at a time."""
    last = ask(page, "x.log.length")
    cursor = first = ask(page, "x.log.events.findIndex(e => e.kind === 'sampled')")
    while cursor < last:
        cursor = min(last, cursor + max(1, round((last - first) / 70)))
        ask(page, f"x.seek({cursor})")
        film.shoot()
    film.rest(1600)


def open_nodes(film: Film, page: Page) -> None:
    """A step that was cut, and why; then the answer that was chosen."""
    for wanted in (
        "[...x.tree().nodes.values()].find(n => n.state === 'pruned' && n.rank && n.depth > 1).id",
        "x.tree().finished.chosen",
    ):
        place = ask(page, f"x.canvas.positionOf({wanted})")
        box = page.locator("#explorer canvas").first.bounding_box()
        if box is None:
            raise RuntimeError("The picture of the tree is not on the page.")
        film.click(box["x"] + place["x"], box["y"] + place["y"])
        film.rest(2200)


def hide_pruned(film: Film, page: Page) -> None:
    """Only what was kept, and a pause before the film begins again."""
    box = page.get_by_role("button", name="Hidden").first.bounding_box()
    if box is None:
        raise RuntimeError("There is no button that hides pruned steps.")
    film.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    film.rest(3500, frames=10)


def record(app: App, browser: Browser, path: Path) -> None:
    """Make the film."""
    with opened(app, browser, "light") as page:
        page.evaluate(_POINTER)
        film = Film(page)
        type_problem(film, page)
        film.point(*middle(page, "#run"))
        film.shoot(300)
        start(page)
        wait(page, "x.log.complete")
        show_growth(film, page)
        open_nodes(film, page)
        hide_pruned(film, page)
        film.save(path)


def still(app: App, browser: Browser, theme: str, path: Path) -> None:
    """The finished tree with the chosen answer open."""
    with opened(app, browser, theme) as page:
        start(page)
        wait(page, "x.log.complete")
        ask(page, "x.seek(x.log.length)")  # the page shows it grow, at its own pace
        wait(page, "x.tree().finished")
        ask(page, "x.select(x.tree().finished.chosen)")
        page.mouse.move(5, 5)
        page.wait_for_timeout(1500)
        picture = image_of(page.screenshot()).quantize(256, dither=Image.Dither.NONE)
        picture.save(path, optimize=True)
        print(f"{path}: {path.stat().st_size:,} bytes")


def image_of(picture: bytes) -> Image.Image:
    """A screenshot as an image without transparency."""
    return Image.open(io.BytesIO(picture)).convert("RGB")


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Where the middle of an element is."""
    box: Any = page.locator(selector).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@contextmanager
def opened(app: App, browser: Browser, theme: str) -> Iterator[Page]:
    """The app's page in this theme, with its first tree."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    open_page(page, f"{app.url}/?__theme={theme}&run={SHOWN_FIRST}")
    page.wait_for_function("() => document.querySelector('#estimate')?.textContent.length > 10")
    yield page
    context.close()


def main() -> None:
    """Record everything that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for film and stills")
    parser.add_argument("--only", choices=["film", "stills"], help="one of the two")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as runs,
        start_app(Path(runs)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        if chosen.only != "stills":
            record(app, browser, chosen.out / "explore.webp")
        if chosen.only != "film":
            for theme in ("light", "dark"):
                still(app, browser, theme, chosen.out / f"explore-{theme}.png")
        browser.close()


if __name__ == "__main__":
    main()
