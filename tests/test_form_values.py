"""What is set in the form, by name, and what a run is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import gradio as gr
import pytest

from components.controls import ModelOffer, make_controls
from components.controls.form_values import FormValues, RecipeFields
from components.controls.recipe_link import read_link
from components.controls.run_request import request_of, request_of_form, values_of_link
from components.controls.strategy_card import cards
from components.explorer import pin_recordings
from search_core.embedded import FAMILIES
from search_core.models import ModelPair, embedded_pair
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from tests.fakes import World

EMBEDDED = ModelOffer.of(embedded_pair())
VALUES = FormValues(
    problem="(7 + 8) * 3 = ?",
    strategy="beam_search",
    score_source="verifier",
    temperature=0.5,
    top_p=0.9,
    max_step_tokens=40.0,
    seed=7.0,
    pair=None,
    solver=None,
    verifier=None,
    system_prompt=None,
    examples=None,
    answer=None,
    options={"n": 8.0, "beam_width": 2, "max_steps": 5, "no_such_option": 3},
)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecipeFields]:
    """The fields of the page's own form."""
    family = next(iter(FAMILIES))
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    problem = Problem("1 + 1 = ?", family=family, level=FAMILIES[family].levels[0])
    with gr.Blocks():
        yield make_controls(EMBEDDED, pin_recordings(registry), cards({}), problem).recipe
    registry.close()


def served() -> ModelOffer:
    """An offer of one pair that its operator chose."""
    world = World()
    return ModelOffer.of(ModelPair.of(world.solver(), world.verifier()))


def test_values_are_read_by_their_names(form: RecipeFields) -> None:
    values = list(range(len(form.components)))
    read = form.read(values)
    own = [getattr(read, field.name) for field in fields(read) if field.name != "options"]
    assert [*own, *read.options.values()] == values
    for name, value in zip(form.fields, values, strict=False):
        assert getattr(read, name) == value
        assert form.components[value] is form.fields[name]
    assert list(read.options) == list(form.options.fields)


def test_another_number_of_values_is_refused(form: RecipeFields) -> None:
    for wrong in (-1, 1):
        with pytest.raises(ValueError, match="values of a form"):
            form.read([None] * (len(form.components) + wrong))


def test_a_form_with_other_fields_is_refused(form: RecipeFields) -> None:
    with pytest.raises(ValueError, match="expected"):
        RecipeFields({"problem": form.fields["problem"]}, form.options)


def test_only_what_changed_is_updated(form: RecipeFields) -> None:
    updates = form.updates({"seed": 7})
    assert updates[form.components.index(form.fields["seed"])] == 7
    others = [update for update in updates if update != 7]
    assert others == [gr.skip()] * (len(form.components) - 1)


def test_a_form_becomes_a_run() -> None:
    request = request_of_form(VALUES, EMBEDDED, Limits())
    recipe = request.recipe
    assert (recipe.problem.text, recipe.strategy.name) == ("What is (7 + 8) * 3?", "beam_search")
    assert (recipe.options.n, recipe.seed) == (8, 7)  # type: ignore[attr-defined]
    assert (recipe.sampling.temperature, recipe.sampling.top_p) == (0.5, 0.9)
    assert recipe.sampling.max_step_tokens == 40
    assert request.pair is embedded_pair()
    assert request.score_source == "verifier"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"temperature": None}, "Temperature is empty"),
        ({"top_p": True}, "Top-p is empty"),
        ({"max_step_tokens": None}, "Longest step is empty"),
        ({"max_step_tokens": 2.5}, "expected a whole number"),
        ({"max_step_tokens": 0}, "must be 1 to 4096"),
        ({"seed": 0.5}, "Seed is 0.5; expected a whole number"),
        ({"seed": -1}, "Seed is -1"),
        ({"seed": 2.0**53}, "Seed is"),
        ({"options": {**VALUES.options, "n": 0}}, "n"),
        ({"pair": "another"}, "not offered here"),
        ({"problem": None}, "."),
    ],
)
def test_what_cannot_run_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        request_of_form(replace(VALUES, **changed), EMBEDDED, Limits())


def test_a_solver_that_the_page_does_not_show_counts_for_nothing() -> None:
    offer = served()
    hidden = replace(VALUES, solver="large", verifier="early")
    assert request_of_form(hidden, offer, Limits()).pair is offer.first
    # A link that names one asked for it: it is refused.
    with pytest.raises(ValueError, match="its operator chose"):
        request_of(hidden, offer, Limits())


def test_a_link_leaves_out_what_has_a_default() -> None:
    link = read_link({"problem": "1 + 1 = ?", "strategy": "dvts", "n": "4"})
    assert link is not None
    values = values_of_link(link, EMBEDDED)
    sampling = embedded_pair().sampling
    assert (values.strategy, values.score_source, values.seed) == ("dvts", "verifier", 0)
    assert (values.temperature, values.top_p) == (sampling.temperature, sampling.top_p)
    assert values.options["n"] == 4
    assert set(values.options) == {spec.name for spec in link.strategy.options.specs()}
    asked = {"temperature": "0", "top_p": "0.5", "max_step_tokens": "200", "seed": "9"}
    given = read_link({"problem": "1", **asked})
    assert given is not None
    values = values_of_link(given, EMBEDDED)
    assert (values.temperature, values.top_p, values.seed) == (0, 0.5, 9)
    assert values.max_step_tokens == 200


@pytest.mark.parametrize(
    "query",
    [
        {"aggregate": "<script>"},
        {"aggregate": "LAST"},
        {"filter_duplicates": "yes"},
        {"n": "four"},
        {"no_option": "1"},
        {"seed": "1.5"},
        {"temperature": "warm"},
        {"node": "../0"},
        {"score_source": "oracle()"},
    ],
)
def test_what_a_link_says_and_nobody_understands_is_left_out_and_said(
    query: dict[str, str],
) -> None:
    link = read_link({"problem": "1 + 1 = ?", "strategy": "beam_search", **query})
    assert link is not None
    assert link.options == {}
    assert (link.seed, link.temperature, link.node, link.score_source) == (None, None, None, None)
    [note] = link.notes
    assert next(iter(query)).replace("_", " ") in note.replace("_", " ")
