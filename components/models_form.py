"""Which embedded models search: two choices, each with a sentence of what was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from search_core.models import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    ModelPair,
    embedded_pair,
    usual_solver,
)
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


def chosen_pair(
    served: ModelPair, strategy: Strategy, solver: str | None, verifier: str | None
) -> ModelPair:
    """The pair of these names, on a page that serves `served`; None: the strategy's usual one.

    Raises:
        OptionError: A name is unknown, or there is nothing to choose here.
    """
    if may_choose(served):
        return embedded_pair(solver or usual_solver(strategy), verifier or FIRST)
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


def solver_update(strategy: Strategy, solver: str | None) -> dict[str, Any]:
    """Who picks a strategy gets the solver that was made for it, or one that can follow it."""
    usual = usual_solver(strategy)
    if solver not in SOLVERS or (usual == FIRST and _follows(str(solver), strategy)):
        skipped: dict[str, Any] = gr.skip()
        return skipped
    updated: dict[str, Any] = gr.update(value=usual)
    return updated


def _follows(solver: str, strategy: Strategy) -> bool:
    try:
        embedded_pair(solver).check(strategy, "")
    except OptionError:
        return False
    return True


def models_updates(
    strategy: Strategy, source: str, solver: str | None, verifier: str | None
) -> list[Any]:
    """Updates of `ModelsForm.outputs`: sentences, and no verifier where none is asked."""
    scorer = VERIFIERS.get(verifier or FIRST)
    asked = strategy.uses_verifier and source == "verifier"
    return [
        _about_solver(strategy, solver or FIRST) if (solver or FIRST) in SOLVERS else "",
        gr.update(visible=asked),
        gr.update(visible=asked, value=_about_verifier(strategy, verifier or FIRST))
        if scorer
        else gr.update(visible=False),
    ]


def _about_solver(strategy: Strategy, name: str) -> str:
    """What it is and, already here and not only at Run, why it does not go with the strategy."""
    return _about(SOLVERS[name].about, embedded_pair(name), strategy, "")


def _about_verifier(strategy: Strategy, name: str) -> str:
    """As `_about_solver`."""
    pair = embedded_pair(usual_solver(strategy), name)
    return _about(VERIFIERS[name].about, pair, strategy, "verifier")


def _about(about: str, pair: ModelPair, strategy: Strategy, source: str) -> str:
    try:
        pair.check(strategy, source)
    except OptionError as error:
        return f"{about}\n\n**{error}**"
    return about
