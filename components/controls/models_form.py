"""Which models search: the pairs that are offered, and the embedded models one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from components.controls.model_offer import ModelOffer, is_embedded
from components.controls.prompt_form import PromptForm, make_prompt_form, prompt_updates
from components.elements.quiet_line import QuietLine
from search_core.models import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    ModelPair,
    Offered,
    embedded_pair,
    usual_solver,
)
from search_core.strategies import Strategy
from search_core.strategies.options import OptionError

_PRECISIONS = {"auto": "bfloat16 on CUDA, else float32", "": "the server's own"}
"""What is said of those that are no name of a precision."""


@dataclass(frozen=True)
class ModelsForm:
    """The choices; nothing of them is shown where the operator has left none."""

    pair: gr.Radio
    about_pair: gr.Markdown
    solver: gr.Radio
    about_solver: gr.Markdown
    verifier: gr.Radio
    about_verifier: gr.Markdown
    prompt: PromptForm
    memory: QuietLine

    @property
    def components(self) -> list[Any]:
        """The fields that a recipe is made from."""
        return [self.pair, self.solver, self.verifier]

    @property
    def outputs(self) -> list[Any]:
        """What `models_updates` updates."""
        return [
            self.about_pair,
            self.solver,
            self.about_solver,
            self.verifier,
            self.about_verifier,
            *self.prompt.outputs,
        ]


def make_models_form(offer: ModelOffer) -> ModelsForm:
    """Lay the choices out; what was offered first, and the smallest models, come first."""
    first = offer.pairs[0]
    embedded = is_embedded(first.pair)
    with gr.Group():
        pair = gr.Radio(
            choices=[(offered.title, offered.name) for offered in offer.pairs],
            value=first.name if offer.several else None,
            label="Models",
            elem_id="pair",
            visible=offer.several,
        )
        about = first.about if embedded else _with_steps(first)
        about_pair = _about_line("pair", about, visible=offer.several or not embedded)
        solver = gr.Radio(
            choices=[(model.label, name) for name, model in SOLVERS.items()],
            value=FIRST if offer.has_embedded else None,
            label="Solver",
            elem_id="solver",
            visible=embedded,
        )
        about_solver = _about_line("solver", SOLVERS[FIRST].about, visible=embedded)
        verifier = gr.Radio(
            choices=[(model.label, name) for name, model in VERIFIERS.items()],
            value=FIRST if offer.has_embedded else None,
            label="Verifier",
            elem_id="verifier",
            visible=embedded,
        )
        about_verifier = _about_line("verifier", VERIFIERS[FIRST].about, visible=embedded)
    memory = QuietLine(elem_id="models-memory")
    prompt = make_prompt_form(first.pair)
    return ModelsForm(
        pair, about_pair, solver, about_solver, verifier, about_verifier, prompt, memory
    )


def _about_line(kind: str, text: str, *, visible: bool) -> gr.Markdown:
    return gr.Markdown(
        text, elem_id=f"about-{kind}", elem_classes="about", padding=False, visible=visible
    )


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
    offer: ModelOffer,
    strategy: Strategy,
    source: str,
    name: str | None,
    solver: str | None,
    verifier: str | None,
) -> list[Any]:
    """Updates of `ModelsForm.outputs`: sentences, and no verifier where none is asked."""
    chosen = offer.named(name)
    asked = strategy.uses_verifier and source == "verifier"
    told = prompt_updates(chosen.pair)
    if not is_embedded(chosen.pair):
        hidden = [gr.update(visible=False)] * 4
        about = _about(_with_steps(chosen), chosen.pair, strategy, source if asked else "")
        return [gr.update(value=about, visible=True), *hidden, *told]
    scorer = VERIFIERS.get(verifier or FIRST)
    known = (solver or FIRST) in SOLVERS
    return [
        gr.update(value=chosen.about, visible=offer.several),
        gr.update(visible=True),
        gr.update(visible=known, value=_about_solver(strategy, solver or FIRST) if known else ""),
        gr.update(visible=asked),
        gr.update(visible=asked, value=_about_verifier(strategy, verifier or FIRST))
        if scorer
        else gr.update(visible=False),
        *told,
    ]


def _with_steps(offered: Offered) -> str:
    """What a pair is, how its solver is asked for steps, and in which precision both compute."""
    pair = offered.pair
    steps = f"Steps: {pair.steps.title}. {pair.steps.cut}"
    solver, verifier = (_PRECISIONS.get(dtype, dtype) for dtype in pair.dtypes)
    precise = f"Precision: {solver}" + (f"; verifier: {verifier}." if verifier != solver else ".")
    return "\n\n".join(part for part in (offered.about, f"{steps} {precise}") if part)


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
