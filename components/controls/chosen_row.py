"""The chosen problems as chips beside the settings: each shows its recorded run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from components.explorer import Recording

_ON_LOAD = """
element.addEventListener("click", (event) => {
  const chip = event.target.closest("button[data-run]");
  if (!chip) return;
  props.value = chip.dataset.run;
  trigger("input");
});
"""


class ChosenRow(gr.HTML):
    """One chip for each chosen problem; the value is the id of the run that was asked for."""

    def __init__(self, recordings: Sequence[Recording], **kwargs: Any) -> None:
        chosen = [recording for recording in recordings if recording.chosen]
        self._known = frozenset(recording.run_id for recording in chosen)
        super().__init__(
            value=None,
            html_template=_template(chosen),
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            visible=bool(chosen),
            **kwargs,
        )

    def preprocess(self, payload: str | None) -> str | None:
        """The run that was asked for.

        Raises:
            gradio.Error: It is none of the chosen ones.
        """
        if payload not in self._known:
            raise gr.Error(f"{payload!r:.60} is none of the chosen problems.")
        return payload

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "string", "enum": sorted(self._known)}


def _template(chosen: Sequence[Recording]) -> str:
    """The chips; all of it is the project's own text, none a stranger's."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-run="{escape(recording.run_id)}" '
        f'title="{escape(recording.title)}">{escape(recording.chosen.claim.short)}</button></li>'
        for recording in chosen
        if recording.chosen
    )
    return (
        '<div class="chips chosen" role="group" aria-label="Try one where …">'
        '<span class="chips-head" aria-hidden="true">Try'
        '<span class="chips-rest"> one where</span></span>'
        f'<ul class="chip-list">{chips}</ul></div>'
    )
