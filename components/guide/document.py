"""The frame around a page of the guide: header, lists of pages and sections, previous and next.

All addresses are relative to `guide/`, so the guide works wherever the app is mounted.
"""

from __future__ import annotations

from html import escape

from components.guide.markdown import Heading, Rendered, render_line
from components.guide.pages import INDEX, Guide, GuidePage
from components.place_frame import framed
from components.places import GUIDE

_SCRIPTS = (
    '<script src="js/guide/theme.js"></script>'
    '<script type="module" src="js/guide/guide.js"></script>'
)


def document(guide: Guide, slug: str, rendered: Rendered) -> str:
    """One page as a whole HTML document.

    Args:
        guide: All pages.
        slug: Which one this is; "index" for the list of pages.
        rendered: Its text as HTML; of the index what stands above its first group.
    """
    page = guide.page(slug)
    name = page.title if page else rendered.title or "Guide"
    summary = page.summary if page else "All pages of the guide."
    sections = _sections(rendered.headings) if page else ""
    kind = "page" if page else "contents"
    cards = "" if page else _cards(guide)
    body = (
        f'<div class="frame {kind}">{_pages(guide, slug)}'
        f'<main id="text" tabindex="-1">{sections}<article>{rendered.html}{cards}</article>'
        f"{_neighbours(guide, slug)}</main></div>"
    )
    return _whole(name, summary, body)


def missing(guide: Guide) -> str:
    """The document for an address under which there is no page."""
    body = (
        f'<div class="frame contents">{_pages(guide, "")}<main id="text" tabindex="-1"><article>'
        "<h1>There is no such page</h1><p>The guide has no page under this address. "
        'All pages are in <a href="./">its list</a>.</p></article></main></div>'
    )
    return _whole("No such page", "There is no such page in the guide.", body)


def _whole(name: str, summary: str, body: str) -> str:
    title = f"{name} · Espalier guide" if name != "Guide" else "Espalier guide"
    return framed(GUIDE, title, summary, body, _SCRIPTS)


def _pages(guide: Guide, slug: str) -> str:
    """The list of all pages, folded away on narrow screens."""
    start = _entry("./", "Contents", slug == INDEX)
    groups = "".join(
        f'<p class="group" id="group-{number}">{escape(group)}</p>'
        f'<ul aria-labelledby="group-{number}">'
        f"{''.join(_entry(page.slug, page.title, page.slug == slug) for page in pages)}</ul>"
        for number, (group, pages) in enumerate(guide.groups().items(), 1)
        if group
    )
    loose = "".join(
        _entry(page.slug, page.title, page.slug == slug) for page in guide.groups().get("", ())
    )
    return (
        '<nav class="pages" aria-label="Pages of the guide"><details class="fold" open>'
        f"<summary>All pages</summary><ul>{start}{loose}</ul>{groups}</details></nav>"
    )


def _entry(address: str, title: str, current: bool) -> str:
    here = ' aria-current="page"' if current else ""
    return f'<li><a href="{escape(address)}"{here}>{escape(title)}</a></li>'


def _cards(guide: Guide) -> str:
    """All pages with their summaries."""
    parts = []
    for group, pages in guide.groups().items():
        cards = "".join(
            f'<li><a href="{escape(page.slug)}">{escape(page.title)}</a>'
            f" {render_line(page.summary)}</li>"
            for page in pages
        )
        heading = f"<h2>{escape(group)}</h2>" if group else ""
        parts.append(f'{heading}<ul class="cards">{cards}</ul>')
    return "".join(parts)


def _sections(headings: tuple[Heading, ...]) -> str:
    """The table of contents of a page; none where there is nothing to choose among."""
    listed = [heading for heading in headings if heading.level in {2, 3}]
    if len(listed) < 2:
        return ""
    entries = "".join(
        f'<li class="level-{heading.level}">'
        f'<a href="#{escape(heading.anchor)}">{escape(heading.text)}</a></li>'
        for heading in listed
    )
    return (
        '<nav class="sections" aria-label="On this page"><details class="fold" open>'
        f"<summary>On this page</summary><ul>{entries}</ul></details></nav>"
    )


def _neighbours(guide: Guide, slug: str) -> str:
    before, after = guide.neighbours(slug)
    links = _neighbour(before, "Previous", "prev") + _neighbour(after, "Next", "next")
    return f'<nav class="neighbours" aria-label="Previous and next">{links}</nav>' if links else ""


def _neighbour(page: GuidePage | None, word: str, rel: str) -> str:
    if page is None:
        return ""
    return f'<a rel="{rel}" href="{escape(page.slug)}"><span>{word}</span> {escape(page.title)}</a>'
