"""The shell of the app: Gradio's blocks, and beside them the places that are not made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from components.guide import guide_routes


class Shell(gr.Blocks):
    """Blocks that bring the guide along wherever they are launched.

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

    def launch(self, *args: Any, app_kwargs: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """As `gr.Blocks.launch`; the guide's addresses come before Gradio's."""
        given = dict(app_kwargs or {})
        routes = [*self._routes, *given.get("routes", ())]
        return super().launch(*args, app_kwargs={**given, "routes": routes}, **kwargs)
