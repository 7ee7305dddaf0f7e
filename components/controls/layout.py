"""All controls, laid out: what one needs at once, and a drawer with everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from components.controls.chips import Chips
from components.controls.chosen_row import ChosenRow
from components.controls.form_values import RecipeFields
from components.controls.kinds_line import KindsLine
from components.controls.model_offer import ModelOffer
from components.controls.models_form import ModelsForm, make_models_form
from components.controls.options_form import FormField, OptionsForm, all_specs, make_field
from components.controls.sampling_form import SamplingForm, make_sampling_form
from components.controls.sources_form import SourcesForm, make_sources_form
from components.controls.strategy_card import StrategyCard
from components.controls.strategy_select import StrategySelect
from components.elements import Group, GroupedChoice, Notice
from components.explorer import Recording, examples
from search_core.problem import Problem
from search_core.strategies import STRATEGIES, OptionSpec
from search_core.strategies.base import KINDS

FIRST_STRATEGY = STRATEGIES["beam_search"]
# It stands in the composer; all other options are in the drawer.
BUDGET = "n"
# Switches that only reproduce habits of published code stand apart, under their own heading.
PUBLISHED_ONLY = frozenset(
    spec.name
    for strategy in STRATEGIES.values()
    for spec in strategy.options.specs()
    if spec.kind == "boolean" and spec.name in strategy.as_published
) - {"filter_duplicates"}


@dataclass(frozen=True)
class Controls:
    """All controls of the page."""

    problem: gr.Textbox
    kinds: KindsLine
    select: StrategySelect
    run: gr.Button
    stop: gr.Button
    chosen: ChosenRow
    chips: Chips
    notice: Notice
    estimate: gr.Markdown
    sources: SourcesForm
    strategy: GroupedChoice
    about: StrategyCard
    example: gr.Button
    as_published: gr.Button
    as_intended: gr.Button
    models: ModelsForm
    sampling: SamplingForm
    options: OptionsForm

    @property
    def recipe(self) -> RecipeFields:
        """What a run is made from."""
        return RecipeFields(
            {
                "problem": self.problem,
                "strategy": self.strategy,
                "score_source": self.sampling.score_source,
                "temperature": self.sampling.temperature,
                "top_p": self.sampling.top_p,
                "max_step_tokens": self.sampling.max_step_tokens,
                "seed": self.sampling.seed,
                "pair": self.models.pair,
                "solver": self.models.solver,
                "verifier": self.models.verifier,
                "system_prompt": self.models.prompt.system,
                "examples": self.models.prompt.examples,
                "answer": self.sources.reference,
            },
            self.options,
        )


def make_controls(
    offer: ModelOffer,
    recordings: Sequence[Recording],
    cards: Mapping[str, str],
    first: Problem,
) -> Controls:
    """Lay the controls out: the composer, a line of chips, and a drawer with everything else."""
    with gr.Row(elem_id="composer"):
        problem = gr.Textbox(
            first.text,
            label="Problem",
            show_label=False,
            container=False,
            placeholder="Type a problem",
            lines=1,
            max_lines=4,
            elem_id="problem",
        )
        groups = strategy_groups()
        select = StrategySelect(groups, FIRST_STRATEGY.name, elem_id="strategy-select")
        fields = _fields(lambda spec: spec.name == BUDGET)
        run = gr.Button("Run", variant="primary", elem_id="run", min_width=90)
        stop = gr.Button("Stop", elem_id="stop", min_width=90, interactive=False)
    kinds = KindsLine(elem_id="kinds")
    with gr.Row(elem_id="chip-line"):
        chosen = ChosenRow(recordings, elem_id="chosen")
        chips = Chips(offer, elem_id="chips")
    notice = Notice(elem_id="notice")
    with gr.Column(elem_id="drawer", min_width=240):
        estimate = gr.Markdown("", elem_id="estimate")
        with gr.Group():
            strategy = GroupedChoice(
                groups, FIRST_STRATEGY.name, label="Strategy", elem_id="strategy"
            )
            about = StrategyCard(cards[FIRST_STRATEGY.name], elem_id="about-strategy")
            example = gr.Button(
                "Open a recorded example",
                size="sm",
                elem_id="open-example",
                visible=FIRST_STRATEGY.name in examples(recordings),
            )
            fields |= _main_fields()
        models = make_models_form(offer)
        with gr.Accordion("Sampling, seed and more options", open=True, elem_id="advanced"):
            sampling = make_sampling_form(offer.first)
            fields |= _fields(lambda spec: spec.advanced and spec.name not in PUBLISHED_ONLY)
            with gr.Accordion("As in the published code", open=False, elem_id="published-habits"):
                gr.Markdown(
                    "The published code has habits that its papers do not mention. They are off "
                    "here, each can be turned on, and one button turns on all of them."
                )
                with gr.Row(elem_classes="buttons"):
                    as_published = gr.Button(
                        "All as published", size="sm", elem_id="as-published", min_width=90
                    )
                    as_intended = gr.Button(
                        "All off", size="sm", elem_id="as-intended", min_width=90
                    )
                fields |= _fields(lambda spec: spec.name in PUBLISHED_ONLY)
        sources = make_sources_form(recordings, first)
    return Controls(
        problem=problem,
        kinds=kinds,
        select=select,
        run=run,
        stop=stop,
        chosen=chosen,
        chips=chips,
        notice=notice,
        estimate=estimate,
        sources=sources,
        strategy=strategy,
        about=about,
        example=example,
        as_published=as_published,
        as_intended=as_intended,
        models=models,
        sampling=sampling,
        options=OptionsForm({name: fields[name] for name in all_specs()}),
    )


def strategy_groups() -> list[Group]:
    """All strategies by how they spend compute."""
    groups = []
    for kind, heading in KINDS.items():
        members = [strategy for strategy in STRATEGIES.values() if strategy.kind == kind]
        if members:
            groups.append(Group(heading, [(member.title, member.name) for member in members]))
    return groups


def _main_fields() -> dict[str, FormField]:
    with gr.Row(elem_classes="fields"):
        numbers = _fields(lambda spec: _is_main(spec) and spec.kind != "choice")
    return numbers | _fields(lambda spec: _is_main(spec) and spec.kind == "choice")


def _is_main(spec: OptionSpec) -> bool:
    return not spec.advanced and spec.name != BUDGET


def _fields(wanted: Callable[[OptionSpec], bool]) -> dict[str, FormField]:
    specs = {name: spec for name, spec in all_specs().items() if wanted(spec)}
    return {name: make_field(spec, FIRST_STRATEGY) for name, spec in specs.items()}
