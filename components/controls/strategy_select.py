"""The strategy as one short field of the composer; the drawer tells of each what it is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from components.elements import Group

_ON_LOAD = """
const list = element.querySelector("select");
const show = () => { list.value = props.value; };
watch("value", show);
show();
list.addEventListener("change", (event) => {
  event.stopPropagation();
  props.value = list.value;
  trigger("input");
});
"""


class StrategySelect(gr.HTML):
    """The browser's own list of all strategies in their groups; the value is a strategy's name."""

    def __init__(self, groups: Sequence[Group], value: str, **kwargs: Any) -> None:
        self._known = frozenset(name for group in groups for _, name in group.options)
        super().__init__(
            value=value,
            html_template=_template(groups),
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            **kwargs,
        )

    def preprocess(self, payload: str | None) -> str | None:
        """The chosen strategy.

        Raises:
            gradio.Error: There is no such strategy.
        """
        if payload not in self._known:
            raise gr.Error(f"{payload!r:.60} is none of the strategies.")
        return payload

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "string", "enum": sorted(self._known)}


def _template(groups: Sequence[Group]) -> str:
    """The list; all of it is the project's own text, none a stranger's."""
    parts = []
    for group in groups:
        entries = "".join(
            f'<option value="{escape(name)}">{escape(label)}</option>'
            for label, name in group.options
        )
        parts.append(f'<optgroup label="{escape(group.heading)}">{entries}</optgroup>')
    return f'<select class="strategy-list" aria-label="Strategy">{"".join(parts)}</select>'
