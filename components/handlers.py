"""What happens on the page: run, stop, resume, new problem, open a trace.

Handlers turn a form into a recipe and hand it to the run registry; the search itself lives
there and not in any handler, so a refreshed page finds it again.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import gradio as gr

from components.controls import about_score_source, levels_of
from components.following import follow, whole_run
from components.model_offer import ModelOffer, is_embedded
from components.models_form import models_updates, solver_update
from components.notice import error, info
from components.options_form import OptionsForm, own_defaults, read_options
from components.recipe_link import LinkedRecipe, read_link
from components.recordings import Recording, examples
from components.text_form import read_text_file
from search_core.embedded import generate
from search_core.log.traces import TraceError, read_trace
from search_core.models import NOT_LOADED, SOLVERS, VERIFIERS, ModelPair, memory_line
from search_core.picture.numbers import format_count
from search_core.protocols import Sampling
from search_core.run.estimate import estimate
from search_core.run.limits import Limits
from search_core.run.pairing import size_note
from search_core.run.recipe import Recipe
from search_core.serving import BusyError, HostedRun, RunRegistry
from search_core.strategies import get_strategy
from search_core.thoughts import trace_of_text

Update: TypeAlias = dict[str, Any]

# Values of a form that stand before the strategy's own options; see `Controls.recipe_inputs`.
_BEFORE_OPTIONS = 9
_SECONDS_BETWEEN_LOOKS = 1.0
_LOOKS_WHILE_LOADING = 60


class Handlers:
    """The page's behaviour, over the pairs of models that are offered and a run registry."""

    def __init__(
        self,
        offer: ModelOffer,
        registry: RunRegistry,
        recordings: Sequence[Recording],
        cards: Mapping[str, str],
        form: OptionsForm,
        limits: Limits,
    ) -> None:
        self._offer = offer
        self._registry = registry
        self._recordings = recordings
        self._examples = examples(recordings)
        self._cards = cards
        self._form = form
        self._limits = limits

    # Runs: outputs are view, notice, run button, stop button, run id ---------------------------

    async def run(self, request: gr.Request, *values: Any) -> AsyncIterator[tuple[Any, ...]]:
        """Start a run from the form and follow it to its end."""
        try:
            recipe, pair, source = self._recipe(self._shown(values))
            run = self._registry.start(recipe, pair, source, owner=str(request.session_hash))
        except (ValueError, BusyError) as problem:
            yield gr.skip(), error(str(problem)), *_idle(), gr.skip()
            return
        async for update in self._follow(run, ""):
            yield update

    def stop(self, run_id: str) -> Update:
        """Ask the run to end; its last events arrive by the usual way."""
        run = self._registry.get(run_id) if run_id else None
        if run is not None:
            run.stop()
        return info("Stopping …" if run is not None and run.live else "")

    def show_recording(self, run_id: str | None) -> tuple[Any, ...]:
        """Show a recorded example."""
        run = self._registry.get(run_id) if run_id else None
        if run is None:
            return gr.skip(), gr.skip(), gr.skip()
        return whole_run(run), info(""), run.id

    def show_example(self, strategy: str) -> tuple[Any, ...]:
        """Show the recorded example of a strategy."""
        example = self._examples.get(strategy)
        return self.show_recording(example.run_id if example else None)

    def open_trace(self, path: str) -> tuple[Any, ...]:
        """Show a trace file that a person opened, once it is found to be one."""
        try:
            trace = read_trace(Path(path))
        except TraceError as problem:
            return gr.skip(), error(f"This file cannot be shown. {problem}"), gr.skip()
        run = self._registry.add_opened(trace.events)
        return whole_run(run), info(trace.notice), run.id

    def draw_text(self, text: str | None, problem: str | None) -> tuple[Any, ...]:
        """Show a pasted chain of thought as the tree that it walked."""
        try:
            events = trace_of_text(text or "", problem or "")
        except ValueError as mistake:
            return gr.skip(), error(f"This text cannot be drawn. {mistake}"), gr.skip()
        run = self._registry.add_opened(events)
        return whole_run(run), info(""), run.id

    def draw_file(self, path: str, problem: str | None) -> tuple[Any, ...]:
        """Show a text file that a person opened in the same way."""
        return self.draw_text(read_text_file(Path(path)), problem)

    # The page opens: outputs as `run`, then problem, strategy, sources, options ----------------

    async def open_page(self, request: gr.Request) -> AsyncIterator[tuple[Any, ...]]:
        """Resume the run in the address, or run the recipe in it, or show the first recording."""
        query = {key: str(value) for key, value in dict(request.query_params).items()}
        unchanged = [gr.skip()] * (_BEFORE_OPTIONS + len(self._form.components))
        run = self._registry.get(query.get("run", ""))
        recipe = None if run else read_link(query)
        if run is not None:
            async for update in self._follow(run, "", query.get("node")):
                yield *update, *unchanged
        elif recipe is not None:
            async for update in self._run_link(request, recipe):
                yield update
        else:
            gone = "That run is no longer kept here; this is a recorded example."
            note = info(gone if "run" in query else "")
            first = self._registry.get(self._recordings[0].run_id)
            view = whole_run(first, query.get("node")) if first else gr.skip()
            yield view, note, *_idle(), first.id if first else "", *unchanged

    async def _run_link(
        self, request: gr.Request, link: LinkedRecipe
    ) -> AsyncIterator[tuple[Any, ...]]:
        fill = self._fill(link)
        note = " ".join(link.notes)
        try:
            recipe, pair, source = self._recipe(self._values(link))
            run = self._registry.start(recipe, pair, source, owner=str(request.session_hash))
        except (ValueError, BusyError) as problem:
            yield gr.skip(), error(f"{problem} {note}".strip()), *_idle(), gr.skip(), *fill
            return
        async for update in self._follow(run, note, link.node):
            yield *update, *fill

    async def _follow(
        self, run: HostedRun, note: str, node: str | None = None
    ) -> AsyncIterator[tuple[Any, ...]]:
        yield gr.skip(), info(note), *(_running() if run.live else _idle()), run.id
        async for batch in follow(run, node):
            yield batch, *[gr.skip()] * 4
        yield gr.skip(), error(run.error) if run.error else info(note), *_idle(), gr.skip()

    # The form ----------------------------------------------------------------------------------

    def choose_strategy(self, name: str, solver: str | None) -> list[Any]:
        """What the strategy is, whether there is an example of it, a solver that can follow it,
        and its fields."""
        strategy = get_strategy(name)
        example = gr.update(visible=name in self._examples)
        chosen = solver_update(strategy, solver)
        return [
            self._cards[name],
            example,
            chosen,
            *self._form.updates(strategy, own_defaults(strategy)),
        ]

    def choose_models(
        self,
        strategy: str,
        source: str,
        name: str | None,
        solver: str | None,
        verifier: str | None,
    ) -> list[Any]:
        """What the chosen models and scores are, and whether a verifier is asked at all."""
        chosen = get_strategy(strategy)
        updates = models_updates(self._offer, chosen, source, name, solver, verifier)
        return [about_score_source(source), *updates]

    def choose_pair(self, name: str | None) -> list[Update]:
        """How the models of this pair are sampled: temperature and top-p."""
        sampling = self._offer.named(name).pair.sampling
        return [gr.update(value=sampling.temperature), gr.update(value=sampling.top_p)]

    def models_memory(
        self, strategy: str, name: str | None, solver: str | None, verifier: str | None
    ) -> str:
        """Which models are chosen, where they run, and what memory they hold."""
        if not is_embedded(self._offer.named(name).pair):
            solver = verifier = None
        try:
            pair = self._offer.choose(get_strategy(strategy), name, solver, verifier)
        except ValueError:
            return ""
        return memory_line(pair)

    async def watch_memory(
        self, request: gr.Request, strategy: str, *names: str | None
    ) -> AsyncIterator[str]:
        """The same, again and again: until the run that was just started is over, or, on a page
        that has just opened, until the models are there."""
        told = ""
        for look in itertools.count(1):
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            live = self._registry.live_run_of(str(request.session_hash)) is not None
            line = self.models_memory(strategy, *names)
            if line != told:
                told = line
                yield line
            loading = line.endswith(NOT_LOADED) and look < _LOOKS_WHILE_LOADING
            if not live and not loading:
                return

    def as_published(self, name: str) -> list[Update]:
        """Fill in the values of the published code."""
        strategy = get_strategy(name)
        return self._form.updates(strategy, strategy.as_published)

    def as_intended(self, name: str) -> list[Update]:
        """Fill in the defaults."""
        strategy = get_strategy(name)
        defaults = {spec.name: spec.default for spec in strategy.options.specs()}
        return self._form.updates(strategy, {k: defaults[k] for k in strategy.as_published})

    def choose_family(self, family: str) -> Update:
        """The levels of a family."""
        levels = levels_of(family)
        return gr.update(choices=levels, value=levels[len(levels) // 2])

    def draw(self, family: str, level: int) -> tuple[str, Update]:
        """A fresh held-out problem: the models have not seen it in training."""
        problem = generate(family, int(level), 1, seed=secrets.randbits(31), split="test")[0]
        return problem.text, info("")

    def estimate(self, *values: Any) -> str:
        """What a run of this form will take, in one sentence; "" while the form has a mistake."""
        try:
            recipe, pair, source = self._recipe(self._shown(values))
        except ValueError:
            return ""
        expected = estimate(recipe.problem, recipe.options, pair.card)
        sizes = pair.sizes(source if recipe.strategy.uses_verifier else "")
        told = (
            f"About {expected.paths} × {expected.rounds:.0f} steps, "
            f"{format_count(round(expected.tokens))} tokens."
        )
        return f"{told} {size_note(*sizes)}".rstrip()

    def _shown(self, values: Sequence[Any]) -> list[Any]:
        """The form's values without a solver and a verifier that its page does not show."""
        *before, name, solver, verifier = values[:_BEFORE_OPTIONS]
        if not is_embedded(self._offer.named(name).pair):
            solver = verifier = None
        return [*before, name, solver, verifier, *values[_BEFORE_OPTIONS:]]

    def _recipe(self, values: Sequence[Any]) -> tuple[Recipe, ModelPair, str]:
        """A checked recipe, its models and its score source from the form's values.

        Raises:
            ValueError: Something is out of range, the problem cannot be read, or the models
                do not go with the strategy.
        """
        problem, name, source, temperature, top_p, seed, models, solver, verifier, *rest = values
        strategy = get_strategy(str(name))
        pair = self._offer.choose(strategy, models, solver, verifier)
        options = read_options(strategy, self._form.as_mapping(rest))
        pair.check(strategy, str(source), options)
        sampling = Sampling(
            temperature=_number("Temperature", temperature),
            top_p=_number("Top-p", top_p),
            max_step_tokens=pair.sampling.max_step_tokens,
        )
        return (
            Recipe(
                pair.read(str(problem or "")),
                strategy,
                options,
                sampling,
                _seed(seed),
                self._limits,
            ),
            pair,
            str(source),
        )

    def _values(self, link: LinkedRecipe) -> list[Any]:
        defaults = {spec.name: spec.default for spec in link.strategy.options.specs()}
        options = defaults | link.options
        sampling = self._sampling_of(link)
        return [
            link.problem,
            link.strategy.name,
            link.score_source or "verifier",
            sampling.temperature if link.temperature is None else link.temperature,
            sampling.top_p if link.top_p is None else link.top_p,
            0 if link.seed is None else link.seed,
            link.models,
            link.solver,
            link.verifier,
            *(options.get(name) for name in self._form.fields),
        ]

    def _sampling_of(self, link: LinkedRecipe) -> Sampling:
        try:
            return self._offer.named(link.models).pair.sampling
        except ValueError:  # whoever runs the link refuses it, and says why
            return self._offer.first.sampling

    def _fill(self, link: LinkedRecipe) -> list[Any]:
        *values, name, solver, verifier = self._values(link)[:_BEFORE_OPTIONS]
        offered = {one.name: one for one in self._offer.pairs} if self._offer.several else {}
        models = [
            _choice(name, offered),
            _choice(solver, SOLVERS),
            _choice(verifier, VERIFIERS),
        ]
        return [
            *values,
            *models,
            *self._form.updates(link.strategy, own_defaults(link.strategy) | link.options),
        ]


def _choice(name: str | None, known: Mapping[str, object]) -> Update:
    """What a link names; what it does not name, or nobody knows, leaves the choice as it is."""
    return gr.update(value=name) if name in known else gr.skip()


def _running() -> tuple[Update, Update]:
    return gr.update(interactive=False), gr.update(interactive=True)


def _idle() -> tuple[Update, Update]:
    return gr.update(interactive=True), gr.update(interactive=False)


def _number(label: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{label} is empty; type a number.")
    return float(value)


def _seed(value: Any) -> int:
    number = _number("Seed", value)
    if not number.is_integer() or not 0 <= number < 2**53:
        raise ValueError(f"Seed is {value!r:.40}; expected a whole number from 0 to 2^53 - 1.")
    return int(number)
