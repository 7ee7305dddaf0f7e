"""Whose fault an exception is: of what was sent, or of the app."""

from __future__ import annotations

import traceback
from pathlib import Path

import gradio as gr

_OURS = tuple(
    str(Path(__file__).resolve().parents[2] / part) for part in ("components", "search_core")
)
_FRAMEWORK = tuple(f"/site-packages/{name}/" for name in ("gradio", "starlette", "fastapi"))
_SHELL = str(Path(__file__).resolve().parents[1] / "shell.py")
"""It makes values ready in Gradio's place: what does not fit was sent so."""
_ANSWERS = "postprocess_data"
"""What Gradio does with what a handler gave: a fault there is the handler's."""


def is_ours(error: BaseException) -> bool:
    """Whether our own code raised it, or gave Gradio what it cannot send.

    Everything passes through some of our code on its way in; ours is what happens after Gradio
    has called a handler.
    """
    if isinstance(error, gr.Error):
        return False  # it is what we say to whoever sent that
    ours = framework = -1
    for place, frame in enumerate(traceback.extract_tb(error.__traceback__)):
        if frame.name == _ANSWERS:
            return True
        if frame.filename == _SHELL or any(part in frame.filename for part in _FRAMEWORK):
            framework = place
        elif frame.filename.startswith(_OURS):
            ours = place
    return ours > framework


def in_one_line(error: BaseException) -> str:
    """What it is, cut short; nothing of a stranger's text can make a line of its own."""
    return f"{type(error).__name__}: {str(error)[:160]!r}"
