"""The page: controls, the explorer, and the charts, wired together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from components.chart_tab import ChartTab
from components.controls import Controls, make_controls
from components.following import puller
from components.handlers import Handlers
from components.model_offer import ModelOffer
from components.place_list import PlaceList
from components.recordings import Recording, examples, pin_recordings
from components.shell import Shell
from components.strategy_card import cards
from components.tree_view import TreeView
from search_core.log.events import Started
from search_core.models import FIRST, SOLVERS, VERIFIERS, ModelPair, Offered
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES

ASSETS = Path(__file__).resolve().parent.parent / "assets"
TITLE = "Espalier"
INTRODUCTION = """# Espalier
See a language model search: a small model writes steps, a verifier scores them, a strategy
keeps the good ones and prunes the rest.
"""

# The controls can be longer than the window: what they bring forth must be seen.
_LOOK = """() => {
  const told = document.querySelector("#notice .notice:not([hidden])");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  (told ?? document.querySelector("#explorer-column")).scrollIntoView({
    behavior: still ? "auto" : "smooth",
    block: "start",
  });
}"""
_SWITCH_THEME = "() => { document.body.classList.toggle('dark'); }"

# Handlers are nobody's API: the command line and `search_core.search` are.
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# A follower waits most of its time; it must not keep others from following.
_STREAM: dict[str, Any] = {**_QUIET, "concurrency_limit": None}


def build_page(
    served: ModelPair | Sequence[Offered],
    registry: RunRegistry,
    *,
    limits: Limits | None = None,
    repository: str = "",
) -> gr.Blocks:
    """The whole app as Gradio blocks.

    Args:
        served: The models that search, or several pairs by name among which each run chooses.
            In place of the embedded ones, as `embedded_pair()` gives them, each run may choose
            others of the embedded models.
        registry: Where runs live.
        limits: What one run may use at most.
        repository: Address under which this repository's files can be read.
    """
    offer = ModelOffer.of(served)
    recordings = pin_recordings(registry)
    first = _problem_of(registry, recordings)
    shown = cards({name: example.tree for name, example in examples(recordings).items()})
    # Uploaded trace files are read at once; Gradio's copies of them go after a day.
    with Shell(
        repository=repository,
        title=TITLE,
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(3600, 86_400),
    ) as page:
        with gr.Row(elem_id="banner"):
            gr.Markdown(INTRODUCTION, elem_id="introduction")
            PlaceList(elem_id="places")
            theme = gr.Button("Light / dark", size="sm", elem_id="theme", scale=0, min_width=110)
            theme.click(None, js=_SWITCH_THEME, api_visibility="private")
        run_id = gr.State("")
        with gr.Row(elem_id="layout"):
            controls = make_controls(offer, recordings, shown, first)
            with gr.Column(elem_id="explorer-column", min_width=280), gr.Tabs():
                with gr.Tab("Explore", id="explore"):
                    view = TreeView(
                        pull_events=puller(registry),
                        defaults=recipe_defaults(offer),
                        labels={"strategies": {s.name: s.title for s in STRATEGIES.values()}},
                        elem_id="explorer",
                    )
                with gr.Tab("Charts", id="charts") as chart_tab:
                    charts = ChartTab()
        handlers = Handlers(
            offer, registry, recordings, shown, controls.options, limits or Limits()
        )
        _wire_runs(page, controls, handlers, view, run_id)
        _wire_form(page, controls, handlers)
        charts.wire(chart_tab, registry, run_id)
    return page


def recipe_defaults(offer: ModelOffer) -> dict[str, Any]:
    """What a recipe link may leave out because it is the default."""
    sampling = offer.first.sampling
    return {
        "strategies": {
            strategy.name: {spec.name: spec.default for spec in strategy.options.specs()}
            for strategy in STRATEGIES.values()
        },
        "sampling": {"temperature": sampling.temperature, "top_p": sampling.top_p},
        "models": _model_names() if offer.has_embedded else {},
        "pairs": _pair_names(offer),
    }


def _pair_names(offer: ModelOffer) -> list[dict[str, str]]:
    """What a link calls a pair whose models a trace names; the first one goes unsaid."""
    names = [(one.name, *one.pair.names) for one in offer.pairs[1:]]
    return [{"name": n, "solver": solver, "verifier": verifier} for n, solver, verifier in names]


def _model_names() -> dict[str, dict[str, str]]:
    """What a link calls the models that a trace names; the first of each kind goes unsaid."""
    kinds = {"solver": SOLVERS, "verifier": VERIFIERS}
    return {
        kind: {one.folder.name: name for name, one in models.items() if name != FIRST}
        for kind, models in kinds.items()
    }


def _problem_of(registry: RunRegistry, recordings: Sequence[Recording]) -> Problem:
    run = registry.get(recordings[0].run_id)
    if run is None:
        raise RuntimeError("The first recording is gone from the registry.")
    header = run.events()[0]
    if not isinstance(header, Started):
        raise RuntimeError("The first recording does not start with its header.")
    return Problem(**header.problem.model_dump())


def _wire_runs(
    page: gr.Blocks, controls: Controls, handlers: Handlers, view: TreeView, run_id: gr.State
) -> None:
    run_outputs = [view, controls.notice, controls.run, controls.stop, run_id]
    gr.on(
        [controls.run.click, controls.problem.submit],
        handlers.run,
        controls.recipe_inputs,
        run_outputs,
        **_STREAM,
    )
    controls.stop.click(handlers.stop, run_id, controls.notice, queue=False, **_QUIET)
    show = [view, controls.notice, run_id]
    gr.on(
        [controls.recording.input, controls.recording.select],
        handlers.show_recording,
        controls.recording,
        show,
        **_QUIET,
    )
    pasted = controls.pasted
    shown = [
        controls.example.click(handlers.show_example, controls.strategy, show, **_QUIET),
        controls.open_trace.upload(handlers.open_trace, controls.open_trace, show, **_QUIET),
        pasted.draw.click(handlers.draw_text, [pasted.text, pasted.problem], show, **_QUIET),
        pasted.open_file.upload(
            handlers.draw_file, [pasted.open_file, pasted.problem], show, **_QUIET
        ),
    ]
    for event in shown:
        event.then(None, js=_LOOK, api_visibility="private")
    page.load(handlers.open_page, None, [*run_outputs, *controls.recipe_inputs], **_STREAM)


def _wire_form(page: gr.Blocks, controls: Controls, handlers: Handlers) -> None:
    fields = controls.options.components
    models = controls.models
    controls.strategy.change(
        handlers.choose_strategy,
        [controls.strategy, models.solver],
        [controls.about, controls.example, models.solver, *fields],
        **_QUIET,
    )
    gr.on(
        [field.change for field in (controls.strategy, controls.score_source, *models.components)],
        handlers.choose_models,
        [controls.strategy, controls.score_source, *models.components],
        [controls.about_source, *models.outputs],
        **_QUIET,
    )
    models.pair.input(
        handlers.choose_pair,
        models.pair,
        [controls.temperature, controls.top_p],
        **_QUIET,
    )
    chosen = [controls.strategy, *models.components]
    gr.on(
        [field.change for field in chosen],
        handlers.models_memory,
        chosen,
        models.memory,
        trigger_mode="always_last",
        **_QUIET,
    )
    gr.on(
        [page.load, controls.run.click, controls.problem.submit],
        handlers.watch_memory,
        chosen,
        models.memory,
        **_STREAM,
    )
    controls.as_published.click(handlers.as_published, controls.strategy, fields, **_QUIET)
    controls.as_intended.click(handlers.as_intended, controls.strategy, fields, **_QUIET)
    controls.family.input(handlers.choose_family, controls.family, controls.level, **_QUIET)
    controls.new_problem.click(
        handlers.draw,
        [controls.family, controls.level],
        [controls.problem, controls.notice],
        **_QUIET,
    )
    gr.on(
        [page.load, *(field.change for field in _estimated(controls))],
        handlers.estimate,
        controls.recipe_inputs,
        controls.estimate,
        trigger_mode="always_last",
        **_QUIET,
    )


def _estimated(controls: Controls) -> list[Any]:
    names = ("n", "max_steps", "beam_width")
    return [
        controls.problem,
        controls.strategy,
        controls.score_source,
        *controls.models.components,
        *(controls.options.fields[name] for name in names),
    ]
