"""A lane in one line: "beam_search n=16 verifier=large". Command line and link write it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from search_core.models import SCORE_SOURCES
from search_core.strategies import OptionSpec, Strategy, get_strategy
from search_core.strategies.options import OptionError

MOST_CHARACTERS = 1_000
_MODELS = ("models", "solver", "verifier", "score_source")
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True)
class LaneText:
    """A lane as it was written.

    Attributes:
        options: Values of the strategy's options; the others have their defaults.
        models: Name of a pair of models; None: not said.
        solver, verifier: Names of models, likewise.
    """

    strategy: Strategy
    options: Mapping[str, Any] = field(default_factory=dict)
    models: str | None = None
    solver: str | None = None
    verifier: str | None = None
    score_source: str = "verifier"


def read_lane(text: str) -> LaneText:
    """The lane that is written there.

    Args:
        text: The strategy's name, then `name=value` of its options and of `models`, `solver`,
            `verifier` and `score_source`, with spaces between; a space inside a value is %20.

    Raises:
        OptionError: Something is unknown, twice there, or cannot be read; the message names it.
    """
    words = text.split()
    if not words or len(text) > MOST_CHARACTERS:
        raise OptionError(
            f"The lane {text[:40]!r} is no lane; expected a strategy and its options, such as "
            "'beam_search n=16'."
        )
    strategy = get_strategy(words[0])
    specs = {spec.name: spec for spec in strategy.options.specs()}
    options: dict[str, Any] = {}
    models: dict[str, str] = {}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if not equals or name in options or name in models:
            why = "is there twice" if equals else "is no name=value"
            raise OptionError(f"{word[:60]!r} {why} in the lane {text[:60]!r}.")
        if name in _MODELS:
            models[name] = unquote(value)
        elif name in specs:
            options[name] = _value(specs[name], unquote(value))
        else:
            known = ", ".join((*specs, *_MODELS))
            raise OptionError(f"{name[:40]!r} is no option of {strategy.title}; known: {known}.")
    if models.get("score_source", "verifier") not in SCORE_SOURCES:
        raise OptionError(
            f"The score source {models['score_source'][:40]!r} is unknown; known: "
            f"{', '.join(SCORE_SOURCES)}."
        )
    return LaneText(strategy, options, **models)


def written_lane(lane: LaneText) -> str:
    """The shortest line that reads as this lane."""
    defaults = {spec.name: spec.default for spec in lane.strategy.options.specs()}
    said = {name: value for name, value in lane.options.items() if value != defaults[name]}
    for name in _MODELS:
        value = getattr(lane, name)
        if value is not None and (name, value) != ("score_source", "verifier"):
            said[name] = value
    words = [f"{name}={quote(_word(value), safe='/:')}" for name, value in said.items()]
    return " ".join([lane.strategy.name, *words])


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(spec: OptionSpec, text: str) -> Any:
    try:
        if spec.kind == "boolean":
            return _TRUTH[text]
        if spec.kind == "choice":
            return text
        return int(text) if spec.kind == "integer" else float(text)
    except (KeyError, ValueError) as error:
        expected = {"boolean": "true or false", "integer": "a whole number"}
        raise OptionError(
            f"{spec.label} ({spec.name}) is {text[:40]!r}; expected "
            f"{expected.get(spec.kind, 'a number')}.",
            option=spec.name,
            nearest=spec.default,
        ) from error
