"""A person steers: a run that is there is driven again with an act, as a run of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from components.bounds import FairTurns, visitor_of
from components.controls import Controls, ModelOffer
from components.controls.run_request import RunRequest
from components.controls.steering_request import AskedSteering, read_steering, steering_request
from components.explorer import ReadyRuns, TreeView, refused
from components.handlers.attaching import STREAM
from components.handlers.naming import NAME_STEERED_RUN
from components.handlers.runs import RunHandlers
from components.handlers.tying import FormTie
from search_core.acts import ActError
from search_core.run.limits import Limits
from search_core.serving import BusyError, HostedRun, RunRegistry
from search_core.steer import Steering

MOST_EVENTS = 30_000
"""Of a run that is steered here: about 5,000 steps."""
SECONDS_TO_STOP = 30.0
"""How long an act waits for the run that it stops."""
_LOOK_SECONDS = 0.05


class SteerHandlers:
    """Drive a run again with one more act, and follow what comes of it.

    Args:
        ready: Runs that are ready to be driven again.
        runs: Follows the new run.
        tie: Ties the form to it once it has begun.
        limits: What one run may use at most.
    """

    def __init__(
        self,
        offer: ModelOffer,
        registry: RunRegistry,
        ready: ReadyRuns,
        runs: RunHandlers,
        tie: FormTie,
        limits: Limits,
        trusted_proxies: int = 0,
    ) -> None:
        self._offer, self._registry, self._ready = offer, registry, ready
        self._runs, self._tie, self._limits = runs, tie, limits
        self._trusted_proxies = trusted_proxies
        self._turns = FairTurns()

    def wire(self, controls: Controls, view: TreeView, run_id: gr.State) -> None:
        """Attach the handler."""
        name, asked = gr.Textbox("", visible=False), gr.Textbox("", visible=False)
        outputs = [view, controls.notice, controls.run, controls.stop, run_id]
        view.steer(
            self.steer,
            [name, asked],
            [*outputs, *self._tie.outputs(controls)],
            js=NAME_STEERED_RUN,
            # What one act has started goes on, and is followed, when the next is done to it.
            trigger_mode="multiple",
            **STREAM,
        )

    async def steer(
        self, request: gr.Request, name: str, text: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Start the steered run and follow it to its end.

        Args:
            name: The id that the page has given it.
            text: What is asked, as `read_steering` reads it.
        """
        unchanged = self._tie.unchanged()
        stopped: HostedRun | None = None
        try:
            asked = read_steering(text or "")
            base = await self._base(asked, request)
            with self._runs.buttons.handing_over(request):
                stopped = base if base.live else None
                await _stop(base)
                order, steering = await self._order(asked, base, request)
                run = self._runs.start(order, request, name or "", steering=steering)
        except (ValueError, BusyError) as problem:
            # It is told where the person acted: in the panel of the step.
            around = self._runs.over(stopped, request) if stopped else [gr.skip()] * 3
            yield refused(name or "", str(problem)), *around, gr.skip(), *unchanged
            return
        filled = unchanged
        async for update in self._runs.follow(run, request, ""):
            now = self._tie.fill(run)[0] if filled is unchanged and run.head else unchanged
            filled = now if now is not unchanged else filled
            yield *update, *now

    async def _base(self, asked: AskedSteering, request: gr.Request) -> HostedRun:
        """The run that is steered.

        Raises:
            ActError: There is none, or it is somebody else's and goes on.
        """
        run = await asyncio.to_thread(self._registry.get, asked.run)
        if run is None:
            raise ActError("The server no longer has this run.")
        if run.live and self._registry.live_run_of(str(request.session_hash)) is not run:
            raise ActError("Somebody else's run goes on here: act once it is over.")
        return run

    async def _order(
        self, asked: AskedSteering, base: HostedRun, request: gr.Request
    ) -> tuple[RunRequest, Steering]:
        if base.head > MOST_EVENTS:
            raise ActError(
                "This run is too large to be steered here. Save its trace, and steer it on the "
                "command line: python -m search_core steer."
            )
        async with self._turns.turn(visitor_of(request, self._trusted_proxies)):
            return await asyncio.to_thread(self._ordered, asked, base)

    def _ordered(self, asked: AskedSteering, base: HostedRun) -> tuple[RunRequest, Steering]:
        return steering_request(asked, self._ready.of(base), self._offer, self._limits)


async def _stop(run: HostedRun) -> None:
    """Stop a run where it is, if it goes on, and wait for that.

    Raises:
        ActError: It takes too long.
    """
    if not run.live:
        return
    run.stop()
    given_up = time.monotonic() + SECONDS_TO_STOP
    while run.live:
        if time.monotonic() > given_up:
            raise ActError("The run has not stopped yet; try again in a moment.")
        await asyncio.sleep(_LOOK_SECONDS)
