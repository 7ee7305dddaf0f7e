"""The line below the problem: which kinds the embedded models read, and one of each to try."""

from __future__ import annotations

from html import escape
from typing import Any

import gradio as gr

from components.controls.model_offer import ModelOffer
from components.elements.scripts import script_with
from components.published import published_folder
from search_core.embedded import FAMILIES
from search_core.strategies import Strategy

_ON_LOAD = """
const root = (window.gradio_config?.root ?? location.href.split(/[?#]/)[0]).replace(/\\/?$/, "/");
const folder = new URL("gradio_api/file=" + __FOLDER__ + "/", root).href;
import(folder + "js/form/kinds.js").then(({ mountKinds }) => {
  mountKinds(element.querySelector(".kinds"), { props, watch });
}).catch(console.error);
"""


class KindsLine(gr.HTML):
    """A button for each kind of problem, which puts one into the field. The value is the names of
    the kinds that the chosen solver reads."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=list(FAMILIES),
            html_template=_template(),
            js_on_load=script_with(_ON_LOAD, FOLDER=published_folder()),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "array", "items": {"type": "string", "enum": list(FAMILIES)}}


def kinds_update(
    offer: ModelOffer, strategy: Strategy, pair: str | None, solver: str | None
) -> dict[str, Any]:
    """The kinds that this solver reads; no line where it reads any problem, or is none of ours."""
    try:
        families = offer.choose(strategy, pair, solver, None).families
    except ValueError:  # whoever runs it says what is wrong
        families = ()
    shown: dict[str, Any] = gr.update(visible=bool(families), value=list(families))
    return shown


def _template() -> str:
    """The buttons; all of it is the project's own text, none a stranger's."""
    kinds = "".join(
        f'<li><button type="button" class="kind" data-kind="{escape(family.name)}" '
        f'data-problem="{escape(family.first)}" title="{escape(family.first)}">'
        f"<b>{escape(family.title)}</b> <span>{escape(family.first)}</span></button></li>"
        for family in FAMILIES.values()
    )
    return (
        '<div class="chips kinds" aria-label="Kinds of problem that these models read">'
        '<span class="chips-head" aria-hidden="true">These models read</span>'
        f'<ul class="chip-list">{kinds}</ul></div>'
    )
