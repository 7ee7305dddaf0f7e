"""Whoever has typed a problem is told which of its words the models have not learned."""

from __future__ import annotations

from typing import Any

import gradio as gr

from components.controls import Controls, ModelOffer
from components.controls.word_warning import word_warning
from components.handlers.attaching import QUIET
from search_core.strategies import get_strategy


class ProblemWords:
    """Says so as the problem's field is left, before anything runs."""

    def __init__(self, offer: ModelOffer) -> None:
        self._offer = offer

    def wire(self, controls: Controls) -> None:
        """Attach the handler."""
        asked = [controls.problem, controls.strategy, controls.models.pair, controls.models.solver]
        controls.problem.blur(self.look, asked, controls.notice, **QUIET)

    def look(self, typed: str | None, strategy: str, pair: str | None, solver: str | None) -> Any:
        """A warning, or the message that stands there already."""
        try:
            chosen = self._offer.choose(get_strategy(strategy), pair, solver, None)
        except ValueError:  # whoever runs it says what is wrong
            return gr.skip()
        return word_warning(typed or "", chosen) or gr.skip()
