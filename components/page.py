"""The page: controls and the explorer, wired together."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from components.audit import audit_routes
from components.bounds import FairTurns
from components.charts.drawing import chart_drawer
from components.classroom import class_routes
from components.compare import compare_routes, pin_recorded_race
from components.controls import ModelOffer, make_controls
from components.controls.recipe_link import recipe_defaults
from components.controls.steering_request import steering_choices
from components.controls.strategy_card import cards
from components.explorer import (
    ReadyRuns,
    Recording,
    TreeView,
    examples,
    first_minute,
    other_judges,
    pin_recordings,
    puller,
    stress_asker,
    what_if_asker,
)
from components.handlers import (
    FormHandlers,
    FormTie,
    MemoryHandlers,
    ProblemFileHandlers,
    ProblemWords,
    RunHandlers,
    ShownHandlers,
    SteerHandlers,
)
from components.handlers.attaching import OPENED_AT_ONCE
from components.place_list import Brand, PlaceList
from components.shell import Shell
from search_core.export.html import page_labels
from search_core.log.events import Started
from search_core.models import ModelPair, Offered
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.serving import HostedRun, RunRegistry

TITLE = "Espalier"


def build_page(
    served: ModelPair | Sequence[Offered],
    registry: RunRegistry,
    *,
    limits: Limits | None = None,
    repository: str = "",
    trusted_proxies: int = 0,
) -> gr.Blocks:
    """The whole app as Gradio blocks.

    Args:
        served: The models that search, or several pairs by name among which each run chooses.
            In place of the embedded ones, as `embedded_pair()` gives them, each run may choose
            others of the embedded models.
        registry: Where runs live.
        limits: What one run may use at most.
        repository: Address under which this repository's files can be read.
        trusted_proxies: How many proxies stand before the server and say whom they saw.
    """
    offer = ModelOffer.of(served)
    recordings = pin_recordings(registry)
    first = _first_run(registry, recordings)
    ready = ReadyRuns()
    shown = cards({name: example.tree for name, example in examples(recordings).items()})
    # Uploaded files go once they are read; those that nobody opened, within the hour.
    with Shell(
        repository=repository,
        trusted_proxies=trusted_proxies,
        routes=[
            *audit_routes(registry, trusted_proxies),
            *class_routes(registry, trusted_proxies),
            *compare_routes(
                offer,
                registry,
                pin_recorded_race(registry),
                limits=limits,
                trusted_proxies=trusted_proxies,
            ),
        ],
        title=TITLE,
        fill_width=True,
        analytics_enabled=False,
        delete_cache=(600, 3600),
    ) as page:
        with gr.Row(elem_id="banner", elem_classes="place-header"):
            Brand(elem_id="brand")
            PlaceList(elem_id="places")
        run_id = gr.State("")
        controls = make_controls(offer, recordings, shown, _problem_of(first))
        with gr.Column(elem_id="explorer-column", min_width=280):
            view = TreeView(
                pull_events=puller(registry),
                draw_charts=chart_drawer(registry, trusted_proxies),
                ask_stress=stress_asker(registry, trusted_proxies),
                ask_what_if=what_if_asker(registry, ready, trusted_proxies),
                judges=other_judges(),
                steering=steering_choices(offer),
                defaults=recipe_defaults(offer),
                labels=page_labels(),
                minute=first_minute(recordings),
                elem_id="explorer",
            )
        allowed, fields = limits or Limits(), controls.recipe
        tie = FormTie(offer, registry, fields)
        tie.begin(controls, first)
        tie.wire(controls, run_id)
        runs = RunHandlers(offer, registry, recordings, fields, tie, allowed, trusted_proxies)
        runs.wire(page, controls, view, run_id)
        SteerHandlers(offer, registry, ready, runs, tie, allowed, trusted_proxies).wire(
            controls, view, run_id
        )
        opening = FairTurns(OPENED_AT_ONCE)
        ShownHandlers(registry, recordings, tie, trusted_proxies, opening).wire(
            controls, view, run_id
        )
        ProblemFileHandlers(trusted_proxies, opening).wire(controls)
        ProblemWords(offer).wire(controls)
        memory = MemoryHandlers(offer, registry)
        form = FormHandlers(offer, recordings, shown, fields, allowed, memory.follow)
        form.begin(controls)
        form.wire(page, controls)
        memory.wire(page, controls)
    return page


def _first_run(registry: RunRegistry, recordings: Sequence[Recording]) -> HostedRun:
    run = registry.get(recordings[0].run_id)
    if run is None:
        raise RuntimeError("The first recording is gone from the registry.")
    return run


def _problem_of(run: HostedRun) -> Problem:
    header = run.events()[0]
    if not isinstance(header, Started):
        raise RuntimeError("The first recording does not start with its header.")
    return Problem(**header.problem.model_dump())
