"""A solver behind chat completions: one request for each step, or for each whole solution."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from dataclasses import replace

from search_core.answers.boxes import last_box
from search_core.log.events import StepsBy
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    SolverInfo,
    StepSample,
    UsageError,
    Watch,
    watch_of,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.chat.endpoint import ChatAsk, ChatEndpoint, Turn, chat_model
from search_core.remote.chat.paragraphs import all_steps, first, one_step
from search_core.remote.chat.patience import Sleep, busy_warning
from search_core.remote.chat.probing import ChatCapabilities, probe
from search_core.remote.chat.solutions import WrittenSolutions
from search_core.remote.chat.turns import asked, continued, whole_solution
from search_core.remote.chat.wire import ChatReply
from search_core.remote.connection import SOLVER_KEY, alike
from search_core.remote.model import RemotePathModel, check_filters, side_by_side
from search_core.remote.server import RemoteServer
from search_core.steps import BLANK_LINES

ASKED = (
    "The solver's server does not continue an answer: each step was asked for in a turn of its "
    "own, with the steps so far shown. This is an approximation: no text was written in one go, "
    "and log-probabilities are those of such turns."
)
THOUGHTS = (
    "The solver thinks before it answers, and its server keeps its thoughts apart: they cost "
    "tokens, and the steps are those of its answer alone."
)
UNCOUNTED = (
    "The solver's server does not say what it has read for a step that it is stopped at: the "
    "tokens read, and whatever of them was cached, are left out of this run's cost."
)
_SAYS_THE_ANSWER = "answer is"


class ChatSolver(RemotePathModel):
    """Samples steps and solutions with a model behind chat completions.

    A path that a run writes to its end (`SampleRequest.to_end`) is one request, told apart at its
    blank lines and handed over step by step. Any other step continues the assistant's turn where
    the server does that, and stops it at its blank line by leaving; else it is asked for in a turn
    of its own.

    **Seeds.** Each request takes its own. **Tokens.** No server of this kind gives ids that could
    be gone on from: what a path says is sent as text, and tokenised again at every step.

    Args:
        address: Where the model is. Each of its servers is asked a few short questions now.
        system_prompt: System message before the problem; "" for none.
        sleep: Waits before a busy server is asked again.

    Raises:
        VoidSearch: The samples of a server are all the same.
        RemoteError: A server cannot be reached, or fails.
        ValueError: The address names a key that is not there.
    """

    def __init__(
        self, address: RemoteAddress, *, system_prompt: str = "", sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(address, SOLVER_KEY)
        self._system_prompt, self._sleep = system_prompt, sleep
        self._solutions = WrittenSolutions()
        self._servers.open(self._open)
        self._lacks = self._warns(*self.capabilities.warnings(self._endpoint.model.maker))
        self._approximates, self._thinks = self._warns(ASKED), self._warns(THOUGHTS)
        self._uncounted = self._warns(UNCOUNTED)

    async def _open(self, those: list[RemoteServer]) -> None:
        wanted = self._address.model
        models = await alike(those, lambda server: chat_model(server, wanted), "models")
        endpoint = ChatEndpoint(models[0], sleep=self._sleep)
        found = await asyncio.gather(
            *(probe(server, endpoint, self._address.steps) for server in those)
        )
        self.capabilities: ChatCapabilities = found[0]
        for other in found[1:]:
            self.capabilities = self.capabilities.both(other)
        self._endpoint = endpoint.taking(self.capabilities.takes)
        self._steps: StepsBy = "continued" if self.capabilities.takes.manner else "asked"
        if self._address.steps == "whole":
            self._steps = "whole"
        self._info = SolverInfo(
            endpoint.model.name,
            device="remote",
            prompt=self._system_prompt,
            step_style=BLANK_LINES.name,
            logprobs=self.capabilities.logprobs,
            steps=self._steps,
        )

    @property
    def info(self) -> SolverInfo:
        return self._info

    def told(self, system_prompt: str) -> ChatSolver:
        """See `TakesPrompt`."""
        other = copy.copy(self)
        other._system_prompt = system_prompt
        other._info = replace(self._info, prompt=system_prompt)
        return other

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """One step for each request, in their order.

        Raises:
            RunCancelled: `cancelled()` became True; the connections are closed by then.
            RemoteError: The server failed, or was busy each time that it was asked.
            ValueError: A single step is wanted of a solver that writes whole solutions alone.
        """
        watch = watch_of(cancelled)
        check_filters(sampling, self._info.name, taken=self._endpoint.filters)
        for request in requests:
            self._lacks.warn(request.run, watch)
        known = {place: self._solutions.next(request) for place, request in enumerate(requests)}
        missing = [place for place, step in known.items() if step is None]
        for place in missing:
            self._check_whole(requests[place])

        async def work(those: list[RemoteServer]) -> dict[int, ChatReply]:
            replies = await side_by_side(
                self._write(those, requests[place], sampling, watch, place) for place in missing
            )
            return dict(zip(missing, replies, strict=True))

        replies = self._servers.run(work, watch) if missing else {}
        # In the order of the requests, whatever came first.
        return [
            step or self._step(requests[place], replies[place], watch)
            for place, step in known.items()
        ]

    def _forget(self, run: str) -> None:
        super()._forget(run)
        self._solutions.forget(run)

    async def _write(
        self,
        those: list[RemoteServer],
        request: SampleRequest,
        sampling: Sampling,
        watch: Watch,
        place: int,
    ) -> ChatReply:
        server = self._server_of(those, request.problem)
        limit = sampling.max_step_tokens
        if request.to_end:
            limit = min(limit * request.to_end, max(limit, self._address.tokens))
        turns = self._turns(request)
        if turns[-1][0] == "user" and turns != whole_solution(self._system_prompt, request):
            self._approximates.warn(request.run, watch)
        ask = ChatAsk(
            turns,
            limit,
            sampling.temperature,
            sampling.top_p,
            request.seed,
            top_k=sampling.top_k,
            min_p=sampling.min_p,
            repetition_penalty=sampling.repetition_penalty,
        )

        async with server.gate.turn(request.run):
            return await self._endpoint.ask(
                server,
                ask,
                None if request.to_end else _has_a_step,
                lambda tokens: watch.written(place, tokens),
                busy_warning(watch, "solver"),
            )

    def _turns(self, request: SampleRequest) -> tuple[Turn, ...]:
        if self._steps == "continued":
            return continued(self._system_prompt, request)
        return asked(self._system_prompt, request, to_end=request.to_end > 0)

    def _step(self, request: SampleRequest, reply: ChatReply, watch: Watch) -> StepSample:
        if reply.thought:
            self._thinks.warn(request.run, watch)
        if reply.prompt is None:
            self._uncounted.warn(request.run, watch)
        if self._steps != "continued" and request.opening:
            reply = _without_opening(reply, request.opening)
        if request.to_end:
            return self._solutions.keep(request, all_steps(reply))
        step = one_step(reply)
        if self._steps == "continued" or step.ended not in ("step", "end"):
            return step
        return _ended_by_its_words(step)

    def _check_whole(self, request: SampleRequest) -> None:
        if self._steps == "whole" and (request.steps or not request.to_end):
            raise UsageError(
                f"Solver {self._info.name} writes whole solutions alone, as its address says "
                "(steps=whole), and is to go on from a step"
                + (", of a solution that is not known any more" if request.to_end else "")
                + ". Begin the run again, or leave steps=whole out."
            )


def _has_a_step(text: str) -> bool:
    return first(text) is not None


def _without_opening(reply: ChatReply, opening: str) -> ChatReply:
    """A reply leaves out how it had to begin; a chat repeats it."""
    text = reply.text.lstrip()
    if text.startswith(opening.strip()):
        taken = len(reply.text) - len(text) + len(opening.strip())
        reply.text = reply.text[taken:]
        # Of what is left out nothing is counted as the step's probability either.
        reply.tokens = [
            replace(token, start=token.start - taken)
            for token in reply.tokens
            if token.start >= taken
        ]
    return reply


def _ended_by_its_words(step: StepSample) -> StepSample:
    """A turn ends with every step; the solution ends with the step that says its answer."""
    says = last_box(step.text) is not None or _SAYS_THE_ANSWER in step.text.lower()
    return replace(step, ended="end" if says else "step")
