"""From the header of a run on show to the form that would repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from components.controls.form_values import FormValues, RecipeFields
from components.controls.model_offer import ModelOffer, is_embedded
from search_core.log.events import Started
from search_core.models import SCORE_SOURCES, SOLVERS, VERIFIERS, ShippedModel, SolverPrompt
from search_core.strategies import STRATEGIES, Strategy
from search_core.thoughts.tracing import SOLVER as PASTED

_STAY = frozenset({"pair", "solver", "verifier", "system_prompt", "examples"})
"""Fields that stay as they are where a run says nothing that the page could show in them."""


@dataclass(frozen=True)
class ShownRecipe:
    """What a run on show was made of, as the form says it.

    Attributes:
        values: The form's values.
        others: The models that it was made with, where this page does not offer them.
    """

    values: FormValues
    others: str = ""

    @property
    def missing(self) -> str:
        """A sentence about what this page does not offer; "": it offers all."""
        if not self.others:
            return ""
        return (
            f"This run was made with {self.others}, which this page does not offer: "
            "Run would use the models that are chosen here."
        )

    def made_of(self, run_id: str) -> dict[str, Any]:
        """As the chips take it: by the names of the fields, which are filled from it."""
        made = made_of(self.values, run_id, filled=True)
        return made | {"others": self.others} if self.others else made

    def updates(self, fields: RecipeFields) -> list[Any]:
        """Updates of all fields of the form."""
        strategy = STRATEGIES[self.values.strategy]
        own = asdict(self.values)
        del own["options"]
        # No choice of what is not offered, or not asked: the field stays as it is.
        changed = {
            name: value for name, value in own.items() if value is not None or name not in _STAY
        }
        changed["answer"] = own["answer"] or ""
        updates = {name: gr.update(value=value) for name, value in changed.items()}
        return fields.updates(updates, fields.options.updates(strategy, self.values.options))


def made_of(values: FormValues, run_id: str, *, filled: bool = False) -> dict[str, Any]:
    """Values by the names of the fields, as the chips take them; unsaid models are left out.

    Args:
        values: What a run was made of.
        run_id: The run.
        filled: The same update sets the fields: until they say something else they hold this.
    """
    own = asdict(values)
    options = own.pop("options")
    said = {name: value for name, value in own.items() if value is not None}
    names = {spec.name for spec in STRATEGIES[values.strategy].options.specs()}
    kept = {name: value for name, value in options.items() if name in names}
    known = {**said, "answer": own["answer"] or "", **kept}
    return {"run": run_id, "values": known, "filled": filled}


def shown_recipe(header: Started, offer: ModelOffer) -> ShownRecipe | None:
    """The form for this run; None where nobody ran it (a pasted text) or nobody here could."""
    strategy = STRATEGIES.get(header.strategy)
    if strategy is None or header.solver.name == PASTED:
        return None
    source = _score_source(header, strategy)
    models = _models_of(header, strategy, source, offer)
    sampling, problem = header.sampling, header.problem
    usual = offer.first.sampling
    defaults = {spec.name: spec.default for spec in strategy.options.specs()}
    known = {name: value for name, value in header.options.items() if name in defaults}
    values = FormValues(
        problem=problem.text,
        strategy=strategy.name,
        score_source=source,
        temperature=_number(sampling.get("temperature"), usual.temperature),
        top_p=_number(sampling.get("top_p"), usual.top_p),
        max_step_tokens=_number(sampling.get("max_step_tokens"), usual.max_step_tokens),
        seed=header.seed,
        pair=models.pair,
        solver=models.solver,
        verifier=models.verifier,
        system_prompt=models.prompt.system if models.prompt else None,
        examples=models.prompt.examples if models.prompt else None,
        # A problem of a known family brings its answer along.
        answer=problem.answer if problem.family is None else None,
        options=defaults | known,
    )
    return ShownRecipe(values, models.others)


@dataclass(frozen=True)
class _Models:
    pair: str | None = None
    solver: str | None = None
    verifier: str | None = None
    prompt: SolverPrompt | None = None
    others: str = ""


def _models_of(header: Started, strategy: Strategy, source: str, offer: ModelOffer) -> _Models:
    """What the form calls the models of a run."""
    asked = strategy.uses_verifier and source == "verifier"
    ran = (header.solver.name, header.verifier.name)
    # One pair may be offered in two precisions: the one in which it ran goes first.
    pairs = sorted(offer.pairs, key=lambda one: one.pair.dtypes[0] != header.solver.dtype)
    for offered in pairs:
        if is_embedded(offered.pair):
            solver, verifier = _called(SOLVERS, ran[0]), _called(VERIFIERS, ran[1])
            fits = solver is not None and (verifier is not None or not asked)
        else:
            solver = verifier = None
            names = offered.pair.names
            fits = names[0] == ran[0] and (names[1] == ran[1] or not asked)
        if fits:
            named = offered.name if offer.several else None
            takes = offered.pair.takes_prompt
            prompt = SolverPrompt.of(header.solver.prompt) if takes else None
            return _Models(named, solver, verifier, prompt)
    if not asked:
        return _Models(others=ran[0])
    both = f"{ran[0]} as solver and verifier"
    return _Models(others=both if ran[0] == ran[1] else f"{ran[0]} and {ran[1]}")


def _called(known: Mapping[str, ShippedModel], name: str) -> str | None:
    """The name of an embedded model that a trace calls by its folder."""
    return next((short for short, model in known.items() if model.folder.name == name), None)


def _score_source(header: Started, strategy: Strategy) -> str:
    name = header.verifier.name.lower()
    if not strategy.uses_verifier:
        return "verifier"
    # Older traces say more beside the name.
    known = (source for source in SCORE_SOURCES if source != "verifier" and name.startswith(source))
    return next(known, "verifier")


def _number(value: Any, usual: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else usual
