"""A mistake in the form: which control is meant, and that what is offered works."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components.controls.form_values import FormValues
from components.controls.mistakes import FormError, told
from components.controls.model_offer import ModelOffer
from components.controls.run_request import request_of
from components.guide.controls import option_control
from search_core.models import embedded_pair
from search_core.run.limits import Limits
from search_core.strategies import STRATEGIES, get_strategy
from search_core.strategies.options import OptionSpec

OFFER = ModelOffer.of(embedded_pair())
NUMBERS = [
    pytest.param(strategy.name, spec, id=f"{strategy.name}-{spec.name}")
    for strategy in STRATEGIES.values()
    for spec in strategy.options.specs()
    if spec.minimum is not None
]


def form(strategy: str = "beam_search", **changes: Any) -> FormValues:
    specs = get_strategy(strategy).options.specs()
    usual = FormValues(
        problem="What is (7 + 8) * 3 - 4?",
        answer=None,
        strategy=strategy,
        score_source="verifier",
        temperature=0.8,
        top_p=1.0,
        max_step_tokens=96,
        seed=0,
        pair=None,
        solver=None,
        verifier=None,
        system_prompt=None,
        examples=None,
        options={spec.name: spec.default for spec in specs},
    )
    return replace(usual, **changes)


def mistake(values: FormValues) -> FormError:
    with pytest.raises(FormError) as caught:
        request_of(values, OFFER, Limits())
    return caught.value


@pytest.mark.parametrize(
    ("strategy", "spec"), NUMBERS, ids=lambda value: getattr(value, "name", value)
)
@pytest.mark.parametrize("value", [-1e9, 1e9, None])
def test_each_number_out_of_range_is_told_at_its_field_with_one_that_is_not(
    strategy: str, spec: OptionSpec, value: float | None
) -> None:
    options = form(strategy).options
    wrong = mistake(form(strategy, options={**options, spec.name: value}))
    assert wrong.control == option_control(spec.name)
    assert spec.label in str(wrong)
    (offer,) = wrong.offers
    assert offer.control == wrong.control
    assert spec.minimum is not None
    assert spec.maximum is not None
    assert spec.minimum <= float(offer.value) <= spec.maximum


@pytest.mark.parametrize(
    ("strategy", "options"),
    [
        ("beam_search", {"n": 8, "beam_width": 16}),
        ("dvts", {"n": 10, "beam_width": 4}),
        ("single_stream", {"least_pieces": 40, "most_pieces": 30}),
    ],
)
def test_options_that_do_not_go_together_go_with_what_is_offered(
    strategy: str, options: dict[str, Any]
) -> None:
    values = {**form(strategy).options, **options}
    (offer,) = mistake(form(strategy, options=values)).offers
    name = next(name for name in values if option_control(name) == offer.control)
    get_strategy(strategy).options.from_values({**values, name: offer.value})


@pytest.mark.parametrize(
    ("field", "value", "control"),
    [
        ("temperature", 3, "temperature"),
        ("temperature", None, "temperature"),
        ("temperature", float("nan"), "temperature"),
        ("top_p", 0, "top-p"),
        ("top_p", 1.5, "top-p"),
        ("max_step_tokens", 0, "max-step-tokens"),
        ("max_step_tokens", 1.5, "max-step-tokens"),
        ("max_step_tokens", None, "max-step-tokens"),
        ("seed", -1, "seed"),
        ("seed", None, "seed"),
    ],
)
def test_sampling_is_told_at_its_field_and_what_is_offered_works(
    field: str, value: Any, control: str
) -> None:
    wrong = mistake(form(**{field: value}))
    (offer,) = wrong.offers
    assert wrong.control == offer.control == control
    request_of(form(**{field: offer.value}), OFFER, Limits())


def test_a_problem_that_nobody_can_read_has_three_offers_that_run() -> None:
    wrong = mistake(form(problem="Why is the sky blue?"))
    assert wrong.control == "problem"
    assert "python" not in str(wrong)
    assert len(wrong.offers) == 3
    for offer in wrong.offers:
        assert offer.label == offer.value
        request_of(form(problem=offer.value), OFFER, Limits())


def test_a_mistake_as_the_page_takes_it() -> None:
    notice = told(mistake(form(problem="")), "And more.")
    assert notice["kind"] == "error"
    assert notice["text"].endswith("And more.")
    assert notice["control"] == "problem"
    assert {offer["control"] for offer in notice["offers"]} == {"problem"}
    assert told(ValueError("full"))["control"] == ""
