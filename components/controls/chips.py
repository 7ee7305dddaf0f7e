"""The line of chips below the composer: what is set, in short; each leads to its control.

What stands in the fields the page knows itself: `assets/js/form/` writes the chips from it, and
marks those that differ from the run on show. It is told here what everything is called.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import gradio as gr

from components.controls.form_values import field_names
from components.controls.model_offer import ModelOffer, is_embedded
from components.controls.options_form import all_specs, choice_label
from components.controls.prompt_form import usual_prompt
from components.elements.scripts import script_with
from components.guide.controls import option_control
from components.published import published_folder
from search_core.models import SCORE_SOURCES, SOLVERS, VERIFIERS
from search_core.strategies import STRATEGIES, OptionSpec

_TEMPLATE = '<div class="chips"></div>'
_ON_LOAD = """
const root = (window.gradio_config?.root ?? location.href.split(/[?#]/)[0]).replace(/\\/?$/, "/");
const folder = new URL("gradio_api/file=" + __FOLDER__ + "/", root).href;
import(folder + "js/form/form.js").then(({ mountForm }) => {
  const given = { props, watch, about: __ABOUT__, back: () => trigger("back") };
  mountForm(element.querySelector(".chips"), given);
}).catch(console.error);
"""
TELL_VALUES = """(...values) => {
  const chips = document.querySelector("#chips .chips");
  if (!chips) return;
  chips.values = values;
  chips.dispatchEvent(new CustomEvent("values"));
}"""
"""The script of an event whose inputs are the form's fields: what stands in them now."""


class Chips(gr.HTML):
    """What is set. Its value is `{"run": id, "values": {...}, "filled": bool, "others": text}`:
    what the run on show was made of, whether the fields are being set to it, and with which models
    where the page does not offer them.

    Says "back" when a person wants the form to be again as that run was.
    """

    def __init__(self, offer: ModelOffer, **kwargs: Any) -> None:
        super().__init__(
            value=None,
            html_template=_TEMPLATE,
            js_on_load=script_with(_ON_LOAD, FOLDER=published_folder(), ABOUT=about_chips(offer)),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "object", "description": "the run on show: {run, values, filled, others}"}


def about_chips(offer: ModelOffer) -> dict[str, Any]:
    """What the chips call everything."""
    embedded = [pair.name for pair in offer.pairs if is_embedded(pair.pair)]
    return {
        "fields": [*field_names(), *all_specs()],
        "embedded": embedded[0] if embedded else None,
        "usual": {
            "top_p": offer.first.sampling.top_p,
            "max_step_tokens": offer.first.sampling.max_step_tokens,
        },
        "first": offer.pairs[0].name,
        "prompts": {
            offered.name: asdict(usual_prompt(offered.pair))
            for offered in offer.pairs
            if offered.pair.takes_prompt
        },
        "strategies": {
            strategy.name: {
                "title": strategy.title,
                "verified": strategy.uses_verifier,
                "options": [_option(spec) for spec in strategy.options.specs()],
            }
            for strategy in STRATEGIES.values()
        },
        "sources": dict(SCORE_SOURCES),
        "pairs": {pair.name: pair.title for pair in offer.pairs} if offer.several else {},
        "solvers": {name: model.label for name, model in SOLVERS.items()},
        "verifiers": {name: model.label for name, model in VERIFIERS.items()},
    }


def _option(spec: OptionSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "label": spec.label,
        "control": option_control(spec.name),
        "kind": spec.kind,
        "default": spec.default,
        "advanced": spec.advanced,
        "choices": {choice: choice_label(choice) for choice in spec.choices or ()},
    }
