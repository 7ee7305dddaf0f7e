"""From a form, or a link, to what a run is made from: a recipe, its models, its score source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from components.controls.form_values import FormValues
from components.controls.model_offer import ModelOffer, is_embedded
from components.controls.options_form import read_options
from components.controls.recipe_link import LinkedRecipe
from search_core.models import ModelPair
from search_core.numerals import checked_seed, shown
from search_core.problem import Problem
from search_core.protocols import Sampling
from search_core.run.limits import Limits
from search_core.run.recipe import Recipe
from search_core.strategies import get_strategy


@dataclass(frozen=True)
class RunRequest:
    """A run that can be started: everything in it has been checked."""

    recipe: Recipe
    pair: ModelPair
    score_source: str


def request_of_form(values: FormValues, offer: ModelOffer, limits: Limits) -> RunRequest:
    """The run that a person's form asks for; fields that the page does not show count for nothing.

    Raises:
        ValueError: As for `request_of`.
    """
    if not is_embedded(offer.named(values.pair).pair):
        values = replace(values, solver=None, verifier=None)
    return request_of(values, offer, limits)


def request_of(values: FormValues, offer: ModelOffer, limits: Limits) -> RunRequest:
    """The run that these values ask for, to the letter.

    Raises:
        ValueError: Something is out of range, the problem cannot be read, or the models do not
            go with the strategy.
    """
    strategy = get_strategy(values.strategy)
    pair = offer.choose(strategy, values.pair, values.solver, values.verifier)
    options = read_options(strategy, values.options)
    pair.check(strategy, values.score_source, options)
    sampling = Sampling(
        temperature=_number("Temperature", values.temperature),
        top_p=_number("Top-p", values.top_p),
        max_step_tokens=pair.sampling.max_step_tokens,
    )
    problem = _with_reference(pair.read(values.problem or ""), values.answer)
    recipe = Recipe(problem, strategy, options, sampling, _seed(values.seed), limits)
    return RunRequest(recipe, pair, values.score_source)


def values_of_link(link: LinkedRecipe, offer: ModelOffer) -> FormValues:
    """The form as a link sets it; what the link leaves out has its default."""
    defaults = {spec.name: spec.default for spec in link.strategy.options.specs()}
    sampling = _sampling_of(link, offer)
    return FormValues(
        problem=link.problem,
        strategy=link.strategy.name,
        score_source=link.score_source or "verifier",
        temperature=sampling.temperature if link.temperature is None else link.temperature,
        top_p=sampling.top_p if link.top_p is None else link.top_p,
        seed=0 if link.seed is None else link.seed,
        pair=link.pair,
        solver=link.solver,
        verifier=link.verifier,
        answer=link.answer,
        options=defaults | link.options,
    )


def _with_reference(problem: Problem, answer: str | None) -> Problem:
    """The problem with the answer that a person gave for it, where it does not bring its own.

    Raises:
        ValueError: It brings its own.
    """
    given = (answer or "").strip()
    if not given:
        return problem
    if problem.answer is not None:
        raise ValueError(
            f"The reference answer of this problem follows from its text: {problem.answer:.60}. "
            "Leave the field for a reference answer empty."
        )
    return replace(problem, answer=given)


def _sampling_of(link: LinkedRecipe, offer: ModelOffer) -> Sampling:
    try:
        return offer.named(link.pair).pair.sampling
    except ValueError:  # whoever runs the link refuses it, and says why
        return offer.first.sampling


def _number(label: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{label} is empty; type a number.")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{label} is {shown(value)}; expected a smaller number.") from error


def _seed(value: Any) -> int:
    if value is None:
        raise ValueError("Seed is empty; type a number.")
    return checked_seed(value)
