"""Trees that are shown without a run: recorded examples, trace files, pasted texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import gradio as gr

from components.bounds import FairTurns, discarded
from components.bounds.visitor import visitor_of
from components.controls import Controls
from components.controls.text_form import read_text_file
from components.elements import error, info
from components.explorer import Recording, TreeView, examples, whole_run
from components.handlers.attaching import FOLLOWING, OPENED_AT_ONCE, OPENING, QUIET, in_turn
from components.handlers.tying import FormTie
from search_core.log.traces import OpenedLimits, TraceError
from search_core.serving import HostedRun, RunRegistry, open_file
from search_core.thoughts import trace_of_text

MOST_OPENED = OpenedLimits(events=100_000, lists=300_000)
"""Of a trace that a stranger opens: more than the longest run here has, seconds to check."""
_GONE = "This file is no longer here. Open it again."

# What was opened must be seen: on a narrow page the drawer, from where it was opened, makes room.
_LOOK = """() => {
  if (document.querySelector("#notice .notice:not([hidden])[data-kind='error']")) return;
  document.getElementById("drawer").dispatchEvent(new CustomEvent("shown"));
}"""


class ShownHandlers:
    """Show what was recorded or opened, and fill the form from it.

    Each handler's outputs are view, notice, run id, and those of the tie.

    Args:
        turns: In which files and texts are read; of its own unless others share them.
    """

    def __init__(
        self,
        registry: RunRegistry,
        recordings: Sequence[Recording],
        tie: FormTie,
        trusted_proxies: int = 0,
        turns: FairTurns | None = None,
    ) -> None:
        self._turns = turns or FairTurns(OPENED_AT_ONCE)
        self._tie = tie
        self._registry = registry
        self._trusted_proxies = trusted_proxies
        self._examples = examples(recordings)

    def wire(self, controls: Controls, view: TreeView, run_id: gr.State) -> None:
        """Attach the handlers."""
        sources, pasted = controls.sources, controls.sources.pasted
        outputs = [view, controls.notice, run_id, *self._tie.outputs(controls)]
        shown = [
            gr.on(
                [sources.recording.input, sources.recording.select],
                self.show_recording,
                sources.recording,
                outputs,
                **QUIET,
            ),
            controls.chosen.input(self.show_recording, controls.chosen, outputs, **FOLLOWING),
            controls.example.click(self.show_example, controls.strategy, outputs, **FOLLOWING),
            sources.open_trace.upload(
                self._in_turn(self.open_trace), sources.open_trace, outputs, **OPENING
            ),
            pasted.draw.click(
                self._in_turn(self.draw_text), [pasted.text, pasted.problem], outputs, **OPENING
            ),
            pasted.open_file.upload(
                self._in_turn(self.draw_file),
                [pasted.open_file, pasted.problem],
                outputs,
                **OPENING,
            ),
        ]
        for event in shown:
            event.then(None, js=_LOOK, api_visibility="private")

    def show_recording(self, run_id: str | None) -> tuple[Any, ...]:
        """Show a recorded example."""
        run = self._registry.get(run_id) if run_id else None
        if run is None:
            return gr.skip(), gr.skip(), gr.skip(), *self._tie.unchanged()
        return self._whole(run, "")

    def show_example(self, strategy: str) -> tuple[Any, ...]:
        """Show the recorded example of a strategy."""
        example = self._examples.get(strategy)
        return self.show_recording(example.run_id if example else None)

    def open_trace(self, path: str, request: gr.Request) -> tuple[Any, ...]:
        """Show a file that a person opened: a trace, or the first tree of another kind of file."""
        try:
            with discarded(path) as file:
                opened = open_file(file, MOST_OPENED)
        except FileNotFoundError:
            return self._refused(_GONE)
        except TraceError as problem:
            return self._refused(f"This file cannot be shown. {problem}")
        run = self._registry.add_opened(
            opened.log, owner=self._owner(request), comparison=opened.comparison
        )
        return self._whole(run, opened.notice)

    def draw_text(
        self, text: str | None, problem: str | None, request: gr.Request
    ) -> tuple[Any, ...]:
        """Show a pasted chain of thought as the tree that it walked."""
        try:
            events = trace_of_text(text or "", problem or "")
        except ValueError as mistake:
            return self._refused(f"This text cannot be drawn. {mistake}")
        return self._whole(self._registry.add_opened(events, owner=self._owner(request)), "")

    def draw_file(self, path: str, problem: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Show a text file that a person opened in the same way."""
        try:
            with discarded(path) as file:
                text = read_text_file(file)
        except FileNotFoundError:
            return self._refused(_GONE)
        except ValueError as mistake:
            return self._refused(f"This file cannot be drawn. {mistake}")
        return self.draw_text(text, problem, request)

    def _in_turn(self, handler: Callable[..., tuple[Any, ...]]) -> Callable[..., Awaitable[Any]]:
        return in_turn(self._turns, self._trusted_proxies, handler, self._refused)

    def _owner(self, request: gr.Request) -> str:
        return visitor_of(request, self._trusted_proxies)

    def _whole(self, run: HostedRun, notice: str) -> tuple[Any, ...]:
        filled, missing = self._tie.fill(run)
        return whole_run(run), info(f"{notice} {missing}".strip()), run.id, *filled

    def _refused(self, why: str) -> tuple[Any, ...]:
        return gr.skip(), error(why), gr.skip(), *self._tie.unchanged()
