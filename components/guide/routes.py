"""Serves the guide: a few static answers, which need neither Gradio nor a run.

Where they are put first among an app's routes, the guide is at `guide/` under that app's root.
"""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from components.emblem import EMBLEM
from components.guide.document import document, missing
from components.guide.links import ROOT, Links
from components.guide.markdown import Rendered, render
from components.guide.pages import INDEX, Guide, read_guide
from components.palette import css_variables
from components.place_answers import file, headers_of

_ASSETS = ROOT / "assets"
_SCRIPTS = frozenset(
    ("guide/theme.js", "guide/guide.js", "dom/header.js", "dom/sharing.js", "dom/toolbar.js")
)
_SHEETS = ("tokens.css", "guide.css", "header.css")
_HEADERS = headers_of("img-src 'self'")


def guide_routes(guide: Guide | None = None, repository: str = "") -> list[BaseRoute]:
    """What answers under `guide/`.

    Args:
        guide: The pages; the project's own unless others are given.
        repository: Address under which this repository's files can be read.

    Raises:
        GuideError: The guide's index is broken.
    """
    shelf = _Shelf(guide or read_guide(), repository)
    return [
        Route("/guide", lambda _: RedirectResponse("guide/")),
        Route("/guide/", shelf.index),
        Route("/guide/style.css", shelf.style),
        Route("/guide/emblem.svg", shelf.emblem),
        Route("/guide/js/{path:path}", shelf.script),
        Route("/guide/images/{path:path}", shelf.image),
        Route("/guide/{slug}", shelf.page),
    ]


class _Shelf:
    """Answers requests; each page is rendered when it is first asked for, and kept."""

    def __init__(self, guide: Guide, repository: str) -> None:
        self._guide = guide
        self._links = Links(guide, repository)
        self._rendered = cache(self._render)

    def _render(self, slug: str) -> Rendered:
        return render(self._guide.text(slug), self._links)

    def index(self, request: Request) -> Response:
        return self._document(INDEX)

    def page(self, request: Request) -> Response:
        slug = str(request.path_params["slug"])
        if slug == INDEX:
            return RedirectResponse("./")
        if self._guide.page(slug.removesuffix(".md")) and slug.endswith(".md"):
            return RedirectResponse(slug.removesuffix(".md"))
        if self._guide.page(slug) is None:
            return HTMLResponse(missing(self._guide), 404, _HEADERS)
        return self._document(slug)

    def _document(self, slug: str) -> Response:
        html = document(self._guide, slug, self._rendered(slug))
        return HTMLResponse(html, headers=_HEADERS)

    def style(self, request: Request) -> Response:
        sheets = [(_ASSETS / "css" / name).read_text(encoding="utf-8") for name in _SHEETS]
        return Response(
            css_variables() + "\n".join(sheets), media_type="text/css", headers=_HEADERS
        )

    def emblem(self, request: Request) -> Response:
        """The tab's picture: its own, as not every app has one at its root."""
        return file(EMBLEM, _HEADERS)

    def script(self, request: Request) -> Response:
        path = request.path_params["path"]
        return file(_ASSETS / "js" / path if path in _SCRIPTS else None, _HEADERS)

    def image(self, request: Request) -> Response:
        """A picture that a page shows; no other file of the repository."""
        slugs = (INDEX, *(page.slug for page in self._guide.pages))
        shown = {path for slug in slugs for path in self._rendered(slug).images}
        path = request.path_params["path"]
        return file(ROOT / path if path in shown else None, _HEADERS)
