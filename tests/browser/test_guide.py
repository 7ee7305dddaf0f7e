"""The guide as a person meets it: beside the real app, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from components.guide import guide_routes, read_guide
from components.guide.controls import control_links, panel_links
from components.palette import Theme, palette
from tests.browser.app_process import App
from tests.browser.axe import COLOURS, violations
from tests.browser.explorer import ask, open_page, run_of, start, wait
from tests.browser.form import open_drawer
from tests.browser.pages import VIEWPORT, Keep
from tests.pages import OF_EACH_KIND
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

PAGES = [page.slug for page in read_guide().pages]


def open_guide(page: Page, click: str) -> Page:
    """Click what opens the guide; the tab in which it opened."""
    with page.context.expect_page() as opened:
        page.locator(click).click()
    guide = opened.value
    guide.wait_for_load_state()
    return guide


def expect_theme(page: Page, theme: Theme) -> None:
    name = palette().themes[theme].background.lstrip("#")
    rgb = ", ".join(str(int(name[i : i + 2], 16)) for i in (0, 2, 4))
    expect(page.locator("body")).to_have_css("background-color", f"rgb({rgb})")


def test_the_guide_has_the_theme_of_the_app(app: App, page: Page) -> None:
    """The header leads there and back, whatever the system's own theme is."""
    page.emulate_media(color_scheme="light")
    open_page(page, f"{app.url}/?__theme=dark")
    places = page.get_by_role("navigation", name="Places")
    expect(places.locator("[aria-current=page]")).to_have_text("Explore")
    guide = open_guide(page, "#places a:text-is('Guide')")
    guide.emulate_media(color_scheme="light")
    expect_theme(guide, "dark")
    assert guide.url == f"{app.url}/guide/"
    expect(guide.get_by_role("heading", level=1)).to_be_visible()
    expect(guide.locator(".cards a")).to_have_count(len(PAGES))
    guide.locator(".cards a").first.click()
    expect_theme(guide, "dark")
    guide.get_by_role("button", name="Light / dark").click()
    expect_theme(guide, "light")
    # The choice holds on the search page too, and one that is made there in the guide.
    guide.emulate_media(color_scheme="dark")
    guide.get_by_role("navigation", name="Places").get_by_text("Explore").click()
    wait(guide, "x.log.complete")
    dark = guide.locator("body.dark")
    expect(dark).to_have_count(0)
    guide.click("#theme")
    expect(dark).to_have_count(1)
    guide.emulate_media(color_scheme="light")
    guide.goto(f"{app.url}/guide/")
    expect_theme(guide, "dark")
    assert app.errors() == []


