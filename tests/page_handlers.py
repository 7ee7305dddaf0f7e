"""The handlers of a page, without a page: what is chosen, typed and linked, and what comes of it.

What a browser adds is that the page calls them and shows what they say; tests/browser asks that
once for each way that an answer goes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import gradio as gr

from components.controls import ModelOffer, make_controls
from components.controls.strategy_card import cards
from components.explorer import examples, pin_recordings
from components.handlers import FormHandlers, FormTie, RunHandlers
from search_core.problem import Problem
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from tests.test_following import in_a_loop

PROBLEM = Problem("What is (7 + 8) * 3 - 4?", family="expression", level=3)


@dataclass
class Said:
    """What the page is told first."""

    notice: dict[str, Any]
    form: dict[str, Any]
    """What is put into its fields, by their ids."""


class PageHandlers:
    """The form's and the runs' handlers over an offer, and the controls that they update."""

    def __init__(self, offer: ModelOffer, registry: RunRegistry) -> None:
        self.registry = registry
        recordings = pin_recordings(registry)
        shown = cards({name: one.tree for name, one in examples(recordings).items()})
        self.examples = set(examples(recordings))
        with gr.Blocks():
            self.controls = make_controls(offer, recordings, shown, PROBLEM)
        self.fields = self.controls.recipe
        tie = FormTie(offer, registry, self.fields)
        limits = Limits()
        self.runs = RunHandlers(offer, registry, recordings, self.fields, tie, limits)
        self.form = FormHandlers(offer, recordings, shown, self.fields, limits, lambda *_: "")

    def values(self, **changes: Any) -> list[Any]:
        """The form as the page opens, with these fields changed."""
        fields = {**self.fields.fields, **self.fields.options.fields}
        return [changes.get(name, component.value) for name, component in fields.items()]

    def press_run(self, **changes: Any) -> Said:
        """Run is pressed, with these fields changed, and refused."""
        values = self.values(**changes)
        return self._first(self.runs.run(_request({}), "a-name-of-this-page", *values))

    def open(self, query: dict[str, str], name: str = "") -> Said:
        """The page opens at this address; what it asks for is refused, or is gone.

        Args:
            query: Of the address.
            name: The run in it.
        """
        return self._first(self.runs.open_page(_request(query), name))

    def choose_models(
        self, strategy: str, source: str = "verifier", **chosen: str
    ) -> dict[str, Any]:
        """What the page is told when these models are chosen, by the ids of its parts."""
        pair, solver, verifier = (chosen.get(kind) for kind in ("pair", "solver", "verifier"))
        controls = self.controls
        parts = [controls.kinds, controls.sampling.about_source, *controls.models.outputs]
        updates = self.form.choose_models(strategy, source, pair, solver, verifier)
        return {part.elem_id: new for part, new in zip(parts, updates, strict=True)}

    def _first(self, updates: AsyncIterator[tuple[Any, ...]]) -> Said:
        async def ask() -> tuple[Any, ...]:
            first = await anext(updates)
            await updates.aclose()  # type: ignore[attr-defined]
            return first

        # View, notice, the two buttons, the run's id, the chips; of a link, all fields.
        _, notice, _, _, _, _, *form = in_a_loop(ask())
        parts = zip(self.fields.components, form, strict=bool(form))
        return Said(notice, {component.elem_id: new for component, new in parts})


def _request(query: dict[str, str]) -> Any:
    client = SimpleNamespace(host="127.0.0.1")
    return SimpleNamespace(query_params=query, headers={}, client=client, session_hash=id(query))
