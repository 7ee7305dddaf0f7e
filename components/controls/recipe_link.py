"""A link is a recipe: problem, strategy, options, sampling, seed and node, in the query.

Its `at`, the round at whose end to stop, is the page's own affair.

`assets/js/log/recipe.js` writes such links, told by `recipe_defaults` what they may leave out;
`read_link` reads them. A stranger may have written the link, so every value is checked, and what
is not understood is said and left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from components.controls.model_offer import ModelOffer
from search_core.acts import MOST_ACTS, Act
from search_core.log.events import NodeId
from search_core.models import FIRST, SCORE_SOURCES, SOLVERS, VERIFIERS
from search_core.models.prompts import MAX_CHARACTERS
from search_core.numerals import MOST_SEED
from search_core.problem import MAX_ANSWER_CHARACTERS, MAX_PROBLEM_CHARACTERS
from search_core.protocols import UsageError
from search_core.strategies import STRATEGIES, OptionSpec, Strategy

_NODE_ID: TypeAdapter[str] = TypeAdapter(NodeId)
_NOT_OPTIONS = {
    *("problem", "strategy", "score_source", "temperature", "top_p", "seed", "node", "answer"),
    *("max_step_tokens", "system_prompt"),
    *("models", "solver", "verifier", "acts"),
}
# Both parts, and what stands between them.
_MOST_PROMPT = 2 * MAX_CHARACTERS + 2
# Ours and other people's parameters that are no part of a recipe.
_IGNORED = {"run", "at", "pace", "__theme", "view", "__sign", "logs", "present"}


_MOST_ACTS_TEXT = 20_000


@dataclass(frozen=True)
class LinkedRecipe:
    """What a link asks for; None where it does not say.

    Attributes:
        options: Values for the strategy's options form.
        pair: Name of an offered pair, which a link calls `models`; None: the first.
        solver, verifier: Names of embedded models. They and `pair` are not checked: who runs
            the recipe refuses a name that it does not know. Another model would give another
            tree.
        prompt: What the solver is told before the problem, worked examples included.
        answer: Reference answer to a problem that brings none.
        acts: What a person did to the run.
        notes: One sentence for each part of the link that was left out.
    """

    problem: str
    strategy: Strategy
    options: dict[str, Any] = field(default_factory=dict)
    score_source: str | None = None
    pair: str | None = None
    solver: str | None = None
    verifier: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_step_tokens: int | None = None
    seed: int | None = None
    prompt: str | None = None
    answer: str | None = None
    node: str | None = None
    acts: tuple[Act, ...] = ()
    notes: tuple[str, ...] = ()


def recipe_defaults(offer: ModelOffer) -> dict[str, Any]:
    """What a recipe link may leave out because it is the default, and what it calls models."""
    sampling = offer.first.sampling
    return {
        "strategies": {
            strategy.name: {spec.name: spec.default for spec in strategy.options.specs()}
            for strategy in STRATEGIES.values()
        },
        "sampling": {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_step_tokens": sampling.max_step_tokens,
        },
        "models": _model_names() if offer.has_embedded else {},
        "pairs": _pair_names(offer),
        "prompts": _prompts(offer),
    }


def _prompts(offer: ModelOffer) -> list[dict[str, str]]:
    """What each solver is told that can be told something: a link says only what differs."""
    return [
        {"name": offered.name, "solver": offered.pair.names[0], "prompt": offered.pair.prompt}
        for offered in offer.pairs
        if offered.pair.takes_prompt
    ]


def _pair_names(offer: ModelOffer) -> list[dict[str, str]]:
    """What a link calls a pair whose models a trace names; the first one goes unsaid."""
    names = [(offered.name, *offered.pair.names) for offered in offer.pairs[1:]]
    return [
        {"name": name, "solver": solver, "verifier": verifier} for name, solver, verifier in names
    ]


def _model_names() -> dict[str, dict[str, str]]:
    """What a link calls the models that a trace names; the first of each kind goes unsaid."""
    kinds = {"solver": SOLVERS, "verifier": VERIFIERS}
    return {
        kind: {model.folder.name: name for name, model in models.items() if name != FIRST}
        for kind, models in kinds.items()
    }


def read_link(query: Mapping[str, str]) -> LinkedRecipe | None:
    """The recipe in a page's query; None if there is none."""
    problem = query.get("problem", "").strip()
    if not problem:
        return None
    notes: list[str] = []
    if len(problem) > MAX_PROBLEM_CHARACTERS:
        notes.append("The link's problem was too long and was cut.")
        problem = problem[:MAX_PROBLEM_CHARACTERS]
    name = query.get("strategy", "beam_search")
    if name not in STRATEGIES:
        notes.append(f"The link's strategy {name[:40]!r} is unknown; beam search is used.")
    strategy = STRATEGIES.get(name, STRATEGIES["beam_search"])
    source = query.get("score_source")
    if source is not None and source not in SCORE_SOURCES:
        notes.append(f"The link's score source {source[:40]!r} is unknown.")
        source = None
    return LinkedRecipe(
        problem=problem,
        strategy=strategy,
        options=_options(query, strategy, notes),
        score_source=source,
        pair=query.get("models") or None,
        solver=query.get("solver") or None,
        verifier=query.get("verifier") or None,
        temperature=_number(query, "temperature", notes),
        top_p=_number(query, "top_p", notes),
        max_step_tokens=_whole(query, "max_step_tokens", notes),
        seed=_whole(query, "seed", notes),
        prompt=_prompt(query, notes),
        answer=_answer(query, notes),
        node=_node(query, notes),
        acts=_acts(query, notes),
        notes=tuple(notes),
    )


