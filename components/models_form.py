"""Which embedded models search: two choices, each with a sentence of what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from search_core.models import FIRST, SOLVERS, VERIFIERS, ModelPair, embedded_pair
from search_core.strategies import Strategy
from search_core.strategies.options import OptionError


@dataclass(frozen=True)
class ModelsForm:
    """The two choices; nothing of them is shown where the operator has chosen."""

    solver: gr.Radio
    about_solver: gr.Markdown
    verifier: gr.Radio
    about_verifier: gr.Markdown

    @property
    def components(self) -> list[Any]:
        """The fields that a recipe is made from."""
        return [self.solver, self.verifier]

    @property
    def outputs(self) -> list[Any]:
        """What `models_updates` updates."""
        return [self.about_solver, self.verifier, self.about_verifier]


def may_choose(pair: ModelPair) -> bool:
    """Whether the page serves the embedded models, and not the two that its operator named."""
    return pair is embedded_pair()


def chosen_pair(served: ModelPair, solver: str | None, verifier: str | None) -> ModelPair:
    """The pair of these names, on a page that serves `served`; None: the usual one.

    Raises:
        OptionError: A name is unknown, or there is nothing to choose here.
    """
    if may_choose(served):
        return embedded_pair(solver or FIRST, verifier or FIRST)
    if solver or verifier:
        raise OptionError(
            f"{str(solver or verifier)!r:.60} was asked for, but this page serves other models, "
            "which its operator chose. Leave solver and verifier out of the link."
        )
    return served


def make_models_form(served: ModelPair) -> ModelsForm:
    """Lay the choices out; the smallest models come first."""
    shown = may_choose(served)
    with gr.Group(visible=shown):
        solver = gr.Radio(
            choices=[(one.label, name) for name, one in SOLVERS.items()],
            value=FIRST if shown else None,
            label="Solver",
            elem_id="solver",
        )
        about_solver = gr.Markdown(
            SOLVERS[FIRST].about, elem_id="about-solver", elem_classes="about", padding=False
        )
        verifier = gr.Radio(
            choices=[(one.label, name) for name, one in VERIFIERS.items()],
            value=FIRST if shown else None,
            label="Verifier",
            elem_id="verifier",
        )
        about_verifier = gr.Markdown(
            VERIFIERS[FIRST].about, elem_id="about-verifier", elem_classes="about", padding=False
        )
    return ModelsForm(solver, about_solver, verifier, about_verifier)


def models_updates(
    strategy: Strategy, source: str, solver: str | None, verifier: str | None
) -> list[Any]:
    """Updates of `ModelsForm.outputs`: sentences, and no verifier where none is asked."""
    known, scorer = SOLVERS.get(solver or FIRST), VERIFIERS.get(verifier or FIRST)
    asked = strategy.uses_verifier and source == "verifier"
    return [
        known.about if known else "",
        gr.update(visible=asked),
        gr.update(visible=asked, value=_about_verifier(strategy, verifier or FIRST))
        if scorer
        else gr.update(visible=False),
    ]


def _about_verifier(strategy: Strategy, name: str) -> str:
    """What it is and, already here and not only at Run, why it does not go with the strategy."""
    about = VERIFIERS[name].about
    try:
        embedded_pair(FIRST, name).check(strategy, "verifier")
    except OptionError as error:
        return f"{about}\n\n**{error}**"
    return about
