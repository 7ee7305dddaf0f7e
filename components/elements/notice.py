"""A plain message to the person, announced to screen readers; its text is never HTML."""

from __future__ import annotations

from typing import Any

import gradio as gr

_TEMPLATE = '<p class="notice" role="status"></p>'
_SCRIPT = """
const line = element.querySelector('.notice');
function show() {
  const value = props.value || {};
  // Set before the text: a reader announces by what it finds when the text changes.
  line.setAttribute('aria-live', value.quiet ? 'off' : 'polite');
  line.textContent = value.text || '';
  line.dataset.kind = value.kind || 'info';
  line.hidden = !value.text;
}
watch('value', show);
show();
"""


class Notice(gr.HTML):
    """Shows `{"text": ..., "kind": "info" | "error"}` as text; with `"quiet": true` readers do
    not announce it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=info(""),
            html_template=_TEMPLATE,
            js_on_load=_SCRIPT,
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object", "description": "a message: {text, kind, quiet}"}


def info(text: str) -> dict[str, str]:
    """A message that is no problem."""
    return {"text": text, "kind": "info"}


def quiet(text: str) -> dict[str, Any]:
    """A message that only brings an earlier one up to date: shown, and not announced."""
    return {"text": text, "kind": "info", "quiet": True}


def error(text: str) -> dict[str, str]:
    """A message that says what went wrong and what to do."""
    return {"text": text, "kind": "error"}


def caption(text: str) -> dict[str, str]:
    """A quiet line below a figure."""
    return {"text": text, "kind": "caption"}
