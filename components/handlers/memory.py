"""The line below the models: which are chosen, where they run, and what memory they hold."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import AsyncIterator

import gradio as gr

from components.controls import Controls, ModelOffer
from components.controls.model_offer import is_embedded
from components.handlers.attaching import STREAM
from search_core.models import NOT_LOADED, memory_line
from search_core.serving import RunRegistry
from search_core.strategies import get_strategy

_SECONDS_BETWEEN_LOOKS = 1.0
_LOOKS_WHILE_LOADING = 60
LINES_PER_SECOND = 4.0
"""To all pages together. What models hold changes at every step of everybody's searches, and a line
costs the server as much as new steps of a tree do."""


class MemoryHandlers:
    """Say what the chosen models hold, and go on saying it while that changes.

    The form says it when other models are chosen.
    """

    def __init__(self, offer: ModelOffer, registry: RunRegistry) -> None:
        self._offer = offer
        self._registry = registry
        self._watching = 0
        # What is chosen on each page that watches, by its session.
        self._chosen: dict[str, tuple[str | None, ...]] = {}

    def wire(self, page: gr.Blocks, controls: Controls) -> None:
        """Attach the handlers."""
        chosen = [controls.strategy, *controls.models.components]
        gr.on(
            [page.load, controls.run.click, controls.problem.submit],
            self.watch_memory,
            chosen,
            controls.models.memory,
            **STREAM,
        )

    def follow(self, page: str, *chosen: str | None) -> str:
        """Another strategy, or other models, are chosen on a page: what is said of them, and from
        now on by its watcher. A page has one at a time, and Run starts none while it waits.

        Args:
            page: Its session.
            chosen: As for `models_memory`.
        """
        if page in self._chosen:
            self._chosen[page] = chosen
        return self.models_memory(*chosen)

    def models_memory(
        self, strategy: str | None, pair: str | None, solver: str | None, verifier: str | None
    ) -> str:
        """Which models are chosen, where they run, and what memory they hold."""
        if not is_embedded(self._offer.named(pair).pair):
            solver = verifier = None
        try:
            chosen = self._offer.choose(get_strategy(strategy or ""), pair, solver, verifier)
        except ValueError:
            return ""
        return memory_line(chosen)

    async def watch_memory(self, request: gr.Request, *chosen: str | None) -> AsyncIterator[str]:
        """The same, again and again: until the run that was just started is over, or, on a page
        that has just opened, until the models are there. The more watch, the more seldom."""
        page = str(request.session_hash)
        self._watching += 1
        self._chosen[page] = chosen
        try:
            told, told_at = "", -math.inf
            for look in itertools.count(1):
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
                live = self._registry.live_run_of(page) is not None
                now = time.monotonic()
                if not live or now - told_at >= self._watching / LINES_PER_SECOND:
                    line = self.models_memory(*self._chosen.get(page, chosen))
                    if line != told:
                        told, told_at = line, now
                        yield line
                loading = told.endswith(NOT_LOADED) and look < _LOOKS_WHILE_LOADING
                if not live and not loading:
                    return
        finally:
            self._watching -= 1
            self._chosen.pop(page, None)
