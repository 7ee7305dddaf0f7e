"""The form is tied to the run on show: it holds what that run was made of, and finds back to it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from components.controls import Controls, ModelOffer
from components.controls.form_values import RecipeFields
from components.controls.shown_recipe import shown_recipe
from components.elements import info
from components.handlers.attaching import QUIET
from components.handlers.beginning import begin_with
from search_core.log.events import Started
from search_core.serving import HostedRun, RunRegistry


class FormTie:
    """Fills the form from runs, and tells the chips what the run on show was made of.

    Args:
        offer: The pairs of models that are offered.
        registry: Where runs live.
        fields: The fields that a recipe is made from.
    """

    def __init__(self, offer: ModelOffer, registry: RunRegistry, fields: RecipeFields) -> None:
        self._offer = offer
        self._registry = registry
        self._fields = fields

    def outputs(self, controls: Controls) -> list[Any]:
        """What `fill` and `unchanged` update: the chips, and the fields."""
        return [controls.chips, *self._fields.components]

    def wire(self, controls: Controls, run_id: gr.State) -> None:
        """Attach the way back."""
        outputs = [controls.notice, *self.outputs(controls)]
        controls.chips.back(self.back, run_id, outputs, **QUIET)

    def begin(self, controls: Controls, first: HostedRun) -> None:
        """The page is drawn with the form of the run that it opens with."""
        begin_with(self.outputs(controls), self.fill(first)[0])

    def unchanged(self) -> list[Any]:
        """Nothing changes."""
        return [gr.skip(), *self._fields.updates({})]

    def fill(self, run: HostedRun) -> tuple[list[Any], str]:
        """The form as it was for this run, and what of that this page does not offer.

        A run without a header leaves the form as it is; so does a pasted text, which nobody ran.
        """
        header = run.header
        if not isinstance(header, Started):
            return self.unchanged(), ""
        shown = shown_recipe(header, self._offer)
        if shown is None:
            return [{"run": run.id}, *self._fields.updates({})], ""
        return [shown.made_of(run.id), *shown.updates(self._fields)], shown.missing

    def back(self, run_id: str) -> list[Any]:
        """Set the form as it was for the run on show."""
        run = self._registry.get(run_id) if run_id else None
        if run is None:
            return [info("The run on show is no longer kept here."), *self.unchanged()]
        updates, missing = self.fill(run)
        return [info(missing), *updates]
