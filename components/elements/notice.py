"""A message to the person: a word by the way, or a mistake with the field that is meant and what
would be right. Its text is never HTML; `assets/js/form/notice.js` writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from components.elements.scripts import script_with
from components.published import published_folder

# Two regions: what a reader makes of a text is decided by where it appears.
_TEMPLATE = (
    '<div class="notice" hidden><p class="notice-line" role="status"></p>'
    '<div class="notice-mistake" role="alert"></div></div>'
)
_SCRIPT = """
const root = (window.gradio_config?.root ?? location.href.split(/[?#]/)[0]).replace(/\\/?$/, "/");
const folder = new URL("gradio_api/file=" + __FOLDER__ + "/", root).href;
import(folder + "js/form/notice.js").then(({ mountNotice }) => {
  mountNotice(element.querySelector(".notice"), { props, watch });
}).catch(console.error);
"""


class Notice(gr.HTML):
    """Shows what `info`, `quiet` and `error` give: `{"text", "kind": "info" | "error", "quiet",
    "control", "offers": [{"label", "control", "value"}]}`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=info(""),
            html_template=_TEMPLATE,
            js_on_load=script_with(_SCRIPT, FOLDER=published_folder()),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "a message: {text, kind, quiet, control, offers}"}


def info(text: str) -> dict[str, Any]:
    """A message that is no problem."""
    return {"text": text, "kind": "info"}


def quiet(text: str) -> dict[str, Any]:
    """A message that only brings an earlier one up to date: shown, and not announced."""
    return {"text": text, "kind": "info", "quiet": True}


def error(text: str, control: str = "", offers: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A message that says what went wrong and what to do.

    Args:
        text: The message.
        control: The `elem_id` of the control that is meant, or "".
        offers: What works: `value` for a `control`, on a button that says `label`.
    """
    return {"text": text, "kind": "error", "control": control, "offers": list(offers)}
