"""Whose a request to the page is."""

from __future__ import annotations

import gradio as gr
from starlette.requests import Request

from search_core.serving import owner_of


def visitor_of(request: gr.Request | Request | None, trusted_proxies: int) -> str:
    """The visitor's network address, as `owner_of` knows it; "" where nobody says."""
    if request is None:
        return ""
    peer = request.client.host if request.client else ""
    return owner_of(peer, dict(request.headers), trusted_proxies)
