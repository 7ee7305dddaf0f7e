"""A line of plain text that changes by itself and interrupts nobody; never HTML."""

from __future__ import annotations

from typing import Any

import gradio as gr

_TEMPLATE = '<p class="quiet-line" hidden></p>'
_SCRIPT = """
const line = element.querySelector('.quiet-line');
function show() {
  line.textContent = typeof props.value === 'string' ? props.value : '';
  line.hidden = !line.textContent;
}
watch('value', show);
show();
"""


class QuietLine(gr.HTML):
    """Shows its value as text. Screen readers read it where it stands and announce nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value="",
            html_template=_TEMPLATE,
            js_on_load=_SCRIPT,
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "string", "description": "a line of text"}
