"""Stops what Gradio's loading screen leaves behind: a counter in every frame, for ever.

Gradio (6.31) counts the seconds of whatever loads once a frame, and its loading screen goes away
without an end to that: every open page computes sixty times a second while nothing happens, a
twelfth of a core here. The page shows none of those seconds, so its frames are not asked for.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BEFORE = b"<script>window.gradio_config"
"""With this Gradio's page begins to run; what it captures of the window, it captures later."""
# The counter is known by how it is written; of another Gradio's nothing may be known, and then
# all is as it was (a test says so).
_SCRIPT = b"""<script>{
  const counts = /^\\(\\) ?=> ?\\{[\\w$]+\\([\\w$]+, ?\\(performance\\.now\\(\\) ?-/;
  const next = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (then) => (counts.test(String(then)) ? 0 : next(then));
}</script>"""


class QuietFrames:
    """Puts the script into Gradio's page, before Gradio.

    Args:
        app: What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        begun: Message | None = None
        parts: list[bytes] = []

        async def quieter(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
            elif begun is None or message["type"] != "http.response.body":
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = b"".join(parts).replace(_BEFORE, _SCRIPT + _BEFORE, 1)
                    MutableHeaders(scope=begun)["content-length"] = str(len(body))
                    await send(begun)
                    await send({**message, "body": body})

        await self._app(scope, receive, quieter)


def _is_page(start: Message) -> bool:
    """A page that is neither an error nor compressed."""
    headers = MutableHeaders(scope=start)
    html = headers.get("content-type", "").startswith("text/html")
    return html and start["status"] == 200 and "content-encoding" not in headers
