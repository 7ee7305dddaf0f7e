"""Draws the picture by which a list of Spaces shows the app: `python -m tests.recording.thumbnail`.

Emblem, name and one sentence beside the tree of the first screen, 1200 by 630. A Space shows it
once its README names the picture's address (see the page on deploying).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from components.emblem import emblem
from tests.browser.app_process import start_app
from tests.browser.conftest import FLAGS, chromium
from tests.browser.explorer import open_page, settle
from tests.recording.record import FOLDER

WIDTH, HEIGHT = 1200, 630
SENTENCE = (
    "See a language model search: every step it tried, what a verifier thought of it, "
    "and why it was cut."
)
_STYLE = """
body { margin: 0; width: 1200px; height: 630px; display: grid; grid-template-columns: 440px 1fr;
  background: #f6f6f8; color: #18181b; font-family: system-ui, "Noto Sans", sans-serif; }
section { padding: 88px 24px 0 64px; }
svg.emblem { width: 112px; height: 112px; }
h1 { margin: 28px 0 16px; font-size: 68px; letter-spacing: -0.02em; }
p { margin: 0; font-size: 27px; line-height: 1.4; color: #3f3f46; }
figure { margin: 48px 0 0; height: 582px; overflow: hidden; background: #fff;
  border: 1px solid #d4d4d8; border-width: 1px 0 0 1px; border-radius: 16px 0 0 0; }
figure img { display: block; height: 100%; width: 100%; object-fit: cover; object-position: left; }
"""


def thumbnail(page: Page, url: str, path: Path) -> None:
    """Take the first screen's tree, and set it beside the emblem."""
    page.set_viewport_size({"width": WIDTH, "height": 900})
    open_page(page, f"{url}/?__theme=light")
    settle(page)
    tree = page.locator("#explorer .esp-views").first.screenshot(animations="disabled")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tree.png").write_bytes(tree)
        body = (
            f"<style>{_STYLE}</style><section>{emblem()}"
            f"<h1>Espalier</h1><p>{SENTENCE}</p></section>"
            '<figure><img src="tree.png" alt=""></figure>'
        )
        drawn = Path(folder) / "thumbnail.html"
        drawn.write_text(f"<!doctype html><meta charset='utf-8'>{body}", encoding="utf-8")
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.goto(drawn.as_uri())
        page.screenshot(path=path)


def main() -> None:
    """Draw it into the folder of screenshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER / "thumbnail.png")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as runs,
        start_app(Path(runs)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        thumbnail(browser.new_page(reduced_motion="reduce"), app.url, chosen.out)
        browser.close()


if __name__ == "__main__":
    main()
