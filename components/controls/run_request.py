"""From a form, or a link, to what a run is made from: a recipe, its models, its score source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from components.controls.form_values import FormValues
from components.controls.mistakes import FormError, Offer, clamped, meant, meant_option
from components.controls.model_offer import ModelOffer, is_embedded
from components.controls.options_form import read_options
from components.controls.prompt_form import asked_prompt, usual_prompt
from components.controls.recipe_link import LinkedRecipe
from search_core.embedded import UnknownProblemError, nearest_problems
from search_core.models import ModelPair, SolverPrompt
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
        FormError: As for `request_of`.
    """
    return request_of(as_shown(values, offer), offer, limits)


def as_shown(values: FormValues, offer: ModelOffer) -> FormValues:
    """The values of the fields that the page shows for this pair; it may hold others.

    Raises:
        OptionError: No pair is called that.
    """
    pair = offer.named(values.pair).pair
    if not is_embedded(pair):
        values = replace(values, solver=None, verifier=None)
    return values if pair.takes_prompt else replace(values, system_prompt=None, examples=None)


def request_of(values: FormValues, offer: ModelOffer, limits: Limits) -> RunRequest:
    """The run that these values ask for, to the letter.

    Raises:
        FormError: Something is out of range, the problem cannot be read, or the models do not
            go with the strategy.
    """
    with meant("strategy-select"):
        strategy = get_strategy(values.strategy)
    with meant("pair" if offer.several else "solver"):
        pair = offer.choose(strategy, values.pair, values.solver, values.verifier)
    with meant_option(strategy):
        options = read_options(strategy, values.options)
    with meant("strategy-select"):
        pair.check(strategy, values.score_source, options)
    sampling = _sampling(values, pair)
    prompt = asked_prompt(values.system_prompt, values.examples, pair)
    problem = _problem(values.problem or "", values.answer, pair)
    with meant("seed", 0):
        seed = _seed(values.seed)
    recipe = Recipe(problem, strategy, options, sampling, seed, limits, prompt)
    return RunRequest(recipe, pair, values.score_source)


def _sampling(values: FormValues, pair: ModelPair) -> Sampling:
    """Checked one by one, so that each mistake is told at its field."""
    usual = pair.sampling
    with meant("temperature", clamped(values.temperature, 0, 2, usual.temperature)):
        temperature = _number("Temperature", values.temperature)
        Sampling(temperature=temperature)
    with meant("top-p", clamped(values.top_p, usual.top_p, 1, usual.top_p)):
        top_p = _number("Top-p", values.top_p)
        Sampling(top_p=top_p)
    nearest = clamped(values.max_step_tokens, 1, 4096, usual.max_step_tokens)
    with meant("max-step-tokens", nearest):
        longest = _whole("Longest step", values.max_step_tokens)
        Sampling(max_step_tokens=longest)
    return replace(usual, temperature=temperature, top_p=top_p, max_step_tokens=longest)


def _problem(typed: str, answer: str | None, pair: ModelPair) -> Problem:
    try:
        problem = pair.read(typed)
    except UnknownProblemError as error:
        near = nearest_problems(typed, error.families)
        offers = [Offer(text, "problem", text) for text in near]
        # The line below the problem says which kinds are read.
        raise FormError(error.detail, "problem", offers) from error
    except ValueError as error:
        raise FormError(str(error), "problem") from error
    with meant("reference"):
        return _with_reference(problem, answer)


def values_of_link(link: LinkedRecipe, offer: ModelOffer) -> FormValues:
    """The form as a link sets it; what the link leaves out has its default."""
    defaults = {spec.name: spec.default for spec in link.strategy.options.specs()}
    pair = _pair_of(link, offer)
    sampling = pair.sampling
    prompt = usual_prompt(pair) if link.prompt is None else SolverPrompt.of(link.prompt)
    return FormValues(
        problem=link.problem,
        strategy=link.strategy.name,
        score_source=link.score_source or "verifier",
        temperature=sampling.temperature if link.temperature is None else link.temperature,
        top_p=sampling.top_p if link.top_p is None else link.top_p,
        max_step_tokens=sampling.max_step_tokens
        if link.max_step_tokens is None
        else link.max_step_tokens,
        seed=0 if link.seed is None else link.seed,
        pair=link.pair,
        solver=link.solver,
        verifier=link.verifier,
        system_prompt=prompt.system,
        examples=prompt.examples,
        answer=link.answer,
        options=defaults | link.options,
    )


def _with_reference(problem: Problem, answer: str | None) -> Problem:
    """The problem with the answer that a person gave for it, where it does not bring its own.

    Raises:
        ValueError: It brings its own, and that is another one.
    """
    given = (answer or "").strip()
    if not given or given == problem.answer:
        return problem
    if problem.answer is not None:
        raise ValueError(
            f"The reference answer of this problem follows from its text: {problem.answer:.60}. "
            "Leave the field for a reference answer empty."
        )
    return replace(problem, answer=given)


def _pair_of(link: LinkedRecipe, offer: ModelOffer) -> ModelPair:
    try:
        return offer.named(link.pair).pair
    except ValueError:  # whoever runs the link refuses it, and says why
        return offer.first


def _number(label: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{label} is empty; type a number.")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{label} is {shown(value)}; expected a smaller number.") from error


def _whole(label: str, value: Any) -> int:
    number = _number(label, value)
    if not number.is_integer():
        raise ValueError(f"{label} is {shown(value)}; expected a whole number.")
    return int(number)


def _seed(value: Any) -> int:
    if value is None:
        raise ValueError("Seed is empty; type a number.")
    return checked_seed(value)