def test_every_control_on_show_leads_to_its_section(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    expect(page.get_by_role("link", name="Guide: Strategy", exact=True)).to_be_visible()
    links = [*control_links(), *panel_links()]
    addresses = {f"Guide: {link.label}": f"{app.url}/{link.address}" for link in links}
    for panel in panel_links():
        expect(page.locator(f"#explorer .{panel.control} > .guide-link")).to_have_count(1)
    shown = page.locator("a.guide-link:visible").all()
    assert len(shown) > 5
    for link in shown:
        name = link.get_attribute("aria-label")
        assert link.get_attribute("href") == addresses[str(name)]
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    guide = open_guide(page, "#strategy .guide-link")
    assert guide.url == addresses["Guide: Strategy"]
    expect(guide.locator(":target")).to_be_in_viewport()
    guide.close()


def test_options_that_come_with_a_strategy_have_their_link(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    assert page.locator("#option-exploration .guide-link").count() == 0
    page.locator("#strategy label", has_text="MCTS").click()
    expect(page.locator("#option-exploration .guide-link")).to_have_count(1)
    page.locator("#strategy label", has_text="Beam search").click()
    expect(page.locator("#option-beam-width .guide-link")).to_have_count(1)


def test_by_keyboard_alone(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    open_drawer(page)
    page.locator("#strategy .guide-link").focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    guide = opened.value
    guide.wait_for_load_state()
    guide.goto(f"{app.url}/guide/use")
    guide.keyboard.press("Tab")
    expect(guide.locator(":focus")).to_have_text("Skip to the text")
    guide.keyboard.press("Enter")
    expect(guide.locator("main")).to_be_focused()
    for _ in range(60):
        guide.keyboard.press("Tab")
        outline = guide.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", guide.evaluate("document.activeElement.outerHTML")
        if guide.evaluate("document.activeElement.matches('article a:not(.anchor)')"):
            break
    else:
        pytest.fail("the keyboard never reached a link of the text")
    guide.keyboard.press("Enter")
    expect(guide).not_to_have_url(f"{app.url}/guide/use")
    guide.close()


def test_a_running_search_and_the_form_are_still_there(app: App, keep: Keep) -> None:
    page, _ = keep(f"{app.url}/")
    page.locator("#option-n input").fill("24")
    page.locator("#problem textarea").fill("Use 3, 7, 8 and 25 to make 24.")
    run = start(page)
    guide = open_guide(page, "#composer > .guide-link")
    guide.locator(".neighbours a[rel=next]").click()
    expect(guide.get_by_role("heading", level=1)).to_be_visible()
    guide.close()
    wait(page, "x.log.complete")
    assert run_of(page) == run
    assert page.locator("#option-n input").input_value() == "24"
    assert page.locator("#problem textarea").input_value() == "Use 3, 7, 8 and 25 to make 24."
    assert ask(page, "x.log.events.every((e, i) => e.seq === i)")


def test_links_between_pages_and_the_way_back(app: App, page: Page) -> None:
    page.goto(f"{app.url}/guide/")
    page.locator(".cards a").first.click()
    expect(page).to_have_url(f"{app.url}/guide/{PAGES[0]}")
    page.locator(".neighbours a[rel=next]").click()
    expect(page).to_have_url(f"{app.url}/guide/{PAGES[1]}")
    page.locator(".neighbours a[rel=prev]").click()
    expect(page).to_have_url(f"{app.url}/guide/{PAGES[0]}")
    page.go_back()
    expect(page).to_have_url(f"{app.url}/guide/{PAGES[1]}")


def test_a_section_has_an_address_that_can_be_shared(app: App, page: Page) -> None:
    page.goto(f"{app.url}/guide/strategies")
    page.locator(".sections a", has_text="DVTS").click()
    expect(page).to_have_url(f"{app.url}/guide/strategies#dvts")
    page.reload()
    heading = page.locator("#dvts")
    expect(heading).to_be_in_viewport()
    covered = page.locator("header").bounding_box()
    place = heading.bounding_box()
    assert covered is not None
    assert place is not None
    assert place["y"] >= covered["height"]
    expect(page.locator(".sections [aria-current]")).to_have_text("DVTS")


def test_without_a_choice_the_guide_follows_the_system(app: App, page: Page) -> None:
    page.goto(f"{app.url}/guide/")
    themes: tuple[Theme, ...] = ("dark", "light")
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        expect_theme(page, theme)


def test_axe_finds_no_violation_and_no_page_is_wider_than_the_window(app: App, page: Page) -> None:
    found: dict[tuple[str, object], object] = {}
    for slug in OF_EACH_KIND:
        page.goto(f"{app.url}/guide/{slug}")
        for width in (320, 768, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            found[slug, width] = wide if wide > width else None
        page.set_viewport_size(VIEWPORT)
        page.emulate_media(color_scheme="light")
        expect_theme(page, "light")
        found[slug, "light"] = violations(page)
        page.emulate_media(color_scheme="dark")
        expect_theme(page, "dark")
        found[slug, "dark"] = violations(page, only=COLOURS)
    assert {where: what for where, what in found.items() if what} == {}


def test_on_a_phone_the_lists_are_folded_away(app: App, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{app.url}/guide/strategies")
    sections = page.locator(".sections a", has_text="DVTS")
    expect(sections).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    page.get_by_text("On this page").click()
    sections.click()
    expect(page.locator("#dvts")).to_be_in_viewport()
    expect(sections).to_be_hidden()


HOSTILE = (
    """# <img src=x onerror=window.pwned=1>

## <script>window.pwned=1</script>

<script>window.pwned=1</script> <a href="javascript:window.pwned=1">x</a>

[press](javascript:window.pwned=1) ![x](https://example.org/x.png) ${window.pwned=1} {{7*7}}

```"><script>window.pwned=1</script>
</code></pre><img src=x onerror=window.pwned=1>
```

| <svg onload=window.pwned=1> |
|---|
| """
    + "wide " * 5
    + "x" * 3000
    + """ |

```python
"""
    + "x = "
    + "y + " * 500
    + """z
```
"""
)


@pytest.fixture(scope="module")
def other_guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A guide with a hostile page, below a path and shown in a frame; its server's address."""
    folder = tmp_path_factory.mktemp("guide")
    (folder / "index.md").write_text("# Guide\n\n- [<b>Bad</b>](bad.md): <img src=x onerror=a()>\n")
    (folder / "bad.md").write_text(HOSTILE)

    def frame(_: object) -> Response:
        return HTMLResponse('<iframe src="sub/path/guide/" width="900" height="600"></iframe>')

    app = Starlette(
        routes=[
            Route("/favicon.ico", lambda _: Response(status_code=204)),
            Route("/", frame),
            Mount("/sub/path", routes=guide_routes(read_guide(folder))),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "The guide's server")
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_hostile_text_stays_text(other_guide: str, page: Page) -> None:
    outside: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(other_guide) else outside.append(r.url))
    page.goto(f"{other_guide}/sub/path/guide/")
    expect(page.locator(".cards")).to_contain_text("<img src=x onerror=a()>")
    page.locator(".cards a").click()
    expect(page.locator("h1")).to_have_text("<img src=x onerror=window.pwned=1>")
    expect(page.locator("article")).to_contain_text("${window.pwned=1} {{7*7}}")
    assert page.locator("article :is(img, script, svg, a[href^=javascript])").count() == 0
    assert page.evaluate("window.pwned") is None
    assert outside == []


def test_what_is_too_wide_scrolls_in_its_own_frame(other_guide: str, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{other_guide}/sub/path/guide/bad")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for frame in (page.locator(".wide"), page.locator("pre").last):
        expect(frame).to_have_attribute("tabindex", "0")
        frame.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("frame => frame.scrollLeft > 0", arg=frame.element_handle())


def test_code_is_copied_by_keyboard(other_guide: str, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{other_guide}/sub/path/guide/bad")
    button = page.get_by_role("button", name="Copy").last
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("pre code").last.text_content()


def test_the_guide_works_in_a_frame(other_guide: str, page: Page) -> None:
    page.goto(other_guide)
    frame = page.frame_locator("iframe")
    frame.locator(".cards a").click()
    expect(frame.locator("h1")).to_be_visible()
    frame.get_by_role("button", name="Light / dark").click()
    expect(frame.locator("html")).to_have_class(re.compile("dark"))
