"""The controls: what to solve, how to search, and what it will cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from components.grouped_choice import Group, GroupedChoice
from components.model_offer import ModelOffer
from components.models_form import ModelsForm, make_models_form
from components.notice import Notice
from components.options_form import OptionsForm, all_specs, make_field
from components.recordings import Recording, examples, listed
from components.strategy_card import StrategyCard
from components.text_form import TextForm, make_text_form
from search_core.embedded import FAMILIES
from search_core.models import SCORE_SOURCES, ModelPair
from search_core.problem import Problem
from search_core.strategies import STRATEGIES
from search_core.strategies.base import KINDS

FIRST_STRATEGY = STRATEGIES["beam_search"]
# Switches that only reproduce habits of published code stand apart, under their own heading.
PUBLISHED_ONLY = frozenset(
    spec.name
    for strategy in STRATEGIES.values()
    for spec in strategy.options.specs()
    if spec.kind == "boolean" and spec.name in strategy.as_published
) - {"filter_duplicates"}


_ABOUT_SOURCES = {
    "verifier": "A trained verifier says how likely each step leads to the right answer.",
    "log-probability": "The solver's own belief in what it wrote, which costs nothing.",
    "oracle": "It knows the reference answer: what a perfect verifier would do.",
    "random": "Drawn by chance from the seed: what a useless verifier would do.",
}


@dataclass(frozen=True)
class Controls:
    """All controls of the page."""

    problem: gr.Textbox
    family: gr.Radio
    level: gr.Radio
    new_problem: gr.Button
    recording: GroupedChoice
    run: gr.Button
    stop: gr.Button
    estimate: gr.Markdown
    notice: Notice
    strategy: GroupedChoice
    about: StrategyCard
    example: gr.Button
    as_published: gr.Button
    as_intended: gr.Button
    models: ModelsForm
    score_source: gr.Radio
    about_source: gr.Markdown
    temperature: gr.Number
    top_p: gr.Number
    seed: gr.Number
    options: OptionsForm
    open_trace: gr.UploadButton
    pasted: TextForm

    @property
    def recipe_inputs(self) -> list[Any]:
        """What a run is made from, in the order of `handlers.Form`."""
        return [
            self.problem,
            self.strategy,
            self.score_source,
            self.temperature,
            self.top_p,
            self.seed,
            *self.models.components,
            *self.options.components,
        ]


def make_controls(
    offer: ModelOffer,
    recordings: Sequence[Recording],
    cards: Mapping[str, str],
    first: Problem,
) -> Controls:
    """Lay the controls out in two columns: the problem, and the search."""
    with gr.Column(elem_id="problem-column", min_width=240):
        with gr.Group():
            problem = gr.Textbox(
                first.text,
                label="Problem",
                info="Type your own, or draw a new one below.",
                lines=2,
                max_lines=6,
                elem_id="problem",
            )
            with gr.Row(equal_height=True, elem_classes="buttons"):
                run = gr.Button("Run", variant="primary", elem_id="run", min_width=90)
                stop = gr.Button("Stop", elem_id="stop", min_width=90, interactive=False)
        notice = Notice(elem_id="notice")
        estimate = gr.Markdown("", elem_id="estimate")
        with gr.Accordion("Problems, recorded examples, texts", open=False, elem_id="new-problem"):
            family, level, new_problem, recording, open_trace = _sources(recordings, first)
            with gr.Accordion("Read a chain of thought", open=False, elem_id="read-text"):
                pasted = make_text_form()
    with gr.Column(elem_id="search-column", min_width=240):
        with gr.Group():
            strategy = GroupedChoice(
                strategy_groups(), FIRST_STRATEGY.name, label="Strategy", elem_id="strategy"
            )
            about = StrategyCard(cards[FIRST_STRATEGY.name], elem_id="about-strategy")
            example = gr.Button(
                "Open a recorded example",
                size="sm",
                elem_id="open-example",
                visible=FIRST_STRATEGY.name in examples(recordings),
            )
            fields = _main_fields()
        models = make_models_form(offer)
        with gr.Accordion("Advanced", open=False, elem_id="advanced"):
            score_source, about_source, temperature, top_p, seed = _sampling(offer.first)
            fields |= _fields(lambda spec: spec.advanced and spec.name not in PUBLISHED_ONLY)
            with gr.Accordion("As in the published code", open=False):
                gr.Markdown(
                    "The published code has habits that its papers do not mention. They are off "
                    "here, each can be turned on, and one button turns on all of them."
                )
                with gr.Row(elem_classes="buttons"):
                    as_published = gr.Button("All as published", size="sm", min_width=90)
                    as_intended = gr.Button("All off", size="sm", min_width=90)
                fields |= _fields(lambda spec: spec.name in PUBLISHED_ONLY)
    form = OptionsForm({name: fields[name] for name in all_specs()})
    return Controls(
        problem=problem,
        family=family,
        level=level,
        new_problem=new_problem,
        recording=recording,
        run=run,
        stop=stop,
        estimate=estimate,
        notice=notice,
        strategy=strategy,
        about=about,
        example=example,
        as_published=as_published,
        as_intended=as_intended,
        models=models,
        score_source=score_source,
        about_source=about_source,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
        options=form,
        open_trace=open_trace,
        pasted=pasted,
    )


def strategy_groups() -> list[Group]:
    """All strategies by how they spend compute."""
    groups = []
    for kind, heading in KINDS.items():
        members = [one for one in STRATEGIES.values() if one.kind == kind]
        if members:
            groups.append(Group(heading, [(one.title, one.name) for one in members]))
    return groups


def about_score_source(name: str) -> str:
    """What a score source is, in a sentence or two."""
    return _ABOUT_SOURCES.get(name, "")


def levels_of(family: str) -> list[int]:
    """Difficulty levels of a family."""
    return list(FAMILIES[family].levels)


def _main_fields() -> dict[str, Any]:
    with gr.Row(elem_classes="fields"):
        numbers = _fields(lambda spec: not spec.advanced and spec.kind != "choice")
    return numbers | _fields(lambda spec: not spec.advanced and spec.kind == "choice")


def _fields(wanted: Any) -> dict[str, Any]:
    specs = {name: spec for name, spec in all_specs().items() if wanted(spec)}
    return {name: make_field(spec, FIRST_STRATEGY) for name, spec in specs.items()}


def _sources(recordings: Sequence[Recording], first: Problem) -> tuple[Any, ...]:
    with gr.Row(elem_classes="fields"):
        family = gr.Radio(
            choices=[(one.title, name) for name, one in FAMILIES.items()],
            value=first.family,
            label="Family",
            elem_id="family",
            min_width=120,
        )
        level = gr.Radio(
            choices=levels_of(str(first.family)),
            value=first.level,
            label="Level",
            info="Steps, or numbers in Countdown.",
            elem_id="level",
            min_width=80,
        )
    new_problem = gr.Button("Draw a new problem", elem_id="draw")
    recording = GroupedChoice(
        listed(recordings),
        label="Recorded example",
        info="Opens at once; nothing is computed.",
        elem_id="recording",
    )
    open_trace = gr.UploadButton(
        "Open a trace file", file_types=[".jsonl", ".ndjson"], elem_id="open-trace"
    )
    return family, level, new_problem, recording, open_trace


def _sampling(pair: ModelPair) -> tuple[Any, ...]:
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
    defaults = pair.sampling
    with gr.Row(elem_classes="fields"):
        temperature = gr.Number(
            defaults.temperature,
            label="Temperature",
            info="0 always takes the likeliest word. 0 to 2.",
            elem_id="temperature",
            min_width=120,
        )
        top_p = gr.Number(
            defaults.top_p,
            label="Top-p",
            info="Sample from the likeliest words that make up this share. Above 0, to 1.",
            elem_id="top-p",
            min_width=120,
        )
        seed = gr.Number(
            0,
            label="Seed",
            info="The same seed gives the same tree.",
            precision=0,
            elem_id="seed",
            min_width=120,
        )
    return score_source, about_source, temperature, top_p, seed
