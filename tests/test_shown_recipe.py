"""The form holds what is on show: each recorded run, read back, would be run again as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import gradio as gr
import pytest

from components.controls import ModelOffer, make_controls
from components.controls.form_values import FormValues
from components.controls.recipe_link import read_link
from components.controls.run_request import request_of, request_of_form, values_of_link
from components.controls.shown_recipe import ShownRecipe, shown_recipe
from components.controls.strategy_card import cards
from components.explorer import pin_recordings
from components.handlers import FormTie
from search_core.log.events import Started
from search_core.log.traces import read_trace
from search_core.models import SCORE_SOURCES, ModelPair, embedded_pair, offer, read_catalogue
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from search_core.thoughts import trace_of_text
from tests.fakes import World

EMBEDDED = ModelOffer.of(embedded_pair())
RECORDED = sorted((Path(__file__).parents[1] / "assets" / "traces").glob("*.jsonl"))


def values_of(header: Started, offer: ModelOffer = EMBEDDED) -> FormValues:
    shown = shown_recipe(header, offer)
    assert shown is not None
    return shown.values


def published(header: Started) -> ModelOffer:
    """The offer of a page beside whose app the published model is installed."""
    both = offer(read_catalogue(), ["embedded", "smollm2"])
    world = World()
    named = ModelPair.of(
        replace(world.solver(), info=replace(world.solver().info, name=header.solver.name)),
        replace(world.verifier(), info=replace(world.verifier().info, name=header.solver.name)),
    )
    return ModelOffer((both[0], replace(both[1], pair=named)))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_run_would_repeat_a_recorded_example(path: Path) -> None:
    header = read_trace(path).started
    offered = EMBEDDED if header.problem.family else published(header)
    asked = request_of_form(values_of(header, offered), offered, Limits())
    recipe = asked.recipe
    assert recipe.problem.text == header.problem.text
    assert recipe.problem.answer == header.problem.answer
    assert recipe.strategy.name == header.strategy
    assert {**header.options, **asdict(recipe.options)} == header.options
    assert asdict(recipe.sampling).items() >= header.sampling.items()
    assert recipe.seed == header.seed
    solver, verifier = asked.pair.names
    assert solver == header.solver.name
    if recipe.strategy.uses_verifier and asked.score_source == "verifier":
        assert verifier == header.verifier.name


@pytest.mark.parametrize("source", SCORE_SOURCES)
def test_what_scored_is_known_again(source: str) -> None:
    header = read_trace(RECORDED[1]).started
    name = header.verifier.name if source == "verifier" else source
    header = header.model_copy(
        update={"verifier": header.verifier.model_copy(update={"name": name})}
    )
    assert values_of(header).score_source == source


def test_a_verifier_that_is_only_called_like_a_source_is_a_verifier() -> None:
    header = read_trace(RECORDED[1]).started
    named = header.verifier.model_copy(update={"name": "a-random-forest"})
    assert values_of(header.model_copy(update={"verifier": named})).score_source == "verifier"


def test_models_that_are_not_offered_are_said() -> None:
    world = World()
    offer = ModelOffer.of(ModelPair.of(world.solver(), world.verifier()))
    header = read_trace(RECORDED[1]).started
    shown = shown_recipe(header, offer)
    assert shown is not None
    assert header.solver.name in shown.missing
    # The chips name them, too: the form's own models did not make this run.
    assert shown.made_of("a")["others"] == f"{header.solver.name} and {header.verifier.name}"
    assert "others" not in ShownRecipe(shown.values).made_of("a")
    assert (shown.values.pair, shown.values.solver, shown.values.verifier) == (None, None, None)


def test_a_pasted_text_was_run_by_nobody() -> None:
    header = trace_of_text("First 3 + 4 = 7.\n\nWait, 8.\n\nThe answer is 8.", "What?")[0]
    assert isinstance(header, Started)
    assert shown_recipe(header, EMBEDDED) is None


def test_an_own_reference_answer_comes_back_and_one_of_a_family_does_not() -> None:
    header = read_trace(RECORDED[1]).started
    assert values_of(header).answer is None
    own = header.problem.model_copy(update={"family": None, "answer": "42"})
    assert values_of(header.model_copy(update={"problem": own})).answer == "42"


def own_pair() -> ModelOffer:
    world = World()
    return ModelOffer.of(ModelPair.of(world.solver(), world.verifier()))


def test_a_reference_answer_goes_into_the_run() -> None:
    header = read_trace(RECORDED[1]).started
    values = replace(values_of(header), problem="Why is the sky blue?", answer=" scattering ")
    values = replace(values, solver=None, verifier=None, pair=None)
    problem = request_of(values, own_pair(), Limits()).recipe.problem
    assert (problem.text, problem.answer) == ("Why is the sky blue?", "scattering")


def test_a_reference_answer_beside_one_that_is_known_is_refused() -> None:
    values = values_of(read_trace(RECORDED[1]).started)
    with pytest.raises(ValueError, match="follows from its text"):
        request_of_form(replace(values, answer="25"), EMBEDDED, Limits())
    known = request_of_form(values, EMBEDDED, Limits()).recipe.problem
    again = request_of_form(replace(values, answer=known.answer), EMBEDDED, Limits())
    assert again.recipe.problem == known


def test_a_link_carries_a_reference_answer() -> None:
    link = read_link({"problem": "Why is the sky blue?", "answer": "scattering"})
    assert link is not None
    assert values_of_link(link, own_pair()).answer == "scattering"
    long = read_link({"problem": "Why?", "answer": "x" * 2000})
    assert long is not None
    assert long.answer is None
    assert "reference answer" in long.notes[0]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    registry = RunRegistry(tmp_path)
    yield registry
    registry.close()


def test_the_way_back_sets_every_field(registry: RunRegistry) -> None:
    recordings = pin_recordings(registry)
    with gr.Blocks():
        problem = Problem("1 + 1 = ?", family="expression", level=2)
        fields = make_controls(EMBEDDED, recordings, cards({}), problem).recipe
    tie = FormTie(EMBEDDED, registry, fields)
    run = "recorded-countdown-best-of-n"
    notice, chips, *updates = tie.back(run)
    assert notice["text"] == ""
    names = [*fields.fields, *fields.options.fields]
    set_to = {
        name: update["value"]
        for name, update in zip(names, updates, strict=True)
        if "value" in update
    }
    assert chips == {"run": run, "values": set_to, "filled": True}
    assert set_to["strategy"] == "best_of_n"
    gone = tie.back("nobody-knows")
    assert "no longer kept" in gone[0]["text"]
