"""The charts of the run on screen, drawn when their tab is opened.

Not earlier: the plotting library is several megabytes, and the first screen does not need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from components.charts import (
    cost_figure,
    cost_summary,
    cost_view,
    effective_figure,
    effective_summary,
    effective_view,
    scores_figure,
    scores_summary,
    scores_view,
    votes_figure,
    votes_summary,
    votes_view,
)
from components.elements.notice import Notice, caption
from components.palette import Theme
from search_core.log.events import Event
from search_core.log.tree import Tree
from search_core.serving import RunRegistry

# The browser knows the theme; the server draws for it.
_ASK_THEME = "(run, theme) => [run, document.body.classList.contains('dark') ? 'dark' : 'light']"


class ChartTab:
    """Charts, each with a sentence that says the same; the last is there only for some methods."""

    def __init__(self) -> None:
        # Not a State: the server would not look at what the browser says it is.
        self._theme = gr.Textbox("light", visible=False)
        self._outputs: list[Any] = []
        for label in ("Scores by depth", "Votes", "Cost by round"):
            gr.Markdown(f"## {label}", elem_classes="chart-heading")
            plot = gr.Plot(label=label, show_label=False, visible=False, elem_classes="chart")
            self._outputs += [plot, Notice(elem_classes="chart-caption")]
        with gr.Column(visible=False) as only_some:
            gr.Markdown("## Effective sample size by round", elem_classes="chart-heading")
            plot = gr.Plot(label="Effective sample size", show_label=False, elem_classes="chart")
            self._outputs += [only_some, plot, Notice(elem_classes="chart-caption")]
        self._refresh = gr.Button("Draw again from the run so far", size="sm")

    def wire(self, tab: gr.Tab, registry: RunRegistry, run_id: gr.State) -> None:
        """Draw when the tab is opened, and again on request while a run goes on."""

        def draw(run: str, theme: Theme) -> list[Any]:
            held = registry.get(run) if run else None
            events = held.events() if held else []
            return charts_of(events, "dark" if theme == "dark" else "light")

        gr.on(
            [tab.select, self._refresh.click],
            draw,
            [run_id, self._theme],
            self._outputs,
            js=_ASK_THEME,
            show_progress="hidden",
            api_visibility="private",
        )


def charts_of(events: Iterable[Event], theme: Theme) -> list[Any]:
    """Figure and caption of each chart, in order; nothing while there is no event."""
    log = list(events)
    if not log:
        nothing = [gr.update(visible=False), caption("No run yet.")]
        return [*nothing * 3, gr.update(visible=False), gr.skip(), gr.skip()]
    tree = Tree.from_events(log)
    scores, votes, cost = scores_view(tree), votes_view(tree), cost_view(log)
    effective = effective_view(tree)
    return [
        gr.update(value=scores_figure(scores, theme=theme), visible=True),
        caption(scores_summary(scores)),
        gr.update(value=votes_figure(votes, theme=theme), visible=True),
        caption(votes_summary(votes)),
        gr.update(value=cost_figure(cost, theme=theme), visible=True),
        caption(cost_summary(cost)),
        *(
            [
                gr.update(visible=True),
                effective_figure(effective, theme=theme),
                caption(effective_summary(effective)),
            ]
            if effective.points
            else [gr.update(visible=False), gr.skip(), gr.skip()]
        ),
    ]
