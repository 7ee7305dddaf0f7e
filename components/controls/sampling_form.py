"""How the solver samples its steps, and what scores them."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from search_core.models import SCORE_SOURCES, ModelPair

_ABOUT_SOURCES = {
    "verifier": "A trained verifier says how likely each step leads to the right answer.",
    "log-probability": "The solver's own belief in what it wrote, which costs nothing.",
    "oracle": "It knows the reference answer: what a perfect verifier would do.",
    "random": "Drawn by chance from the seed: what a useless verifier would do.",
}


@dataclass(frozen=True)
class SamplingForm:
    """Score source, temperature, top-p, the length limit of a step, and seed."""

    score_source: gr.Radio
    about_source: gr.Markdown
    temperature: gr.Number
    top_p: gr.Number
    max_step_tokens: gr.Number
    seed: gr.Number


def make_sampling_form(pair: ModelPair) -> SamplingForm:
    """Lay the form out, with the sampling that is usual for these models."""
    with gr.Group():
        score_source = gr.Radio(
            choices=[(label, name) for name, label in SCORE_SOURCES.items()],
            value="verifier",
            label="Scored by",
            elem_id="score-source",
        )
        about_source = gr.Markdown(
            about_score_source("verifier"),
            elem_id="about-source",
            elem_classes="about",
            padding=False,
        )
    with gr.Row(elem_classes="fields"):
        temperature = _number(
            pair.sampling.temperature,
            "Temperature",
            "0 always takes the likeliest word. 0 to 2.",
            "temperature",
        )
        top_p = _number(
            pair.sampling.top_p,
            "Top-p",
            "Sample from the likeliest words that make up this share. Above 0, to 1.",
            "top-p",
        )
        max_step_tokens = _number(
            pair.sampling.max_step_tokens,
            "Longest step",
            "A step that comes to so many tokens is cut off. 1 to 4096.",
            "max-step-tokens",
        )
        seed = _number(0, "Seed", "The same seed gives the same tree.", "seed")
    return SamplingForm(score_source, about_source, temperature, top_p, max_step_tokens, seed)


def about_score_source(name: str) -> str:
    """What a score source is, in a sentence or two."""
    return _ABOUT_SOURCES.get(name, "")


def _number(value: float, label: str, info: str, elem_id: str) -> gr.Number:
    """Without bounds in the browser: a value out of range gets our own message."""
    return gr.Number(value, label=label, info=info, elem_id=elem_id, min_width=140)
