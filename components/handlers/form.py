"""The form changes with what is chosen in it, and says what a run of it will take."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import gradio as gr

from components.controls import Controls, ModelOffer
from components.controls.chips import TELL_VALUES
from components.controls.form_values import RecipeFields
from components.controls.kinds_line import kinds_update
from components.controls.models_form import models_updates, solver_update
from components.controls.options_form import own_defaults
from components.controls.prompt_form import usual_prompt
from components.controls.run_request import request_of_form
from components.controls.sampling_form import about_score_source
from components.controls.sources_form import levels_of
from components.elements import info
from components.explorer import Recording, examples
from components.handlers.attaching import FOLLOWING, QUIET
from components.handlers.beginning import begin_with
from search_core.embedded import generate
from search_core.picture.numbers import format_count
from search_core.run.estimate import estimate
from search_core.run.limits import Limits
from search_core.run.pairing import size_note
from search_core.strategies import get_strategy

Update: TypeAlias = dict[str, Any]

# The options on which the size of a run depends.
_ESTIMATED_OPTIONS = ("n", "max_steps", "beam_width")


class FormHandlers:
    """Keep the form consistent with itself.

    Args:
        offer: The pairs of models that are offered.
        recordings: Strategies with a recorded example have a button that opens it.
        cards: What each strategy is, by its name, as `strategy_card.cards` makes it.
        fields: The fields that a recipe is made from.
        limits: What one run may use at most.
        memory: What memory the models of this strategy, pair, solver and verifier hold, which are
            chosen now on the page of this session: `MemoryHandlers.follow`.
    """

    def __init__(
        self,
        offer: ModelOffer,
        recordings: Sequence[Recording],
        cards: Mapping[str, str],
        fields: RecipeFields,
        limits: Limits,
        memory: Callable[[str, str, str | None, str | None, str | None], str],
    ) -> None:
        self._offer = offer
        self._examples = examples(recordings)
        self._cards = cards
        self._fields = fields
        self._limits = limits
        self._memory = memory

    def wire(self, page: gr.Blocks, controls: Controls) -> None:
        """Attach the handlers."""
        self._wire_models(controls)
        gr.on(
            [page.load, *(field.change for field in self._fields.components)],
            None,
            self._fields.components,
            None,
            js=TELL_VALUES,
            api_visibility="private",
        )
        options = controls.options.components
        controls.as_published.click(self.as_published, controls.strategy, options, **QUIET)
        controls.as_intended.click(self.as_intended, controls.strategy, options, **QUIET)
        sources = controls.sources
        sources.family.input(self.choose_family, sources.family, sources.level, **QUIET)
        sources.new_problem.click(
            self.draw,
            [sources.family, sources.level],
            [controls.problem, sources.reference, controls.notice],
            **QUIET,
        )
        gr.on(
            [field.change for field in _estimated(controls)],
            self.estimate,
            self._fields.components,
            controls.estimate,
            **FOLLOWING,
        )

    def begin(self, controls: Controls) -> None:
        """The page is drawn as the form's first values make it."""
        values = [field.value for field in self._fields.components]
        form = self._fields.read(values)
        models, options = controls.models, controls.options.components
        begin_with(
            [controls.select, controls.about, controls.example, *options],
            self.show_strategy(form.strategy),
        )
        begin_with(
            [controls.kinds, controls.sampling.about_source, *models.outputs],
            self.choose_models(
                form.strategy, form.score_source, form.pair, form.solver, form.verifier
            ),
        )
        begin_with([controls.estimate], [self.estimate(*values)])

    def _wire_models(self, controls: Controls) -> None:
        models, sampling = controls.models, controls.sampling
        strategy, select = controls.strategy, controls.select
        followed = _following_models(controls)
        strategy.change(
            self.follow_strategy,
            self._fields.components,
            [select, controls.about, controls.example, *controls.options.components, *followed],
            **FOLLOWING,
        )
        gr.on(
            [field.change for field in (sampling.score_source, *models.components)],
            self.follow_models,
            self._fields.components,
            followed,
            **FOLLOWING,
        )
        select.input(None, select, strategy, js="(name) => name", api_visibility="private")
        # A person chose it; where a link or an example did, it says all values itself.
        for chosen in (strategy, select):
            chosen.input(
                self.choose_strategy,
                [chosen, models.solver],
                [models.solver, *controls.options.components],
                **QUIET,
            )
        prompt = models.prompt
        chosen_pair = models.pair.input(
            self.choose_pair,
            models.pair,
            [
                *(sampling.temperature, sampling.top_p, sampling.max_step_tokens),
                *(prompt.system, prompt.examples),
            ],
            **QUIET,
        )
        # A field that is not on the page yet says nothing of its change.
        chosen_pair.then(
            None, self._fields.components, None, js=TELL_VALUES, api_visibility="private"
        )

    def follow_strategy(self, request: gr.Request, *values: Any) -> list[Any]:
        """All that another strategy changes."""
        strategy = self._fields.read(values).strategy
        return [*self.show_strategy(strategy), *self.follow_models(request, *values)]

    def follow_models(self, request: gr.Request, *values: Any) -> list[Any]:
        """All that other models or another source of scores change."""
        form = self._fields.read(values)
        return [
            *self.choose_models(
                form.strategy, form.score_source, form.pair, form.solver, form.verifier
            ),
            self.estimate(*values),
            self._memory(
                str(request.session_hash), form.strategy, form.pair, form.solver, form.verifier
            ),
        ]

    def show_strategy(self, name: str) -> list[Any]:
        """Its name in the composer, what it is, whether there is an example of it, its fields."""
        strategy = get_strategy(name)
        return [
            name,
            self._cards[name],
            gr.update(visible=name in self._examples),
            *self._fields.options.updates(strategy, {}),
        ]

    def choose_strategy(self, name: str, solver: str | None) -> list[Any]:
        """A solver that can follow the strategy, and the defaults that are its own."""
        strategy = get_strategy(name)
        return [
            solver_update(strategy, solver),
            *self._fields.options.defaults(own_defaults(strategy)),
        ]

    def choose_models(
        self,
        strategy: str,
        score_source: str,
        pair: str | None,
        solver: str | None,
        verifier: str | None,
    ) -> list[Any]:
        """What the chosen models read, what they and the scores are, and whether a verifier is
        asked at all."""
        chosen = get_strategy(strategy)
        kinds = kinds_update(self._offer, chosen, pair, solver)
        updates = models_updates(self._offer, chosen, score_source, pair, solver, verifier)
        return [kinds, about_score_source(score_source), *updates]

    def choose_pair(self, pair: str | None) -> list[Update]:
        """How the models of this pair are sampled, and what its solver is told."""
        chosen = self._offer.named(pair).pair
        sampling, prompt = chosen.sampling, usual_prompt(chosen)
        values = (
            *(sampling.temperature, sampling.top_p, sampling.max_step_tokens),
            *(prompt.system, prompt.examples),
        )
        return [gr.update(value=value) for value in values]

    def as_published(self, name: str) -> list[Update]:
        """Fill in the values of the published code."""
        strategy = get_strategy(name)
        return self._fields.options.updates(strategy, strategy.as_published)

    def as_intended(self, name: str) -> list[Update]:
        """Fill in the defaults."""
        strategy = get_strategy(name)
        defaults = {spec.name: spec.default for spec in strategy.options.specs()}
        intended = {option: defaults[option] for option in strategy.as_published}
        return self._fields.options.updates(strategy, intended)

    def choose_family(self, family: str) -> Update:
        """The levels of a family."""
        levels = levels_of(family)
        update: Update = gr.update(choices=levels, value=levels[len(levels) // 2])
        return update

    def draw(self, family: str, level: int) -> tuple[str, str, Update]:
        """A fresh held-out problem: the models have not seen it in training.

        Another problem's reference answer is none of its own.
        """
        if not isinstance(level, (int, float, str)):
            raise gr.Error("Choose a level first.")
        problem = generate(family, int(level), 1, seed=secrets.randbits(31), split="test")[0]
        return problem.text, "", info("")

    def estimate(self, *values: Any) -> str:
        """What a run of this form will take, in one sentence; "" while the form has a mistake."""
        try:
            asked = request_of_form(self._fields.read(values), self._offer, self._limits)
        except ValueError:
            return ""
        recipe, pair = asked.recipe, asked.pair
        expected = estimate(recipe.problem, recipe.options, pair.card)
        sizes = pair.sizes(asked.score_source if recipe.strategy.uses_verifier else "")
        told = (
            f"About {expected.paths} × {expected.rounds:.0f} steps, "
            f"{format_count(round(expected.tokens))} tokens."
        )
        return f"{told} {size_note(*sizes)}".rstrip()


def _estimated(controls: Controls) -> list[Any]:
    """The fields whose change changes the estimate alone."""
    return [controls.problem, *(controls.options.fields[name] for name in _ESTIMATED_OPTIONS)]


def _following_models(controls: Controls) -> list[Any]:
    """What `follow_models` updates."""
    models = controls.models
    told = [controls.kinds, controls.sampling.about_source, *models.outputs]
    return [*told, controls.estimate, models.memory]
