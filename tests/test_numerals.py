"""Numbers of any size are read or refused in a sentence: they come from strangers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.controls.model_offer import ModelOffer
from components.controls.options_form import make_field
from components.controls.recipe_link import read_link
from components.controls.run_request import request_of, values_of_link
from components.controls.sampling_form import make_sampling_form
from search_core.models import embedded_pair
from search_core.numerals import MOST_SEED, checked_seed, shown
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.strategies import STRATEGIES
from search_core.verifiers.generative.options import read_options
from search_core.verifiers.generative.prompts import THINKPRM

HUGE = (10**400, -(10**400), 10**5000, math.inf, -math.inf, math.nan, 1e300, 2**53, True)
OFFER = ModelOffer.of(embedded_pair())
OPTIONS = STRATEGIES["beam_search"].options.specs()
NUMBERS = [spec.name for spec in OPTIONS if spec.kind in ("integer", "number")]


def link(**values: str) -> Any:
    found = read_link({"problem": "What is 1 + 2 * 3?", **values})
    assert found is not None
    return found


@pytest.mark.parametrize("value", HUGE, ids=lambda value: shown(value, 20))
@pytest.mark.parametrize("name", ["temperature", "top_p", "max_step_tokens", "seed", *NUMBERS])
def test_a_form_refuses_them(name: str, value: Any) -> None:
    usual = values_of_link(link(), OFFER)
    if name in NUMBERS:
        asked = replace(usual, options={**usual.options, name: value})
    else:
        asked = replace(usual, **{name: value})
    if (name, value) in {(one, True) for one in ("temperature", "top_p", "max_step_tokens")}:
        message = "empty"
    else:
        message = "expected|must be|empty"
    with pytest.raises(ValueError, match=message) as refused:
        request_of(asked, OFFER, Limits())
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "1e400", "inf", "nan", "-" + "9" * 400])
@pytest.mark.parametrize("name", ["temperature", "top_p", "max_step_tokens", "seed", *NUMBERS])
def test_a_link_leaves_them_out_and_says_so(name: str, text: str) -> None:
    found = link(**{name: text})
    assert any(name in note for note in found.notes)
    assert all(len(note) < 200 for note in found.notes)
    values = values_of_link(found, OFFER)
    json.dumps([values.seed, values.temperature, dict(values.options)], allow_nan=False)


@pytest.mark.parametrize("value", [1e400, -1e400, 10**400, 2.5])
def test_the_fields_hand_them_over_as_they_are(value: float) -> None:
    """Gradio's own rounding would raise, and nobody would learn why."""
    with gr.Blocks():
        form = make_sampling_form(embedded_pair())
        fields = [form.seed, form.temperature, form.top_p, form.max_step_tokens]
        fields += [make_field(spec, STRATEGIES["beam_search"]) for spec in OPTIONS]
    for field in fields:
        if isinstance(field, gr.Number):
            assert field.preprocess(value) == value


@pytest.mark.parametrize("value", [10**5000, math.nan, -1], ids=shown)
def test_sampling_refuses_them(value: float) -> None:
    for name in ("temperature", "top_p", "max_step_tokens"):
        with pytest.raises(ValueError, match=f"{name} is .*must be") as refused:
            Sampling(**{name: value})  # type: ignore[arg-type]
        assert len(str(refused.value)) < 120


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "1e400", "-1"])
def test_a_reasoning_format_refuses_them(text: str) -> None:
    for name in ("samples", "tokens", "temperature"):
        with pytest.raises(ValueError, match=f"{name}=.*expected") as refused:
            read_options("thinkprm", {"": THINKPRM}, f"{name}={text}")
        assert len(str(refused.value)) < 200


@given(st.integers(0, MOST_SEED))
def test_seeds(seed: int) -> None:
    assert checked_seed(seed) == seed
    assert checked_seed(float(seed)) == seed


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()))
def test_a_seed_is_a_seed_or_refused(value: object) -> None:
    try:
        seed = checked_seed(value)
    except ValueError:
        return
    assert 0 <= seed <= MOST_SEED
