"""The app's root where its query means something else: what a Space's outer address passes on.

A Space shows the root in a frame and hands it the query of its own address, so a link to a lesson
arrives there. And `page` is a word of Gradio's: its root ends in an error over a page that it does
not have.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route

from components.place_answers import Answer, moved


class AskedAtRoot(Route):
    """Answers the root alone, and only where the query has this name."""

    def __init__(self, name: str, answer: Answer) -> None:
        super().__init__("/", answer)
        self._name = name

    def matches(self, scope: Any) -> tuple[Match, Any]:
        """As `Route.matches`."""
        if self._name not in QueryParams(scope.get("query_string", b"")):
            return Match.NONE, {}
        return super().matches(scope)


def routes_at_root() -> list[BaseRoute]:
    """A lesson is shown in Learn; else a `page` is left out."""
    return [AskedAtRoot("lesson", moved("learn/")), AskedAtRoot("page", _without_page)]


def _without_page(request: Request) -> Response:
    left = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return RedirectResponse(f"./?{urlencode(left)}" if left else "./")
