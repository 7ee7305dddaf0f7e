"""The shell of the app: Gradio's blocks, and beside them the places that are not made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.utils import _parse_file_size
from starlette.middleware import Middleware

from components.bounds import BodyLimit, LeanSessions, Uploads
from components.bounds.sessions import MOST_SESSIONS
from components.guide import guide_routes

MOST_UPLOADED = "16mb"
"""A stranger's trace file: room for tens of thousands of steps, and little to do for the server."""


class Shell(gr.Blocks):
    """Blocks that bring the guide along wherever they are launched, and bounds on what is sent.

    Whoever mounts them in an app of their own gives `guide_routes()` to
    `gr.mount_gradio_app(..., app_kwargs={"routes": ...})`.

    Args:
        repository: Address under which this repository's files can be read, for the guide's
            links to them; "": they are text.
        **kwargs: As for `gr.Blocks`.

    Raises:
        GuideError: The guide's index is broken.
    """

    def __init__(self, *, repository: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._routes = guide_routes(repository=repository)

    @property
    def state_holder(self) -> Any:
        """What is kept for each page; Gradio sets it when the app is made."""
        return self._sessions

    @state_holder.setter
    def state_holder(self, holder: Any) -> None:
        self._sessions = LeanSessions.of(holder)

    def launch(
        self,
        *args: Any,
        app_kwargs: Mapping[str, Any] | None = None,
        max_file_size: str | int = MOST_UPLOADED,
        **kwargs: Any,
    ) -> Any:
        """As `gr.Blocks.launch`; the guide's addresses come before Gradio's."""
        given = dict(app_kwargs or {})
        routes = [*self._routes, *given.get("routes", ())]
        uploads = Uploads(self.upload_file_set)
        limit = Middleware(
            BodyLimit,
            most_uploaded=_parse_file_size(max_file_size),
            before_upload=uploads.make_room,
        )
        middleware = [limit, *given.get("middleware", ())]
        kwargs.setdefault("state_session_capacity", MOST_SESSIONS)
        return super().launch(
            *args,
            app_kwargs={**given, "routes": routes, "middleware": middleware},
            max_file_size=max_file_size,
            **kwargs,
        )