def _options(query: Mapping[str, str], strategy: Strategy, notes: list[str]) -> dict[str, Any]:
    specs = {spec.name: spec for spec in strategy.options.specs()}
    options = {}
    for name, text in query.items():
        if name in _NOT_OPTIONS or name in _IGNORED:
            continue
        if name not in specs:
            notes.append(f"The link's {name[:40]!r} is no option of {strategy.title}.")
            continue
        value = _option_value(specs[name], text)
        if value is None:
            notes.append(f"The link's {name} is {text[:40]!r}, which cannot be read.")
        else:
            options[name] = value
    return options


def _option_value(spec: OptionSpec, text: str) -> Any:
    if spec.kind == "boolean":
        return {"true": True, "false": False}.get(text)
    if spec.kind == "choice":
        return text if text in spec.choices else None
    return _read(int if spec.kind == "integer" else float, text)


def _read(kind: Callable[[str], float], text: str) -> Any:
    """A number of this kind that JSON and a browser can hold; None: it is none."""
    try:
        number = kind(text)
    except ValueError:
        return None
    return number if abs(number) <= MOST_SEED else None


def _number(query: Mapping[str, str], name: str, notes: list[str]) -> float | None:
    text = query.get(name)
    if text is None:
        return None
    number = _read(float, text)
    if number is None:
        notes.append(f"The link's {name} is {text[:40]!r}, which is no number that it can be.")
    return number


def _whole(query: Mapping[str, str], name: str, notes: list[str]) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    number = _read(int, text)
    if number is None:
        notes.append(f"The link's {name} is {text[:40]!r}, which is no whole number up to 2^53.")
    return number


def _answer(query: Mapping[str, str], notes: list[str]) -> str | None:
    text = query.get("answer", "").strip()
    if len(text) > MAX_ANSWER_CHARACTERS:
        notes.append("The link's reference answer was too long and was left out.")
        return None
    return text or None


def _prompt(query: Mapping[str, str], notes: list[str]) -> str | None:
    text = query.get("system_prompt")
    if text is not None and len(text) > _MOST_PROMPT:
        notes.append("The link's system prompt was too long and was left out.")
        return None
    return text


def _node(query: Mapping[str, str], notes: list[str]) -> str | None:
    text = query.get("node")
    if text is None:
        return None
    try:
        return _NODE_ID.validate_python(text)
    except ValidationError:
        notes.append("The link's node cannot be read.")
        return None


def _acts(query: Mapping[str, str], notes: list[str]) -> tuple[Act, ...]:
    text = query.get("acts")
    if text is None:
        return ()
    try:
        values = json.loads(text) if len(text) <= _MOST_ACTS_TEXT else None
        if not isinstance(values, list) or len(values) > MOST_ACTS:
            raise ValueError
        return tuple(Act.from_values(one) for one in values)
    except (ValueError, RecursionError) as error:
        why = f": {error}" if isinstance(error, UsageError) else "."
        notes.append(f"What the link says was done by hand cannot be read{why}")
        return ()
