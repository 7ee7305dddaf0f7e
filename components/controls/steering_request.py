"""What a page asks for when a person steers a run: read, bounded, and made into an order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.controls.model_offer import ModelOffer
from components.controls.run_request import RunRequest
from components.controls.shown_recipe import shown_recipe
from search_core.acts import Act, ActError
from search_core.models import SOLVERS, VERIFIERS, Offered, ShippedModel
from search_core.run.limits import Limits
from search_core.run.recorded import RecordedRun
from search_core.steer import GoingOn, Steering
from search_core.steer.steered import FROM_THE_PROBLEM
from search_core.strategies import STRATEGIES

MOST_ASKED = 20_000
"""Characters of what a page asks; an act has 2,000 of text."""
GROWN = ("n", "beam_width", "aggregate", "judge")
"""Options that an act may change: those of What if."""
_SOLVERS = ("small", "large")
"""Those that go on from any step."""
_MODELS = ("pair", "solver", "verifier")


@dataclass(frozen=True)
class AskedSteering:
    """What is asked of a run that is there.

    Attributes:
        run: Its id.
        act: What a person does to it.
        going_on: How it goes on, where the act is "go_on".
        models: Names of the pair, the solver and the verifier that go on, where they are said.
    """

    run: str
    act: Act
    going_on: GoingOn | None
    models: Mapping[str, str]


def read_steering(text: str) -> AskedSteering:
    """What a page asks, as JSON `{run, act, going_on}`: an act as `Act.to_values` gives it, and
    `{strategy, options, pair, solver, verifier}` where a search goes on from a step.

    Raises:
        ActError: It is none of that.
    """
    if len(text) > MOST_ASKED:
        raise ActError(f"What is asked has {len(text):,} characters; at most {MOST_ASKED:,} fit.")
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ActError("What is asked cannot be read.") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("run"), str):
        raise ActError("No run is steered.")
    act = Act.from_values(asked.get("act"))
    if not set(act.changed) <= set(GROWN):
        raise ActError(f"Only these can be changed here: {', '.join(GROWN)}.")
    given = asked.get("going_on")
    if given is None:
        return AskedSteering(asked["run"], act, None, {})
    if not isinstance(given, dict) or not isinstance(given.get("strategy", ""), str):
        raise ActError("How the search goes on cannot be read.")
    models = {name: given[name] for name in _MODELS if given.get(name)}
    if not all(isinstance(name, str) for name in models.values()):
        raise ActError("Models are asked for by their names.")
    going_on = GoingOn(given.get("strategy", ""), _options(given.get("options")))
    return AskedSteering(asked["run"], act, going_on, models)


def _options(value: object) -> Mapping[str, Any]:
    options = {} if value is None else value
    if not isinstance(options, dict) or not all(isinstance(name, str) for name in options):
        raise ActError("Options are names with their values.")
    return options


def steering_request(
    asked: AskedSteering, recorded: RecordedRun, offer: ModelOffer, limits: Limits
) -> tuple[RunRequest, Steering]:
    """The run that is asked for, everything in it checked but the models' weights.

    Raises:
        ActError: It makes no sense, or this page has not the models.
        OptionError: The search cannot go on by these options, or not with these models.
    """
    shown = shown_recipe(recorded.header, offer)
    if shown is None:
        raise ActError("Nobody ran this: it is a text that was read. It cannot be steered.")
    steering = Steering(recorded, replace(asked.act, of=asked.run), asked.going_on)
    recipe = replace(steering.check(), limits=limits)
    values_of_run = shown.values
    if shown.others and not asked.models:
        raise ActError(
            f"This run was made with {shown.others}, which this page does not offer; go on from a "
            "step with models that it has."
        )
    if asked.models:
        pair = offer.choose(recipe.strategy, *(asked.models.get(name) for name in _MODELS))
    else:
        pair = offer.choose(
            recipe.strategy, values_of_run.pair, values_of_run.solver, values_of_run.verifier
        )
    prompt = recorded.header.solver.prompt if pair.takes_prompt else None
    recipe = replace(recipe, system_prompt=prompt)
    source = values_of_run.score_source
    pair.check(recipe.strategy, source, recipe.options)
    return RunRequest(recipe, pair, source), steering


def steering_choices(offer: ModelOffer) -> dict[str, Any]:
    """With what a search can go on from a step: strategies with their usual N, and models."""
    embedded = offer.has_embedded
    return {
        "strategies": [
            {"name": one.name, "title": one.title, "n": getattr(one.options(), "n", None)}
            for one in STRATEGIES.values()
            if one.name not in FROM_THE_PROBLEM
        ],
        "models": {
            "pair": _titled(offer.pairs) if offer.several else [],
            "solver": _titled([SOLVERS[name] for name in _SOLVERS]) if embedded else [],
            "verifier": _titled(VERIFIERS.values()) if embedded else [],
        },
    }


def _titled(models: Iterable[Offered | ShippedModel]) -> list[dict[str, str]]:
    return [{"name": one.name, "title": one.title or one.name} for one in models]
