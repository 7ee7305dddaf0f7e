"""One choice among many, in groups with headings: radio buttons of the browser's own.

Not `gr.Radio`, which knows no groups, and not a drop-down list, which hides what there is. All
radio buttons have one name, so arrow keys walk through all groups as through one list.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import gradio as gr

# `props.value` is what handlers get; "input" is said when a person chose, as with Gradio's fields.
_ON_LOAD = """
const options = [...element.querySelectorAll("input")];
const show = () => {
  for (const option of options) option.checked = option.value === props.value;
};
watch("value", show);
show();
element.addEventListener("change", (event) => {
  event.stopPropagation();
  props.value = event.target.value;
  trigger("input");
});
// A chosen one can be chosen again: what it stands for may no longer be what is on show.
element.addEventListener("click", (event) => {
  if (event.target.value === props.value && event.detail) trigger("select");
});
"""


class Group(NamedTuple):
    """A heading and what can be chosen under it: `(label, value)`."""

    heading: str
    options: Sequence[tuple[str, str]]


class GroupedChoice(gr.HTML):
    """Radio buttons in groups; the value is the chosen one's, or None.

    Args:
        groups: What can be chosen; values are unique among all of them.
        value: What is chosen at first.
        label: Heading above all groups.
        info: A sentence under it.
        elem_id: Also the name of the radio buttons.
        **kwargs: As for `gr.HTML`.
    """

    def __init__(
        self,
        groups: Sequence[Group],
        value: str | None = None,
        *,
        label: str,
        info: str = "",
        elem_id: str,
        **kwargs: Any,
    ) -> None:
        self.known = frozenset(value for group in groups for _, value in group.options)
        super().__init__(
            value=value,
            label=label,
            html_template=_template(groups, label, info, elem_id),
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            elem_id=elem_id,
            elem_classes="choice",
            **kwargs,
        )

    def preprocess(self, payload: str | None) -> str | None:
        """The chosen value.

        Raises:
            gradio.Error: It is none of those offered.
        """
        if payload is not None and payload not in self.known:
            raise gr.Error(f"{payload!r:.60} is none of the choices of {self.label}.")
        return payload

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "string", "enum": sorted(self.known)}


def _template(groups: Sequence[Group], label: str, info: str, name: str) -> str:
    told = f'<p class="choice-info" id="{name}-info">{_text(info)}</p>' if info else ""
    described = f' aria-describedby="{name}-info"' if info else ""
    return (
        f'<div class="choice-all" role="radiogroup" aria-labelledby="{name}-label"{described}>'
        f'<p class="choice-label" id="{name}-label">{_text(label)}</p>{told}'
        f"{''.join(_group(group, name) for group in groups)}</div>"
    )


def _group(group: Group, name: str) -> str:
    options = "".join(
        f'<label class="choice-option"><input type="radio" name="{name}-choice" '
        f'value="{_text(value)}"><span>{_text(label)}</span></label>'
        for label, value in group.options
    )
    return (
        f'<fieldset class="choice-group"><legend>{_text(group.heading)}</legend>'
        f'<div class="choice-options">{options}</div></fieldset>'
    )


def _text(text: str) -> str:
    """Text for the template, which Gradio evaluates twice: as Handlebars and as JavaScript."""
    text = escape(text)
    for sign in "`${}\\":
        text = text.replace(sign, f"&#{ord(sign)};")
    return text
