"""Whose the page's Run and Stop are: always those of what goes on, whoever speaks last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from search_core.serving import HostedRun, RunRegistry


def running() -> tuple[Any, Any]:
    """Updates of the run button and the stop button: something goes on."""
    return gr.update(interactive=False), gr.update(interactive=True)


def idle() -> tuple[Any, Any]:
    """As `running`: nothing does."""
    return gr.update(interactive=True), gr.update(interactive=False)


class RunButtons:
    """What each page's two buttons are to be.

    Args:
        registry: Knows what each page has going.
    """

    def __init__(self, registry: RunRegistry) -> None:
        self._registry = registry
        self._handing_over: Counter[str] = Counter()

    def going(self, request: gr.Request) -> HostedRun | None:
        """The run that this page has going; None if there is none."""
        return self._registry.live_run_of(str(request.session_hash))

    def now(self, request: gr.Request) -> tuple[Any, Any]:
        """Updates of both buttons, as they are to be."""
        return running() if self.going(request) else idle()

    def taken(self, request: gr.Request) -> bool:
        """Whether this page has a run going, or is about to."""
        return self.going(request) is not None or str(request.session_hash) in self._handing_over

    @contextmanager
    def handing_over(self, request: gr.Request) -> Iterator[None]:
        """While a page's run is stopped so that another takes its place.

        Whoever follows the first says nothing of its end: that could come after what is said of the
        second, and Run and Stop would be those of a page on which nothing goes on.
        """
        page = str(request.session_hash)
        self._handing_over[page] += 1
        try:
            yield
        finally:
            self._handing_over[page] -= 1
            if not self._handing_over[page]:
                del self._handing_over[page]
