"""The system prompt and the worked examples in the form: what a run is made of, and its link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.controls.chips import about_chips
from components.controls.mistakes import FormError
from components.controls.model_offer import ModelOffer
from components.controls.recipe_link import read_link, recipe_defaults
from components.controls.run_request import (
    as_shown,
    request_of,
    request_of_form,
    values_of_link,
)
from components.controls.shown_recipe import made_of, shown_recipe
from search_core.log.events import Started
from search_core.models import ModelPair, Offered, embedded_pair
from search_core.models.prompts import EXAMPLE, MAX_CHARACTERS
from search_core.run.limits import Limits
from tests.test_form_values import EMBEDDED, VALUES
from tests.test_solver_prompts import BRIEF, SHOWN

USUAL = "Write step by step."
OWN = ModelPair("me/llm", "me/prm", system_prompt=f"{USUAL}\n\n{SHOWN}")
OFFER = ModelOffer.of(
    [Offered("embedded", "E", "Small.", embedded_pair()), Offered("own", "O", "Mine.", OWN)]
)
FORM = replace(VALUES, problem="Why?", pair="own", system_prompt=USUAL, examples=SHOWN)
HOSTILE = '<img src=x onerror=window.pwned=1>{{7*7}}"\n\n</script>'


def asked(**changes: object) -> str | None:
    return request_of_form(replace(FORM, **changes), OFFER, Limits()).recipe.system_prompt


def test_what_stands_in_the_fields_is_what_the_solver_is_told() -> None:
    assert asked() is None
    assert asked(system_prompt=None, examples=None) is None
    assert asked(system_prompt=BRIEF) == f"{BRIEF}\n\n{SHOWN}"
    assert asked(system_prompt="", examples=" ") == ""
    assert asked(examples="") == USUAL
    assert asked(system_prompt=HOSTILE, examples="") == HOSTILE


@pytest.mark.parametrize(
    ("changes", "control"),
    [
        ({"system_prompt": "x" * (MAX_CHARACTERS + 1)}, "system-prompt"),
        ({"system_prompt": "\ud800"}, "system-prompt"),
        ({"system_prompt": SHOWN}, "system-prompt"),
        ({"examples": "x" * (MAX_CHARACTERS + 1)}, "examples"),
        ({"examples": HOSTILE}, "examples"),
        ({"examples": EXAMPLE + "What?"}, "examples"),
    ],
)
def test_a_mistake_is_told_at_its_field(changes: dict[str, object], control: str) -> None:
    with pytest.raises(FormError) as caught:
        asked(**changes)
    assert caught.value.control == control


def test_what_the_page_does_not_show_counts_for_nothing_and_a_link_that_asks_is_refused() -> None:
    hidden = replace(VALUES, system_prompt=BRIEF, examples=SHOWN)
    assert request_of_form(hidden, EMBEDDED, Limits()).recipe.system_prompt is None
    shown = made_of(as_shown(hidden, EMBEDDED), "run")
    assert not {"system_prompt", "examples"} & set(shown["values"])
    with pytest.raises(FormError, match="trained on problems alone"):
        request_of(hidden, EMBEDDED, Limits())


def header(prompt: str, solver: str = "me/llm") -> Started:
    record = {"name": solver, "prompt": prompt}
    return Started(
        seq=0,
        t=0,
        run="r",
        problem={"text": "Why?"},
        solver=record,
        verifier={"name": "me/prm"},
        strategy="beam_search",
        options={},
        sampling={},
        seed=0,
        limits={},
    )


@pytest.mark.parametrize("prompt", ["", BRIEF, SHOWN, f"{BRIEF}\n\n{SHOWN}", USUAL, HOSTILE])
def test_a_run_on_show_would_be_told_the_same_again(prompt: str) -> None:
    shown = shown_recipe(header(prompt), OFFER)
    assert shown is not None
    recipe = request_of_form(shown.values, OFFER, Limits()).recipe
    assert (OWN.prompt if recipe.system_prompt is None else recipe.system_prompt) == prompt
    link = read_link({"problem": "Why?", "models": "own", "system_prompt": prompt})
    assert link is not None
    assert link.notes == ()
    linked = request_of(values_of_link(link, OFFER), OFFER, Limits()).recipe
    assert linked.system_prompt == recipe.system_prompt


def test_a_run_of_a_solver_that_is_not_offered_leaves_the_fields_as_they_are() -> None:
    for other in (header(BRIEF, "someone/else"), header("", "solver-small")):
        shown = shown_recipe(other, OFFER)
        assert shown is not None
        assert (shown.values.system_prompt, shown.values.examples) == (None, None)


def test_a_link_without_one_leaves_the_pairs_own() -> None:
    link = read_link({"problem": "Why?", "models": "own"})
    assert link is not None
    values = values_of_link(link, OFFER)
    assert (values.system_prompt, values.examples) == (USUAL, SHOWN)
    long = read_link({"problem": "Why?", "system_prompt": "x" * 20_000})
    assert long is not None
    assert long.prompt is None
    assert "system prompt was too long" in long.notes[0]


def test_the_page_knows_what_each_solver_is_told() -> None:
    told = recipe_defaults(OFFER)["prompts"]
    assert told == [{"name": "own", "solver": "me/llm", "prompt": OWN.prompt}]
    about = about_chips(OFFER)
    assert about["prompts"] == {"own": {"system": USUAL, "examples": SHOWN}}
    assert about["first"] == "embedded"
