"""A notebook's picture in a real browser: the theme of the notebook decides, else the system's."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser

from search_core.log.traces import read_trace
from search_core.picture import html_picture
from search_core.picture.palette import palette
from tests.test_picture import TRACES

pytestmark = pytest.mark.browser
System = Literal["light", "dark"]

HTML = html_picture(read_trace(TRACES[0]).tree)
_COLOURS = """() => [
  getComputedStyle(document.querySelector("g.espalier-fill-state-kept-fill")).fill,
  getComputedStyle(document.querySelector("figure")).backgroundColor,
  getComputedStyle(document.querySelector("figure")).color,
]"""


def rgb(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@pytest.mark.parametrize(
    ("system", "around", "expected"),
    [
        ("light", "", "light"),
        ("dark", "", "dark"),
        ("dark", 'data-jp-theme-light="true"', "light"),
        ("light", 'data-jp-theme-light="false"', "dark"),
        ("dark", 'class="vscode-light"', "light"),
        ("light", 'class="vscode-dark"', "dark"),
        ("light", 'theme="dark"', "dark"),
        ("dark", 'data-theme="light"', "light"),
    ],
)
def test_the_theme_of_the_notebook_decides_else_that_of_the_system(
    browser: Browser, system: System, around: str, expected: System
) -> None:
    page = browser.new_page(color_scheme=system)
    page.set_content(f"<body {around}>{HTML}</body>")
    colours = palette().themes[expected]
    fill = palette().states["kept"].fill[expected]
    assert fill
    assert page.evaluate(_COLOURS) == [rgb(fill), rgb(colours.background), rgb(colours.text)]
    page.close()


@pytest.mark.parametrize("width", [320, 600, 1200])
def test_it_fits_its_width(browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 400})
    page.set_content(HTML)
    inside = "() => document.scrollingElement.scrollWidth <= window.innerWidth"
    assert page.evaluate(inside)
    assert page.evaluate("() => document.querySelector('svg').clientWidth") > 0.75 * min(width, 800)
    page.close()


def test_the_words_stand_in_their_places(browser: Browser) -> None:
    """Widths of texts are estimated where the picture is made: here a font says what is true."""
    page = browser.new_page(viewport={"width": 900, "height": 600})
    for path in TRACES:
        page.set_content(html_picture(read_trace(path).tree))
        outside = page.evaluate(
            """() => {
              const svg = document.querySelector("svg").getBoundingClientRect();
              return [...document.querySelectorAll("svg text")]
                .filter((text) => text.getBoundingClientRect().right > svg.right + 1)
                .map((text) => text.textContent);
            }"""
        )
        assert outside == [], path.stem
    page.close()
